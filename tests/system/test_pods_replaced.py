# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody deletes all pods while a run looks into them: the run waits for their successors, and a good change
stays.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.brittle import App, configured
from tests.harness.door import Door
from tests.harness.lab import Lab
from tests.harness.playbook import ended
from tests.system.test_back_out import ROLLED

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def app(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with configured(lab, tmp_path_factory.mktemp("app"), "helm") as app:
        yield app


@pytest.mark.parametrize(
    "grace", ["0", pytest.param("1", marks=pytest.mark.faults)], ids=["at once", "after a second"]
)
def test_a_good_change_stays_when_all_pods_are_deleted_while_it_is_verified(
    app: App, tmp_path: Path, grace: str
) -> None:
    password, deleted = uuid.uuid4().hex, list[str]()

    with Door(app.kubeconfig, tmp_path) as door:

        def delete() -> None:
            if len(door.passed.writes) >= ROLLED and not deleted:
                arguments = ("delete", "pod", "--all", "--wait=false", f"--grace-period={grace}")
                deleted.append(
                    app.kubectl(*arguments, "--force") if grace == "0" else app.kubectl(*arguments)
                )

        door.at_command = delete
        with app.begin(door.kubeconfig, smtp_password=password) as run:
            played = ended(run)
    assert deleted, played.output
    assert played.returncode == 0, played.output
    app.is_right(password)
