# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of the API as the API server gives them, and a cluster and a clock that follow a script."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import ExecError, Executed
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload

API = Workload("Deployment", "qua-api", "api")
CMD = Workload("Deployment", "qua-cmd", "cmd")


def deployment(
    name: str = "qua-api", *, replicas: int = 1, updated: int = 1, ready: int = 1, **changes: Any
) -> dict[str, Any]:
    container = name.removeprefix("qua-")
    return {
        "kind": "Deployment",
        "metadata": {"name": name, "generation": changes.get("generation", 2)},
        "spec": {
            "replicas": replicas,
            "strategy": {"type": changes.get("strategy", "RollingUpdate")},
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "spec": {"containers": [{"name": container, "env": changes.get("env", [])}]}
            },
        },
        "status": {
            "observedGeneration": changes.get("observed", 2),
            "replicas": replicas,
            "updatedReplicas": updated,
            "readyReplicas": ready,
            "conditions": changes.get("conditions", []),
        },
    }


def pod(
    name: str = "qua-api-1",
    *,
    ready: bool = True,
    phase: str = "Running",
    containers: Sequence[Mapping[str, Any]] | None = None,
    **status: Any,
) -> dict[str, Any]:
    running = {
        "name": "cmd" if "-cmd-" in name else "api",
        "ready": ready,
        "state": {"running": {"startedAt": "t"}},
        "containerID": "x",
    }
    statuses = [running] if containers is None else list(containers)
    return {
        "metadata": {"name": name},
        "spec": {"containers": [{"name": entry["name"]} for entry in statuses]},
        "status": {
            "phase": phase,
            "conditions": [
                {"type": "PodScheduled", "status": "True"},
                {"type": "Ready", "status": str(ready)},
            ],
            "containerStatuses": statuses,
            **status,
        },
    }


def leaving(name: str) -> dict[str, Any]:
    """A pod that is on its way out, and still ready."""
    found = pod(name)
    found["metadata"]["deletionTimestamp"] = "2026-11-21T09:00:00Z"
    return found


def crashing(name: str = "qua-api-1") -> dict[str, Any]:
    """A pod whose container ends again and again."""
    ended = {"terminated": {"exitCode": 1, "reason": "Error"}}
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    container = {"name": "api", "ready": False, "containerID": "x", "state": waiting}
    return pod(name, ready=False, containers=[{**container, "lastState": ended}])


def environ(**variables: str) -> bytes:
    return b"".join(f"{name}={value}\0".encode() for name, value in variables.items())


def secret(**data: str) -> dict[str, Any]:
    return {"data": {key: base64.b64encode(text.encode()).decode() for key, text in data.items()}}


@dataclass
class Clock:
    """A clock on which only sleeping takes time."""

    time: float = 0.0
    on_sleep: Callable[[float], None] = lambda _time: None

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        self.on_sleep(self.time)


@dataclass
class ScriptedCluster:
    """A namespace whose objects a test changes as time goes by."""

    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    pods_of: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    environments: dict[str, bytes] = field(default_factory=dict)
    secrets: dict[str, dict[str, Any]] = field(default_factory=dict)
    config_maps: dict[str, dict[str, Any]] = field(default_factory=dict)
    warnings: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)
    may_look: bool = True
    patched: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    asked_previous: list[bool] = field(default_factory=list)
    namespace: str = "apps"

    def workload(self, kind: str, name: str) -> dict[str, Any] | None:
        state = self.states.get(name)
        return state if state and state["kind"] == kind else None

    def pods(self, selector: Mapping[str, Any]) -> list[dict[str, Any]]:
        return self.pods_of.get(selector["matchLabels"]["app"], [])

    def secret(self, name: str) -> dict[str, Any] | None:
        return self.secrets.get(name)

    def config_map(self, name: str) -> dict[str, Any] | None:
        return self.config_maps.get(name)

    def execute(self, pod: str, container: str, argv: Sequence[str]) -> Executed:
        if pod not in self.environments:
            raise ExecError(
                f'container {container}: exec: "cat": executable file not found in $PATH'
            )
        return Executed(0, self.environments[pod], b"")

    def events(self, pod: str) -> list[dict[str, Any]]:
        self._look()
        return self.warnings.get(pod, [])

    def log(self, pod: str, container: str, *, lines: int, previous: bool = False) -> str:
        self._look()
        self.asked_previous.append(previous)
        return self.logs.get(pod, "")

    def annotate_template(self, kind: str, name: str, annotations: dict[str, str]) -> None:
        self.patched.append((kind, name, annotations))

    def _look(self) -> None:
        if not self.may_look:
            raise FindingError(CATALOGUE.finding("cluster-rights-missing", where="", problem="no"))
