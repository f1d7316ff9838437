# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pod is a workload's by who has made it: labels are shared with Jobs and with pods made by hand."""

from __future__ import annotations

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import is_of
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import pod


@pytest.mark.parametrize(
    ("kind", "maker"),
    [("Deployment", "ReplicaSet"), ("StatefulSet", "StatefulSet"), ("DaemonSet", "DaemonSet")],
)
def test_a_pod_is_that_of_the_workload_that_has_made_it(kind: str, maker: str) -> None:
    assert is_of(pod(owner=maker), {"kind": kind})


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet", "DaemonSet"])
def test_a_pod_of_a_job_or_of_nobody_is_no_workloads(kind: str) -> None:
    orphan = pod()
    orphan["metadata"]["ownerReferences"] = []
    assert not is_of(pod(owner="Job"), {"kind": kind})
    assert not is_of(orphan, {"kind": kind})


def test_who_only_owns_a_pod_has_not_made_it() -> None:
    owned = pod()
    owned["metadata"]["ownerReferences"][0]["controller"] = False
    assert not is_of(owned, {"kind": "Deployment"})
