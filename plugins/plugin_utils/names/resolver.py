# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checks of names need of the DNS, and where they get it."""

from __future__ import annotations

import sys
from importlib import import_module
from ipaddress import IPv4Address, IPv6Address
from typing import Protocol, cast

from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.findings import CATALOGUE

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


def system_resolver() -> Resolver:
    """Return a resolver that asks the servers of this machine.

    :raises FindingError: when the DNS library is missing, or this machine knows no server.
    """
    package = __name__.rpartition(".")[0]
    # Only who asks for the names behind the mail needs the library.
    client = import_module(f"{package}.client")
    if client.IMPORT_ERROR:
        raise FindingError(
            CATALOGUE.finding(
                "names-library-missing",
                where="controller",
                python=sys.executable,
                problem=client.IMPORT_ERROR,
            )
        )
    try:
        return cast("Resolver", client.Client())
    except LookupFailed as error:
        raise FindingError(
            CATALOGUE.finding("names-not-looked-up", where="controller", problem=error)
        ) from error
