# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody else works on the release while a run does: neither loses what the other has set."""

from __future__ import annotations

import shlex
import signal
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.apps.brittle.release import (
    CHART,
    by_hand,
    history,
    let_operation_age,
    seen,
    wait,
)
from tests.harness.brittle import App, configured, installed
from tests.harness.door import Door, Write
from tests.harness.lab import Lab
from tests.harness.playbook import Played, ended

pytestmark = pytest.mark.node

MAJORS = ("helm", pytest.param("helm3", marks=pytest.mark.faults))
NOTED, UPGRADED = 2, 7
"""The writes after which the intention is written down, and after which Helm has ended."""


def message(played: Played) -> str:
    """What the last failed task has said."""
    assert "Traceback" not in played.output
    return str(played.results[-1]["msg"])


@pytest.fixture(scope="module", params=MAJORS)
def app(
    lab: Lab, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """Installed with mail."""
    with configured(lab, tmp_path_factory.mktemp("app"), request.param) as app:
        yield app


@pytest.fixture
def before(app: App) -> str:
    """The password in use."""
    return str(app.release.values()["mail"]["password"])


@pytest.fixture
def word() -> str:
    """One that nobody has used yet."""
    return uuid.uuid4().hex


class TestAnOperationThatIsUnderWay:
    def test_is_waited_for_when_it_lives(self, app: App, tmp_path: Path, word: str) -> None:
        runs: list[subprocess.Popen[str]] = []

        def begin(_write: Write) -> None:
            run = app.begin(app.lab.kubeconfig, smtp_password=word)
            runs.append(run)
            assert run.stdout
            for line in run.stdout:
                if "waiting for somebody else's operation" in line:
                    return

        with Door(app.lab.kubeconfig, tmp_path, after=1, then=begin) as door:
            by_hand(replace(app.release, kubeconfig=door.kubeconfig), "--set", f"motto={word}")
        with runs[0] as run:
            played = ended(run)
        assert played.returncode == 0, played.output
        app.is_right(word, word)

    def test_is_named_with_the_way_back_when_it_seems_to_be_dead(
        self, app: App, tmp_path: Path, before: str, word: str
    ) -> None:
        motto = app.release.values()["motto"]
        good = app.release.revision()
        helm: list[subprocess.Popen[bytes]] = []

        def kill(_write: Write) -> None:
            helm[0].send_signal(signal.SIGKILL)

        with Door(app.lab.kubeconfig, tmp_path, after=1, then=kill) as door:
            release = replace(app.release, kubeconfig=door.kubeconfig)
            helm.append(release.begin_helm("upgrade", release.name, str(CHART), "--reuse-values"))
            helm[0].wait()
        let_operation_age(app.release)
        played = app.deploy(smtp_password=word)
        assert f"is pending-upgrade (revision {good + 1})" in message(played)
        fix = f"helm rollback {app.release.name} {good} "
        assert fix in played.output
        assert history(app.release)[-1] == "pending-upgrade"
        app.release.run_helm("rollback", app.release.name, str(good))
        played = app.deploy(smtp_password=word)
        assert played.returncode == 0, played.output
        app.is_right(word, motto)


class TestAnUpgradeOfSomebodyElse:
    def test_between_the_look_and_the_upgrade_is_not_undone_by_it(
        self, app: App, tmp_path: Path, before: str, word: str
    ) -> None:
        def upgrade(_run: subprocess.Popen[str]) -> None:
            by_hand(app.release, "--set", f"motto={word}")

        played, _ = app.disturbed(tmp_path, NOTED, upgrade, smtp_password=word)
        assert played.failed == 1, played.output
        assert "Somebody else is changing release" in message(played)
        wait(app.release)
        assert app.release.values()["motto"] == word
        assert app.release.values()["mail"]["password"] == before
        played = app.deploy(smtp_password=word)
        assert played.returncode == 0, played.output
        app.is_right(word, word)

    def test_in_the_moment_in_which_helm_begins_is_brought_back(
        self, app: App, tmp_path: Path, before: str, word: str
    ) -> None:
        """Helm starts from the newest revision that it finds, whichever the values were made from."""
        helm = app.release.helm
        theirs = [
            helm,
            f"--kubeconfig={app.lab.kubeconfig}",
            f"--namespace={app.release.namespace}",
        ]
        theirs += ["upgrade", app.release.name, CHART, "--reuse-values", f"--set=motto={word}"]
        late = tmp_path / "helm"
        late.write_text(
            "#!/bin/sh\n"
            f'case "$*" in *--labels*) {shlex.join(map(str, theirs))} >/dev/null;; esac\n'
            f'exec {shlex.quote(str(helm))} "$@"\n'
        )
        late.chmod(0o700)
        played = app.deploy(smtp_password=word, smtp_helm=str(late))
        assert played.failed == 1, played.output
        wait(app.release)
        app.is_right(before, word)

    def test_after_it_that_keeps_the_mail_settings_is_none_of_its_business(
        self, app: App, tmp_path: Path, word: str
    ) -> None:
        def upgrade(_run: subprocess.Popen[str]) -> None:
            by_hand(app.release, "--set", f"motto={word}")

        played, _ = app.disturbed(tmp_path, UPGRADED, upgrade, smtp_password=word)
        assert played.returncode == 0, played.output
        app.is_right(word, word)

    def test_after_it_that_drops_the_mail_settings_is_named_and_left_as_it_is(
        self, app: App, tmp_path: Path, word: str
    ) -> None:
        def upgrade(_run: subprocess.Popen[str]) -> None:
            app.release.upgrade({"motto": word})

        played, _ = app.disturbed(tmp_path, UPGRADED, upgrade, smtp_password=word)
        assert played.failed == 1, played.output
        assert "somebody else has changed release" in message(played)
        assert app.release.values() == {"motto": word}
        played = app.deploy(smtp_password=word)
        assert played.returncode == 0, played.output
        app.is_right(word, word)


@pytest.mark.parametrize("helm", MAJORS)
def test_the_number_of_pods_that_an_autoscaler_sets_meanwhile_is_neither_drift_nor_set_back(
    lab: Lab, tmp_path: Path, helm: str
) -> None:
    with installed(lab, tmp_path, helm, autoscale=True) as app:
        release = app.release
        deployment = f"deployment/{release.name}-app"
        app.kubectl("scale", deployment, "--replicas=2")
        wait(release)

        def scale(_run: subprocess.Popen[str]) -> None:
            app.kubectl("scale", deployment, "--replicas=3")

        played, _ = app.disturbed(tmp_path, NOTED, scale, smtp_password="new")
        assert played.returncode == 0, played.output
        assert "WARNING" not in played.output
        app.is_right("new")
        assert len(seen(release)) == 3
