# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workloads of one release: their pods, their rollout, and the roll that is still owed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster, ExecError
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import Clock
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import (
    is_ready,
    lives,
    runs,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Evidence,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout import state as rollout
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import compare, environment

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
"""The annotation of ``kubectl rollout restart``; it survives later upgrades."""

POLL_SECONDS = 0.25
PARALLEL = 8
LOG_LINES = 5

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Seen:
    """The environment of one container of one ready pod."""

    workload: Workload
    pod: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Workloads:
    """All workloads of a release whose pods get the mail settings.

    :param redactor: takes the secrets of this run out of what is said.
    :param secrets_kept: the secrets of earlier runs, which a pod may still have and print in its log;
        asked only then. May raise `ValueError`.
    """

    cluster: Cluster
    workloads: Sequence[Workload]
    release: str
    redactor: Redactor
    secrets_kept: Callable[[], Sequence[Secret]]
    clock: Clock
    progress: Progress

    def live(self) -> dict[Workload, dict[str, Any]]:
        """Each workload as it is in the cluster.

        :raises FindingError: naming every one that is not there.
        """
        with ThreadPoolExecutor(PARALLEL) as pool:
            found = list(
                pool.map(
                    lambda workload: self.cluster.workload(workload.kind, workload.name),
                    self.workloads,
                )
            )
        live = dict(zip(self.workloads, found, strict=True))
        missing = [workload for workload, state in live.items() if state is None]
        if missing:
            raise FindingError(
                *(
                    CATALOGUE.finding(
                        "workload-not-found",
                        where=str(workload),
                        workload=workload,
                        namespace=self.cluster.namespace,
                        release=self.release,
                    )
                    for workload in missing
                )
            )
        # The API leaves kind out of what it returns in lists, and the client's users want it.
        return {
            workload: {**state, "kind": workload.kind}
            for workload, state in live.items()
            if state is not None
        }

    def interruptions(self, live: Mapping[Workload, Mapping[str, Any]]) -> list[Finding]:
        """What to say before these workloads roll: one finding for each reason."""
        names: dict[str, list[str]] = {}
        for workload, state in live.items():
            reason = rollout.interruption(state)
            if reason is not None:
                names.setdefault(reason, []).append(str(workload))
        return [
            CATALOGUE.finding("rollout-interrupts", where=", ".join(places), reason=reason)
            for reason, places in names.items()
        ]

    def ready(self, live: Mapping[Workload, Mapping[str, Any]]) -> list[Seen]:
        """The environment of the named container in every ready pod of every workload, all at once.

        :raises FindingError: for a workload that has no ready pod, or a container that cannot be read.
        """
        found: list[tuple[Workload, str]] = []
        down: list[Finding] = []
        for workload, state in live.items():
            pods = self.cluster.pods(state["spec"]["selector"])
            names = [pod["metadata"]["name"] for pod in pods if is_ready(pod)]
            if not names and rollout.wanted(state) > 0:
                down.append(
                    CATALOGUE.finding(
                        "no-ready-pod",
                        where=str(workload),
                        workload=workload,
                        namespace=self.cluster.namespace,
                        reason=self._reason(state, pods),
                    )
                )
            found += [(workload, name) for name in names]
        if down:
            raise FindingError(*down)
        return self._read(found)

    def running(self, live: Mapping[Workload, Mapping[str, Any]]) -> list[Seen]:
        """The environment of the named container wherever it runs, ready or not.

        A container that does not run gets what is in the cluster when it starts.

        :raises FindingError: for a container that cannot be read.
        """
        return self._read(
            [
                (workload, pod["metadata"]["name"])
                for workload, state in live.items()
                for pod in self.cluster.pods(state["spec"]["selector"])
                if runs(pod, workload.container)
            ]
        )

    def _read(self, places: Sequence[tuple[Workload, str]]) -> list[Seen]:
        def one(place: tuple[Workload, str]) -> Seen | Finding:
            workload, pod = place
            try:
                return Seen(
                    workload, pod, environment.of_container(self.cluster, pod, workload.container)
                )
            except ExecError as error:
                return CATALOGUE.finding(
                    "pod-not-readable",
                    where=f"pod {pod}",
                    pod=pod,
                    container=workload.container,
                    problem=self.redactor.clean(str(error)),
                )

        with ThreadPoolExecutor(PARALLEL) as pool:
            results = list(pool.map(one, places))
        problems = [result for result in results if isinstance(result, Finding)]
        if problems:
            raise FindingError(*problems)
        return [result for result in results if isinstance(result, Seen)]

    def outdated(
        self,
        live: Mapping[Workload, Mapping[str, Any]],
        seen: Sequence[Seen],
        wanted: Mapping[Workload, Evidence],
    ) -> list[Workload]:
        """The workloads with a container whose successor would see another of the wanted variables.

        A workload whose pods already have what the cluster would give them now is never rolled, even
        if that is not what is wanted: a roll would change nothing.
        """
        secret = functools.cache(self.cluster.secret)
        config_map = functools.cache(self.cluster.config_map)
        behind = []
        for workload, state in live.items():
            containers = {
                entry["name"]: entry for entry in state["spec"]["template"]["spec"]["containers"]
            }
            would = environment.of_successor(
                containers.get(workload.container, {}), wanted[workload].env, secret, config_map
            )
            has = [entry.environment for entry in seen if entry.workload == workload]
            if any(pod.get(name) != value for pod in has for name, value in would.items()):
                behind.append(workload)
        return behind

    def restart(self, workloads: Sequence[Workload]) -> None:
        """Rolls the workloads, as ``kubectl rollout restart`` does."""
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for workload in workloads:
            self.cluster.annotate_template(workload.kind, workload.name, {RESTARTED_AT: now})

    def wait(
        self, seconds: int, workloads: Collection[Workload] | None = None
    ) -> dict[Workload, dict[str, Any]]:
        """Waits until every workload has rolled, or those named, and returns the states of all.

        :param seconds: the limit for all of them together.
        :raises FindingError: naming each that has not, with its pods' own reasons.
        """
        start = self.clock.now()
        said = start
        while True:
            live = self.live()
            pods = {
                workload: self.cluster.pods(state["spec"]["selector"])
                for workload, state in live.items()
            }
            open_ = [
                workload
                for workload in live
                if (workloads is None or workload in workloads)
                and not rollout.complete(live[workload], pods[workload])
            ]
            if not open_:
                return live
            now = self.clock.now()
            if now - start >= seconds:
                raise FindingError(
                    *(
                        CATALOGUE.finding(
                            "rollout-not-ready",
                            where=str(workload),
                            workload=workload,
                            seconds=seconds,
                            release=self.release,
                            namespace=self.cluster.namespace,
                            reason=self._reason(live[workload], pods[workload]),
                        )
                        for workload in open_
                    )
                )
            if now - said >= 5:
                said = now
                for workload in open_:
                    ready = sum(map(is_ready, pods[workload]))
                    reason = next(
                        filter(None, map(rollout.trouble, filter(lives, pods[workload]))),
                        "starting",
                    )
                    self.progress(
                        f"{workload}: {ready} of {rollout.wanted(live[workload])} pods ready after "
                        f"{now - start:.0f} s of at most {seconds} s ({self.redactor.clean(reason)})"
                    )
            self.clock.sleep(POLL_SECONDS)

    def _reason(self, state: Mapping[str, Any], pods: Sequence[Mapping[str, Any]]) -> str:
        """Why the pods of a workload are not ready: their state, their newest warning, their last words."""
        parts = rollout.failing_conditions(state)
        for pod in pods:
            if is_ready(pod) or not lives(pod):
                continue
            name = pod["metadata"]["name"]
            own = [rollout.trouble(pod), self._warning(name), self._last_words(pod)]
            parts.append(f"Pod {name}: " + "; ".join(filter(None, own)))
        return self.redactor.clean(" ".join(parts) or "There is no pod.")

    def _warning(self, pod: str) -> str | None:
        try:
            return rollout.last_warning(self.cluster.events(pod))
        except FindingError:
            # Events need a right of their own; without it the pod's state still speaks.
            return None

    def _last_words(self, pod: Mapping[str, Any]) -> str | None:
        for status in (pod.get("status") or {}).get("containerStatuses") or []:
            if status.get("ready") or not status.get("containerID"):
                continue
            crashed = bool((status.get("lastState") or {}).get("terminated"))
            container = next(
                entry for entry in pod["spec"]["containers"] if entry["name"] == status["name"]
            )
            try:
                text = self.cluster.log(
                    pod["metadata"]["name"], status["name"], lines=LOG_LINES, previous=crashed
                ).strip()
                # An application may print its environment, which is not always the one wanted here.
                given = environment.from_secrets(container, self.cluster.secret)
                given += self.secrets_kept()
            except (FindingError, ValueError):
                # Logs and Secrets need rights of their own, a log may be gone with its container, and
                # a record may be damaged.
                return None
            if text:
                return "last log lines: " + " | ".join(Redactor(given).clean(text).splitlines())
        return None


@dataclass(frozen=True)
class Deviation:
    """A container that sees other settings than the description says."""

    seen: Seen
    differences: Sequence[compare.Difference]

    def finding(self, namespace: str) -> Finding:
        """What to tell about it."""
        workload = self.seen.workload
        return CATALOGUE.finding(
            "environment-differs",
            where=f"pod {self.seen.pod}, container {workload.container}",
            container=workload.container,
            pod=self.seen.pod,
            differences="; ".join(map(str, self.differences)),
            workload=f"{workload.kind.lower()}/{workload.name}",
            namespace=namespace,
        )


def check(seen: Sequence[Seen], wanted: Mapping[Workload, Evidence]) -> list[Deviation]:
    """The containers that do not see the variables that they should, of those that were read."""
    deviations = [
        Deviation(entry, compare.compare(wanted[entry.workload].env, entry.environment))
        for entry in seen
    ]
    return [deviation for deviation in deviations if deviation.differences]
