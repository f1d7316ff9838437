# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controller side of smtp_verify: reads every ready pod of every workload, changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.workloads import (
    Seen,
    check,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import (
    Mode,
    failure,
    warnings,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.cluster import ClusterStep


class ActionModule(ClusterStep):
    """Asserts what the pods really see."""

    def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        self.require_release(plan)
        target = plan.target
        workloads = self.workloads(self.cluster(target), plan, plan.redactor)
        seen = workloads.ready(workloads.live())
        deviations = check(seen, plan.rendered.evidence)
        errors = [deviation.finding(target.namespace) for deviation in deviations]
        findings = [*errors, *not_read(plan)]
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
            "variables": variables(plan),
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
        if errors:
            return {**result, **failure(findings)}
        return {**result, "msg": _msg(plan, seen), "warnings": warnings(findings)}


def variables(plan: Plan) -> list[str]:
    """The names of the variables that were compared."""
    return sorted({name for wanted in plan.rendered.evidence.values() for name in wanted.env})


def not_read(plan: Plan) -> list[Finding]:
    """What the profile wants to be seen besides variables, and nobody has looked at."""
    places = [
        place
        for workload, wanted in plan.rendered.evidence.items()
        for place in (
            *(f"the lines of {file.path} in {workload}" for file in wanted.files),
            *(f"the keys of Secret {secret.name}" for secret in wanted.secrets),
        )
    ]
    if not places:
        return []
    text = ", ".join(dict.fromkeys(places))
    return [CATALOGUE.finding("evidence-not-read", where="evidence", places=text)]


def _msg(plan: Plan, seen: list[Seen]) -> str:
    places = ", ".join(entry.pod for entry in seen) or "no pod"
    parts = [f"verified: {len(variables(plan))} variables are as they should be in {places}"]
    read = {entry.workload for entry in seen}
    parts += [
        f"unproven: {workload}, which is scaled to no pod"
        for workload in plan.rendered.workloads
        if workload not in read
    ]
    if plan.description.enabled:
        proof = " ".join(application.profile.proof for application in plan.applications)
        parts.append(f"what only the application itself can show: {proof}")
    return "; ".join(parts)
