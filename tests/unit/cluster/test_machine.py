# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cluster import __main__ as command_line
from tests.cluster import build, machine
from tests.cluster.errors import RefusalError
from tests.cluster.node import Node


@pytest.fixture
def fit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine that has everything; returns its folder of commands."""
    for command in ("ip", "iptables", "mmdebstrap", "openssl", "runc"):
        (tmp_path / command).touch(mode=0o755)
    monkeypatch.setattr(machine, "SEARCH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path


def _no_root(patch: pytest.MonkeyPatch, _fit: Path) -> None:
    patch.setattr(os, "geteuid", lambda: 1000)


def _old_python(patch: pytest.MonkeyPatch, _fit: Path) -> None:
    patch.setattr(sys, "version_info", (3, 11, 2))


def _no_runc(_patch: pytest.MonkeyPatch, fit: Path) -> None:
    (fit / "runc").unlink()


def test_a_machine_that_has_everything_is_fit(fit: Path) -> None:
    assert fit.is_dir()
    machine.check_fit()


@pytest.mark.parametrize(
    ("lack", "advice"),
    [(_no_root, "sudo"), (_old_python, "newer python3"), (_no_runc, "apt-get install runc")],
)
def test_what_is_missing_is_said_with_what_to_do(
    lack: Callable[[pytest.MonkeyPatch, Path], None],
    advice: str,
    fit: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lack(monkeypatch, fit)

    with pytest.raises(RefusalError, match=advice):
        machine.check_fit()


def test_a_refusal_is_one_line_and_exit_code_2_and_nothing_is_started(
    fit: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _no_root(monkeypatch, fit)
    monkeypatch.setattr(build, "build", lambda *_: pytest.fail("something was built"))

    code = command_line.main([f"--state={tmp_path / 'node'}", "up"])

    assert code == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not Node(tmp_path / "node").layout.state.exists()


def test_available_memory_is_read_from_the_kernel() -> None:
    assert machine.available_memory("MemTotal: 9 kB\nMemAvailable:   1536 kB\n") == 1536 * 1024


def test_too_little_memory_is_refused_with_both_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "available_memory", lambda _: 1024**3)

    with pytest.raises(RefusalError, match=r"2 GiB .* 1\.0 GiB"):
        machine.check_memory()


@pytest.mark.parametrize("lack", [_no_root, _old_python])
def test_what_would_stop_the_start_is_said_before_anything_is_installed_or_built(
    lack: Callable[[pytest.MonkeyPatch, Path], None],
    fit: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    lack(monkeypatch, fit)
    assert command_line.main(["requirements"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
