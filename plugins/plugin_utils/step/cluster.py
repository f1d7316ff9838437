# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the actions share that work on a cluster."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible import constants

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import SystemClock
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import secrets_kept
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan, Target
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.arrival import Arrival
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.explain import Explainer
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.workloads import Workloads
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import Action, Step
from ansible_collections.mailops.smtp.plugins.plugin_utils.target.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.target.way import way
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.check import Check, Verdict
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.reader import (
    Configuration,
    Reader,
    Seen,
)


@dataclass(frozen=True)
class Inspected:
    """What was found in the pods of a release.

    :param live: each workload as it is; :param pods: all its pods; :param seen: the ready ones.
    """

    live: Mapping[Workload, Mapping[str, Any]]
    pods: Mapping[Workload, Sequence[Mapping[str, Any]]]
    seen: Sequence[Seen]
    verdict: Verdict


class ClusterAction(Action):
    """An action that reads or changes a cluster."""

    @property
    def temporary(self) -> str:
        """The folder that ansible-core made for this run, and removes at its end.

        Also after a worker that was ended, and the workers of ansible-core 2.19 do not come to the
        end at which Python removes the temporary files that it was asked to.
        """
        return str(constants.DEFAULT_LOCAL_TMP)

    def cluster(self, target: Target) -> Cluster:
        """The cluster of a release, in the release's namespace.

        :raises FindingError: when none can be told from the kubeconfig.
        """
        return Cluster(target.kubeconfig, target.context, target.namespace, self.temporary)


class ClusterStep(ClusterAction, Step):
    """The same from a description."""

    def require_release(self, plan: Plan) -> None:
        """Refuses an application that is not configured through a Helm release.

        :raises FindingError: that says what to do instead.
        """
        if plan.profile.target != "helm":
            raise FindingError(
                CATALOGUE.finding(
                    "target-is-no-release",
                    where="smtp_application",
                    title=plan.title,
                    way=way(plan.profile),
                )
            )

    def known_secrets(self, plan: Plan, cluster: Cluster) -> Callable[[], Sequence[Secret]]:
        """What tells the secrets of this run and of the records, which a pod may know and answer with.

        Whoever may not read the records learns nothing from them either: then it is those of this run.
        """

        @functools.cache
        def known() -> Sequence[Secret]:
            given = list(plan.resolved.secrets)
            try:
                return [
                    *given,
                    *secrets_kept(cluster, plan.target.release, plan.rendered.leaves),
                ]
            except (FindingError, ValueError):
                return given

        return known

    def workloads(self, cluster: Cluster, plan: Plan, redactor: Redactor) -> Workloads:
        """The workloads of a release, watched with the real clock and told of on the screen."""
        return Workloads(
            cluster=cluster,
            workloads=plan.rendered.workloads,
            explainer=Explainer(
                cluster=cluster,
                release=plan.target.release,
                redactor=redactor,
                secrets_kept=functools.cache(
                    lambda: secrets_kept(cluster, plan.target.release, plan.rendered.leaves)
                ),
            ),
            clock=SystemClock(),
            progress=self.progress,
        )

    def inspect(self, plan: Plan, cluster: Cluster, workloads: Workloads) -> Inspected:
        """Looks into every ready pod, and holds it against the evidence. Changes nothing.

        Waits within smtp_rollout_timeout while the pods of a workload are being replaced.

        :raises FindingError: for a workload without a ready pod, or a missing right.
        """
        arrival, evidence = Arrival(workloads, plan.run.rollout_timeout), plan.evidence
        quotable = workloads.explainer.quotable
        while True:
            live, pods, places = arrival.ready()
            configuration = Configuration(cluster)
            seen = Reader(cluster, configuration, evidence, quotable).read(places)
            # Pods may have been deleted since they were listed; nothing is known of their successors.
            unread = {workload for workload, _pod in places} - {each.workload for each in seen}
            if not unread:
                break
            if arrival.is_over:
                workloads.require_ready(live, {each: [] for each in unread})
            arrival.rest()
        check = Check(
            cluster.namespace, configuration, evidence, quotable, plan.run.restart == "auto"
        )
        return Inspected(live, pods, seen, check.verdict(live, seen))
