# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may write the Secrets of a namespace forges Helm's records; an administrator's run does no harm.

The attacker has exactly that right. The victim is an ordinary run of the configure playbook, whose
kubeconfig may do anything in the cluster.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.apps.guard.release import CHART, MAIL, install, wait
from tests.apps.invitations.release import Release
from tests.harness.forger import Forger, Record, add_template, edit_template
from tests.harness.lab import Lab
from tests.harness.playbook import Played
from tests.system.conftest import Configure

pytestmark = pytest.mark.node

MAJORS = ("helm", "helm3")

BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {name}
  annotations:
    helm.sh/hook: {moment}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}}
subjects: [{{kind: ServiceAccount, name: attacker, namespace: {namespace}}}]
"""
TEMPLATE = (
    "spec: {{containers: [{{name: x, image: {image}, securityContext: {{privileged: true}}}}]}}"
)
ESCAPE = "{name: host, hostPath: {path: /}}"


@dataclass(frozen=True)
class Scene:
    """A release with mail, its attacker, and an administrator who configures it."""

    release: Release
    forger: Forger
    configure: Configure
    admin: Path

    def run(self, **changes: Any) -> Played:
        """The administrator's run."""
        settings = {**MAIL, "smtp_kubeconfig": str(self.admin), **changes}
        played = self.configure(self.release, "--tags", "deploy", known=False, **settings)
        assert "Traceback" not in played.output
        assert "internal-error" not in played.output
        return played

    def exists(self, *what: str) -> bool:
        """Whether the administrator sees an object."""
        return bool(self.release.kubectl.run("get", *what, "--ignore-not-found").strip())

    def pod(self) -> dict[str, Any]:
        """What the pods of the application are made of."""
        found = self.release.kubectl.json(
            *("-n", self.release.namespace, "get", "deployment", f"{self.release.name}-app")
        )
        spec: dict[str, Any] = found["spec"]["template"]["spec"]
        return spec


@pytest.fixture
def scene(lab: Lab, configure: Configure, tmp_path: Path) -> Iterator[Callable[..., Scene]]:
    releases: list[Release] = []

    def one(helm: str = "helm", chart: Path = CHART) -> Scene:
        release = replace(lab.release(helm=helm), chart=chart)
        releases.append(release)
        install(release)
        forger = Forger.at(release, lab.kubeconfig, tmp_path)
        return Scene(release, forger, configure, lab.kubeconfig)

    yield one
    for release in releases:
        release.kubectl.run("delete", "clusterrolebinding", release.name, "--ignore-not-found")
        release.remove()


def told(played: Played) -> dict[str, dict[str, str]]:
    """The errors of the failed step, by code."""
    assert played.failed == 1, played.output
    return {entry["code"]: entry for entry in played.results[-1]["findings"]}


def binding(scene: Scene, moment: str) -> str:
    return BINDING.format(name=scene.release.name, namespace=scene.release.namespace, moment=moment)


@pytest.mark.parametrize("helm", MAJORS)
def test_a_hook_that_gives_rights_does_not_run(scene: Callable[..., Scene], helm: str) -> None:
    at = scene(helm)
    text = binding(at, "pre-upgrade")

    def forge(record: Record) -> None:
        add_template(record, "hook.yaml", text)
        hook = {
            "name": at.release.name,
            "kind": "ClusterRoleBinding",
            "path": "guard/templates/hook.yaml",
            "manifest": text,
            "events": ["pre-upgrade"],
        }
        record["hooks"] = [hook]  # as if it had always been there

    at.forger.forge(1, forge)
    for allowed in ((), ["*"]):
        finding = told(at.run(smtp_allow_changes=allowed))["hook-outside-release"]
        assert f"ClusterRoleBinding/{at.release.name}" in finding["fix"]
        assert not at.exists("clusterrolebinding", at.release.name)
    assert at.release.revision() == 1


@pytest.mark.parametrize("helm", MAJORS)
def test_a_pod_of_a_hook_that_reaches_the_node_does_not_run(
    scene: Callable[..., Scene], helm: str
) -> None:
    at = scene(helm)
    text = (
        "apiVersion: v1\nkind: Pod\n"
        f"metadata: {{name: {at.release.name}-hook, annotations: {{helm.sh/hook: pre-upgrade}}}}\n"
        + TEMPLATE.format(image="{{ .Values.image }}")
    )
    at.forger.forge(1, lambda record: add_template(record, "hook.yaml", text))
    finding = told(at.run(smtp_allow_changes="*"))["hook-outside-release"]
    assert "privileged" in finding["message"]
    assert at.release.revision() == 1


@pytest.mark.parametrize("helm", MAJORS)
def test_an_older_record_that_is_forged_is_not_gone_back_to(
    scene: Callable[..., Scene], helm: str
) -> None:
    at = scene(helm)
    first = at.run()
    assert first.returncode == 0, first.output
    wait(at.release)

    def forge(record: Record) -> None:
        for old, new in (
            ("      terminationGrace", "      hostNetwork: true\n      terminationGrace"),
            ("      volumes:\n", f"      volumes:\n        - {ESCAPE}\n"),
        ):
            assert old in record["manifest"]
            record["manifest"] = record["manifest"].replace(old, new)

    at.forger.forge(1, forge)
    at.forger.forge(2, lambda _record: None, status="failed")
    findings = told(at.run())
    assert findings["rollback-changes-other"]["where"] == f"Deployment/{at.release.name}-app"
    assert "hostNetwork" not in at.pod()
    assert "hostPath" not in json.dumps(at.pod())
    assert at.release.revision() == 2


@pytest.mark.parametrize("helm", MAJORS)
def test_a_rollback_gives_no_rights_and_runs_no_hook_that_does(
    scene: Callable[..., Scene], helm: str
) -> None:
    at = scene(helm)
    assert at.run().returncode == 0
    wait(at.release)
    text = binding(at, "pre-rollback")

    def forge(record: Record) -> None:
        record["manifest"] += f"\n---\n{text}".replace(
            "  annotations:\n    helm.sh/hook: pre-rollback\n", ""
        )
        hook = {"name": "x", "kind": "ClusterRoleBinding", "path": "x", "manifest": text}
        record["hooks"] = [{**hook, "events": ["pre-rollback"]}]

    at.forger.forge(1, forge)
    at.forger.forge(2, lambda _record: None, status="failed")
    findings = told(at.run(smtp_allow_changes="*"))
    assert {"change-outside-release", "hook-outside-release"} <= set(findings)
    assert not at.exists("clusterrolebinding", at.release.name)
    assert at.release.revision() == 2


@pytest.mark.parametrize("helm", MAJORS)
def test_an_object_of_another_namespace_is_not_deleted(
    scene: Callable[..., Scene], helm: str, lab: Lab
) -> None:
    at = scene(helm)
    victim = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": at.release.name, "namespace": "mail"},
        "data": {"of": "somebody else"},
    }
    lab.kubectl.apply(json.dumps(victim))
    at.forger.forge(
        1, lambda record: record.update(manifest=f"{record['manifest']}\n---\n{json.dumps(victim)}")
    )
    try:
        finding = told(at.run(smtp_allow_changes="*"))["change-outside-release"]
        assert f"ConfigMap/mail/{at.release.name}" in finding["fix"]
        assert at.exists("-n", "mail", "configmap", at.release.name)
        assert at.release.revision() == 1
    finally:
        lab.kubectl.run("-n", "mail", "delete", "configmap", at.release.name, "--ignore-not-found")


@pytest.mark.parametrize("helm", MAJORS)
def test_an_object_of_the_namespace_that_is_not_the_releases_is_not_deleted_either(
    scene: Callable[..., Scene], helm: str
) -> None:
    at = scene(helm)
    name = f"{at.release.name}-of-others"
    victim = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": at.release.namespace},
        "data": {"of": "somebody else"},
    }
    at.release.kubectl.apply(json.dumps(victim))
    at.forger.forge(
        1, lambda record: record.update(manifest=f"{record['manifest']}\n---\n{json.dumps(victim)}")
    )
    finding = told(at.run(smtp_allow_changes="*"))["change-outside-release"]
    assert f"ConfigMap/{name}" in finding["fix"]
    assert at.exists("-n", at.release.namespace, "configmap", name)


WITH_MAIL = '{{ if ne (toString .Values.mail.port) "25" }}'
TRICKS: Mapping[str, tuple[str, str]] = {
    "hostPath": (
        "volumes:\n        {{",
        f"volumes:\n        {WITH_MAIL}- {ESCAPE}{{{{ end }}}}\n        {{{{",
    ),
    "command": (
        "[sleep, infinity]",
        WITH_MAIL
        + '[sh, -c, "sleep 9 # {{ .Values.mail.port }}"]{{ else }}[sleep, infinity]{{ end }}',
    ),
    "NODE_OPTIONS": (
        "          env:\n",
        f"          env:\n            {WITH_MAIL}- {{name: NODE_OPTIONS, value: -r "
        "/etc/app/{{ .Values.mail.port }}}{{ end }}\n",
    ),
    "mount": (
        "mountPath: /etc/app}\n",
        f"mountPath: /etc/app}}\n            {WITH_MAIL}- {{name: config, mountPath: /usr/lib/node}}"
        "{{ end }}\n",
    ),
    "image": (
        ".Values.image }}",
        f".Values.image }}}}{WITH_MAIL}-{{{{ .Values.mail.port }}}}{{{{ end }}}}",
    ),
    "account": (
        "automount",
        f"{WITH_MAIL}serviceAccountName: attacker{{{{ end }}}}\n      automount",
    ),
    "privileges": (
        "command: [",
        f"{WITH_MAIL}securityContext: {{privileged: true}}{{{{ end }}}}\n          command: [",
    ),
    "annotation": (
        "checksum/config",
        f"{WITH_MAIL}vault.hashicorp.com/agent-inject: {{{{ .Values.mail.host }}}}{{{{ end }}}}\n"
        "        checksum/config",
    ),
    "container": (
        "containers:\n",
        f"{WITH_MAIL}initContainers: [{{name: env, image: x, command: [sh]}}]{{{{ end }}}}\n"
        "      containers:\n",
    ),
}


@pytest.mark.parametrize("helm", MAJORS)
@pytest.mark.parametrize("trick", TRICKS)
def test_what_is_no_mail_does_not_come_with_the_mail_port(
    scene: Callable[..., Scene], helm: str, trick: str
) -> None:
    at = scene(helm)
    at.forger.forge(1, lambda record: edit_template(record, "app.yaml", *TRICKS[trick]))
    before = at.pod()
    assert set(told(at.run())) == {"upgrade-changes-other"}
    assert at.pod() == before
    assert at.release.revision() == 1


RIGHTS = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ .Release.Name }}-prepare
  annotations: {helm.sh/hook: "pre-install,pre-upgrade"}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
"""


def test_a_chart_whose_hooks_give_rights_is_configured_by_its_source_or_by_an_exact_name(
    scene: Callable[..., Scene], tmp_path: Path
) -> None:
    chart = tmp_path / "guard"
    shutil.copytree(CHART, chart)
    (chart / "templates" / "rights.yaml").write_text(RIGHTS)
    at = scene(chart=chart)
    name = f"Role/{at.release.name}-prepare"
    assert name in told(at.run())["hook-outside-release"]["fix"]
    assert at.release.revision() == 1
    by_source = at.run(smtp_chart=str(chart))
    assert by_source.returncode == 0, by_source.output
    wait(at.release)
    by_name = at.run(smtp_port=2525, smtp_allow_changes=name)
    assert by_name.returncode == 0, by_name.output
