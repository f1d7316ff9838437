# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DMARC (RFC 7489): what a domain wants to become of mail that does not prove where it is from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.mailops.smtp.plugins.plugin_utils.names import tags
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.domain import organisational
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.resolver import NameNotFound

if TYPE_CHECKING:
    from ansible_collections.mailops.smtp.plugins.plugin_utils.names.resolver import Resolver

_POLICIES = ("none", "quarantine", "reject")


class DmarcError(Exception):
    """The record is broken: receivers go on as if there were none."""


@dataclass(frozen=True)
class Policy:
    """The record that counts for a domain, and what it says for it.

    ``domain`` is where the record stands: the author's own domain or its organisational one.
    """

    domain: str
    record: str
    policy: str
    strict_spf: bool
    strict_dkim: bool


def record_name(domain: str) -> str:
    """Return the name that holds a domain's policy."""
    return f"_dmarc.{domain}"


def read_policy(resolver: Resolver, author: str) -> Policy | None:
    """Return the policy that counts for an author's domain (RFC 7489 section 6.6.3).

    Raises DmarcError for a broken one, and LookupFailed.
    """
    for domain in dict.fromkeys((author, organisational(author))):
        record = _record(resolver, domain)
        if record is not None:
            return _policy(domain, record, author)
    return None


def _record(resolver: Resolver, domain: str) -> str | None:
    try:
        texts = resolver.texts(record_name(domain))
    except NameNotFound:
        return None
    records = [text for text in texts if text.partition(";")[0].replace(" ", "") == "v=DMARC1"]
    if len(records) > 1:
        raise DmarcError(f"{record_name(domain)} has {len(records)} records, and may have one")
    return records[0] if records else None


def _policy(domain: str, record: str, author: str) -> Policy:
    try:
        found = tags.parse(record)
    except ValueError as error:
        raise DmarcError(f"{record_name(domain)}: {error}") from error
    policy = found.get("p", "").lower()
    if policy not in _POLICIES:
        raise DmarcError(f"{record_name(domain)} has no policy (p=none, quarantine or reject)")
    if domain != author:
        policy = found.get("sp", policy).lower()
    return Policy(
        domain,
        record,
        policy if policy in _POLICIES else "none",
        strict_spf=found.get("aspf", "r").lower() == "s",
        strict_dkim=found.get("adkim", "r").lower() == "s",
    )
