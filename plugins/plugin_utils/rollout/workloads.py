# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workloads of one release: their pods, the restart of those that owe one, and the wait for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.at_once import at_once
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import Clock
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import (
    is_ready,
    lives,
    runs,
    started,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.refusal import is_away
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Evidence, Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout import state
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.explain import Explainer
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.trouble import Object, Trouble
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.owed import owed
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.reader import (
    Configuration,
    Reader,
    container_of,
)

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"
"""The annotation of ``kubectl rollout restart``; it survives later upgrades."""

POLLS = ((5.0, 0.25), (10.0, 0.5))
"""Until so many seconds of waiting, so many between two looks: the end is seen a tenth late at most."""
SLOWEST_POLL_SECONDS = 1.0
LOOK_SECONDS = 5
"""How often it is said what is waited for, and looked for what stands in the way."""
HOPELESS_SECONDS = 10
"""How long what nobody but a person can mend must last, before the wait is given up early."""
SETTLE_SECONDS = 2
"""How long a container without a readiness probe must run: until one that ends at its start is known to
have ended, which takes the kubelet about a second, its pod is ready."""

Progress = Callable[[str], None]
Live = Mapping[Workload, Object]
Pods = Mapping[Workload, Sequence[Object]]


@dataclass(frozen=True)
class Workloads:
    """All workloads of a release whose pods get the mail settings.

    :param replaced: what `restart` leaves to `wait`: pods that are to be deleted one after the other,
        by their uids.
    """

    cluster: Cluster
    workloads: Sequence[Workload]
    explainer: Explainer
    clock: Clock
    progress: Progress
    replaced: dict[Workload, frozenset[str]] = field(default_factory=dict)

    def live(self) -> dict[Workload, dict[str, Any]]:
        """Each workload as it is in the cluster.

        :raises FindingError: naming every one that is not there.
        """
        found = at_once(
            lambda workload: self.cluster.workload(workload.kind, workload.name), self.workloads
        )
        live = dict(zip(self.workloads, found, strict=True))
        missing = [workload for workload, now in live.items() if now is None]
        if missing:
            raise FindingError(
                *(
                    CATALOGUE.finding(
                        "workload-not-found",
                        where=str(workload),
                        workload=workload,
                        namespace=self.cluster.namespace,
                        release=self.explainer.release,
                    )
                    for workload in missing
                )
            )
        # The API leaves kind out of what it returns in lists, and the client's users want it.
        return {
            workload: {**now, "kind": workload.kind}
            for workload, now in live.items()
            if now is not None
        }

    def pods(self, live: Live) -> dict[Workload, list[dict[str, Any]]]:
        """The pods of each workload."""
        found = at_once(self.cluster.own_pods, list(live.values()))
        return dict(zip(live, found, strict=True))

    def interruptions(self, live: Live) -> list[Finding]:
        """What to say before these workloads roll: one finding for each reason."""
        names: dict[str, list[str]] = {}
        for workload, now in live.items():
            reason = state.interruption(now)
            if reason is not None:
                names.setdefault(reason, []).append(str(workload))
        return [
            CATALOGUE.finding(
                "rollout-interrupts", where=", ".join(dict.fromkeys(places)), reason=reason
            )
            for reason, places in names.items()
        ]

    def ready(self, live: Live, pods: Pods) -> list[tuple[Workload, Object]]:
        """Every ready pod of every workload, but those that are to keep an older template.

        :raises FindingError: for a workload that should have pods and has no ready one.
        """
        self.require_ready(live, pods)
        found = [(workload, pod) for workload in live for pod in pods[workload] if is_ready(pod)]
        return [(each, pod) for each, pod in found if not state.kept_back(live[each], pod)]

    def require_ready(self, live: Live, pods: Pods) -> None:
        """Refuse workloads that should have pods and have no ready one.

        :param pods: of the workloads that are looked at.
        :raises FindingError: that names each of them.
        """
        down = _once(
            workload
            for workload, own in pods.items()
            if state.wanted(live[workload]) > 0 and not any(map(is_ready, own))
        )
        if down:
            raise FindingError(
                *(finding for each in down for finding in self._down(each, live[each], pods[each]))
            )

    def running(self, live: Live) -> list[tuple[Workload, Object]]:
        """Every pod whose container runs, ready or not, but those that are to keep an older template.

        A container that does not run gets what is in the cluster when it starts.
        """
        return [
            (workload, pod)
            for workload, pods in self.pods(live).items()
            for pod in pods
            if runs(pod, workload.container) and not state.kept_back(live[workload], pod)
        ]

    def outdated(
        self,
        live: Live,
        places: Sequence[tuple[Workload, Object]],
        evidence: Mapping[Workload, Evidence],
    ) -> list[Workload]:
        """The workloads with a container that does not have what its successor would have.

        :param places: the pods to look into.
        """
        reader = Reader(
            self.cluster, Configuration(self.cluster), evidence, self.explainer.quotable
        )
        behind = owed(live, reader.read(places), evidence, reader.configuration)
        names = {each.seen.workload for each in behind}
        return _once(workload for workload in live if workload in names)

    def restart(self, workloads: Sequence[Workload]) -> None:
        """Rolls the workloads, as ``kubectl rollout restart`` does.

        Of one that replaces a pod only when somebody deletes it, `wait` deletes the pods.
        """
        live = self.live()
        by_hand = {each: live[each] for each in workloads if state.on_delete(live[each])}
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for workload in workloads:
            if workload not in by_hand:
                self.cluster.annotate_template(workload.kind, workload.name, {RESTARTED_AT: now})
        for workload, pods in self.pods(by_hand).items():
            self.replaced[workload] = frozenset(pod["metadata"]["uid"] for pod in pods)

    def take_back(self, restarts: Mapping[Workload, str | None]) -> None:
        """Takes a restart back that has not come to its end, so that the pods from before it stay.

        :param restarts: what the template said of the restart before; `None` for nothing.
        """
        for workload, before in restarts.items():
            annotations = {RESTARTED_AT: before}
            self.cluster.annotate_template(workload.kind, workload.name, annotations)

    def wait(
        self, seconds: int, settling: Collection[Workload] = ()
    ) -> dict[Workload, dict[str, Any]]:
        """Waits until every workload has rolled, and returns their states.

        :param seconds: the limit for all of them together.
        :param settling: those of which it is to be seen that their containers do not end at their start.
        :raises FindingError: why those that have not did not, at the limit, or as soon as it is
            certain that waiting is of no use.
        """
        wait = _Wait(self, seconds, start=self.clock.now(), settling=settling)
        while True:
            live = wait.look()
            if live is not None:
                return live
            wait.rest()

    def _down(self, workload: Workload, now: Object, pods: Sequence[Object]) -> list[Finding]:
        troubles = self.explainer.troubles(now, pods)
        problem = "; ".join(each.problem for each in troubles) or f"there are {len(pods)} pods"
        down = CATALOGUE.finding(
            "no-ready-pod",
            where=str(workload),
            workload=workload,
            namespace=self.cluster.namespace,
            problem=self.explainer.redactor.clean(problem),
        )
        if not troubles:
            return [down]
        return [down, *self.explainer.findings(workload, now, pods, troubles, seconds=0)]


@dataclass
class _Wait:
    """One wait under way.

    :param hopeless: since when there is what only a person can mend, by workload and code.
    :param settling: those whose containers must have run for a while.
    :param ready: since when a container is seen that runs, by its pod and its start.
    :param rolling: one that will itself tell when it has rolled; `None` when only its pods can.
    """

    of: Workloads
    seconds: int
    start: float
    settling: Collection[Workload]
    said: float = field(init=False)
    hopeless: dict[tuple[Workload, str], float] = field(default_factory=dict)
    ready: dict[tuple[str, datetime | None], float] = field(default_factory=dict)
    rolling: Object | None = None

    def __post_init__(self) -> None:
        self.said = self.start

    def look(self) -> dict[Workload, dict[str, Any]] | None:
        """The states when everything has rolled, else `None`.

        :raises FindingError: when it is time to give up.
        """
        waited = self.waited
        self.rolling = None
        try:
            live = self.of.live()
            if not self._needs_pods(live, waited):
                self.rolling = next(now for now in live.values() if not state.reported(now))
                return None
            pods = self.of.pods(live)
            open_ = _once(each for each in live if not self._done(each, live[each], pods[each]))
            if not open_:
                return live
            self._go_on(open_, live, pods, waited)
        except FindingError as error:
            # A server that restarts is back soon, and the rollout goes on without it.
            if waited >= self.seconds or not is_away(error):
                raise
        return None

    @property
    def waited(self) -> float:
        """Seconds so far."""
        return self.of.clock.now() - self.start

    def rest(self) -> None:
        """Until the next look: until a workload that rolls has done so, else for a while."""
        now, waited = self.of.clock.now(), self.waited
        pause = next((pause for until, pause in POLLS if waited < until), SLOWEST_POLL_SECONDS)
        if self.rolling is None or not self._rolls(self.rolling, waited):
            self.of.clock.sleep(max(0.0, now + pause - self.of.clock.now()))

    def _rolls(self, workload: Object, waited: float) -> bool:
        """Whether a workload has rolled, which may take until there is something to say."""
        until_said = self.said + LOOK_SECONDS - self.of.clock.now()
        seconds = min(until_said, self.seconds - waited)
        try:
            return self.of.cluster.comes_to(workload, state.reported, seconds)
        except FindingError:
            return False  # the next look tells what is wrong

    def _needs_pods(self, live: Live, waited: float) -> bool:
        """Whether the pods can tell more than that a workload itself says that it still rolls."""
        return (
            all(map(state.reported, live.values()))
            or any(each in self.of.replaced or state.may_be_stuck(live[each]) for each in live)
            or self._is_time(waited)
        )

    def _is_time(self, waited: float) -> bool:
        """Whether it is to be said what is waited for, and looked for what stands in the way."""
        return waited >= self.seconds or self.of.clock.now() - self.said >= LOOK_SECONDS

    def _done(self, workload: Workload, now: Object, pods: Sequence[Object]) -> bool:
        return (
            not self._old(workload, pods)
            and state.complete(now, pods)
            and (workload not in self.settling or self._has_settled(workload.container, pods))
        )

    def _has_settled(self, container: str, pods: Sequence[Object]) -> bool:
        now = self.of.clock.now()
        since = [
            self.ready.setdefault((pod["metadata"]["uid"], started(pod, container)), now)
            for pod in pods
            if lives(pod) and not container_of(pod["spec"], container).get("readinessProbe")
        ]
        return not since or now - max(since) >= SETTLE_SECONDS

    def _old(self, workload: Workload, pods: Sequence[Object]) -> list[Object]:
        """The pods that are still to be replaced."""
        uids = self.of.replaced.get(workload, ())
        return [pod for pod in pods if pod["metadata"]["uid"] in uids and lives(pod)]

    def _go_on(self, open_: Sequence[Workload], live: Live, pods: Pods, waited: float) -> None:
        for workload in open_:
            self._replace(workload, live[workload], pods[workload])
        if not self._is_time(waited):
            return
        over, now = waited >= self.seconds, self.of.clock.now()
        self.said = now
        troubles = {each: self.of.explainer.troubles(live[each], pods[each]) for each in open_}
        given_up = set(open_) if over else self._hopeless(troubles, now)
        if given_up:
            raise FindingError(
                *(
                    finding
                    for each in open_
                    if each in given_up
                    for finding in self.of.explainer.findings(
                        each, live[each], pods[each], troubles[each], seconds=waited
                    )
                )
            )
        for each in open_:
            self._say(each, live[each], pods[each], troubles[each], waited)

    def _replace(self, workload: Workload, now: Object, pods: Sequence[Object]) -> None:
        """Deletes the next pod that is to be replaced: one that serves nobody, or when all are ready."""
        old = self._old(workload, pods)
        idle = [pod for pod in old if not is_ready(pod)] or state.stuck(now, pods)
        if idle or (old and sum(map(is_ready, pods)) >= state.wanted(now)):
            self.of.cluster.delete_pod((idle or old)[0]["metadata"]["name"])

    def _hopeless(
        self, troubles: Mapping[Workload, Sequence[Trouble]], now: float
    ) -> set[Workload]:
        seen = {
            (workload, each.code)
            for workload, found in troubles.items()
            for each in found
            if each.hopeless
        }
        self.hopeless = {key: self.hopeless.get(key, now) for key in seen}
        return {
            workload
            for (workload, _code), since in self.hopeless.items()
            if now - since >= HOPELESS_SECONDS
        }

    def _say(
        self,
        workload: Workload,
        now: Object,
        pods: Sequence[Object],
        troubles: Sequence[Trouble],
        waited: float,
    ) -> None:
        reason = troubles[0].problem if troubles else "starting"
        self.of.progress(
            f"{workload}: {sum(map(is_ready, pods))} of {state.wanted(now)} pods ready after "
            f"{waited:.0f} s of at most {self.seconds} s "
            f"({self.of.explainer.redactor.clean(reason)})"
        )


def restarted_at(metadata: Mapping[str, Any]) -> str | None:
    """When a pod's template was last changed to make it anew, by the metadata of either."""
    found: str | None = (metadata.get("annotations") or {}).get(RESTARTED_AT)
    return found


def _once(workloads: Iterable[Workload]) -> list[Workload]:
    """Each object once: two containers of its pods are two workloads of a profile."""
    return list({str(workload): workload for workload in workloads}.values())
