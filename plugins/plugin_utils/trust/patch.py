# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects by which a CA gets into pods, for server-side apply. Pure.

A field manager owns what it applies, and nothing else: an upgrade by Helm leaves these fields alone,
and applying less takes away what is left out
(https://kubernetes.io/docs/reference/using-api/server-side-apply/).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import bundle
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.decide import path_of
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import FOLDER, Runtime

Object = Mapping[str, Any]

MANAGER = "mailops-smtp-ca"
"""Owns the volume, the mount and the variables."""
HOLDER = "mailops-smtp-hold"
"""Owns what keeps a workload from rolling while several changes of one roll are made."""
VOLUME = "mailops-smtp-ca"
ANNOTATION = "mailops.smtp/ca"
"""Of the pods: what changes with the certificates, so that a change of them rolls the workload."""

_KEYS = ("name", "mountPath")
"""What tells the entries of a list of a pod's specification from each other."""


def config_map_name(state: Object) -> str:
    """The name of the ConfigMap that a workload's pods mount."""
    return f"mailops-smtp-ca-{state['kind'].lower()}-{state['metadata']['name']}"


def config_map(state: Object, files: Mapping[str, str]) -> dict[str, Any]:
    """The ConfigMap with the certificates, which goes when its workload is deleted."""
    metadata = state["metadata"]
    owner = {
        "apiVersion": "apps/v1",
        "kind": state["kind"],
        "name": metadata["name"],
        "uid": metadata["uid"],
    }
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": config_map_name(state),
            "labels": {"app.kubernetes.io/managed-by": "mailops.smtp"},
            "ownerReferences": [owner],
        },
        "data": dict(files),
    }


def bare(state: Object) -> dict[str, Any]:
    """A workload with none of its fields: applied, it takes away everything that the manager owned."""
    return {
        "apiVersion": "apps/v1",
        "kind": state["kind"],
        "metadata": {"name": state["metadata"]["name"]},
    }


def mounting(
    state: Object, runtimes: Mapping[Workload, Runtime], files: Mapping[str, str]
) -> dict[str, Any]:
    """A workload with the fields that bring the files into its containers.

    :param runtimes: the containers of this workload that get them.
    """
    containers = [
        {
            "name": workload.container,
            "env": [{"name": runtime.variable, "value": runtime.value(path_of(workload))}],
            "volumeMounts": [{"name": VOLUME, "mountPath": FOLDER, "readOnly": True}],
        }
        for workload, runtime in runtimes.items()
    ]
    volume = {"name": VOLUME, "configMap": {"name": config_map_name(state)}}
    template = {
        "metadata": {"annotations": {ANNOTATION: bundle.digest(files)}},
        "spec": {"containers": containers, "volumes": [volume]},
    }
    return {**bare(state), "spec": {"template": template}}


def holding(state: Object) -> dict[str, Any] | None:
    """A workload with what keeps it from rolling, to be forced; `None` where nothing does.

    A DaemonSet has nothing of the kind. The partition of a StatefulSet is left alone when the chart
    has set one. Whoever does not use server-side apply also owns the default, which nobody misses.
    """
    spec = state["spec"]
    if state["kind"] == "Deployment":
        return {**bare(state), "spec": {"paused": True}}
    strategy = spec.get("updateStrategy") or {}
    rolling = strategy.get("rollingUpdate") or {}
    if state["kind"] != "StatefulSet" or strategy.get("type") != "RollingUpdate":
        return None
    if rolling.get("partition") or _applied(state, ("spec", "updateStrategy", "rollingUpdate")):
        return None
    partition = {"rollingUpdate": {"partition": spec.get("replicas", 1)}}
    return {**bare(state), "spec": {"updateStrategy": partition}}


def _applied(state: Object, path: tuple[str, ...]) -> bool:
    """Whether somebody else has fields below a path by server-side apply."""
    for entry in state["metadata"].get("managedFields") or []:
        fields: Any = entry.get("fieldsV1") or {}
        for key in path:
            fields = fields.get(f"f:{key}") or {}
        if fields and entry.get("operation") == "Apply" and entry.get("manager") != HOLDER:
            return True
    return False


def managed(state: Object, manager: str) -> bool:
    """Whether a manager owns a field of an object."""
    entries = state["metadata"].get("managedFields") or []
    return any(entry.get("manager") == manager for entry in entries)


def contains(live: Any, wanted: Any) -> bool:
    """Whether everything that is wanted is there already, whatever else is."""
    if isinstance(wanted, Mapping):
        return isinstance(live, Mapping) and all(
            contains(live.get(key), value) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(live, list) and all(
            any(contains(entry, each) for entry in live if _same(entry, each)) for each in wanted
        )
    return bool(live == wanted)


def _same(live: Any, wanted: Any) -> bool:
    return not isinstance(wanted, Mapping) or all(
        live.get(key) == wanted[key] for key in _KEYS if key in wanted
    )


def told(workload: Object) -> str:
    """Our fields of a workload, as a person reads them; empty when there are none."""
    template = (workload.get("spec") or {}).get("template") or {}
    digest = ((template.get("metadata") or {}).get("annotations") or {}).get(ANNOTATION)
    lines = [f"certificates: {digest}"] if digest else []
    lines += [
        f"container {container['name']}: {entry['name']}={entry['value']}"
        for container in (template.get("spec") or {}).get("containers") or []
        for entry in container.get("env") or []
        if FOLDER in (entry.get("value") or "")
    ]
    return "".join(f"{line}\n" for line in lines)


def taken(container: Object, variable: str) -> bool:
    """Whether somebody else sets a variable of a container."""
    return any(
        entry["name"] == variable and FOLDER not in (entry.get("value") or "")
        for entry in container.get("env") or []
    )


def grouped(runtimes: Mapping[Workload, Runtime]) -> list[dict[Workload, Runtime]]:
    """The containers, those of one workload together: a manager applies all of its fields at once."""
    found: dict[tuple[str, str], dict[Workload, Runtime]] = {}
    for workload, runtime in runtimes.items():
        found.setdefault((workload.kind, workload.name), {})[workload] = runtime
    return list(found.values())
