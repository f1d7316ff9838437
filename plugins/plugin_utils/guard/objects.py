# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of Kubernetes as data: their identity, the parts that are compared, their containers. Pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils import parse
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import config

Object = Mapping[str, Any]

_NOTES = ("annotations", "labels")
_DATA = ("data", "stringData", "binaryData")

_OTHER_SEPARATOR = re.compile(r"^---(?![ \t]*(#.*)?\r?$)", re.MULTILINE)
"""A line that Kubernetes takes for the end of a document, and YAML for a part of one or for the next
(k8s.io/apimachinery, pkg/util/yaml)."""

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
    if _OTHER_SEPARATOR.search(manifest):
        raise ValueError(
            "its manifest cannot be read: Helm would take a line in it for a separator"
        )
    try:
        documents = parse.yaml_documents(manifest, parse.MANIFEST, parse.InOrder)
    except parse.UnreadableError as error:
        raise ValueError(f"its manifest cannot be read: {error}") from None
    found = [thing for entry in documents if entry for thing in _unlisted(entry)]
    return [(ref(thing, namespace), thing) for thing in found]


def _unlisted(document: Any) -> Iterator[Object]:
    """Return each object that Helm takes a document for: with a field ``items``, each of its entries.

    :raises ValueError: when it is no object.
    """
    if not isinstance(document, Mapping):
        raise ValueError("its manifest cannot be read: a document in it is no object")
    kind = document.get("kind")
    if "items" in document:
        for entry in listed(document["items"]):
            # An entry without a kind has that of its list, such as ConfigMapList.
            if isinstance(entry, Mapping) and not entry.get("kind"):
                own = {
                    "apiVersion": document.get("apiVersion"),
                    "kind": str(kind).removesuffix("List"),
                }
                yield from _unlisted({**entry, **own})
            else:
                yield from _unlisted(entry)
    if "items" not in document or not str(kind).endswith("List"):
        _require_form(document)
        yield document


def _require_form(thing: Object) -> None:
    """:raises ValueError: when a field that every object has is of another type."""
    found = thing.get("metadata")
    metadata = mapping(found)
    texts = (
        thing.get("apiVersion"),
        thing.get("kind"),
        metadata.get("name"),
        metadata.get("namespace"),
    )
    maps = (found, *(metadata.get(key) for key in _NOTES), *(thing.get(key) for key in _DATA))
    if not (
        all(isinstance(each, str | None) for each in texts)
        and all(isinstance(each, Mapping | None) for each in maps)
    ):
        raise ValueError("its manifest cannot be read: a field of an object in it has another type")


def decoded(value: Any) -> str:
    """Return what an entry of a Secret holds; one that is not base64, which a chart may have, as it is."""
    try:
        return config.decoded(str(value))
    except ValueError:
        return str(value)


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
    """The specification of the pods that an object makes; empty for one that makes none.

    Only where the API server looks for it in an object of that kind.
    """
    spec = mapping(thing.get("spec"))
    if thing.get("kind") == "Pod":
        return spec
    if thing.get("kind") == "CronJob":
        spec = mapping(mapping(spec.get("jobTemplate")).get("spec"))
    return mapping(mapping(spec.get("template")).get("spec"))


def containers(thing: Object) -> Iterator[Mapping[str, Any]]:
    """Every container of the pods that an object makes."""
    spec = pod_spec(thing)
    for group in ("initContainers", "containers"):
        yield from map(mapping, listed(spec.get(group)))


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a value that is a mapping; empty for any other, which the API server refuses."""
    return value if isinstance(value, Mapping) else {}


def listed(value: Any) -> Sequence[Any]:
    """Return a value that is a list; empty for any other, which the API server refuses."""
    return value if isinstance(value, list) else ()
