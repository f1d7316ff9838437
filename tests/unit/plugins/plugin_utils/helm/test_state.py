# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release is worked on only when it is there, deployed, and of a chart that the profile is for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import (
    PENDING,
    Revision,
    decode,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import (
    readable,
    secrets_kept,
    unchecked,
    usable,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import application
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Application, Leaf
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import (
    record,
    revision,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import the_finding

QUALYTICS = (application("qualytics"),)
LEAVES = (Leaf(("mail", "login"), Secret("wanted"), sensitive=True),)


@dataclass
class Kept:
    """The releases of one namespace."""

    kept: list[Revision] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    namespace: str = "apps"

    def revisions(self, release: str) -> list[Revision]:
        return [entry for entry in self.kept if entry.release == release]

    def releases(self) -> list[str]:
        return self.others


class Damaged(Kept):
    """A namespace with a record that cannot be read."""

    def revisions(self, release: str) -> list[Revision]:
        return [decode(release, {}, "%%%")]


def refused(*revisions: Revision) -> Finding:
    return the_finding(lambda: usable(Kept(list(revisions)), "qua", QUALYTICS, LEAVES))


def test_the_deployed_revision_is_used() -> None:
    kept = Kept([revision(1, "superseded"), revision(2)])
    assert usable(kept, "qua", QUALYTICS, LEAVES).number == 2


@pytest.mark.parametrize(
    ("others", "hint"),
    [
        ([], "in namespace apps; there is none at all."),
        (["qua1", "grafana"], "; the nearest is qua1."),
        (["grafana", "vault"], "; there are: grafana, vault."),
    ],
)
def test_a_release_that_is_not_there_is_answered_with_those_that_are(
    others: list[str], hint: str
) -> None:
    finding = the_finding(lambda: usable(Kept(others=others), "qua", QUALYTICS, LEAVES))
    assert finding.code == "release-not-found"
    assert hint in finding.message


def test_a_release_that_was_uninstalled_with_its_history_kept_is_not_there() -> None:
    finding = refused(revision(1, "uninstalled", "Uninstallation complete"))
    assert finding.code == "release-not-found"
    assert "it was uninstalled" in finding.message


@pytest.mark.parametrize("status", PENDING)
def test_a_release_with_an_operation_under_way_is_busy(status: str) -> None:
    finding = refused(revision(4), revision(5, status))
    assert finding.code == "release-busy"
    assert f"is {status} (revision 5)" in finding.message
    assert "helm rollback qua 4 --namespace apps" in finding.fix


def test_the_way_back_leads_to_what_has_worked_also_when_nothing_is_deployed() -> None:
    finding = refused(
        revision(3, "superseded", "Upgrade complete"),
        revision(4, "superseded", 'Upgrade "qua" failed: timeout'),
        revision(5, "pending-upgrade", "Preparing upgrade"),
    )
    assert "helm rollback qua 3 --namespace apps" in finding.fix


def test_a_release_that_has_never_worked_has_no_way_back() -> None:
    finding = refused(revision(1, "pending-install", "Initial install underway"))
    assert finding.code == "release-busy"
    assert "helm uninstall qua --namespace apps" in finding.fix


def test_a_failed_release_is_told_in_helms_words() -> None:
    finding = refused(revision(4), revision(5, "failed", "timed out waiting"))
    assert finding.code == "release-failed"
    assert finding.message == "The newest revision 5 of release qua has failed: timed out waiting"
    assert "helm rollback qua 4 --namespace apps" in finding.fix


def test_helms_words_on_a_failure_are_told_without_the_password_that_failed() -> None:
    finding = refused(
        revision(4),
        revision(5, "failed", "Invalid value: 'tried'", config={"mail": {"login": "tried"}}),
    )
    assert "Invalid value: '********'" in finding.message


def test_the_secrets_of_all_revisions_are_known() -> None:
    kept = Kept([revision(n, config={"mail": {"login": f"of {n}"}}) for n in (1, 2)])
    found = [secret.reveal() for secret in secrets_kept(kept, "qua", LEAVES)]
    assert found == ["of 1", "of 2"]


def test_a_release_of_another_chart_is_not_touched() -> None:
    chart = {**record()["chart"], "metadata": {"name": "grafana", "version": "12"}}
    finding = refused(revision(1, chart=chart))
    assert finding.code == "release-other-chart"
    assert "chart grafana, and the profile qualytics is for qualytics" in finding.message


def of_grafana(**chart: Any) -> Revision:
    """A release of a chart that has Grafana as a subchart."""
    dependencies = [
        {"name": "grafana", "version": "12.*.*", "repository": "x"},
        {"name": "data", "version": "2026.*", "repository": "x", "alias": "data"},
        {"name": "qualytics", "version": "2026.*", "repository": "x"},
    ]
    metadata = {"name": "umbrella", "version": "1.0.0", "dependencies": dependencies}
    return revision(1, chart={**record()["chart"], "metadata": metadata, **chart})


class TestASubchart:
    BELOW = (Application(QUALYTICS[0].profile, ("qualytics",)),)

    def test_is_found_by_its_name(self) -> None:
        assert usable(Kept([of_grafana()]), "qua", self.BELOW, LEAVES).number == 1
        other = (Application(QUALYTICS[0].profile, ("grafana",)),)
        finding = the_finding(lambda: usable(Kept([of_grafana()]), "qua", other, LEAVES))
        assert finding.code == "release-other-chart"
        assert "installed from chart grafana, and the profile qualytics@grafana" in finding.message

    def test_is_found_by_its_alias_which_helm_keeps_instead_of_its_name(self) -> None:
        aliased = (Application(QUALYTICS[0].profile, ("data",)),)
        assert usable(Kept([of_grafana()]), "qua", aliased, LEAVES).number == 1
        assert list(unchecked(of_grafana(), aliased)) == []
        locked = of_grafana(lock={"dependencies": [{"name": "qualytics", "version": "2026.9.1"}]})
        [finding] = unchecked(locked, aliased)
        assert finding.message.endswith("the release runs chart qualytics 2026.9.1.")

    def test_that_is_not_there_is_told(self) -> None:
        missing = (Application(QUALYTICS[0].profile, ("nosuch",)),)
        finding = the_finding(lambda: usable(Kept([of_grafana()]), "qua", missing, LEAVES))
        assert "umbrella without a subchart nosuch" in finding.message

    def test_of_a_subchart_cannot_be_told_and_is_taken_as_it_is(self) -> None:
        deeper = (Application(QUALYTICS[0].profile, ("a", "b")),)
        assert usable(Kept([of_grafana()]), "qua", deeper, LEAVES).number == 1
        assert list(unchecked(of_grafana(), deeper)) == []

    def test_has_the_version_that_the_chart_is_locked_to(self) -> None:
        def locked(version: str) -> Revision:
            return of_grafana(lock={"dependencies": [{"name": "qualytics", "version": version}]})

        assert list(unchecked(locked("2026.8.1"), self.BELOW)) == []
        [finding] = unchecked(locked("2026.9.1"), self.BELOW)
        assert finding.message.endswith("the release runs chart qualytics 2026.9.1.")
        assert list(unchecked(of_grafana(), self.BELOW)) == []


def test_a_chart_in_a_version_that_was_not_checked_is_a_warning() -> None:
    assert list(unchecked(revision(1), QUALYTICS)) == []
    newer = {**record()["chart"], "metadata": {"name": "qualytics", "version": "2027.1.0"}}
    [finding] = unchecked(revision(1, chart=newer), QUALYTICS)
    assert (finding.code, finding.severity) == ("application-chart-unchecked", "warning")


def test_a_record_that_cannot_be_read_is_told() -> None:
    finding = the_finding(lambda: usable(Damaged(), "qua", QUALYTICS, LEAVES))
    assert finding.code == "release-unreadable"
    assert "cannot be read" in finding.message


class TestReading:
    def test_takes_the_revision_in_use_with_nothing_to_say(self) -> None:
        found, told = readable(Kept([revision(1, "superseded"), revision(2)]), "qua", QUALYTICS, ())
        assert (found.number, told) == (2, [])

    @pytest.mark.parametrize("status", [*PENDING[:3], "failed"])
    def test_warns_of_a_newer_revision_that_is_not_in_use(self, status: str) -> None:
        kept = Kept([revision(3, status), revision(2)])
        found, [finding] = readable(kept, "qua", QUALYTICS, ())
        assert found.number == 2
        assert finding.code == "release-newer-revision"
        assert finding.severity == "warning"
        assert f"Revision 3 of release qua is {status}" in finding.message

    def test_needs_a_revision_that_is_in_use(self) -> None:
        kept = Kept([revision(1, "failed")])
        finding = the_finding(lambda: readable(kept, "qua", QUALYTICS, LEAVES))
        assert finding.code == "release-failed"

    def test_needs_a_chart_of_the_profile(self) -> None:
        kept = Kept([revision(1)])
        finding = the_finding(lambda: readable(kept, "qua", (application("grafana"),), ()))
        assert finding.code == "release-other-chart"
