# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run works on what is there when nobody else works on it, and tells all that it has done."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

from ansible_collections.mailops.smtp.plugins.action.smtp_release import ActionModule
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan, Target, make
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.lease import Lease
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.recovery import Recovery
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.patch import MANAGER
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    deployment,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import (
    ARGUMENTS,
    perform,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.releases import (
    Release,
    made_by,
    recovery,
)


def bringing(release: Release) -> type[ActionModule]:
    """The action, for a release."""

    class Bringing(ActionModule):
        def cluster(self, target: Target) -> Cluster:
            return cast(Cluster, release)

        def recovery(self, plan: Plan, cluster: Cluster, lease: Lease) -> Recovery:
            return recovery(release, lease, [each for each in plan.watched if release.states])

    return Bringing


def test_that_a_killed_run_was_gone_back_from_is_told_also_when_this_one_is_refused(
    tmp_path: Path,
) -> None:
    release = Release([revision(4, "superseded"), made_by("killed", 5, "pending-upgrade")])

    result = perform(bringing(release), ARGUMENTS, folder=tmp_path)[1]
    assert release.numbers() == [4, 5, 6]
    assert result["failed"]
    assert result["changed"]
    found = [finding["code"] for finding in result["findings"]]
    assert "right-missing" in found
    assert found[-1] == "run-resumed"


def test_a_private_ca_that_another_run_has_just_taken_out_is_not_taken_out_again(
    tmp_path: Path,
) -> None:
    wanted = values.apply({}, make(ARGUMENTS, (), Path(os.devnull).read_text).rendered.leaves, {})
    release = Release([revision(4, config=wanted)], may_all=True)
    for name in ("qua-api", "qua-cmd"):
        state = deployment(name, replicas=0, updated=0, ready=0)
        state["metadata"]["managedFields"] = [{"manager": MANAGER}]
        release.states[name] = state

    def meanwhile() -> None:
        for state in release.states.values():
            state["metadata"]["managedFields"] = []

    release.kept.before_write = meanwhile
    result = perform(bringing(release), ARGUMENTS, folder=tmp_path)[1]
    assert "failed" not in result, result
    assert not result["changed"]
    assert result["ca_changed"] == []
