# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change makes one roll, also when its run is killed and the next one completes it."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apps.brittle.release import let_lease_expire
from tests.harness.brittle import App, installed
from tests.harness.lab import Lab
from tests.relays.authority import Authority
from tests.system.test_private_ca import made

pytestmark = [pytest.mark.node, pytest.mark.faults]

HELD, MOUNTED, RECORDED, WRITTEN, UPGRADED, DEPLOYED, LET_GO = 3, 5, 6, 7, 8, 10, 11
"""The writes of a run with a private CA and other settings after which the Deployment is held, and has the CA;
Helm has made its record, has written the Secret, the Deployment, and its record anew; and the Deployment rolls."""
MOUNTED_ALONE = 4
"""That of a run with a private CA alone after which the Deployment has it."""


@pytest.fixture(scope="module")
def app(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """Installed with mail and a CA."""
    with installed(lab, tmp_path_factory.mktemp("app"), work="configure-ca") as app:
        played = app.deploy(**wanted())
        assert played.returncode == 0, played.output
        yield app


def wanted(**changes: Any) -> dict[str, Any]:
    """Settings with which the pods roll, and a CA that nobody has seen yet."""
    return {"smtp_ca_pem": Authority().certificate, "smtp_ca_mode": None, **changes}


def rolls(app: App, folder: Path, number: int, **settings: Any) -> int:
    """How many pods a run that is killed after its n-th write and the next one have made."""
    before = made(app.release)["ReplicaSet"]
    played, _ = app.disturbed(folder, number, **settings)
    assert played.returncode == -signal.SIGKILL
    let_lease_expire(app.release)
    following = app.deploy(**settings)
    assert following.returncode == 0, following.output
    return made(app.release)["ReplicaSet"] - before


@pytest.mark.parametrize("number", [HELD, MOUNTED, RECORDED, WRITTEN, UPGRADED, DEPLOYED, LET_GO])
def test_of_other_settings_and_a_private_ca(app: App, tmp_path: Path, number: int) -> None:
    settings = wanted(smtp_port=2600 + number, smtp_password=uuid.uuid4().hex)
    assert rolls(app, tmp_path, number, **settings) == 1


def test_of_a_private_ca_alone(app: App, tmp_path: Path) -> None:
    mail = app.release.values()["mail"]
    settings = wanted(smtp_port=mail["port"], smtp_password=mail["password"])
    assert rolls(app, tmp_path, MOUNTED_ALONE, **settings) == 1


def test_but_two_where_helm_waits_for_a_hook_that_waits_for_the_new_pods(
    lab: Lab, tmp_path: Path
) -> None:
    """Held until Helm has ended, the pods would never come, and the upgrade would fail after minutes."""
    with installed(lab, tmp_path, work="configure-ca", checks=True) as app:
        before = made(app.release)["ReplicaSet"]
        # The label of the pods by which the hook knows them is not for mail.
        played = app.deploy("-v", **wanted(smtp_allow_changes="*"))
        assert played.returncode == 0, played.output
        [released] = [result for result in played.results if "upgraded" in result]
        assert "ca-rolls-twice" in {finding["code"] for finding in released["findings"]}
        assert made(app.release)["ReplicaSet"] - before == 2
