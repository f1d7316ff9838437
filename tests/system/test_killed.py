# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run may be killed at any moment: the next one completes its work or undoes it, and goes on."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.apps.brittle.release import CRASHES, history, let_lease_expire
from tests.harness.brittle import App, configured
from tests.harness.door import Door
from tests.harness.lab import Lab
from tests.harness.leaks import descendants
from tests.harness.playbook import ended, says
from tests.relays.authority import Authority

pytestmark = pytest.mark.node
faults = pytest.mark.faults


@pytest.fixture(scope="class", params=["helm", "helm3"])
def app(
    lab: Lab, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """Installed with mail; its one and the same release goes through all that is done to it here."""
    with configured(lab, tmp_path_factory.mktemp("app"), request.param) as app:
        yield app


def program(run: subprocess.Popen[str], name: str) -> int:
    """The process of a program among all that a run has started."""
    for process in descendants(run.pid):
        if (process / "exe").resolve().name == name:
            return int(process.name)
    raise AssertionError(f"{name} does not run")


def wait_for_the_end(process: int) -> None:
    """Returns when a process has ended, which need not be a child of this one."""
    try:
        handle = os.pidfd_open(process)
    except ProcessLookupError:
        return
    with open(handle) as end:
        assert select.select([end], [], [], 60)[0], f"process {process} does not end"


WRITES = (
    "the lease",
    "what is to be done",
    "the record of the revision",
    "the Secret",
    "the Deployment",
    "the record before it",
    "the record as deployed",
    "the roll",
    "that all is right",
    "the lease given back",
)
"""Of a run that brings a new password in, which rolls no pod by itself."""
TELLING = ("the Secret", "the record as deployed", "the roll")
"""Half of the objects are there; all, and the pods have the old settings; and the pods are on their way."""


def writes(app: App) -> list[str]:
    """Those of this Helm: version 3 does not write an object that stays as it is."""
    return [each for each in WRITES if (app.release.helm.name, each) != ("helm3", "the Deployment")]


class TestKilledAfterEachWrite:
    @pytest.mark.parametrize(
        "after", [pytest.param(each, marks=() if each in TELLING else faults) for each in WRITES]
    )
    def test_the_next_run_brings_all_to_its_end(self, app: App, tmp_path: Path, after: str) -> None:
        if after not in writes(app):
            pytest.skip("Helm 3 does not make this write")
        password = uuid.uuid4().hex
        number = writes(app).index(after) + 1
        played, write = app.disturbed(tmp_path, number, smtp_password=password)
        assert played.returncode == -signal.SIGKILL
        let_lease_expire(app.release)
        following = app.deploy(smtp_password=password)
        assert following.returncode == 0, f"killed after {write}\n{following.output}"
        app.is_right(password)

    def test_these_were_all_the_writes_of_a_run(self, app: App, tmp_path: Path) -> None:
        with (
            Door(app.kubeconfig, tmp_path) as door,
            app.begin(door.kubeconfig, smtp_password=uuid.uuid4().hex) as run,
        ):
            played = ended(run)
        assert played.returncode == 0, played.output
        assert len(door.passed.writes) == len(writes(app))

    def test_and_nothing_is_left_to_do(self, app: App) -> None:
        password = app.release.values()["mail"]["password"]
        played = app.deploy(smtp_password=password)
        assert (played.returncode, played.changed) == (0, 0), played.output


HALF_WAY = 4
"""The write after which Helm has changed the Secret, and nothing else."""


HELD, MOUNTED, DEPLOYED = 3, 5, 10
"""The writes after which the Deployment is held, has the CA, and is of the new revision as well."""


class TestKilledWhileAWorkloadIsHeld:
    """Of a run that brings a private CA and other settings in, which make one roll."""

    @pytest.mark.parametrize(
        "number", [pytest.param(HELD, marks=faults), pytest.param(MOUNTED, marks=faults), DEPLOYED]
    )
    def test_the_next_run_brings_all_to_its_end_and_lets_it_go(
        self, app: App, tmp_path: Path, number: int
    ) -> None:
        app = replace(app, work="configure-ca")
        password, certificate = uuid.uuid4().hex, Authority().certificate
        wanted: dict[str, Any] = {"smtp_password": password, "smtp_port": 2600 + number}
        wanted |= {"smtp_ca_pem": certificate, "smtp_ca_mode": None}
        app.disturbed(tmp_path, number, **wanted)
        assert is_held(app)
        let_lease_expire(app.release)
        following = app.deploy(**wanted)
        assert following.returncode == 0, following.output
        assert not is_held(app)
        app.is_right(password)
        deployment = f"deployment/{app.release.name}-app"
        bundle = app.kubectl("exec", deployment, "--", "sh", "-c", 'cat "$SSL_CERT_FILE"')
        assert certificate.strip() in bundle


def is_held(app: App) -> bool:
    """Whether the Deployment is kept from rolling."""
    return (
        app.kubectl(*("get", f"deployment/{app.release.name}-app", "-o", "jsonpath={.spec.paused}"))
        == "true"
    )


@faults
class TestKilledInPart:
    def test_when_helm_alone_is_killed_the_run_undoes_the_change_by_itself(
        self, app: App, tmp_path: Path
    ) -> None:
        before = app.release.values()["mail"]["password"]
        helm = app.release.helm.name

        def kill_helm(run: subprocess.Popen[str]) -> None:
            os.kill(program(run, helm), signal.SIGKILL)

        played, _ = app.disturbed(tmp_path, HALF_WAY, kill_helm, smtp_password="lost")
        assert played.failed == 1, played.output
        assert "helm upgrade failed" in played.output
        assert "The change was undone" in played.output
        app.is_right(before)

    def test_when_the_worker_is_killed_helm_ends_with_it_and_the_next_run_goes_back(
        self, app: App, tmp_path: Path
    ) -> None:
        def kill_worker(run: subprocess.Popen[str]) -> None:
            helm = program(run, app.release.helm.name)
            stat = Path(f"/proc/{helm}/stat").read_text().rpartition(")")[2].split()
            os.kill(int(stat[1]), signal.SIGKILL)

        password = uuid.uuid4().hex
        app.disturbed(tmp_path, HALF_WAY, kill_worker, smtp_password=password)
        assert history(app.release)[-1] == "pending-upgrade"
        let_lease_expire(app.release)
        check = app.deploy("--check", smtp_password=password)
        assert check.failed == 1
        assert "Run without --check" in check.output
        following = app.deploy(smtp_password=password)
        assert following.returncode == 0, following.output
        assert "was left pending-upgrade" in following.output
        app.is_right(password)

    def test_when_the_playbook_alone_is_killed_its_worker_ends_and_the_next_run_goes_on(
        self, app: App
    ) -> None:
        password = uuid.uuid4().hex
        with app.begin(app.kubeconfig, smtp_password=password) as run:
            says(run, "upgrading release")
            left = list(descendants(run.pid))
            run.kill()
        for process in left:
            wait_for_the_end(int(process.name))
        following = app.deploy(smtp_password=password)
        assert following.returncode == 0, following.output
        app.is_right(password)

    def test_a_run_that_is_told_to_end_is_taken_up_as_well(self, app: App, tmp_path: Path) -> None:
        password = uuid.uuid4().hex

        def terminate(run: subprocess.Popen[str]) -> None:
            for process in list(descendants(run.pid)):
                os.kill(int(process.name), signal.SIGTERM)

        app.disturbed(tmp_path, HALF_WAY, terminate, smtp_password=password)
        let_lease_expire(app.release)
        following = app.deploy(smtp_password=password)
        assert following.returncode == 0, following.output
        app.is_right(password)


@faults
class TestKilledOnTheWayBack:
    """Of a run whose settings the application does not come up with: while it undoes its own change."""

    # After Helm's upgrade, which makes seven: the lease's, and the first objects of the rollback.
    @pytest.mark.parametrize("number", [8, 10])
    def test_the_next_run_goes_back_and_on(self, app: App, tmp_path: Path, number: int) -> None:
        password = uuid.uuid4().hex
        wrong: dict[str, Any] = {"smtp_host": CRASHES, "smtp_rollout_timeout": "10"}
        played, write = app.disturbed(tmp_path, number, smtp_password="lost", **wrong)
        assert played.returncode == -signal.SIGKILL
        let_lease_expire(app.release)
        following = app.deploy(smtp_password=password)
        assert following.returncode == 0, f"killed after {write}\n{following.output}"
        app.is_right(password)


@faults
class TestKilledWhileItMendsWhatAKilledRunHasLeft:
    # Helm has begun to roll back, is half way, and has ended.
    @pytest.mark.parametrize("number", [3, 4, 7])
    def test_the_third_run_brings_all_to_its_end(
        self, app: App, tmp_path: Path, number: int
    ) -> None:
        password = uuid.uuid4().hex
        for after in (HALF_WAY, number):
            played, _ = app.disturbed(tmp_path, after, smtp_password=password)
            assert played.returncode == -signal.SIGKILL
            let_lease_expire(app.release)
        third = app.deploy(smtp_password=password)
        assert third.returncode == 0, third.output
        app.is_right(password)
