# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the actions share that change a release."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import SystemClock
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.enforce import enforced
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.guard import Guard
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.runner import Helm
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import secrets_kept
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.lease import Lease
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.recovery import Recovery
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.way_back import (
    Enforce,
    WayBack,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.cluster import ClusterStep


class ReleaseStep(ClusterStep):
    """An action that changes a release, or undoes a change."""

    def helm(self, plan: Plan) -> Helm:
        """The helm command for the release."""
        target = plan.target
        return Helm(
            command=target.helm,
            release=target.release,
            namespace=target.namespace,
            temporary=self.temporary,
            kubeconfig=target.kubeconfig,
            context=target.context,
        )

    def recovery(self, plan: Plan, cluster: Cluster, lease: Lease) -> Recovery:
        """What can be done about runs of this release that go wrong."""
        leaves, release = plan.rendered.leaves, plan.target.release

        def redactor() -> Redactor:
            return Redactor([*plan.description.secrets(), *secrets_kept(cluster, release, leaves)])

        def approve(good: Revision) -> tuple[Sequence[Finding], Enforce]:
            secrets = [*plan.description.secrets(), *secrets_kept(cluster, release, leaves)]
            guard = Guard(
                self.helm(plan), cluster, plan.rendered.evidence, plan.run.allow_changes, secrets
            )
            told, approved = guard.approve_rollback(good)
            return told, functools.partial(enforced, self.helm(plan), cluster, approved)

        way_back = WayBack(
            helm=self.helm(plan),
            cluster=cluster,
            workloads=self.workloads(cluster, plan, plan.redactor),
            evidence=plan.watched,
            lease=lease,
            redactor=redactor,
            approve=approve,
        )
        return Recovery(
            way_back, SystemClock(), plan.run.back_out, seconds=plan.run.rollout_timeout
        )
