# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart rendered by real Helm, and what a container would get from the manifests, without a cluster."""

from __future__ import annotations

import base64
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import json_text
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    PRESENT,
    Evidence,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import revealed
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.environment import (
    Environment,
    of_successor,
)
from tests.cluster.environment import BIN_VARIABLE

MAJORS = ("helm", "helm3")
"""Both major versions of Helm, by the names of their programs on the test node."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_REFERENCE = re.compile(r"\$(?:\$|\(([-._a-zA-Z][-._a-zA-Z0-9]*)\))")

Document = Mapping[str, Any]


def find(program: str) -> str | None:
    """A program of the test node, or of the caller's own."""
    folders = (os.environ.get(BIN_VARIABLE, ""), os.environ.get("PATH", ""))
    return shutil.which(program, path=os.pathsep.join(filter(None, folders)))


class RefusedError(Exception):
    """Helm refused to render; the message is its standard error."""


def template(
    helm: str,
    chart: Path,
    values: Mapping[str, Any],
    *,
    release: str,
    namespace: str,
    files: Iterable[Path] = (),
) -> Manifests:
    """The chart rendered with these values, which go over those of the files.

    :raises RefusedError: when Helm refuses.
    """
    more = [f"--values={path}" for path in files]
    done = subprocess.run(
        [helm, "template", release, str(chart), f"--namespace={namespace}", *more, "--values=-"],
        input=json_text.dump(values),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RefusedError(done.stderr)
    return Manifests(tuple(filter(None, yaml.load_all(done.stdout, Loader=_LOADER))))


@dataclass(frozen=True)
class Manifests:
    """What Helm would give the cluster, together with what is in the cluster already."""

    documents: tuple[Document, ...]

    def beside(self, *others: Document) -> Manifests:
        """These manifests in a cluster that has some objects already."""
        return Manifests((*self.documents, *others))

    def find(self, kind: str, name: str) -> Document | None:
        for each in self.documents:
            if (each["kind"], each["metadata"]["name"]) == (kind, name):
                return each
        return None

    def secret(self, name: str) -> dict[str, str] | None:
        """What a Secret holds, decoded; `None` when there is none of that name."""
        found = self.find("Secret", name)
        if found is None:
            return None
        held = {
            key: base64.b64decode(_text(f"Secret {name}: {key}", value)).decode()
            for key, value in (found.get("data") or {}).items()
        }
        return {**held, **(found.get("stringData") or {})}

    def pod(self, workload: Workload) -> Document:
        """The pod template of a workload.

        :raises LookupError: when there is no such workload.
        """
        found = self.find(workload.kind, workload.name)
        if found is None:
            names = [f"{each['kind']} {each['metadata']['name']}" for each in self.documents]
            raise LookupError(f"{workload} is not among {', '.join(names)}")
        pod: Document = found["spec"]["template"]
        return pod

    def container(self, workload: Workload) -> Document:
        """:raises LookupError: when the workload or the container is not there."""
        for each in self.pod(workload)["spec"]["containers"]:
            if each["name"] == workload.container:
                found: Document = each
                return found
        raise LookupError(f"{workload} has no container {workload.container}")

    def environment(self, workload: Workload) -> dict[str, str]:
        """What the container sees: the variables whose value can be told from the manifests."""
        container = self.container(workload)
        seen = {
            name: str(revealed(value))
            for name, value in self._referred(container).items()
            if value is not None
        }
        for entry in container.get("env") or []:
            if "valueFrom" not in entry:
                literal = _text(f"{workload}: {entry['name']}", entry.get("value", ""))
                seen[entry["name"]] = _expanded(literal, seen)
        return seen

    def _referred(self, container: Document) -> Environment:
        names = {entry["name"] for entry in container.get("env") or []}
        for source in container.get("envFrom") or []:
            for kind, reference in (("Secret", "secretRef"), ("ConfigMap", "configMapRef")):
                found = self.find(kind, source.get(reference, {}).get("name", ""))
                keys = (found or {}).get("data") or {}
                names |= {f"{source.get('prefix', '')}{key}" for key in keys}
        return of_successor(
            container,
            sorted(names),
            lambda name: self._data("Secret", name),
            lambda name: self._data("ConfigMap", name),
        )

    def _data(self, kind: str, name: str) -> dict[str, Any] | None:
        """A Secret or ConfigMap as the API has it: no value is anything but a text."""
        found = self.find(kind, name)
        if found is None:
            return None
        data = {
            key: _text(f"{kind} {name}: {key}", value)
            for key, value in (found.get("data") or {}).items()
        }
        return {"data": data}

    def files(self, workload: Workload) -> dict[str, str]:
        """The files that the container finds from ConfigMaps and Secrets, by their paths."""
        volumes = {each["name"]: each for each in self.pod(workload)["spec"].get("volumes") or []}
        found: dict[str, str] = {}
        for mount in self.container(workload).get("volumeMounts") or []:
            content = dict(self._content(volumes.get(mount["name"], {})))
            place = PurePosixPath(mount["mountPath"])
            part = mount.get("subPath")
            if part in content:
                found[str(place)] = content[part]
            elif not part:
                found.update({str(place / name): text for name, text in content.items()})
        return found

    def filled_later(self, workload: Workload, path: str) -> bool:
        """Whether a file would lie in a volume that only the running pod fills."""
        volumes = {each["name"]: each for each in self.pod(workload)["spec"].get("volumes") or []}
        return any(
            PurePosixPath(path).is_relative_to(mount["mountPath"])
            and not volumes.get(mount["name"], {}).keys() & {"configMap", "secret", "projected"}
            for mount in self.container(workload).get("volumeMounts") or []
        )

    def _content(self, volume: Document) -> Iterator[tuple[str, str]]:
        """The files of a volume, by their paths in it."""
        sources = (volume.get("projected") or {}).get("sources") or [volume]
        for source in sources:
            if "configMap" in source:
                reference = source["configMap"]
                held = (self._data("ConfigMap", reference["name"]) or {}).get("data")
            elif "secret" in source:
                reference = source["secret"]
                held = self.secret(reference.get("secretName") or reference["name"])
            else:
                continue
            items = reference.get("items")
            renamed = {entry["key"]: entry["path"] for entry in items or []}
            for key, text in (held or {}).items():
                if items is None or key in renamed:
                    yield renamed.get(key, key), text


def _text(where: str, value: Any) -> str:
    """A value that the API takes only as a text.

    :raises TypeError: for anything else, such as a bare `off` that YAML has read as false.
    """
    if not isinstance(value, str):
        raise TypeError(f"{where} is {value!r}, and the API refuses what is no text")
    return value


def _expanded(value: str, known: Mapping[str, str]) -> str:
    """A literal value as the kubelet gives it to the container: ``$(NAME)`` replaced, ``$$`` made one ``$``.

    https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    """
    return _REFERENCE.sub(
        lambda found: known.get(found[1], found[0]) if found[1] else "$",
        value,
    )


def differences(wanted: Evidence, workload: Workload, manifests: Manifests) -> list[str]:
    """Where a container does not get what the evidence of a profile promises. Values are shown."""
    seen = manifests.environment(workload)
    found = [
        f"variable {name}: {problem}"
        for name, value in wanted.env.items()
        if (problem := _difference(value, seen.get(name)))
    ]
    files = manifests.files(workload)
    for file in filter(lambda file: file.lines, wanted.files):
        text = files.get(file.path)
        if text is None:
            if not manifests.filled_later(workload, file.path):
                found.append(f"no file {file.path}; there are {sorted(files)}")
            continue
        lines = [line.strip() for line in text.splitlines()]
        found += [
            f"{file.path} has no line {line!r}"
            for line in map(_plain, file.lines)
            if line.strip() not in lines
        ]
    for secret in wanted.secrets:
        held = manifests.secret(secret.name)
        if held is None:
            found.append(f"no Secret {secret.name}")
            continue
        found += [
            f"Secret {secret.name}, {key}: {problem}"
            for key, value in secret.keys.items()
            if (problem := _difference(value, held.get(key)))
        ]
    return found


def _difference(wanted: Any, seen: str | None) -> str | None:
    if wanted is KEEP or (wanted is OMIT and seen is None):
        return None
    if wanted is OMIT:
        return f"must not be there, and is {seen!r}"
    if wanted is PRESENT:
        return None if seen is not None else "must be there"
    return None if _plain(wanted) == seen else f"must be {_plain(wanted)!r}, and is {seen!r}"


def _plain(value: Any) -> str:
    return value.reveal() if isinstance(value, Secret) else str(value)
