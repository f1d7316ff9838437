# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resolver that asks real DNS servers, by dnspython."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.names.resolver import (
    Address,
    LookupFailed,
    NameNotFound,
)

try:
    import dns.exception
    import dns.name
    import dns.resolver
    import dns.reversename

    IMPORT_ERROR: str | None = None
except ImportError as error:
    IMPORT_ERROR = str(error)

SECONDS = 5.0


class Client:
    """A :class:`~.resolver.Resolver`. Answers are kept, so that no question is asked twice."""

    def __init__(
        self, servers: Sequence[str] = (), *, port: int = 53, seconds: float = SECONDS
    ) -> None:
        """
        :param servers: addresses; by default those of this machine.
        :param seconds: that one look-up may take.
        :raises LookupFailed: when this machine knows no server.
        """
        try:
            self._resolver = dns.resolver.Resolver(configure=not servers)
        except dns.exception.DNSException as error:
            raise LookupFailed(str(error)) from error
        if servers:
            self._resolver.nameservers = list(servers)
        self._resolver.port = port
        self._resolver.lifetime = seconds
        self._resolver.cache = dns.resolver.LRUCache()

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(
            b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, "TXT")
        )

    def addresses(self, name: str) -> tuple[Address, ...]:
        records = [*self._ask(name, "A"), *self._ask(name, "AAAA")]
        return tuple(ip_address(record.address) for record in records)

    def exchangers(self, name: str) -> tuple[str, ...]:
        records = sorted(self._ask(name, "MX"), key=lambda record: record.preference)
        return tuple(_text(record.exchange) for record in records)

    def pointers(self, address: Address) -> tuple[str, ...]:
        name = dns.reversename.from_address(str(address))
        return tuple(_text(record.target) for record in self._ask(name, "PTR"))

    def _ask(self, name: str | dns.name.Name, kind: str) -> list[Any]:
        try:
            answer = self._resolver.resolve(name, kind, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN as error:
            raise NameNotFound(str(name)) from error
        except dns.exception.DNSException as error:
            # Its words for a silent or failing server name the server.
            raise LookupFailed(f"{name} {kind}: {error}") from error
        return list(answer)


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True) if name != dns.name.root else "."
