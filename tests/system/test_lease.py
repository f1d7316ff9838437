# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs on one release: one after the other, and a dead one is not waited for without end."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.harness.brittle import App, installed
from tests.harness.lab import Lab

pytestmark = pytest.mark.node

NOTED, RECORDED = 2, 3
"""The writes after which a run has the lease and has changed nothing, and after which Helm has begun."""


@pytest.fixture(scope="module")
def app(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with installed(lab, tmp_path_factory.mktemp("app")) as app:
        yield app


def test_of_two_at_once_the_second_says_who_is_at_work_and_changes_nothing(
    app: App, tmp_path: Path
) -> None:
    told: list[str] = []
    other = replace(app, folder=tmp_path / "other")
    other.folder.mkdir()

    def meanwhile(run: subprocess.Popen[str]) -> None:
        told.append(other.deploy(smtp_password="second").output)

    first, _ = app.disturbed(tmp_path, RECORDED, meanwhile, smtp_password="first")
    assert first.returncode == 0, first.output
    assert "Another run is working on release " in told[0]
    assert "process " in told[0]
    app.is_right("first")


@pytest.mark.faults
def test_the_lease_of_a_run_that_was_killed_is_taken_over_when_it_has_expired(
    app: App, tmp_path: Path
) -> None:
    app.disturbed(tmp_path, NOTED, smtp_password="lost")
    following = app.deploy(smtp_password="third")
    assert following.returncode == 0, following.output
    assert "waiting to see whether that run is alive" in following.output
    app.is_right("third")
