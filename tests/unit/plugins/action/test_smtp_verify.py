# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pods are read, unless the deployment before has just seen what they have."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from ansible_collections.mailops.smtp.plugins.action.smtp_verify import ActionModule
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Target
from ansible_collections.mailops.smtp.tests.unit.plugins.action.test_smtp_release import (
    bringing,
    running,
    unseen,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import (
    ARGUMENTS,
    perform,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.releases import (
    Release,
)


def verifying(release: Release) -> type[ActionModule]:
    """The action, for a release."""

    class Verifying(ActionModule):
        def cluster(self, target: Target) -> Cluster:
            return cast(Cluster, release)

    return Verifying


class Unread(Release):
    """A release whose pods must not be looked into."""

    def workload(self, kind: str, name: str) -> dict[str, Any] | None:
        raise AssertionError(f"{kind} {name} was read")


def verify(release: Release, folder: Path, **changes: Any) -> dict[str, Any]:
    return perform(verifying(release), {**ARGUMENTS, **changes}, folder=folder)[1]


def test_what_the_deployment_has_seen_after_its_change_is_not_read_again(tmp_path: Path) -> None:
    release = running()
    unseen(release)
    deployed = perform(bringing(release), ARGUMENTS, folder=tmp_path)[1]
    assert deployed["changed"]

    found = verify(Unread([]), tmp_path, released=deployed)
    assert found == verify(release, tmp_path)
    assert [entry["pod"] for entry in found["pods"]] == ["qua-api-1", "qua-cmd-1"]


@pytest.mark.parametrize("released", [None, {}, {"changed": False, "verified": {}}])
def test_the_pods_are_read_where_the_deployment_has_not_looked(
    tmp_path: Path, released: dict[str, Any] | None
) -> None:
    found = verify(running(), tmp_path, released=released)
    assert [entry["pod"] for entry in found["pods"]] == ["qua-api-1", "qua-cmd-1"]
    assert "failed" not in found
