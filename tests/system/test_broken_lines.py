# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The line to the API server is shaky: connections are reset, dropped or stalled. A run comes to its end all the
same, or says what is in place, and the next one completes it.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps.brittle.release import let_lease_expire
from tests.harness.brittle import App, configured
from tests.harness.lab import Lab
from tests.harness.line import Fault, Line, Plan, every, to_api
from tests.harness.playbook import Played, ended

pytestmark = pytest.mark.node
faults = pytest.mark.faults

RESET = Fault("reset")
TOLD = (
    "The change was undone",
    "was not undone",
    "Nothing was written",
    "nothing of this run was written",
    "The next run",
)
"""What a run says of what is in place, one of them."""


@pytest.fixture(scope="module")
def app(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with configured(lab, tmp_path_factory.mktemp("app"), "helm") as app:
        yield app


def run(app: App, folder: Path, plan: Plan, password: str, *arguments: str) -> tuple[Played, Line]:
    """A run over a line with faults."""
    with (
        to_api(app.kubeconfig, plan) as line,
        app.begin(
            line.kubeconfig(app.kubeconfig, folder), *arguments, smtp_password=password
        ) as process,
    ):
        return ended(process), line


def is_whole(app: App, played: Played, before: str, after: str) -> None:
    """The settings are those before the change or those after it, whole, and it is said which."""
    assert "report it" not in played.output
    assert "Traceback" not in played.output
    if played.returncode == 0:
        app.is_right(after)
        return
    message = str(played.results[-1]["msg"])
    assert any(words in message for words in TOLD), message
    let_lease_expire(app.release)
    following = app.deploy(smtp_password=after)
    assert following.returncode == 0, following.output
    app.is_right(after)
    assert before != after


def password_of(app: App) -> str:
    return str(app.release.values()["mail"]["password"])


def test_check_mode_comes_to_its_end_when_every_third_connection_is_reset(
    app: App, tmp_path: Path
) -> None:
    """Nothing is written in check mode, so that every single request may be repeated."""
    played, line = run(app, tmp_path, every(3, RESET), uuid.uuid4().hex, "--check")
    assert line.passed.faults
    assert played.returncode == 0, played.output


@faults
@pytest.mark.parametrize(
    "fault",
    [RESET, Fault("drop"), Fault("reset", after=6000)],
    ids=["reset at once", "dropped", "reset in the middle"],
)
@pytest.mark.parametrize("shift", range(3))
def test_every_tenth_connection_has_a_fault(
    app: App, tmp_path: Path, fault: Fault, shift: int
) -> None:
    before, after = password_of(app), uuid.uuid4().hex
    tenth = every(10, fault)
    played, line = run(app, tmp_path, lambda number: tenth(number + 3 * shift), after)
    assert line.passed.faults
    is_whole(app, played, before, after)


@faults
def test_a_stalled_connection_ends_no_run(app: App, tmp_path: Path) -> None:
    before, after = password_of(app), uuid.uuid4().hex
    played, _line = run(app, tmp_path, every(9, Fault("stall")), after)
    is_whole(app, played, before, after)


@faults
@pytest.mark.parametrize("seconds", [5.0, 60.0])
@pytest.mark.parametrize("begins", [4.0, 8.0])
def test_no_byte_passes_for_a_while(
    app: App, tmp_path: Path, seconds: float, begins: float
) -> None:
    before, after = password_of(app), uuid.uuid4().hex
    with to_api(app.kubeconfig) as line:
        kubeconfig = line.kubeconfig(app.kubeconfig, tmp_path)
        timers = [
            threading.Timer(begins, line.black_hole.set),
            threading.Timer(begins + seconds, line.black_hole.clear),
        ]
        for timer in timers:
            timer.start()
        try:
            with app.begin(kubeconfig, smtp_password=after) as process:
                played = ended(process)
        finally:
            for timer in timers:
                timer.cancel()
    is_whole(app, played, before, after)
