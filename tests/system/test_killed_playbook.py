# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole playbook may be killed at any moment: the next run completes it, and the proof is not forgotten."""

from __future__ import annotations

import signal
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.apps.brittle.release import CRASHES, PROFILE, journal, let_lease_expire, seen, wait
from tests.harness.brittle import App, configured, kill
from tests.harness.door import Door, Write
from tests.harness.lab import Lab
from tests.harness.playbook import Played, ended, says

pytestmark = pytest.mark.node
faults = pytest.mark.faults


@pytest.fixture(scope="module", params=["helm", pytest.param("helm3", marks=faults)])
def app(
    lab: Lab, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """Installed with mail, by the deployment alone; from here on the whole playbook is run."""
    with configured(lab, tmp_path_factory.mktemp("app"), request.param) as app:
        yield replace(app, settings={"smtp_application": str(PROFILE)}, steps="")


@dataclass(frozen=True)
class Login:
    """A login beside that in use, and a recipient who gets no other mail."""

    name: str = field(default_factory=lambda: f"hub-{uuid.uuid4().hex[:8]}")
    password: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def recipient(self) -> str:
        return f"{self.name}@example.org"

    @property
    def variables(self) -> dict[str, Any]:
        return {
            "smtp_username": self.name,
            "smtp_password": self.password,
            "smtp_test_recipients": self.recipient,
        }


@pytest.fixture
def login(app: App) -> Login:
    return known(app)


def known(app: App) -> Login:
    """One that the relay knows."""
    login = Login()
    app.lab.relay.set_user(login.name, login.password)
    return login


def next_run(app: App, login: Login) -> Played:
    """Runs when the lease of the one that was killed has expired; mail works, and the report says how."""
    let_lease_expire(app.release)
    played = app.deploy(**login.variables)
    assert played.returncode == 0, played.output
    assert "verified: " in played.output
    app.is_right(login.password)
    return played


def logins_of_mails(app: App, login: Login) -> list[str | None]:
    """With which login each test mail was sent."""
    return [mail.sasl_user for mail in app.lab.relay.messages(login.recipient)]


def writes(app: App, folder: Path, **variables: Any) -> list[Write]:
    """Those of a run that nobody disturbs."""
    with Door(app.kubeconfig, folder) as door, app.begin(door.kubeconfig, **variables) as run:
        ended(run)
    return door.passed.writes


@faults
def test_after_each_write_the_next_run_brings_all_to_its_end_and_sends_the_test_mail(
    app: App, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    for number, same in enumerate(writes(app, tmp_path, **known(app).variables), 1):
        with subtests.test(f"killed after write {number}", like=str(same)):
            login = known(app)
            played, _ = app.disturbed(tmp_path, number, **login.variables)
            assert played.returncode == -signal.SIGKILL
            next_run(app, login)
            assert logins_of_mails(app, login) == [login.name]
    again = app.deploy(**login.variables)
    assert (again.returncode, again.changed) == (0, 0), again.output
    assert logins_of_mails(app, login) == [login.name]


class TestKilledWithoutAWrite:
    @pytest.mark.parametrize("step", ["verify", pytest.param("prove", marks=faults)])
    def test_between_the_steps(self, app: App, login: Login, step: str) -> None:
        with app.begin(app.kubeconfig, **login.variables) as run:
            says(run, f"TASK [mailops.smtp.{step} ")
            kill(run)
        next_run(app, login)
        assert logins_of_mails(app, login) == [login.name]

    @faults
    @pytest.mark.parametrize("step", ["deploy", "prove"])
    def test_when_a_step_runs_a_command_in_the_pod(
        self, app: App, login: Login, tmp_path: Path, step: str
    ) -> None:
        with (
            Door(app.kubeconfig, tmp_path) as door,
            app.begin(door.kubeconfig, **login.variables) as run,
        ):
            says(run, f"TASK [mailops.smtp.{step} ")
            door.at_command = partial(kill, run)
            assert ended(run).returncode == -signal.SIGKILL
        next_run(app, login)
        assert logins_of_mails(app, login) == [login.name]

    @faults
    def test_while_the_relay_lets_the_test_mail_wait(self, app: App, login: Login) -> None:
        relay, waiting = app.lab.relay, f"{login.name}@greylisted.example"
        changes = {**login.variables, "smtp_test_recipients": waiting}
        with app.begin(
            app.kubeconfig, **changes, smtp_probe_until="auth", smtp_probe_retry_seconds=60
        ) as run:
            while waiting not in relay.log():
                assert run.poll() is None, "the run has not waited"
            kill(run)
        next_run(app, login)
        assert logins_of_mails(app, login) == [login.name]


@faults
class TestKilledWithItsPodsDown:
    """The probe, which comes before the deployment, does not keep the next run from mending that."""

    @pytest.fixture
    def before(self, app: App, tmp_path: Path) -> Iterator[str]:
        """The password of the settings that worked before a run that was killed half way."""
        password: str = app.release.values()["mail"]["password"]
        deployment = f"deployment/{app.release.name}-app"
        strategy = '{"spec": {"strategy": {"type": "%s", "rollingUpdate": null}}}'
        app.kubectl("patch", deployment, f"--patch={strategy % 'Recreate'}")
        half = replace(app, steps="deploy")
        half.disturbed(tmp_path, 1, to="/deployments/", smtp_host=CRASHES, smtp_password="lost")
        app.kubectl("wait", "--for=condition=Available=false", "--timeout=60s", deployment)
        let_lease_expire(app.release)
        yield password
        app.kubectl("patch", deployment, f"--patch={strategy % 'RollingUpdate'}")

    @pytest.mark.usefixtures("before")
    def test_a_probe_from_the_pod_is_made_from_elsewhere_and_all_is_brought_to_its_end(
        self, app: App, login: Login
    ) -> None:
        played = app.deploy(**login.variables, smtp_probe_from="pod")
        assert played.returncode == 0, played.output
        assert "what a killed run has left is to be mended first" in played.output
        assert "verified: " in played.output
        app.is_right(login.password)
        assert logins_of_mails(app, login) == [login.name]

    def test_when_the_relay_cannot_be_reached_nothing_new_comes_in_and_mail_works_as_before(
        self, app: App, before: str, login: Login
    ) -> None:
        away = app.deploy(**login.variables, smtp_probe_from="controller")
        assert away.failed == 1, away.output
        assert "Nothing new was brought into release" in away.output
        wait(app.release)
        assert app.release.values()["mail"]["password"] == before
        assert set(seen(app.release)) == {before}
        assert app.deploy(**login.variables, smtp_probe_from="pod").returncode == 0
        app.is_right(login.password)


REFUSED: dict[str, Any] = {"smtp_probe_until": "tls"}
"""The relay is asked for the login by the pod alone, when it has the settings."""


@faults
class TestKilledWithALoginThatTheRelayRefuses:
    def test_before_that_was_found_the_next_run_finds_it_and_undoes_it(self, app: App) -> None:
        before, unknown = app.release.values()["mail"]["password"], Login()
        with app.begin(app.kubeconfig, **unknown.variables, **REFUSED) as run:
            says(run, "TASK [mailops.smtp.verify ")
            kill(run)
        let_lease_expire(app.release)
        played = app.deploy(**unknown.variables, **REFUSED)
        assert played.failed == 1, played.output
        assert "rejected the credentials" in played.output
        assert "The change was undone" in played.output
        app.is_right(before)

    def test_while_it_is_undone_the_next_run_brings_all_to_its_end(
        self, app: App, tmp_path: Path, subtests: pytest.Subtests
    ) -> None:
        app.deploy(**known(app).variables)
        for number in of_the_way_back(writes(app, tmp_path, **Login().variables, **REFUSED)):
            with subtests.test(f"killed after write {number}"):
                app.disturbed(tmp_path, number, **Login().variables, **REFUSED)
                login = known(app)
                next_run(app, login)
                assert logins_of_mails(app, login) == [login.name]


@faults
class TestKilledBeforeItsProof:
    """All has arrived, and a probe that fails keeps nobody from proving or undoing it."""

    @staticmethod
    def killed(app: App, login: Login, **changes: Any) -> None:
        with app.begin(app.kubeconfig, **login.variables, **changes) as run:
            says(run, "TASK [mailops.smtp.prove ")
            kill(run)
        let_lease_expire(app.release)
        assert phase(app) == "arrived"

    def test_settings_that_the_relay_refuses_are_undone_although_the_probe_finds_it_first(
        self, app: App, login: Login
    ) -> None:
        app.deploy(**login.variables)
        unknown = Login()
        self.killed(app, unknown, **REFUSED)
        played = app.deploy(**unknown.variables)
        assert played.failed == 1, played.output
        assert "is still to be mended or proved" in played.output
        assert "The change was undone" in played.output
        app.is_right(login.password)

    def test_while_the_relay_asks_to_come_again_nothing_is_undone_and_the_proof_stays_owed(
        self, app: App, login: Login
    ) -> None:
        self.killed(app, login)
        waiting = {**login.variables, "smtp_test_recipients": f"{login.name}@greylisted.example"}
        played = app.deploy(**waiting, smtp_probe_until="rcpt")
        assert played.failed == 1, played.output
        assert "TASK [mailops.smtp.deploy " not in played.output
        assert phase(app) == "arrived"
        next_run(app, login)
        assert logins_of_mails(app, login) == [login.name]

    def test_other_settings_that_the_relay_refuses_stay_out_and_the_proof_stays_owed(
        self, app: App, login: Login
    ) -> None:
        self.killed(app, login)
        played = app.deploy(**Login().variables)
        assert played.failed == 1, played.output
        assert "Nothing new was brought into release" in played.output
        assert app.release.values()["mail"]["password"] == login.password
        assert set(seen(app.release)) == {login.password}
        assert phase(app) == "arrived"
        next_run(app, login)
        assert logins_of_mails(app, login) == [login.name]


def phase(app: App) -> str:
    """How far the last run has come, as it has written down."""
    return str(journal(app.release)["phase"])


def of_the_way_back(writes: Sequence[Write]) -> range:
    """The numbers of the writes from that on which notes what Helm is about to undo.

    Helm makes one record of the upgrade, and another one of the rollback.
    """
    _upgrade, rollback = (n for n, write in enumerate(writes, 1) if write.method == "POST")
    return range(rollback - 1, len(writes) + 1)
