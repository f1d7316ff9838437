# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may write the Secrets of a namespace disguises an object, so that Helm sees another one than the guard.

The attacker and the victim are those of `test_attackers_records`.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable

import pytest

from tests.apps.guard.release import wait
from tests.harness.forger import Record, add_template
from tests.harness.lab import Lab
from tests.system.test_attackers_records import Scene, scene, told

__all__ = ["scene"]

pytestmark = pytest.mark.node

RIGHTS = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {name}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}}
subjects: [{{kind: ServiceAccount, name: attacker, namespace: {namespace}}}]
"""
HOOK = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}-hook
  annotations: {{helm.sh/hook: {moment}}}
"""
JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: {name}-hook
  annotations: {{helm.sh/hook: pre-upgrade}}
spec:
  jobTemplate:
    spec:
      template:
        spec: {{}}
  template:
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      containers:
        - name: x
          image: "{{{{ .Values.image }}}}"
          command: ["true"]
          securityContext: {{privileged: true}}
"""


def rights(at: Scene) -> str:
    return RIGHTS.format(name=at.release.name, namespace=at.release.namespace)


def hook(at: Scene, moment: str) -> str:
    return HOOK.format(name=at.release.name, moment=moment)


def with_hook(text: str) -> Callable[[Record], None]:
    """Adds a hook to the chart in a record, as if it had always been there."""

    def forge(record: Record) -> None:
        add_template(record, "hook.yaml", text)
        image = record["config"].get("image", record["chart"]["values"].get("image"))
        manifest = text.replace("{{ .Values.image }}", str(image))
        hook = {"name": "x", "kind": "x", "path": "guard/templates/hook.yaml"}
        record["hooks"] = [{**hook, "manifest": manifest, "events": ["pre-upgrade"]}]

    return forge


def test_what_stands_as_entries_of_another_object_is_seen(scene: Callable[..., Scene]) -> None:
    at = scene()
    entry = textwrap.indent(rights(at), "    ").replace("    ", "  - ", 1)
    text = hook(at, "pre-upgrade") + "items:\n" + entry

    at.forger.forge(1, with_hook(text))
    played = at.run()
    assert not at.exists("clusterrolebinding", at.release.name), played.output
    assert f"ClusterRoleBinding/{at.release.name}" in told(played)["hook-outside-release"]["fix"]


def test_the_pods_of_a_job_are_those_that_the_api_server_makes(
    scene: Callable[..., Scene],
) -> None:
    at = scene()
    text = JOB.format(name=at.release.name)
    at.forger.forge(1, with_hook(text))
    played = at.run()
    assert "privileged" in told(played)["hook-outside-release"]["message"]
    assert at.release.revision() == 1


def test_a_document_of_a_hook_that_only_helm_sees_is_not_made(
    scene: Callable[..., Scene],
) -> None:
    at = scene()
    assert at.run().returncode == 0
    wait(at.release)
    text = hook(at, "pre-rollback") + "---x: |\n" + textwrap.indent(rights(at), "  ")

    def forge(record: Record) -> None:
        entry = {"name": "x", "kind": "ConfigMap", "path": "x", "manifest": text}
        record["hooks"] = [{**entry, "events": ["pre-rollback"]}]

    at.forger.forge(1, forge)
    at.forger.forge(2, lambda _record: None, status="failed")
    played = at.run()
    assert not at.exists("clusterrolebinding", at.release.name), played.output
    assert "release-unreadable" in told(played)


def test_the_record_of_another_release_is_an_object_as_any_other(
    scene: Callable[..., Scene], lab: Lab
) -> None:
    at = scene()
    name = f"sh.helm.release.v1.{at.release.name}-other.v1"
    text = (
        "apiVersion: v1\nkind: Secret\ntype: helm.sh/release.v1\n"
        f"metadata: {{name: {name}, namespace: mail}}\nstringData: {{release: forged}}\n"
    )
    at.forger.forge(1, lambda record: add_template(record, "other.yaml", text))
    try:
        played = at.run()
        assert not at.exists("-n", "mail", "secret", name), played.output
        # It is not even read, so the trial comes to no end.
        assert "may not read Secrets of other namespaces" in played.output
        assert f"Secret/mail/{name}" in told(played)["upgrade-would-fail"]["message"]
    finally:
        lab.kubectl.run("-n", "mail", "delete", "secret", name, "--ignore-not-found")


def test_a_chart_that_renders_otherwise_once_it_is_approved_is_not_applied(
    scene: Callable[..., Scene],
) -> None:
    at = scene()
    journal = f"mailops.journal.v1.{at.release.name}"
    seen = f'lookup "v1" "Secret" .Release.Namespace "{journal}"'
    text = f"{{{{ if {seen} }}}}\n{rights(at)}{{{{ end }}}}\n"
    at.forger.forge(1, lambda record: add_template(record, "later.yaml", text))
    played = at.run()
    assert not at.exists("clusterrolebinding", at.release.name), played.output
    assert "write-not-as-tried" in told(played)


def test_a_chart_does_not_read_the_secrets_of_other_namespaces(
    scene: Callable[..., Scene], lab: Lab
) -> None:
    at = scene()
    victim = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": at.release.name, "namespace": "mail"},
        "stringData": {"token": "of-somebody-else"},
    }
    lab.kubectl.apply(json.dumps(victim))
    text = f'{{{{ (lookup "v1" "Secret" "mail" "{at.release.name}").data.token | b64dec }}}}'
    at.forger.forge(1, lambda record: add_template(record, "NOTES.txt", text))
    try:
        played = at.run()
        assert "may not read Secrets of other namespaces" in played.output
        assert at.release.revision() == 1
        assert "of-somebody-else" not in played.output
    finally:
        lab.kubectl.run("-n", "mail", "delete", "secret", at.release.name, "--ignore-not-found")
