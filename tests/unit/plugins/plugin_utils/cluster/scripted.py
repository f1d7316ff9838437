# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of the API as the API server gives them, and a cluster and a clock that follow a script."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import is_of
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import ExecError, Executed
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload

STARTED = "2026-11-21T09:00:00Z"
EARLIER, LATER = "2026-11-21T08:00:00Z", "2026-11-21T10:00:00Z"

API = Workload("Deployment", "qua-api", "api")
CMD = Workload("Deployment", "qua-cmd", "cmd")


def deployment(
    name: str = "qua-api", *, replicas: int = 1, updated: int = 1, ready: int = 1, **changes: Any
) -> dict[str, Any]:
    container = name.removeprefix("qua-")
    return {
        "kind": "Deployment",
        "metadata": {
            "name": name,
            "uid": f"uid of {name}",
            "generation": changes.get("generation", 2),
            "annotations": {"deployment.kubernetes.io/revision": "2"},
        },
        "spec": {
            "replicas": replicas,
            "strategy": {"type": changes.get("strategy", "RollingUpdate")},
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "spec": {
                    "containers": [{"name": container, **changes.get("container", {})}],
                    "volumes": changes.get("volumes", []),
                }
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
    owner: str = "ReplicaSet",
    **status: Any,
) -> dict[str, Any]:
    running = {
        "name": "cmd" if "-cmd-" in name else "api",
        "ready": ready,
        "state": {"running": {"startedAt": STARTED}},
        "containerID": "x",
    }
    statuses = [running] if containers is None else list(containers)
    maker = name.rpartition("-")[0] + ("-new" if owner == "ReplicaSet" else "")
    return {
        "metadata": {
            "name": name,
            "uid": f"uid of {name}",
            "creationTimestamp": EARLIER,
            "labels": {"pod-template-hash": "new"},
            "ownerReferences": [{"kind": owner, "name": maker, "controller": True}],
        },
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


def warning(reason: str, message: str, of: str = "qua-api-1") -> dict[str, Any]:
    """An event of an object of that name."""
    return {
        "type": "Warning",
        "reason": reason,
        "message": message,
        "involvedObject": {"uid": f"uid of {of}"},
    }


def secret(**data: str) -> dict[str, Any]:
    return {"data": {key: base64.b64encode(text.encode()).decode() for key, text in data.items()}}


def changed(thing: Mapping[str, Any], at: str) -> dict[str, Any]:
    """A ConfigMap or Secret whose content somebody has last changed at a time."""
    entry = {"manager": "helm", "time": at, "fieldsV1": {"f:data": {}}}
    metadata = {"creationTimestamp": EARLIER, "managedFields": [entry]}
    return {**thing, "metadata": metadata}


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
    files: dict[str, bytes | str] = field(default_factory=dict)
    revisions: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    secrets: dict[str, dict[str, Any]] = field(default_factory=dict)
    config_maps: dict[str, dict[str, Any]] = field(default_factory=dict)
    warnings: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)
    may_look: bool = True
    now: str = LATER
    away: FindingError | None = None
    patched: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    asked_previous: list[bool] = field(default_factory=list)
    watched: list[tuple[str, float]] = field(default_factory=list)
    on_watch: Callable[[str], None] = lambda _name: None
    namespace: str = "apps"
    instead: Executed | ExecError | None = None

    def workload(self, kind: str, name: str) -> dict[str, Any] | None:
        if self.away is not None:
            raise self.away
        state = self.states.get(name)
        return state if state and state["kind"] == kind else None

    def comes_to(
        self,
        workload: Mapping[str, Any],
        state: Callable[[Mapping[str, Any]], bool],
        seconds: float,
    ) -> bool:
        name = workload["metadata"]["name"]
        self.watched.append((name, seconds))
        if self.away is not None:
            raise self.away
        self.on_watch(name)
        return state(self.states[name])

    def own_pods(self, workload: Mapping[str, Any]) -> list[dict[str, Any]]:
        pods = self.pods_of.get(workload["spec"]["selector"]["matchLabels"]["app"], [])
        return [pod for pod in pods if is_of(pod, workload)]

    def time(self) -> datetime:
        return datetime.fromisoformat(self.now)

    def secret(self, name: str) -> dict[str, Any] | None:
        return self.secrets.get(name)

    def config_map(self, name: str) -> dict[str, Any] | None:
        return self.config_maps.get(name)

    def pod(self, name: str) -> dict[str, Any] | None:
        every = (pod for pods in self.pods_of.values() for pod in pods)
        return next((pod for pod in every if pod["metadata"]["name"] == name), None)

    def delete_pod(self, name: str) -> None:
        self.deleted.append(name)

    def revisions_of(self, kind: str, selector: Mapping[str, Any]) -> list[dict[str, Any]]:
        return self.revisions

    def execute(self, pod: str, container: str, argv: Sequence[str]) -> Executed:
        """Runs cat. What `files` has for a path is its content, or as a text what cat complains of.

        Or what it answers `instead`, whatever is run.
        """
        if isinstance(self.instead, ExecError):
            raise self.instead
        if self.instead is not None:
            return self.instead
        if pod not in self.environments:
            raise ExecError(
                f'container {container}: exec: "cat": executable file not found in $PATH'
            )
        command, path = argv
        assert command == "cat"
        if path == "/proc/self/environ":
            return Executed(0, self.environments[pod], b"")
        content = self.files.get(path, "No such file or directory")
        if isinstance(content, str):
            return Executed(1, b"", f"cat: {path}: {content}".encode())
        return Executed(0, content, b"")

    def events(self, name: str) -> list[dict[str, Any]]:
        self._look()
        return self.warnings.get(name, [])

    def log(self, pod: str, container: str, *, lines: int, previous: bool = False) -> str:
        self._look()
        self.asked_previous.append(previous)
        return self.logs.get(pod, "")

    def annotate_template(self, kind: str, name: str, annotations: dict[str, str]) -> None:
        self.patched.append((kind, name, annotations))

    def _look(self) -> None:
        if not self.may_look:
            raise FindingError(CATALOGUE.finding("cluster-rights-missing", where="", problem="no"))
