# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the state of a pod means. Pure: API objects in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

_MAKERS = {"Deployment": "ReplicaSet"}
"""The kind that makes the pods of a kind of workload, where it is another."""
_HASH = "pod-template-hash"


def is_of(pod: Mapping[str, Any], workload: Mapping[str, Any]) -> bool:
    """Whether a pod that a workload's selector means was made by it, and not by a Job or by another
    workload with the same labels.

    A ReplicaSet has the name of its Deployment and the hash that its pods have as a label, so it need not
    be asked for (kubernetes.io/docs/concepts/workloads/controllers/deployment/#creating-a-deployment).
    """
    kind, metadata = workload["kind"], pod["metadata"]
    maker = workload["metadata"]["name"]
    if kind in _MAKERS:
        kind, maker = _MAKERS[kind], f"{maker}-{(metadata.get('labels') or {}).get(_HASH)}"
    return any(
        owner.get("controller") and (owner["kind"], owner["name"]) == (kind, maker)
        for owner in metadata.get("ownerReferences") or []
    )


def lives(pod: Mapping[str, Any]) -> bool:
    """Whether a pod is neither on its way out nor over (evicted, completed)."""
    over = (pod.get("status") or {}).get("phase") in ("Failed", "Succeeded")
    return not over and not pod["metadata"].get("deletionTimestamp")


def is_ready(pod: Mapping[str, Any]) -> bool:
    """Whether a pod lives and is ready."""
    conditions = (pod.get("status") or {}).get("conditions") or []
    return lives(pod) and any(
        entry["type"] == "Ready" and entry["status"] == "True" for entry in conditions
    )


def runs(pod: Mapping[str, Any], container: str) -> bool:
    """Whether a container of a living pod runs, ready or not."""
    statuses = (pod.get("status") or {}).get("containerStatuses") or []
    return lives(pod) and any(
        entry["name"] == container and (entry.get("state") or {}).get("running")
        for entry in statuses
    )


def created(pod: Mapping[str, Any]) -> datetime:
    """Return when a pod was made, by the clock of the API server."""
    return datetime.fromisoformat(pod["metadata"]["creationTimestamp"])


def started(pod: Mapping[str, Any], container: str) -> datetime | None:
    """When a container that runs was started, by the clock of its node; `None` when it does not run."""
    for entry in (pod.get("status") or {}).get("containerStatuses") or []:
        running = (entry.get("state") or {}).get("running")
        if entry["name"] == container and running:
            return datetime.fromisoformat(running["startedAt"])
    return None
