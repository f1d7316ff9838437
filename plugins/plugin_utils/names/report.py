# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked about the names behind the mail, and what was found."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding


@dataclass(frozen=True)
class Question:
    """Whose names to check.

    :param relay: its host.
    :param envelope_from: the address in MAIL; by default ``from_address``.
    :param greeting: what the relay says of itself, where a probe has seen it.
    """

    from_address: str
    relay: str
    envelope_from: str = ""
    dkim_selector: str = ""
    greeting: str = ""


@dataclass
class SpfFacts:
    """The policy of the envelope sender's domain. ``results`` is by address of the relay."""

    domain: str
    record: str = ""
    lookups: int = 0
    results: dict[str, str] = field(default_factory=dict)
    covers_relay: bool | None = None


@dataclass
class DkimFacts:
    """The key of the selector; ``domain`` is where it was found."""

    selector: str
    domain: str = ""
    algorithm: str = ""
    bits: int = 0
    usable: bool | None = None


@dataclass
class DmarcFacts:
    """The policy for the author's domain; ``domain`` is where its record stands."""

    domain: str = ""
    record: str = ""
    policy: str = ""
    spf_aligned: bool | None = None
    dkim_aligned: bool | None = None


@dataclass
class Report:
    """What the DNS says; empty or None where it could not be asked, or has nothing."""

    domain: str
    organisational_domain: str
    provider: str
    spf: SpfFacts
    dkim: DkimFacts
    dmarc: DmarcFacts = field(default_factory=DmarcFacts)
    exchangers: list[str] = field(default_factory=list)
    relay_addresses: list[str] = field(default_factory=list)
    reverse_names: dict[str, list[str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data."""
        return asdict(self)
