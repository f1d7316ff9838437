# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the private CA into the pods of a release, beside what Helm knows of it, and out of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import ExecError
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import Ref
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import bundle, hold, patch, roots
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.bundle import Roots
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.decide import Trust, file_of
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounted import Mounted
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.patch import Object
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import Runtime

Live = Mapping[Workload, Object]


@dataclass(frozen=True)
class Mount:
    """What is to be done to one workload.

    :param state: the workload as it was found.
    :param config_map: what it mounts, if that is to be made or changed.
    :param applied: the workload with our fields, all of them; without any when there are to be none.
    :param there: whether all of it is there already.
    """

    state: Object
    config_map: Mapping[str, Any] | None
    applied: Mapping[str, Any]
    there: bool = False

    def __str__(self) -> str:
        return patch.label(self.state)

    @property
    def change(self) -> str:
        """What happens to the CA, as a participle."""
        before, after = patch.config_map_of(self.state), patch.config_map_of(self.applied)
        if after is None:
            return "removed"
        if before is None:
            return "mounted"
        return "mounted again" if before == after else "replaced"

    @property
    def diff(self) -> dict[str, str]:
        """What changes, in the form of ``--diff``."""
        before, after = patch.told(self.state), patch.told(self.applied)
        header = f"private CA in {self}"
        return {
            "before_header": f"{header} (in use)",
            "after_header": f"{header} (wanted)",
            "before": before,
            "after": after,
        }


@dataclass(frozen=True)
class Due:
    """What is to be done in a release.

    :param left_held: workloads that a run which was killed has left held.
    """

    cluster: Cluster
    mounts: tuple[Mount, ...] = ()
    left_held: tuple[Object, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.mounts or self.left_held)

    def __str__(self) -> str:
        return ", ".join(map(str, self.mounts))

    @property
    def changes(self) -> list[str]:
        """What happens to the CA and where, a text for each kind of change."""
        kinds = dict.fromkeys(mount.change for mount in self.mounts)
        return [
            f"{kind} in {', '.join(str(mount) for mount in self.mounts if mount.change == kind)}"
            for kind in kinds
        ]

    @property
    def held_fields(self) -> tuple[str, ...]:
        """The fields by which those are held that were left so, by the names that the guard has for them."""
        return tuple(f"{Ref(*patch.place(state))}:{hold.field(state)}" for state in self.left_held)

    @property
    def left(self) -> str:
        """Those that were left held, by their names."""
        return ", ".join(map(patch.label, self.left_held))

    @property
    def before(self) -> tuple[Mounted, ...]:
        """Return what each workload has of the private CA as it was found."""
        return tuple(patch.mounted(mount.state) for mount in self.mounts)

    @property
    def contested(self) -> bool:
        """Whether an upgrade on the server has to take over from us what holds a workload."""
        return any(hold.contested(state, body) for state, body in self._holds())

    def twice(self, hooks: Sequence[Ref]) -> list[Finding]:
        """What to say when there are hooks for whose sake nothing is held."""
        if not hooks or not self._holds():
            return []
        names = ", ".join(map(str, hooks))
        return [CATALOGUE.finding("ca-rolls-twice", where=str(self), hooks=names)]

    @contextmanager
    def held(self, hooks: Sequence[Ref], *, contested: bool = True) -> Iterator[None]:
        """Several changes of the workloads in it make one roll, at its end or at a change in it that lets go.

        Those are let go that a run before has left, too.

        :param hooks: what is waited for in it. They may wait for pods of the workloads, so with them none is
            held.
        :param contested: whether also those that have to be taken over from us.
        :raises FindingError: when the cluster refuses; after what has failed in it.
        """
        if hooks:
            self.let_go()
            yield
            return
        failed: Sequence[Finding] = ()
        mine = [each for each in self._holds() if contested or not hold.contested(*each)]
        try:
            for _state, body in mine:
                self.cluster.apply(body, hold.HOLDER, force=True)
            yield
        except FindingError as error:
            failed = error.findings
            raise
        finally:
            self._let_go([*(state for state, _body in mine), *self.left_held], failed)

    def _holds(self) -> list[tuple[Object, Mapping[str, Any]]]:
        found = ((mount.state, hold.holding(mount.state)) for mount in self.mounts)
        return [(state, body) for state, body in found if body]

    def _let_go(self, states: Iterable[Object], failed: Sequence[Finding] = ()) -> None:
        """Each by itself, so that one that fails keeps no other held.

        :param failed: what has failed before.
        """
        left = []
        for state in states:
            kind, name = patch.place(state)
            try:
                now = self.cluster.workload(kind, name)
                if now is None:
                    continue
                back = hold.given_back(now)
                if back:
                    spec, manager = back
                    self.cluster.set_spec(kind, name, spec, manager=manager)
                self.cluster.apply(patch.bare(state), hold.HOLDER, force=True)
            except (FindingError, hold.NoteError) as error:
                where = patch.label(state)
                left.append(CATALOGUE.finding("workload-left-held", where=where, problem=error))
        if left:
            raise FindingError(*failed, *left)

    def bring(self) -> None:
        """Mounts what is to be mounted, and takes away what is not.

        What was mounted before stays in the cluster, for the pods that have it and for the way back.

        :raises FindingError: when the cluster refuses.
        """
        for mount in self.mounts:
            if mount.config_map:
                self.cluster.apply(mount.config_map, patch.MANAGER)
            self.cluster.apply(mount.applied, patch.MANAGER)

    def let_go(self) -> None:
        """Lets those roll that a run before has left held.

        :raises FindingError: when the cluster refuses.
        """
        self._let_go(self.left_held)

    def rolling(self, live: Live) -> dict[Workload, Object]:
        """Those of the workloads that it rolls."""
        states = [*(mount.state for mount in self.mounts), *self.left_held]
        return {workload: state for workload, state in live.items() if state in states}

    def diff(self) -> list[dict[str, str]]:
        """What changes in the workloads, as Ansible shows it."""
        return [mount.diff for mount in self.mounts]


def back(cluster: Cluster, live: Live, before: Iterable[Mounted]) -> Due:
    """What is to be done so that workloads have the CA that they had before.

    :param live: the workloads as they are.
    :param before: what some of them had; the first entry of each counts.
    :raises FindingError: when the cluster refuses.
    """
    states = {patch.place(state): state for state in live.values()}
    held = tuple(filter(hold.is_held, states.values()))
    mounts, findings = list[Mount](), list[Finding]()
    for each in before:
        state, name = states.pop((each.kind, each.name), None), each.config_map
        if state is None or patch.mounted(state) == each:
            continue
        there = cluster.config_map(name) if name else None
        if name and not (there and patch.is_genuine(there, each.digest)):
            where = patch.label(state)
            findings.append(CATALOGUE.finding("ca-not-brought-back", where=where, name=name))
        else:
            mounts.append(Mount(state, None, patch.restored(each, state)))
    return Due(cluster, tuple(mounts), held, tuple(findings))


@dataclass(frozen=True)
class Mounts:
    """The CA in the workloads of a release."""

    cluster: Cluster
    trust: Trust

    def look(self, live: Live) -> Due:
        """What is to be done, if anything is. Changes nothing.

        :param live: the workloads as they are.
        :raises FindingError: naming everything that stands against it.
        """
        wanted, findings = self.wanted(live)
        named = {patch.place(mount.state) for mount in wanted}
        states = {patch.place(state): state for state in live.values()}
        gone = [
            Mount(state, None, patch.bare(state))
            for place, state in states.items()
            if place not in named and patch.managed(state, patch.MANAGER)
        ]
        due = [mount for mount in wanted if not mount.there]
        if not self.trust.removal_wanted:
            findings += [
                CATALOGUE.finding("ca-will-be-removed", where=str(mount), workload=mount)
                for mount in gone
            ]
        held = tuple(filter(hold.is_held, states.values()))
        return Due(self.cluster, (*due, *gone), held, tuple(findings))

    def wanted(self, live: Live) -> tuple[list[Mount], list[Finding]]:
        """All that is to be mounted, with what is there already; and warnings. Changes nothing.

        :raises FindingError: naming everything that stands against it.
        """
        mounts: list[Mount] = []
        findings: list[Finding] = []
        for runtimes in patch.grouped(self.trust.runtimes):
            state = live[next(iter(runtimes))]
            wrong = list(_obstacles(state, runtimes))
            findings += wrong
            if not wrong:
                mount, told = self._mount(state, runtimes)
                mounts.append(mount)
                findings += told
        if any(finding.severity == "error" for finding in findings):
            raise FindingError(*findings)
        return mounts, findings

    def _mount(
        self, state: Object, runtimes: Mapping[Workload, Runtime]
    ) -> tuple[Mount, list[Finding]]:
        mounted, digest = patch.config_map_of(state), patch.digest_of(state)
        there = self.cluster.config_map(mounted) if mounted else None
        if there is not None and not patch.is_genuine(there, digest):
            kind, name = patch.place(state)
            raise FindingError(
                CATALOGUE.finding(
                    "ca-changed-by-others",
                    where=patch.label(state),
                    name=mounted,
                    resource=f"{kind.lower()}/{name}",
                    namespace=self.cluster.namespace,
                )
            )
        kept: Mapping[str, str] = (there or {}).get("data") or {}
        files: dict[str, str] = {}
        findings: list[Finding] = []
        for workload, runtime in runtimes.items():
            before = bundle.roots_in(kept.get(file_of(workload), ""))
            found, finding = None, None
            if not runtime.adds:
                found, finding = self._roots(state, workload, runtime, before)
            findings += [finding] if finding else []
            files[file_of(workload)] = bundle.text(self.trust.pem, found)
        applied = patch.mounting(state, runtimes, files)
        same = kept == files and patch.contains(state["spec"], applied["spec"])
        return Mount(state, patch.config_map(state, files), applied, there=same), findings

    def _roots(
        self, state: Object, workload: Workload, runtime: Runtime, before: Roots | None
    ) -> tuple[Roots | None, Finding | None]:
        """The roots of a container's image, read only when it is another image than before."""
        containers = state["spec"]["template"]["spec"]["containers"]
        image = next(each["image"] for each in containers if each["name"] == workload.container)
        if before and before.image == image:
            return before, None
        facts = _facts(workload, runtime)
        try:
            found = roots.read(self.cluster, state, workload)
        except ExecError as error:
            if before:
                image = before.image
                kept = CATALOGUE.finding("ca-roots-kept", problem=error, image=image, **facts)
                return before, kept
            return None, CATALOGUE.finding("ca-roots-unreadable", problem=error, **facts)
        told = None if found else CATALOGUE.finding("ca-roots-none", **facts)
        if before and before.certificates == found:
            return before, told  # another image with the same roots is no reason to roll the pods
        return Roots(image, found), told


def _obstacles(state: Object, runtimes: Mapping[Workload, Runtime]) -> Iterator[Finding]:
    containers = {entry["name"]: entry for entry in state["spec"]["template"]["spec"]["containers"]}
    for workload, runtime in runtimes.items():
        facts = _facts(workload, runtime)
        if workload.container not in containers:
            names = ", ".join(containers)
            yield CATALOGUE.finding("ca-container-missing", containers=names, **facts)
        elif patch.taken(containers[workload.container], runtime.variable):
            resource = f"{workload.kind.lower()}/{workload.name}"
            yield CATALOGUE.finding("ca-variable-taken", resource=resource, **facts)


def _facts(workload: Workload, runtime: Runtime) -> dict[str, Any]:
    """What each finding about a container is told."""
    return {
        "where": str(workload),
        "workload": workload,
        "container": workload.container,
        "variable": runtime.variable,
    }
