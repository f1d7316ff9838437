# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checks of names need of the DNS, and where they get it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Protocol

Address = IPv4Address | IPv6Address


class NameNotFound(Exception):
    """The name does not exist (NXDOMAIN)."""


class LookupFailed(Exception):
    """The DNS gave no answer that can be relied on: a server failure, silence, an invalid name."""


class Resolver(Protocol):
    """Look-ups in the DNS.

    A name that exists without such a record has an empty answer. Each raises NameNotFound and
    LookupFailed.
    """

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the TXT records, each with its strings joined."""

    def addresses(self, name: str) -> tuple[Address, ...]:
        """Return the A and AAAA records."""

    def exchangers(self, name: str) -> tuple[str, ...]:
        """Return the hosts of the MX records, the preferred one first; ``.`` is the null MX."""

    def pointers(self, address: Address) -> tuple[str, ...]:
        """Return the names of the PTR records."""
