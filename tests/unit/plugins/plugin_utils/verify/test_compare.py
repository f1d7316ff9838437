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
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.compare import (
    Difference,
    compare,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import PASSWORD

OLD = "Old-unmistakable-Vv3"


def test_a_container_that_sees_everything_gives_no_difference() -> None:
    expected = {"HOST": "mail", "PASSWORD": Secret(PASSWORD), "GONE": OMIT, "ANY": KEEP}
    assert compare(expected, {"HOST": "mail", "PASSWORD": PASSWORD, "OTHER": "x"}) == []
    assert compare(expected, {"HOST": "mail", "PASSWORD": PASSWORD, "ANY": "x"}) == []


@pytest.mark.parametrize(
    ("wanted", "seen", "expected", "found"),
    [
        ("587", {}, "'587'", "not set"),
        ("587", {"X": "25"}, "'587'", "'25'"),
        ("", {}, "''", "not set"),
        ("a", {"X": "a "}, "'a'", "'a '"),
        (OMIT, {"X": ""}, "not set", "set"),
        (PRESENT, {}, "set", "not set"),
    ],
)
def test_each_difference_is_told_with_both_sides(
    wanted: Any, seen: dict[str, str], expected: str, found: str
) -> None:
    assert compare({"X": wanted}, seen) == [Difference("X", expected, found)]


@given(st.sampled_from([{}, {"X": OLD}, {"X": f"{PASSWORD} "}, {"X": ""}]))
def test_a_secret_shows_neither_as_expected_nor_as_seen(seen: dict[str, str]) -> None:
    [difference] = compare({"X": Secret(PASSWORD)}, seen)
    assert PASSWORD not in repr(difference)
    assert OLD not in repr(difference)


def test_what_is_there_with_a_value_that_nobody_knows_gives_no_difference() -> None:
    assert compare({"X": PRESENT, "Y": PRESENT}, {"X": "", "Y": PASSWORD}) == []


def test_what_is_left_over_is_not_shown() -> None:
    [difference] = compare({"SMTP_SENDER_PASSWORD": OMIT}, {"SMTP_SENDER_PASSWORD": OLD})
    assert OLD not in repr(difference)


def test_all_differences_are_told_at_once() -> None:
    found = compare({"A": "1", "B": "2", "C": OMIT}, {"B": "3", "C": "4"})
    assert [difference.variable for difference in found] == ["A", "B", "C"]
