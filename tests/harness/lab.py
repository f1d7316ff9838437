# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster with the relay in it, and releases of the sample application: what a flow needs."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.apps.invitations.image import INVITATIONS
from tests.apps.invitations.release import Release
from tests.cluster.environment import BIN_VARIABLE, KUBECONFIG_VARIABLE
from tests.cluster.kubectl import Kubectl
from tests.cluster.node import Node
from tests.images.build import build
from tests.relays.postfix import Relay
from tests.relays.workload import LoadsImages

RELAY_HOST = "relay.mail.svc.cluster.local"
SENDER = "no-reply@example.com"
USER = "hub"

WITHOUT_MAIL: Mapping[str, Any] = {
    "controlplane": {"smtp": {"enabled": False}},
    "secrets": {"auth": {"jwt_signing_secret": "of-somebody-else"}},
}
"""What an administrator installs first. The signing secret must survive everything."""


class ForeignCluster:
    """A cluster of the caller's: it has to have the images already."""

    def load(self, tar: Path) -> None:
        """Nothing: no image can be put there from here."""


@dataclass(frozen=True)
class Lab:
    """One cluster, ready for a flow."""

    kubeconfig: Path
    kubectl: Kubectl
    node: LoadsImages
    relay: Relay
    folder: Path

    @classmethod
    def open(cls, folder: Path, report: Callable[[str], None] = lambda text: None) -> Lab:
        """The lab in the cluster that MAILOPS_TEST_KUBECONFIG names.

        :param folder: for files of the relay.
        """
        kubeconfig = Path(os.environ[KUBECONFIG_VARIABLE])
        kubectl = Kubectl(kubeconfig)
        own = Node(kubeconfig.parent)
        is_own = own.kubeconfig == kubeconfig.resolve() and own.is_up()
        node = own if is_own else ForeignCluster()
        report("the image of the application")
        node.load(build(INVITATIONS))
        report("Postfix, as a container of the node")
        relay = Relay.deploy(kubectl, node, folder=folder)
        return cls(kubeconfig, kubectl, node, relay, folder)

    def release(self, name: str | None = None, *, helm: str = "helm", **more: Any) -> Release:
        """A release that is not installed yet, in a namespace of its own name."""
        name = name or f"hub-{uuid.uuid4().hex[:6]}"
        command = Path(os.environ[BIN_VARIABLE]) / helm
        return Release(name, name, self.kubectl, self.kubeconfig, command, **more)

    def description(self, release: Release, **changes: Any) -> dict[str, Any]:
        """The variables for a release, for a login over STARTTLS; None takes one away."""
        variables = {
            "smtp_application": "qualytics",
            "smtp_release": release.name,
            "smtp_namespace": release.namespace,
            "smtp_kubeconfig": str(self.kubeconfig),
            "smtp_helm": str(release.helm),
            "smtp_host": RELAY_HOST,
            "smtp_security": "starttls",
            "smtp_username": USER,
            "smtp_password": "correct horse",
            "smtp_from_address": SENDER,
            "smtp_ca_path": str(self.relay.ca_path),
            # With STARTTLS the application verifies nothing, and needs no CA in its pods.
            "smtp_ca_mode": "none",
            **changes,
        }
        return {name: value for name, value in variables.items() if value is not None}
