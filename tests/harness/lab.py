# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster with the relay in it, and releases of the sample application: what a flow needs."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import newest
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight import needs, rights
from tests.apps.invitations.image import INVITATIONS
from tests.apps.invitations.release import Release
from tests.cluster.environment import BIN_VARIABLE, KUBECONFIG_VARIABLE
from tests.cluster.kubectl import Kubectl
from tests.cluster.node import Node
from tests.harness.account import Account, Rules, account
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

WORKS = {work.name: work.needs for work in needs.WORKS}
"""What each kind of work needs, as docs/rights.md has it."""


class ForeignCluster:
    """A cluster of the caller's: it has to have the images already."""

    def load(self, tar: Path) -> None:
        """Nothing: no image can be put there from here."""


@dataclass(frozen=True)
class Lab:
    """One cluster, ready for a flow.

    :param kubeconfig: the administrator's, who prepares and looks; playbooks run as a `user`.
    """

    kubeconfig: Path
    kubectl: Kubectl
    node: LoadsImages
    relay: Relay
    folder: Path
    users: dict[tuple[str, str], Account] = field(default_factory=dict)

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

    def user(self, release: Release, work: str = "configure") -> Account:
        """Who has the documented Role for a kind of work on a release that is installed, and nothing else."""
        key = (release.namespace, work)
        if key not in self.users:
            name = f"mailops-{work}"
            user = account(name, release.namespace, self.kubeconfig, self.folder)
            for place, rules in self._rules(release, work).items():
                user.may(rules, place)
            self.users[key] = user
        return self.users[key]

    def _rules(self, release: Release, work: str) -> dict[str | None, Rules]:
        """The rules for a kind of work, by the places that they are for, as `Need` names them."""
        wanted = needs.for_release(WORKS[work], release.name)
        if set(needs.CONFIGURE) <= set(WORKS[work]):
            cluster = Cluster(str(self.kubeconfig), None, release.namespace, str(self.folder))
            installed = newest(cluster.revisions(release.name))
            wanted += rights.of_release(cluster, installed) if installed else []
        places = dict.fromkeys(need.namespace for need in wanted)
        return {
            place: needs.rules(need for need in wanted if need.namespace == place)
            for place in places
        }

    def description(
        self, release: Release, *, work: str = "configure", **changes: Any
    ) -> dict[str, Any]:
        """The variables for a release, for a login over STARTTLS; None takes one away.

        :param work: what the user may do.
        """
        if "smtp_kubeconfig" not in changes:
            changes["smtp_kubeconfig"] = str(self.user(release, work).kubeconfig)
        variables = {
            "smtp_application": "qualytics",
            "smtp_release": release.name,
            "smtp_namespace": release.namespace,
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
