# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is restarted whose new pods would not start, and nobody is advised to do it by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.smtp.tests.unit.plugins.action.test_smtp_release import (
    WANTED,
    WORKLOADS,
    bringing,
    running,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import (
    ARGUMENTS,
    perform,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.releases import (
    Release,
)

LOGIN = {"name": "CREDS", "valueFrom": {"secretKeyRef": {"name": "creds", "key": "password"}}}


def lacking(**differences: str) -> Release:
    """A release that runs, and whose Secret somebody has deleted that is not the chart's."""
    release = running(**differences)
    for name in WORKLOADS:
        release.states[name]["spec"]["template"]["spec"]["containers"][0]["env"].append(LOGIN)
    return release


def bring(release: Release, folder: Path, **changes: Any) -> dict[str, Any]:
    check = changes.pop("check_mode", False)
    arguments = {**ARGUMENTS, **changes}
    return perform(bringing(release), arguments, folder=folder, check=check)[1]


def told(result: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in result["findings"]]


OLD = {"SMTP_SENDER_EMAIL": "old@example.com"}


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_restart_into_pods_that_cannot_start_is_refused(tmp_path: Path, check_mode: bool) -> None:
    assert OLD.items() - WANTED.items()
    release = lacking(**OLD)
    result = bring(release, tmp_path, check_mode=check_mode)
    assert result["failed"]
    assert set(told(result)) == {"new-pods-would-lack"}
    assert "Secret creds does not exist" in result["msg"]
    assert release.restarted == []


@pytest.mark.parametrize("check_mode", [False, True])
def test_where_nothing_is_to_roll_it_is_a_warning(tmp_path: Path, check_mode: bool) -> None:
    result = bring(lacking(), tmp_path, check_mode=check_mode)
    assert "failed" not in result
    assert {(each["code"], each["severity"]) for each in result["findings"]} == {
        ("new-pods-would-lack", "warning")
    }


def test_a_restart_that_is_left_is_not_advised_by_hand(tmp_path: Path) -> None:
    result = bring(lacking(**OLD), tmp_path, restart="defer")
    [left] = [each for each in result["findings"] if each["code"].startswith("restart-left")]
    assert left["code"] == "restart-left-unsafe"
    assert "kubectl" not in left["fix"]
