# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs commands in a container, and reaches the process that it has: streams over a WebSocket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

with suppress(ImportError):  # the client tells of it, before there is a container
    import kubernetes
    from kubernetes.stream.ws_client import (
        ERROR_CHANNEL,
        STDERR_CHANNEL,
        STDOUT_CHANNEL,
        websocket_call,
    )

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import refusal

CONNECT_SECONDS = 5


class ExecError(Exception):
    """A command could not be run in a container.

    :ivar forbidden: whether the user has no right to.
    :ivar began: whether it may have been run, and what became of it is not known.
    """

    def __init__(self, problem: str, *, forbidden: bool = False, began: bool = False) -> None:
        super().__init__(problem)
        self.forbidden = forbidden
        self.began = began


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
        command = [("command", word) for word in argv]
        with self._stream("exec", command, stdin, seconds) as socket:
            stdout = socket.read_channel(STDOUT_CHANNEL)
            stderr = socket.read_channel(STDERR_CHANNEL)
            status = json.loads(socket.read_channel(ERROR_CHANNEL) or b"{}")
        return Executed(_returncode(status), stdout, stderr)

    def attach(self, stdin: bytes, seconds: float) -> bytes:
        """Writes to its process, and reads from it to its end; as ``Cluster.attach``."""
        with self._stream("attach", (), stdin, seconds) as socket:
            stdout: bytes = socket.read_channel(STDOUT_CHANNEL)
        return stdout

    @contextmanager
    def _stream(
        self, how: str, query: Sequence[tuple[str, str]], stdin: bytes, seconds: float
    ) -> Iterator[Any]:
        """The streams of a process, once it has ended."""
        try:
            socket = self._connect(how, query, stdin=bool(stdin))
        except (kubernetes.client.ApiException, OSError) as error:
            forbidden = refusal.is_forbidden(error)
            raise ExecError(refusal.words(error), forbidden=forbidden) from error
        try:
            if stdin:
                socket.write_stdin(stdin)
            socket.run_forever(timeout=seconds)
            if socket.is_open():
                raise ExecError(f"the command did not end within {seconds:.0f} s", began=True)
            yield socket
        finally:
            socket.close()

    def _connect(self, how: str, query: Sequence[tuple[str, str]], *, stdin: bool) -> Any:
        """The streams of a process.

        Not by the client's generated API, whose import alone costs as much as ten calls.
        """
        flags = {"stdin": stdin, "stdout": True, "stderr": how == "exec", "tty": False}
        return websocket_call(
            self.configuration,
            "get",
            f"{self.pod}/{how}",
            query_params=[
                ("container", self.name),
                *query,
                *((name, str(value).lower()) for name, value in flags.items()),
            ],
            headers=self.credentials(),
            binary=True,
            _preload_content=False,
            _request_timeout=CONNECT_SECONDS,
        )


def _returncode(status: dict[str, Any]) -> int:
    """The exit code in the Status object that ends an exec.

    :raises ExecError: when the command was not run at all.
    """
    if status.get("status") == "Success":
        return 0
    for cause in (status.get("details") or {}).get("causes") or []:
        if cause.get("reason") == "ExitCode":
            return int(cause["message"])
    message = status.get("message")
    raise ExecError(message or "the connection to the container broke", began=not message)
