# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job on the own charts of Grafana and Vaultwarden, which are no part of this project.

An image of this project stands in for theirs: what runs is the chart, and what is read is what its
pods get. The chart is not told to the playbook.
"""

from __future__ import annotations

import json
import signal
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.apps.brittle.release import CRASHES, let_lease_expire
from tests.apps.invitations.image import INVITATIONS
from tests.apps.invitations.release import Release
from tests.cluster.layout import CHECKOUT
from tests.harness.brittle import App
from tests.harness.lab import Lab
from tests.system.conftest import Configure
from tests.system.test_configure import ANONYMOUS

CHARTS = CHECKOUT.parent / "shared" / "charts"
REPOSITORY, TAG = INVITATIONS.name.split(":")
IMAGE = dict(zip(("registry", "repository", "tag"), (*REPOSITORY.split("/"), TAG), strict=True))
HEALTH = {"httpGet": {"path": "/api/health", "port": 8000}}

pytestmark = pytest.mark.node


@dataclass(frozen=True)
class Chart:
    """A chart, the values for the image that stands in, and what of somebody else's must stay."""

    name: str
    workload: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        return self.name


GRAFANA = Chart(
    "grafana",
    "deployment/{release}-grafana",
    {
        "image": IMAGE,
        "readinessProbe": HEALTH,
        "livenessProbe": HEALTH,
        "testFramework": {"enabled": False},
        "adminPassword": "of somebody else",
        "grafana.ini": {"users": {"allow_sign_up": False}},
    },
)
VAULTWARDEN = Chart(
    "vaultwarden",
    "statefulset/{release}-vaultwarden",
    {
        "image": IMAGE,
        "readinessProbe": {"enabled": False},
        "livenessProbe": {"enabled": False},
        "domain": "https://vault.example.com",
    },
)


@pytest.fixture(scope="module", params=[GRAFANA, VAULTWARDEN], ids=str)
def chart(request: pytest.FixtureRequest) -> Chart:
    chart: Chart = request.param
    require(chart)
    return chart


def require(chart: Chart) -> None:
    """Skips where a chart is missing."""
    if not (CHARTS / chart.name).is_dir():
        pytest.skip(f"the chart of {chart.name} is not at {CHARTS}")


@pytest.fixture(scope="module")
def release(lab: Lab, chart: Chart) -> Iterator[Release]:
    """Installed by hand, without mail."""
    release = lab.release(chart=CHARTS / chart.name)
    release.upgrade(chart.values)
    yield release
    release.remove()


def of(chart: Chart) -> dict[str, Any]:
    """The variables that differ from those of the lab."""
    return {"smtp_application": chart.name, "smtp_ca_path": None, "smtp_validate_certs": False}


@pytest.fixture(scope="module")
def settings(chart: Chart) -> dict[str, Any]:
    return of(chart)


def environ(release: Release, chart: Chart) -> dict[str, str]:
    """The environment of the container, as a person would look at it."""
    workload = chart.workload.format(release=release.name)
    text = release.kubectl.run(
        "-n", release.namespace, "exec", workload, "-c", chart.name, "--", "env"
    )
    return dict(line.partition("=")[::2] for line in text.splitlines())


class TestOneReleaseOverItsLife:
    """The steps build on each other, as they do in the life of a release."""

    def test_a_login_reaches_the_pods_and_the_relay_takes_it_from_there(
        self, release: Release, chart: Chart, configure: Configure, settings: dict[str, Any]
    ) -> None:
        workload = chart.workload.format(release=release.name)
        release.kubectl.run(
            *("-n", release.namespace, "rollout", "status", workload, "--timeout=60s"), timeout=70
        )
        played = configure(release, **settings)
        assert played.returncode == 0, played.output
        assert f"container {chart.name}" in played.output
        assert environ(release, chart)["SMTP_PASSWORD"] == "correct horse"

    def test_the_same_again_changes_nothing(
        self, release: Release, configure: Configure, settings: dict[str, Any]
    ) -> None:
        revision, pods = release.revision(), release.pods()
        played = configure(release, **settings)
        assert (played.returncode, played.changed) == (0, 0), played.output
        assert (release.revision(), release.pods()) == (revision, pods)

    def test_an_anonymous_relay_leaves_no_credentials_in_the_pods(
        self, release: Release, chart: Chart, configure: Configure, settings: dict[str, Any]
    ) -> None:
        played = configure(release, **{**settings, **ANONYMOUS})
        assert played.returncode == 0, played.output
        assert not environ(release, chart).keys() & {"SMTP_USERNAME", "SMTP_PASSWORD"}

    def test_what_is_not_mail_is_as_it_was_installed(self, release: Release, chart: Chart) -> None:
        values = json.loads(json.dumps(release.values()))
        values.pop("smtp", None)
        values.pop("envRenderSecret", None)
        values.get("grafana.ini", {}).pop("smtp", None)
        assert values == chart.values


def demanding(release: Release) -> dict[str, Any]:
    """The values for Vaultwarden with a first container that one relay does not suit."""
    script = f'[ "$SMTP_HOST" != {CRASHES} ] || {{ echo "cannot reach $SMTP_HOST"; exit 1; }}'
    container = {
        "name": "check",
        "image": INVITATIONS.name,
        "command": ["sh", "-c", script],
        "envFrom": [{"configMapRef": {"name": f"{release.name}-{VAULTWARDEN.name}"}}],
    }
    return {**VAULTWARDEN.values, "initContainers": [container]}


@pytest.mark.faults
class TestAStatefulSetInTrouble:
    """The tests build on each other."""

    @pytest.fixture(scope="class", params=["helm", "helm3"])
    @classmethod
    def app(
        cls, lab: Lab, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[App]:
        """Vaultwarden with mail."""
        require(VAULTWARDEN)
        release = lab.release(chart=CHARTS / VAULTWARDEN.name, helm=request.param)
        folder = tmp_path_factory.mktemp("app")
        try:
            release.upgrade(demanding(release))
            app = App(lab, release, folder, settings=of(VAULTWARDEN))
            played = app.deploy(smtp_password="right")
            assert played.returncode == 0, played.output
            yield app
        finally:
            release.remove()

    def test_a_pod_that_does_not_come_up_with_the_new_settings_has_the_old_ones_again(
        self, app: App
    ) -> None:
        wrong = {"smtp_host": CRASHES, "smtp_password": "lost", "smtp_rollout_timeout": "20"}
        played = app.deploy(**wrong)
        assert played.failed == 1, played.output
        assert f"cannot reach {CRASHES}" in played.output
        assert "The change was undone" in played.output
        is_right(app, "right")

    @pytest.mark.parametrize(
        ("number", "to"),
        [(1, "/statefulsets/"), (2, "/secrets/sh.helm.release.")],
        ids=["when the StatefulSet is changed", "when the revision is deployed"],
    )
    def test_what_a_killed_run_has_begun_is_completed(
        self, app: App, tmp_path: Path, number: int, to: str
    ) -> None:
        password = uuid.uuid4().hex
        played, _ = app.disturbed(tmp_path, number, to=to, smtp_password=password)
        assert played.returncode == -signal.SIGKILL
        let_lease_expire(app.release)
        following = app.deploy(smtp_password=password)
        assert following.returncode == 0, following.output
        is_right(app, password)


def is_right(app: App, password: str) -> None:
    """The release and its pod have these settings, and what is not mail is as it was installed."""
    app.is_done()
    values = app.release.values()
    assert values.pop("smtp")["password"]["value"] == password
    assert values == demanding(app.release)
    assert environ(app.release, VAULTWARDEN)["SMTP_PASSWORD"] == password
