# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a workload has rolled, and why not. Pure: API objects in, words out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import is_ready, lives


def complete(workload: Mapping[str, Any], pods: Sequence[Mapping[str, Any]]) -> bool:
    """Whether every pod of the workload is of the newest template and ready (as ``kubectl rollout status``)."""
    status = workload.get("status") or {}
    if status.get("observedGeneration", 0) < workload["metadata"]["generation"]:
        return False
    if workload["kind"] == "DaemonSet":
        updated, ready = status.get("updatedNumberScheduled", 0), status.get("numberReady", 0)
    else:
        updated, ready = status.get("updatedReplicas", 0), status.get("readyReplicas", 0)
    count = wanted(workload)
    living = [pod for pod in pods if lives(pod)]
    return (
        updated == count and ready >= count and len(living) == count and all(map(is_ready, living))
    )


def wanted(workload: Mapping[str, Any]) -> int:
    """How many pods the workload should have."""
    if workload["kind"] == "DaemonSet":
        return int((workload.get("status") or {}).get("desiredNumberScheduled", 0))
    return int(workload["spec"].get("replicas", 1))


def interruption(workload: Mapping[str, Any]) -> str | None:
    """Why a roll interrupts the service of a workload; `None` when it does not."""
    spec = workload["spec"]
    if workload["kind"] == "Deployment" and (spec.get("strategy") or {}).get("type") == "Recreate":
        return "strategy Recreate stops the old pods before the new ones start"
    if workload["kind"] == "StatefulSet" and spec.get("replicas", 1) == 1:
        return "a StatefulSet with one replica stops it before its successor starts"
    return None


def trouble(pod: Mapping[str, Any]) -> str | None:
    """What keeps a pod from being ready, in its own words; `None` when its state does not say."""
    status = pod.get("status") or {}
    for entry in [
        *(status.get("initContainerStatuses") or []),
        *(status.get("containerStatuses") or []),
    ]:
        state, last = entry.get("state") or {}, entry.get("lastState") or {}
        waiting, ended = state.get("waiting"), state.get("terminated") or last.get("terminated")
        if waiting and waiting.get("reason") not in ("ContainerCreating", "PodInitializing"):
            text = f"container {entry['name']}: {waiting.get('reason')}"
            if ended:
                return f"{text}, it ended with exit code {ended.get('exitCode')} ({ended.get('reason')})"
            return f"{text}: {waiting['message']}" if waiting.get("message") else text
        if ended and not entry.get("ready"):
            return f"container {entry['name']} ended with exit code {ended.get('exitCode')} ({ended.get('reason')})"
    for condition in status.get("conditions") or []:
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            return f"{condition.get('reason')}: {condition.get('message')}"
    for entry in status.get("containerStatuses") or []:
        if (entry.get("state") or {}).get("running") and not entry.get("ready"):
            return f"container {entry['name']} runs and is not ready"
    return None


def failing_conditions(workload: Mapping[str, Any]) -> list[str]:
    """What the workload itself says when it cannot even make pods, such as a quota."""
    conditions = (workload.get("status") or {}).get("conditions") or []
    return [
        f"{entry.get('reason')}: {entry.get('message')}"
        for entry in conditions
        if entry["type"] == "ReplicaFailure" and entry["status"] == "True"
    ]


def last_warning(events: Sequence[Mapping[str, Any]]) -> str | None:
    """The newest warning among a pod's events."""
    warnings = [event for event in events if event.get("type") == "Warning"]
    return f"{warnings[-1].get('reason')}: {warnings[-1].get('message')}" if warnings else None
