# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The logins of one run are known to all its processes, and nothing of them can be read."""

from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.logins import Known, Once
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.book import Files

PASSWORD = "correct horse"
PATIENCE = 30.0
REQUEST = ProbeRequest(
    host="relay.example.org",
    port=587,
    auth="password",
    username="ada@example.org",
    password=Secret(PASSWORD),
    until="auth",
)


def log_in(folder: Path, login: str) -> str:
    """Probe as another process of the run does; return what the probe, or else the book, says."""
    tried = folder.parent / "tried"

    def run(request: ProbeRequest) -> str:
        if request.until == "tls":
            return ""
        with tried.open("a", encoding="ascii") as file:
            file.write("once\n")
        return login

    result, known = Once(Files(folder), run, lambda result: (True, result)).probe(REQUEST, PATIENCE)
    return result or known


def tries(folder: Path) -> int:
    return len((folder.parent / "tried").read_text("ascii").splitlines())


@pytest.mark.parametrize("login", ["accepted", "rejected", "undecided"])
def test_processes_at_the_same_time_try_a_login_once_and_agree(tmp_path: Path, login: str) -> None:
    folder = tmp_path / "logins"
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        known = pool.starmap(log_in, [(folder, login)] * 12)
    assert known == [login] * 12
    assert tries(folder) == 1


def test_who_does_not_get_to_the_login_leaves_it_to_the_next_process(tmp_path: Path) -> None:
    folder = tmp_path / "logins"
    assert [log_in(folder, login) for login in ("", "rejected", "accepted")] == [
        *("", "rejected", "rejected")
    ]
    assert tries(folder) == 2


def test_a_page_keeps_what_it_holds(tmp_path: Path) -> None:
    known = Known(busy=True, accepted=(25, 587))
    with Files(tmp_path / "logins").page("a") as page:
        page.holds = known
    with Files(tmp_path / "logins").page("a") as page:
        assert page.holds == known


def test_the_files_hold_nothing_of_the_login_and_nobody_else_reads_them(tmp_path: Path) -> None:
    folder = tmp_path / "logins"
    log_in(folder, "accepted")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        for word in (PASSWORD, REQUEST.username, REQUEST.host):
            assert word not in file.name
            assert word.encode() not in file.read_bytes()


def test_another_run_has_other_digests(tmp_path: Path) -> None:
    one, same, other = (Files(tmp_path / name) for name in ("one", "one", "other"))
    assert one.digest(PASSWORD) == same.digest(PASSWORD) != other.digest(PASSWORD)
