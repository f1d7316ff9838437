# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody who may write the Secrets of one namespace, and so Helm's records, and nothing else."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.apps.invitations.release import Release
from tests.cluster.kubectl import Kubectl
from tests.harness.account import account

SECRETS = [
    {
        "apiGroups": [""],
        "resources": ["secrets"],
        "verbs": ["get", "list", "create", "update", "patch"],
    }
]

Record = dict[str, Any]


@dataclass(frozen=True)
class Forger:
    """The attacker, who sees the cluster through `kubectl`."""

    release: Release
    kubectl: Kubectl

    @classmethod
    def at(cls, release: Release, admin: Path, folder: Path) -> Forger:
        """Makes the attacker's account in the namespace of a release."""
        user = account("attacker", release.namespace, admin, folder)
        user.may(SECRETS)
        return cls(release, Kubectl(user.kubeconfig))

    def forge(self, number: int, how: Callable[[Record], None], status: str | None = None) -> None:
        """Rewrites the record of a revision.

        :param how: changes the record.
        :param status: what the revision is to be marked; by default as it is.
        """
        name = f"sh.helm.release.v1.{self.release.name}.v{number}"
        namespace = self.release.namespace
        found = self.kubectl.json("-n", namespace, "get", "secret", name)
        record = json.loads(gzip.decompress(b64decode(b64decode(found["data"]["release"]))))
        how(record)
        labels = {}
        if status is not None:
            record["info"]["status"] = labels["status"] = status
        data = b64encode(b64encode(gzip.compress(json.dumps(record).encode()))).decode()
        patch = {"metadata": {"labels": labels}, "data": {"release": data}}
        self.kubectl.run(
            *("-n", namespace, "patch", "secret", name, "--type=merge", "--patch-file=/dev/stdin"),
            stdin=json.dumps(patch),
        )


def add_template(record: Record, name: str, text: str) -> None:
    """Adds a template to the chart in a record."""
    data = b64encode(text.encode()).decode()
    record["chart"]["templates"].append({"name": f"templates/{name}", "data": data})


def edit_template(record: Record, name: str, old: str, new: str) -> None:
    """Replaces a text in a template of the chart in a record."""
    for entry in record["chart"]["templates"]:
        if entry["name"] == f"templates/{name}":
            text = b64decode(entry["data"]).decode()
            assert old in text
            entry["data"] = b64encode(text.replace(old, new).encode()).decode()
            return
    raise AssertionError(f"there is no template {name}")
