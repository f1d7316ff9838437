# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is undone is this run's change and nothing else, and the cause is told whatever happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Evidence, Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import Journal
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.lease import SECONDS
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.way_back import CONFLICT
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import hold, patch
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounted import Mounted
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import RUNTIMES
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    API,
    deployment,
    environ,
    pod,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.journals import entry
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.leases import (
    lease,
    left_in,
)
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

REFUSED_IN_THE_PODS = replace(REFUSED, code="container-crashes")

AWAY = FindingError(CATALOGUE.finding("cluster-unreachable", where="api", problem="no"))


def noted(release: Release, journal: Journal) -> None:
    """A run has written something down, and is gone."""
    with lease(release.store, journal.run) as its:
        its.take()
        its.note(journal)


def outcome(run: str, *, owed: bool) -> dict[str, object]:
    return {"run": run, "proof_owed": owed}


def test_a_change_whose_proof_fails_afterwards_is_undone() -> None:
    release = Release([revision(4, "superseded"), made_by("first", 5, "deployed")])
    noted(release, entry("first", "done", 5, 4))
    with (mine := recovery(release)).way_back.lease:
        assert codes(mine.back_out([REFUSED], "first")) == ["change-undone"]
    assert release.numbers() == [4, 5, 6]


@pytest.mark.parametrize("proof_follows", [True, False])
def test_a_way_back_that_was_taken_for_a_killed_run_owes_no_proof_and_is_not_undone(
    proof_follows: bool,
) -> None:
    back = revision(6, "deployed", "Rollback to 4")
    release = Release([revision(4, "superseded"), made_by("killed", 5), back])
    with (mine := recovery(release)).way_back.lease as its:
        its.take()
        with mine.undoing(proof_follows=proof_follows):
            its.note(entry("mine", "undo", 6, 4))
        assert mine.outcome(None) == outcome("mine", owed=False)
        assert mine.back_out([REFUSED], "mine") == []
    assert release.numbers() == [4, 5, 6]


def test_the_change_that_another_run_has_made_since_stays() -> None:
    second = made_by("second", 6, "deployed")
    release = Release([revision(4, "superseded"), made_by("first", 5), second])
    noted(release, entry("second", "done", 6, 5))
    with (mine := recovery(release)).way_back.lease:
        (finding,) = mine.back_out([REFUSED], "first")
    assert finding.code == "change-not-undone"
    assert "another run of this collection has changed release qua since" in finding.message
    assert release.numbers() == [4, 5, 6]


def test_a_change_that_was_taken_up_from_a_killed_run_goes_by_the_name_of_that_one() -> None:
    release = Release([revision(4, "superseded"), made_by("killed", 5, "deployed")])
    noted(release, entry("killed", "upgrade", 5, 4))
    with (mine := recovery(release)).way_back.lease as its:
        left = mine.left(release.held)
        assert mine.outcome(None) == outcome("mine", owed=False)
        assert mine.outcome(left) == outcome("killed", owed=False)
        its.take()
        with mine.undoing():
            pass
        assert mine.outcome(left) == outcome("killed", owed=False)
        assert its.journal() == entry("killed", "done", 5, 4)


def test_the_cause_is_told_also_when_the_undoing_fails() -> None:
    release = Release([revision(4), made_by("mine", 5, "deployed")])
    with (mine := recovery(release)).way_back.lease as its:

        def change() -> None:
            its.take()
            with mine.undoing():
                its.note(entry("mine", "upgrade", 5, 4))
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
                its.note(entry("mine", "upgrade", 5, 4))
                release.store.clock.sleep(SECONDS)
                raise FindingError(REFUSED)

        found = findings_of(change)
    assert codes(found) == ["credentials-rejected", "change-not-undone"]


def test_what_cannot_be_undone_because_another_run_is_at_work_is_told_with_its_name() -> None:
    release = Release([revision(4, "superseded"), made_by("first", 5, "deployed")])
    with lease(release.store, "other") as other, (mine := recovery(release)).way_back.lease:
        other.take()
        release.store.clock.on_sleep = lambda time: other.renew() if time == 5 else None
        (finding,) = mine.back_out([REFUSED], "first")
    assert finding.code == "change-not-undone"
    assert "Another run is working on release qua" in finding.message


@pytest.mark.parametrize("undone_by", ["mine", "killed"])
def test_a_private_ca_that_comes_in_after_a_way_back_is_written_down_and_so_can_be_undone(
    undone_by: str,
) -> None:
    back = revision(6, "deployed", "Rollback to 4")
    release = Release([revision(4, "superseded"), made_by("killed", 5), back])
    noted(release, entry(undone_by, "undo", 6, 4))
    before = Mounted("Deployment", "qua-api")
    with (mine := recovery(release)).way_back.lease as its:
        mine.rolling((before,))
        assert its.journal() == entry("mine", "roll", 6, 6, (before,))


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
    noted(release, entry("mine", "done", 5, 4))
    with (mine := recovery(release)).way_back.lease:
        assert codes(mine.back_out([REFUSED], "mine")) == ["change-not-undone"]
    assert release.set == [("Deployment", "qua-api", {"replicas": 5}, "kubectl")]


class TestTheWayBack:
    """Is told as far as it has gone."""

    GOOD = revision(4, "superseded", manifest="")

    def undone(self, release: Release, *workloads: Workload) -> list[Finding]:
        noted(release, entry("mine", "done", 5, 4))
        with (mine := recovery(release, None, workloads)).way_back.lease:
            return mine.back_out([REFUSED], "mine")

    def release(self, **more: Any) -> Release:
        return Release([self.GOOD, made_by("mine", 5, "deployed")], **more)

    def test_takes_a_field_over_that_somebody_else_has_set_and_says_so(self) -> None:
        words = f'{CONFLICT} 1 conflict: conflict with "kubectl": .spec.paused'
        release = self.release(refusals=[words])
        undone, told = self.undone(release)
        assert (undone.code, told.code) == ("change-undone", "undo-took-over")
        assert words in told.message
        assert release.numbers() == [4, 5, 6, 7]

    def test_is_not_at_its_end_while_a_pod_is_not_ready(self) -> None:
        release = self.release(states={"qua-api": deployment(ready=0)})
        [told] = self.undone(release, API)
        assert told.code == "undo-incomplete"
        assert "the settings of revision 4 again (as revision 6)" in told.message
        assert "and Deployment qua-api restarted, but its pods are not as before" in told.message
        assert release.restarted == ["qua-api"]

    def test_is_not_at_its_end_while_a_container_has_other_settings_than_the_cluster(self) -> None:
        old = pod("qua-api-1")
        entry = {"name": "MAIL_HOST", "value": "old"}
        release = self.release(
            states={"qua-api": deployment(container={"env": [entry]})},
            pods={"qua-api": [old]},
            environments={"qua-api-1": environ(MAIL_HOST="new")},
        )
        way_back = recovery(release, None, [API]).way_back
        behind = replace(way_back, evidence={API: Evidence(env={"MAIL_HOST": "old"})})
        finding = the_finding(lambda: behind.arrive(10))
        assert (finding.code, finding.where) == ("pods-behind", "Deployment qua-api")
        assert "kubectl rollout restart deployment/qua-api --namespace apps" in finding.fix
        release.environments["qua-api-1"] = environ(MAIL_HOST="old")
        behind.arrive(10)


def test_check_mode_says_what_a_run_without_it_would_mend_and_mends_nothing() -> None:
    release = Release([revision(4, "superseded"), made_by("killed", 5, "failed")])
    with (mine := recovery(release)).way_back.lease as its:
        finding = the_finding(lambda: mine.begin(check=True))
        assert not its.held
    assert finding.code == "run-unfinished"
    assert "revision 5 is failed" in finding.message
    assert "goes back to revision 4 first" in finding.fix
    assert release.numbers() == [4, 5]


def test_check_mode_takes_no_run_for_killed_that_may_still_live() -> None:
    release = Release([revision(4), made_by("other", 5, "pending-upgrade")])
    with lease(release.store, "other") as other, (mine := recovery(release)).way_back.lease:
        other.take()
        other.note(entry("other", "upgrade", 5, 4))
        assert the_finding(lambda: mine.begin(check=True)).code == "release-held"
        release.store.clock.sleep(SECONDS)
        assert the_finding(lambda: mine.begin(check=True)).code == "run-unfinished"


def test_a_revision_that_was_never_proved_stays_so_when_the_next_change_is_not_written() -> None:
    killed = entry("killed", "upgrade", 5, 4)
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
    assert mine.left(release.held)


def test_of_a_restart_that_fails_it_is_told_that_the_settings_stay() -> None:
    release = Release([revision(4, "superseded"), made_by("earlier", 5, "deployed")])
    noted(release, entry("earlier", "done", 5, 4))
    with (mine := recovery(release)).way_back.lease:

        def change() -> None:
            with mine.undoing():
                mine.rolling()
                raise FindingError(REFUSED)

        cause, told = findings_of(change)
    assert (cause, told.code) == (REFUSED, "change-not-undone")
    assert "the settings of revision 5 were there before, and stay" in told.message
    assert release.numbers() == [4, 5]


class TestAChangeWhoseProofIsOwed:
    """Is in the pods, and nobody knows yet whether mail goes out with it."""

    OWED = entry("first", "proof", 5, 4)

    @pytest.fixture
    def release(self) -> Release:
        found = Release([revision(4, "superseded"), made_by("first", 5, "deployed")])
        noted(found, self.OWED)
        return found

    def test_is_one_from_the_moment_when_its_pods_were_seen(self) -> None:
        release = Release([revision(4, "superseded"), made_by("mine", 5, "deployed")])
        with (mine := recovery(release)).way_back.lease as its:
            its.take()
            with mine.undoing(proof_follows=True):
                its.note(entry("mine", "upgrade", 5, 4))
            assert mine.outcome(None) == outcome("mine", owed=True)

    def test_is_found_by_the_next_run_without_the_lease(self, release: Release) -> None:
        with (mine := recovery(release)).way_back.lease as its:
            assert mine.begin(check=False) == []
            assert mine.outcome(mine.left(release.held)) == outcome("first", owed=True)
            assert not its.held

    def test_can_still_be_undone(self, release: Release) -> None:
        with (mine := recovery(release)).way_back.lease as its:
            assert codes(mine.back_out([REFUSED], "first")) == ["change-undone"]
            assert its.journal() == replace(entry("mine", "done", 6, 4), kind="undo")
        assert release.numbers() == [4, 5, 6]

    def test_is_not_what_a_later_change_goes_back_to(self, release: Release) -> None:
        with (mine := recovery(release)).way_back.lease as its:

            def change() -> None:
                its.take()
                with mine.undoing():
                    mine.upgrading(release.held[-1], {}, ())
                    release.held[-1] = made_by("first", 5)
                    release.held.append(made_by("mine", 6, "deployed"))
                    raise FindingError(REFUSED_IN_THE_PODS)

            told = findings_of(change)[1]
        assert told.code == "change-undone"
        assert "the settings of revision 4 again (as revision 7)" in told.message

    def test_stays_one_when_the_next_run_is_killed_before_helm_writes(
        self, release: Release
    ) -> None:
        with (killed := recovery(release)).way_back.lease as its:
            its.take()
            killed.upgrading(release.held[-1], {}, ())
        with (mine := recovery(release, lease(release.store, "third"))).way_back.lease as its:
            left = mine.left(release.held)
            assert mine.outcome(left) == outcome("first", owed=True)
            its.take()
            with mine.undoing():
                pass
            assert mine.outcome(left) == outcome("first", owed=True)
            assert codes(mine.back_out([REFUSED], "first")) == ["change-undone"]
        assert release.numbers() == [4, 5, 6]

    def test_stays_one_when_a_private_ca_is_undone_because_helm_could_not_write(
        self, release: Release
    ) -> None:
        before = deployment(replicas=0, updated=0, ready=0)
        files = {"api.pem": "certificates"}
        mounting = deployment(replicas=0, updated=0, ready=0)
        mounting["spec"] |= patch.mounting(before, {API: RUNTIMES["node"]}, files)["spec"]
        mounting["metadata"]["managedFields"] = [{"manager": patch.MANAGER}]
        release.states["qua-api"] = before
        with (mine := recovery(release, None, [API])).way_back.lease as its:

            def change() -> None:
                its.take()
                with mine.undoing():
                    mine.upgrading(release.held[-1], {}, (patch.mounted(before),))
                    release.states["qua-api"] = mounting
                    raise FindingError(REFUSED)

            assert codes(findings_of(change)) == ["credentials-rejected", "change-undone"]
            assert its.journal() == self.OWED
        assert (patch.MANAGER, patch.bare(before)) in release.applied
        assert release.numbers() == [4, 5]

    def test_owes_it_again_after_another_roll(self, release: Release) -> None:
        before = Mounted("Deployment", "qua-api")
        with (mine := recovery(release)).way_back.lease as its, mine.undoing(proof_follows=True):
            mine.rolling((before,))
            assert its.journal() == entry("first", "upgrade", 5, 4, (before,))
        assert left_in(release.store) == replace(self.OWED, ca=(before,))


class TestThePrivateCaOfAChange:
    """It and the settings are one change, also when they are undone."""

    FILES: Mapping[str, str] = {"api.pem": "certificates"}

    @pytest.fixture
    def mounting(self) -> dict[str, Any]:
        """A workload that mounts the CA."""
        found = deployment(replicas=0, updated=0, ready=0)
        spec = patch.mounting(found, {API: RUNTIMES["node"]}, self.FILES)["spec"]
        found["spec"] |= spec
        found["metadata"]["managedFields"] = [{"manager": patch.MANAGER}]
        return found

    @pytest.fixture
    def bare(self) -> dict[str, Any]:
        return deployment(replicas=0, updated=0, ready=0)

    def stored(self, release: Release, state: dict[str, Any]) -> str:
        """Its ConfigMap is in the cluster."""
        body = patch.config_map(state, self.FILES)
        release.config_maps[body["metadata"]["name"]] = body
        return str(body["metadata"]["name"])

    @staticmethod
    def applied(release: Release) -> list[Mapping[str, Any]]:
        """What was applied of the CA, beside what holds the workload meanwhile."""
        return [body for manager, body in release.applied if manager == patch.MANAGER]

    def test_that_somebody_elses_upgrade_has_overtaken_is_undone_and_their_settings_stay(
        self, mounting: dict[str, Any], bare: dict[str, Any]
    ) -> None:
        release = Release([revision(4)], states={"qua-api": mounting})
        self.stored(release, mounting)
        with (mine := recovery(release, None, [API])).way_back.lease as its:

            def change() -> None:
                its.take()
                with mine.undoing():
                    mine.upgrading(release.held[-1], {}, (patch.mounted(mounting),))
                    release.states["qua-api"] = bare  # this run has taken the CA away
                    release.held[-1] = replace(release.held[-1], status="superseded")
                    release.held.append(revision(5))  # and somebody else was faster than Helm
                    raise FindingError(replace(REFUSED, code="release-changed-meanwhile"))

            found = findings_of(change)
        assert codes(found) == ["release-changed-meanwhile", "change-undone"]
        assert "private CA as before" in found[1].message
        assert self.applied(release) == [patch.restored(patch.mounted(mounting), bare)]
        assert release.numbers() == [4, 5]

    def test_stays_in_the_cluster_until_the_change_is_proved(
        self, mounting: dict[str, Any], bare: dict[str, Any]
    ) -> None:
        release = Release([revision(4)], states={"qua-api": mounting})
        name = self.stored(release, mounting)
        with (mine := recovery(release, None, [API])).way_back.lease as its:
            its.take()
            with mine.undoing(proof_follows=True):
                mine.rolling((patch.mounted(mounting),))
                release.states["qua-api"] = bare
            assert name in release.config_maps
            assert codes(mine.back_out([REFUSED], its.run)) == ["change-undone"]
        assert self.applied(release) == [patch.restored(patch.mounted(mounting), bare)]

    def test_that_no_rollback_needs_any_more_goes_when_no_proof_follows(
        self, mounting: dict[str, Any], bare: dict[str, Any]
    ) -> None:
        release = Release([revision(4)], states={"qua-api": mounting})
        self.stored(release, mounting)
        with (mine := recovery(release, None, [API])).way_back.lease as its:
            its.take()
            with mine.undoing():
                mine.rolling((patch.mounted(mounting),))
                release.states["qua-api"] = bare
        assert release.config_maps == {}

    @pytest.mark.parametrize(
        "change", [{"labels": {}}, {"ownerReferences": []}, {"ownerReferences": [{"uid": "other"}]}]
    )
    def test_goes_only_when_its_label_and_its_owner_are_ours(
        self, mounting: dict[str, Any], bare: dict[str, Any], change: dict[str, Any]
    ) -> None:
        release = Release([revision(4)], states={"qua-api": mounting})
        name = self.stored(release, mounting)
        release.config_maps[name]["metadata"] |= change
        with (mine := recovery(release, None, [API])).way_back.lease as its:
            its.take()
            with mine.undoing():
                mine.rolling((patch.mounted(mounting),))
                release.states["qua-api"] = bare
        assert name in release.config_maps

    def test_that_is_gone_is_no_way_back_to_where_mail_works_as_before(
        self, mounting: dict[str, Any], bare: dict[str, Any]
    ) -> None:
        release = Release(
            [revision(4, "superseded"), made_by("mine", 5, "deployed")], states={"qua-api": bare}
        )
        with (mine := recovery(release, None, [API])).way_back.lease as its:

            def change() -> None:
                its.take()
                with mine.undoing():
                    its.note(entry("mine", "upgrade", 5, 4, (patch.mounted(mounting),)))
                    raise FindingError(REFUSED)

            found = findings_of(change)
        assert codes(found) == ["credentials-rejected", "undo-incomplete", "ca-not-brought-back"]
        assert "mail works" not in found[1].message

    def test_is_not_written_without_the_lease(
        self, mounting: dict[str, Any], bare: dict[str, Any]
    ) -> None:
        release = Release([revision(4)], states={"qua-api": mounting})
        with (mine := recovery(release, None, [API])).way_back.lease as its:
            its.take()
            release.store.clock.sleep(SECONDS)
            due = mine.way_back.trust((patch.mounted(bare),))
            assert due.mounts
            assert the_finding(due.bring).code == "lease-lost"
        assert release.applied == []


class TestAWorkloadThatAKilledRunHasLeftHeld:
    """Does not stay so without a word when the next run ends in a failure."""

    @pytest.fixture
    def release(self) -> Release:
        held = deployment()
        held["metadata"]["annotations"][hold.HELD] = "0"
        return Release([revision(5)], states={"qua-api": held})

    def test_is_let_go_by_the_run_that_has_the_lease(self, release: Release) -> None:
        with (mine := recovery(release, None, [API])).way_back.lease as its:
            its.take()
            [told] = mine.let_go()
        assert (told.code, told.where) == ("workload-let-go", "Deployment qua-api")
        assert release.applied == [(hold.HOLDER, patch.bare(release.states["qua-api"]))]

    def test_is_named_by_a_run_without_the_lease(self, release: Release) -> None:
        with (mine := recovery(release, None, [API])).way_back.lease:
            [told] = mine.let_go()
        assert (told.code, told.where) == ("workload-held", "Deployment qua-api")
        assert release.applied == []

    def test_is_not_taken_for_one_where_its_run_may_live(self, release: Release) -> None:
        with (
            lease(release.store, "other") as other,
            (mine := recovery(release, None, [API])).way_back.lease,
        ):
            other.take()
            assert codes(mine.let_go()) == ["release-held"]
        assert release.applied == []

    def test_stays_with_the_run_that_has_taken_the_lease_since(self, release: Release) -> None:
        with (mine := recovery(release, None, [API])).way_back.lease as its:
            its.take()
            release.store.clock.sleep(SECONDS)
            assert codes(mine.let_go()) == ["lease-lost"]
        assert release.applied == []

    def test_is_none_where_nothing_is_held(self) -> None:
        release = Release([revision(5)], states={"qua-api": deployment()})
        with (mine := recovery(release, None, [API])).way_back.lease as its:
            its.take()
            assert mine.let_go() == []


def long_history() -> Release:
    earlier = [revision(number, "superseded") for number in range(1, 13)]
    return Release([*earlier, made_by("killed", 13, "failed")])


def test_of_a_long_history_that_somebody_keeps_a_way_back_prunes_nothing() -> None:
    release = long_history()
    noted(release, entry("killed", "upgrade", 13, 12))
    with (mine := recovery(release)).way_back.lease:
        mine.begin(check=False)
    assert release.numbers() == list(range(1, 15))


def test_of_a_long_history_that_somebody_keeps_an_upgrade_prunes_nothing() -> None:
    release = long_history()
    release.held[-1] = revision(13, "deployed")
    with (mine := recovery(release)).way_back.lease as its:
        its.take()
        flags = mine.upgrading(release.held[-1], {}, ())
    assert flags[-2:] == ("--history-max", "14")


def test_of_a_short_history_helm_keeps_what_it_keeps_by_default() -> None:
    release = Release([revision(4, "deployed")])
    with (mine := recovery(release)).way_back.lease as its:
        its.take()
        assert "--history-max" not in mine.upgrading(release.held[-1], {}, ())
