# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""People with few rights in the namespace try to make a run do what they may not do. One class for each right.

Each attacker is a user with exactly these rights. The victim is an ordinary run, with the documented Role
or as an administrator, who may do everything that the attacker wants to have done.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.apps.brittle.release import journal, lease
from tests.cluster.kubectl import Kubectl, KubectlError
from tests.harness.account import Rules, account
from tests.harness.brittle import App, configured
from tests.harness.lab import Lab
from tests.relays.authority import Authority

pytestmark = pytest.mark.node

NOTED = 2
"""The write after which a run has said what it is about to do, and has done nothing of it."""
YEARS = 10**9
WRITE = ["get", "list", "create", "update", "patch", "delete"]


@pytest.fixture(scope="module")
def app(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The application, installed and configured with mail."""
    with configured(lab, tmp_path_factory.mktemp("app"), "helm") as app:
        yield app


def attacker(app: App, name: str, rules: Rules) -> Kubectl:
    """kubectl of a user who may do this in the namespace of the release, and nothing else."""
    user = account(name, app.release.namespace, app.lab.kubeconfig, app.folder)
    user.may(rules)
    return Kubectl(user.kubeconfig)


def password(app: App) -> str:
    """The one that is in use."""
    return str(app.release.values()["mail"]["password"])


def pods_of(app: App) -> dict[str, Any]:
    """The specification of the pods of the Deployment."""
    found = app.kubectl("get", f"deployment/{app.release.name}-app", "-o", "json")
    spec: dict[str, Any] = json.loads(found)["spec"]["template"]["spec"]
    return spec


class TestWhoMayWriteLeases:
    """As many Roles for a leader election let somebody do."""

    @pytest.fixture(scope="class")
    @classmethod
    def mallory(cls, app: App) -> Kubectl:
        rules = [{"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": WRITE}]
        return attacker(app, "leases", rules)

    @staticmethod
    def write(mallory: Kubectl, app: App, annotations: dict[str, str | None], **spec: Any) -> None:
        found = lease(app.release)
        assert found is not None
        patch = {"metadata": {"annotations": annotations}, "spec": spec}
        mallory.run(
            *("-n", app.release.namespace, "patch", "lease", found["metadata"]["name"]),
            *("--type=merge", f"--patch={json.dumps(patch)}"),
        )

    def test_a_forged_journal_rolls_nothing_back_and_no_object_in_it_is_applied(
        self, app: App, mallory: Kubectl
    ) -> None:
        name, revision = f"{app.release.name}-app", app.release.revision()
        host = {"name": "host", "hostPath": {"path": "/"}}
        body = {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name},
            "spec": {"template": {"spec": {"volumes": [host]}}},
        }
        self.write(
            mallory,
            app,
            {
                "mailops.smtp/run": "0123456789",
                "mailops.smtp/doing": "undo",
                "mailops.smtp/revision": str(revision + 1),
                "mailops.smtp/good": "1",
                "mailops.smtp/ca": json.dumps([body]),
            },
        )
        played = app.deploy(smtp_password=password(app))
        assert (played.returncode, played.changed) == (0, 0), played.output
        assert "Its journal in lease" in played.output
        assert app.release.revision() == revision
        assert "volumes" not in pods_of(app)
        changed = app.deploy(smtp_password="after the forged journal")
        assert changed.returncode == 0, changed.output
        assert app.release.revision() == revision + 1
        found = lease(app.release)
        assert found is not None
        assert "annotations" not in found["metadata"]

    def test_a_lease_that_is_held_for_years_holds_a_run_up_and_no_longer(
        self, app: App, mallory: Kubectl
    ) -> None:
        self.write(
            mallory,
            app,
            {},
            holderIdentity="somebody\u001b[2J\nok: [all is well]",
            acquireTime="2099-01-01T00:00:00.000000Z",
            renewTime="2099-01-01T00:00:00.000000Z",
            leaseDurationSeconds=YEARS,
        )
        played = app.deploy(smtp_password="held up")
        assert (played.failed, played.changed) == (1, 0), played.output
        assert "Another run is working on release" in played.output
        assert "in the future" in played.output
        assert "kubectl delete lease" in played.output
        self.write(mallory, app, {}, holderIdentity=None)

    def test_a_lease_that_is_given_away_under_a_run_stops_that_run_and_not_the_next(
        self, app: App, mallory: Kubectl, tmp_path: Path
    ) -> None:
        other = replace(app, folder=tmp_path / "other")
        other.folder.mkdir()
        told: list[str] = []

        def meanwhile(_run: subprocess.Popen[str]) -> None:
            self.write(mallory, app, {}, holderIdentity=None)
            second = other.deploy(smtp_password="second")
            assert second.returncode == 0, second.output
            told.append(second.output)

        first, _ = app.disturbed(tmp_path, NOTED, meanwhile, smtp_password="first")
        assert told
        assert first.failed == 1, first.output
        assert "The lease of release" in first.output
        assert "internal-error" not in first.output
        app.is_right("second")


class TestWhoMayWriteConfigMaps:
    """Who may change the configuration of the applications of the namespace."""

    @pytest.fixture(scope="class")
    @classmethod
    def mallory(cls, app: App) -> Kubectl:
        return attacker(
            app, "configmaps", [{"apiGroups": [""], "resources": ["configmaps"], "verbs": WRITE}]
        )

    def test_certificates_of_theirs_are_not_taken_for_roots_of_the_image(
        self, app: App, mallory: Kubectl
    ) -> None:
        trusting = replace(app, work="configure-ca")
        wanted: dict[str, Any] = {
            "smtp_password": password(app),
            "smtp_ca_pem": Authority().certificate,
            "smtp_ca_mode": None,
        }
        played = trusting.deploy(**wanted)
        assert played.returncode == 0, played.output
        place = ("-n", app.release.namespace)
        maps = mallory.json(*place, "get", "configmaps")["items"]
        ours = next(each for each in maps if each["metadata"]["name"].startswith("mailops-smtp-ca"))
        theirs, own = Authority().certificate, "# mailops.smtp: the private CA\n"
        metadata = {key: ours["metadata"][key] for key in ("name", "labels", "ownerReferences")}
        data = {file: text.replace(own, theirs + own) for file, text in ours["data"].items()}
        forged = {**ours, "metadata": metadata, "data": data}
        with pytest.raises(KubectlError, match="immutable"):
            mallory.run(*place, "replace", "-f", "-", stdin=json.dumps(forged))
        mallory.run(*place, "replace", "--force", "-f", "-", stdin=json.dumps(forged))
        for changes in ({}, {"smtp_ca_pem": Authority().certificate}):
            played = trusting.deploy(**{**wanted, **changes})
            assert played.failed == 1, played.output
            assert "does not hold what its name says" in played.output
        for each in mallory.json(*place, "get", "configmaps")["items"]:
            replaced = each["metadata"]["name"] == metadata["name"]
            assert replaced or theirs.strip() not in "".join((each.get("data") or {}).values())
        # What the finding says mends it.
        mallory.run(*place, "delete", "configmap", metadata["name"])
        played = trusting.deploy(**wanted)
        assert played.returncode == 0, played.output


class TestWhoMayWriteTheJournal:
    """Who may write Secrets chooses the chart anyway, and gets no more than that."""

    @pytest.fixture(scope="class")
    @classmethod
    def mallory(cls, app: App) -> Kubectl:
        return attacker(
            app, "secrets", [{"apiGroups": [""], "resources": ["secrets"], "verbs": WRITE}]
        )

    @staticmethod
    def write(mallory: Kubectl, app: App, text: str) -> None:
        patch = {"stringData": {"journal": text}}
        mallory.run(
            *("-n", app.release.namespace, "patch", "secret"),
            *(f"mailops.journal.v1.{app.release.name}", f"--patch={json.dumps(patch)}"),
        )

    @pytest.mark.parametrize("change", ["ca: null", "before: 5", "5,000 digits", "another record"])
    def test_one_that_is_not_of_its_form_is_told_and_changes_nothing(
        self, app: App, mallory: Kubectl, change: str
    ) -> None:
        admin = replace(app, work="configure-ca")
        admin.deploy(smtp_password="journal")
        own, revision = journal(app.release), app.release.revision()
        forged = {
            "ca: null": {**own, "phase": "begun", "ca": None},
            "before: 5": {**own, "phase": "begun", "before": 5},
            "5,000 digits": {**own, "phase": "begun", "makes": "digits"},
            "another record": {
                **own,
                "phase": "begun",
                "kind": "undo",
                "makes": revision + 1,
                "good": {"number": revision, "uid": "of-another"},
            },
        }[change]
        self.write(mallory, app, json.dumps(forged).replace('"digits"', "9" * 5000))
        played = admin.deploy(smtp_password="journal")
        assert (played.returncode, played.changed) == (0, 0), played.output
        assert "is not used" in played.output
        assert app.release.revision() == revision
        # The next change writes a new one.
        following = admin.deploy(smtp_password=f"after {change}")
        assert following.returncode == 0, following.output
        app.is_done()


class TestWhoMayPatchDeployments:
    """Who may let anything run in the pods of the namespace, and may delete nothing in it."""

    @pytest.fixture(scope="class")
    @classmethod
    def mallory(cls, app: App) -> Kubectl:
        rules = [{"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get", "patch"]}]
        return attacker(app, "deployments", rules)

    @pytest.mark.parametrize("name", ["../secrets/treasure", "treasure"])
    def test_a_config_map_that_they_name_in_our_place_is_not_deleted(
        self, app: App, mallory: Kubectl, name: str
    ) -> None:
        place = ("-n", app.release.namespace)
        if name == "treasure":
            app.kubectl("create", "configmap", "treasure")
        else:
            app.kubectl("create", "secret", "generic", "treasure")
        kind = "configmap" if name == "treasure" else "secret"
        volume = {"name": "mailops-smtp-ca", "configMap": {"name": name, "optional": True}}
        patch = {"spec": {"template": {"spec": {"volumes": [volume]}}}}
        mallory.run(
            *place,
            *("patch", f"deployment/{app.release.name}-app", "--field-manager=mailops-smtp-ca"),
            f"--patch={json.dumps(patch)}",
        )
        admin = replace(app, work="configure-ca")
        played = admin.deploy(smtp_password=f"after {kind}")
        assert "internal-error" not in played.output
        admin.deploy(smtp_password=f"once more after {kind}")
        app.kubectl("get", kind, "treasure")
        app.kubectl("delete", kind, "treasure")
