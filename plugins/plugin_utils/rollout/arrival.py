# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits for pods that are being replaced, so that a deleted pod is not taken for a failed application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import is_ready
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout import state
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.trouble import Object
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.workloads import (
    HOPELESS_SECONDS,
    LOOK_SECONDS,
    Live,
    Pods,
    Workloads,
)

POLL_SECONDS = 0.5


def comes(cluster: Cluster, workload: Object, pods: Sequence[Object], seconds: float) -> bool:
    """Return whether a workload without a ready pod is about to have one.

    :param workload: with its kind.
    :param seconds: that a pod may take to become ready.
    """
    # The time is asked for only where it decides: most workloads have a ready pod.
    if state.wanted(workload) == 0 or any(map(is_ready, pods)):
        return False
    return state.replaces_pods(workload, pods, cluster.time(), seconds)


@dataclass
class Arrival:
    """One wait until each workload that should have pods has a ready one.

    :param seconds: the limit, also for how old a pod may be and still be expected to become ready.
    """

    workloads: Workloads
    seconds: float
    _start: float = field(init=False)
    _said: float = field(init=False)
    _hopeless: dict[str, float] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._start = self._said = self.workloads.clock.now()

    def ready(self) -> tuple[Live, Pods, list[tuple[Workload, Object]]]:
        """Return the workloads, all of their pods, and the ready ones.

        :raises FindingError: for a workload that has no ready pod at the limit, or whose pods are not being
            replaced.
        """
        while True:
            live = self.workloads.live()
            pods = self.workloads.pods(live)
            coming = [each for each in live if self._comes(each, live, pods)]
            if not coming or self.is_over:
                return live, pods, self.workloads.ready(live, pods)
            self._say(coming)
            self.rest()

    @property
    def is_over(self) -> bool:
        """Whether the limit is reached."""
        return self.workloads.clock.now() - self._start >= self.seconds

    def rest(self) -> None:
        """Wait until the next look."""
        self.workloads.clock.sleep(POLL_SECONDS)

    def _comes(self, workload: Workload, live: Live, pods: Pods) -> bool:
        now, own = live[workload], pods[workload]
        if not comes(self.workloads.cluster, now, own, self.seconds):
            self._hopeless.pop(str(workload), None)
            return False
        if not any(each.hopeless for each in self.workloads.explainer.troubles(now, own)):
            self._hopeless.pop(str(workload), None)
            return True
        time = self.workloads.clock.now()
        return time - self._hopeless.setdefault(str(workload), time) < HOPELESS_SECONDS

    def _say(self, coming: Sequence[Workload]) -> None:
        now = self.workloads.clock.now()
        if now - self._said >= LOOK_SECONDS:
            self._said = now
            names = ", ".join(dict.fromkeys(map(str, coming)))
            self.workloads.progress(
                f"{names}: pods are being replaced; waited {now - self._start:.0f} s of at most "
                f"{self.seconds:.0f} s"
            )
