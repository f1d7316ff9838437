# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controller side of smtp_back_out: what a rescue does when a step after the deployment has failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.terminal import page
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import SystemClock
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    OPTIONS,
    RELEASED,
    Option,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery import marker
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.lease import Lease
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import (
    Mode,
    failure,
    findings_of,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.release import ReleaseStep

CHANGES = ("change-undone", "undo-incomplete")
"""Findings that tell that something was changed."""


class ActionModule(ReleaseStep):
    """Undoes the change of this play when it is the cause of what has failed. Always fails."""

    options: ClassVar[Mapping[str, Option]] = {**OPTIONS, RELEASED.name: RELEASED}

    def run(
        self, tmp: str | None = None, task_vars: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        variables = task_vars or {}
        self.failed: Mapping[str, Any] = variables.get("ansible_failed_result") or {}
        task = variables.get("ansible_failed_task") or {}
        # Its message stands above; to say it again would hide what follows.
        self.cause = (
            f"Task {task.get('name') or 'before this one'} has failed; its message is above."
        )
        return super().run(tmp, task_vars)

    def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        self.require_release(plan)
        failed = findings_of(self.failed)
        released = self._task.args.get(RELEASED.name) or {}
        outcome: list[Finding] = []
        # What fails within the deployment is undone there.
        change = released.get("changed") or released.get("proof_owed")
        if change and not released.get("failed") and not mode.check:
            cluster, release = self.cluster(plan.target), plan.target.release
            with Lease(cluster, release, marker.new_run(), SystemClock(), self.progress) as lease:
                recovery = self.recovery(plan, cluster, lease)
                blamed = [each for each in failed if each.code not in _unconfirmed(self.failed)]
                outcome = recovery.back_out(blamed, str(released.get("run")))
        told = failure(outcome)
        return {
            **told,
            "changed": any(finding.code in CHANGES for finding in outcome),
            # The name of a task is not ours: page() keeps it to its line.
            "msg": page([self.cause, *filter(None, told["msg"].split("\n"))]),
            "findings": [finding.as_dict() for finding in (*failed, *outcome)],
        }


def _unconfirmed(failed: Mapping[str, Any]) -> set[str]:
    """The codes of a failed proof's findings that blame the settings and may be a hiccup of the relay."""
    proofs = failed.get("proofs")
    relays = (
        [each.get("relay") for each in proofs if isinstance(each, Mapping)]
        if isinstance(proofs, list)
        else []
    )
    codes = [each.get("unconfirmed") for each in relays if isinstance(each, Mapping)]
    return {str(code) for found in codes if isinstance(found, list) for code in found}
