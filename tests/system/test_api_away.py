# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API server goes away in the middle of a run, for longer than anything is waited for: it is said, and the
next run completes what was begun.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps.brittle.release import let_lease_expire
from tests.harness.brittle import App, configured
from tests.harness.door import Door, Write
from tests.harness.lab import Lab
from tests.harness.playbook import ended
from tests.system.test_back_out import NOTED, ROLLED, UPGRADED, WRITTEN, message

pytestmark = [pytest.mark.node, pytest.mark.faults]


@pytest.fixture(scope="module")
def app(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with configured(lab, tmp_path_factory.mktemp("app"), "helm") as app:
        yield app


@pytest.mark.parametrize("after", [NOTED, WRITTEN, UPGRADED, ROLLED])
def test_the_run_says_so_and_the_next_one_completes_it(
    app: App, tmp_path: Path, after: int
) -> None:
    password = uuid.uuid4().hex
    doors: list[Door] = []

    def shut(_write: Write) -> None:
        doors[0].shut.set()

    with (
        Door(app.kubeconfig, tmp_path, after=after, then=shut) as door,
        app.begin(door.kubeconfig, smtp_password=password, smtp_rollout_timeout="10") as run,
    ):
        doors.append(door)
        played = ended(run)
    assert played.failed == 1, played.output
    assert "does not answer" in message(played)
    assert "The next run completes it or undoes it" in message(played)
    assert password not in played.output
    let_lease_expire(app.release)
    following = app.deploy(smtp_password=password)
    assert following.returncode == 0, following.output
    app.is_right(password)
