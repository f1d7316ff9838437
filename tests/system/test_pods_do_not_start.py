# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""New pods that do not even start are explained by what the cluster says of them, and the change is undone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.apps.brittle.release import NO_IMAGE
from tests.harness.brittle import App, installed
from tests.harness.lab import Lab
from tests.harness.playbook import Played

pytestmark = [pytest.mark.node, pytest.mark.faults]

SECONDS = 15


@pytest.fixture(scope="module")
def app(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    with installed(lab, tmp_path_factory.mktemp("app")) as app:
        played = app.deploy(smtp_password="right")
        assert played.returncode == 0, played.output
        yield app


@pytest.fixture
def full(app: App) -> Iterator[None]:
    """No node takes a new pod."""
    nodes = app.kubectl("get", "nodes", "--output=name").split()
    app.kubectl("cordon", *nodes)
    yield
    app.kubectl("uncordon", *nodes)


def explained(played: Played, app: App) -> tuple[str, str]:
    """Code and message of what is said of the workload, after which the change was undone."""
    assert played.failed == 1, played.output
    assert "The change was undone" in played.results[-1]["msg"]
    findings = played.results[-1]["findings"]
    where = f"Deployment {app.release.name}-app"
    [finding] = [each for each in findings if each["where"] == where]
    return finding["code"], finding["message"]


def test_an_image_that_cannot_be_pulled_is_named(app: App) -> None:
    before = app.release.pods()
    played = app.deploy(
        smtp_password="lost",
        smtp_host=NO_IMAGE,
        smtp_rollout_timeout=SECONDS,
        smtp_allow_changes=f"Deployment/{app.release.name}-app:spec.template.spec.*",
    )
    code, message = explained(played, app)
    assert code == "image-not-pulled"
    assert "mailops.test/not-there:1" in message
    assert app.release.pods() == before
    app.is_right("right")


@pytest.mark.usefixtures("full")
def test_a_pod_that_finds_no_node_is_told_in_the_words_of_the_scheduler(app: App) -> None:
    before = app.release.pods()
    played = app.deploy(smtp_password="lost", smtp_port=26, smtp_rollout_timeout=SECONDS)
    code, message = explained(played, app)
    assert code == "pod-unschedulable"
    assert "were unschedulable" in message
    assert app.release.pods() == before
    app.is_right("right")
