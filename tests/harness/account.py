# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user with few rights: a ServiceAccount of a namespace, its Role, and a kubeconfig for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster.kubectl import Kubectl

RBAC = "rbac.authorization.k8s.io"

Rules = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Account:
    """The user, by whom the cluster is seen through `kubeconfig`."""

    name: str
    namespace: str
    kubectl: Kubectl
    kubeconfig: Path

    @property
    def username(self) -> str:
        """How the API server calls the user."""
        return f"system:serviceaccount:{self.namespace}:{self.name}"

    def may(self, rules: Rules, place: str | None = None) -> None:
        """Gives the user these rights in a place, and no other there.

        :param place: a namespace, by default the user's own; empty for what has none.
        """
        place = self.namespace if place is None else place
        scope, prefix = ({"namespace": place}, "") if place else ({}, "Cluster")
        # What has no namespace has to have a name of its own in the cluster.
        metadata = {"name": self.name if place else f"{self.namespace}-{self.name}", **scope}
        role = {
            "apiVersion": f"{RBAC}/v1",
            "kind": f"{prefix}Role",
            "metadata": metadata,
            "rules": list(rules),
        }
        subject = {"kind": "ServiceAccount", "name": self.name, "namespace": self.namespace}
        binding = {
            "apiVersion": f"{RBAC}/v1",
            "kind": f"{prefix}RoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": RBAC, "kind": role["kind"], "name": metadata["name"]},
            "subjects": [subject],
        }
        both = {"apiVersion": "v1", "kind": "List", "items": [role, binding]}
        self.kubectl.apply(json.dumps(both))


def account(name: str, namespace: str, admin: Path, folder: Path) -> Account:
    """A new user without rights.

    :param admin: the kubeconfig of somebody who may make it; JSON.
    :param folder: for the user's own kubeconfig.
    """
    kubectl = Kubectl(admin)
    kubectl.run("-n", namespace, "create", "serviceaccount", name)
    token = kubectl.run("-n", namespace, "create", "token", name).strip()
    config = json.loads(admin.read_text())
    for entry in config["users"]:
        entry["user"] = {"token": token}
    path = folder / f"{namespace}-{name}.kubeconfig"
    path.touch(mode=0o600)
    path.write_text(json.dumps(config))
    return Account(name, namespace, kubectl, path)


def without(rules: Rules, resource: str, verb: str) -> list[dict[str, Any]]:
    """The rules, with one verb fewer on one resource."""
    left = [
        {**rule, "verbs": [each for each in rule["verbs"] if each != verb]}
        if rule["resources"] == [resource]
        else dict(rule)
        for rule in rules
    ]
    return [rule for rule in left if rule["verbs"]]
