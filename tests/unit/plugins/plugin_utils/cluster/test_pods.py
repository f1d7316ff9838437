# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pod is a workload's by who has made it: labels are shared with Jobs, with pods made by hand, and
with other workloads."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import is_of
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import pod


def workload(kind: str, name: str = "qua-api") -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": name}}


MAKERS = [("Deployment", "ReplicaSet"), ("StatefulSet", "StatefulSet"), ("DaemonSet", "DaemonSet")]


@pytest.mark.parametrize(("kind", "maker"), MAKERS)
def test_a_pod_is_that_of_the_workload_that_has_made_it(kind: str, maker: str) -> None:
    assert is_of(pod(owner=maker), workload(kind))


@pytest.mark.parametrize(("kind", "maker"), MAKERS)
@pytest.mark.parametrize("name", ["qua", "qua-api-new", "qua-ap", "api"])
def test_and_of_no_other_one_of_that_kind(kind: str, maker: str, name: str) -> None:
    assert not is_of(pod(owner=maker), workload(kind, name))


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_a_pod_of_a_job_or_of_nobody_is_no_workloads(kind: str) -> None:
    orphan = pod()
    orphan["metadata"]["ownerReferences"] = []
    assert not is_of(pod(owner="Job"), workload(kind))
    assert not is_of(orphan, workload(kind))


def test_who_only_owns_a_pod_has_not_made_it() -> None:
    owned = pod()
    owned["metadata"]["ownerReferences"][0]["controller"] = False
    assert not is_of(owned, workload("Deployment"))
