# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Domains that belong together (RFC 7489 section 3.2), by the list of public suffixes (publicsuffix.org)."""

from __future__ import annotations

import functools
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.description.address import ascii_host

try:
    from publicsuffixlist import PublicSuffixList

    IMPORT_ERROR: str | None = None
except ImportError as error:
    IMPORT_ERROR = str(error)


@functools.cache
def _suffixes() -> Any:
    """Return the list that the library carries. Nothing is downloaded."""
    return PublicSuffixList()


def ascii_domain(address: str) -> str:
    """Return the domain of an address in lower case, as the DNS has it."""
    return ascii_host(address.rpartition("@")[2].rstrip(".")).lower()


def organisational(domain: str) -> str:
    """Return the organisational domain: one label more than the public suffix; a suffix is its own."""
    found: str | None = _suffixes().privatesuffix(domain)
    return found or domain


def aligned(domain: str, author: str, *, strict: bool) -> bool:
    """Return whether a domain speaks for the author's (RFC 7489 section 3.1)."""
    if strict:
        return domain == author
    return organisational(domain) == organisational(author)
