# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that brings a private CA in may be killed at any write to a StatefulSet or a DaemonSet: the next one
completes it, and leaves nothing held.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apps.brittle.release import let_lease_expire
from tests.apps.kinds import release as kinds
from tests.harness.brittle import App
from tests.harness.door import Door
from tests.harness.lab import Lab
from tests.harness.playbook import ended
from tests.relays.authority import Authority
from tests.system.test_private_ca import managers

pytestmark = [pytest.mark.node, pytest.mark.faults]

HELD = ("/statefulsets/", "/daemonsets/")
STRATEGY: dict[str, Any] = {"agent": {"updateStrategy": {"type": "RollingUpdate"}}}
"""By itself the chart replaces no pod of its DaemonSet, which is not held then."""


@pytest.fixture(scope="module", params=["helm", "helm3"])
def app(
    lab: Lab, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """The application of each kind, installed with mail."""
    release = kinds.installed(lab.release(helm=request.param), **STRATEGY)
    folder = tmp_path_factory.mktemp("app")
    app = App(lab, release, folder, "configure-ca", kinds.MAIL, "deploy,verify")
    try:
        played = app.deploy()
        assert played.returncode == 0, played.output
        yield app
    finally:
        release.remove()


def with_a_ca() -> dict[str, Any]:
    """One that nobody has seen yet."""
    return {"smtp_ca_pem": Authority().certificate, "smtp_ca_mode": None}


def points(app: App, folder: Path, **wanted: Any) -> list[tuple[int, str]]:
    """The writes to each kind that is held, of a run that nobody disturbs: their numbers among those."""
    with Door(app.kubeconfig, folder) as door, app.begin(door.kubeconfig, **wanted) as run:
        assert ended(run).returncode == 0
    paths = [write.path for write in door.passed.writes]
    return [(n, kind) for kind in HELD for n in range(1, sum(kind in path for path in paths) + 1)]


def certificates(app: App) -> dict[str, str]:
    """The certificates that each pod has mounted, which are the only files of ours."""
    maps = app.release.kubectl.json("-n", app.release.namespace, "get", "configmaps")["items"]
    files = {each["metadata"]["name"]: "".join(each["data"].values()) for each in maps}
    pods = app.release.kubectl.json("-n", app.release.namespace, "get", "pods")["items"]
    return {
        pod["metadata"]["name"]: "".join(
            files[volume["configMap"]["name"]]
            for volume in pod["spec"]["volumes"]
            if "mailops" in volume.get("configMap", {}).get("name", "")
        )
        for pod in pods
        if "deletionTimestamp" not in pod["metadata"]
    }


def completes(app: App, **wanted: Any) -> None:
    """The next run brings the settings and the CA in, and leaves no workload held."""
    let_lease_expire(app.release)
    played = app.deploy(**wanted)
    assert played.returncode == 0, played.output
    app.is_done()
    values = app.release.values()
    assert values.pop("mail")["password"] == wanted["smtp_password"]
    assert values == STRATEGY
    assert "mailops-smtp-hold" not in managers(app.release)
    found = certificates(app)
    assert len(found) == len(kinds.WORKLOADS)
    for files in found.values():
        assert wanted["smtp_ca_pem"].strip() in files


def test_with_other_settings_as_well(app: App, tmp_path: Path, subtests: pytest.Subtests) -> None:
    first = {"smtp_password": uuid.uuid4().hex, **with_a_ca()}
    for number, kind in points(app, tmp_path, **first):
        with subtests.test(f"killed after write {number} to {kind}"):
            wanted = {"smtp_password": uuid.uuid4().hex, **with_a_ca()}
            app.disturbed(tmp_path, number, to=kind, **wanted)
            completes(app, **wanted)


def test_with_the_ca_alone(app: App, tmp_path: Path, subtests: pytest.Subtests) -> None:
    password, revision = app.release.values()["mail"]["password"], app.release.revision()
    for number, kind in points(app, tmp_path, smtp_password=password, **with_a_ca()):
        with subtests.test(f"killed after write {number} to {kind}"):
            wanted = {"smtp_password": password, **with_a_ca()}
            app.disturbed(tmp_path, number, to=kind, **wanted)
            completes(app, **wanted)
            assert app.release.revision() == revision
