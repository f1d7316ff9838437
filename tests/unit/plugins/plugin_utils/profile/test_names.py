# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of a profile's expressions: the description, what follows from it, and where it goes."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from email.headerregistry import Address
from email.parser import Parser
from email.policy import default
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    Description,
    ExistingSecret,
    OAuth,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile import names
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.labels import LABELS, label
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    PRESENT,
    Application,
    SecretSupport,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    DESCRIPTION,
    PASSWORD,
    application_with,
)

KEYS = {"username": "user", "password": "password", "host": "server"}
TOKEN = "Tk4-unmistakable-Yy2"
KEY = "Ky5-unmistakable-Zz1"
EVERY_SECRET = replace(
    DESCRIPTION,
    oauth=OAuth(token=Secret(TOKEN), client_id="app", client_secret=Secret(TOKEN)),
    client_key=Secret(KEY),
    fallbacks=(replace(DESCRIPTION, oauth=OAuth(token=Secret(TOKEN))),),
)


def with_secret(**keys: str) -> Application:
    support = SecretSupport(keys or KEYS, free=True, required=False)
    return application_with(supports=replace(load("qualytics").supports, existing_secret=support))


def place(of: Application | None = None, **given: Any) -> dict[str, str]:
    facts: dict[str, Any] = {"release": "qua", "namespace": "apps", "fullname": None, **given}
    return names.place(of or application_with(), **facts)


def of_values(
    description: Description = DESCRIPTION, of: Application | None = None
) -> dict[str, Any]:
    return dict(names.for_values(description, place(), of or application_with()).full)


def of_evidence(description: Description, of: Application) -> dict[str, Any]:
    return dict(names.for_evidence(description, place(), of).full)


def secret_fields(kind: type) -> set[str]:
    """The fields of a part of the description that are secrets, by their types."""
    hints = get_type_hints(kind)
    return {name for name, hint in hints.items() if Secret in (hint, *get_args(hint))}


class TestTheNames:
    def test_are_every_field_of_the_description_and_what_follows_from_it(self) -> None:
        derived = {"anonymous", "address", "from_local", "from_domain", "sender"}
        about_the_place = {"release", "namespace", "fullname", "omit", "keep", "present"}
        described = {entry.name for entry in fields(Description)}
        assert of_values().keys() == described | derived | about_the_place

    @pytest.mark.parametrize(
        ("host", "address"),
        [("mail.example.com", "mail.example.com:587"), ("2001:db8::1", "[2001:db8::1]:587")],
    )
    def test_of_a_relay_have_host_and_port_in_one(self, host: str, address: str) -> None:
        assert of_values(replace(DESCRIPTION, host=host))["address"] == address

    def test_of_a_sender_have_its_parts(self) -> None:
        found = of_values(replace(DESCRIPTION, from_name="The App"))
        assert found["from_local"] == "no-reply"
        assert found["from_domain"] == "example.com"
        assert found["sender"] == "The App <no-reply@example.com>"

    def test_of_mail_that_is_off_are_there_and_empty(self) -> None:
        found = of_values(Description(enabled=False))
        assert (found["address"], found["sender"], found["from_local"]) == ("", "", "")

    def test_of_a_fallback_are_the_same(self) -> None:
        second = replace(DESCRIPTION, host="b.example.com", port=2525)
        [found] = of_values(replace(DESCRIPTION, fallbacks=(second,)))["fallbacks"]
        assert found["address"] == "b.example.com:2525"
        assert found["password"] == PASSWORD
        assert found["fallbacks"] == []

    def test_of_parts_are_their_parts(self) -> None:
        found = of_values(EVERY_SECRET)
        assert found["oauth"]["client_id"] == "app"
        assert found["policy"]["fips"] is False
        assert found["test_recipients"] == []


class TestAMailbox:
    @pytest.mark.parametrize(
        ("name", "sender"),
        [
            (None, "a@example.com"),
            ("", "a@example.com"),
            ("App", "App <a@example.com>"),
            ("Jürgen 東京", "Jürgen 東京 <a@example.com>"),
            ("Example, Inc.", '"Example, Inc." <a@example.com>'),
            ('The "App"', '"The \\"App\\"" <a@example.com>'),
            ("a\\b", '"a\\\\b" <a@example.com>'),
        ],
    )
    def test_has_quotes_where_the_name_needs_them(self, name: str | None, sender: str) -> None:
        assert names.mailbox(name, "a@example.com") == sender

    @given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
    def test_is_read_by_a_parser_as_that_name_and_address(self, name: str) -> None:
        text = f"From: {names.mailbox(name, 'a@example.com')}\n\n"
        header = Parser(policy=default).parsestr(text)["From"]
        [address] = header.addresses
        assert address == Address(name, addr_spec="a@example.com")


class TestTheFullName:
    @pytest.mark.parametrize(
        ("release", "chart", "full"),
        [
            ("mon", "grafana", "mon-grafana"),
            ("grafana", "grafana", "grafana"),
            ("my-grafana-1", "grafana", "my-grafana-1"),
            ("r" * 60, "grafana", "r" * 60 + "-gr"),
            ("r" * 62, "grafana", "r" * 62),
        ],
    )
    def test_is_that_of_the_charts_usual_helper(self, release: str, chart: str, full: str) -> None:
        assert names.full_name(release, chart) == full

    def test_is_that_of_the_chart_or_of_the_subchart_or_the_one_given(self) -> None:
        assert place()["fullname"] == "qua-qualytics"
        subchart = Application(load("qualytics"), ("apps", "q"))
        assert place(subchart)["fullname"] == "qua"
        assert place(subchart, release="x")["fullname"] == "x-q"
        assert place(fullname="own")["fullname"] == "own"


class TestAnExistingSecret:
    DESCRIPTION = replace(
        DESCRIPTION, existing_secret=ExistingSecret("mail"), username="", password=Secret("")
    )

    def test_has_the_names_of_its_keys_given_or_those_of_the_profile(self) -> None:
        assert of_values(self.DESCRIPTION, with_secret())["existing_secret"] == {
            "name": "mail",
            "username_key": "user",
            "password_key": "password",
            "host_key": "server",
        }
        own = replace(self.DESCRIPTION, existing_secret=ExistingSecret("mail", "u", "p"))
        found = of_values(own, with_secret())["existing_secret"]
        assert (found["username_key"], found["password_key"]) == ("u", "p")

    def test_keeps_what_lies_in_it_out_of_the_values_also_when_it_is_given(self) -> None:
        given = replace(self.DESCRIPTION, username="me", password=Secret(PASSWORD))
        found = of_values(given, with_secret())
        assert (found["username"], found["password"]) == ("", "")
        found = of_values(given, with_secret(password="p"))
        assert (found["username"], found["password"]) == ("me", "")

    def test_is_seen_as_something_unknown_or_as_what_was_given(self) -> None:
        found = of_evidence(self.DESCRIPTION, with_secret())
        assert (found["username"], found["password"]) == (PRESENT, PRESENT)
        given = replace(self.DESCRIPTION, username="me", password=Secret(PASSWORD))
        found = of_evidence(given, with_secret())
        assert (found["username"], found["password"]) == ("me", PASSWORD)

    def test_of_a_fallback_counts_for_that_alone(self) -> None:
        second = replace(DESCRIPTION, existing_secret=ExistingSecret("b"))
        found = of_values(replace(DESCRIPTION, fallbacks=(second,)), with_secret())
        assert found["password"] == PASSWORD
        assert found["fallbacks"][0]["password"] == ""


class TestTheSecrets:
    def test_are_known_by_name_wherever_the_description_has_one(self) -> None:
        assert secret_fields(Description) == names.SECRET_NAMES
        parts = [kind for kind in (Description, OAuth, ExistingSecret) if is_dataclass(kind)]
        assert set().union(*map(secret_fields, parts)) == names.SECRET_PARTS

    def test_are_not_among_the_names_for_other_expressions(self) -> None:
        found = names.for_values(EVERY_SECRET, place(), application_with())
        for secret in (PASSWORD, TOKEN, KEY):
            assert secret in str(found.full.values())
            assert secret not in str(found.plain.values())
        assert found.full.keys() - found.plain.keys() == names.SECRET_NAMES

    @pytest.mark.parametrize(
        ("description", "expected"),
        [
            (DESCRIPTION, True),
            (replace(DESCRIPTION, password=Secret("")), False),
            (replace(DESCRIPTION, password=Secret(""), oauth=OAuth()), False),
            (replace(DESCRIPTION, password=Secret(""), oauth=OAuth(token=Secret("x"))), True),
            (replace(DESCRIPTION, password=Secret(""), fallbacks=(DESCRIPTION,)), True),
            (replace(DESCRIPTION, password=Secret(""), client_key=Secret(KEY)), True),
        ],
    )
    def test_are_there_or_not(self, description: Description, expected: bool) -> None:
        assert names.for_values(description, place(), application_with()).secret is expected


class TestALabel:
    def test_is_there_for_every_name_that_says_something(self) -> None:
        assert of_values().keys() - LABELS.keys() == {"omit", "keep", "present"}
        assert LABELS.keys() <= of_values().keys()

    def test_is_of_what_goes_into_a_value_and_not_of_its_conditions(self) -> None:
        assert label({"host", "port", "enabled", "omit"}) == "the relay, the port of the relay"
        assert label({"enabled", "keep"}) == "whether mail is sent"
        assert label(set()) == "the same for every relay"


class TestTheNamesOfTraps:
    def test_have_the_login_as_given_also_when_it_lies_in_a_secret(self) -> None:
        description = replace(DESCRIPTION, existing_secret=ExistingSecret("mail"))
        of = with_secret()
        found = names.for_traps(description, names.for_values(description, place(of), of))
        assert (found.full["username"], found.full["password"]) == ("", "")
        assert found.full["given_username"] == "qualytics"
        assert found.full["given_password"] == PASSWORD
        assert PASSWORD not in repr(found)
        assert "given_password" not in names.for_values(description, place(of), of).full

    def test_are_sealed_when_the_user_name_is_the_password(self) -> None:
        description = replace(DESCRIPTION, username=PASSWORD)
        of = application_with()
        found = names.for_traps(description, names.for_values(description, place(of), of))
        assert "given_username" in found.sealed
        assert PASSWORD not in str(found.plain)
