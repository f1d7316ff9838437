# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of Kubernetes as data: their identity, the parts that are compared, their containers. Pure."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils import parse

Object = Mapping[str, Any]

CONFIG_KINDS = ("ConfigMap", "Secret")

_NOT_COMPARED = (
    "creationTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
)
"""Of the metadata: what the API server writes by itself."""
_NOT_ANNOTATED = ("deprecated.daemonset.template.generation",)
"""Likewise of the annotations: this one whenever the template of a DaemonSet changes."""


@dataclass(frozen=True, order=True)
class Ref:
    """Which object. `namespace` is empty for the release's own, and for objects that have none."""

    kind: str
    name: str
    namespace: str = ""

    def __str__(self) -> str:
        return "/".join(filter(None, (self.kind, self.namespace, self.name)))


def ref(thing: Object, namespace: str) -> Ref:
    """The identity of an object.

    :param namespace: the release's.
    """
    metadata = thing.get("metadata") or {}
    own = metadata.get("namespace") or ""
    return Ref(
        kind=str(thing.get("kind", "")),
        name=str(metadata.get("name", "")),
        namespace="" if own == namespace else str(own),
    )


def of_manifest(manifest: str, namespace: str) -> dict[Ref, Object]:
    """The objects that a chart renders to.

    :raises ValueError: when it is no YAML.
    """
    return dict(things(manifest, namespace))


def things(manifest: str, namespace: str) -> list[tuple[Ref, Object]]:
    """Return every object of a manifest, also those that share a name.

    :raises ValueError: when it is no YAML.
    """
    try:
        documents = [entry for entry in parse.yaml_documents(manifest, parse.MANIFEST) if entry]
    except parse.UnreadableError as error:
        raise ValueError(f"its manifest cannot be read: {error}") from None
    return [(ref(thing, namespace), thing) for entry in documents for thing in _unlisted(entry)]


def _unlisted(document: Any) -> Iterator[Object]:
    if not isinstance(document, Mapping):
        return
    if document.get("kind") == "List":
        for entry in document.get("items") or []:
            yield from _unlisted(entry)
    else:
        yield document


def compared(thing: Object) -> Object:
    """An object without what the API server writes by itself; a Secret as the API gives it."""
    rest = {key: value for key, value in thing.items() if key != "status"}
    if "metadata" in rest:
        rest["metadata"] = {
            key: _by_people(value) if key == "annotations" else value
            for key, value in rest["metadata"].items()
            if key not in _NOT_COMPARED
        }
    plain = rest.pop("stringData", None) if thing.get("kind") == "Secret" else None
    if plain:
        encoded = {
            key: base64.b64encode(str(text).encode()).decode() for key, text in plain.items()
        }
        rest["data"] = {**(rest.get("data") or {}), **encoded}
    return rest


def _by_people(annotations: Mapping[str, str] | None) -> dict[str, str]:
    return {key: value for key, value in (annotations or {}).items() if key not in _NOT_ANNOTATED}


def pod_spec(thing: Object) -> Mapping[str, Any]:
    """The specification of the pods that an object makes; empty for one that makes none."""
    spec: Any = thing if thing.get("kind") == "Pod" else None
    if spec is None:
        spec = thing.get("spec") or {}
        spec = (spec.get("jobTemplate") or {}).get("spec") or spec
        spec = spec.get("template") if isinstance(spec.get("template"), Mapping) else {}
    found = spec.get("spec")
    return found if isinstance(found, Mapping) else {}


def containers(thing: Object) -> Iterator[Mapping[str, Any]]:
    """Every container of the pods that an object makes."""
    spec = pod_spec(thing)
    for group in ("initContainers", "containers"):
        yield from spec.get(group) or []
