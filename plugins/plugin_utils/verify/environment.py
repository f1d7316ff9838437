# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container sees, and what its successor would see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import config

# Of the command that reads it, and so of what the container was started with. /proc/1/environ would
# be the pause process where a pod shares its process namespace. NUL between entries: values may hold line breaks.
ENVIRON = ("cat", "/proc/self/environ")

Environment = Mapping[str, str | None]
"""Variable to value; `None` for not set. A variable that cannot be told is missing."""

Read = Callable[[str], dict[str, Any] | None]

_REFERENCE = re.compile(r"\$(?:(\$)|\(([^)]*)\))")
_OF_SERVICE = re.compile(r"[A-Z0-9_]+_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_.*)?)")
"""The kubelet gives such variables for every Service of the namespace, and no specification names them."""


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
    """What a container made now from this specification would see, for some variables.

    In the order of the kubelet: all of ``envFrom``, then ``env`` one by one, each over what was before.

    :param container: the container in the pod, or in its template.
    :param secret: reads a Secret of the namespace; :param config_map: a ConfigMap.
    """
    seen: dict[str, str] = {}
    for source in container.get("envFrom") or []:
        for key, text in _all_of(source, secret, config_map).items():
            seen[source.get("prefix", "") + key] = text
    unknown: set[str] = set()
    for entry in container.get("env") or []:
        name, origin = entry["name"], entry.get("valueFrom") or {}
        value: str | None
        if "secretKeyRef" in origin:
            value = _one("Secret", secret, origin["secretKeyRef"])
        elif "configMapKeyRef" in origin:
            value = _one("ConfigMap", config_map, origin["configMapKeyRef"])
        else:
            value = _expanded(entry.get("value") or "", seen, unknown)
            if origin or value is None:
                unknown.add(name)
                continue
        unknown.discard(name)
        # Where an optional one is not there, what came before stays.
        if value is not None:
            seen[name] = value
    return {name: seen.get(name) for name in names if name not in unknown}


def _expanded(value: str, seen: Mapping[str, str], unknown: set[str]) -> str | None:
    """A literal value with ``$(NAME)`` replaced, and ``$$`` made one ``$``; `None` when it cannot be told.

    https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    """
    names = {name for escaped, name in _REFERENCE.findall(value) if not escaped}
    if names & unknown or any(map(_OF_SERVICE.fullmatch, names - seen.keys())):
        return None
    return _REFERENCE.sub(
        lambda found: found[1] or seen.get(found[2], found[0]),
        value,
    )


def from_secrets(container: Mapping[str, Any], secret: Read) -> list[Secret]:
    """Every value that a container gets from a Secret of the namespace.

    :param container: the container in the pod.
    :param secret: reads a Secret.
    """
    found: list[str | None] = []
    for entry in container.get("env") or []:
        reference = (entry.get("valueFrom") or {}).get("secretKeyRef")
        if reference:
            found.append(_one("Secret", secret, reference))
    for source in container.get("envFrom") or []:
        if "secretRef" in source:
            found += _all_of(source, secret, secret).values()
    return [Secret(text) for text in found if text]


def _one(kind: str, read: Read, reference: Mapping[str, Any]) -> str | None:
    # The kubelet takes no binary data of a ConfigMap into the environment.
    data = {"data": (read(reference["name"]) or {}).get("data")}
    return config.texts(kind, data).get(reference["key"])


def _all_of(source: Mapping[str, Any], secret: Read, config_map: Read) -> dict[str, str]:
    for field, kind, read in (
        ("secretRef", "Secret", secret),
        ("configMapRef", "ConfigMap", config_map),
    ):
        if field in source:
            return config.texts(kind, {"data": (read(source[field]["name"]) or {}).get("data")})
    return {}
