# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run has left is told by the records of Helm and by what the run wrote down before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.cause import (
    AT_THE_RELAY,
    AT_THE_RELEASE,
    IN_THE_PODS,
    is_ours,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import Journal
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.marker import LABEL
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.unfinished import (
    Unfinished,
    find,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounted import Mounted
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.journals import entry
from tools import docs

HALF_WRITTEN = ("pending-upgrade", "failed")


def ours(number: int, status: str, description: str = "Preparing upgrade") -> Revision:
    return replace(revision(number, status, description), labels={LABEL: f"run-{number}"})


def noted(doing: str, number: int, good: int | None = 1) -> Journal:
    return entry("run", doing, number, good)  # type: ignore[arg-type]  # as it is read


def numbers(found: Unfinished | None) -> tuple[int, bool, int | None] | None:
    if found is None:
        return None
    return found.revision.number, found.half_written, found.good.number if found.good else None


@pytest.mark.parametrize("status", HALF_WRITTEN)
def test_a_half_written_revision_with_our_marker_is_gone_back_from(status: str) -> None:
    assert numbers(find([revision(1), ours(2, status)], None)) == (2, True, 1)


@pytest.mark.parametrize("status", HALF_WRITTEN)
def test_that_of_somebody_else_is_not_ours_to_touch(status: str) -> None:
    inherited = replace(revision(3, status), labels={LABEL: "run-2"})
    assert find([revision(1), ours(2, "superseded"), inherited], noted("upgrade", 2)) is None


def test_one_that_somebody_else_has_made_before_a_killed_run_came_to_it_is_not_ours() -> None:
    assert find([revision(1), revision(2)], noted("upgrade", 2)) is None
    upgraded = [revision(1), ours(2, "superseded"), revision(3)]
    assert find(upgraded, noted("undo", 3)) is None


@pytest.mark.parametrize("status", ["deployed", "pending-upgrade"])
def test_what_has_overtaken_somebody_elses_upgrade_goes_back_to_that_one(status: str) -> None:
    late = replace(ours(3, status), labels={LABEL: "run-2"})
    found = find([revision(1), revision(2, "superseded"), late], noted("upgrade", 2))
    assert numbers(found) == (3, True, 2)


def test_a_rollback_carries_no_marker_and_is_known_by_what_was_written_down() -> None:
    revisions = [
        revision(1, "superseded"),
        ours(2, "superseded", "Upgrade complete"),
        revision(3, "pending-rollback", "Rollback to 1"),
    ]
    assert numbers(find(revisions, noted("undo", 3))) == (3, True, 1)
    assert find(revisions, None) is None


def test_a_run_that_was_killed_before_its_rollback_began_has_left_that_to_be_done() -> None:
    revisions = [revision(1, "superseded"), ours(2, "deployed", "SMTP settings")]
    assert numbers(find(revisions, noted("undo", 3))) == (2, True, 1)


def test_the_way_goes_back_to_the_revision_whose_pods_were_ready_and_not_to_a_broken_one() -> None:
    broken = ours(2, "deployed", "Upgrade complete")
    revisions = [revision(1, "superseded"), broken, ours(3, "pending-upgrade")]
    assert numbers(find(revisions, noted("upgrade", 3, good=1))) == (3, True, 1)


def test_a_revision_that_was_written_and_not_seen_to_be_right_is_unfinished() -> None:
    revisions = [revision(1, "superseded"), ours(2, "deployed", "SMTP settings")]
    assert numbers(find(revisions, noted("upgrade", 2))) == (2, False, 1)
    assert numbers(find(revisions, noted("upgrade", 2, good=None))) == (2, False, None)


def test_one_whose_proof_is_owed_is_unfinished_and_its_pods_need_not_be_seen_again() -> None:
    revisions = [revision(1, "superseded"), ours(2, "deployed", "SMTP settings")]
    for doing, expected in (("proof", False), ("upgrade", True)):
        found = find(revisions, noted(doing, 2))
        assert numbers(found) == (2, False, 1)
        assert found
        assert found.unseen is expected
    rolled = find([revision(1, "superseded"), revision(2)], noted("proof", 2, good=2))
    assert rolled
    assert not rolled.unseen
    assert find([*revisions, revision(3)], noted("proof", 2)) is None


def test_what_was_open_before_is_so_still_when_a_run_is_killed_before_helm_has_written() -> None:
    revisions = [revision(1, "superseded"), ours(2, "deployed", "SMTP settings")]
    killed = entry("killed", "upgrade", 3, 1, before=noted("proof", 2))
    found = find(revisions, killed)
    assert found
    assert found.journal == noted("proof", 2)
    assert find([*revisions, revision(3)], killed) is None


def test_but_not_as_one_whose_pods_were_seen_when_a_private_ca_has_changed_since() -> None:
    revisions = [revision(1, "superseded"), ours(2, "deployed", "SMTP settings")]
    bare = Mounted("Deployment", "qua-api")
    killed = entry("killed", "upgrade", 3, 1, (bare,), before=noted("proof", 2))
    found = find(revisions, killed)
    assert found
    assert found.journal == entry("run", "upgrade", 2, 1, (bare,))


def test_a_roll_of_a_revision_that_another_run_or_somebody_else_has_made_is_unfinished() -> None:
    theirs = [revision(1, "superseded"), revision(2)]
    assert numbers(find(theirs, noted("roll", 2, good=2))) == (2, False, 2)
    assert numbers(find(theirs, noted("roll", 2, good=None))) == (2, False, None)


def test_one_that_somebody_else_has_made_something_newer_of_is_none_of_ours() -> None:
    assert find([revision(2, "superseded"), revision(3)], noted("roll", 2, good=2)) is None
    assert find([revision(2, "failed")], noted("roll", 2, good=2)) is None


@pytest.mark.parametrize("journal", [None, noted("done", 2), noted("upgrade", 3)])
def test_nothing_is_unfinished_when_all_was_seen_to_be_right_or_nothing_was_written(
    journal: Journal | None,
) -> None:
    revisions = [revision(1, "superseded"), ours(2, "deployed", "SMTP settings")]
    assert find(revisions, journal) is None


def test_a_release_that_is_not_there_has_nothing_unfinished() -> None:
    assert find([], noted("upgrade", 2)) is None


def test_every_cause_is_the_code_of_a_finding() -> None:
    assert docs.codes() >= AT_THE_RELEASE | IN_THE_PODS | AT_THE_RELAY


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["credentials-rejected"], True),
        (["rollout-not-ready", "cluster-unreachable"], True),
        (["greylisted"], False),
        (["relay-timeout"], False),
        (["cluster-unreachable"], False),
        ([], False),
    ],
)
def test_what_may_pass_or_is_not_due_to_the_settings_is_no_cause(
    codes: list[str], expected: bool
) -> None:
    assert is_ours(codes) is expected
