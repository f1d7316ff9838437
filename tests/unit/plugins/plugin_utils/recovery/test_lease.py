# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run at a time has the lease; that of a dead one is taken over when it has expired."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import Journal
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.lease import SECONDS, proved
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.unfinished import find
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import Clock
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.journals import entry
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.leases import (
    Kept,
    lease,
    left_in,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.releases import (
    made_by,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import the_finding


@pytest.fixture
def kept() -> Kept:
    return Kept(Clock())


def test_a_run_that_takes_no_lease_leaves_none(kept: Kept) -> None:
    with lease(kept) as mine:
        assert mine.journal() is None
    assert kept.leases == {}


def test_a_lease_says_who_has_it_and_since_when_and_is_free_at_the_end(kept: Kept) -> None:
    with lease(kept) as mine:
        mine.take()
        mine.take()
        assert "run mine" in kept.spec()["holderIdentity"]
        assert kept.spec()["acquireTime"] == "2026-11-21T09:00:00.000000Z"
        assert kept.spec()["leaseDurationSeconds"] == SECONDS
    assert kept.spec()["holderIdentity"] is None
    with lease(kept, "other") as other:
        other.take()
        assert kept.clock.now() == 0


def test_the_second_run_waits_until_it_sees_that_the_first_lives_and_says_who_it_is(
    kept: Kept,
) -> None:
    said: list[str] = []
    with lease(kept, "first") as first, lease(kept, "second", said) as second:
        first.take()
        kept.clock.on_sleep = lambda time: first.renew() if time == 5 else None
        finding = the_finding(second.take)
        assert kept.clock.now() == 5
        first.check()
    assert finding.code == "release-held"
    assert "run first, since 2026-11-21 09:00:00 UTC" in finding.message
    assert "run first" in said[0]


def test_another_host_of_the_same_run_is_told_from_another_run(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    with lease(kept, "first") as first, lease(kept, "second", said) as second:
        first.take()
        here = os.getpid()
        monkeypatch.setattr(os, "getpid", lambda: here + 1)  # as in another worker
        kept.clock.on_sleep = lambda time: _alive(kept) if time == 5 else None
        finding = the_finding(second.take)
        monkeypatch.undo()
    assert finding.code == "release-of-two-hosts"
    assert "This same run is working on release" in finding.message
    assert said[0].startswith("Another host of this run, ")


def _alive(kept: Kept) -> None:
    """The holder renews its lease."""
    [lease] = kept.leases.values()
    lease["spec"]["renewTime"] = "2026-11-21T09:00:05.000000Z"


def test_a_run_that_ends_while_another_waits_lets_it_in(kept: Kept) -> None:
    with lease(kept, "second") as second:
        with lease(kept, "first") as first:
            first.take()
        second.take()
        second.check()


def test_the_lease_of_a_dead_run_is_taken_over_when_it_has_expired_and_not_before(
    kept: Kept,
) -> None:
    dead = lease(kept, "dead")
    dead.take()
    dead.note(entry("dead", "upgrade", 8, 7))
    with lease(kept, "next") as following:
        following.take()
        assert kept.clock.now() == SECONDS
        assert following.journal() == entry("dead", "upgrade", 8, 7)
        assert kept.spec()["leaseTransitions"] == 1
        with pytest.raises(FindingError):
            dead.note(entry("dead", "undo", 9, 7))
        assert "run next" in kept.spec()["holderIdentity"]


def test_of_two_that_take_it_over_at_once_one_gets_it(kept: Kept) -> None:
    with lease(kept, "first") as first, lease(kept, "second") as second:
        kept.before_write = first.take
        kept.clock.on_sleep = lambda time: first.renew() if time == 5 else None
        assert the_finding(second.take).code == "release-held"
        first.check()


def test_a_run_whose_lease_was_taken_stops_before_its_next_write(kept: Kept) -> None:
    with lease(kept, "slow") as slow, lease(kept, "next") as following:
        slow.take()
        kept.clock.time = SECONDS
        following.take()
        slow.renew()
        finding = the_finding(slow.check)
    assert finding.code == "lease-lost"
    assert "run next" in finding.message
    assert kept.spec()["holderIdentity"] is None


def test_a_run_that_cannot_renew_its_lease_stops_when_it_may_have_expired(kept: Kept) -> None:
    with lease(kept) as mine:
        mine.take()
        kept.answers = False
        kept.clock.time = SECONDS - 1
        with pytest.raises(FindingError):
            mine.renew()
        mine.check()
        kept.clock.time = SECONDS
        finding = the_finding(mine.check)
    assert finding.code == "lease-lost"
    assert "could not be renewed" in finding.message


def test_an_answer_that_got_lost_loses_no_lease(kept: Kept) -> None:
    with lease(kept) as mine:
        mine.take()
        kept.loses_answer = True
        mine.renew()
        mine.check()
        mine.renew()
        mine.check()


def test_a_journal_stays_when_the_lease_is_given_back(kept: Kept) -> None:
    written = entry("mine", "upgrade", 4, None)
    with lease(kept) as mine:
        mine.take()
        mine.note(written)
        assert mine.journal() == written
    assert left_in(kept) == written


def test_a_lease_that_cannot_be_given_back_is_told_and_expires(kept: Kept) -> None:
    said: list[str] = []
    with lease(kept, "mine", said) as mine:
        mine.take()
        kept.answers = False
    assert "expires by itself" in said[-1]


class TestALeaseThatSomebodyElseHasWritten:
    """Whoever may write leases can hold a run up for a while, and make it do nothing else."""

    FUTURE = "2099-01-01T00:00:00.000000Z"

    @staticmethod
    def written(kept: Kept, **spec: Any) -> None:
        with lease(kept, "first") as first:
            first.take()
        (found,) = kept.leases.values()
        found["spec"].update(spec)

    def test_that_is_held_for_years_is_waited_for_as_long_as_a_dead_run_and_then_told(
        self, kept: Kept
    ) -> None:
        self.written(kept, holderIdentity="x", renewTime=self.FUTURE, leaseDurationSeconds=10**9)
        with lease(kept, "next") as following:
            finding = the_finding(following.take)
        assert finding.code == "release-held"
        assert "in the future" in finding.message
        assert kept.clock.now() <= SECONDS + 1

    def test_whose_duration_is_longer_than_ours_expires_as_ours(self, kept: Kept) -> None:
        now = "2026-11-21T09:00:00.000000Z"
        self.written(kept, holderIdentity="x", renewTime=now, leaseDurationSeconds=10**9)
        with lease(kept, "next") as following:
            following.take()
            assert kept.clock.now() == SECONDS

    @pytest.mark.parametrize(
        "spec",
        [
            {"renewTime": "tomorrow"},
            {"renewTime": "2026-11-21T09:00:00"},
            {"renewTime": 5},
            {"holderIdentity": {"name": "x"}},
            {"acquireTime": "yesterday"},
        ],
    )
    def test_that_no_run_of_ours_has_written_is_free(
        self, kept: Kept, spec: dict[str, Any]
    ) -> None:
        now = "2026-11-21T09:00:00.000000Z"
        self.written(kept, **{"holderIdentity": "x", "renewTime": now, **spec})
        with lease(kept, "next") as following:
            following.take()
            assert kept.clock.now() == 0

    @given(
        spec=st.dictionaries(
            st.sampled_from(
                [
                    "holderIdentity",
                    "renewTime",
                    "acquireTime",
                    "leaseDurationSeconds",
                    "leaseTransitions",
                ]
            ),
            st.none()
            | st.integers(-(2**31), 2**31 - 1)
            | st.text()
            | st.datetimes(timezones=st.just(UTC)).map(
                lambda time: f"{time:%Y-%m-%dT%H:%M:%S.%fZ}"
            ),
        ),
        annotations=st.none() | st.dictionaries(st.text(), st.text()),
    )
    def test_whatever_it_holds_is_taken_or_told(
        self, spec: dict[str, Any], annotations: dict[str, str] | None
    ) -> None:
        kept = Kept(Clock())
        self.written(kept, **spec)
        (found,) = kept.leases.values()
        found["metadata"]["annotations"] = annotations
        with lease(kept, "next") as following:
            following.left_by_older_version()
            told: list[str] = []
            try:
                following.take()
            except FindingError as error:
                told += [each.code for each in error.findings]
        assert told in ([], ["release-held"])
        assert kept.clock.now() <= SECONDS + 1

    @pytest.mark.parametrize("transitions", ["many", None, 2**31 - 1, True])
    def test_whose_count_is_no_count_is_taken_all_the_same(
        self, kept: Kept, transitions: object
    ) -> None:
        self.written(kept, leaseTransitions=transitions)
        with lease(kept, "next") as following:
            following.take()
            assert kept.spec()["leaseTransitions"] == 0

    def test_leaves_nothing_of_what_they_have_put_into_it(self, kept: Kept) -> None:
        self.written(kept)
        (found,) = kept.leases.values()
        found["metadata"]["annotations"] = {"mailops.smtp/doing": "undo"}
        with lease(kept, "next") as following:
            assert following.left_by_older_version()
            assert following.journal() is None
            following.take()
        (found,) = kept.leases.values()
        assert "annotations" not in found["metadata"]

    def test_that_is_given_away_under_a_run_lets_it_write_nothing_else(self, kept: Kept) -> None:
        with lease(kept, "first") as first, lease(kept, "next") as following:
            first.take()
            kept.fence()
            fence = kept.fence
            kept.spec()["holderIdentity"] = None
            following.take()
            first.renew()
            assert the_finding(fence).code == "lease-lost"
        kept.fence()

    def test_that_is_given_away_under_a_run_stops_it_at_its_next_write(self, kept: Kept) -> None:
        with lease(kept, "first") as first, lease(kept, "next") as following:
            first.take()
            first.note(entry("first", "upgrade", 8, 7))
            kept.spec()["holderIdentity"] = None
            following.take()
            finding = the_finding(lambda: first.note(entry("first", "proof", 8, 7)))
            assert finding.code == "lease-lost"
            following.note(entry("next", "upgrade", 8, 7))
            following.check()
        assert left_in(kept) == entry("next", "upgrade", 8, 7)


class TestAJournalThatSomebodyElseHasWritten:
    """Is not used when it is not of its form; then the next change writes a new one."""

    def test_is_told_and_written_over(self, kept: Kept) -> None:
        kept.keep(entry("first", "done", 5, 4))
        (found,) = kept.journals.values()
        found["data"]["journal"] = "e30="
        with lease(kept) as mine:
            assert mine.journal() is None
            assert "cannot be read" in mine.records.noted.problem
            mine.take()
            mine.note(entry("mine", "upgrade", 6, 5))
        assert left_in(kept) == entry("mine", "upgrade", 6, 5)

    @pytest.mark.parametrize("change", [{"type": "Opaque"}, {"immutable": True}])
    def test_that_cannot_be_written_over_stops_the_run_before_it_changes_anything(
        self, kept: Kept, change: dict[str, Any]
    ) -> None:
        kept.keep(entry("first", "done", 5, 4))
        (found,) = kept.journals.values()
        found.update(change)
        with lease(kept) as mine:
            assert the_finding(mine.take).code == "journal-not-writable"

    def test_loses_nothing_when_only_an_answer_got_lost(self, kept: Kept) -> None:
        with lease(kept) as mine:
            mine.take()
            kept.loses_answer = True
            mine.note(entry("mine", "upgrade", 6, 5))
            mine.note(entry("mine", "proof", 6, 5))
        assert left_in(kept) == entry("mine", "proof", 6, 5)


class TestAProofThatIsOwed:
    """Is written down as soon as it has succeeded, without the lease."""

    OWED, NEXT = entry("first", "proof", 5, 4), entry("next", "upgrade", 6, 4)

    @staticmethod
    def noted(kept: Kept, journal: Journal) -> None:
        with lease(kept, "first") as its:
            its.take()
            its.note(journal)

    @staticmethod
    def found(kept: Kept) -> Journal | None:
        return left_in(kept)

    def test_is_owed_no_more(self, kept: Kept) -> None:
        self.noted(kept, self.OWED)
        proved(kept, "qua", "first")
        assert self.found(kept) == replace(self.OWED, phase="closed")
        assert kept.spec()["holderIdentity"] is None

    def test_of_a_run_after_which_another_was_killed_leaves_what_that_one_has_left(
        self, kept: Kept
    ) -> None:
        begun, proven = replace(self.NEXT, before=self.OWED), replace(self.OWED, phase="closed")
        self.noted(kept, begun)
        proved(kept, "qua", "first")
        assert self.found(kept) == replace(begun, before=proven)
        before, upgraded = made_by("first", 5, "deployed"), made_by("next", 6, "deployed")
        assert find([before], self.found(kept)) is None
        left = find([before, upgraded], self.found(kept))
        assert left is not None
        assert left.unseen

    @pytest.mark.parametrize("journal", [NEXT, replace(OWED, run="other")])
    def test_of_another_change_stays_owed(self, kept: Kept, journal: Journal) -> None:
        self.noted(kept, journal)
        proved(kept, "qua", "first")
        assert self.found(kept) == journal

    def test_is_left_to_the_run_that_is_at_work_now(self, kept: Kept) -> None:
        self.noted(kept, self.OWED)
        begun = replace(self.NEXT, before=self.OWED)
        with lease(kept, "next") as following:
            following.take()
            following.note(begun)
            proved(kept, "qua", "first")
            assert self.found(kept) == begun
            following.renew()

    def test_is_written_down_also_when_its_run_was_killed_with_the_lease(self, kept: Kept) -> None:
        killed = lease(kept, "first")
        killed.take()
        killed.note(self.OWED)
        proved(kept, "qua", "first")
        assert self.found(kept) == replace(self.OWED, phase="closed")
        assert "run first" in kept.spec()["holderIdentity"]

    def test_is_looked_at_again_when_somebody_was_faster(self, kept: Kept) -> None:
        self.noted(kept, self.OWED)
        kept.before_journal = lambda: self.noted(kept, self.NEXT)
        proved(kept, "qua", "first")
        assert self.found(kept) == self.NEXT

    def test_is_none_where_no_run_has_ever_been(self, kept: Kept) -> None:
        proved(kept, "qua", "first")
        assert kept.leases == {}
