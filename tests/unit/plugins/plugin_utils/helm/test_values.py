# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SMTP values are written into the release's own, and every change is told without a secret."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.values import (
    Change,
    apply,
    changes,
    get,
    known_secrets,
    same,
    secret_keys,
    secrets,
    without_secrets,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import KEEP, OMIT, Leaf
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    PASSWORD,
    rendered,
)

OLD = "Old-unmistakable-Vv3"
PORT = Leaf(("smtp", "port"), "587")
LOGIN = Leaf(("smtp", "password"), Secret(PASSWORD), sensitive=True)
LISTED = Leaf(("smtp", "env"), [{"name": "P", "value": Secret(PASSWORD)}], sensitive=True)

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


class TestApplying:
    def test_writes_the_leaves_and_leaves_the_rest(self) -> None:
        values = {"smtp": {"host": "a"}, "image": {"tag": "1"}}
        assert apply(values, [PORT]) == {
            "smtp": {"host": "a", "port": "587"},
            "image": {"tag": "1"},
        }

    def test_does_not_touch_what_it_was_given(self) -> None:
        values = {"smtp": {"port": "25", "list": [1]}}
        before = copy.deepcopy(values)
        apply(values, [PORT, Leaf(("smtp", "list"), [2])])
        assert values == before

    def test_makes_the_way_to_a_leaf(self) -> None:
        assert apply({}, [PORT]) == {"smtp": {"port": "587"}}
        assert apply({"smtp": None}, [PORT]) == {"smtp": {"port": "587"}}

    def test_deletes_what_must_not_be_there_and_keeps_what_may_stay(self) -> None:
        values = {"smtp": {"port": "25", "host": "a"}, "x": 1}
        leaves = [Leaf(("smtp", "port"), OMIT), Leaf(("smtp", "host"), KEEP), Leaf(("x",), OMIT)]
        assert apply(values, leaves) == {"smtp": {"host": "a"}}

    @pytest.mark.parametrize("values", [{}, {"smtp": None}, {"smtp": "text"}, {"smtp": {}}])
    def test_deletes_nothing_where_nothing_is(self, values: dict[str, Any]) -> None:
        assert apply(values, [Leaf(("smtp", "port"), OMIT)]) == values

    def test_writes_secrets_in_plain_wherever_they_stand(self) -> None:
        assert apply({}, [LOGIN, LISTED]) == {
            "smtp": {"password": PASSWORD, "env": [{"name": "P", "value": PASSWORD}]}
        }

    @given(st.dictionaries(st.sampled_from(["smtp", "a", "c", "x"]), TREES, max_size=3))
    def test_twice_is_the_same_as_once_and_then_nothing_changes(self, values: Any) -> None:
        leaves = [PORT, LOGIN, LISTED, Leaf(("a", "b"), OMIT), Leaf(("c",), KEEP)]
        once = apply(values, leaves)
        assert apply(once, leaves) == once
        assert changes(once, leaves, {}) == []


class TestSecrets:
    def test_are_left_out_and_their_places_named(self) -> None:
        assert without_secrets([PORT, LOGIN, LISTED]) == {"smtp": {"port": "587"}}
        assert secret_keys([PORT, LOGIN, LISTED]) == ["smtp.password", "smtp.env"]

    def test_that_are_empty_are_written_as_such(self) -> None:
        empty = Leaf(("smtp", "password"), Secret(""), sensitive=True)
        assert without_secrets([empty]) == {"smtp": {"password": ""}}
        assert secret_keys([empty]) == []

    def test_that_must_not_be_there_are_no_keys_left_out(self) -> None:
        gone = Leaf(("smtp", "password"), OMIT, sensitive=True)
        assert without_secrets([gone]) == {}
        assert secret_keys([gone]) == []

    @pytest.mark.parametrize(
        "source", ["{{ password }}", ["{{ password }}"], [{"p": "{{ password }}"}]]
    )
    def test_of_a_rendered_profile_are_left_out_in_any_form(self, source: Any) -> None:
        leaves = rendered(values={"x": source, "y": "{{ host }}"}).leaves
        assert without_secrets(leaves) == {"y": "mail.example.com"}
        assert PASSWORD not in repr(changes({}, leaves, {}))


class TestSameness:
    @pytest.mark.parametrize(
        ("left", "right"),
        [(1, 1.0), ({"a": [1, {"b": None}]}, {"a": [1.0, {"b": None}]}), ("", ""), (None, None)],
    )
    def test_is_that_of_helm(self, left: Any, right: Any) -> None:
        assert same(left, right)

    @pytest.mark.parametrize(
        ("left", "right"),
        [
            (1, True),
            (0, False),
            ("587", 587),
            ("true", True),
            ("", None),
            ("", OMIT),
            (None, OMIT),
            ([1], [1, 2]),
            ({"a": 1}, {"a": 1, "b": 2}),
            ([], {}),
            ("a", "A"),
        ],
    )
    def test_keeps_types_and_places_apart(self, left: Any, right: Any) -> None:
        assert not same(left, right)
        assert not same(right, left)

    @given(TREES)
    def test_holds_for_anything_and_itself(self, tree: Any) -> None:
        assert same(tree, copy.deepcopy(tree))


class TestAChange:
    def test_is_none_when_everything_is_as_wanted(self) -> None:
        values = {"smtp": {"port": "587", "password": PASSWORD}}
        leaves = [PORT, LOGIN, Leaf(("x",), KEEP), Leaf(("y",), OMIT)]
        assert changes(values, leaves, {}) == []

    def test_tells_before_and_after(self) -> None:
        leaves = [PORT, Leaf(("on",), True), Leaf(("gone",), OMIT)]
        found = changes({"smtp": {"port": 25}, "on": False, "gone": "x"}, leaves, {})
        assert found == [
            Change("smtp.port", "25", "'587'", effective=True),
            Change("on", "false", "true", effective=True),
            Change("gone", "'x'", "(not set)", effective=True),
        ]

    def test_tells_the_charts_default_and_whether_the_chart_sees_a_difference(self) -> None:
        [found] = changes({}, [PORT], {"smtp": {"port": "587"}})
        assert found.before == "(not set, the chart's default is '587')"
        assert not found.effective
        [found] = changes({}, [PORT], {"smtp": {"port": "465"}})
        assert found.effective

    def test_of_a_secret_shows_neither_old_nor_new(self) -> None:
        values = {"smtp": {"password": OLD}}
        [found] = changes(values, [LOGIN], {"smtp": {"password": "placeholder"}})
        assert (found.before, found.after) == ("(secret, old value)", "(secret, new value)")

    def test_shows_that_a_secret_is_empty_or_not_there(self) -> None:
        empty = Leaf(("smtp", "password"), Secret(""), sensitive=True)
        [found] = changes({}, [empty], {"smtp": {"password": "placeholder"}})
        assert (found.before, found.after) == ("(not set)", "''")

    @pytest.mark.parametrize(
        "source",
        ["{{ password if anonymous else omit }}", ["{{ password if anonymous else omit }}"]],
    )
    def test_of_a_secret_that_goes_away_does_not_show_it(self, source: Any) -> None:
        leaves = rendered(values={"smtp": {"password": source}}).leaves
        found = changes({"smtp": {"password": OLD}}, leaves, {})
        assert [change.before for change in found] == ["(secret, old value)"]

    def test_is_told_where_a_chart_default_hides_a_secret_that_is_omitted(self) -> None:
        gone = Leaf(("smtp", "password"), OMIT, sensitive=True)
        [found] = changes(
            {"smtp": {"password": OLD}}, [gone], {"smtp": {"password": "placeholder"}}
        )
        assert OLD not in repr(found)
        assert "placeholder" not in repr(found)


def test_a_value_is_found_by_its_path() -> None:
    assert get({"a": {"b": 1}}, ("a", "b")) == 1
    assert get({"a": {"b": 1}}, ("a", "c")) is OMIT
    assert get({"a": "text"}, ("a", "b")) is OMIT
    assert get({"a": None}, ("a",)) is None


def test_every_text_under_a_key_that_speaks_of_a_secret_is_found() -> None:
    tree = {"db": {"password": "a", "host": "b"}, "secrets": [{"c": "d"}], "token": 1, "key": ""}
    assert [secret.reveal() for secret in secrets(tree)] == ["a", "d"]
    assert list(secrets(None)) == []


def test_the_secrets_of_a_release_are_what_stands_at_secret_leaves_and_elsewhere() -> None:
    entries = [{"name": "P", "value": "old one"}, {"name": "Q", "value": "another"}]
    values = {"smtp": {"password": "in use", "env": entries, "port": "587"}, "token": "x"}
    found = [secret.reveal() for secret in known_secrets(values, [PORT, LOGIN, LISTED])]
    assert set(found) == {"in use", "old one", "Q", "another", "x"}
