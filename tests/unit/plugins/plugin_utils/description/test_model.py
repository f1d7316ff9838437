# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A description shows no secret, whatever fields it has, and gives all of them to be cleaned out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args, get_type_hints

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description import model
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    Description,
    ExistingSecret,
    OAuth,
    Policy,
)

FALLBACK = Description(host="second.example.com", password=Secret("s3cret-of-fallback"))
FULL = Description(
    host="mail.example.com",
    username="me",
    password=Secret("s3cret-password"),
    oauth=OAuth(token=Secret("s3cret-token"), client_secret=Secret("s3cret-client"), scope="mail"),
    existing_secret=ExistingSecret("smtp-credentials"),
    ca_pem="-----BEGIN CERTIFICATE-----",
    client_cert="-----BEGIN CERTIFICATE-----",
    client_key=Secret("s3cret-key"),
    fallbacks=(FALLBACK,),
    test_recipients=("a@example.com",),
    policy=Policy(fips=True),
)


def secret_fields(kind: type, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where a dataclass and those in it have fields of type Secret, by their declared types."""
    hints = get_type_hints(kind)
    for entry in fields(kind):
        for part in (hints[entry.name], *get_args(hints[entry.name])):
            if part is Secret:
                yield (*path, entry.name)
            elif is_dataclass(part) and part is not Description:
                assert isinstance(part, type)
                yield from secret_fields(part, (*path, entry.name))


def at(description: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        description = getattr(description, name)
    return description


PATHS = list(secret_fields(Description))


def test_there_are_secrets_to_look_for() -> None:
    assert ("password",) in PATHS
    assert ("oauth", "client_secret") in PATHS


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_the_full_sample_has_every_secret_that_a_description_can_have(
    path: tuple[str, ...],
) -> None:
    assert at(FULL, path)


def test_what_is_shown_holds_no_secret_and_is_plain_data() -> None:
    shown = json.dumps(FULL.redacted())
    assert "s3cret" not in shown
    assert "s3cret" not in repr(FULL)
    assert "BEGIN CERTIFICATE" not in shown


@pytest.mark.parametrize("path", PATHS, ids=".".join)
def test_what_is_shown_says_whether_a_secret_is_set(path: tuple[str, ...]) -> None:
    def shown(description: Description) -> Any:
        data: Any = description.redacted()
        for name in path:
            data = data[name]
        return data

    assert shown(FULL) == "set"
    assert shown(replace(Description(), oauth=OAuth())) == "not set"


def test_what_is_shown_has_every_field_and_what_is_no_secret_as_it_is() -> None:
    shown = FULL.redacted()
    assert list(shown) == [entry.name for entry in fields(Description)]
    assert shown["host"] == "mail.example.com"
    assert shown["oauth"]["scope"] == "mail"
    assert shown["existing_secret"]["name"] == "smtp-credentials"
    assert shown["ca_pem"] == shown["client_cert"] == "set"
    assert shown["fallbacks"][0]["host"] == "second.example.com"
    assert shown["policy"]["fips"] is True
    assert shown["test_recipients"] == ["a@example.com"]


def test_a_field_of_a_kind_that_nobody_thought_of_is_not_shown_by_accident() -> None:
    odd: Any = b"s3cret"
    with pytest.raises(TypeError, match="no way is known to show a bytes"):
        replace(FULL, comment=odd).redacted()


def test_a_user_name_that_is_the_password_too_is_not_shown() -> None:
    token = replace(FULL, username="s3cret-password")
    assert token.username_is_secret
    assert "s3cret" not in json.dumps(token.redacted())
    assert not FULL.username_is_secret
    assert not Description().username_is_secret


def test_all_secrets_are_given_those_of_fallbacks_too() -> None:
    assert sorted(secret.reveal() for secret in FULL.secrets()) == [
        "s3cret-client",
        "s3cret-key",
        "s3cret-of-fallback",
        "s3cret-password",
        "s3cret-token",
    ]
    assert list(Description().secrets()) == []


def test_an_anonymous_relay_is_one_without_a_login_that_is_used() -> None:
    assert Description(auth="none").anonymous
    assert not Description(auth="oauth").anonymous
    assert not Description(enabled=False).anonymous


def test_every_mechanism_belongs_to_one_kind_of_login() -> None:
    names = [name for names in model.MECHANISMS.values() for name in names]
    assert set(model.MECHANISMS) == set(model.AUTHS)
    assert len(names) == len(set(names))
