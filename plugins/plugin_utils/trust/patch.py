# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects by which a CA gets into pods, for server-side apply. Pure.

A field manager owns what it applies, and nothing else: an upgrade by Helm leaves these fields alone,
and applying less takes away what is left out
(https://kubernetes.io/docs/reference/using-api/server-side-apply/).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Workload,
    WorkloadKind,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import bundle
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import mounted as mounts
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.decide import path_of
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounted import (
    VOLUME,
    Mounted,
    digest_in,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import (
    FOLDER,
    RUNTIMES,
    Runtime,
)

Object = Mapping[str, Any]

MANAGER = "mailops-smtp-ca"
"""Owns the volume, the mount and the variables."""
LABELS = {"app.kubernetes.io/managed-by": "mailops.smtp"}
"""The labels of the ConfigMaps that this collection makes."""

_KEYS = ("name", "mountPath")
"""What tells the entries of a list of a pod's specification from each other."""


def config_map_name(state: Object, files: Mapping[str, str]) -> str:
    """The name of the ConfigMap with these files for a workload's pods.

    Other certificates are another ConfigMap, so that they roll the workload, and so that the pods from
    before keep theirs.
    """
    return mounts.config_map_name(*place(state), bundle.digest(files))


def config_map(state: Object, files: Mapping[str, str]) -> dict[str, Any]:
    """The ConfigMap with the certificates, which goes when its workload is deleted.

    Nobody can change its content: it is immutable, and its name holds the digest of the content.
    """
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": config_map_name(state, files),
            "labels": dict(LABELS),
            "ownerReferences": [_owner(state)],
        },
        "data": dict(files),
        "immutable": True,
    }


def _owner(state: Object) -> dict[str, Any]:
    metadata = state["metadata"]
    return {
        "apiVersion": "apps/v1",
        "kind": state["kind"],
        "name": metadata["name"],
        "uid": metadata["uid"],
    }


def digest_of(workload: Object) -> str:
    """Return the digest of the files that a workload's pods mount; empty when they mount none of ours."""
    for volume in _pod(workload).get("volumes") or []:
        if volume["name"] == VOLUME:
            name = (volume.get("configMap") or {}).get("name")
            return digest_in(*place(workload), name)
    return ""


def config_map_of(workload: Object) -> str | None:
    """Return the name of our ConfigMap that a workload's pods mount; `None` when they mount none."""
    digest = digest_of(workload)
    return mounts.config_map_name(*place(workload), digest) if digest else None


def is_genuine(config_map: Object, digest: str) -> bool:
    """Return whether the content of a ConfigMap is what its name says.

    :param digest: the one in its name.
    """
    data = config_map.get("data") or {}
    return not config_map.get("binaryData") and bundle.digest(data) == digest


def is_ours(config_map: Object, workload: Object) -> bool:
    """Return whether this collection has made a ConfigMap for a workload, by its label and its owner."""
    metadata = config_map["metadata"]
    labelled = (metadata.get("labels") or {}).items() >= LABELS.items()
    owners = metadata.get("ownerReferences") or []
    return labelled and any(
        contains(owner, _owner(workload)) for owner in owners if isinstance(owner, Mapping)
    )


def _pod(workload: Object) -> Mapping[str, Any]:
    template = (workload.get("spec") or {}).get("template") or {}
    return template.get("spec") or {}


def place(workload: Object) -> tuple[str, str]:
    """The kind and the name of a workload."""
    return workload["kind"], workload["metadata"]["name"]


def label(workload: Object) -> str:
    """How a workload is called in what people read."""
    return " ".join(place(workload))


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
    containers = [_container(workload, runtime) for workload, runtime in runtimes.items()]
    return _mounting(state, containers, config_map_name(state, files))


def _container(workload: Workload, runtime: Runtime) -> dict[str, Any]:
    return {
        "name": workload.container,
        "env": [{"name": runtime.variable, "value": runtime.value(path_of(workload))}],
        "volumeMounts": [{"name": VOLUME, "mountPath": FOLDER, "readOnly": True}],
    }


def _mounting(
    state: Object, containers: Sequence[Mapping[str, Any]], config_map: str
) -> dict[str, Any]:
    volume = {"name": VOLUME, "configMap": {"name": config_map}}
    pod = {"containers": containers, "volumes": [volume]}
    return {**bare(state), "spec": {"template": {"spec": pod}}}


def restored(before: Mounted, state: Object) -> dict[str, Any]:
    """Return a workload with the fields that it had: applied, it has them again.

    :param state: the workload as it is.
    """
    if not before.digest:
        return bare(state)
    containers = [
        _container(Workload(before.kind, before.name, container), RUNTIMES[runtime])
        for container, runtime in before.containers.items()
    ]
    return _mounting(state, containers, str(before.config_map))


def mounted(state: Object) -> Mounted:
    """Return what we own in a workload now."""
    kind, name = cast(WorkloadKind, state["kind"]), state["metadata"]["name"]
    digest = digest_of(state) if managed(state, MANAGER) else ""
    containers = {
        container["name"]: runtime
        for container in (_pod(state).get("containers") or [] if digest else [])
        if (runtime := _runtime(Workload(kind, name, container["name"]), container))
    }
    return Mounted(kind, name, digest, containers) if containers else Mounted(kind, name)


def _runtime(workload: Workload, container: Object) -> str:
    """Return the first runtime whose variable a container has as we set it; empty when there is none."""
    env = {entry["name"]: entry.get("value") for entry in container.get("env") or []}
    return next(
        (
            name
            for name, runtime in RUNTIMES.items()
            if runtime.variable and env.get(runtime.variable) == runtime.value(path_of(workload))
        ),
        "",
    )


def _told(container: Object) -> Iterator[Mapping[str, Any]]:
    """The variables of a container that tell of our folder."""
    return (each for each in container.get("env") or [] if FOLDER in (each.get("value") or ""))


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
    name = config_map_of(workload)
    lines = [f"certificates: ConfigMap {name}"] if name else []
    lines += [
        f"container {container['name']}: {entry['name']}={entry['value']}"
        for container in _pod(workload).get("containers") or []
        for entry in _told(container)
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
