# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change that does not work is undone: the release and its pods are as before, and it is said."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apps.brittle.release import CHART, CRASHES, history, seen, wait
from tests.harness.brittle import App, installed
from tests.harness.door import Door, Write
from tests.harness.lab import Lab
from tests.harness.playbook import Played, ended

pytestmark = pytest.mark.node
faults = pytest.mark.faults

WRONG: dict[str, Any] = {"smtp_host": CRASHES, "smtp_rollout_timeout": "10"}
NOTED, RECORDED, WRITTEN, UPGRADED, ROLLED = 2, 3, 4, 7, 8
"""The writes after which the intention is written down, Helm has made its record, has written the Secret,
and has ended, and after which the pods are being restarted."""


def message(played: Played) -> str:
    """What the last failed task has said."""
    return str(played.results[-1]["msg"])


@pytest.fixture(scope="class", params=["helm", pytest.param("helm3", marks=faults)])
def app(
    lab: Lab, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    with installed(lab, tmp_path_factory.mktemp("app"), request.param) as app:
        yield app


class TestAChangeWithWhichPodsDoNotComeUp:
    """The tests build on each other."""

    def test_a_first_configuration_is_undone(self, app: App) -> None:
        played = app.deploy(**WRONG)
        assert played.failed == 1, played.output
        cause, *report = message(played).splitlines()
        assert f"{app.release.name}-app" in cause
        assert "The change was undone" in "".join(report)
        assert "settings of revision 1 again (as revision 3)" in "".join(report)
        assert "mail" not in app.release.values()
        assert set(seen(app.release)) == {""}

    def test_the_right_settings_go_in_afterwards(self, app: App) -> None:
        played = app.deploy(smtp_password="right")
        assert played.returncode == 0, played.output
        app.is_right("right")

    def test_a_later_change_is_undone_to_the_settings_before_it(self, app: App) -> None:
        played = app.deploy(smtp_password="lost", **WRONG)
        assert "The change was undone" in message(played)
        assert "lost" not in played.output
        app.is_right("right")

    @faults
    def test_it_stays_in_place_when_that_is_wanted_and_is_undone_by_the_next_run_that_may(
        self, app: App
    ) -> None:
        app.deploy(smtp_password="right")  # the tests before it are not run with the long ones
        kept = app.deploy(smtp_password="kept", smtp_back_out="no", **WRONG)
        assert "was not undone" in message(kept)
        assert "smtp_back_out is false" in message(kept)
        assert app.release.values()["mail"]["password"] == "kept"
        again = app.deploy(smtp_password="kept", **WRONG)
        assert "The change was undone" in message(again)
        app.is_right("right")

    @faults
    def test_pods_that_a_later_change_comes_back_to_get_its_settings_too(self, app: App) -> None:
        """The pods of the good settings are still there beside those that do not come up."""
        app.deploy(smtp_password="kept", smtp_back_out="no", **WRONG)
        played = app.deploy(smtp_password="newer")
        assert played.returncode == 0, played.output
        app.is_right("newer")

    @faults
    def test_it_is_not_undone_when_somebody_else_has_changed_the_release_since(
        self, app: App, tmp_path: Path
    ) -> None:
        def meanwhile(_run: subprocess.Popen[str]) -> None:
            app.release.run_helm(
                *("upgrade", app.release.name, str(CHART), "--reuse-values"),
                *("--set", "motto=newer"),
            )

        played, _ = app.disturbed(tmp_path, UPGRADED, meanwhile, smtp_password="new", **WRONG)
        assert "was not undone, because somebody else has changed release" in message(played)
        assert app.release.values()["motto"] == "newer"
        app.release.run_helm("rollback", app.release.name, str(len(history(app.release)) - 2))
        wait(app.release)


def one_or_the_other(app: App, played: Played) -> None:
    """The settings are those before the change or those after it, whole, and it is said which."""
    if played.returncode == 0:
        app.is_right("after")
    else:
        told = ("The change was undone", "Nothing was written")
        assert any(words in message(played) for words in told)
        app.is_right("before")


@faults
class TestAwkwardMoments:
    """Something happens just after a write of a run that would go well."""

    @pytest.mark.parametrize("after", [NOTED, WRITTEN, ROLLED])
    def test_the_api_server_is_away_for_ten_seconds(
        self, app: App, tmp_path: Path, after: int
    ) -> None:
        app.deploy(smtp_password="before")
        doors: list[Door] = []

        def shut(_write: Write) -> None:
            doors[0].shut.set()
            threading.Timer(10, doors[0].shut.clear).start()

        with (
            Door(app.kubeconfig, tmp_path, after=after, then=shut) as door,
            app.begin(door.kubeconfig, smtp_password="after") as run,
        ):
            doors.append(door)
            played = ended(run)
        one_or_the_other(app, played)

    @pytest.mark.parametrize("after", [RECORDED, UPGRADED])
    def test_a_secret_that_is_deleted_in_between_is_there_again(
        self, app: App, tmp_path: Path, after: int
    ) -> None:
        app.deploy(smtp_password="before")

        def delete(_run: subprocess.Popen[str]) -> None:
            app.kubectl("delete", "secret", f"{app.release.name}-mail")

        played, _ = app.disturbed(tmp_path, after, delete, smtp_password="after")
        one_or_the_other(app, played)

    @pytest.mark.parametrize("change", [{"smtp_port": 26}, {}], ids=["rolls", "is restarted"])
    def test_a_quota_that_forbids_the_new_pod_leaves_the_one_that_is_there(
        self, app: App, change: dict[str, Any]
    ) -> None:
        app.deploy(smtp_password="before")
        pods = app.release.pods()
        app.kubectl("create", "quota", "full", "--hard=pods=1")
        played = app.deploy(smtp_password="after", **change)
        app.kubectl("delete", "quota", "full")
        assert "exceeded quota: full" in message(played)
        assert "The change was undone" in message(played)
        app.is_right("before")
        assert app.release.pods() == pods

    # The last one: somebody else owns the number of pods from here on, so that the guard stops all that follow.
    def test_somebody_scales_so_that_helm_4_meets_a_conflict_and_the_number_of_pods_stays(
        self, app: App, tmp_path: Path
    ) -> None:
        app.deploy(smtp_password="right")

        def scale(_run: subprocess.Popen[str]) -> None:
            app.kubectl("scale", f"deployment/{app.release.name}-app", "--replicas=2")

        played, _ = app.disturbed(tmp_path, NOTED, scale, smtp_password="new")
        if app.release.helm.name == "helm":
            assert played.failed == 1, played.output
            assert "The change was undone" in message(played)
            app.is_right("right")
            assert len(seen(app.release)) == 2
        else:  # Helm 3 asks nobody who owns a field, and sets it to what the chart says
            assert played.returncode == 0, played.output
            app.is_right("new")


def test_a_migration_that_fails_with_the_new_settings_is_no_end_of_the_release(
    lab: Lab, tmp_path: Path
) -> None:
    with installed(lab, tmp_path, hooks=True) as app:
        played = app.deploy(smtp_password="right")
        assert played.returncode == 0, played.output
        played = app.deploy(smtp_password="lost", **WRONG)
        assert "helm upgrade failed" in message(played)
        assert "The change was undone" in message(played)
        assert (
            f"What hooks of the chart have done remains: Job/{app.release.name}-migrate"
            in message(played)
        )
        app.is_right("right")
