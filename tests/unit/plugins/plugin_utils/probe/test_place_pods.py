# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A probe waits for pods that are being replaced, and runs again in their successor only if it never began."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import ExecError, Executed
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.place import (
    Patience,
    PlaceError,
    Pod,
    Probed,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    API,
    Clock,
    ScriptedCluster,
    deployment,
    leaving,
    pod,
)

REQUEST = ProbeRequest(host="127.0.0.1", port=9, security="none", auth="none")
SEEN = probe(REQUEST).as_dict()
LIMIT = 60.0


@dataclass
class Commands(ScriptedCluster):
    """A cluster in whose first pod nothing can be run."""

    end: ExecError = field(default_factory=lambda: ExecError("container not found"))
    ran: list[str] = field(default_factory=list)

    def execute(
        self,
        pod: str,
        container: str,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        seconds: float = 0,
    ) -> Executed:
        self.ran.append(pod)
        if pod == "qua-api-1":
            raise self.end
        return Executed(0, json.dumps(SEEN).encode(), b"")


@dataclass
class Scene:
    """A workload whose pod is deleted, and replaced after some seconds."""

    cluster: Commands
    after: float = 20
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.cluster.states = {"qua-api": deployment()}
        self.clock.on_sleep = self._replace

    def _replace(self, time: float) -> None:
        if time >= self.after:
            self.cluster.pods_of = {"qua-api": [pod("qua-api-2")]}

    def probe(self) -> Probed:
        cluster = cast(Cluster, self.cluster)
        return Pod(cluster, [API], Patience(self.clock, LIMIT), lambda: ()).run(REQUEST)


def test_a_pod_that_is_being_replaced_is_waited_for() -> None:
    scene = Scene(Commands(pods_of={"qua-api": [leaving("qua-api-1")]}))
    assert "qua-api-2" in scene.probe().where
    assert scene.clock.time == scene.after


def test_a_pod_that_goes_before_the_probe_begins_is_followed_by_its_successor() -> None:
    scene = Scene(Commands())
    listed: list[Any] = [[pod("qua-api-1")], [leaving("qua-api-1")]]

    def own_pods(_workload: object) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            listed.pop(0) if listed else scene.cluster.pods_of.get("qua-api", [])
        )
        scene.cluster.pods_of.setdefault("qua-api", [leaving("qua-api-1")])
        return found

    scene.cluster.own_pods = own_pods  # type: ignore[method-assign, assignment]
    assert "qua-api-2" in scene.probe().where
    assert scene.cluster.ran == ["qua-api-1", "qua-api-2"]


def test_a_probe_that_may_have_logged_in_does_not_run_twice() -> None:
    lost = ExecError("the connection to the container broke", began=True)
    scene = Scene(Commands(end=lost, pods_of={"qua-api": [pod("qua-api-1")]}))
    with pytest.raises(PlaceError) as caught:
        scene.probe()
    assert caught.value.began
    assert scene.clock.time == 0


def test_the_wait_ends_at_the_limit() -> None:
    scene = Scene(Commands(pods_of={"qua-api": [leaving("qua-api-1")]}), after=LIMIT + 9)
    with pytest.raises(PlaceError, match="has no ready pod"):
        scene.probe()
    assert scene.clock.time == LIMIT
