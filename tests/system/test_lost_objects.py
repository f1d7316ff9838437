# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody has deleted what the pods refer to, and everything still runs: no run makes an outage of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.apps.brittle.release import wait
from tests.harness.brittle import App, configured
from tests.harness.lab import Lab
from tests.harness.playbook import Played

pytestmark = pytest.mark.node


@pytest.fixture(scope="module", params=["helm", pytest.param("helm3", marks=pytest.mark.faults)])
def app(
    lab: Lab, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    with configured(lab, tmp_path_factory.mktemp("app"), request.param) as app:
        yield app


def codes(played: Played) -> set[str]:
    results = (each for each in played.results if "findings" in each)
    return {finding["code"] for result in results for finding in result["findings"]}


def pods(app: App) -> str:
    return app.kubectl("get", "pods", "--output=name")


def secret(app: App) -> str:
    return f"{app.release.name}-mail"


def delete_whole(app: App) -> None:
    app.kubectl("delete", "secret", secret(app))


def delete_key(app: App) -> None:
    patch = '{"data": {"password": null}}'
    app.kubectl("patch", "secret", secret(app), "--type=merge", f"--patch={patch}")


@pytest.mark.parametrize("delete", [delete_whole, delete_key])
def test_what_is_the_releases_own_is_told_and_restored(app: App, delete: object) -> None:
    assert callable(delete)
    password = app.release.values()["mail"]["password"]
    before = pods(app)
    delete(app)

    checked = app.deploy("--check", "-v")
    assert checked.returncode == 0, checked.output
    assert "release-object-missing" in codes(checked)
    assert not {code for code in codes(checked) if code.startswith("restart-left")}
    assert "would be restored" in checked.output
    assert pods(app) == before

    played = app.deploy()
    assert played.returncode == 0, played.output
    assert "restored by revision" in played.output
    assert pods(app) == before
    app.is_right(password)

    again = app.deploy()
    assert "nothing to change" in again.output


def test_what_is_somebody_elses_stops_the_run_before_anything_rolls(app: App) -> None:
    app.kubectl("create", "secret", "generic", "foreign", "--from-literal=TOKEN=1")
    app.kubectl("set", "env", f"deployment/{app.release.name}-app", "--from=secret/foreign")
    wait(app.release)
    app.kubectl("delete", "secret", "foreign")
    revision, before = app.release.revision(), pods(app)

    played = app.deploy(smtp_password=uuid.uuid4().hex)
    assert played.failed == 1, played.output
    assert "Secret foreign" in str(played.results[-1]["msg"])
    assert (app.release.revision(), pods(app)) == (revision, before)
