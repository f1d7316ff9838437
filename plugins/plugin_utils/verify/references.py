# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Secrets, ConfigMaps and keys the pods of a workload need to start, and which are missing. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounted import VOLUME

Read = Callable[[str, str], Mapping[str, Any] | None]
"""Reads an object by its kind and name; `None` when it is not there."""

_OF_VARIABLE = (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap"))
_OF_ALL = (("secretRef", "Secret"), ("configMapRef", "ConfigMap"))
_OF_VOLUME = (("secret", "Secret", "secretName"), ("configMap", "ConfigMap", "name"))


@dataclass(frozen=True, order=True)
class Reference:
    """A Secret or ConfigMap of the namespace, or one key of it.

    :param key: empty for the object as a whole.
    """

    kind: str
    name: str
    key: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" + (f", key {self.key}" if self.key else "")

    @property
    def whole(self) -> Reference:
        """The object that it is about."""
        return Reference(self.kind, self.name)


def required(spec: Mapping[str, Any]) -> list[Reference]:
    """Return what must exist before the kubelet starts a pod, without what is optional.

    :param spec: of the pod.
    """
    every = [*(spec.get("initContainers") or []), *(spec.get("containers") or [])]
    found = [each for container in every for each in _of_container(container)]
    found += [each for volume in spec.get("volumes") or [] for each in _of_volume(volume)]
    return list(dict.fromkeys(found))


def missing(references: Iterable[Reference], read: Read) -> list[Reference]:
    """Return the references to what is not there; for an object that is not there, the object alone."""
    found: dict[Reference, None] = {}
    for each in references:
        thing = read(each.kind, each.name)
        if thing is None:
            found[each.whole] = None
        elif each.key and each.key not in keys(thing):
            found[each] = None
    return list(found)


def keys(thing: Mapping[str, Any]) -> set[str]:
    """Return the keys of a Secret or ConfigMap, as the API has it or as a chart renders it."""
    groups = ("data", "binaryData", "stringData")
    return {key for group in groups for key in thing.get(group) or {}}


def _of_container(container: Mapping[str, Any]) -> Iterator[Reference]:
    for entry in container.get("env") or []:
        origin = entry.get("valueFrom") or {}
        for field, kind in _OF_VARIABLE:
            yield from _one(kind, origin.get(field), "name")
    for source in container.get("envFrom") or []:
        for field, kind in _OF_ALL:
            yield from _one(kind, source.get(field), "name")


def _of_volume(volume: Mapping[str, Any]) -> Iterator[Reference]:
    if volume.get("name") == VOLUME:
        return  # the run itself mounts the private CA again, or takes it away
    for field, kind, name in _OF_VOLUME:
        yield from _one(kind, volume.get(field), name)
    for source in (volume.get("projected") or {}).get("sources") or []:
        for field, kind, _name in _OF_VOLUME:
            yield from _one(kind, source.get(field), "name")


def _one(kind: str, source: Mapping[str, Any] | None, named: str) -> Iterator[Reference]:
    """The references of one source; an optional one has none."""
    if not source or source.get("optional") or not source.get(named):
        return
    name = str(source[named])
    listed = [str(item["key"]) for item in source.get("items") or []]
    own = [str(source["key"])] if source.get("key") else listed
    yield from (Reference(kind, name, key) for key in own) if own else (Reference(kind, name),)
