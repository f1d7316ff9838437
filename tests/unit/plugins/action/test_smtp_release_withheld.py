# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""After a probe that has failed, what a killed run has left is mended, and nothing new is brought in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import Phase
from ansible_collections.mailops.smtp.tests.unit.plugins.action.test_smtp_release import (
    WORKLOADS,
    bringing,
    configured,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    deployment,
    environ,
    pod,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import (
    ARGUMENTS,
    perform,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.journals import (
    Doing,
    entry,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.leases import (
    lease,
    left_in,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.releases import (
    Release,
    made_by,
)

REFUSED = Finding(
    "credentials-rejected", "error", "relay", "The relay refuses the login.", "Mend it."
)
AWAY = Finding("relay-refused", "error", "relay", "The relay is away.", "Wait.")
WAITS = Finding("killed-run-waits", "warning", "release qua", "A killed run waits.", "Go on.")
OTHERS = {"host": "other.example.com"}
"""Settings that the killed run has not brought in."""


def deployed(release: Release, folder: Path, *found: Finding, **changes: Any) -> dict[str, Any]:
    """The result of a deployment after a probe that has found this."""
    probed = {"failed": False, "findings": [each.as_dict() for each in found]}
    given = {**ARGUMENTS, **changes, "probed": probed}
    return perform(bringing(release), given, folder=folder)[1]


def codes(result: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in result["findings"]]


def unseen() -> Release:
    """The settings of the arguments, brought in by a run that was killed before it saw them in the pods."""
    return noted(configured(), "upgrade")


def unproved() -> Release:
    """The same when it had seen them there, and was killed before its proof."""
    return noted(configured(), "proof")


def noted(release: Release, doing: Doing) -> Release:
    with lease(release.store, "first") as its:
        its.take()
        its.note(entry("first", doing, 5, 4))
    return release


def phase(release: Release) -> Phase | None:
    """What is written down of the killed run."""
    journal = left_in(release.store)
    return journal.phase if journal else None


def half_written() -> Release:
    """A run was killed while Helm brought its settings in."""
    release = configured()
    release.held[:] = [revision(4, "superseded"), made_by("first", 5, "pending-upgrade")]
    return release


@pytest.mark.parametrize("found", [REFUSED, AWAY])
def test_a_release_that_is_half_written_goes_back_and_stays_there(
    tmp_path: Path, found: Finding
) -> None:
    release = half_written()
    result = deployed(release, tmp_path, found, WAITS)
    assert release.numbers() == [4, 5, 6]
    assert release.held[-1].description == "Rollback to 4"
    assert (result["failed"], result["changed"]) == (True, True)
    assert {found.code, "change-withheld"} <= set(codes(result))


@pytest.mark.parametrize("found", [REFUSED, AWAY])
def test_what_has_all_arrived_is_seen_to_its_end_when_it_is_what_is_wanted(
    tmp_path: Path, found: Finding
) -> None:
    release = unseen()
    result = deployed(release, tmp_path, found, WAITS, proof_follows=True)
    assert "failed" not in result, result
    assert release.numbers() == [4, 5]
    assert result["proof_owed"]


@pytest.mark.parametrize("found", [REFUSED, AWAY])
def test_what_has_all_arrived_stays_whatever_is_found_of_other_settings(
    tmp_path: Path, found: Finding
) -> None:
    release = unseen()
    result = deployed(release, tmp_path, found, WAITS, **OTHERS)
    assert result["failed"]
    assert codes(result) == [found.code, "change-withheld"]
    assert release.numbers() == [4, 5]
    assert phase(release) == "closed"


def test_a_probe_of_another_release_withholds_nothing(tmp_path: Path) -> None:
    others = replace(WAITS, where="release other")
    result = deployed(unproved(), tmp_path, REFUSED, others, proof_follows=True)
    assert "failed" not in result, result


def test_it_goes_back_when_its_pods_do_not_become_ready(tmp_path: Path) -> None:
    release = unseen()
    for state in release.states.values():
        state["spec"]["replicas"] = 1
    result = deployed(release, tmp_path, AWAY, WAITS, **OTHERS)
    assert result["failed"]
    assert codes(result)[:2] == ["relay-refused", "change-withheld"]
    assert release.held[-1].description == "Rollback to 4"


@pytest.mark.parametrize("found", [REFUSED, AWAY])
@pytest.mark.parametrize("left", [unseen, unproved])
def test_where_no_proof_follows_the_probe_has_the_last_word(
    tmp_path: Path, left: Callable[[], Release], found: Finding
) -> None:
    result = deployed(left(), tmp_path, found, WAITS)
    assert result["failed"]
    assert codes(result)[:2] == [found.code, "change-withheld"]


def test_settings_that_the_relay_refuses_are_undone_when_nobody_has_seen_them_in_the_pods(
    tmp_path: Path,
) -> None:
    release = unseen()
    assert "change-undone" in codes(deployed(release, tmp_path, REFUSED, WAITS))
    assert release.held[-1].description == "Rollback to 4"


class TestAProofThatIsOwed:
    """Is for the settings in force, which are all in the pods."""

    def test_is_left_to_the_proof_when_they_are_what_is_wanted(self, tmp_path: Path) -> None:
        release = unproved()
        writes = release.store.version
        result = deployed(release, tmp_path, REFUSED, WAITS, proof_follows=True)
        assert "failed" not in result, result
        assert (result["proof_owed"], result["run"], result["changed"]) == (True, "first", False)
        assert release.store.version == writes

    @pytest.mark.parametrize("follows", [True, False])
    def test_stays_owed_when_other_settings_are_wanted_which_do_not_come_in(
        self, tmp_path: Path, follows: bool
    ) -> None:
        release = unproved()
        result = deployed(release, tmp_path, REFUSED, WAITS, **OTHERS, proof_follows=follows)
        assert result["failed"]
        assert codes(result) == ["credentials-rejected", "change-withheld"]
        assert (release.numbers(), phase(release)) == ([4, 5], "arrived")

    def test_stays_owed_when_no_proof_follows(self, tmp_path: Path) -> None:
        release = unproved()
        result = deployed(release, tmp_path, REFUSED, WAITS)
        assert codes(result) == ["credentials-rejected", "change-withheld"]
        assert (release.numbers(), phase(release)) == ([4, 5], "arrived")

    @pytest.mark.parametrize("restart", ["auto", "defer"])
    def test_stays_owed_when_the_pods_would_get_something_else_by_a_restart(
        self, tmp_path: Path, restart: str
    ) -> None:
        release = configured()
        container = {"env": [{"name": "SMTP_SENDER_PASSWORD", "value": "new"}]}
        for name in WORKLOADS:
            release.states[name] = deployment(name, container=container)
            release.pods[name] = [pod(f"{name}-1")]
            release.environments[f"{name}-1"] = environ(SMTP_SENDER_PASSWORD="old")
        noted(release, "proof")
        given = {"restart": restart, "proof_follows": True}
        result = deployed(release, tmp_path, REFUSED, WAITS, **given)
        assert codes(result) == ["credentials-rejected", "change-withheld"]
        assert (release.restarted, phase(release)) == ([], "arrived")


def test_without_a_killed_run_the_findings_of_a_probe_withhold_nothing(tmp_path: Path) -> None:
    release = configured()
    release.may_all = False
    result = deployed(release, tmp_path, REFUSED, **OTHERS)
    assert "right-missing" in codes(result)
    assert not {"credentials-rejected", "change-withheld"} & set(codes(result))
