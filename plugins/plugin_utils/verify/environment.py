# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container sees, and what its successor would see."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster, ExecError

# Of the command that reads it, and so of what the container was started with. /proc/1/environ would
# be the pause process where a pod shares its process namespace. NUL between entries: values may hold line breaks.
ENVIRON = ("cat", "/proc/self/environ")

Environment = Mapping[str, str | None]
"""Variable to value; `None` for not set. A variable that cannot be told is missing."""

Read = Callable[[str], dict[str, Any] | None]


def of_container(cluster: Cluster, pod: str, container: str) -> dict[str, str]:
    """The environment that a running container was started with.

    :raises ExecError: when it cannot be read.
    """
    done = cluster.execute(pod, container, ENVIRON)
    if done.returncode != 0:
        raise ExecError(
            done.stderr.decode("utf-8", "replace").strip() or f"cat ended with {done.returncode}"
        )
    return parse(done.stdout)


def parse(environ: bytes) -> dict[str, str]:
    """The variables in the form of /proc/PID/environ (proc(5)). The first of two equal names counts."""
    variables: dict[str, str] = {}
    for entry in environ.decode("utf-8", "surrogateescape").split("\0"):
        name, equals, value = entry.partition("=")
        if equals:
            variables.setdefault(name, value)
    return variables


def of_successor(
    container: Mapping[str, Any], names: Iterable[str], secret: Read, config_map: Read
) -> Environment:
    """What a container made now from this pod template would see, for some variables.

    :param container: the container in the pod template.
    :param secret: reads a Secret of the namespace; :param config_map: a ConfigMap.
    """
    seen: dict[str, str | None] = {}
    for source in container.get("envFrom") or []:
        prefix = source.get("prefix", "")
        for name, value in _all_of(source, secret, config_map).items():
            seen[prefix + name] = value
    unknown = set()
    for entry in container.get("env") or []:
        name, origin = entry["name"], entry.get("valueFrom") or {}
        unknown.discard(name)
        if "secretKeyRef" in origin:
            seen[name] = _one(secret, origin["secretKeyRef"], encoded=True)
        elif "configMapKeyRef" in origin:
            seen[name] = _one(config_map, origin["configMapKeyRef"], encoded=False)
        elif origin or "$(" in entry.get("value", ""):
            unknown.add(name)
        else:
            seen[name] = entry.get("value", "")
    return {name: seen.get(name) for name in names if name not in unknown}


def from_secrets(container: Mapping[str, Any], secret: Read) -> list[Secret]:
    """Every value that a container gets from a Secret of the namespace.

    :param container: the container in the pod.
    :param secret: reads a Secret.
    """
    found: list[str | None] = []
    for entry in container.get("env") or []:
        reference = (entry.get("valueFrom") or {}).get("secretKeyRef")
        if reference:
            found.append(_one(secret, reference, encoded=True))
    for source in container.get("envFrom") or []:
        if "secretRef" in source:
            found += _all_of(source, secret, secret).values()
    return [Secret(text) for text in found if text]


def _one(read: Read, reference: Mapping[str, Any], *, encoded: bool) -> str | None:
    data = (read(reference["name"]) or {}).get("data") or {}
    value = data.get(reference["key"])
    return _decoded(value) if encoded and value is not None else value


def _all_of(source: Mapping[str, Any], secret: Read, config_map: Read) -> dict[str, str]:
    if "secretRef" in source:
        data = (secret(source["secretRef"]["name"]) or {}).get("data") or {}
        return {name: _decoded(value) for name, value in data.items()}
    return dict((config_map(source["configMapRef"]["name"]) or {}).get("data") or {})


def _decoded(value: str) -> str:
    return base64.b64decode(value).decode("utf-8", "surrogateescape")
