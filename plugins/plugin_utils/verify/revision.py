# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pods of a workload are of an older revision of its template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import lives

Object = Mapping[str, Any]

_NUMBER = "deployment.kubernetes.io/revision"
_LABELS = {"Deployment": "pod-template-hash"}
_LABEL = "controller-revision-hash"


def older(cluster: Cluster, state: Object, pods: Sequence[Object]) -> list[str]:
    """The names of the pods that live and were not made from the template as it is now.

    :param state: the workload.
    :raises FindingError: when the revisions may not be listed. They are asked for only when the
        workload's own status does not tell.
    """
    label = _LABELS.get(state["kind"], _LABEL)
    hashes = {
        pod["metadata"]["name"]: pod["metadata"].get("labels", {}).get(label)
        for pod in pods
        if lives(pod)
    }
    if not hashes or _all_new(state, len(hashes)):
        return []
    newest = _newest(cluster, state, label)
    return [name for name, found in hashes.items() if found != newest]


def _all_new(state: Object, count: int) -> bool:
    """Whether the workload itself says that all its pods are new."""
    status = state.get("status") or {}
    updated: int = status.get("updatedReplicas", status.get("updatedNumberScheduled", 0))
    observed: int = status.get("observedGeneration", 0)
    return observed >= state["metadata"]["generation"] and updated == count


def _newest(cluster: Cluster, state: Object, label: str) -> str | None:
    """The hash of the template as it is now."""
    if state["kind"] == "StatefulSet":
        newest: str | None = (state.get("status") or {}).get("updateRevision")
        return newest
    uid, number = state["metadata"]["uid"], state["metadata"].get("annotations", {}).get(_NUMBER)
    own = [
        entry
        for entry in cluster.revisions_of(state["kind"], state["spec"]["selector"])
        if any(owner["uid"] == uid for owner in entry["metadata"].get("ownerReferences") or [])
    ]
    if state["kind"] == "Deployment":
        own = [
            entry
            for entry in own
            if entry["metadata"].get("annotations", {}).get(_NUMBER) == number
        ]
    latest = max(own, key=lambda entry: int(entry.get("revision", 0)), default=None)
    return latest["metadata"]["labels"].get(label) if latest else None
