# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controller side of smtp_release: in use, wanted, upgrade, the roll that is still owed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import SystemClock
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.guard import Guard
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import usable
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.look import (
    Look,
    all_rights_told,
    look,
    wanted_changes,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery import marker
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.lease import Lease
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.recovery import Recovery
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout import state
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.findings import (
    CATALOGUE as ROLLOUT,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.workloads import Workloads
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import (
    Mode,
    sentence,
    warnings,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.diff import shown
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.release import ReleaseStep

DESCRIPTION = "SMTP settings by mailops.smtp"


class ActionModule(ReleaseStep):
    """Brings the settings into the release and its pods, and changes nothing else."""

    def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        self.require_release(plan)
        cluster, release = self.cluster(plan.target), plan.target.release
        with Lease(cluster, release, marker.new_run(), SystemClock(), self.progress) as lease:
            return self._bring(plan, mode, cluster, lease)

    def _bring(self, plan: Plan, mode: Mode, cluster: Cluster, lease: Lease) -> dict[str, Any]:
        target = plan.target
        recovery = self.recovery(plan, cluster, lease)
        begun, found, unproven = self._begin(plan, mode, cluster, recovery)
        deployed, changes, live = found.deployed, found.changes, found.live
        noted = [*begun, *found.findings, *shared_changes(plan, changes)]
        findings = [*noted]
        secrets = known_secrets(plan, deployed)
        redactor = Redactor(secrets)
        workloads = self.workloads(cluster, plan, redactor)
        self.partial = {
            "changed": bool(begun) or (unproven and not mode.check),
            "upgraded": False,
            "restarted": [],
            "revision": deployed.number,
            "chart": f"{deployed.chart_name} {deployed.chart_version}",
            "diff": [shown(f"values of release {target.release}", changes)] if changes else [],
        }
        rolling: list[Workload] = []
        with recovery.undoing():
            if changes:
                helm = self.helm(plan)
                wanted = values.apply(deployed.values, plan.rendered.leaves, deployed.defaults)
                with helm.chart(deployed, found.source) as chart:
                    guard = Guard(
                        helm, cluster, plan.rendered.evidence, plan.run.allow_changes, secrets
                    )
                    approval = guard.approve(deployed, chart, wanted, live)
                    noted += approval.findings
                    findings += approval.findings
                    findings += self._announce(workloads.interruptions(may_roll(plan, live)))
                    self.partial["diff"].append(
                        shown(f"objects of release {target.release}", approval.changes)
                    )
                    if not mode.check:
                        self.progress(
                            f"upgrading release {target.release} with chart {self.partial['chart']}"
                        )
                        mark = recovery.upgrading(deployed, live)
                        helm.upgrade(
                            chart,
                            wanted,
                            description=description(plan.run.change_reference),
                            redactor=redactor,
                            flags=(*approval.flags, *mark),
                        )
                if not mode.check:
                    deployed = upgraded(cluster, plan)
                    self.partial.update(changed=True, upgraded=True, revision=deployed.number)
                    before, live = live, workloads.live()
                    rolling = [each for each in live if state.rolls(before[each], live[each])]
            owed: list[Workload] = []
            if plan.run.restart != "never" and not (changes and mode.check):
                owed = self._owed(workloads, live, rolling, plan)
            restarting = owed if plan.run.restart == "auto" else []
            if owed and not restarting:
                places = ", ".join(map(str, owed))
                noted.append(
                    ROLLOUT.finding("restart-left", where=places, namespace=target.namespace)
                )
                findings.append(noted[-1])
            if restarting and not changes:
                interrupted = {workload: live[workload] for workload in restarting}
                findings += self._announce(workloads.interruptions(interrupted))
            if restarting and not mode.check:
                self._restart(restarting, workloads, lease)
            if self.partial["changed"]:
                workloads.wait(plan.run.rollout_timeout)
                verdict = self.inspect(plan, cluster, workloads).verdict
                if any(finding.severity == "error" for finding in verdict.findings):
                    raise FindingError(*verdict.findings)
        return {
            **self.partial,
            "changed": bool(self.partial["changed"] or changes or restarting),
            "restarted": list(map(str, restarting)),
            "restart_owed": [str(workload) for workload in owed if workload not in restarting],
            "msg": _msg(plan, deployed, changes, restarting, mode),
            "findings": [finding.as_dict() for finding in findings],
            "warnings": warnings(noted),
        }

    def _begin(
        self, plan: Plan, mode: Mode, cluster: Cluster, recovery: Recovery
    ) -> tuple[list[Finding], Look, bool]:
        """What was mended first, the release, and whether it is one that nobody has seen to be right.

        When there is something to do, it is this run alone that does it from here on.
        """
        way_back, mended = recovery.way_back, list[Finding]()
        lease, found = way_back.lease, None
        while True:
            with all_rights_told(plan, cluster):
                mended += recovery.begin(check=mode.check)
            found = look(plan, cluster, way_back.helm, way_back.workloads.live, found)
            unproven = recovery.unproven
            if mode.check or lease.held or not (unproven or found.changes):
                return mended, found, unproven
            lease.take()  # somebody may have been at work until now, so all is read again

    def _owed(
        self,
        workloads: Workloads,
        live: Mapping[Workload, Mapping[str, Any]],
        rolling: Collection[Workload],
        plan: Plan,
    ) -> list[Workload]:
        """The workloads whose pods do not have what the cluster would give them now, and do not roll anyway."""
        still = {workload: live[workload] for workload in live if workload not in rolling}
        return workloads.outdated(still, workloads.running(still), plan.rendered.evidence)

    def _restart(self, restarting: Sequence[Workload], workloads: Workloads, lease: Lease) -> None:
        lease.take()
        lease.check()
        names = list(map(str, restarting))
        self.progress(f"restarting {', '.join(names)}")
        workloads.restart(restarting)
        self.partial.update(changed=True, restarted=names)

    def _announce(self, interruptions: list[Finding]) -> list[Finding]:
        """Says on the screen, before it happens, what will be interrupted."""
        for finding in interruptions:
            self.progress(sentence(finding))
        return interruptions


def description(reference: str | None) -> str:
    """What stands beside the revision in ``helm history``."""
    return f"{DESCRIPTION} ({reference})" if reference else DESCRIPTION


def upgraded(cluster: Cluster, plan: Plan) -> Revision:
    """The revision that the upgrade has made, read back.

    :raises FindingError: when it does not hold the values that were given.
    """
    target = plan.target
    deployed = usable(cluster, target.release, plan.applications, plan.rendered.leaves)
    if wanted_changes(plan, deployed):
        raise FindingError(
            CATALOGUE.finding(
                "upgrade-not-recorded",
                where=f"release {target.release}",
                command=target.helm,
                release=target.release,
                namespace=target.namespace,
            )
        )
    return deployed


def may_roll(
    plan: Plan, live: Mapping[Workload, Mapping[str, Any]]
) -> dict[Workload, Mapping[str, Any]]:
    """The workloads that an upgrade rolls, or the restart after it."""
    restarts = plan.run.restart == "auto"
    return {each: now for each, now in live.items() if restarts or each.rolls != "none"}


def shared_changes(plan: Plan, changes: list[values.Change]) -> list[Finding]:
    """A finding for every changed value that is not for mail alone."""
    shared = plan.rendered.shared
    return [
        CATALOGUE.finding(
            "shared-setting-changes",
            where=change.key,
            before=change.before,
            after=change.after,
            reach=shared[change.key].reach,
            variable=shared[change.key].variable,
        )
        for change in changes
        if change.key in shared and change.effective
    ]


def known_secrets(plan: Plan, deployed: Revision) -> list[Secret]:
    """What must not show in an error of Helm or in a log: the secrets wanted, and what is in use."""
    return [
        *plan.description.secrets(),
        *values.known_secrets(deployed.values, plan.rendered.leaves),
    ]


def _msg(
    plan: Plan, deployed: Revision, changes: list[values.Change], owed: list[Workload], mode: Mode
) -> str:
    release = f"release {plan.target.release}"
    would = "would be " if mode.check else ""
    parts = []
    if changes:
        number = "" if mode.check else f" to revision {deployed.number}"
        parts.append(f"{would}upgraded{number} ({', '.join(change.key for change in changes)})")
    if owed:
        parts.append(f"{would}restarted: {', '.join(map(str, owed))}")
    return f"{release}: " + ("; ".join(parts) or f"nothing to change (revision {deployed.number})")
