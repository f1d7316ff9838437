# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every address is tried, and what became of each is told."""

from __future__ import annotations

import os
import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.network import (
    Address,
    Network,
    NetworkError,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest

# Discard-only addresses (RFC 6666) and TEST-NET-1 (RFC 5737) are not used: a test stays on this
# machine. Nothing listens on port 1.
CLOSED = Address(socket.AF_INET, ("127.0.0.1", 1))


def test_an_address_needs_no_resolver() -> None:
    assert Network().resolve("127.0.0.1", 25, 5.0) == [
        Address(socket.AF_INET, ("127.0.0.1", 25)),
    ]


def test_an_address_keeps_the_interface_that_it_is_behind() -> None:
    _number, name = socket.if_nameindex()[0]
    [address] = Network().resolve(f"fe80::1%{name}", 25, 5.0)
    assert address.host == f"fe80::1%{name}"


def test_a_name_that_is_none_is_not_found() -> None:
    with pytest.raises(NetworkError) as caught:
        Network().resolve("a" * 70 + ".invalid", 25, 5.0)
    assert caught.value.kind == "name-not-found"


def test_a_resolver_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def slow(host: str, *rest: object, **options: object) -> object:
        if options.get("flags") == socket.AI_NUMERICHOST:
            return real(host, *rest, **options)  # type: ignore[arg-type]  # handed on as they come
        time.sleep(0.5)  # the thing under test is that nobody waits for this
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with pytest.raises(NetworkError) as caught:
        Network().resolve("relay.example.org", 25, 0.01)
    assert caught.value.kind == "timeout"


def test_a_refused_address_is_reported_beside_the_one_that_works(
    serve: Callable[[Callable[[socket.socket], None]], int],
) -> None:
    port = serve(lambda connection: None)
    alive = Address(socket.AF_INET, ("127.0.0.1", port))
    connection, attempts = Network().connect([CLOSED, alive], 5.0, time.monotonic)
    assert connection is not None
    with connection:
        assert connection.getpeername() == alive.sockaddr
    assert [attempt.result for attempt in attempts] == ["refused", "connected"]


def test_the_first_address_in_order_is_kept(
    serve: Callable[[Callable[[socket.socket], None]], int],
) -> None:
    addresses = [
        Address(socket.AF_INET, ("127.0.0.1", serve(lambda connection: None))) for _ in range(3)
    ]
    connection, attempts = Network().connect(addresses, 5.0, time.monotonic)
    assert connection is not None
    with connection:
        assert connection.getpeername() == addresses[0].sockaddr
    assert [attempt.result for attempt in attempts] == ["connected"] * 3


def test_an_address_that_swallows_packets_times_out_and_does_not_stop_the_other(
    serve: Callable[[Callable[[socket.socket], None]], int],
) -> None:
    # A listener whose queue is full drops what comes next, as a firewall does.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        hole = Address(socket.AF_INET, full.getsockname())
        alive = Address(socket.AF_INET, ("127.0.0.1", serve(lambda connection: None)))
        connection, attempts = Network().connect([hole, alive], 30.0, time.monotonic)
        alone, attempts_alone = Network().connect([hole], 0.05, time.monotonic)
        for filler in fillers:
            filler.close()
    assert connection is not None
    connection.close()
    assert [attempt.result for attempt in attempts] == ["timeout", "connected"]
    assert alone is None
    assert [attempt.result for attempt in attempts_alone] == ["timeout"]


@contextmanager
def may_open(count: int) -> Iterator[None]:
    """Let this process open so many more files and connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # A new descriptor is the lowest number that is free.
    free = [os.dup(0) for _ in range(count + 1)]
    for descriptor in free:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free[-1], hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("count", [0, 1])
def test_what_this_process_may_not_open_is_not_blamed_on_the_network(count: int) -> None:
    asked = ProbeRequest(host="127.0.0.1", port=1, until="connect")
    with may_open(10):
        refused = probe(asked)
    with may_open(count):
        limited = probe(asked)
    assert [finding.code for finding in refused.findings] == ["relay-refused"]
    assert [finding.code for finding in limited.findings] == ["open-files-limit"]


def test_a_connection_that_is_reset_as_soon_as_it_is_there_has_been_there(
    reset_at_once: Address,
) -> None:
    connection, attempts = Network().connect([reset_at_once], 5.0, time.monotonic)
    assert [attempt.result for attempt in attempts] == ["connected"]
    assert connection is not None
    with connection:
        assert connection.recv(1) == b""
