# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: relays on the loopback interface."""

from __future__ import annotations

import selectors
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.network import Address
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    SERVER_TIMEOUT,
    Authority,
    Relay,
)


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority.new()


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """Serve connections with a function, in threads of their own; return the port."""
    listeners: list[socket.socket] = []
    connections: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(handle: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def talk(connection: socket.socket) -> None:
            with connection:
                try:
                    handle(connection)
                except (OSError, ssl.SSLError):
                    # A client may leave at any moment; what it saw is what a test looks at.
                    return

        def accept() -> None:
            while True:
                try:
                    connection, _address = listener.accept()
                except OSError:
                    return
                connection.settimeout(SERVER_TIMEOUT)
                connections.append(connection)
                thread = threading.Thread(target=talk, args=(connection,), daemon=True)
                threads.append(thread)
                thread.start()

        threading.Thread(target=accept, daemon=True).start()
        port: int = listener.getsockname()[1]
        return port

    yield start
    for listener in listeners:
        # close() alone does not wake a thread that sits in accept().
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    for connection in connections:
        connection.close()


@pytest.fixture
def run_relay(
    serve: Callable[[Callable[[socket.socket], None]], int], authority: Authority
) -> Callable[[Relay], Relay]:
    """Start a relay; it gets a certificate of the authority unless it has one."""

    def start(relay: Relay) -> Relay:
        relay.tls = relay.tls or authority.context()
        relay.port = serve(relay.serve)
        return relay

    return start


@pytest.fixture
def reset_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[Address]:
    """An address whose connections are reset before this side has a first look at them."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        class LateSelector(selectors.DefaultSelector):
            def select(
                self, timeout: float | None = None
            ) -> list[tuple[selectors.SelectorKey, int]]:
                accepted, _address = listener.accept()
                accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                accepted.close()
                return super().select(timeout)

        monkeypatch.setattr(selectors, "DefaultSelector", LateSelector)
        yield Address(socket.AF_INET, listener.getsockname())
