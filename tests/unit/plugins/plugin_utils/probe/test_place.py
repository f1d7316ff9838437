# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a probe runs: the engine goes there whole, and what fails there is told without a secret."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.book import Files
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.place import (
    Host,
    PlaceError,
    Probed,
    from_controller,
    from_place,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import Relay

PASSWORD = "Xk9-unmistakable-Qz7"
REQUEST = ProbeRequest(
    host="127.0.0.1",
    port=9,
    security="none",
    auth="password",
    username="hub",
    password=Secret(PASSWORD),
)


@dataclass
class Shell:
    """Runs command lines in a shell of this machine, as a connection does on a host."""

    lines: list[str] = field(default_factory=list)

    def __call__(self, line: str, stdin: bytes) -> tuple[int, str]:
        self.lines.append(line)
        done = subprocess.run(
            ["/bin/sh", "-c", line], input=stdin, capture_output=True, timeout=60, check=False
        )
        return done.returncode, done.stdout.decode()


@pytest.fixture
def listening(run_relay: Callable[[Relay], Relay]) -> int:
    """The port of a relay in plain text."""
    return run_relay(Relay(security="none")).port


@pytest.fixture
def book(tmp_path: Path) -> Files:
    return Files(tmp_path / "logins")


class TestAHost:
    def test_runs_the_engine_without_a_file_and_without_a_secret_among_arguments(
        self, book: Files
    ) -> None:
        shell = Shell()
        [probed] = from_place(Host("far", sys.executable, shell), [REQUEST], book)
        assert probed.where == "host far"
        assert probed.result["relay"] == "127.0.0.1:9"
        assert probed.failed == {"connect"}
        assert not any(PASSWORD in line for line in shell.lines)

    def test_may_greet_before_the_result(self, book: Files) -> None:
        python = f"echo Welcome to far; exec {shlex.quote(sys.executable)}"
        shell = Shell()

        def greeting(line: str, stdin: bytes) -> tuple[int, str]:
            return shell(line.replace("python3", python, 1), stdin)

        [probed] = from_place(Host("far", "python3", greeting), [REQUEST], book)
        assert probed.failed == {"connect"}

    @pytest.mark.parametrize("python", ["/nowhere/python3", "false", "cat"])
    def test_without_a_python_that_runs_it_is_told_so(self, book: Files, python: str) -> None:
        with pytest.raises(PlaceError, match="host far: its Python ended with exit code") as caught:
            from_place(Host("far", python, Shell()), [REQUEST], book)
        assert PASSWORD not in str(caught.value)

    @pytest.mark.parametrize(
        ("returncode", "began"),
        [(0, True), (1, False), (3, True), (137, True), (-9, True)],
    )
    def test_may_have_logged_in_unless_the_engine_never_ran(
        self, book: Files, returncode: int, began: bool
    ) -> None:
        host = Host("far", "python3", lambda _line, _stdin: (returncode, '{"error": "what"}'))
        with pytest.raises(PlaceError) as caught:
            from_place(host, [REQUEST], book)
        assert caught.value.began == began


@dataclass
class Broken:
    """A place where no probe can run."""

    error: PlaceError

    def run(self, request: ProbeRequest) -> Probed:
        raise self.error


class TestAfterAPlaceThatFailed:
    def test_the_next_place_may_log_in_where_no_probe_began(self, book: Files) -> None:
        with pytest.raises(PlaceError):
            from_place(Broken(PlaceError("no right")), [REQUEST], book)
        [probed] = from_controller([REQUEST], book)
        assert "login-undecided" not in str(probed.result["findings"])

    def test_the_next_place_does_not_log_in_where_one_may_have(
        self, book: Files, listening: int
    ) -> None:
        request = ProbeRequest(**{**vars(REQUEST), "port": listening})
        with pytest.raises(PlaceError):
            from_place(Broken(PlaceError("it was lost", began=True)), [request], book)
        [probed] = from_controller([request], book)
        assert "login-undecided" in str(probed.result["findings"])
