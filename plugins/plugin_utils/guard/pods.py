# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pod takes of the cluster and of its node: images, accounts, volumes, privileges. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    Object,
    containers,
    listed,
    mapping,
    pod_spec,
)

Claim = str
"""One thing that a pod takes, for people: ``image busybox:1``, ``hostPath volume /``, ``hostNetwork``."""

_FREE = ("configMap", "downwardAPI", "emptyDir", "ephemeral")
"""Volumes that hold nothing but what is the pod's own, or no secret."""
_NAMES = {"secret": "secretName", "persistentVolumeClaim": "claimName", "hostPath": "path"}
"""The field that tells which source a volume has; the API server fills in the others."""
_DEFAULTED = ("type", "readOnly", "fsType", "defaultMode", "optional", "expirationSeconds")
_OF_NODE = ("hostNetwork", "hostPID", "hostIPC")
_DEFAULT_ACCOUNT = "default"


def claims(thing: Object) -> set[Claim]:
    """Return what the pods of an object take that not every pod may take.

    The account ``default``, and volumes that are the pod's own, are not among them.
    """
    spec = pod_spec(thing)
    if not spec:
        return set()
    found = {f"image {each.get('image')}" for each in containers(thing)}
    account = spec.get("serviceAccountName") or spec.get("serviceAccount") or _DEFAULT_ACCOUNT
    if account != _DEFAULT_ACCOUNT:
        found.add(f"service account {account}")
    for volume in listed(spec.get("volumes")):
        found.update(_of_volume(mapping(volume)))
    found.update(field for field in _OF_NODE if spec.get(field))
    if spec.get("hostUsers") is not None:
        found.add(f"hostUsers {spec['hostUsers']}")
    found.update(_of_context(mapping(spec.get("securityContext"))))
    for container in containers(thing):
        found.update(_of_context(mapping(container.get("securityContext"))))
        ports = map(mapping, listed(container.get("ports")))
        found.update(f"hostPort {port['hostPort']}" for port in ports if port.get("hostPort"))
    return found


def of_secret(name: str) -> Claim:
    """Return the claim of a volume that a Secret is mounted by."""
    return f"secret volume {name}"


def secrets_in_variables(thing: Object) -> Iterator[str]:
    """Return the Secrets that the variables of the containers come from."""
    for container in containers(thing):
        sources = [
            *(
                mapping(entry.get("valueFrom")).get("secretKeyRef")
                for entry in _in(container, "env")
            ),
            *(entry.get("secretRef") for entry in _in(container, "envFrom")),
        ]
        yield from (str(source["name"]) for source in map(mapping, sources) if "name" in source)


def _in(container: Mapping[str, Any], field: str) -> Iterable[Mapping[str, Any]]:
    return map(mapping, listed(container.get(field)))


def _of_volume(volume: Mapping[str, Any]) -> Iterator[Claim]:
    for kind, source in volume.items():
        if kind == "name" or kind in _FREE:
            continue
        if kind == "projected":
            for each in listed(mapping(source).get("sources")):
                # A projected Secret has its name in another field than a mounted one.
                renamed = {
                    key: {"secretName": mapping(body).get("name")} if key == "secret" else body
                    for key, body in mapping(each).items()
                }
                yield from _of_volume(renamed)
        else:
            yield f"{kind} volume {_which(kind, mapping(source))}"


def _which(kind: str, source: Mapping[str, Any]) -> str:
    if kind in _NAMES:
        return str(source.get(_NAMES[kind], ""))
    told = {key: value for key, value in source.items() if value and key not in _DEFAULTED}
    return json.dumps(told, sort_keys=True, default=str)


def _of_context(context: Mapping[str, Any]) -> Iterator[Claim]:
    """What a security context gives beyond what each container has."""
    if context.get("privileged"):
        yield "privileged"
    for capability in listed(mapping(context.get("capabilities")).get("add")):
        yield f"capability {capability}"
    for profile in ("seccompProfile", "appArmorProfile"):
        kind = mapping(context.get(profile)).get("type")
        if kind not in (None, "RuntimeDefault"):
            yield f"{profile} {kind}"
    if context.get("procMount") not in (None, "Default"):
        yield f"procMount {context['procMount']}"
    if mapping(context.get("windowsOptions")).get("hostProcess"):
        yield "hostProcess"
    for field in ("seLinuxOptions", "sysctls"):
        if context.get(field):
            yield f"{field} {json.dumps(context[field], sort_keys=True, default=str)}"
