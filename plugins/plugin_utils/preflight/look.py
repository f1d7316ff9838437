# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look before anything is changed, which finds everything that stands against a change at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import record, values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.runner import Helm
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import (
    unchecked,
    unreadable,
    usable,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight import (
    drift,
    needs,
    overrides,
    owner,
    rights,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.drift import Drift
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.needs import Need
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.findings import (
    CATALOGUE as ROLLOUT,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.hold import is_held
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.patch import MANAGER, managed

Live = Mapping[Workload, Mapping[str, Any]]

_NOBODY_ANSWERS = ("cluster-unreachable", "cluster-login-refused")
"""After these there is no use in asking more."""
_REFUSED = "cluster-rights-missing"


@dataclass(frozen=True)
class Look:
    """A release that can be worked on.

    :param revisions: all that are kept.
    :param deployed: the one that is in use.
    :param changes: of its values; none when it has all that is wanted.
    :param live: its workloads.
    :param source: the arguments of Helm that name its chart; empty for the one in its record.
    :param drift: what new pods would lack.
    :param findings: warnings.
    """

    revisions: Sequence[Revision]
    deployed: Revision
    changes: list[values.Change]
    live: Live
    source: tuple[str, ...]
    drift: Drift
    findings: tuple[Finding, ...]

    @property
    def upgrades(self) -> bool:
        """Whether an upgrade is due: for other values, or to restore what is the release's own."""
        return bool(self.changes or self.drift.own)


@contextmanager
def all_rights_told(plan: Plan, cluster: Cluster) -> Iterator[None]:
    """Where the API server refuses one thing, tells of all that it would refuse."""
    try:
        yield
    except FindingError as error:
        if not any(finding.code == _REFUSED for finding in error.findings):
            raise
        wanted = _of_configuring(plan, {})
        more = [each for each in _missing(plan, cluster, wanted) if each.severity == "error"]
        raise FindingError(*(more or error.findings)) from error


def wanted_changes(plan: Plan, deployed: Revision) -> list[values.Change]:
    """What is to change in the values of the release.

    :raises FindingError: when there is no room for it.
    """
    values.require_room(deployed.values, plan.rendered.leaves, deployed.defaults)
    return values.changes(deployed.values, plan.rendered.leaves, deployed.defaults)


class _Records:
    """The records of one release, read once."""

    def __init__(self, cluster: Cluster, read: Callable[[], list[Revision]]) -> None:
        self.namespace = cluster.namespace
        self.known: list[Revision] = []
        self.releases = cluster.releases
        self._read = read

    def revisions(self, _release: str) -> list[Revision]:
        self.known = self._read()
        return self.known


def look(
    plan: Plan,
    cluster: Cluster,
    helm: Helm,
    live: Callable[[], Live],
    read: Callable[[], list[Revision]],
    *,
    before: Look | None = None,
) -> Look:
    """Looks at the release of a plan.

    Rights, owner, chart and pauses are looked at only when something is to be changed, or when
    something stands against it already.

    :param live: reads the workloads.
    :param read: reads the records of the release.
    :param before: an earlier look of the same run. If the same revision is in use, what that one has
        found of those still holds.
    :raises FindingError: with everything that stands against it.
    """
    records = _Records(cluster, read)

    def in_use() -> tuple[Revision, list[values.Change]]:
        found = usable(records, plan.target.release, plan.applications, plan.rendered.leaves)
        return found, wanted_changes(plan, found)

    use, against_use = _answer(in_use)
    workloads, against_workloads = _answer(live)
    obstacles = [*against_use, *against_workloads]
    if not obstacles:
        deployed, changes = use
        before_ours = overrides.overrides(plan, cluster, deployed, workloads)
        found = Look(
            records.known,
            deployed,
            changes,
            workloads,
            (),
            drift.find(cluster, workloads, deployed),
            (*unchecked(deployed, plan.applications), *before_ours),
        )
        if not found.upgrades:
            return replace(found, findings=_warnings(found.findings))
        if before and before.upgrades and before.deployed.number == deployed.number:
            return replace(found, source=before.source, findings=before.findings)
        return _allowed(found, plan, cluster, helm)
    if not any(finding.code in _NOBODY_ANSWERS for finding in obstacles):
        good = record.last_good(records.known)
        there = workloads or {}
        more = _against(plan, cluster, there, _of_configuring(plan, there), good)
        if any(finding.severity == "error" for finding in more):
            obstacles = [each for each in obstacles if each.code != _REFUSED]
        obstacles += [*more, *(_source(helm, good, plan)[1] if good else ())]
    raise FindingError(*dict.fromkeys(obstacles))


def allow_mount(plan: Plan, cluster: Cluster, live: Live) -> tuple[Finding, ...]:
    """Whether the private CA may be brought into the pods, or taken out of them, without an upgrade.

    :returns: warnings.
    :raises FindingError: when it may not.
    """
    return _warnings(_against(plan, cluster, live, needs.MOUNT))


def allow_restart(plan: Plan, cluster: Cluster, restarting: Live) -> None:
    """Sees that workloads may be restarted, when nothing else is to be done. No owner sets that back.

    :raises FindingError: when they may not.
    """
    _warnings([*_missing(plan, cluster, needs.RESTART), *_paused(cluster, restarting)])


def _warnings(against: Sequence[Finding]) -> tuple[Finding, ...]:
    if any(finding.severity == "error" for finding in against):
        raise FindingError(*against)
    return tuple(against)


def _allowed(found: Look, plan: Plan, cluster: Cluster, helm: Helm) -> Look:
    """The look at a release that may be changed.

    :raises FindingError: when it may not.
    """
    source, against_source = _source(helm, found.deployed, plan)
    wanted = _of_configuring(plan, found.live)
    against = _against(plan, cluster, found.live, wanted, found.deployed)
    told = _warnings([*found.findings, *against, *against_source])
    return replace(found, source=source, findings=told)


def _source(helm: Helm, deployed: Revision, plan: Plan) -> tuple[Any, list[Finding]]:
    """The arguments of Helm that name the chart, and what stands against that."""
    return _answer(lambda: helm.source(deployed, plan.target.chart))


def _of_configuring(plan: Plan, live: Live) -> Sequence[Need]:
    """What an upgrade needs, and a private CA that is to be in the pods, or is to go."""
    mounted = any(managed(state, MANAGER) for state in live.values())
    return needs.CONFIGURE_CA if plan.trust.runtimes or mounted else needs.CONFIGURE


def _against(
    plan: Plan,
    cluster: Cluster,
    live: Live,
    wanted: Sequence[Need],
    good: Revision | None = None,
) -> list[Finding]:
    """What stands against a change: rights that are missing, somebody who would set it back, and pauses.

    :param wanted: what it needs.
    :param good: the last good revision, if an upgrade is to change its objects.
    """

    def owned() -> list[Finding]:
        keeper = owner.of_objects(live.values()) or owner.of_helm_charts(
            cluster.helm_charts(), plan.target.release, cluster.namespace
        )
        return [keeper.finding(plan.target.release)] if keeper else []

    asked = _answer(lambda: _missing(plan, cluster, wanted, good)), _answer(owned)
    found = [finding for found, refusals in asked for finding in refusals or found]
    return [*found, *_paused(cluster, live)]


def _paused(cluster: Cluster, live: Live) -> list[Finding]:
    """The Deployments that somebody has paused, so that a change would not reach their pods.

    Those that a killed run has left held are let go with the change.
    """
    found = (
        ROLLOUT.finding(
            "rollout-paused",
            where=str(workload),
            workload=workload,
            resource=f"{workload.kind.lower()}/{workload.name}",
            namespace=cluster.namespace,
            problem="it is paused",
        )
        for workload, now in live.items()
        if now["spec"].get("paused") and not is_held(now)
    )
    return list(dict.fromkeys(found))  # a workload is there once for each of its containers


def _missing(
    plan: Plan, cluster: Cluster, wanted: Sequence[Need], good: Revision | None = None
) -> list[Finding]:
    """The rights that are missing for a change."""
    kinds = {workload.kind for workload in plan.rendered.workloads}
    try:
        of_chart = rights.of_release(cluster, good) if good else []
    except ValueError as error:
        raise FindingError(unreadable(plan.target.release, cluster.namespace, error)) from None
    own = needs.for_release(needs.for_workloads(wanted, kinds), plan.target.release)
    return rights.missing(cluster, [*own, *of_chart])


def _answer(ask: Callable[[], Any]) -> tuple[Any, list[Finding]]:
    """An answer, and what stands against it; one of the two."""
    try:
        return ask(), []
    except FindingError as error:
        return None, list(error.findings)
