# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container sees, and what its successor would see."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import revealed
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.environment import (
    may_be_secret,
    of_successor,
    parse,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    environ,
    secret,
)

SECRETS = {"creds": secret(user="u", password="päss word", **{"KEY": "from secret"})}
CONFIG_MAPS = {"config": {"data": {"HOST": "mail", "KEY": "from config"}}, "empty": {}}

NAMES = st.from_regex(r"\A[A-Z_][A-Z0-9_]*\Z")
VALUES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


class TestAnEnviron:
    @given(st.dictionaries(NAMES, VALUES))
    def test_gives_every_variable_exactly(self, variables: dict[str, str]) -> None:
        assert parse(environ(**variables)) == variables

    def test_may_hold_line_breaks_equals_signs_and_bytes_that_are_no_text(self) -> None:
        assert parse(b"A=x\ny\0B=c=d\0C=\0D=\xff\0") == {
            "A": "x\ny",
            "B": "c=d",
            "C": "",
            "D": "\udcff",
        }

    def test_counts_the_first_of_two_as_a_program_does(self) -> None:
        assert parse(b"A=first\0A=second\0") == {"A": "first"}

    def test_may_hold_what_is_no_variable_or_nothing(self) -> None:
        assert parse(b"nonsense\0A=1") == {"A": "1"}
        assert parse(b"") == {}


def seen(*env: dict[str, Any], names: str = "X", env_from: list[Any] | None = None) -> Any:
    container = {"name": "api", "env": list(env), "envFrom": env_from or []}
    found = of_successor(container, names.split(), SECRETS.get, CONFIG_MAPS.get)
    return revealed(found)


def ref(kind: str, name: str, key: str) -> dict[str, Any]:
    return {"valueFrom": {f"{kind}KeyRef": {"name": name, "key": key}}}


class TestASuccessor:
    @pytest.mark.parametrize(
        ("entry", "value"),
        [
            ({"value": "587"}, "587"),
            ({"value": ""}, ""),
            ({}, ""),
            (ref("secret", "creds", "password"), "päss word"),
            (ref("secret", "creds", "nosuch"), None),
            (ref("secret", "nosuch", "password"), None),
            (ref("configMap", "config", "HOST"), "mail"),
            (ref("configMap", "empty", "HOST"), None),
        ],
    )
    def test_sees_values_and_references(self, entry: dict[str, Any], value: str | None) -> None:
        assert seen({"name": "X", **entry}) == {"X": value}

    def test_does_not_see_what_is_not_there(self) -> None:
        assert of_successor({"name": "api"}, ["X"], SECRETS.get, CONFIG_MAPS.get) == {"X": None}

    def test_is_asked_for_some_variables_only(self) -> None:
        assert seen({"name": "X", "value": "1"}, {"name": "Y", "value": "2"}) == {"X": "1"}

    def test_sees_all_of_a_secret_or_config_map_with_its_prefix(self) -> None:
        sources: list[Any] = [
            {"secretRef": {"name": "creds"}, "prefix": "SMTP_"},
            {"configMapRef": {"name": "config"}},
            {"configMapRef": {"name": "nosuch", "optional": True}},
        ]
        assert seen(names="SMTP_user HOST user", env_from=sources) == {
            "SMTP_user": "u",
            "HOST": "mail",
            "user": None,
        }

    def test_sees_a_later_source_over_an_earlier_one_and_env_over_all(self) -> None:
        sources: list[Any] = [
            {"secretRef": {"name": "creds"}},
            {"configMapRef": {"name": "config"}},
        ]
        assert seen(names="KEY", env_from=sources) == {"KEY": "from config"}
        assert seen({"name": "KEY", "value": "own"}, names="KEY", env_from=sources) == {
            "KEY": "own"
        }

    @pytest.mark.parametrize(
        ("value", "expanded"),
        [
            ("$(HOST):587", "mail:587"),
            ("$(user)@$(HOST)", "u@mail"),
            ("$(LATER)", "$(LATER)"),
            ("$$(HOST)", "$(HOST)"),
            ("$HOST $", "$HOST $"),
        ],
    )
    def test_sees_a_reference_to_a_variable_before_it_replaced(
        self, value: str, expanded: str
    ) -> None:
        sources: list[Any] = [
            {"secretRef": {"name": "creds"}},
            {"configMapRef": {"name": "config"}},
        ]
        later = {"name": "LATER", "value": "too late"}
        assert seen({"name": "X", "value": value}, later, env_from=sources) == {"X": expanded}

    def test_keeps_what_came_before_an_optional_one_that_is_not_there(self) -> None:
        sources: list[Any] = [{"secretRef": {"name": "creds"}}]
        entry = {"name": "KEY", **ref("secret", "nosuch", "x")}
        assert seen(entry, names="KEY", env_from=sources) == {"KEY": "from secret"}

    @pytest.mark.parametrize(
        "entry",
        [
            {"value": "$(RELAY_SERVICE_HOST):587"},
            {"value": "$(NODE)"},
            {"valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        ],
    )
    def test_leaves_out_what_only_the_kubelet_can_tell(self, entry: dict[str, Any]) -> None:
        node = {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
        assert seen(node, {"name": "X", **entry}) == {}
        assert seen({"name": "X", **entry}, {"name": "X", "value": "1"}) == {"X": "1"}

    def test_sees_a_secret_that_is_no_text_as_parse_does(self) -> None:
        binary = {"data": {"k": base64.b64encode(b"\xff").decode()}}
        entry = {"name": "X", **ref("secret", "binary", "k")}
        found = of_successor({"env": [entry]}, ["X"], {"binary": binary}.get, CONFIG_MAPS.get)
        assert revealed(found) == parse(b"X=\xff\0")

    def test_has_what_comes_from_a_secret_sealed_and_nothing_else(self) -> None:
        container = {
            "env": [
                {"name": "A", **ref("secret", "creds", "user")},
                {"name": "B", **ref("configMap", "config", "HOST")},
                {"name": "C", "value": "$(A)@$(B)"},
                {"name": "D", "value": "$(B)"},
            ],
            "envFrom": [{"secretRef": {"name": "creds"}, "prefix": "P_"}],
        }
        names = ["A", "B", "C", "D", "P_user"]
        assert of_successor(container, names, SECRETS.get, CONFIG_MAPS.get) == {
            "A": Secret("u"),
            "B": "mail",
            "C": Secret("u@mail"),
            "D": "mail",
            "P_user": Secret("u"),
        }
        assert may_be_secret(container, [*names, "P_x", "Q"]) == {"A", "C", "P_user", "P_x"}
