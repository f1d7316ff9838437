# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TCP line on loopback to a server, whose connections are reset, dropped or stalled as a test says.

Nothing of what goes through is read or changed, so that TLS and WebSockets pass as they are. `Door` is for what
happens between requests; this is for what happens to connections.
"""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal
from urllib.parse import urlsplit

CHUNK = 64 * 1024
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Fault:
    """What happens to a connection.

    :param kind: ``reset`` ends it with a TCP RST, ``drop`` with a FIN; ``stall`` leaves it open and passes
        nothing on in either direction.
    :param after: bytes of the server's answers that pass before it; 0 before anything passes.
    """

    kind: Literal["reset", "drop", "stall"]
    after: int = 0


Plan = Callable[[int], Fault | None]
"""What happens to the n-th connection, counted from 1; `None` for one that works."""


def every(count: int, fault: Fault) -> Plan:
    """Return a plan in which each connection of that number has the fault."""
    return lambda number: None if number % count else fault


def first(count: int, fault: Fault) -> Plan:
    """Return a plan in which the first connections have the fault."""
    return lambda number: fault if number <= count else None


@dataclass
class Passed:
    """How many connections there were, and how many of them had a fault."""

    connections: int = 0
    faults: int = 0


@dataclass
class _State:
    plan: Plan
    passed: Passed = field(default_factory=Passed)
    black_hole: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> Fault | None:
        with self.lock:
            self.passed.connections += 1
            fault = self.plan(self.passed.connections)
            self.passed.faults += fault is not None
            return fault

    def waits(self) -> None:
        """Return when bytes pass again, or when the line is closed."""
        while self.black_hole.is_set() and not self.closed.wait(POLL_SECONDS):
            pass


class Line:
    """Listens from entering the context to leaving it.

    :ivar passed: what has gone through.
    :ivar black_hole: as long as it is set, no byte passes, in old connections and new ones.
    """

    def __init__(self, host: str, port: int, plan: Plan = lambda _number: None) -> None:
        self._state = _State(plan)
        self._server = _Server((host, port), self._state)
        self.passed = self._state.passed
        self.black_hole = self._state.black_hole

    @property
    def port(self) -> int:
        """Where it listens on loopback."""
        return int(self._server.server_address[1])

    def kubeconfig(self, given: Path, folder: Path) -> Path:
        """Return a kubeconfig (JSON) that reaches the API server of another one through the line."""
        config = json.loads(given.read_text())
        cluster = config["clusters"][0]["cluster"]
        # The certificate is verified as before.
        cluster["tls-server-name"] = urlsplit(cluster["server"]).hostname
        cluster["server"] = f"https://127.0.0.1:{self.port}"
        path = folder / "line.kubeconfig"
        path.touch(mode=0o600)
        path.write_text(json.dumps(config))
        return path

    def __enter__(self) -> Line:
        threading.Thread(
            target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True
        ).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._state.closed.set()
        self._server.shutdown()
        self._server.server_close()


def to_api(kubeconfig: Path, plan: Plan = lambda _number: None) -> Line:
    """Return a line to the API server of a kubeconfig (JSON)."""
    url = urlsplit(json.loads(kubeconfig.read_text())["clusters"][0]["cluster"]["server"])
    return Line(str(url.hostname), url.port or 443, plan)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, upstream: tuple[str, int], state: _State) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.upstream = upstream
        self.state = state


class _Connection(socketserver.BaseRequestHandler):
    """One connection of a client, and the one of it to the server."""

    server: _Server
    request: socket.socket

    def handle(self) -> None:
        fault = self.server.state.next()
        if fault and not fault.after:
            self._end(fault)
            return
        with (
            contextlib.suppress(OSError),
            socket.create_connection(self.server.upstream) as upstream,
        ):
            threading.Thread(
                target=self._pump, args=(self.request, upstream, None), daemon=True
            ).start()
            self._pump(upstream, self.request, fault)

    def _pump(self, source: socket.socket, sink: socket.socket, fault: Fault | None) -> None:
        left = fault.after if fault else None
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                self.server.state.waits()
                if left is not None and fault:
                    sink.sendall(data[:left])
                    left -= len(data)
                    if left <= 0:
                        self._end(fault)
                        return
                else:
                    sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def _end(self, fault: Fault) -> None:
        if fault.kind == "stall":
            self.server.state.closed.wait()
        elif fault.kind == "reset":
            # With a linger time of zero, close() sends RST (socket(7)).
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # Else the other thread, which reads from it, keeps it open.
        with contextlib.suppress(OSError):
            self.request.shutdown(socket.SHUT_RD)
        self.request.close()
