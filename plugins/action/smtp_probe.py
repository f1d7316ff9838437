# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controller side of smtp_probe: chooses where the probe runs, and judges what it saw."""

from __future__ import annotations

from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import usable
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe import place
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import (
    Mode,
    failure,
    warnings,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.cluster import ClusterStep


class ActionModule(ClusterStep):
    """Proves that the relay takes the mail, or says why it does not."""

    def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        if not plan.description.enabled:
            return {"changed": False, "findings": [], "msg": ""}
        probed, findings = self._probe(plan)
        seen = [Finding(**finding) for finding in probed.result.pop("findings")]
        if probed.where == "controller" and plan.run.probe_from == "auto" and not probed.reached:
            seen = [
                CATALOGUE.finding("relay-unproven", where=finding.where, problem=finding.message)
                if finding.severity == "error"
                else finding
                for finding in seen
            ]
        findings += seen
        result = {
            "changed": False,
            "probed_from": probed.where,
            "relay": probed.result,
            "findings": [finding.as_dict() for finding in findings],
        }
        if any(finding.severity == "error" for finding in findings):
            failed = failure(findings)
            return {**result, **failed, "msg": f"{failed['msg']} (Probed from {probed.where}.)"}
        return {**result, "msg": _msg(plan, probed, findings), "warnings": warnings(findings)}

    def _probe(self, plan: Plan) -> tuple[place.Probed, list[Finding]]:
        """The probe from where it was asked for, and what there is to say about that."""
        request, target = place.request_for(plan.description), plan.target
        if plan.run.probe_from == "controller":
            return place.from_controller(request), []
        if plan.run.probe_from == "pod":
            self.require_release(plan)
        if plan.profile.target != "helm":
            problem = f"{plan.title} is not configured through a Helm release"
            where = "smtp_application"
            note = CATALOGUE.finding("probe-from-controller", where=where, problem=problem)
            return place.from_controller(request), [note]
        cluster = self.cluster(target)
        # A login at the relay for a release that is not there would tell the wrong story.
        usable(cluster, target.release, plan.applications, plan.rendered.leaves)
        try:
            return place.from_pod(request, cluster, plan.rendered.workloads), []
        except place.PlaceError as error:
            facts: dict[str, Any] = {
                "where": f"release {target.release}",
                "problem": str(error),
            }
        if plan.run.probe_from == "pod":
            raise FindingError(
                CATALOGUE.finding("probe-pod-unavailable", release=target.release, **facts)
            )
        return place.from_controller(request), [CATALOGUE.finding("probe-from-controller", **facts)]


def _msg(plan: Plan, probed: place.Probed, findings: list[Finding]) -> str:
    unproven = [finding.message for finding in findings if finding.code.endswith("unproven")]
    passed = [
        stage["name"] for stage in probed.result["stages"] if stage["result"] in ("ok", "warning")
    ]
    relay = f"relay {plan.description.host}:{plan.description.port}"
    text = f"{relay}, probed from {probed.where}: {', '.join(passed) or 'nothing'} passed"
    return "; ".join([text, *unproven])
