# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains that belong together (RFC 7489 section 3.2), as far as they can be told without a list."""

from __future__ import annotations

# The second levels under which country registries sell names, such as co.uk. The whole list of
# public suffixes is long and changes; what is assumed here is said in a finding.
_REGISTRY_LABELS = frozenset(
    {"ac", "co", "com", "edu", "gob", "gov", "gouv", "govt", "net", "ne", "or", "org", "sch"}
)
_COUNTRY_LENGTH = 2


def ascii_domain(address: str) -> str:
    """Return the domain of an address in lower case, as the DNS has it."""
    domain = address.rpartition("@")[2].rstrip(".").lower()
    return domain if domain.isascii() else domain.encode("idna").decode("ascii")


def organisational(domain: str) -> str:
    """Return what is taken for the organisational domain: two labels, or three below ``co.uk``."""
    labels = domain.split(".")
    below_registry = (
        len(labels) > 2 and len(labels[-1]) == _COUNTRY_LENGTH and labels[-2] in _REGISTRY_LABELS
    )
    return ".".join(labels[-3 if below_registry else -2 :])


def aligned(domain: str, author: str, *, strict: bool) -> bool:
    """Return whether a domain speaks for the author's (RFC 7489 section 3.1)."""
    if strict:
        return domain == author
    return organisational(domain) == organisational(author)
