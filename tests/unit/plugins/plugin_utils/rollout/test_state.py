# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rollout is complete when every living pod is of the newest template and ready."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import is_ready, lives
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.state import (
    complete,
    interruption,
    kept_back,
    rolls,
    stuck,
    wanted,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
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

    def test_waits_for_no_pod_that_is_to_keep_its_template(self) -> None:
        rolling = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
        by_hand = {"type": "OnDelete"}
        for strategy in (rolling, by_hand):
            found = stateful_set(replicas=2, updateStrategy=strategy)
            found["status"] |= {"updatedReplicas": 1, "readyReplicas": 2}
            assert complete(found, [pod("a"), pod("b")])
            assert not complete(found, [pod("a"), pod("b", ready=False)])

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


class TestRolls:
    def test_is_a_new_template_and_not_a_new_generation(self) -> None:
        before, scaled = deployment(), deployment(generation=3, replicas=2)
        after = deployment(generation=3, container={"image": "other"})
        assert rolls(before, after)
        assert not rolls(before, scaled)

    def test_is_not_one_that_waits_for_somebody_to_delete_its_pods(self) -> None:
        before, after = stateful_set(template=1), stateful_set(template=2)
        assert rolls(before, after)
        after["spec"]["updateStrategy"] = {"type": "OnDelete"}
        assert not rolls(before, after)


class TestInterruption:
    @pytest.mark.parametrize(
        ("workload", "words"),
        [
            (deployment(strategy="Recreate"), "Recreate"),
            (stateful_set(replicas=1), "one pod"),
            (stateful_set(), "one pod"),
            (daemon_set(updated=1, ready=1, desired=1), "one pod"),
        ],
    )
    def test_is_told_where_the_old_pod_stops_first(self, workload: Any, words: str) -> None:
        assert words in str(interruption(workload))

    @pytest.mark.parametrize(("unavailable", "interrupts"), [(1, True), ("50%", False)])
    def test_is_told_where_a_rolling_update_may_stop_all_pods(
        self, unavailable: Any, interrupts: bool
    ) -> None:
        found = deployment()
        found["spec"]["strategy"]["rollingUpdate"] = {"maxUnavailable": unavailable}
        assert (interruption(found) is not None) == interrupts

    def test_is_none_where_others_keep_serving(self) -> None:
        surge = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
        one = daemon_set(updated=1, ready=1, desired=1)
        assert interruption({**one, "spec": {"updateStrategy": surge}}) is None
        assert interruption(deployment()) is None
        assert interruption(deployment(replicas=0, strategy="Recreate")) is None
        assert interruption(stateful_set(replicas=2)) is None
        assert interruption(daemon_set(updated=1, ready=1)) is None


class TestKeptBack:
    """The partition of a StatefulSet lets some pods keep an older template."""

    @staticmethod
    def kept(name: str, revision: str = "old", **spec: Any) -> bool:
        rolling = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
        found = stateful_set(**{"replicas": 3, "updateStrategy": rolling, **spec})
        found["status"] = {"updateRevision": "new"}
        labels = {"controller-revision-hash": revision}
        return kept_back(found, {"metadata": {"name": name, "labels": labels}})

    def test_is_one_below_it_that_has_an_older_template(self) -> None:
        assert self.kept("queue-0")
        assert self.kept("queue-5", ordinals={"start": 5})
        assert not self.kept("queue-0", "new")

    def test_is_none_above_it_nor_without_one(self) -> None:
        assert not self.kept("queue-1")
        assert not self.kept("queue-0", updateStrategy={"type": "RollingUpdate"})


class TestStuck:
    """A StatefulSet waits for a pod that does not come up, also when its template is another by now."""

    @staticmethod
    def names(*pods: dict[str, Any], **changes: Any) -> list[str]:
        found = stateful_set(**{"replicas": 3, **changes.pop("spec", {})})
        found["status"] |= {"updateRevision": "new", **changes}
        return [each["metadata"]["name"] for each in stuck(found, pods)]

    @staticmethod
    def pod(revision: str = "old", **changes: Any) -> dict[str, Any]:
        found = pod("queue-0", **{"owner": "StatefulSet", "ready": False, **changes})
        found["metadata"]["labels"] = {"controller-revision-hash": revision}
        return found

    def test_is_a_pod_of_an_older_template_that_is_not_ready(self) -> None:
        assert self.names(self.pod()) == ["queue-0"]
        assert self.names(self.pod(ready=True), self.pod("new")) == []

    def test_is_none_that_leaves_already(self) -> None:
        going = self.pod()
        going["metadata"]["deletionTimestamp"] = "2026-11-21T09:00:00Z"
        assert self.names(going) == []

    def test_is_none_that_its_controller_replaces_or_somebody_else_is_to_replace(self) -> None:
        for spec in (
            {"podManagementPolicy": "Parallel"},
            {"updateStrategy": {"type": "OnDelete"}},
            {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}},
        ):
            assert self.names(self.pod(), spec=spec) == []

    def test_is_not_told_from_a_status_of_before_the_template(self) -> None:
        assert self.names(self.pod(), observedGeneration=1) == []

    def test_is_a_stateful_sets_alone(self) -> None:
        assert stuck(deployment(), [pod(ready=False)]) == []
