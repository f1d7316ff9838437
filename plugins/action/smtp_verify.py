# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controller side of smtp_verify: reads every ready pod of every workload, changes nothing."""

from __future__ import annotations

from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import SystemClock
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.workloads import Workloads, check
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import secrets_kept
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import Mode, Step, failure


class ActionModule(Step):
    """Asserts what the pods really see."""

    def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        target = plan.target
        cluster = Cluster(target.kubeconfig, target.context, target.namespace)
        workloads = Workloads(
            cluster=cluster,
            workloads=plan.rendered.workloads,
            release=target.release,
            redactor=plan.redactor,
            secrets_kept=lambda: secrets_kept(cluster, target.release, plan.rendered.leaves),
            clock=SystemClock(),
            progress=self.progress,
        )
        seen = workloads.ready(workloads.live())
        findings = check(seen, plan.rendered.env)
        result = {
            "changed": False,
            "pods": [
                {
                    "workload": str(entry.workload),
                    "pod": entry.pod,
                    "container": entry.workload.container,
                }
                for entry in seen
            ],
            "variables": sorted(plan.rendered.env),
            "findings": [finding.as_dict() for finding in findings],
        }
        if findings:
            return {**result, **failure(findings)}
        return {**result, "msg": _msg(plan, [entry.pod for entry in seen])}


def _msg(plan: Plan, pods: list[str]) -> str:
    places = ", ".join(pods) or "no pod, because none is wanted"
    text = f"verified: {len(plan.rendered.env)} variables are as they should be in {places}"
    if not plan.description.enabled:
        return text
    return f"{text}; what only the application itself can show: {plan.profile.proof.strip()}"
