# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a host name to a connection: every address is tried, and what became of each is told."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .result import Attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# How long the other addresses may take once one has answered. A lost first packet is sent again
# after a second (RFC 6298 section 2), so whoever stays silent beyond it is as good as dead.
GRACE_SECONDS = 1.2

_RESULTS = {
    errno.ECONNREFUSED: "refused",
    errno.ETIMEDOUT: "timeout",
    errno.ENETUNREACH: "no-route",
    errno.EADDRNOTAVAIL: "no-route",
    errno.EAFNOSUPPORT: "no-route",
    errno.EHOSTUNREACH: "unreachable",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EMFILE: "no-descriptor",
    errno.ENFILE: "no-descriptor",
}

_NAME_NOT_FOUND = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


class NetworkError(Exception):
    """``kind``: ``name-not-found``, ``name-failure`` (the resolver), ``timeout``; or those of
    :class:`Attempt` when no address could be connected to."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True)
class Address:
    """One address and port, as ``getaddrinfo`` gives it.

    ``name`` is the canonical name that the DNS answered for, or empty where nobody was asked.
    """

    family: int
    sockaddr: tuple[Any, ...]
    name: str = field(default="", compare=False)

    @property
    def host(self) -> str:
        """The address as text, one of a single link with its interface (RFC 4007 section 11)."""
        return socket.getnameinfo(self.sockaddr, socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)[0]

    @property
    def family_name(self) -> str:
        """``IPv4`` or ``IPv6``."""
        return "IPv6" if self.family == socket.AF_INET6 else "IPv4"


class Network:
    """The way to a relay. A test replaces a method; everything else is real."""

    def resolve(self, host: str, port: int, timeout: float) -> list[Address]:
        """Return every address in the order of RFC 6724. Raises NetworkError."""
        try:
            return _lookup(host, port, socket.AI_NUMERICHOST)
        except (socket.gaierror, UnicodeError):
            return _in_time(lambda: _lookup(host, port, socket.AI_CANONNAME), timeout)

    def connect(
        self, addresses: Sequence[Address], timeout: float, clock: Callable[[], float]
    ) -> tuple[socket.socket | None, list[Attempt]]:
        """Connect to all addresses at once; keep the first in their order that answers.

        Returns its socket (None when there is none) and an attempt for each address.
        """
        started = clock()
        attempts: dict[int, Attempt] = {}
        connected: dict[int, socket.socket] = {}

        def settle(index: int, code: int, connection: socket.socket | None) -> None:
            address = addresses[index]
            result = "connected" if code == 0 else _RESULTS.get(code, os.strerror(code))
            attempts[index] = Attempt(
                address.host, address.family_name, result, round(clock() - started, 6)
            )
            if connection is not None and code == 0:
                connected[index] = connection
            elif connection is not None:
                connection.close()

        with _selector() as selector:
            for index, address in enumerate(addresses):
                code, connection = _begin(address)
                if code in (errno.EINPROGRESS, errno.EWOULDBLOCK) and connection is not None:
                    selector.register(connection, selectors.EVENT_WRITE, index)
                else:
                    settle(index, code, connection)
            end = started + timeout
            while selector.get_map():
                if connected:
                    end = min(end, clock() + GRACE_SECONDS)
                remaining = end - clock()
                events = selector.select(remaining) if remaining > 0 else []
                if not events:
                    break
                for key, _mask in events:
                    pending = _socket_of(key)
                    selector.unregister(pending)
                    error = pending.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    # Who does not want a connection refuses it; one that is reset was there first.
                    settle(key.data, 0 if error == errno.ECONNRESET else error, pending)
            for key in list(selector.get_map().values()):
                settle(key.data, errno.ETIMEDOUT, _socket_of(key))

        chosen = min(connected) if connected else None
        for index, connection in connected.items():
            if index != chosen:
                connection.close()
        ordered = [attempts[index] for index in sorted(attempts)]
        return (None if chosen is None else connected[chosen]), ordered


def _selector() -> selectors.BaseSelector:
    try:
        return selectors.DefaultSelector()
    except OSError as error:
        code = error.errno or 0
        raise NetworkError(_RESULTS.get(code, os.strerror(code)), os.strerror(code)) from error


def _begin(address: Address) -> tuple[int, socket.socket | None]:
    """Begin to connect; return the error number (0: at once) and the socket."""
    try:
        connection = socket.socket(address.family, socket.SOCK_STREAM)
    except OSError as error:
        return error.errno or errno.EAFNOSUPPORT, None
    # Commands are small and each waits for its reply: nothing is won by collecting them.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setblocking(False)
    return connection.connect_ex(address.sockaddr), connection


def _socket_of(key: selectors.SelectorKey) -> socket.socket:
    connection = key.fileobj
    if not isinstance(connection, socket.socket):
        raise TypeError("the selector holds sockets only")
    return connection


def _lookup(host: str, port: int, flags: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    # Only the first of the answers bears the name.
    name = found[0][3] if found and flags == socket.AI_CANONNAME else ""
    return [
        Address(int(family), sockaddr, name) for family, _type, _proto, _name, sockaddr in found
    ]


def _in_time(lookup: Callable[[], list[Address]], timeout: float) -> list[Address]:
    """Call the system's resolver, which knows no time limit of ours, in a thread."""
    outcome: list[list[Address] | Exception] = []

    def run() -> None:
        try:
            outcome.append(lookup())
        except (OSError, UnicodeError) as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(timeout)
    if not outcome:
        raise NetworkError("timeout", f"no answer from the resolver within {timeout:g} s")
    result = outcome[0]
    if isinstance(result, list):
        return result
    if isinstance(result, UnicodeError):
        raise NetworkError("name-not-found", "it is no valid host name") from result
    code = result.errno if isinstance(result, OSError) else None
    kind = "name-not-found" if code in _NAME_NOT_FOUND else "name-failure"
    raise NetworkError(kind, str(getattr(result, "strerror", None) or result)) from result
