# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each kind of workload is held by what it has for that, and never by what somebody else has set."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.hold import (
    HELD,
    HOLDER,
    NoteError,
    contested,
    field,
    given_back,
    holding,
    is_held,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    deployment,
)

ROLLING = {"type": "RollingUpdate"}


def workload(kind: str, *applied: dict[str, Any], **strategy: Any) -> dict[str, Any]:
    """A StatefulSet or DaemonSet; what each of its field managers has applied."""
    fields = [
        {"manager": "helm", "operation": "Apply", "fieldsV1": {"f:spec": each}} for each in applied
    ]
    return {
        "kind": kind,
        "metadata": {"name": "vault", "managedFields": fields},
        "spec": {"replicas": 2, "updateStrategy": {**ROLLING, **strategy}},
    }


def held(state: dict[str, Any]) -> Any:
    """What the specification of a workload gets."""
    body = holding(state)
    return body and body["spec"]


def test_a_deployment_is_paused() -> None:
    assert held(deployment()) == {"paused": True}


def test_the_partition_of_a_stateful_set_is_raised() -> None:
    raised = {"updateStrategy": {"rollingUpdate": {"partition": 2}}}
    assert held(workload("StatefulSet")) == raised
    assert held(workload("StatefulSet", rollingUpdate={"partition": 0})) == raised
    assert held(workload("StatefulSet", rollingUpdate={"partition": 1})) == raised


def as_held(state: dict[str, Any]) -> dict[str, Any]:
    """The workload as it is then."""
    body = holding(state)
    assert body
    metadata = {**state["metadata"], **body["metadata"]}
    return {**state, "metadata": metadata, "spec": {**state["spec"], **body["spec"]}}


CANARY = workload(
    "StatefulSet",
    {"f:updateStrategy": {"f:type": {}}},
    {"f:updateStrategy": {"f:rollingUpdate": {"f:partition": {}}}},
    rollingUpdate={"partition": 1},
)
CANARY["metadata"]["managedFields"][1]["manager"] = "kubectl edit"


def test_whoever_lets_go_leaves_the_default() -> None:
    for state in (deployment(), workload("DaemonSet"), workload("StatefulSet")):
        assert given_back(as_held(state)) is None


def test_or_the_partition_that_there_was_in_the_name_of_who_had_set_it() -> None:
    again = {"updateStrategy": {"rollingUpdate": {"partition": 1}}}
    assert given_back(as_held(CANARY)) == (again, "kubectl edit")


def test_a_partition_that_an_upgrade_has_set_again_is_left_to_it() -> None:
    assert given_back({**as_held(CANARY), "spec": CANARY["spec"]}) is None


def test_what_a_killed_run_has_left_held_is_not_held_twice() -> None:
    left = as_held(workload("StatefulSet", rollingUpdate={"partition": 1}))
    assert is_held(left)
    assert holding(left) is None


def test_a_daemon_set_waits_for_the_deletion_of_its_pods() -> None:
    assert held(workload("DaemonSet")) == {"updateStrategy": {"type": "OnDelete"}}


def test_one_whose_pods_are_replaced_by_hand_needs_nothing() -> None:
    assert held(workload("DaemonSet", type="OnDelete")) is None
    assert held(workload("StatefulSet", type="OnDelete")) is None


def test_what_the_chart_applies_itself_is_contested() -> None:
    said: dict[str, Any] = {"f:updateStrategy": {"f:type": {}}}
    for state, expected in (
        (workload("DaemonSet", said), True),
        (workload("DaemonSet", {"f:template": {}}), False),
        (workload("DaemonSet"), False),
        (workload("StatefulSet", said), False),  # its partition is not said
        (
            workload("StatefulSet", {"f:updateStrategy": {"f:rollingUpdate": {"f:partition": {}}}}),
            True,
        ),
    ):
        body = holding(state)
        assert body
        assert contested(state, body) is expected


def test_what_is_owned_without_being_applied_and_what_is_ours_is_not_contested() -> None:
    state = workload("DaemonSet", {"f:updateStrategy": {"f:type": {}}})
    [entry] = state["metadata"]["managedFields"]
    body = holding(state)
    assert body
    entry["operation"] = "Update"
    assert not contested(state, body)
    entry.update(operation="Apply", manager=HOLDER)
    assert not contested(state, body)


def test_the_field_that_holds_a_workload_has_a_name() -> None:
    assert field(deployment()) == "spec.paused"
    for kind, expected in (
        ("StatefulSet", "spec.updateStrategy.rollingUpdate.partition"),
        ("DaemonSet", "spec.updateStrategy.type"),
    ):
        assert field(workload(kind)) == expected


@pytest.mark.parametrize(
    "noted",
    ["", "x", "-1", "1.5", "1 ", "9" * 5_000, "\u0661", "1 kubectl\x1b[2K", f"1 {'m' * 129}", " 1"],
)
def test_a_note_that_is_not_ours_gives_nothing_back(noted: str) -> None:
    state = as_held(CANARY)
    state["metadata"]["annotations"][HELD] = noted
    with pytest.raises(NoteError):
        given_back(state)
