# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pods that are being replaced are waited for; pods that have failed for long are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.arrival import Arrival
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.explain import Explainer
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.workloads import (
    HOPELESS_SECONDS,
    Workloads,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    API,
    EARLIER,
    STARTED,
    Clock,
    ScriptedCluster,
    crashing,
    deployment,
    leaving,
    pod,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    codes,
    findings_of,
)

LIMIT = 60.0


@dataclass
class Scene:
    """A release with one workload, whose pods come back after some seconds."""

    pods: list[dict[str, Any]]
    back_after: float = 20
    replicas: int = 1
    now: str = STARTED
    clock: Clock = field(default_factory=Clock)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cluster = ScriptedCluster(
            states={"qua-api": deployment(replicas=self.replicas, ready=0)},
            pods_of={"qua-api": self.pods},
            now=self.now,
        )
        self.clock.on_sleep = self._come_back

    def _come_back(self, time: float) -> None:
        if time >= self.back_after:
            self.cluster.pods_of["qua-api"] = [pod("qua-api-2")]

    def names(self) -> list[str]:
        workloads = Workloads(
            cluster=cast(Cluster, self.cluster),
            workloads=(API,),
            explainer=Explainer(
                cluster=cast(Cluster, self.cluster),
                release="qua",
                redactor=Redactor([]),
                secrets_kept=lambda: (),
            ),
            clock=self.clock,
            progress=self.said.append,
        )
        _live, _pods, places = Arrival(workloads, LIMIT).ready()
        return [found["metadata"]["name"] for _workload, found in places]


def young(found: dict[str, Any]) -> dict[str, Any]:
    found["metadata"]["creationTimestamp"] = STARTED
    return found


def waiting(reason: str) -> dict[str, Any]:
    state = {"waiting": {"reason": reason, "message": 'secret "creds" not found'}}
    return pod(ready=False, containers=[{"name": "api", "ready": False, "state": state}])


@pytest.mark.parametrize(
    "pods",
    [
        [],
        [leaving("qua-api-1")],
        [leaving("qua-api-1"), young(pod("qua-api-2", ready=False))],
        [young(crashing())],
    ],
    ids=["none yet", "the old one leaves", "the new one starts", "the new one starts badly"],
)
def test_pods_that_are_being_replaced_are_waited_for(pods: Sequence[dict[str, Any]]) -> None:
    scene = Scene(list(pods))
    assert scene.names() == ["qua-api-2"]
    assert scene.clock.time == scene.back_after
    assert scene.said[0].startswith("Deployment qua-api: pods are being replaced; waited 5 s")


def test_one_ready_pod_is_enough_to_go_on() -> None:
    scene = Scene([pod("qua-api-1"), leaving("qua-api-2")], replicas=2)
    assert scene.names() == ["qua-api-1"]
    assert scene.clock.time == 0


def test_they_are_waited_for_no_longer_than_the_limit() -> None:
    scene = Scene([leaving("qua-api-1")], back_after=LIMIT + 1)
    assert codes(findings_of(scene.names)) == ["no-ready-pod"]
    assert scene.clock.time == LIMIT


def test_a_pod_that_has_failed_for_longer_than_the_limit_is_not_waited_for() -> None:
    scene = Scene([crashing()], now=STARTED)
    assert scene.pods[0]["metadata"]["creationTimestamp"] == EARLIER
    assert codes(findings_of(scene.names)) == ["no-ready-pod", "container-crashes"]
    assert scene.clock.time == 0


def test_what_only_a_person_can_mend_ends_the_wait_early() -> None:
    scene = Scene([young(waiting("CreateContainerConfigError"))])
    assert codes(findings_of(scene.names)) == ["no-ready-pod", "configuration-missing"]
    assert scene.clock.time == HOPELESS_SECONDS


def test_a_workload_that_is_scaled_to_nothing_has_no_pods_to_wait_for() -> None:
    scene = Scene([], replicas=0)
    assert scene.names() == []
    assert scene.clock.time == 0
