# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SMTP values are written into the release's own, and every change is told without a secret."""

from __future__ import annotations

import copy
import functools
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
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    Entries,
    Entry,
    Leaf,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    PASSWORD,
    rendered,
    the_finding,
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

    @pytest.mark.parametrize(
        ("holder", "form"),
        [("text", "a text"), (["x"], "a list"), (False, "a single value"), (0, "a single value")],
    )
    def test_takes_no_place_of_what_is_no_mapping(self, holder: Any, form: str) -> None:
        values = {"config": {"smtp": holder}}
        host, port = (Leaf(("config", "smtp", key), "x") for key in ("host", "port"))
        finding = the_finding(lambda: apply(values, [host, port]))
        assert (finding.code, finding.where) == ("value-of-another-type", "config.smtp")
        assert f"is {form}," in finding.message
        assert "into a mapping" in finding.message

    @pytest.mark.parametrize(
        ("there", "wanted", "forms"),
        [
            ({"host": "ldap"}, "relay", ("a mapping", "a single value")),
            (["ldap"], 587, ("a list", "a single value")),
            (["ldap"], {"valueFrom": {}}, ("a list", "a mapping")),
            ({"host": "ldap"}, ["relay"], ("a mapping", "a list")),
        ],
    )
    def test_takes_no_place_of_what_is_more_than_one_value(
        self, there: Any, wanted: Any, forms: tuple[str, str]
    ) -> None:
        finding = the_finding(
            lambda: apply({"smtp": {"relay": there}}, [Leaf(("smtp", "relay"), wanted)])
        )
        assert (finding.code, finding.where) == ("value-of-another-type", "smtp.relay")
        assert all(form in finding.message for form in forms)
        assert "ldap" not in repr(finding)

    def test_takes_the_place_of_another_form_of_one_value_and_of_one_of_its_own_form(self) -> None:
        reference = {"valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}
        for before, after in (
            (reference, "x"),
            ("x", reference),
            (["a"], ["b"]),
            ([], "x"),
            ({}, "x"),
        ):
            assert apply({"host": before}, [Leaf(("host",), after)]) == {"host": after}

    @pytest.mark.parametrize("holder", [None, "", [], {}])
    def test_puts_a_mapping_where_nothing_is_lost(self, holder: Any) -> None:
        assert apply({"smtp": holder}, [PORT]) == {"smtp": {"port": "587"}}

    @given(
        st.fixed_dictionaries(
            {},
            optional={
                "smtp": st.none() | st.dictionaries(st.text(max_size=2), TREES),
                "a": TREES,
                "c": TREES,
                "x": TREES,
            },
        )
    )
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


class TestEntriesOfAList:
    ENTRIES = Leaf(
        ("env",),
        Entries(
            "name",
            (
                Entry("HOST", {"name": "HOST", "value": "mail"}),
                Entry("PASS", {"name": "PASS", "value": Secret(PASSWORD)}, sensitive=True),
                Entry("OLD", OMIT),
            ),
        ),
        sensitive=True,
    )
    OTHER = {"name": "TZ", "value": "UTC"}  # noqa: RUF012  # nobody changes it

    def applied(self, values: Any, defaults: Any = None) -> Any:
        return apply(values, [self.ENTRIES], defaults).get("env")

    def test_are_put_beside_those_of_others_which_stay_in_their_order(self) -> None:
        before = [self.OTHER, {"name": "OLD", "value": "x"}, {"name": "HOST", "value": "a"}, 1]
        assert self.applied({"env": before}) == [
            self.OTHER,
            {"name": "HOST", "value": "mail"},
            1,
            {"name": "PASS", "value": PASSWORD},
        ]

    @pytest.mark.parametrize("values", [{}, {"env": None}, {"env": []}, {"env": ""}])
    def test_make_the_list_where_there_is_none(self, values: Any) -> None:
        assert [entry["name"] for entry in self.applied(values)] == ["HOST", "PASS"]

    @pytest.mark.parametrize("form", ["- name: LDAP_HOST\n  value: ldap\n", {"LDAP_HOST": "ldap"}])
    def test_take_no_place_of_what_is_no_list(self, form: Any) -> None:
        for values, defaults in (({"env": form}, {}), ({}, {"env": form})):
            finding = the_finding(functools.partial(self.applied, values, defaults))
            assert (finding.code, finding.where) == ("value-of-another-type", "env")
            assert "into a list" in finding.message
            assert "ldap" not in repr(finding)

    def test_of_the_charts_defaults_are_written_out_because_a_list_replaces_a_list(self) -> None:
        defaults = {"env": [self.OTHER]}
        assert self.applied({}, defaults)[0] == self.OTHER
        assert self.OTHER not in self.applied({"env": []}, defaults)

    def test_that_stand_twice_are_made_one(self) -> None:
        twice = {"env": [{"name": "HOST", "value": "mail"}, {"name": "HOST", "value": "b"}]}
        assert [entry["name"] for entry in self.applied(twice)] == ["HOST", "PASS"]
        assert "env[HOST]" in [change.key for change in changes(twice, [self.ENTRIES], {})]

    def test_that_must_go_leave_a_list_alone_that_is_not_there(self) -> None:
        gone = Leaf(("env",), Entries("name", (Entry("OLD", OMIT),)))
        assert apply({}, [gone]) == {}
        assert apply({}, [gone], {"env": [self.OTHER]}) == {}
        assert apply({"env": [{"name": "OLD"}]}, [gone]) == {"env": []}

    def test_of_two_forms_are_the_one_that_is_wanted(self) -> None:
        forms = (Entry("A", OMIT), Entry("A", {"name": "A", "value": 1}), Entry("A", OMIT))
        leaf = Leaf(("env",), Entries("name", forms))
        assert apply({}, [leaf]) == {"env": [{"name": "A", "value": 1}]}
        assert changes(apply({}, [leaf]), [leaf], {}) == []

    def test_may_be_plain_texts(self) -> None:
        leaf = Leaf(("files",), Entries(None, (Entry("mail", "mail"), Entry("old", OMIT))))
        assert apply({"files": ["a", "old"]}, [leaf]) == {"files": ["a", "mail"]}
        assert apply({"files": ["mail", "a"]}, [leaf]) == {"files": ["mail", "a"]}

    def test_without_secrets_are_only_those_that_hold_none(self) -> None:
        assert without_secrets([self.ENTRIES]) == {"env": [{"name": "HOST", "value": "mail"}]}
        assert secret_keys([self.ENTRIES]) == ["env[PASS]"]

    def test_that_change_are_told_one_by_one(self) -> None:
        values = {"env": [{"name": "PASS", "value": OLD}, {"name": "OLD", "value": "x"}]}
        found = changes(values, [self.ENTRIES], {})
        assert [(change.key, change.before, change.after) for change in found] == [
            ("env[HOST]", "(not set)", "{'name': 'HOST', 'value': 'mail'}"),
            ("env[PASS]", "(secret, old value)", "(secret, new value)"),
            ("env[OLD]", "{'name': 'OLD', 'value': 'x'}", "(not set)"),
        ]
        assert [change.sensitive for change in found] == [False, True, False]

    def test_hold_the_secrets_that_are_in_use(self) -> None:
        values = {"env": [{"name": "PASS", "value": OLD}, {"name": "TZ", "value": "UTC"}]}
        found = [secret.reveal() for secret in known_secrets(values, [self.ENTRIES])]
        assert OLD in found
        assert "UTC" not in found

    @given(
        st.lists(
            st.sampled_from([1, None, "x"])
            | st.fixed_dictionaries(
                {"name": st.sampled_from(["HOST", "PASS", "OLD", "TZ", 1])},
                optional={"value": st.text()},
            )
        )
    )
    def test_leave_every_entry_of_others_and_change_nothing_twice(self, before: list[Any]) -> None:
        def of_others(entries: list[Any]) -> list[Any]:
            names = ("HOST", "PASS", "OLD")
            return [e for e in entries if not isinstance(e, dict) or e["name"] not in names]

        after = apply({"env": before}, [self.ENTRIES])
        assert of_others(after["env"]) == of_others(before)
        assert apply(after, [self.ENTRIES]) == after
        assert changes(after, [self.ENTRIES], {}) == []


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


TOKEN = "0a1b2c3d-1111-2222-3333-444455556666"
SHORT_TOKEN = "tk-unmistakable"


@pytest.mark.parametrize(
    ("host", "old", "password"),
    [
        pytest.param("smtp.postmarkapp.com", SHORT_TOKEN, SHORT_TOKEN, id="token twice"),
        pytest.param("old.example.com", SHORT_TOKEN, SHORT_TOKEN, id="of no known provider"),
        pytest.param("smtp.postmarkapp.com", SHORT_TOKEN, "", id="password in a Secret"),
        pytest.param("old.example.com", TOKEN, "", id="in the shape of a token"),
        pytest.param(f"smtp://u:{SHORT_TOKEN}@mail.example.com", "u", "", id="in a URL"),
    ],
)
def test_a_user_name_that_was_a_token_is_not_shown_when_it_is_changed_away(
    host: str, old: str, password: str
) -> None:
    """With the next provider the user name is open, and the old one is still the key to the mails."""
    in_use = {
        "controlplane": {
            "smtp": {"enabled": True, "server": host, "port": "587", "sender": "a@b.c"}
        },
        "secrets": {"smtp": {"smtp_sender_user": old, "smtp_sender_password": password}},
    }
    found = changes(in_use, rendered().leaves, {})
    assert {"controlplane.smtp.server", "secrets.smtp.smtp_sender_user"} <= {
        each.key for each in found
    }
    assert TOKEN not in repr(found)
    assert SHORT_TOKEN not in repr(found)
    if "://" not in host and old != TOKEN:
        assert Secret(old) in list(known_secrets(in_use, rendered().leaves))


def test_a_user_name_that_is_none_is_still_shown() -> None:
    in_use = {"secrets": {"smtp": {"smtp_sender_user": "hub@example.com"}}}
    [change] = [each for each in changes(in_use, rendered().leaves, {}) if "user" in each.key]
    assert change.before == "'hub@example.com'"
