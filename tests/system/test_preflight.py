# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look before a change finds everything that stands against it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight import needs, rights
from tests.apps.guard import release as guard
from tests.apps.invitations.release import Release
from tests.harness.account import Account, account, without
from tests.harness.lab import Lab
from tests.harness.playbook import Played
from tests.system.conftest import Configure

pytestmark = [pytest.mark.node, pytest.mark.faults]

NEEDS = {work.name: needs.for_workloads(work.needs, ["Deployment"]) for work in needs.WORKS}
CHART_RULES = [{"apiGroups": [""], "resources": ["services"], "verbs": ["get", "patch"]}]
"""For what the sample application's chart has besides workloads and Secrets."""
ROLES = {name: needs.rules(each) for name, each in NEEDS.items()}
CONFIGURE = [*ROLES["configure"], *CHART_RULES]


def errors(played: Played) -> list[dict[str, str]]:
    """The errors that the last task has ended with."""
    assert "Traceback" not in played.output
    assert played.failed == 1, played.output
    found = played.results[-1]["findings"]
    return [entry for entry in found if entry["severity"] == "error"]


@pytest.fixture
def user(lab: Lab, release: Release, tmp_path: Path) -> Iterator[Account]:
    """Somebody in the namespace of the release, without rights yet."""
    found = account("configurer", release.namespace, lab.kubeconfig, tmp_path)
    yield found
    for kind in ("rolebinding", "serviceaccount"):
        lab.kubectl.run("-n", release.namespace, "delete", kind, found.name)
    lab.kubectl.run("-n", release.namespace, "delete", "role", found.name, "--ignore-not-found")


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Until the API server's authorizer has heard of a change."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class TestTheLook:
    def test_finds_all_obstacles_at_once_and_changes_nothing(
        self, lab: Lab, configure: Configure, tmp_path: Path
    ) -> None:
        release = lab.release()
        try:
            release.upgrade({})
            with pytest.raises(subprocess.CalledProcessError):
                release.upgrade({"image": ""})
            deployment = f"deployment/{release.name}-api"
            sign = f"argocd.argoproj.io/tracking-id=mail:apps/Deployment:x/{release.name}-api"
            release.kubectl.run("-n", release.namespace, "annotate", deployment, sign)
            user = account("configurer", release.namespace, lab.kubeconfig, tmp_path)
            user.may(without(without(CONFIGURE, "secrets", "update"), "deployments", "patch"))
            before = (release.revision(), release.pods())
            played = configure(
                release,
                *("--tags", "deploy", "-v"),
                smtp_kubeconfig=str(user.kubeconfig),
                smtp_chart="/nowhere",
            )
            found = errors(played)
            assert {(entry["code"], entry["where"]) for entry in found} == {
                ("release-failed", f"release {release.name}"),
                ("release-owned", f"release {release.name}"),
                ("right-missing", "secrets"),
                ("right-missing", "deployments"),
                ("helm-failed", f"release {release.name}"),
            }
            words = {entry["where"]: entry for entry in found if entry["code"] == "right-missing"}
            assert "may not update secrets" in words["secrets"]["message"]
            assert "verbs: [patch]" in words["deployments"]["fix"]
            assert "Argo CD, Application mail" in played.output
            assert f"helm rollback {release.name} 1" in played.output
            assert (release.revision(), release.pods()) == before
        finally:
            release.remove()

    def test_a_release_that_has_all_that_is_wanted_needs_no_rights_to_change_it(
        self, lab: Lab, release: Release, user: Account, configure: Configure
    ) -> None:
        assert configure(release).returncode == 0
        user.may(ROLES["verify"])
        played = configure(release, "--tags", "deploy,verify", smtp_kubeconfig=str(user.kubeconfig))
        assert (played.returncode, played.changed) == (0, 0), played.output

    def test_a_restart_alone_asks_for_its_rights_before_it_begins(
        self, release: Release, user: Account, configure: Configure
    ) -> None:
        rotated = {"smtp_password": "battery staple"}
        played = configure(release, "--tags", "deploy", smtp_restart="defer", **rotated)
        assert played.returncode == 0, played.output
        user.may(ROLES["verify"])
        before = release.pods()
        for mode in (["--check"], []):
            played = configure(
                release,
                *("--tags", "deploy", "-v", *mode),
                smtp_kubeconfig=str(user.kubeconfig),
                **rotated,
            )
            found = {entry["where"]: entry["code"] for entry in errors(played)}
            assert found == {"deployments": "right-missing", "leases": "right-missing"}
        assert release.pods() == before

    def test_a_deployment_that_somebody_has_paused_is_found_before_the_upgrade(
        self, release: Release, configure: Configure
    ) -> None:
        before = (release.revision(), release.pods())
        of = (f"deployment/{release.name}-cmd", "-n", release.namespace)
        release.kubectl.run("rollout", "pause", *of)
        try:
            played = configure(
                release, "--tags", "deploy", "-v", smtp_from_address="new@example.com"
            )
        finally:
            release.kubectl.run("rollout", "resume", *of)
        [finding] = errors(played)
        assert finding["code"] == "rollout-paused"
        assert f"kubectl rollout resume deployment/{release.name}-cmd" in finding["fix"]
        assert (release.revision(), release.pods()) == before


FLUX = {"helm.toolkit.fluxcd.io/name": "hub", "helm.toolkit.fluxcd.io/namespace": "flux"}


class TestAnOwner:
    """Under an owner a change is refused with the owner's name; nothing to change is no reason."""

    def test_flux_is_told_by_its_labels(self, release: Release, configure: Configure) -> None:
        deployment = f"deployment/{release.name}-cmd"
        labels = [f"{name}={value}" for name, value in FLUX.items()]
        release.kubectl.run("-n", release.namespace, "label", deployment, *labels)
        played = configure(release, "--tags", "deploy", "-v", smtp_from_address="new@example.com")
        release.kubectl.run(
            "-n", release.namespace, "label", deployment, *(f"{name}-" for name in FLUX)
        )
        assert [entry["code"] for entry in errors(played)] == ["release-owned"]
        assert "in spec.values of HelmRelease flux/hub" in played.output

    def test_the_helm_controller_is_told_by_its_object(
        self, lab: Lab, release: Release, configure: Configure
    ) -> None:
        release.kubectl.apply(json.dumps(HELM_CHARTS))
        release.kubectl.run("wait", "--for=condition=Established", f"crd/{CRD}", "--timeout=20s")
        chart = {
            "apiVersion": "helm.cattle.io/v1",
            "kind": "HelmChart",
            "metadata": {"name": release.name, "namespace": "kube-system"},
            "spec": {"targetNamespace": release.namespace},
        }
        release.kubectl.apply(json.dumps(chart))
        try:
            # Whoever may not list such objects in the whole cluster does not see them.
            played = configure(
                release,
                *("--tags", "deploy", "-v"),
                smtp_from_address="new@example.com",
                smtp_kubeconfig=str(lab.kubeconfig),
            )
        finally:
            release.kubectl.run("delete", "crd", CRD)
        assert [entry["code"] for entry in errors(played)] == ["release-owned"]
        assert f"HelmChart kube-system/{release.name}" in played.output


CRD = "helmcharts.helm.cattle.io"
HELM_CHARTS: Mapping[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": CRD},
    "spec": {
        "group": "helm.cattle.io",
        "scope": "Namespaced",
        "names": {"kind": "HelmChart", "plural": "helmcharts", "singular": "helmchart"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "x-kubernetes-preserve-unknown-fields": True,
                    }
                },
            }
        ],
    },
}


class TestMissingRights:
    """Each is named with the rule that gives it, before anything is changed."""

    @pytest.mark.parametrize("helm", ["helm", "helm3"])
    def test_configure_a_chart_with_hooks(
        self, lab: Lab, configure: Configure, tmp_path: Path, helm: str
    ) -> None:
        release = replace(lab.release(helm=helm), chart=guard.CHART)
        try:
            guard.install(release, "hooks")
            user = account("configurer", release.namespace, lab.kubeconfig, tmp_path)
            mine = {**guard.MAIL, "smtp_kubeconfig": str(user.kubeconfig)}
            user.may(ROLES["configure"])
            played = configure(release, "--tags", "deploy", "-v", known=False, **mine)
            found = {entry["where"]: entry["message"] for entry in errors(played)}
            assert found.keys() == {"jobs", "configmaps"}
            assert "run the hooks of the chart" in found["jobs"]
            hooks = [
                {"apiGroups": [group], "resources": [resource], "verbs": list(needs.ON_HOOK)}
                for group, resource in (("batch", "jobs"), ("", "configmaps"))
            ]
            user.may([*ROLES["configure"], *hooks])
            played = configure(release, "--tags", "deploy", "-v", known=False, **mine)
            assert (played.returncode, played.changed) == (0, 1), played.output
        finally:
            release.remove()

    def test_with_one_verb_fewer_the_finding_names_it(
        self, release: Release, user: Account, tmp_path: Path
    ) -> None:
        cluster = Cluster(str(user.kubeconfig), None, release.namespace, str(tmp_path))
        wanted = NEEDS["configure-ca"]
        rules = needs.rules(wanted)
        user.may(rules)
        wait_until(lambda: not rights.missing(cluster, wanted))
        for rule in rules:
            [resource], [group] = rule["resources"], rule["apiGroups"]
            for verb in rule["verbs"]:
                user.may(without(rules, resource, verb))
                asked = {"group": group, "namespace": release.namespace}
                wait_until(lambda: not cluster.may(verb, resource, **asked))  # noqa: B023  # called before the loop goes on
                [finding] = rights.missing(cluster, wanted)
                assert finding.where == resource
                assert f"may not {verb} {resource}" in finding.message
                given = yaml.safe_load(finding.fix.partition("}")[0].rpartition("{")[2].join("{}"))
                assert given == {"apiGroups": [group], "resources": [resource], "verbs": [verb]}
                user.may(rules)
                wait_until(lambda: cluster.may(verb, resource, **asked))  # noqa: B023  # called before the loop goes on

    def test_a_run_with_one_verb_fewer_stops_before_anything_is_changed(
        self, release: Release, user: Account, configure: Configure
    ) -> None:
        user.may(without(CONFIGURE, "services", "patch"))
        before = (release.revision(), release.pods())
        played = configure(
            release,
            *("--tags", "deploy", "-v"),
            smtp_kubeconfig=str(user.kubeconfig),
            smtp_from_address="other@example.com",
        )
        [finding] = errors(played)
        assert (finding["code"], finding["where"]) == ("right-missing", "services")
        assert (release.revision(), release.pods()) == before
