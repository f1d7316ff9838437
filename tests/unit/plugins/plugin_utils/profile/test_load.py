# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile is found by its name or path, and a user's own is equal to a shipped one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.check import check
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import (
    FOLDER,
    application,
    load,
    missing,
    shipped,
    split,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    findings_of,
    the_finding,
)

QUALYTICS = (FOLDER / "qualytics.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", shipped())
class TestAShippedProfile:
    def test_loads_under_its_name(self, name: str) -> None:
        assert load(name).name == name

    def test_has_the_form_of_the_schema(self, name: str) -> None:
        path = FOLDER / f"{name}.yml"
        assert check(path, path.read_text(encoding="utf-8")) == []

    def test_leads_editors_to_the_schema(self, name: str) -> None:
        lines = (FOLDER / f"{name}.yml").read_text(encoding="utf-8").splitlines()
        assert "# yaml-language-server: $schema=schema.json" in lines

    def test_says_where_its_facts_come_from_and_what_it_uses_mail_for(self, name: str) -> None:
        profile = load(name)
        assert profile.sources
        assert profile.uses_mail_for

    def test_names_its_traps_after_itself(self, name: str) -> None:
        assert all(trap.code.startswith(f"{name}-") for trap in load(name).traps)


def test_qualytics_is_shipped() -> None:
    assert "qualytics" in shipped()


def test_a_profile_of_ones_own_is_equal_to_a_shipped_one(tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_text(QUALYTICS, encoding="utf-8")
    assert replace(load(str(path)), source=load("qualytics").source) == load("qualytics")


def test_without_an_application_the_choices_are_listed() -> None:
    assert missing().code == "application-missing"
    assert "qualytics" in missing().fix


def test_a_misspelt_profile_is_answered_with_the_nearest() -> None:
    finding = the_finding(lambda: load("qualitics"))
    assert finding.code == "profile-not-found"
    assert finding.message == "There is no profile 'qualitics'; the nearest is qualytics."
    assert "qualytics" in finding.fix


@pytest.mark.parametrize("name", ["zzz", "./missing.yml", "~nobody/x.yml", "/"])
def test_a_profile_that_is_not_there_is_named(name: str) -> None:
    finding = the_finding(lambda: load(name))
    assert finding.code == "profile-not-found"
    assert repr(name) in finding.message


def test_a_path_without_a_file_is_told_as_one(tmp_path: Path) -> None:
    finding = the_finding(lambda: load(str(tmp_path / "nosuch.yml")))
    assert finding.message.endswith("nosuch.yml': the controller has no such file.")


@pytest.mark.parametrize("name", ["mine.yml", "mine.yaml", "qualytics.yml"])
def test_the_name_of_a_file_is_answered_with_its_path(name: str) -> None:
    finding = the_finding(lambda: load(name))
    assert (
        finding.message == f"There is no profile '{name}'; write ./{name} for a file of your own."
    )


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_bytes(b"\xff\xfe\x00")
    assert the_finding(lambda: load(str(path))).code == "profile-invalid"


def test_a_profile_of_ones_own_is_held_against_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_text(QUALYTICS.replace("title:", "titel:"), encoding="utf-8")
    found = findings_of(lambda: load(str(path)))
    assert {finding.code for finding in found} == {"profile-invalid"}


@pytest.mark.parametrize(
    ("text", "name", "prefix"),
    [
        ("grafana", "grafana", ()),
        ("grafana@grafana", "grafana", ("grafana",)),
        ("grafana@monitoring.grafana", "grafana", ("monitoring", "grafana")),
        ("/a@b/own.yml", "/a@b/own.yml", ()),
        ("/a@b/own.yml@sub", "/a@b/own.yml", ("sub",)),
    ],
)
def test_an_application_may_stand_below_a_key_of_the_values(
    text: str, name: str, prefix: tuple[str, ...]
) -> None:
    assert split(text) == (name, prefix)


def test_an_application_is_named_with_its_place() -> None:
    assert application("qualytics").name == "qualytics"
    assert application("qualytics@apps").name == "qualytics@apps"
