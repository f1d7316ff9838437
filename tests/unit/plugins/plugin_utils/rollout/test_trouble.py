# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps pods from being ready is told from what the cluster says of them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.trouble import (
    of_pod,
    of_workload,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    crashing,
    deployment,
    leaving,
    pod,
    warning,
)


def waiting(reason: str, message: str = "", **more: Any) -> dict[str, Any]:
    """A pod whose container waits."""
    state = {"waiting": {"reason": reason, "message": message}}
    return pod(ready=False, containers=[{"name": "api", "ready": False, "state": state, **more}])


def ended(reason: str, code: int) -> dict[str, Any]:
    """A pod whose container is over."""
    state = {"terminated": {"exitCode": code, "reason": reason}}
    return pod(ready=False, containers=[{"name": "api", "ready": False, "state": state}])


def failing(message: str, **changes: Any) -> dict[str, Any]:
    """A Deployment whose ReplicaSet cannot make a pod."""
    condition = {
        "type": "ReplicaFailure",
        "status": "True",
        "reason": "FailedCreate",
        "message": message,
    }
    return deployment(conditions=[condition], **changes)


UNSCHEDULABLE = {
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
}


class TestAPod:
    @pytest.mark.parametrize(
        ("found", "code", "problem", "hopeless"),
        [
            (waiting("ErrImagePull", "no tag"), "image-not-pulled", "ErrImagePull: no tag", False),
            (waiting("InvalidImageName"), "image-not-pulled", "InvalidImageName", True),
            (waiting("ErrImageNeverPull"), "image-not-pulled", "ErrImageNeverPull", True),
            (
                waiting("CreateContainerConfigError", 'secret "creds" not found'),
                "configuration-missing",
                'CreateContainerConfigError: secret "creds" not found',
                True,
            ),
            (crashing(), "container-crashes", "exit code 1 (Error)", False),
            (ended("Completed", 0), "container-crashes", "exit code 0 (Completed)", False),
            (
                ended("OOMKilled", 137),
                "container-out-of-memory",
                "exit code 137 (OOMKilled)",
                False,
            ),
            (
                waiting("RunContainerError", "no such command"),
                "container-not-started",
                "RunContainerError: no such command",
                False,
            ),
            (
                UNSCHEDULABLE,
                "pod-unschedulable",
                "Unschedulable: 0/1 nodes are available",
                False,
            ),
        ],
    )
    def test_has_the_trouble_that_its_state_tells(
        self, found: Any, code: str, problem: str, hopeless: bool
    ) -> None:
        trouble = of_pod(found, [])
        assert trouble is not None
        assert (trouble.code, trouble.problem, trouble.hopeless) == (code, problem, hopeless)

    @pytest.mark.parametrize(
        ("found", "event", "code"),
        [
            (
                pod(ready=False),
                warning("Unhealthy", "Readiness probe failed: HTTP 503"),
                "probe-fails",
            ),
            (
                waiting("ContainerCreating"),
                warning("FailedMount", 'secret "tls" not found'),
                "configuration-missing",
            ),
            (
                waiting("ContainerCreating"),
                warning("FailedCreatePodSandBox", "no address is left"),
                "container-not-started",
            ),
        ],
    )
    def test_has_the_trouble_that_its_newest_warning_tells(
        self, found: Any, event: Any, code: str
    ) -> None:
        trouble = of_pod(found, [warning("Old", "a"), event, {"type": "Normal"}])
        assert trouble is not None
        assert trouble.code == code
        assert trouble.problem == f"{event['reason']}: {event['message']}"

    def test_of_an_init_container_is_told_too(self) -> None:
        init = {"name": "init", "ready": False, "state": {"terminated": {"exitCode": 2}}}
        found = waiting("PodInitializing")
        found["status"]["initContainerStatuses"] = [init]
        trouble = of_pod(found, [])
        assert trouble is not None
        assert (trouble.code, trouble.container) == ("container-crashes", "init")

    def test_that_runs_and_says_nothing_is_only_not_ready(self) -> None:
        trouble = of_pod(pod(ready=False), [])
        assert trouble is not None
        assert trouble.code == "rollout-not-ready"

    @pytest.mark.parametrize(
        "found",
        [
            pod(),
            leaving("old"),
            {"metadata": {"name": "p"}},
            waiting("ContainerCreating"),
        ],
        ids=["ready", "on its way out", "new", "starting"],
    )
    def test_has_none_when_all_is_well_or_just_beginning(self, found: Any) -> None:
        assert of_pod(found, []) is None


class TestAWorkload:
    def test_that_makes_its_pods_has_none(self) -> None:
        assert of_workload(deployment(), [pod()], []) == []

    def test_whose_pod_a_quota_forbids_says_so(self) -> None:
        [trouble] = of_workload(failing("exceeded quota: pods, used: 1"), [pod()], [])
        assert trouble.code == "pods-over-quota"
        assert trouble.problem == "FailedCreate: exceeded quota: pods, used: 1"
        assert trouble.hopeless

    def test_is_not_hopeless_while_a_pod_leaves_and_makes_room(self) -> None:
        [trouble] = of_workload(failing("exceeded quota"), [leaving("old")], [])
        assert not trouble.hopeless

    def test_whose_pod_is_refused_for_another_reason_says_which(self) -> None:
        [trouble] = of_workload(failing("violates PodSecurity"), [], [])
        assert trouble.code == "pods-refused"

    def test_without_conditions_is_told_by_its_newest_attempt(self) -> None:
        stateful = {**deployment(), "kind": "StatefulSet"}
        failed = warning("FailedCreate", "exceeded quota", of="qua-api")
        [trouble] = of_workload(stateful, [], [failed])
        assert trouble.code == "pods-over-quota"
        assert of_workload(stateful, [], [failed, {"reason": "SuccessfulCreate"}]) == []
        assert of_workload(stateful, [pod()], [failed]) == []

    def test_that_is_paused_says_nothing_else(self) -> None:
        found = failing("exceeded quota")
        found["spec"]["paused"] = True
        [trouble] = of_workload(found, [], [])
        assert (trouble.code, trouble.hopeless) == ("rollout-paused", True)

    def test_that_the_cluster_has_given_up_is_given_up(self) -> None:
        condition = {
            "type": "Progressing",
            "status": "False",
            "reason": "ProgressDeadlineExceeded",
            "message": "timed out",
        }
        [trouble] = of_workload(deployment(conditions=[condition]), [pod()], [])
        assert (trouble.code, trouble.hopeless) == ("rollout-deadline-passed", True)
        older = deployment(conditions=[condition], generation=3, observed=2)
        assert of_workload(older, [pod()], []) == []
