# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds out what an upgrade or a rollback would do, and lets it pass when nothing but mail changes."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import (
    WORKLOADS,
    Cluster,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard import (
    danger,
    hooks,
    judge,
    rollback,
    trial,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.cause import causes
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import (
    Change,
    of_trial,
    written,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.enforce import Approved
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.explain import explanation
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.hook_check import HookCheck
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.hooks import Hook
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.lacking import would_lack
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.live import LiveObjects
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    Object,
    Ref,
    of_manifest,
    ref,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.promise import broken
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.show import shower
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.trial import Trial
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.runner import (
    FORCE_CONFLICTS,
    Helm,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import decodable
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Evidence,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.references import Reference


@dataclass(frozen=True)
class Approval:
    """An upgrade that may be made.

    :param changes: what it changes, in texts without secrets.
    :param findings: warnings.
    :param flags: of Helm, for the upgrade itself.
    :param hooks: those after it that it waits for.
    :param approved: what the real run may do.
    """

    changes: tuple[values.Change, ...]
    findings: tuple[Finding, ...]
    flags: tuple[str, ...]
    hooks: tuple[Ref, ...]
    approved: Approved


@dataclass(frozen=True)
class Guard:
    """Looks at one upgrade or rollback of one release before it is made.

    :param evidence: what the containers must see afterwards.
    :param allowed: changes that may be made although they are not for mail, by name.
    :param secrets: what must not show.
    :param held: what a run that was killed has left held, by name: the upgrade may let it go.
    :param restores: what somebody has deleted of the release: the upgrade may bring it back as it was.
    """

    helm: Helm
    cluster: Cluster
    evidence: Mapping[Workload, Evidence]
    allowed: Sequence[str]
    secrets: Sequence[Secret]
    held: Collection[str] = ()
    restores: Collection[Reference] = ()

    def approve(
        self,
        deployed: Revision,
        chart: Sequence[str],
        wanted: Mapping[str, Any],
        live: Mapping[Workload, Object],
        *,
        from_source: bool,
    ) -> Approval:
        """Lets an upgrade to the values `wanted` pass.

        :param chart: the arguments of Helm that name the chart.
        :param live: the workloads as they are.
        :param from_source: whether the chart is from a place of its own, and not from the record.
        :raises FindingError: with everything that stands against it.
        """
        attempt = functools.partial(
            trial.of_upgrade,
            self.helm,
            self.cluster,
            chart,
            secrets=self.secrets,
            allowed=self._exact,
        )
        tried, force = attempt(wanted), False
        found = self._sorted(deployed, tried, live)
        if found.takes_fields_over and not found.has_open_conflicts:
            tried, force = attempt(wanted, force=True), True
            found = self._sorted(deployed, tried, live)
        known = None
        if found.has_unknown_causes:
            again = attempt(deployed.values, force=force).revision
            with self._readable():
                known = causes(deployed, again, tried.revision, self.helm.namespace)
        redactor = Redactor(self.secrets)
        chart_name = f"{deployed.chart_name} {deployed.chart_version}"
        facts = {"release": self.helm.release, "chart": chart_name}
        verdict = judge.judge(
            found, known, redactor.clean, facts, self._reasons(tried), restores=self.restores
        )

        def of_source() -> list[Hook]:
            """The hooks that the chart has by default, as far as it renders without values."""
            if not from_source:
                return []
            try:
                plain = attempt({}, force=force).revision
            except FindingError:
                return []  # those in doubt are told
            return self._every(hooks.ON_UPGRADE, plain)

        findings = [
            *verdict.findings,
            *self._hooks_outside("upgrade", hooks.ON_UPGRADE, tried, live.values(), of_source),
            *self._hooks(tried.revision),
            *self._broken_promises(tried, live, chart_name, redactor.clean),
        ]
        if any(finding.severity == "error" for finding in findings):
            raise FindingError(*findings)
        shown = shower(self.evidence.values(), redactor.clean).texts(verdict.ours)
        flags = (FORCE_CONFLICTS,) if force else ()
        after = hooks.waited_for(hooks.AFTER_UPGRADE, tried.revision, self.helm.namespace)
        approved = self._approved(tried, hooks.ON_UPGRADE)
        return Approval(tuple(shown), tuple(findings), flags, tuple(after), approved)

    @property
    def _exact(self) -> list[str]:
        """The names of smtp_allow_changes that are exact."""
        return [name for name in self.allowed if "*" not in name]

    def _approved(self, tried: Trial, moments: Sequence[str]) -> Approved:
        return Approved(tried, self._every(moments, tried.revision), self.allowed)

    def approve_rollback(self, good: Revision) -> tuple[tuple[Finding, ...], Approved]:
        """Lets a rollback to the revision `good` pass. Its record is input: the live objects decide.

        :returns: warnings, and what the real run may do.
        :raises FindingError: with everything that stands against it.
        """
        attempt = functools.partial(
            trial.of_rollback,
            self.helm,
            self.cluster,
            good.number,
            secrets=self.secrets,
            allowed=self._exact,
        )
        tried = attempt()
        if any(change.kind == "conflict" for change in of_trial(tried.writes, self.helm.namespace)):
            tried = attempt(force=True)  # which is how the rollback goes on then
        changes = of_trial(tried.writes, self.helm.namespace)
        reasons, live = self._reasons(tried), self._live()
        found = self._sort(changes, tried, live.values())
        facts = {"release": self.helm.release, "chart": good.chart_name}
        findings = [
            *rollback.findings(
                found, self._past(tried), Redactor(self.secrets).clean, facts, reasons
            ),
            *self._hooks_outside("rollback", hooks.ON_ROLLBACK, tried, live.values(), list),
        ]
        if any(finding.severity == "error" for finding in findings):
            raise FindingError(*findings)
        return tuple(findings), self._approved(tried, hooks.ON_ROLLBACK)

    def _live(self) -> dict[Workload, Object]:
        """The workloads that the evidence is about, as they are."""
        read = ((each, self.cluster.workload(each.kind, each.name)) for each in self.evidence)
        return {workload: state for workload, state in read if state is not None}

    def _past(self, tried: Trial) -> rollback.Past:
        """The templates that the workloads have had, which a rollback changes."""
        namespace = self.helm.namespace
        changed = {
            written(write, namespace): write
            for write in tried.writes
            if write.live and not write.refused
        }
        templates = {
            which: templates_had(self.cluster, write.live)
            for which, write in changed.items()
            if write.live and which.kind in WORKLOADS and not which.namespace
        }
        return rollback.Past(templates, {which: write.answer for which, write in changed.items()})

    def _reasons(self, tried: Trial) -> dict[Ref, str]:
        """The objects that need an exact name, and why."""
        return danger.of_writes(tried.writes, self.helm.release, self.helm.namespace)

    def _every(self, moments: Sequence[str], revision: Revision) -> list[Hook]:
        with self._readable():
            return list(hooks.every(moments, revision, self.helm.namespace))

    def _hooks_outside(
        self,
        action: str,
        moments: Sequence[str],
        tried: Trial,
        workloads: Iterable[Object],
        of_source: Callable[[], Sequence[Hook]],
    ) -> list[Finding]:
        """What stands against the hooks of these moments."""
        namespace = self.helm.namespace
        with self._readable():
            rendered = of_manifest(tried.revision.manifest, namespace)
        own = [thing for which, thing in rendered.items() if not which.namespace]
        check = HookCheck(
            action, LiveObjects(self.cluster, namespace), self.helm.release, self.allowed
        )
        return check.findings(self._every(moments, tried.revision), own, workloads, of_source)

    def _readable(self) -> AbstractContextManager[None]:
        """Tells of a manifest that is no YAML."""
        return decodable(self.helm.release, self.helm.namespace)

    def _sorted(
        self, deployed: Revision, tried: Trial, live: Mapping[Workload, Object]
    ) -> judge.Sorted:
        namespace = self.helm.namespace
        with self._readable():
            before = hooks.of_upgrade(deployed, namespace)
            after = hooks.of_upgrade(tried.revision, namespace)
        changes = [*of_trial(tried.writes, namespace), *hooks.changes(before, after)]
        return self._sort(changes, tried, live.values())

    def _sort(
        self, changes: Sequence[Change], tried: Trial, live: Iterable[Object]
    ) -> judge.Sorted:
        answers = [write.answer for write in tried.writes if not write.refused]
        known = [write.live for write in tried.writes if write.live is not None]
        every = explanation(self.evidence.values(), [*live, *known, *answers])
        return judge.sort(changes, every, self.allowed, self.held, self._reasons(tried))

    def _hooks(self, revision: Revision) -> list[Finding]:
        found = hooks.of_upgrade(revision, self.helm.namespace)
        if not found:
            return []
        names = ", ".join(map(str, found.values()))
        where = f"release {self.helm.release}"
        return [CATALOGUE.finding("hooks-run-again", where=where, hooks=names)]

    def _broken_promises(
        self,
        tried: Trial,
        live: Mapping[Workload, Object],
        chart: str,
        clean: Callable[[str], str],
    ) -> list[Finding]:
        """What new pods would lack to start, and what containers would not see although it was given."""
        if any(write.refused for write in tried.writes):
            return []  # what was refused is told, and shows nothing
        would: dict[Ref, Any] = {
            Ref(workload.kind, workload.name): state for workload, state in live.items()
        }
        for write in tried.writes:
            gone = write.method == "DELETE"
            which = ref(write.live if gone and write.live else write.answer, self.helm.namespace)
            would[which] = None if gone else write.answer

        def read(kind: str, otherwise: Callable[[str], Any]) -> Callable[[str], Any]:
            return functools.cache(
                lambda name: would[Ref(kind, name)] if Ref(kind, name) in would else otherwise(name)
            )

        readers = {
            "Secret": read("Secret", self.cluster.secret),
            "ConfigMap": read("ConfigMap", self.cluster.config_map),
        }
        with self._readable():
            made = hooks.of_upgrade(tried.revision, self.helm.namespace)
        lacking = would_lack(live, would, made, lambda kind, name: readers[kind](name))
        return [
            *lacking,
            *self._unkept(would, readers, chart, clean),
        ]

    def _unkept(
        self,
        would: Mapping[Ref, Any],
        readers: Mapping[str, Callable[[str], Any]],
        chart: str,
        clean: Callable[[str], str],
    ) -> list[Finding]:
        """What containers would not see, given the objects as they would be."""
        return [
            CATALOGUE.finding(
                "evidence-not-rendered",
                where=str(each.workload),
                workload=each.workload,
                container=each.workload.container,
                differences=clean("; ".join(each.differences)),
                chart=chart,
            )
            for each in broken(
                self.evidence,
                lambda kind, name: would.get(Ref(kind, name)),
                readers["Secret"],
                readers["ConfigMap"],
            )
        ]


def templates_had(cluster: Cluster, workload: Object) -> list[Object]:
    """The pod templates that a workload has had, as the cluster keeps them; the present one too."""
    own = workload["metadata"]["uid"]
    found = []
    try:
        kept = cluster.revisions_of(workload["kind"], workload["spec"]["selector"])
    except FindingError as error:
        if any(finding.code != "cluster-rights-missing" for finding in error.findings):
            raise
        kept = []  # the documented Role lists no ControllerRevisions of StatefulSets
    for each in kept:
        owners = each["metadata"].get("ownerReferences") or []
        spec = each.get("data", each).get("spec") or {}
        if "template" in spec and any(owner.get("uid") == own for owner in owners):
            template = {key: value for key, value in spec["template"].items() if key != "$patch"}
            found.append(template)
    return [workload["spec"]["template"], *found]
