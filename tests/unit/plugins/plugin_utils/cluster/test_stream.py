# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stream to a container that floods, trickles, breaks or lies: it ends in time, in a finding's words.

The other side is a real server on the loopback interface, which sends what each test makes it send.
"""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import urlsplit

import kubernetes
import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import (
    OUTPUT_BYTES,
    Container,
    ExecError,
)
from tests.harness.line import Fault, Line, first

MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""Of the handshake (RFC 6455 section 1.3)."""
BINARY, CLOSE, PING = 0x2, 0x8, 0x9
SUCCESS = json.dumps({"status": "Success"}).encode()
LIMIT = 2.0
"""Seconds that a command may take in these tests."""

Script = Callable[[socket.socket], None]


def frame(payload: bytes, kind: int = BINARY) -> bytes:
    """A whole frame of a server (RFC 6455 section 5.2)."""
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", 0x80 | kind, size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", 0x80 | kind, 126, size)
    else:
        head = struct.pack("!BBQ", 0x80 | kind, 127, size)
    return head + payload


def said(channel: int, payload: bytes) -> bytes:
    return frame(bytes([channel]) + payload)


def status(**fields: object) -> bytes:
    return said(3, json.dumps({"status": "Failure", **fields}).encode())


GOODBYE = frame(struct.pack("!H", 1000), CLOSE)


def _shake_hands(connection: socket.socket) -> None:
    request = b""
    while b"\r\n\r\n" not in request:
        request += connection.recv(4096)
    key = next(
        line.partition(b":")[2].strip().decode()
        for line in request.split(b"\r\n")
        if line.lower().startswith(b"sec-websocket-key:")
    )
    accepted = base64.b64encode(
        hashlib.sha1(f"{key}{MAGIC}".encode(), usedforsecurity=False).digest()
    ).decode()
    connection.sendall(
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accepted}\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n"
        ).encode()
    )


@pytest.fixture
def container() -> Iterator[Callable[[Script], Container]]:
    """Makes a container behind a server that does what a script says, after the handshake."""
    listeners: list[socket.socket] = []

    def make(script: Script, *, greets: bool = True) -> Container:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            connection, _peer = listener.accept()
            with connection:
                try:
                    if greets:
                        _shake_hands(connection)
                    script(connection)
                except OSError:
                    return  # the client has had enough

        threading.Thread(target=serve, daemon=True).start()
        configuration = kubernetes.client.Configuration()
        port = listener.getsockname()[1]
        address = f"http://127.0.0.1:{port}/api/v1/namespaces/apps/pods/qua-api-1"
        return Container(configuration, dict, address, "api")

    yield make
    for listener in listeners:
        listener.close()


Make = Callable[..., Container]


def sends(*frames: bytes) -> Script:
    def script(connection: socket.socket) -> None:
        for each in frames:
            connection.sendall(each)
        time.sleep(0.1)

    return script


LATE = f"did not end within {LIMIT:.0f} s"
"""What is said of a command that is given up, and of no other trouble."""


def fails(container: Container) -> ExecError:
    """How a command fails."""
    with pytest.raises(ExecError) as caught:
        container.execute(("cat", "/proc/self/environ"), b"", LIMIT)
    return caught.value


def test_what_a_command_prints_is_read_from_its_channels(container: Make) -> None:
    there = container(
        sends(said(1, b"one "), said(2, b"oops"), said(1, b"two"), said(3, SUCCESS), GOODBYE)
    )
    done = there.execute(("cat", "x"), b"", LIMIT)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"one two", b"oops")


def test_an_exit_code_is_that_of_the_command(container: Make) -> None:
    causes = {"causes": [{"reason": "ExitCode", "message": "7"}]}
    there = container(sends(said(1, b""), status(details=causes), GOODBYE))
    assert there.execute(("false",), b"", LIMIT).returncode == 7


def test_standard_input_arrives_whole(container: Make) -> None:
    fed = b"x" * 200_000

    def script(connection: socket.socket) -> None:
        got = 0
        while got < len(fed):
            got += len(connection.recv(65536))
        sends(said(1, b"thanks"), said(3, SUCCESS), GOODBYE)(connection)

    assert container(script).attach(fed, LIMIT) == b"thanks"


def test_a_status_without_a_goodbye_is_enough(container: Make) -> None:
    there = container(sends(said(1, b"all"), said(3, SUCCESS)))
    assert there.execute(("cat",), b"", LIMIT).stdout == b"all"


class TestAContainerThat:
    def test_floods_is_read_no_farther_than_the_limit(self, container: Make) -> None:
        def flood(connection: socket.socket) -> None:
            while True:
                connection.sendall(said(1, b"x" * 32_768))

        error = fails(container(flood))
        assert error.began
        assert "prints more than 4 MiB" in str(error)

    def test_claims_one_endless_frame_is_read_no_farther(self, container: Make) -> None:
        def flood(connection: socket.socket) -> None:
            connection.sendall(struct.pack("!BBQ", 0x80 | BINARY, 127, 1 << 40))
            while True:
                connection.sendall(b"x" * 65_536)

        error = fails(container(flood))
        assert error.began
        assert "prints more than" in str(error)

    @pytest.mark.parametrize("kind", [PING, BINARY])
    def test_sends_nothing_but_heads_ends_in_time(self, container: Make, kind: int) -> None:
        def flood(connection: socket.socket) -> None:
            while True:
                connection.sendall(frame(b"", kind) * 1000)

        assert fails(container(flood)).began

    @pytest.mark.parametrize("piece", [said(1, b"."), frame(b"", PING)], ids=["frames", "pings"])
    def test_trickles_ends_in_time(self, container: Make, piece: bytes) -> None:
        def trickle(connection: socket.socket) -> None:
            while True:
                connection.sendall(piece)
                time.sleep(0.05)

        error = fails(container(trickle))
        assert error.began
        assert "did not end within 2 s" in str(error)

    def test_trickles_within_a_frame_ends_in_time(self, container: Make) -> None:
        def trickle(connection: socket.socket) -> None:
            connection.sendall(struct.pack("!BBH", 0x80 | BINARY, 126, 60_000))
            while True:
                connection.sendall(b"x")
                time.sleep(0.05)

        assert LATE in str(fails(container(trickle)))

    def test_says_nothing_ends_in_time(self, container: Make) -> None:
        assert LATE in str(fails(container(lambda _connection: time.sleep(LIMIT + 2))))

    def test_does_not_read_its_input_ends_in_time(self, container: Make) -> None:
        there = container(lambda _connection: time.sleep(LIMIT + 4))
        with pytest.raises(ExecError) as caught:
            there.attach(b"x" * (OUTPUT_BYTES * 8), LIMIT)
        assert caught.value.began
        assert LATE in str(caught.value)

    def test_resets_the_connection_may_have_run_the_command(self, container: Make) -> None:
        def reset(connection: socket.socket) -> None:
            connection.sendall(said(1, b"half of "))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        error = fails(container(reset))
        assert error.began
        assert "connection to the container broke" in str(error)

    @pytest.mark.parametrize(
        "garbage",
        [
            b"\xff\xff" + b"x" * 30,
            struct.pack("!BB", 0x80 | 0x5, 3) + b"abc",
            struct.pack("!BB", 0x80 | PING, 127) + b"x" * 300,
            struct.pack("!BB", 0x80, 1) + b"x",
            frame(b"\x00", CLOSE),
        ],
        ids=["reserved", "opcode", "long-control", "continuation", "close"],
    )
    def test_breaks_the_protocol_may_have_run_the_command(
        self, container: Make, garbage: bytes
    ) -> None:
        error = fails(container(sends(garbage)))
        assert error.began
        assert "connection to the container broke" in str(error)

    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"not JSON",
            b"[]",
            b"7",
            b'{"details": 3}',
            b'{"details": {"causes": [5]}}',
            b'{"details": {"causes": [{"reason": "ExitCode"}]}}',
            b'{"details": {"causes": [{"reason": "ExitCode", "message": "x"}]}}',
            b'{"message": ["x"]}',
            b"[" * 100_000,
            b'{"details": {"causes": [{"reason": "ExitCode", "message": "'
            + b"9" * 5_000
            + b'"}]}}',
            b"\xff\xfe",
        ],
    )
    def test_ends_with_a_strange_status_may_have_run_the_command(
        self, container: Make, answer: bytes
    ) -> None:
        assert fails(container(sends(said(1, b"x"), said(3, answer), GOODBYE))).began


def test_a_command_that_is_not_there_has_not_begun(container: Make) -> None:
    error = fails(container(sends(status(message='exec: "cat": not found'), GOODBYE)))
    assert not error.began
    assert str(error) == 'exec: "cat": not found'


def test_a_refused_handshake_is_told_in_the_words_of_the_api_server(container: Make) -> None:
    body = json.dumps({"message": "pods is forbidden"})

    def refuse(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(
            f"HTTP/1.1 403 Forbidden\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )

    error = fails(container(refuse, greets=False))
    assert error.forbidden
    assert not error.began
    assert str(error) == "pods is forbidden"


def test_an_api_server_that_is_away_is_told() -> None:
    address = "http://127.0.0.1:9/api/v1/namespaces/apps/pods/qua-api-1"
    configuration = kubernetes.client.Configuration()
    error = fails(Container(configuration, dict, address, "api"))
    assert not error.began
    assert not error.forbidden
    assert "refused" in str(error)


def test_credentials_go_with_the_handshake(container: Make) -> None:
    seen = SimpleNamespace(request=b"")

    def look(connection: socket.socket) -> None:
        seen.request = connection.recv(4096)

    there = container(look, greets=False)
    asking = Container(
        there.configuration, lambda: {"authorization": "Bearer abc"}, there.pod, there.name
    )
    fails(asking)
    assert b"authorization: Bearer abc\r\n" in seen.request
    assert b"Sec-WebSocket-Protocol: v4.channel.k8s.io" in seen.request


class TestALineThatBreaks:
    """Its first connections are reset before anything passes."""

    @pytest.fixture
    def shaky(self, container: Make) -> Iterator[Container]:
        whole = container(sends(said(1, b"done"), said(3, SUCCESS), GOODBYE))
        address = urlsplit(whole.pod)
        with Line("127.0.0.1", int(address.port or 0), first(2, Fault("reset"))) as line:
            yield replace(whole, pod=f"http://127.0.0.1:{line.port}{address.path}")

    def test_is_tried_again_for_what_waits_for_its_input(self, shaky: Container) -> None:
        assert shaky.execute(("python3", "-"), b"print()", LIMIT).stdout == b"done"

    def test_is_told_of_what_may_have_run(self, shaky: Container) -> None:
        with pytest.raises(ExecError) as caught:
            shaky.execute(("send",), b"", LIMIT)
        assert caught.value.broken
