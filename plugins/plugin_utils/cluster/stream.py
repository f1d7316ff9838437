# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs commands in a container, and reaches the process that it has: streams over a WebSocket.

The container is not trusted: what it prints is limited in bytes and in time while it is read.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

with suppress(ImportError):  # the client tells of it, before there is a container
    import certifi
    import websocket
    from kubernetes.stream.ws_client import (
        ERROR_CHANNEL,
        STDERR_CHANNEL,
        STDIN_CHANNEL,
        STDOUT_CHANNEL,
        get_websocket_url,
        websocket_proxycare,
    )

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import refusal
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import SystemClock
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.repeat import repeated

CONNECT_SECONDS = 5
"""For each answer while the stream is opened."""
OUTPUT_BYTES = 4 << 20
"""So much of what a process prints is read: hundreds of times what a probe, an environment or a file of
settings has."""
WIRE_BYTES = 2 * OUTPUT_BYTES
"""So much may come over the wire for it: frames have heads, and a process may print byte by byte."""
PROTOCOL = "v4.channel.k8s.io"
"""Channels by number, and a Status object at the end; every supported API server speaks it."""


class ExecError(Exception):
    """A command could not be run in a container.

    :ivar forbidden: whether the user has no right to.
    :ivar began: whether it may have been run, and what became of it is not known.
    :ivar broken: whether the connection broke, so that another attempt may succeed.
    """

    def __init__(
        self, problem: str, *, forbidden: bool = False, began: bool = False, broken: bool = False
    ) -> None:
        super().__init__(problem)
        self.forbidden = forbidden
        self.began = began
        self.broken = broken


@dataclass(frozen=True)
class Executed:
    """How a command in a container ended."""

    returncode: int
    stdout: bytes
    stderr: bytes


@dataclass(frozen=True)
class Container:
    """A container, and the way to it. Each call has a connection of its own.

    :param configuration: of the Kubernetes client: how the API server is reached.
    :param credentials: the headers that say who asks, as they are at that moment.
    :param pod: the address of its pod at the API server.
    """

    configuration: Any
    credentials: Callable[[], Mapping[str, str]]
    pod: str
    name: str

    def execute(self, argv: Sequence[str], stdin: bytes, seconds: float) -> Executed:
        """Runs a command; as ``Cluster.execute``."""
        said = self._run("exec", [("command", word) for word in argv], stdin, seconds)
        code = _returncode(said.get(ERROR_CHANNEL, b""))
        return Executed(code, said.get(STDOUT_CHANNEL, b""), said.get(STDERR_CHANNEL, b""))

    def attach(self, stdin: bytes, seconds: float) -> bytes:
        """Writes to its process, and reads from it to its end; as ``Cluster.attach``."""
        return self._run("attach", (), stdin, seconds).get(STDOUT_CHANNEL, b"")

    def _run(
        self, how: str, query: Sequence[tuple[str, str]], stdin: bytes, seconds: float
    ) -> dict[int, bytes]:
        """What came on each channel by the time that a process had ended.

        :raises ExecError: whatever the other side does.
        """

        def may_repeat(error: ExecError) -> float | None:
            # What waits for its input has done nothing yet.
            return 0.0 if error.broken and stdin else None

        socket = repeated(
            lambda: self._opened(how, query, stdin=bool(stdin)),
            ExecError,
            may_repeat,
            SystemClock(),
        )
        try:
            with _broken(seconds):
                socket.sock = _Limited(socket.sock, seconds)
                if stdin:
                    socket.send(bytes([STDIN_CHANNEL]) + stdin, websocket.ABNF.OPCODE_BINARY)
                return _read(socket)
        finally:
            # Not close(), which waits for a goodbye of the other side.
            socket.shutdown()

    def _opened(self, how: str, query: Sequence[tuple[str, str]], *, stdin: bool) -> Any:
        """A WebSocket to the streams of a process.

        :raises ExecError: when it cannot be opened.
        """
        try:
            return self._connect(how, query, stdin=stdin)
        except (websocket.WebSocketException, OSError, ValueError) as error:
            refused = isinstance(error, (websocket.WebSocketBadStatusException, ValueError))
            verifies = isinstance(error, ssl.SSLCertVerificationError)
            raise ExecError(
                refusal.words(error),
                forbidden=refusal.is_forbidden(error),
                broken=not (refused or verifies),
            ) from error

    def _connect(self, how: str, query: Sequence[tuple[str, str]], *, stdin: bool) -> Any:
        """A WebSocket to the streams of a process.

        Not by the client's own, which has no limit for what it waits for and for what it reads.

        :raises websocket.WebSocketException: when the API server refuses. OSError when it is away.
        """
        flags = {"stdin": stdin, "stdout": True, "stderr": how == "exec", "tty": False}
        parameters = [
            ("container", self.name),
            *query,
            *((name, str(value).lower()) for name, value in flags.items()),
        ]
        url, credentials = get_websocket_url(f"{self.pod}/{how}", parameters), self.credentials()
        options = {
            "header": [f"{name}: {value}" for name, value in credentials.items()],
            "subprotocols": [PROTOCOL],
            "timeout": CONNECT_SECONDS,
        }
        if self.configuration.proxy or self.configuration.proxy_headers:
            options = websocket_proxycare(options, self.configuration, url, credentials)
        socket: Any = websocket.WebSocket(sslopt=self._tls(), skip_utf8_validation=True)
        socket.connect(url, **options)
        return socket

    def _tls(self) -> dict[str, Any]:
        """How the API server is verified, and who asks, in the words of the WebSocket library."""
        settings = self.configuration
        options: dict[str, Any] = {"cert_reqs": ssl.CERT_NONE}
        if settings.verify_ssl:
            options["cert_reqs"] = ssl.CERT_REQUIRED
            options["ca_certs"] = settings.ssl_ca_cert or certifi.where()
            if settings.assert_hostname is not None:
                options["check_hostname"] = settings.assert_hostname
        given = {
            "certfile": settings.cert_file,
            "keyfile": settings.key_file,
            "server_hostname": settings.tls_server_name,
        }
        return {**options, **{name: value for name, value in given.items() if value}}


class _Limited:
    """A connected socket that gives up after so many seconds, and after so many bytes.

    The limits hold within a frame, too: a frame says itself how long it is.
    """

    def __init__(self, socket: Any, seconds: float) -> None:
        self._socket = socket
        self._end = time.monotonic() + seconds
        self._left = WIRE_BYTES

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def recv(self, size: int) -> bytes:
        """Receive, within what is left."""
        self._wait()
        data: bytes = self._socket.recv(size)
        self._left -= len(data)
        if self._left < 0:
            raise _too_much()
        return data

    def send(self, data: bytes) -> int:
        """Send, within what is left."""
        self._wait()
        sent: int = self._socket.send(data)
        return sent

    def _wait(self) -> None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)


@contextmanager
def _broken(seconds: float) -> Iterator[None]:
    """Says of whatever goes wrong in the middle of a stream that nobody knows what became of the command."""
    try:
        yield
    except (websocket.WebSocketTimeoutException, TimeoutError):
        problem = f"the command did not end within {seconds:.0f} s"
        raise ExecError(problem, began=True) from None
    except (websocket.WebSocketException, OSError, ValueError) as error:
        # The error may quote what the container has sent.
        problem = f"the connection to the container broke ({type(error).__name__})"
        raise ExecError(problem, began=True, broken=True) from None


def _read(socket: Any) -> dict[int, bytes]:
    """What comes on each channel until the other side closes the stream."""
    parts: dict[int, list[bytes]] = {}
    left = OUTPUT_BYTES
    while True:
        try:
            kind, frame = socket.recv_data_frame(control_frame=True)
        except websocket.WebSocketConnectionClosedException:
            if ERROR_CHANNEL not in parts:
                raise
            break  # without a goodbye, and everything was said
        if kind == websocket.ABNF.OPCODE_CLOSE:
            break
        if kind in (websocket.ABNF.OPCODE_BINARY, websocket.ABNF.OPCODE_TEXT) and frame.data:
            parts.setdefault(frame.data[0], []).append(frame.data[1:])
            left -= len(frame.data) - 1
            if left < 0:
                raise _too_much()
    return {channel: b"".join(pieces) for channel, pieces in parts.items()}


def _too_much() -> ExecError:
    return ExecError(f"it prints more than {OUTPUT_BYTES >> 20} MiB", began=True)


def _returncode(text: bytes) -> int:
    """The exit code in the Status object that ends an exec.

    :raises ExecError: when the command was not run at all, or the object is none.
    """
    try:
        status = json.loads(text or b"{}")
        if status.get("status") == "Success":
            return 0
        for cause in (status.get("details") or {}).get("causes") or []:
            if cause.get("reason") == "ExitCode":
                return int(cause["message"])
        message = status.get("message")
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise ExecError("the connection to the container broke", began=True) from None
    if not isinstance(message, str) or not message:
        raise ExecError("the connection to the container broke", began=True, broken=not text)
    raise ExecError(message)
