# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is undone is this run's change and nothing else, and the cause is told whatever happens."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import Journal
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.leases import lease
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.releases import (
    Release,
    made_by,
    recovery,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import codes

REFUSED = Finding(
    "credentials-rejected", "error", "relay", "The relay refuses the login.", "Mend it."
)


def noted(release: Release, journal: Journal) -> None:
    """A run has written something down, and is gone."""
    with lease(release.kept, journal.run) as its:
        its.take()
        its.note(journal)


def test_a_change_whose_proof_fails_afterwards_is_undone() -> None:
    release = Release([revision(4, "superseded"), made_by("first", 5, "deployed")])
    noted(release, Journal("first", "done", 5, 4))
    with (mine := recovery(release)).way_back.lease:
        assert codes(mine.back_out([REFUSED], "first")) == ["change-undone"]
    assert release.numbers() == [4, 5, 6]


def test_the_change_that_another_run_has_made_since_stays() -> None:
    second = made_by("second", 6, "deployed")
    release = Release([revision(4, "superseded"), made_by("first", 5), second])
    noted(release, Journal("second", "done", 6, 5))
    with (mine := recovery(release)).way_back.lease:
        (finding,) = mine.back_out([REFUSED], "first")
    assert finding.code == "change-not-undone"
    assert "another run of this collection has changed release qua since" in finding.message
    assert release.numbers() == [4, 5, 6]


def test_a_change_that_was_taken_up_from_a_killed_run_goes_by_the_name_of_that_one() -> None:
    release = Release([revision(4, "superseded"), made_by("killed", 5, "deployed")])
    noted(release, Journal("killed", "upgrade", 5, 4))
    with (mine := recovery(release)).way_back.lease as its:
        assert mine.run == "mine"
        its.take()
        with mine.undoing():
            pass
        assert mine.run == "killed"
        assert its.journal() == Journal("killed", "done", 5, 4)
