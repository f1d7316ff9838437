# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container sees, and what its successor would see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import config
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import revealed

# Of the command that reads it, and so of what the container was started with. /proc/1/environ would
# be the pause process where a pod shares its process namespace. NUL between entries: values may hold line breaks.
ENVIRON = ("cat", "/proc/self/environ")

Value = str | Secret
"""What a variable or a file holds; a `Secret` when it comes from a Secret of the cluster."""
Environment = Mapping[str, Value | None]
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
    seen: dict[str, Value] = {}
    for source in container.get("envFrom") or []:
        for key, text in _all_of(source, secret, config_map).items():
            seen[source.get("prefix", "") + key] = text
    unknown: set[str] = set()
    for entry in container.get("env") or []:
        name, origin = entry["name"], entry.get("valueFrom") or {}
        value: Value | None
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


def names(container: Mapping[str, Any], secret: Read, config_map: Read) -> list[str]:
    """The names of all variables that a specification gives a container.

    :param container: the container in the pod, or in its template.
    """
    found = [
        source.get("prefix", "") + key
        for source in container.get("envFrom") or []
        for key in _all_of(source, secret, config_map)
    ]
    found += [entry["name"] for entry in container.get("env") or []]
    return list(dict.fromkeys(found))


def _expanded(value: str, seen: Mapping[str, Value], unknown: set[str]) -> Value | None:
    """A literal value with ``$(NAME)`` replaced, and ``$$`` made one ``$``; `None` when it cannot be told.

    https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    """
    names = _references(value)
    if names & unknown or any(map(_OF_SERVICE.fullmatch, names - seen.keys())):
        return None
    text = _REFERENCE.sub(
        lambda found: found[1] or str(revealed(seen.get(found[2], found[0]))),
        value,
    )
    sealed = any(isinstance(seen.get(name), Secret) for name in names)
    return Secret(text) if sealed else text


def _references(value: str) -> set[str]:
    return {name for escaped, name in _REFERENCE.findall(value) if not escaped}


def may_be_secret(container: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    """Those of some variables that a container may have got from a Secret, by its specification alone.

    What its Secrets and ConfigMaps hold now does not tell what they held when it was started.
    """
    prefixes = tuple(
        source.get("prefix") or ""
        for source in container.get("envFrom") or []
        if "secretRef" in source
    )
    found = {name for name in names if name.startswith(prefixes)}
    sealed: dict[str, bool] = {}
    for entry in container.get("env") or []:
        name, origin = entry["name"], entry.get("valueFrom") or {}
        before = sealed.get(name, name.startswith(prefixes))
        if "secretKeyRef" in origin:
            sealed[name] = True
        elif origin:
            sealed[name] = before  # an optional one may not have been there
        else:
            sealed[name] = any(
                sealed.get(other, other.startswith(prefixes))
                for other in _references(entry.get("value") or "")
            )
    return {name for name in names if sealed.get(name, name in found)}


def from_secrets(container: Mapping[str, Any], secret: Read) -> list[Secret]:
    """Every value that a container gets from a Secret of the namespace.

    :param container: the container in the pod.
    :param secret: reads a Secret.
    """
    found: list[Value | None] = []
    for entry in container.get("env") or []:
        reference = (entry.get("valueFrom") or {}).get("secretKeyRef")
        if reference:
            found.append(_one("Secret", secret, reference))
    for source in container.get("envFrom") or []:
        if "secretRef" in source:
            found += _all_of(source, secret, secret).values()
    return [value for value in found if isinstance(value, Secret) and value]


def _one(kind: str, read: Read, reference: Mapping[str, Any]) -> Value | None:
    # The kubelet takes no binary data of a ConfigMap into the environment.
    data = {"data": (read(reference["name"]) or {}).get("data")}
    return config.values(kind, data).get(reference["key"])


def _all_of(source: Mapping[str, Any], secret: Read, config_map: Read) -> Mapping[str, Value]:
    for field, kind, read in (
        ("secretRef", "Secret", secret),
        ("configMapRef", "ConfigMap", config_map),
    ):
        if field in source:
            return config.values(kind, {"data": (read(source[field]["name"]) or {}).get("data")})
    return {}
