# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects are compared by what people write, and not by what the API server keeps of its own."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    Ref,
    compared,
    pod_spec,
    things,
)


def test_what_the_api_server_counts_is_not_compared() -> None:
    kept = {"example.com/kept": "yes"}
    annotations = {**kept, "deprecated.daemonset.template.generation": "2"}
    metadata = {"uid": "u", "generation": 3, "annotations": annotations}
    found = {"kind": "DaemonSet", "metadata": metadata, "status": {}}
    assert compared(found) == {
        "kind": "DaemonSet",
        "metadata": {"annotations": kept},
    }


BINDING = "apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: x}"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hook}\n"


def refs(manifest: str) -> set[Ref]:
    return {which for which, _thing in things(manifest, "apps")}


@pytest.mark.parametrize(
    "manifest",
    [
        f"kind: List\nitems: [{{{BINDING}}}]",
        f"{MAP}items: [{{{BINDING}}}]",
        f"{MAP}items: [{{kind: Role, items: [{{{BINDING}}}]}}]",
        "kind: ClusterRoleBindingList\nitems: [{metadata: {name: x}}]",
        f"{MAP}<<: {{{BINDING}}}",
        f"{MAP}<<: [{{{BINDING}}}, {{kind: Role}}]",
        f"{MAP}<<: {{<<: {{{BINDING}}}}}",
    ],
)
def test_an_object_is_what_helm_takes_it_for(manifest: str) -> None:
    assert Ref("ClusterRoleBinding", "x") in refs(manifest)


def test_what_stands_after_a_merge_key_wins_as_it_does_for_helm() -> None:
    assert refs(f"<<: {{{BINDING}}}\n{MAP}") == {Ref("ConfigMap", "hook")}


@pytest.mark.parametrize(
    "manifest",
    [
        f"{MAP}---x: |\n  kind: ClusterRoleBinding",
        f"{MAP}--- |\n  kind: ClusterRoleBinding",
        f"{MAP}--- {{kind: ClusterRoleBinding}}",
        f"{MAP}---\nwords",
        f"{MAP}---\n- kind: ClusterRoleBinding",
        "kind: List\nitems: [words]",
        "kind: ConfigMap\nmetadata: words",
        f"{MAP}<<: words",
    ],
)
def test_what_helm_may_take_for_something_else_is_not_read(manifest: str) -> None:
    with pytest.raises(ValueError, match=r"^its manifest cannot be read: "):
        refs(manifest)


@pytest.mark.parametrize("end", ["---", "--- ", "---\t# Source: a.yaml", "---\r"])
def test_a_plain_separator_may_have_a_comment(end: str) -> None:
    assert len(refs(f"{end}\n{MAP}{end}\nkind: Secret\nmetadata: {{name: x}}\n")) == 2


def test_the_pods_of_an_object_are_those_that_its_kind_makes() -> None:
    pods = {"template": {"spec": {"hostPID": True}}}
    decoy: dict[str, Any] = {"template": {"spec": {}}}
    job = {"kind": "Job", "spec": {**pods, "jobTemplate": {"spec": decoy}}}
    cron = {"kind": "CronJob", "spec": {**decoy, "jobTemplate": {"spec": pods}}}
    pod = {"kind": "Pod", "spec": {"hostPID": True, **decoy}}
    assert [pod_spec(each) for each in (job, cron, pod)] == [
        {"hostPID": True},
        {"hostPID": True},
        pod["spec"],
    ]
