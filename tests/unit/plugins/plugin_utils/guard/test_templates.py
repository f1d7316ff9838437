# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The templates that a workload has had are read from what the cluster keeps of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.guard import templates_had

WORKLOAD = {
    "kind": "Deployment",
    "metadata": {"name": "app", "uid": "1"},
    "spec": {"selector": {}, "template": {"spec": "now"}},
}


@dataclass
class Kept:
    """A cluster that keeps these, or refuses to list them."""

    held: list[dict[str, Any]]
    refusal: str = ""

    def revisions_of(self, _kind: str, _selector: object) -> list[dict[str, Any]]:
        if self.refusal:
            facts: dict[str, Any] = {"status": 500, "problem": "x"}
            raise FindingError(CATALOGUE.finding(self.refusal, where="x", **facts))
        return self.held


def had(*held: dict[str, Any], refusal: str = "") -> list[Any]:
    return templates_had(cast(Cluster, Kept(list(held), refusal)), WORKLOAD)


def kept(owner: str, **body: Any) -> dict[str, Any]:
    return {"metadata": {"ownerReferences": [{"uid": owner}]}, **body}


def test_of_replica_sets_and_of_controller_revisions_those_of_the_workload_count() -> None:
    template = {"template": {"spec": "old"}}
    patch = {"template": {"$patch": "replace", "spec": "older"}}
    found = had(kept("1", spec=template), kept("2", spec=template), kept("1", data={"spec": patch}))
    assert found == [{"spec": "now"}, {"spec": "old"}, {"spec": "older"}]


def test_who_may_not_list_them_has_the_present_one() -> None:
    assert had(refusal="cluster-rights-missing") == [{"spec": "now"}]
    with pytest.raises(FindingError):
        had(refusal="cluster-error")
