# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was done before a run is refused is told beside the refusal."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from ansible_collections.mailops.smtp.plugins.action.smtp_release import ActionModule
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan, Target
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.lease import Lease
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.recovery import Recovery
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


def test_that_a_killed_run_was_gone_back_from_is_told_also_when_this_one_is_refused(
    tmp_path: Path,
) -> None:
    release = Release([revision(4, "superseded"), made_by("killed", 5, "pending-upgrade")])

    class Refused(ActionModule):
        def cluster(self, target: Target) -> Cluster:
            return cast(Cluster, release)

        def recovery(self, plan: Plan, cluster: Cluster, lease: Lease) -> Recovery:
            return recovery(release, lease)

    result = perform(Refused, ARGUMENTS, folder=tmp_path)[1]
    assert release.numbers() == [4, 5, 6]
    assert result["failed"]
    assert result["changed"]
    found = [finding["code"] for finding in result["findings"]]
    assert "right-missing" in found
    assert found[-1] == "run-resumed"
