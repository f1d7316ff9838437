# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run works on what is there when nobody else works on it, and tells all that it has done."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from ansible_collections.mailops.smtp.plugins.action.smtp_release import ActionModule
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan, Target, make
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import Journal
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.lease import Lease
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.marker import LABEL
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.recovery import Recovery
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.hold import HELD, HOLDER
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.patch import MANAGER
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
    recovery,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import RAW


def bringing(release: Release) -> type[ActionModule]:
    """The action, for a release."""

    class Bringing(ActionModule):
        def cluster(self, target: Target) -> Cluster:
            return cast(Cluster, release)

        def recovery(self, plan: Plan, cluster: Cluster, lease: Lease) -> Recovery:
            return recovery(release, lease, [each for each in plan.watched if release.states])

    return Bringing


def test_that_a_killed_run_was_gone_back_from_is_told_also_when_this_one_is_refused(
    tmp_path: Path,
) -> None:
    release = Release([revision(4, "superseded"), made_by("killed", 5, "pending-upgrade")])

    result = perform(bringing(release), ARGUMENTS, folder=tmp_path)[1]
    assert release.numbers() == [4, 5, 6]
    assert result["failed"]
    assert result["changed"]
    found = [finding["code"] for finding in result["findings"]]
    assert "right-missing" in found
    assert found[-1] == "run-resumed"


def test_that_a_killed_run_was_gone_back_from_is_told_also_when_a_later_step_is_refused(
    tmp_path: Path,
) -> None:
    release = configured()
    release.may_all = False
    release.held = [
        replace(release.held[1], number=4, status="superseded"),
        made_by("killed", 5, "pending-upgrade"),
    ]
    for state in release.states.values():  # a private CA, which is to go
        state["metadata"]["managedFields"] = [{"manager": MANAGER}]

    result = perform(bringing(release), ARGUMENTS, folder=tmp_path)[1]
    assert release.numbers() == [4, 5, 6]
    assert (result["failed"], result["changed"]) == (True, True)
    found = [finding["code"] for finding in result["findings"]]
    assert "right-missing" in found
    assert found[-1] == "run-resumed"


@pytest.mark.parametrize("turn", ["before its turn", "when it is its turn"])
def test_a_workload_that_a_killed_run_has_left_held_is_told_also_when_this_one_is_refused(
    tmp_path: Path, turn: str
) -> None:
    release = configured()
    for state in release.states.values():
        state["metadata"]["annotations"][HELD] = "0"
    others = revision(6, "failed", "Upgrade failed")

    def meanwhile() -> None:
        release.held.append(others)

    if turn == "before its turn":
        meanwhile()
    else:
        release.store.before_write = meanwhile

    result = perform(bringing(release), ARGUMENTS, folder=tmp_path)[1]
    found = [finding["code"] for finding in result["findings"]]
    let_go = turn == "when it is its turn"
    assert result["failed"]
    assert found[-1] == ("workload-let-go" if let_go else "workload-held")
    assert result.get("changed", False) is let_go
    assert [manager for manager, _body in release.applied] == [HOLDER, HOLDER][: 2 * let_go]


WORKLOADS = ("qua-api", "qua-cmd")


def configured(**container: Any) -> Release:
    """A release with the settings of the arguments, made by the run `first`; its user may do everything.

    :param container: of its workloads, which have no pods.
    """
    wanted = values.apply({}, make(ARGUMENTS, (), Path(os.devnull).read_text).rendered.leaves, {})
    newest = replace(revision(5, config=wanted), labels={LABEL: "first-5"})
    release = Release([revision(4, "superseded"), newest], may_all=True)
    release.store.keep(entry("first", "done", 5, 4))
    for name in WORKLOADS:
        release.states[name] = deployment(name, replicas=0, updated=0, ready=0, container=container)
    return release


WANTED = {
    "SMTP_SERVER": "mail.example.com",
    "SMTP_PORT": "587",
    "SMTP_SENDER_EMAIL": "no-reply@example.com",
    "SMTP_SENDER_USER": "qualytics",
    "SMTP_SENDER_PASSWORD": RAW["password"],
    "VERIFY_CERTIFICATE_SIGNERS": "true",
}
"""What the containers are to have."""


def running(**differences: str) -> Release:
    """The same with a pod of each workload; `differences` of what its container has from what it is given."""
    release = configured()
    container = {"env": [{"name": key, "value": value} for key, value in WANTED.items()]}
    for name in WORKLOADS:
        release.states[name] = deployment(name, container=container, strategy="Recreate")
        release.pods[name] = [pod(f"{name}-1")]
        release.environments[f"{name}-1"] = environ(**{**WANTED, **differences})
    return release


def unseen(release: Release) -> None:
    """Leaves the release as a run does that is killed before it has seen what the pods have."""
    with lease(release.store, "first") as its:
        its.take()
        its.note(entry("first", "upgrade", 5, 4))


def test_a_private_ca_that_another_run_has_just_taken_out_is_not_taken_out_again(
    tmp_path: Path,
) -> None:
    release = configured()
    for state in release.states.values():
        state["metadata"]["managedFields"] = [{"manager": MANAGER}]

    def meanwhile() -> None:
        for state in release.states.values():
            state["metadata"]["managedFields"] = []

    release.store.before_write = meanwhile
    result = perform(bringing(release), ARGUMENTS, folder=tmp_path)[1]
    assert "failed" not in result, result
    assert not result["changed"]
    assert result["ca_changed"] == []


def test_pods_that_another_run_has_just_restarted_are_not_restarted_again(tmp_path: Path) -> None:
    release = configured(env=[{"name": "SMTP_SENDER_USER", "value": "new"}])
    pods = {name: f"{name}-1" for name in WORKLOADS}
    for name, state in release.states.items():
        release.states[name] = deployment(
            name, container=state["spec"]["template"]["spec"]["containers"][0]
        )
        release.pods[name] = [pod(pods[name])]
        release.environments[pods[name]] = environ(SMTP_SENDER_USER="old")

    def meanwhile() -> None:
        for name in pods.values():
            release.environments[name] = environ(SMTP_SENDER_USER="new")

    release.store.before_write = meanwhile
    result = perform(bringing(release), ARGUMENTS, folder=tmp_path)[1]
    assert "failed" not in result, result
    assert result["restarted"] == []
    assert not result["changed"]


def test_a_restart_that_only_the_look_at_the_pods_asks_for_is_announced_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = running(SMTP_SERVER="old")
    unseen(release)
    restart = release.annotate_template

    def comes_up(kind: str, name: str, annotations: Mapping[str, Any]) -> None:
        restart(kind, name, annotations)
        release.environments[f"{name}-1"] = environ(**WANTED)

    monkeypatch.setattr(release, "annotate_template", comes_up)
    result = perform(bringing(release), ARGUMENTS, folder=tmp_path)[1]
    assert "failed" not in result, result
    assert result["restarted"] == ["Deployment qua-api", "Deployment qua-cmd"]
    assert [each["code"] for each in result["findings"]] == ["run-resumed", "rollout-interrupts"]


class TestTheProofOfAChange:
    """Is owed when its run was killed before it, and there is nothing else to do then."""

    OWED = entry("first", "proof", 5, 4)

    @staticmethod
    def released(release: Release, folder: Path, **changes: Any) -> dict[str, Any]:
        result = perform(bringing(release), {**ARGUMENTS, **changes}, folder=folder)[1]
        assert "failed" not in result, result
        return result

    @staticmethod
    def noted(release: Release, journal: Journal) -> None:
        with lease(release.store, journal.run) as its:
            its.take()
            its.note(journal)

    def test_is_told_with_the_run_that_has_made_it_and_is_no_change(self, tmp_path: Path) -> None:
        release = configured()
        self.noted(release, self.OWED)
        writes = release.store.version
        result = self.released(release, tmp_path)
        assert (result["proof_owed"], result["run"], result["changed"]) == (True, "first", False)
        assert release.store.version == writes

    @pytest.mark.parametrize(("follows", "owed"), [(True, True), ("no", False), (None, False)])
    def test_is_owed_from_its_deployment_on_when_it_follows(
        self, tmp_path: Path, follows: object, owed: bool
    ) -> None:
        release = configured()
        self.noted(release, entry("first", "upgrade", 5, 4))
        result = self.released(release, tmp_path, proof_follows=follows)
        assert (result["proof_owed"], result["run"], result["changed"]) == (owed, "first", True)
        journal = left_in(release.store)
        assert journal == replace(self.OWED, phase="arrived" if owed else "closed")

    @pytest.mark.parametrize(
        ("doing", "told"),
        [
            ("proof", "revision 5 is not proved yet"),
            ("upgrade", "the pods of revision 5 are not verified yet"),
        ],
    )
    def test_is_made_up_for_as_is_what_was_not_seen_before_it_and_that_is_said(
        self, tmp_path: Path, doing: str, told: str
    ) -> None:
        release = configured()
        self.noted(release, entry("first", cast(Doing, doing), 5, 4))
        result = self.released(release, tmp_path, proof_follows=True)
        [finding] = result["findings"]
        assert finding["code"] == "run-resumed"
        assert told in finding["message"]
        assert result["msg"] == f"release qua: {told}"

    def test_that_is_left_out_stays_owed_without_a_word(self, tmp_path: Path) -> None:
        release = configured()
        self.noted(release, self.OWED)
        result = self.released(release, tmp_path, proof_follows=False)
        assert result["findings"] == []
        assert result["msg"] == "release qua: nothing to change (revision 5)"

    def test_is_not_made_up_for_in_check_mode(self, tmp_path: Path) -> None:
        release = configured()
        self.noted(release, self.OWED)
        given = {**ARGUMENTS, "proof_follows": True}
        result = perform(bringing(release), given, folder=tmp_path, check=True)[1]
        assert result["findings"] == []
        assert result["msg"] == "release qua: nothing to change (revision 5)"

    def test_cannot_follow_perhaps(self, tmp_path: Path) -> None:
        given = {**ARGUMENTS, "proof_follows": "perhaps"}
        result = perform(bringing(configured()), given, folder=tmp_path)[1]
        assert [each["code"] for each in result["findings"]] == ["value-invalid"]
