# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Back to a revision that has worked: the objects by Helm, and the pods, which Helm does not mend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import is_ready
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard import hooks
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import of_manifest
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.findings import (
    CATALOGUE as HELM_CATALOGUE,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision, newest
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.runner import (
    FORCE_CONFLICTS,
    Helm,
    keeping,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import decodable
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Evidence, Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import Journal, Record
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.lease import Lease
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout import state
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.workloads import (
    Workloads,
    restarted_at,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import mounts
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounted import Mounted
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounts import Due
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.lacking import finding, lacking

CONFLICT = "Apply failed with"
"""How Helm 4 begins when somebody else owns a field; a rollback meets the same conflict as an upgrade."""
SCALED = ("Deployment", "StatefulSet")


Enforce = Callable[[Callable[[], None]], AbstractContextManager[Helm]]
"""Given what is called before each write, returns the helm command that can do only what was approved."""


@dataclass(frozen=True)
class Back:
    """A release that is back.

    :param settings: what it has again, as a part of a sentence.
    :param restarted: the workloads that had to be.
    :param trust: what was done about the private CA.
    :param findings: warnings.
    """

    settings: str
    restarted: tuple[str, ...]
    trust: Due
    findings: tuple[Finding, ...]

    @property
    def restarts(self) -> str:
        """The restarted workloads as a part of a sentence."""
        return f", and {', '.join(self.restarted)} restarted" if self.restarted else ""


@dataclass(frozen=True)
class WayBack:
    """The way back of one release.

    :param evidence: which containers see the mail settings, and where.
    :param redactor: makes what takes the secrets of all revisions out of Helm's words.
    :param approve: tries a rollback to a revision before it is made; returns warnings, and raises a
        `FindingError` when it must not be made.
    """

    helm: Helm
    cluster: Cluster
    workloads: Workloads
    evidence: Mapping[Workload, Evidence]
    lease: Lease
    redactor: Callable[[], Redactor]
    approve: Callable[[Revision], tuple[Sequence[Finding], Enforce]]

    def trust(self, ca: Sequence[Mounted]) -> Due:
        """What is to be done so that the workloads have the private CA that they had before."""
        return mounts.back(self.cluster, self.workloads.live(), ca)

    def go(self, last: Revision, good: Revision, ca: Sequence[Mounted] = ()) -> Back:
        """Goes back, and restarts the workloads whose pods have something else. Waits for nothing.

        :param last: the newest revision; when it is also the good one, it stays.
        :param ca: what workloads had of the private CA.
        :raises FindingError: when that one is not the newest any more, when the lease is lost, or Helm
            or the API server fails.
        """
        before, findings, settings = self.workloads.live(), list[Finding](), list[str]()
        trust = mounts.back(self.cluster, before, ca)
        # Helm runs the hooks of the revision that it goes back to.
        with self._readable():
            waited = hooks.waited_for(hooks.AFTER_ROLLBACK, good, self.helm.namespace)
        with trust.held(waited, contested=False):
            if last.number != good.number:
                findings += self._roll_back(last, good)
                revision = newest(self.lease.records.read()) or good
                settings.append(
                    f"the settings of revision {good.number} again (as revision {revision.number})"
                )
            if trust.mounts:
                self.lease.check()
                trust.bring()
                settings.append(f"its private CA as before ({trust})")
        live = self.workloads.live()
        owed = self.owed(before, live)
        kept = self._kept({workload: live[workload] for workload in owed})
        restarting = [workload for workload in owed if workload not in kept]
        absent = lacking(self.cluster, {workload: live[workload] for workload in restarting})
        if absent:  # a restart would end pods that work, and bring none
            told = [finding(workload, each) for workload, each in absent.items()]
            findings += [replace(each, severity="warning") for each in told]
            restarting = [workload for workload in restarting if workload not in absent]
        if owed:
            self.lease.check()
            self.workloads.restart(restarting)
            self.workloads.take_back(kept)
        return Back(
            settings=" and ".join(settings),
            restarted=tuple(map(str, restarting)),
            trust=trust,
            findings=(*findings, *trust.findings),
        )

    def arrive(self, seconds: int) -> None:
        """Waits until all pods are ready, and looks whether they have what the cluster holds.

        :raises FindingError: when they are not, or have not.
        """
        live = self.workloads.wait(seconds)
        behind = self.workloads.outdated(live, self.workloads.running(live), self.evidence)
        if behind:
            raise FindingError(
                *(
                    CATALOGUE.finding(
                        "pods-behind",
                        where=str(each),
                        workload=each,
                        resource=f"{each.kind.lower()}/{each.name}",
                        namespace=self.cluster.namespace,
                    )
                    for each in behind
                )
            )

    def owed(
        self, before: Mapping[Workload, Mapping[str, Any]], live: Mapping[Workload, dict[str, Any]]
    ) -> list[Workload]:
        """The workloads that do not roll by themselves and whose pods have the settings that were left.

        A container that does not come up is not asked, and would wait longer and longer for its next try.
        """
        still = [workload for workload in live if not state.rolls(before[workload], live[workload])]
        behind = self.workloads.outdated(live, self.workloads.running(live), self.evidence)
        pods = self.workloads.pods(live)
        return [
            workload
            for workload in still
            if workload in behind or not state.complete(live[workload], pods[workload])
        ]

    def _kept(self, live: Mapping[Workload, dict[str, Any]]) -> dict[Workload, str | None]:
        """Those whose ready pods have the settings of before, and stay when the restart is taken back.

        :returns: what their template said of the restart before.
        """
        ready = {
            workload: [pod for pod in pods if is_ready(pod)]
            for workload, pods in self.workloads.pods(live).items()
        }
        places = [(workload, pod) for workload, pods in ready.items() for pod in pods]
        behind = self.workloads.outdated(live, places, self.evidence)
        before = {
            workload: {restarted_at(pod["metadata"]) for pod in pods}
            for workload, pods in ready.items()
            if workload not in behind and not state.on_delete(live[workload])
        }
        return {
            workload: times.pop()
            for workload, times in before.items()
            if len(times) == 1
            and restarted_at(live[workload]["spec"]["template"]["metadata"]) not in times
        }

    def require_newest(self, number: int) -> Sequence[Revision]:
        """Sees that nobody has changed the release since it was looked at; all revisions that are kept.

        :raises FindingError: when somebody has. What was noted is taken back, because it will not be done.
        """
        revisions = self.lease.records.read()
        last = newest(revisions)
        if last is not None and last.number == number:
            return revisions
        journal = self.lease.journal()
        if journal is not None:
            self.lease.note(replace(journal, phase="closed"))
        release = self.helm.release
        text = f"revision {last.number} is {last.status}" if last else "it is gone"
        raise FindingError(
            HELM_CATALOGUE.finding(
                "release-changed-meanwhile", where=f"release {release}", release=release, text=text
            )
        )

    def _roll_back(self, last: Revision, good: Revision) -> list[Finding]:
        warnings, enforce = self.approve(good)
        told = list(warnings)
        flags = self._note(last, last.number + 1, good)
        try:
            with enforce(self.lease.check) as helm:
                helm.rollback(good.number, redactor=self.redactor(), flags=flags)
        except FindingError as error:
            words = str(error)
            if CONFLICT not in words:
                raise
        else:
            return told
        replicas = self._replicas(good)
        flags = (
            FORCE_CONFLICTS,
            *self._note(last, last.number + 2, good),
        )  # the one that has failed is kept
        redactor, failed = self.redactor(), list[Finding]()
        try:
            with enforce(self.lease.check) as helm:
                helm.rollback(good.number, redactor=redactor, flags=flags)
        except FindingError as error:  # it may have taken over some of them by then
            failed += error.findings
        for kind, name, count, manager in replicas:
            try:
                self.cluster.set_spec(kind, name, {"replicas": count}, manager=manager)
            except FindingError as error:
                failed += error.findings
        if failed:
            raise FindingError(*failed)
        where = f"release {self.helm.release}"
        return [*told, CATALOGUE.finding("undo-took-over", where=where, words=words)]

    def _note(self, last: Revision, number: int, good: Revision) -> tuple[str, ...]:
        """To be called before a rollback; returns its flags.

        :param last: the revision that is left.
        :param number: of the revision that the rollback makes.
        """
        journal = self.lease.journal()
        self.lease.note(
            Journal(
                run=self.lease.run,
                kind="undo",
                phase="begun",
                leaves=Record.of(last),
                good=Record.of(good),
                makes=number,
                ca=journal.ca if journal else (),
            )
        )
        return keeping(self.require_newest(number - 1))

    def _readable(self) -> AbstractContextManager[None]:
        return decodable(self.helm.release, self.helm.namespace)

    def _replicas(self, good: Revision) -> Sequence[tuple[str, str, int, str]]:
        """The numbers of pods that somebody else than Helm has set, and who."""
        found = []
        with self._readable():
            objects = of_manifest(good.manifest, self.cluster.namespace)
        for which in objects:
            live = which.kind in SCALED and self.cluster.workload(which.kind, which.name)
            manager = live and _manager_of_replicas(live)
            if live and manager:
                found.append((which.kind, which.name, int(live["spec"]["replicas"]), manager))
        return found


def _manager_of_replicas(thing: Mapping[str, Any]) -> str | None:
    for entry in thing["metadata"].get("managedFields") or []:
        if "f:replicas" in (entry.get("fieldsV1") or {}).get("f:spec", {}):
            manager = str(entry.get("manager", ""))
            if manager != "helm":
                return manager
    return None
