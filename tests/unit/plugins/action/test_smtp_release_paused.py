# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Deployment that somebody has paused is found before anything is changed that would not reach its pods."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.hold import HELD
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.patch import MANAGER
from ansible_collections.mailops.smtp.tests.unit.plugins.action.test_smtp_release import (
    bringing,
    configured,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    deployment,
    environ,
    pod,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import (
    ARGUMENTS,
    perform,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.releases import (
    Release,
)

PAUSED = ("rollout-paused", "Deployment qua-api")


@pytest.fixture
def release() -> Release:
    """A release that has the settings of the arguments, with a Deployment that somebody has paused."""
    found = configured()
    found.states["qua-api"]["spec"]["paused"] = True
    return found


def errors(release: Release, folder: Path, **changes: Any) -> set[tuple[str, str]]:
    """What stands against bringing in the arguments with these changes; nothing has changed then."""
    numbers = release.numbers()
    result = perform(bringing(release), {**ARGUMENTS, **changes}, folder=folder)[1]
    assert result.get("failed", False) == bool(result["findings"]), result
    assert not result["changed"]
    assert (release.numbers(), release.restarted, release.applied) == (numbers, [], [])
    found = (finding for finding in result["findings"] if finding["severity"] == "error")
    return {(finding["code"], finding["where"]) for finding in found}


def test_new_settings_are_not_brought_in(release: Release, tmp_path: Path) -> None:
    assert PAUSED in errors(release, tmp_path, from_address="other@example.com")


def test_it_is_told_beside_what_else_stands_against_it(release: Release, tmp_path: Path) -> None:
    release.may_all = False
    found = errors(release, tmp_path, from_address="other@example.com")
    assert PAUSED in found
    assert "right-missing" in {code for code, _where in found}


def test_a_private_ca_is_not_taken_out(release: Release, tmp_path: Path) -> None:
    for state in release.states.values():
        state["metadata"]["managedFields"] = [{"manager": MANAGER}]
    assert errors(release, tmp_path) == {PAUSED}


@pytest.mark.parametrize(("restart", "found"), [("auto", {PAUSED}), ("never", set())])
def test_it_is_not_restarted(tmp_path: Path, restart: str, found: set[tuple[str, str]]) -> None:
    release = configured()
    env = {"env": [{"name": "SMTP_SENDER_USER", "value": "new"}]}
    release.states["qua-api"] = deployment("qua-api", container=env)
    release.states["qua-api"]["spec"]["paused"] = True
    release.pods["qua-api"] = [pod("qua-api-1")]
    release.environments["qua-api-1"] = environ(SMTP_SENDER_USER="old")
    assert errors(release, tmp_path, restart=restart) == found


def test_where_nothing_is_to_be_done_it_is_nobodys_concern(
    release: Release, tmp_path: Path
) -> None:
    assert errors(release, tmp_path) == set()


def test_one_that_a_killed_run_has_left_held_is_let_go(release: Release, tmp_path: Path) -> None:
    release.states["qua-api"]["metadata"]["annotations"] = {HELD: "0"}
    result = perform(bringing(release), ARGUMENTS, folder=tmp_path)[1]
    assert "failed" not in result, result
    assert [body["metadata"]["name"] for _manager, body in release.applied] == ["qua-api"]
