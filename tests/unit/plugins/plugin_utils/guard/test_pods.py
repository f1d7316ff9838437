# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pod takes of its node and of others is found wherever it stands."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.pods import (
    claims,
    secrets_in_variables,
)


def pod(container: dict[str, Any] | None = None, **spec: Any) -> dict[str, Any]:
    return {
        "kind": "Pod",
        "spec": {"containers": [{"image": "app:1", **(container or {})}], **spec},
    }


def volume(**source: Any) -> dict[str, Any]:
    return pod(volumes=[{"name": "v", **source}])


@pytest.mark.parametrize(
    ("thing", "claim"),
    [
        (pod(initContainers=[{"image": "other:2"}]), "image other:2"),
        (pod(serviceAccountName="robot"), "service account robot"),
        (pod(serviceAccount="robot"), "service account robot"),
        (volume(hostPath={"path": "/", "type": "Directory"}), "hostPath volume /"),
        (volume(secret={"secretName": "x", "defaultMode": 420}), "secret volume x"),
        (volume(projected={"sources": [{"secret": {"name": "x"}}]}), "secret volume x"),
        (volume(persistentVolumeClaim={"claimName": "db"}), "persistentVolumeClaim volume db"),
        (volume(nfs={"server": "a", "path": "/b"}), 'nfs volume {"path": "/b", "server": "a"}'),
        (
            volume(projected={"sources": [{"serviceAccountToken": {"path": "t"}}]}),
            'serviceAccountToken volume {"path": "t"}',
        ),
        (pod(hostNetwork=True), "hostNetwork"),
        (pod(hostPID=True), "hostPID"),
        (pod(hostIPC=True), "hostIPC"),
        (pod(hostUsers=False), "hostUsers False"),
        (pod({"securityContext": {"privileged": True}}), "privileged"),
        (
            pod({"securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}),
            "capability SYS_ADMIN",
        ),
        (
            pod(securityContext={"seccompProfile": {"type": "Unconfined"}}),
            "seccompProfile Unconfined",
        ),
        (pod({"securityContext": {"procMount": "Unmasked"}}), "procMount Unmasked"),
        (pod({"securityContext": {"windowsOptions": {"hostProcess": True}}}), "hostProcess"),
        (pod({"ports": [{"containerPort": 80, "hostPort": 80}]}), "hostPort 80"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_is_a_claim(thing: dict[str, Any], claim: str) -> None:
    assert claims(thing) == {"image app:1", claim}


@pytest.mark.parametrize(
    "thing",
    [
        pod(),
        pod(serviceAccountName="default"),
        pod(securityContext={"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}),
        volume(emptyDir={}),
        volume(configMap={"name": "x"}),
        volume(projected={"sources": [{"configMap": {"name": "x"}}, {"downwardAPI": {}}]}),
    ],
)
def test_what_every_pod_may_have_is_none(thing: dict[str, Any]) -> None:
    assert claims(thing) == {"image app:1"}


def test_pods_of_a_cron_job_are_looked_at_and_other_objects_have_none() -> None:
    template = {"template": {"spec": pod(hostPID=True)["spec"]}}
    assert "hostPID" in claims({"kind": "CronJob", "spec": {"jobTemplate": {"spec": template}}})
    assert claims({"kind": "Service", "spec": {"ports": []}}) == set()


def test_secrets_of_variables_are_found() -> None:
    env = [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "one", "key": "a"}}}]
    sources = [{"secretRef": {"name": "two"}}, {"configMapRef": {"name": "three"}}]
    assert set(secrets_in_variables(pod({"env": env, "envFrom": sources}))) == {"one", "two"}


@pytest.mark.parametrize(
    "spec",
    [
        "words",
        ["words"],
        {"volumes": 5, "containers": "words", "securityContext": ["words"]},
        {"volumes": ["words", {"secret": "words"}, {"projected": {"sources": [5]}}]},
        {"volumes": [{"projected": "words"}, {"projected": {"sources": [{"secret": 5}]}}]},
        {"containers": ["words", {"env": 5, "envFrom": "words", "securityContext": 5}]},
        {"containers": [{"env": [5, {"valueFrom": 5}], "envFrom": [5, {"secretRef": 5}]}]},
        {"containers": [{"ports": [5], "securityContext": {"capabilities": 5}}]},
        {"containers": [{"securityContext": {"seccompProfile": 5, "windowsOptions": 5}}]},
    ],
)
def test_what_no_api_server_would_take_is_no_mistake_of_ours(spec: Any) -> None:
    thing = {"kind": "Job", "spec": {"template": {"spec": spec}}}
    claims(thing)
    assert list(secrets_in_variables(thing)) == []
