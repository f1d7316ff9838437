# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controller side of smtp_verify: reads every ready pod of every workload, changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.workloads import (
    Seen,
    check,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import Mode, failure
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.cluster import ClusterStep


class ActionModule(ClusterStep):
    """Asserts what the pods really see."""

    def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        target = plan.target
        workloads = self.workloads(self.cluster(target), plan, plan.redactor)
        seen = workloads.ready(workloads.live())
        deviations = check(seen, plan.rendered.env)
        findings = [deviation.finding(target.namespace) for deviation in deviations]
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
            "differences": [
                {
                    "pod": deviation.seen.pod,
                    "container": deviation.seen.workload.container,
                    **asdict(difference),
                }
                for deviation in deviations
                for difference in deviation.differences
            ],
            "findings": [finding.as_dict() for finding in findings],
        }
        return {**result, **(failure(findings) if findings else {"msg": _msg(plan, seen)})}


def _msg(plan: Plan, seen: list[Seen]) -> str:
    places = ", ".join(entry.pod for entry in seen) or "no pod"
    parts = [f"verified: {len(plan.rendered.env)} variables are as they should be in {places}"]
    read = {entry.workload for entry in seen}
    parts += [
        f"unproven: {workload}, which is scaled to no pod"
        for workload in plan.rendered.workloads
        if workload not in read
    ]
    if plan.description.enabled:
        parts.append(f"what only the application itself can show: {plan.profile.proof.strip()}")
    return "; ".join(parts)
