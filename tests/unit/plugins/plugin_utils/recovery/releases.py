# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release as the cluster keeps it, and a helm that goes back in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Kept as Records
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import Executed
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.runner import Completed, Helm
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.lease import Lease
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.marker import LABEL
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.recovery import Recovery
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.way_back import WayBack
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.explain import Explainer
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.workloads import Workloads
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    Clock,
    ScriptedCluster,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.leases import (
    Kept,
    lease,
)


def made_by(run: str, number: int, status: str = "superseded") -> Revision:
    """A revision that a run of this collection has made."""
    return replace(revision(number, status, "SMTP settings"), labels={LABEL: f"{run}-{number}"})


@dataclass
class Release:
    """What is applied is taken note of, and changes nothing.

    :param pods: by the name of their workload; by default there are none.
    :param environments: of containers, by the names of their pods.
    :param refusals: Helm's words on its next calls, which fail with them.
    :param may_all: whether the user of the kubeconfig is said to have all rights, or none.
    :param away: what the API server answers with when it is asked for the revisions.
    """

    held: list[Revision]
    refusals: list[str] = field(default_factory=list)
    away: FindingError | None = None
    may_all: bool = False
    namespace: str = "apps"
    store: Kept = field(default_factory=lambda: Kept(Clock()))
    set: list[tuple[str, str, Mapping[str, Any], str]] = field(default_factory=list)
    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    pods: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    environments: dict[str, bytes] = field(default_factory=dict)
    restarted: list[str] = field(default_factory=list)
    applied: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    config_maps: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store.before_read = self._read

    def _read(self) -> None:
        if self.away is not None:
            raise self.away
        self.store.revisions = self.held

    def set_fence(self, fence: Callable[[], None]) -> None:
        self.store.set_fence(fence)

    def kept(self, release: str) -> Records:
        return self.store.kept(release)

    def write_journal(self, journal: Mapping[str, Any]) -> dict[str, Any]:
        return self.store.write_journal(journal)

    def claim_journal(
        self, name: str, version: str, annotations: Mapping[str, str]
    ) -> dict[str, Any]:
        return self.store.claim_journal(name, version, annotations)

    def revisions(self, release: str) -> list[Revision]:
        return self.kept(release).revisions

    def releases(self) -> list[str]:
        return ["qua"]

    def may(self, *_question: str, **_of: str) -> bool:
        return self.may_all

    def resources(self, _version: str) -> dict[str, dict[str, Any]]:
        return {}

    def helm_charts(self) -> list[dict[str, Any]]:
        return []

    def lease(self, name: str) -> tuple[dict[str, Any] | None, datetime]:
        return self.store.lease(name)

    def write_lease(self, lease: Mapping[str, Any]) -> dict[str, Any]:
        return self.store.write_lease(lease)

    def workload(self, kind: str, name: str) -> dict[str, Any] | None:
        state = self.states.get(name)
        return state if state and state["kind"] == kind else None

    def comes_to(
        self,
        workload: Mapping[str, Any],
        state: Callable[[Mapping[str, Any]], bool],
        seconds: float,
    ) -> bool:
        name = workload["metadata"]["name"]
        return state(self.states[name])

    def time(self) -> datetime:
        return ScriptedCluster().time()

    def own_pods(self, workload: Mapping[str, Any]) -> list[dict[str, Any]]:
        return self.pods.get(workload["metadata"]["name"], [])

    def execute(self, pod: str, container: str, argv: Sequence[str]) -> Executed:
        return ScriptedCluster(environments=self.environments).execute(pod, container, argv)

    def events(self, _name: str) -> list[dict[str, Any]]:
        return []

    def annotate_template(self, kind: str, name: str, annotations: Mapping[str, Any]) -> None:
        self.restarted.append(name)

    def secret(self, name: str) -> dict[str, Any] | None:
        return None

    def config_map(self, name: str) -> dict[str, Any] | None:
        return self.config_maps.get(name)

    def delete_config_map(self, found: Mapping[str, Any]) -> None:
        self.store.fence()
        del self.config_maps[found["metadata"]["name"]]

    def apply(self, body: Mapping[str, Any], manager: str, *, force: bool = False) -> None:
        self.store.fence()
        self.applied.append((manager, body))

    def set_spec(self, kind: str, name: str, spec: Mapping[str, Any], *, manager: str) -> None:
        self.set.append((kind, name, spec, manager))

    def helm(
        self,
        argv: Sequence[str],
        stdin: str,
        environment: Mapping[str, str],
        seconds: float | None,
    ) -> Completed:
        """Makes the revision of a rollback, and prunes as Helm does."""
        command, _release, good = argv[1:4]
        assert command == "rollback"
        number = self.held[-1].number + 1
        words = f"Rollback to {good}"
        if self.refusals:
            self.held.append(revision(number, "failed", words))
            return Completed(1, "", f"Error: {self.refusals.pop(0)}")
        again = next(each for each in self.held if each.number == int(good))
        back = revision(number, "deployed", words, config=again.values)
        self.held[-1] = replace(self.held[-1], status="superseded")
        self.held.append(back)
        kept = int(argv[argv.index("--history-max") + 1]) if "--history-max" in argv else 10
        del self.held[:-kept]
        return Completed(0, "", "")

    def numbers(self) -> list[int]:
        return [entry.number for entry in self.held]


def recovery(
    release: Release, its: Lease | None = None, workloads: Sequence[Workload] = ()
) -> Recovery:
    """What a run can do for it.

    :param its: the lease of the run; by default that of `mine`.
    """
    cluster, clock = cast(Cluster, release), release.store.clock
    explainer = Explainer(cluster, "qua", Redactor([]), secrets_kept=lambda: ())
    helm = Helm("helm", "qua", "apps", "/tmp", runner=release.helm)
    way_back = WayBack(
        helm=helm,
        cluster=cluster,
        workloads=Workloads(cluster, workloads, explainer, clock, progress=release.said.append),
        evidence={},
        lease=its or lease(release.store),
        redactor=lambda: Redactor([]),
        approve=lambda _good: ((), lambda _before: nullcontext(helm)),
    )
    return Recovery(way_back, clock, undoes=True, seconds=60)
