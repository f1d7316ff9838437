# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controller side of smtp_release: in use, wanted, upgrade, the roll that is still owed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, ClassVar

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import SystemClock
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    OPTIONS,
    PROBED,
    PROOF_FOLLOWS,
    Option,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.enforce import enforced
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.guard import Guard
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.unread import require_read
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight import owner
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.look import (
    Look,
    all_rights_told,
    allow_mount,
    allow_restart,
    look,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.findings import (
    CATALOGUE as PROBE,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery import marker
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.lease import Lease
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.recovery import Recovery
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.unfinished import Unfinished
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout import state
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.workloads import Workloads
from ansible_collections.mailops.smtp.plugins.plugin_utils.step import changed, upgrade
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import (
    Mode,
    sentence,
    warnings,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.cluster import Inspected
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.diff import shown
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.probed import passed_over
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.release import ReleaseStep
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.seen import verified
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import commit
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounts import Due, Mounts

OWNED = "release-owned"
"""The finding that somebody else keeps the release."""
LET_GO = "workload-let-go"
"""The finding that a workload was held by a killed run, and is not any more."""
RESTART_OWED = "restart-owed"
"""The finding that a container has what it was started with, and a new one would have what is wanted."""


class ActionModule(ReleaseStep):
    """Brings the settings into the release and its pods, and changes nothing else."""

    options: ClassVar[Mapping[str, Option]] = {
        **OPTIONS,
        PROOF_FOLLOWS.name: PROOF_FOLLOWS,
        PROBED.name: PROBED,
    }

    def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        self.require_release(plan)
        self.proof_follows = self.flag(PROOF_FOLLOWS)
        self.mended, self.announced = list[Finding](), list[Finding]()
        self.noticed: list[Finding] | None = None
        cluster, release = self.cluster(plan.target), plan.target.release
        try:
            with Lease(cluster, release, marker.new_run(), SystemClock(), self.progress) as lease:
                recovery = self.recovery(plan, cluster, lease)
                try:
                    return self._bring(plan, mode, recovery)
                except FindingError as error:
                    said = (*self._noticed(recovery), *self.mended, *self._let_go(recovery))
                    found = (*error.findings, *said)
                    raise FindingError(*dict.fromkeys(found)) from error
        except FindingError as error:
            if not plan.trust.runtimes or OWNED not in {found.code for found in error.findings}:
                raise
            told = self._ca_to_commit(plan, mode, cluster)
            raise FindingError(*error.findings, *told) from error

    def _bring(self, plan: Plan, mode: Mode, recovery: Recovery) -> dict[str, Any]:
        cluster, lease = recovery.way_back.cluster, recovery.way_back.lease
        found, left = self._begin(plan, mode, recovery)
        unseen = left is not None and left.unseen and not mode.check
        made_up = recovery.made_up(left, proof_follows=self.proof_follows) if not mode.check else ""
        deployed, changes = found.deployed, found.changes
        workloads = self.workloads(cluster, plan, Redactor(upgrade.known_secrets(plan, deployed)))
        live, due = found.live, Mounts(cluster, plan.trust).look(found.live)
        # What is missing comes back by an upgrade with the values in use, if it is the release's own.
        upgrades = found.upgrades
        noted = [
            *(
                *self._noticed(recovery),
                *self.mended,
                *([recovery.resumed(made_up)] if made_up else ()),
            ),
            *(*found.findings, *found.drift.findings(upgrades=upgrades)),
            *(*changed.shared_settings(plan, changes), *due.findings),
            *(allow_mount(plan, cluster, live) if due and not upgrades else ()),
        ]
        alone = not (upgrades or due)
        # What is still rolling for a killed run is not to roll twice: its pods are looked at when it has.
        rolls_yet = unseen and not upgrades and plan.run.restart == "auto"
        owed, restarting = (
            self._restarts(workloads, live, (), plan) if alone and not rolls_yet else ([], [])
        )
        if restarting:
            allow_restart(plan, cluster, {each: live[each] for each in restarting})
        if not upgrades:
            found.drift.require([*restarting, *(due.rolling(live) if due else ())])
        if (due or restarting) and not (lease.held or mode.check):
            lease.take()  # somebody may have been at work until now, so all is read again
            return self._bring(plan, mode, recovery)
        self.partial = {
            "changed": bool(self.mended or unseen or self.partial.get("changed")),
            "upgraded": False,
            "restarted": [],
            "verified": {},
            "ca_changed": [],
            "revision": deployed.number,
            "chart": f"{deployed.chart_name} {deployed.chart_version}",
            "diff": [
                *([shown(f"values of release {plan.target.release}", changes)] if changes else []),
                *due.diff(),
            ],
        }
        waits = bool(self.mended) or (left is not None and left.unseen)
        arrives = unseen and not due.left_held
        if upgrades or due.mounts or (owed and not waits):
            self._withhold(plan, recovery, arrives=arrives, new=True)
        with recovery.undoing(proof_follows=self.proof_follows):
            if not self.proof_follows:  # else that one has the last word
                self._withhold(plan, recovery, arrives=arrives, new=False)
            if upgrades:
                deployed, told = self._upgrade(
                    plan, recovery, workloads, found, due, check=mode.check
                )
                noted += told
            elif due:
                self._announce(workloads.interruptions(due.rolling(live)))
                if not mode.check:
                    self._trust(due, recovery, alone=True)
            if not (alone or rolls_yet or mode.check):
                before, live = live, workloads.live()
                rolling = [each for each in live if state.rolls(before[each], live[each])]
                owed, restarting = self._restarts(workloads, live, rolling, plan)
            if owed and not restarting:
                noted.append(changed.restarts_left(owed, plan.target, found.drift))
            still = {} if upgrades else {workload: live[workload] for workload in restarting}
            self._announce(workloads.interruptions(still))
            if restarting and not mode.check:
                self._restart(restarting, workloads, recovery)
            restarting = [*restarting, *self._prove(plan, cluster, workloads, recovery)]
        return {
            **self.partial,
            **recovery.outcome(left),
            "changed": bool(self.partial["changed"] or upgrades or due or restarting),
            "restarted": list(map(str, restarting)),
            "restart_owed": [str(workload) for workload in owed if workload not in restarting],
            "msg": changed.message(
                plan,
                deployed,
                changes,
                due,
                restarting,
                restored=found.drift.own,
                made_up=made_up,
                check=mode.check,
            ),
            "findings": [finding.as_dict() for finding in (*noted, *self.announced)],
            "warnings": warnings(noted),
        }

    def _noticed(self, recovery: Recovery) -> list[Finding]:
        """Return what to say of the journal that the run has found; nothing where it cannot be read."""
        if self.noticed is None:
            try:
                self.noticed = recovery.noticed()
            except FindingError:
                return []  # why it cannot be read is told where it stops the run
        return self.noticed

    def _let_go(self, recovery: Recovery) -> list[Finding]:
        """Leaves no workload held when the run ends in a failure; what to say about it."""
        told = recovery.let_go()
        if LET_GO in {found.code for found in told}:
            self.partial["changed"] = True
        return told

    def _ca_to_commit(self, plan: Plan, mode: Mode, cluster: Cluster) -> list[Finding]:
        """Writes what mounts the private CA, where somebody else keeps the release; what to say about it."""
        try:
            live = self.workloads(cluster, plan, plan.redactor).live()
            mounts, findings = Mounts(cluster, plan.trust).wanted(live)
            outcome = commit.commit(
                mounts,
                owner.of_objects(live.values()),
                plan.target.namespace,
                plan.target.release,
                plan.run.ca_dest,
                check=mode.check,
            )
        except FindingError as error:
            return list(error.findings)
        self.partial["changed"] = outcome.changed
        return [*findings, *outcome.findings]

    def _begin(self, plan: Plan, mode: Mode, recovery: Recovery) -> tuple[Look, Unfinished | None]:
        """The release, and what a killed run has left to be seen or to be proved of it.

        What such a run has left half done is mended first. When there is something to do, it is this run
        alone that does it from here on.
        """
        way_back, found = recovery.way_back, None
        while True:
            with all_rights_told(plan, way_back.cluster):
                self.mended += recovery.begin(check=mode.check)
            self.partial["changed"] = bool(self.mended)
            found = look(
                plan,
                way_back.cluster,
                way_back.helm,
                way_back.workloads.live,
                way_back.lease.records.read,
                before=found,
            )
            left = recovery.left(found.revisions)
            due = found.upgrades or (left is not None and left.unseen)
            if mode.check or way_back.lease.held or not due:
                return found, left
            way_back.lease.take()  # somebody may have been at work until now, so all is read again

    def _owed(
        self,
        workloads: Workloads,
        live: Mapping[Workload, Mapping[str, Any]],
        rolling: Collection[Workload],
        plan: Plan,
    ) -> list[Workload]:
        """The workloads whose pods do not have what the cluster would give them now, and do not roll anyway."""
        if plan.run.restart == "never":
            return []
        still = {workload: live[workload] for workload in live if workload not in rolling}
        return workloads.outdated(still, workloads.running(still), plan.watched)

    def _restarts(
        self,
        workloads: Workloads,
        live: Mapping[Workload, Mapping[str, Any]],
        rolling: Collection[Workload],
        plan: Plan,
    ) -> tuple[list[Workload], list[Workload]]:
        """The workloads that owe a restart, and those of them that are restarted in this run."""
        owed = self._owed(workloads, live, rolling, plan)
        return owed, owed if plan.run.restart == "auto" else []

    def _withhold(self, plan: Plan, recovery: Recovery, *, arrives: bool, new: bool) -> None:
        """Brings nothing new in where the probe goes on only so that a killed run is mended.

        :param arrives: whether it is to be seen first that the pods have what is in use.
        :param new: whether other settings are wanted. What the probe has found is about these then, and
            undoes nothing of what is in use.
        :raises FindingError: with what the probe has found, and what is wrong with the pods.
        """
        release = plan.target.release
        found = passed_over(self._task.args.get(PROBED.name) or {}, release)
        if not found:
            return
        found.append(PROBE.finding("change-withheld", where=f"release {release}", release=release))
        judged = recovery.undoing(proof_follows=self.proof_follows) if new else nullcontext()
        try:
            if arrives:
                with judged:
                    recovery.way_back.arrive(plan.run.rollout_timeout)
        except FindingError as error:
            found += error.findings
        raise FindingError(*found)

    def _upgrade(
        self,
        plan: Plan,
        recovery: Recovery,
        workloads: Workloads,
        found: Look,
        due: Due,
        *,
        check: bool,
    ) -> tuple[Revision, Sequence[Finding]]:
        """Upgrades the release together with the private CA, if the guard lets it pass.

        :param check: whether that is only seen, and nothing upgraded.
        :returns: the revision that is in use then, and what there is to say of the upgrade.
        """
        helm, deployed, live = recovery.way_back.helm, found.deployed, found.live
        wanted = values.apply(deployed.values, plan.rendered.leaves, deployed.defaults)
        with helm.chart(deployed, found.source) as chart:
            guard = Guard(
                helm,
                recovery.way_back.cluster,
                plan.rendered.evidence,
                plan.run.allow_changes,
                upgrade.known_secrets(plan, deployed),
                due.held_fields,
                found.drift.own,
            )
            approval = guard.approve(deployed, chart, wanted, live, from_source=bool(found.source))
            unread = require_read(
                helm,
                recovery.way_back.cluster,
                chart,
                deployed,
                leaves=plan.rendered.leaves,
                secrets=upgrade.known_secrets(plan, deployed),
            )
            told = (*approval.findings, *unread, *due.twice(approval.hooks))
            self._announce(workloads.interruptions(upgrade.may_roll(plan, live)))
            objects = f"objects of release {helm.release}"
            self.partial["diff"].append(shown(objects, approval.changes))
            if check:
                return deployed, told
            self.progress(f"upgrading release {helm.release} with chart {self.partial['chart']}")
            mark = recovery.upgrading(deployed, live, due.before)
            with due.held(approval.hooks):
                self._trust(due, recovery)
                flags = (
                    *approval.flags,
                    *upgrade.taking_over(deployed, due, approval.hooks),
                    *mark,
                )
                way_back = recovery.way_back
                with enforced(
                    helm, way_back.cluster, approval.approved, way_back.lease.check
                ) as real:
                    real.upgrade(
                        chart,
                        wanted,
                        description=upgrade.description(plan.run.change_reference),
                        redactor=workloads.explainer.redactor,
                        flags=flags,
                    )
            made = upgrade.made(recovery, plan)
        self.partial.update(changed=True, upgraded=True, revision=made.number)
        return made, told

    def _prove(
        self, plan: Plan, cluster: Cluster, workloads: Workloads, recovery: Recovery
    ) -> list[Workload]:
        """Waits until the pods are ready after a change, and sees that they have what is wanted.

        A roll that was under way before may have come back to a template whose pods were still there, and
        which have kept their former settings: these are restarted, and returned.
        """
        if not self.partial["changed"]:
            return []
        seen, behind = self._seen(plan, cluster, workloads), []
        if plan.run.restart == "auto" and RESTART_OWED in {
            found.code for found in seen.verdict.findings
        }:
            live = workloads.live()
            behind = self._owed(workloads, live, (), plan)
            self._announce(workloads.interruptions({each: live[each] for each in behind}))
            self._restart(behind, workloads, recovery)
            seen = self._seen(plan, cluster, workloads)
        if any(finding.severity == "error" for finding in seen.verdict.findings):
            raise FindingError(*seen.verdict.findings)
        self.partial["verified"] = verified(plan, cluster, seen)
        return behind

    def _seen(self, plan: Plan, cluster: Cluster, workloads: Workloads) -> Inspected:
        """What the pods have when they are ready.

        Nothing can be run in a container of a bare image, nor in one that has just ended at its start.
        """
        workloads.wait(plan.run.rollout_timeout)
        inspected = self.inspect(plan, cluster, workloads)
        bare = {seen.workload for seen in inspected.seen if seen.way == "specification"}
        if bare:
            workloads.wait(plan.run.rollout_timeout, settling=bare)
        return inspected

    def _restart(
        self, restarting: Sequence[Workload], workloads: Workloads, recovery: Recovery
    ) -> None:
        recovery.rolling()
        names = list(map(str, restarting))
        self.progress(f"restarting {', '.join(names)}")
        workloads.restart(restarting)
        self.partial.update(changed=True, restarted=names)

    def _trust(self, due: Due, recovery: Recovery, *, alone: bool = False) -> None:
        """Brings the private CA into the pods, or out of them.

        :param alone: whether there is no upgrade, and so nothing that the workloads are held for.
        """
        if due:
            recovery.rolling(due.before)
            if due.mounts:
                self.progress(f"bringing the private CA in line: {due}")
            due.bring()
            if alone:
                due.let_go()
            self.partial.update(changed=True, ca_changed=list(map(str, due.mounts)))

    def _announce(self, interruptions: Sequence[Finding]) -> None:
        """Says on the screen, before it happens, what will be interrupted."""
        for finding in interruptions:
            self.progress(sentence(finding))
        self.announced += interruptions
