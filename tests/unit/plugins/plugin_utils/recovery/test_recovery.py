# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is undone is this run's change and nothing else, and the cause is told whatever happens."""

from __future__ import annotations

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import Journal
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.lease import SECONDS
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.way_back import CONFLICT
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    deployment,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.leases import lease
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.releases import (
    Release,
    made_by,
    recovery,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    codes,
    findings_of,
    the_finding,
)

REFUSED = Finding(
    "credentials-rejected", "error", "relay", "The relay refuses the login.", "Mend it."
)

AWAY = FindingError(CATALOGUE.finding("cluster-unreachable", where="api", problem="no"))


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


def test_the_cause_is_told_also_when_the_undoing_fails() -> None:
    release = Release([revision(4), made_by("mine", 5, "deployed")])
    with (mine := recovery(release)).way_back.lease as its:

        def change() -> None:
            its.take()
            with mine.undoing():
                its.note(Journal("mine", "upgrade", 5, 4))
                release.away = AWAY
                raise FindingError(REFUSED)

        cause, told = findings_of(change)
    assert cause == REFUSED
    assert told.code == "change-not-undone"
    assert "no. The next run completes it or undoes it" in told.message


def test_a_lease_that_is_lost_meanwhile_does_not_hide_the_cause() -> None:
    release = Release([revision(4)])
    with (mine := recovery(release)).way_back.lease as its:

        def change() -> None:
            its.take()
            with mine.undoing():
                its.note(Journal("mine", "upgrade", 5, 4))
                release.kept.clock.sleep(SECONDS)
                raise FindingError(REFUSED)

        found = findings_of(change)
    assert codes(found) == ["credentials-rejected", "change-not-undone"]


def test_what_cannot_be_undone_because_another_run_is_at_work_is_told_with_its_name() -> None:
    release = Release([revision(4, "superseded"), made_by("first", 5, "deployed")])
    with lease(release.kept, "other") as other, (mine := recovery(release)).way_back.lease:
        other.take()
        release.kept.clock.on_sleep = lambda time: other.renew() if time == 5 else None
        (finding,) = mine.back_out([REFUSED], "first")
    assert finding.code == "change-not-undone"
    assert "in the hands of another run" in finding.message


@pytest.mark.parametrize("undone_by", ["mine", "killed"])
def test_a_private_ca_that_comes_in_after_a_way_back_is_written_down_and_so_can_be_undone(
    undone_by: str,
) -> None:
    back = revision(6, "deployed", "Rollback to 4")
    release = Release([revision(4, "superseded"), made_by("killed", 5), back])
    noted(release, Journal(undone_by, "undo", 6, 4))
    before = {"kind": "Deployment", "metadata": {"name": "qua-api"}}
    with (mine := recovery(release)).way_back.lease as its:
        mine.rolling((before,))
        assert its.journal() == Journal("mine", "roll", 6, 6, (before,))


def test_the_number_of_pods_of_somebody_else_stays_also_when_helm_fails_halfway() -> None:
    manifest = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: qua-api}\n"
    good = revision(4, "superseded", manifest=manifest)
    fields = {"manager": "kubectl", "fieldsV1": {"f:spec": {"f:replicas": {}}}}
    scaled = deployment(replicas=5)
    scaled["metadata"]["managedFields"] = [fields]
    release = Release(
        [good, made_by("mine", 5, "deployed")],
        refusals=[f"{CONFLICT} 1 conflict", "etcdserver: request timed out"],
        states={"qua-api": scaled},
    )
    noted(release, Journal("mine", "done", 5, 4))
    with (mine := recovery(release)).way_back.lease:
        assert codes(mine.back_out([REFUSED], "mine")) == ["change-not-undone"]
    assert release.replicas == [("Deployment", "qua-api", 5, "kubectl")]


def test_check_mode_takes_no_run_for_killed_that_may_still_live() -> None:
    release = Release([revision(4), made_by("other", 5, "pending-upgrade")])
    with lease(release.kept, "other") as other, (mine := recovery(release)).way_back.lease:
        other.take()
        other.note(Journal("other", "upgrade", 5, 4))
        assert the_finding(lambda: mine.begin(check=True)).code == "release-held"
        release.kept.clock.sleep(SECONDS)
        assert the_finding(lambda: mine.begin(check=True)).code == "run-unfinished"


def test_a_revision_that_was_never_proved_stays_so_when_the_next_change_is_not_written() -> None:
    killed = Journal("killed", "upgrade", 5, 4)
    release = Release([revision(4, "superseded"), made_by("killed", 5, "deployed")])
    noted(release, killed)
    with (mine := recovery(release)).way_back.lease as its:

        def change() -> None:
            its.take()
            with mine.undoing():
                mine.upgrading(release.held[-1], {}, ())
                raise FindingError(REFUSED)

        assert codes(findings_of(change)) == ["credentials-rejected", "change-not-written"]
        assert its.journal() == killed
    assert mine.unproven(release.held)


def test_of_a_restart_that_fails_it_is_told_that_the_settings_stay() -> None:
    release = Release([revision(4, "superseded"), made_by("earlier", 5, "deployed")])
    noted(release, Journal("earlier", "done", 5, 4))
    with (mine := recovery(release)).way_back.lease:

        def change() -> None:
            with mine.undoing():
                mine.rolling()
                raise FindingError(REFUSED)

        cause, told = findings_of(change)
    assert (cause, told.code) == (REFUSED, "change-not-undone")
    assert "the settings of revision 5 were there before, and stay" in told.message
    assert release.numbers() == [4, 5]
