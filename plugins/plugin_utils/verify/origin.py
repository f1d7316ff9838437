# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which entries of ConfigMaps and Secrets the variables and files of a container come from. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

Place = tuple[str, str, str]
"""Kind, name and key of an entry of a ConfigMap or Secret of the namespace."""

_VARIABLES = (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap"))
_ALL = (("secretRef", "Secret"), ("configMapRef", "ConfigMap"))
_VOLUMES = (("configMap", "ConfigMap", "name"), ("secret", "Secret", "secretName"))


def of_variables(container: Mapping[str, Any], variables: Collection[str]) -> set[Place]:
    """The entries that some variables of a container would come from, were they all there.

    :param container: of a pod or a template.
    """
    found = set()
    for entry in container.get("env") or []:
        origin = entry.get("valueFrom") or {}
        for field, kind in _VARIABLES:
            source = origin.get(field)
            if source and entry["name"] in variables:
                found.add((kind, source["name"], source["key"]))
    for source in container.get("envFrom") or []:
        for field, kind in _ALL:
            if field in source:
                prefix, name = source.get("prefix", ""), source[field]["name"]
                found |= {
                    (kind, name, variable.removeprefix(prefix))
                    for variable in variables
                    if variable.startswith(prefix)
                }
    return found


def of_file(spec: Mapping[str, Any], container: Mapping[str, Any], path: str) -> list[Place]:
    """The entries that would stand as the file at a path of a container; of two the later one counts.

    Empty for a file that is of the image, or that a volume of another type holds.

    :param spec: of the pods.
    """
    mounts = [
        (mount, inside)
        for mount in container.get("volumeMounts") or []
        if (inside := _inside(mount, path)) is not None
    ]
    if not mounts:
        return []
    # What is mounted deeper lies above what is mounted around it.
    mount, inside = max(mounts, key=lambda found: len(found[0]["mountPath"]))
    volumes = {volume["name"]: volume for volume in spec.get("volumes") or []}
    return list(_entries(volumes.get(mount["name"], {}), inside))


def may_be_secret(spec: Mapping[str, Any], container: Mapping[str, Any], path: str) -> bool:
    """Whether the file at a path of a container may come from a Secret, or a token of the cluster.

    :param spec: of the pods.
    """
    mounts = [
        mount["name"]
        for mount in container.get("volumeMounts") or []
        if path == mount["mountPath"] or path.startswith(mount["mountPath"].rstrip("/") + "/")
    ]
    return any(
        source.keys() & {"secret", "serviceAccountToken", "csi"}
        for volume in spec.get("volumes") or []
        if volume["name"] in mounts
        for source in _sources(volume)
    )


def mounted(spec: Mapping[str, Any], container: Mapping[str, Any], secret: str) -> bool:
    """Whether a container has files out of a Secret."""
    names = {mount["name"] for mount in container.get("volumeMounts") or []}
    return any(
        body.get(named, body.get("name")) == secret
        for volume in spec.get("volumes") or []
        if volume["name"] in names
        for source in _sources(volume)
        for field, kind, named in _VOLUMES
        if kind == "Secret" and (body := source.get(field))
    )


def _inside(mount: Mapping[str, Any], path: str) -> str | None:
    """Where in its volume a mount has the file at a path; `None` when it has it not."""
    if mount.get("subPathExpr"):
        return None
    at, part = mount["mountPath"].rstrip("/"), mount.get("subPath")
    if path == at:
        return str(part) if part else None
    if not path.startswith(f"{at}/"):
        return None
    below = path.removeprefix(f"{at}/")
    return f"{part.rstrip('/')}/{below}" if part else below


def _sources(volume: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [volume, *((volume.get("projected") or {}).get("sources") or [])]


def _entries(volume: Mapping[str, Any], inside: str) -> Iterator[Place]:
    """The entries of a volume that are the file at a path in it."""
    for source in _sources(volume):
        for field, kind, named in _VOLUMES:
            body = source.get(field)
            if not body:
                continue
            items = {item["path"]: item["key"] for item in body.get("items") or []}
            name = body.get(named) or body.get("name")
            if name and (not items or inside in items):
                yield kind, name, items.get(inside, inside)
