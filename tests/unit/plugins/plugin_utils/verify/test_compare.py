# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the description promises is held against what a container sees, without a secret in the words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    PRESENT,
    FileEvidence,
    SecretEvidence,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.compare import (
    Difference,
    keys,
    lines,
    variables,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import PASSWORD

OLD = "Old-unmistakable-Vv3"


def test_a_container_that_sees_everything_gives_no_difference() -> None:
    expected = {"HOST": "mail", "PASSWORD": Secret(PASSWORD), "GONE": OMIT, "ANY": KEEP}
    assert variables(expected, {"HOST": "mail", "PASSWORD": PASSWORD, "GONE": None}) == []
    assert variables(expected, {"HOST": "mail", "PASSWORD": PASSWORD, "ANY": "x"}) == []


@pytest.mark.parametrize(
    ("wanted", "seen", "expected", "found"),
    [
        ("587", {"X": None}, "'587'", "not set"),
        ("587", {"X": "25"}, "'587'", "'25'"),
        ("", {"X": None}, "''", "not set"),
        ("a", {"X": "a "}, "'a'", "'a '"),
        (OMIT, {"X": ""}, "not set", "set"),
        (PRESENT, {"X": None}, "set", "not set"),
    ],
)
def test_each_difference_is_told_with_both_sides(
    wanted: Any, seen: dict[str, str | None], expected: str, found: str
) -> None:
    assert variables({"X": wanted}, seen) == [Difference("variable", "X", expected, found)]


def test_what_must_or_must_not_be_there_is_told_in_words() -> None:
    found = variables({"GONE": OMIT, "HERE": PRESENT}, {"GONE": "", "HERE": None})
    assert list(map(str, found)) == [
        "GONE is set, and must not be set",
        "HERE is not set, and must be set",
    ]


@given(st.sampled_from([{"X": None}, {"X": OLD}, {"X": f"{PASSWORD} "}, {"X": ""}]))
def test_a_secret_shows_neither_as_expected_nor_as_seen(seen: dict[str, str | None]) -> None:
    [difference] = variables({"X": Secret(PASSWORD)}, seen)
    assert PASSWORD not in repr(difference)
    assert OLD not in repr(difference)


def test_a_password_that_should_be_gone_is_not_shown() -> None:
    assert variables({"X": Secret("")}, {"X": OLD}) == [
        Difference("variable", "X", "''", "another value (not shown)")
    ]


def test_what_is_there_with_a_value_that_nobody_knows_gives_no_difference() -> None:
    assert variables({"X": PRESENT, "Y": PRESENT}, {"X": "", "Y": PASSWORD}) == []


def test_what_is_left_over_is_not_shown() -> None:
    [difference] = variables({"SMTP_SENDER_PASSWORD": OMIT}, {"SMTP_SENDER_PASSWORD": OLD})
    assert OLD not in repr(difference)


def test_all_differences_are_told_at_once() -> None:
    found = variables({"A": "1", "B": "2", "C": OMIT}, {"A": None, "B": "3", "C": "4"})
    assert [difference.name for difference in found] == ["A", "B", "C"]


def test_what_cannot_be_told_gives_no_difference() -> None:
    assert variables({"X": "1", "Y": OMIT}, {}) == []


class TestAFile:
    WANTED = FileEvidence("/etc/app.ini", ("host = mail", Secret(f"password = {PASSWORD}")))

    def test_has_its_lines_whatever_stands_around_them(self) -> None:
        content = f"[mail]\n  host = mail  \npassword = {PASSWORD}\n"
        assert lines(self.WANTED, content) == []

    def test_is_told_by_the_lines_that_are_missing_and_no_secret(self) -> None:
        found = lines(self.WANTED, "host = mail.example.com\npassword = old\n")
        assert [str(difference) for difference in found] == [
            "/etc/app.ini is without the line 'host = mail': it has no such line",
            "/etc/app.ini is without a line with a secret (not shown): it has no such line",
        ]
        assert PASSWORD not in repr(found)

    def test_that_is_not_there_has_none_of_them(self) -> None:
        assert {each.found for each in lines(self.WANTED, None)} == {"there is no such file"}

    def test_may_have_to_hold_a_text_of_several_lines(self) -> None:
        wanted = FileEvidence("/ca.pem", ("-----BEGIN\nMII\n-----END\n",))
        assert lines(wanted, "# a CA\n-----BEGIN\nMII\n-----END") == []
        assert len(lines(wanted, "-----BEGIN\nother\n-----END")) == 1


def test_the_keys_of_a_secret_are_compared_without_being_shown() -> None:
    wanted = SecretEvidence("creds", {"user": "hub", "password": Secret(PASSWORD), "old": OMIT})
    assert keys(wanted, {"user": "hub", "password": PASSWORD, "more": "x"}) == []
    found = keys(wanted, {"user": "hub", "password": OLD, "old": OLD})
    assert [str(difference) for difference in found] == [
        "key password of Secret creds is another value (not shown), expected is a secret (not shown)",
        "key old of Secret creds is set, and must not be set",
    ]
    assert len(keys(wanted, {})) == 2


TOKEN = "0a1b2c3d-1111-2222-3333-444455556666"


@pytest.mark.parametrize(
    "seen",
    [
        {"USER": "tk-unmistakable", "PASS": "tk-unmistakable", "HOST": "mail"},
        {"USER": "tk-unmistakable", "PASS": None, "HOST": "smtp.postmarkapp.com"},
        {"USER": TOKEN, "PASS": None, "HOST": "mail"},
        {"USER": "u", "PASS": None, "HOST": "smtp://u:tk-unmistakable@mail"},
    ],
)
def test_settings_of_before_show_no_token(seen: dict[str, str | None]) -> None:
    wanted = {"USER": "hub", "PASS": Secret(PASSWORD), "HOST": "mail.example.com"}
    found = variables(wanted, seen)
    assert len(found) == 3
    assert "unmistakable" not in repr(found)
    assert TOKEN not in repr(found)
