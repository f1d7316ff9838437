# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rollout is complete when every living pod is of the newest template and ready; else it says why."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import is_ready, lives
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.state import (
    complete,
    failing_conditions,
    interruption,
    last_warning,
    trouble,
    wanted,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    crashing,
    deployment,
    leaving,
    pod,
)


def stateful_set(**spec: Any) -> dict[str, Any]:
    return {**deployment(), "kind": "StatefulSet", "spec": spec}


def daemon_set(*, updated: int, ready: int, desired: int = 2) -> dict[str, Any]:
    status = {
        "observedGeneration": 1,
        "desiredNumberScheduled": desired,
        "updatedNumberScheduled": updated,
        "numberReady": ready,
    }
    return {"kind": "DaemonSet", "metadata": {"generation": 1}, "spec": {}, "status": status}


def container(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": "api", "ready": False, "state": state, **more}


class TestComplete:
    def test_is_a_workload_whose_pods_are_all_new_and_ready(self) -> None:
        assert complete(deployment(), [pod()])
        assert complete(deployment(replicas=2, updated=2, ready=2), [pod("a"), pod("b")])

    @pytest.mark.parametrize(
        ("workload", "pods"),
        [
            (deployment(generation=3, observed=2), [pod()]),
            (deployment(updated=0), [pod()]),
            (deployment(ready=0), [pod()]),
            (deployment(), [pod(ready=False)]),
            (deployment(), []),
            (deployment(), [pod("new"), pod("old")]),
            (deployment(replicas=2, updated=1, ready=2), [pod("a"), pod("b")]),
            ({**deployment(), "status": {}}, []),
        ],
        ids=[
            "not yet seen by its controller",
            "no new pod",
            "no pod is ready",
            "the pod is not ready",
            "the pod is gone",
            "an old pod still lives",
            "one of two is old",
            "nothing happened yet",
        ],
    )
    def test_is_not_one_that_is_still_at_it(self, workload: Any, pods: list[Any]) -> None:
        assert not complete(workload, pods)

    def test_does_not_wait_for_pods_that_leave_or_are_over(self) -> None:
        evicted = pod("evicted", ready=False, phase="Failed")
        done = pod("done", ready=False, phase="Succeeded")
        assert complete(deployment(), [pod(), leaving("old"), evicted, done])

    def test_is_one_that_is_scaled_to_nothing(self) -> None:
        assert complete(deployment(replicas=0, updated=0, ready=0), [])

    def test_counts_a_daemon_sets_nodes(self) -> None:
        assert complete(daemon_set(updated=2, ready=2), [pod("a"), pod("b")])
        assert not complete(daemon_set(updated=1, ready=2), [pod("a"), pod("b")])
        assert not complete(daemon_set(updated=2, ready=1), [pod("a"), pod("b")])

    def test_number_of_pods_is_one_when_nothing_is_said(self) -> None:
        assert wanted(stateful_set()) == 1
        assert wanted(stateful_set(replicas=0)) == 0
        assert wanted(daemon_set(updated=0, ready=0, desired=3)) == 3


class TestAPod:
    def test_is_ready_by_its_condition_while_it_lives(self) -> None:
        assert is_ready(pod())
        assert not is_ready(pod(ready=False))
        assert not is_ready(leaving("old"))
        assert not is_ready({"metadata": {}, "status": {}})
        assert not is_ready({"metadata": {}})

    def test_does_not_live_when_it_leaves_or_is_over(self) -> None:
        assert lives(pod(ready=False, phase="Pending"))
        assert not lives(leaving("old"))
        assert not lives(pod(phase="Failed"))


class TestInterruption:
    def test_is_told_for_recreate_and_for_a_single_stateful_pod(self) -> None:
        assert "Recreate" in str(interruption(deployment(strategy="Recreate")))
        assert "one replica" in str(interruption(stateful_set(replicas=1)))
        assert "one replica" in str(interruption(stateful_set()))

    def test_is_none_where_others_keep_serving(self) -> None:
        assert interruption(deployment()) is None
        assert interruption(stateful_set(replicas=2)) is None
        assert interruption(daemon_set(updated=1, ready=1)) is None


class TestTrouble:
    @pytest.mark.parametrize(
        ("found", "reason"),
        [
            (crashing(), "container api: CrashLoopBackOff, it ended with exit code 1 (Error)"),
            (
                pod(
                    ready=False,
                    containers=[
                        container({"waiting": {"reason": "ErrImagePull", "message": "no such tag"}})
                    ],
                ),
                "container api: ErrImagePull: no such tag",
            ),
            (
                pod(
                    ready=False,
                    containers=[
                        container({"waiting": {"reason": "CreateContainerConfigError"}}),
                    ],
                ),
                "container api: CreateContainerConfigError",
            ),
            (
                pod(
                    ready=False,
                    containers=[
                        container({"terminated": {"exitCode": 137, "reason": "OOMKilled"}})
                    ],
                ),
                "container api ended with exit code 137 (OOMKilled)",
            ),
            (
                pod(
                    ready=False,
                    containers=[container({"waiting": {"reason": "PodInitializing"}})],
                    initContainerStatuses=[
                        {
                            "name": "init",
                            "ready": False,
                            "state": {"terminated": {"exitCode": 2, "reason": "Error"}},
                        }
                    ],
                ),
                "container init ended with exit code 2 (Error)",
            ),
            (pod(ready=False), "container api runs and is not ready"),
            (
                {
                    "metadata": {"name": "p"},
                    "status": {
                        "conditions": [
                            {
                                "type": "PodScheduled",
                                "status": "False",
                                "reason": "Unschedulable",
                                "message": "0/1 nodes are available",
                            }
                        ]
                    },
                },
                "Unschedulable: 0/1 nodes are available",
            ),
        ],
    )
    def test_is_told_in_the_pods_own_words(self, found: Any, reason: str) -> None:
        assert trouble(found) == reason

    @pytest.mark.parametrize(
        "found",
        [
            pod(),
            {"metadata": {"name": "p"}},
            pod(ready=False, containers=[container({"waiting": {"reason": "ContainerCreating"}})]),
            pod(
                containers=[
                    {
                        "name": "api",
                        "ready": True,
                        "state": {"running": {}},
                        "lastState": {"terminated": {"exitCode": 1}},
                    }
                ]
            ),
        ],
        ids=["ready", "new", "starting", "ready after a restart"],
    )
    def test_is_none_when_all_is_well_or_just_beginning(self, found: Any) -> None:
        assert trouble(found) is None

    def test_of_a_workload_that_cannot_make_pods_is_told(self) -> None:
        quota = {
            "type": "ReplicaFailure",
            "status": "True",
            "reason": "FailedCreate",
            "message": "exceeded quota",
        }
        fine = {"type": "Available", "status": "True", "reason": "x", "message": "y"}
        assert failing_conditions(deployment(conditions=[fine, quota])) == [
            "FailedCreate: exceeded quota"
        ]
        assert failing_conditions({"metadata": {}}) == []

    def test_in_events_is_the_newest_warning(self) -> None:
        events = [
            {"type": "Warning", "reason": "Old", "message": "a"},
            {"type": "Warning", "reason": "Unhealthy", "message": "probe failed"},
            {"type": "Normal", "reason": "Pulled", "message": "b"},
        ]
        assert last_warning(events) == "Unhealthy: probe failed"
        assert last_warning(events[2:]) is None
