# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the state of a workload means for its rollout. Pure: API objects in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import (
    created,
    is_ready,
    lives,
)

Object = Mapping[str, Any]


def complete(workload: Object, pods: Sequence[Object]) -> bool:
    """Whether every pod is ready and of the newest template (as ``kubectl rollout status``).

    Pods that are to keep an older one, by the update strategy, are not waited for.
    """
    living = [pod for pod in pods if lives(pod)]
    return reported(workload) and len(living) == wanted(workload) and all(map(is_ready, living))


def reported(workload: Object) -> bool:
    """Whether a workload itself says so. It does also while pods of the older template still end."""
    status = workload.get("status") or {}
    if not _observed(workload):
        return False
    if workload["kind"] == "DaemonSet":
        updated, ready = status.get("updatedNumberScheduled", 0), status.get("numberReady", 0)
    else:
        updated, ready = status.get("updatedReplicas", 0), status.get("readyReplicas", 0)
    count = wanted(workload)
    return bool((on_delete(workload) or updated >= count - partition(workload)) and ready >= count)


def _observed(workload: Object) -> bool:
    """Whether the status is that of the specification as it is now."""
    observed = (workload.get("status") or {}).get("observedGeneration", 0)
    return bool(observed >= workload["metadata"]["generation"])


def wanted(workload: Object) -> int:
    """How many pods the workload should have."""
    if workload["kind"] == "DaemonSet":
        return int((workload.get("status") or {}).get("desiredNumberScheduled", 0))
    return int(workload["spec"].get("replicas", 1))


def on_delete(workload: Object) -> bool:
    """Whether pods get a new template only when somebody deletes them."""
    return bool(_strategy(workload).get("type") == "OnDelete")


def partition(workload: Object) -> int:
    """How many pods of a StatefulSet keep an older template; at most as many as there are."""
    rolling = _strategy(workload).get("rollingUpdate") or {}
    return min(int(rolling.get("partition") or 0), wanted(workload))


def kept_back(workload: Object, pod: Object) -> bool:
    """Whether the partition of a StatefulSet lets a pod keep an older template, so that no restart gives it
    the newest (kubernetes.io/docs/concepts/workloads/controllers/statefulset/#partitions).
    """
    if not partition(workload):
        return False
    ordinal = int(pod["metadata"]["name"].rpartition("-")[2])
    first = int((workload["spec"].get("ordinals") or {}).get("start", 0))
    below = ordinal - first < partition(workload)
    return below and not _is_new(workload, pod)


def stuck(workload: Object, pods: Iterable[Object]) -> list[Object]:
    """The pods of a StatefulSet that do not come up, and that it does not replace by a newer template: it
    waits until they are ready, also when that is never
    (kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback).
    """
    if not may_be_stuck(workload) or not _observed(workload):
        return []
    waiting = (pod for pod in pods if lives(pod) and not is_ready(pod))
    return [pod for pod in waiting if not _is_new(workload, pod) and not kept_back(workload, pod)]


def may_be_stuck(workload: Object) -> bool:
    """Whether a workload replaces one pod only when the one before is ready."""
    return (
        workload["kind"] == "StatefulSet"
        and workload["spec"].get("podManagementPolicy") != "Parallel"
        and not on_delete(workload)
    )


def _is_new(workload: Object, pod: Object) -> bool:
    """Whether a pod of a StatefulSet has its newest template."""
    newest = (workload.get("status") or {}).get("updateRevision")
    labels = pod["metadata"].get("labels") or {}
    return bool(labels.get("controller-revision-hash") == newest)


def rolls(before: Object, after: Object) -> bool:
    """Whether a workload rolls by itself from one of its states to the next.

    The generation does not tell: an autoscaler raises it too.
    """
    return before["spec"]["template"] != after["spec"]["template"] and not on_delete(after)


def replaces_pods(workload: Object, pods: Iterable[Object], now: datetime, seconds: float) -> bool:
    """Return whether a workload that should have pods is about to have a ready one.

    It is while pods leave or are missing, and while one is younger than the time that it is given to become
    ready.

    :param now: by the clock of the API server.
    :param seconds: that a pod may take to become ready.
    """
    living = [pod for pod in pods if lives(pod)]
    if wanted(workload) == 0 or any(map(is_ready, living)):
        return False
    return len(living) < wanted(workload) or any(
        (now - created(pod)).total_seconds() < seconds for pod in living
    )


def interruption(workload: Object) -> str | None:
    """Why a roll interrupts the service of a workload; `None` when it does not."""
    strategy, count = _strategy(workload), wanted(workload)
    if count == 0:
        return None
    if workload["kind"] == "Deployment":
        if strategy.get("type") == "Recreate":
            return "strategy Recreate stops the old pods before the new ones start"
        if _unavailable(strategy.get("rollingUpdate") or {}, count) >= count:
            return "its strategy lets all pods be stopped before the new ones start"
        return None
    if count == 1 and not (strategy.get("rollingUpdate") or {}).get("maxSurge"):
        return f"a {workload['kind']} with one pod stops it before its successor starts"
    return None


def _strategy(workload: Object) -> Object:
    name = "strategy" if workload["kind"] == "Deployment" else "updateStrategy"
    found: Object = workload["spec"].get(name) or {}
    return found


def _unavailable(rolling: Object, count: int) -> int:
    """How many of `count` pods may be missing: a number, or a share that is rounded down."""
    value = rolling.get("maxUnavailable", "25%")
    if isinstance(value, str):
        return count * int(value.rstrip("%")) // 100
    return int(value)
