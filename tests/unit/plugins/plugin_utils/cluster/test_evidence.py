# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the description promises is held against what a container sees, without a secret in the words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.evidence import compare
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import KEEP, OMIT
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    PASSWORD,
    codes,
)

OLD = "Old-unmistakable-Vv3"


def against(expected: dict[str, Any], seen: dict[str, str]) -> Any:
    return compare(expected, seen, pod="qua-api-1", container="api")


def test_a_container_that_sees_everything_gives_no_finding() -> None:
    expected = {"HOST": "mail", "PASSWORD": Secret(PASSWORD), "GONE": OMIT, "ANY": KEEP}
    assert against(expected, {"HOST": "mail", "PASSWORD": PASSWORD, "OTHER": "x"}) == []
    assert against(expected, {"HOST": "mail", "PASSWORD": PASSWORD, "ANY": "x"}) == []


@pytest.mark.parametrize(
    ("wanted", "seen", "code", "message"),
    [
        (
            "587",
            {},
            "variable-missing",
            "X is not set in container api of pod p; expected is '587'",
        ),
        ("587", {"X": "25"}, "variable-differs", "X is '25' in container api of pod p; expected"),
        ("", {}, "variable-missing", "expected is ''"),
        ("a", {"X": "a "}, "variable-differs", "X is 'a '"),
        (OMIT, {"X": ""}, "variable-left-over", "X is set in container api of pod p"),
    ],
)
def test_each_difference_is_told_with_its_place(
    wanted: Any, seen: dict[str, str], code: str, message: str
) -> None:
    [finding] = compare({"X": wanted}, seen, pod="p", container="api")
    assert finding.code == code
    assert finding.where == "pod p, container api, X"
    assert message in finding.message


@given(st.sampled_from([{}, {"X": OLD}, {"X": f"{PASSWORD} "}, {"X": ""}]))
def test_a_secret_shows_neither_as_expected_nor_as_seen(seen: dict[str, str]) -> None:
    [finding] = against({"X": Secret(PASSWORD)}, seen)
    assert PASSWORD not in repr(finding)
    assert OLD not in repr(finding)


def test_what_is_left_over_is_not_shown() -> None:
    [finding] = against({"SMTP_SENDER_PASSWORD": OMIT}, {"SMTP_SENDER_PASSWORD": OLD})
    assert OLD not in repr(finding)


def test_all_differences_are_told_at_once() -> None:
    found = against({"A": "1", "B": "2", "C": OMIT}, {"B": "3", "C": "4"})
    assert codes(found) == ["variable-missing", "variable-differs", "variable-left-over"]
