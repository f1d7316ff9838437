# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A door to the API server that can be shut, or that does something just after the n-th write of a run,
or when a command is to be run in a container.

What goes through is not changed. The dry runs of the guard, reads, a lease that is renewed, which
happens at any time, the claim of the journal, which comes with the lease where there is a journal, and an
old revision that Helm clears away, which depends on how many there are, are not counted.
"""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import SplitResult, urlsplit

WRITES = ("POST", "PUT", "PATCH", "DELETE")
NOT_COUNTED = ("dryRun=All", "/exec?", "subjectaccessreviews", "subjectrulesreviews")
RECORD = "/secrets/sh.helm.release.v1."
JOURNAL = "/secrets/mailops.journal.v1."
CHUNK = 64 * 1024


@dataclass(frozen=True)
class Write:
    """One write: its method and its path."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass
class Passed:
    """What has gone through."""

    writes: list[Write] = field(default_factory=list)


class Door:
    """Listens on loopback from entering the context to leaving it.

    :param after: the number of the write after which, and before it is answered, `then` is called.
    :param to: what the paths of the writes that count for it have in them.
    :ivar shut: as long as it is set, no request gets an answer.
    :ivar at_command: is called when a command is to be run in a container, and before that is answered.
    """

    def __init__(
        self,
        kubeconfig: Path,
        folder: Path,
        *,
        after: int | None = None,
        to: str = "",
        then: Callable[[Write], None] = lambda write: None,
    ) -> None:
        config = json.loads(kubeconfig.read_text())
        cluster = config["clusters"][0]["cluster"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self.passed = Passed()
        self.shut = threading.Event()
        self.at_command: Callable[[], None] = lambda: None
        self._server = _Server(
            urlsplit(cluster["server"]),
            ssl.create_default_context(cadata=authority),
            config["users"][0]["user"]["token"],
            self,
        )
        self._after, self._to, self._then = after, to, then
        self._counting = threading.Lock()
        self._lease: object = None
        config["clusters"][0]["cluster"] = {"server": self._server.address}
        config["users"][0]["user"] = {}
        self.kubeconfig = folder / "door.kubeconfig"
        self.kubeconfig.write_text(json.dumps(config))

    def count(self, write: Write, body: bytes) -> None:
        """Takes note of a write that was answered by the API server, and not yet to the run."""
        with self._counting:
            if "/leases" in write.path:
                lease, self._lease = self._lease, _without_times(json.loads(body))
                if lease == self._lease:
                    return
            if write.method == "DELETE" and RECORD in write.path:
                return
            if write.method == "PATCH" and JOURNAL in write.path:
                return
            self.passed.writes.append(write)
            number = sum(self._to in each.path for each in self.passed.writes)
        if number == self._after and self._to in write.path:
            self._then(write)

    def __enter__(self) -> Door:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self, upstream: SplitResult, context: ssl.SSLContext, token: str, door: Door
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.upstream = upstream
        self.context = context
        self.token = token
        self.door = door

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Connection(socketserver.StreamRequestHandler):
    """One request: the connection is closed after its answer, so that answers need not be understood."""

    server: _Server

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # either side may be killed at any moment
            self._pass()

    def _pass(self) -> None:
        first = self.rfile.readline().decode("latin-1")
        if not first.strip() or self.server.door.shut.is_set():
            return
        method, target, version = first.split()
        headers: list[tuple[str, str]] = []
        while line := self.rfile.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers.append((name.lower(), value.strip()))
        known = dict(headers)
        upgrade = "upgrade" in known
        body = self.rfile.read(int(known.get("content-length", 0)))
        upstream = self._connect()
        try:
            own = ("authorization", "connection", "host")
            kept = [f"{name}: {value}" for name, value in headers if name not in own]
            lines = [
                f"{method} {target} {version}",
                f"host: {self.server.upstream.netloc}",
                f"authorization: Bearer {self.server.token}",
                f"connection: {'Upgrade' if upgrade else 'close'}",
                *kept,
            ]
            upstream.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
            if upgrade:
                self.server.door.at_command()
                threading.Thread(
                    target=self._pump, args=(self.connection, upstream), daemon=True
                ).start()
            elif method in WRITES and not any(sign in target for sign in NOT_COUNTED):
                answer = b"".join(iter(lambda: upstream.recv(CHUNK), b""))
                if answer.split(b" ", 2)[1][:1] == b"2":
                    self.server.door.count(Write(method, target.partition("?")[0]), body)
                self.connection.sendall(answer)
                return
            self._pump(upstream, self.connection)
        finally:
            upstream.close()

    def _connect(self) -> ssl.SSLSocket:
        url = self.server.upstream
        plain = socket.create_connection((url.hostname, url.port))
        return self.server.context.wrap_socket(plain, server_hostname=url.hostname)

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)


def _without_times(lease: dict[str, Any]) -> object:
    """What a renewal leaves as it is."""
    return lease["spec"].get("holderIdentity")
