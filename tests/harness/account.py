# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user with few rights: a ServiceAccount of a namespace, its one Role, and a kubeconfig for it."""

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

    def may(self, rules: Rules) -> None:
        """Gives the user these rights, and no other."""
        role = {
            "apiVersion": f"{RBAC}/v1",
            "kind": "Role",
            "metadata": {"name": self.name, "namespace": self.namespace},
            "rules": list(rules),
        }
        self.kubectl.apply(json.dumps(role))


def account(name: str, namespace: str, admin: Path, folder: Path) -> Account:
    """A new user without rights.

    :param admin: the kubeconfig of somebody who may make it; JSON.
    :param folder: for the user's own kubeconfig.
    """
    kubectl = Kubectl(admin)
    kubectl.run("-n", namespace, "create", "serviceaccount", name)
    subject = f"--serviceaccount={namespace}:{name}"
    kubectl.run("-n", namespace, "create", "rolebinding", name, f"--role={name}", subject)
    token = kubectl.run("-n", namespace, "create", "token", name).strip()
    config = json.loads(admin.read_text())
    for entry in config["users"]:
        entry["user"] = {"token": token}
    path = folder / f"{name}.kubeconfig"
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
