# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of Kubernetes, and what a trial writes of them."""

from __future__ import annotations

import base64
import copy
from collections.abc import Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import Change, of_trial
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import Write
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Evidence,
    FileEvidence,
    Workload,
)

NAMESPACE = "apps"
APP = Workload("Deployment", "hub-app", "app")
EVIDENCE = Evidence(
    env={"MAIL_HOST": "relay", "MAIL_PASSWORD": "new"},
    files=(FileEvidence("/etc/app/app.ini", ("host = relay", "port = 587")),),
)


def deployment(name: str = "hub-app", **more: Any) -> dict[str, Any]:
    """A Deployment with mail settings from everywhere. `more` are variables and fields of its spec."""
    reference = {"secretKeyRef": {"name": "hub-mail", "key": "password"}}
    env = [
        {"name": "MAIL_HOST", "value": more.pop("host", "relay")},
        {"name": "MAIL_PASSWORD", "valueFrom": reference},
        *({"name": key, "value": value} for key, value in more.pop("env", {}).items()),
    ]
    container = {
        "name": "app",
        "image": more.pop("image", "app:1"),
        "env": env,
        "volumeMounts": [{"name": "config", "mountPath": "/etc/app"}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": name,
            "namespace": NAMESPACE,
            "labels": more.pop("labels", {}),
            "generation": 3,
            "resourceVersion": "7",
        },
        "spec": {
            "replicas": more.pop("replicas", 1),
            "template": {
                "metadata": {"annotations": more.pop("annotations", {})},
                "spec": {
                    "containers": [container],
                    "volumes": [{"name": "config", "configMap": {"name": "hub-config"}}],
                },
            },
        },
        "status": {"replicas": 1},
    }


def secret(name: str = "hub-mail", **data: str) -> dict[str, Any]:
    encoded = {key: base64.b64encode(text.encode()).decode() for key, text in data.items()}
    return {"kind": "Secret", "metadata": {"name": name, "namespace": NAMESPACE}, "data": encoded}


def config_map(name: str = "hub-config", data: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "data": dict(data or {}),
    }


def patched(live: Mapping[str, Any], answer: Mapping[str, Any]) -> Write:
    return Write("PATCH", 200, {}, copy.deepcopy(live), copy.deepcopy(answer))


def made(answer: Mapping[str, Any]) -> Write:
    return Write("POST", 201, answer, None, answer)


def removed(live: Mapping[str, Any]) -> Write:
    return Write("DELETE", 200, {}, live, {"kind": "Status"})


def refused(
    status: int, message: str, *causes: Mapping[str, str], live: Mapping[str, Any] | None = None
) -> Write:
    answer = {"kind": "Status", "message": message, "details": {"causes": list(causes)}}
    return Write("PATCH", status, {}, live or deployment(), answer)


def changes(*writes: Write) -> list[Change]:
    return of_trial(writes, NAMESPACE)
