# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the probe logs in with, and what is said where it cannot."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    ExistingSecret,
    OAuth,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.login import Login, login
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.options import Until
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import WantedSecret
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    DESCRIPTION,
    PASSWORD,
)

STORED = replace(
    DESCRIPTION, username="", password=Secret(""), existing_secret=ExistingSecret("mail")
)
WANTED = (WantedSecret("mail", (("user", "username"), ("pass", "password"))),)


def secret(**data: str) -> dict[str, Any]:
    return {"data": {key: base64.b64encode(text.encode()).decode() for key, text in data.items()}}


def read_none(_name: str) -> Mapping[str, Any] | None:
    raise AssertionError("no Secret is read where none is needed")


def test_what_is_given_is_used() -> None:
    assert login(DESCRIPTION, (), read_none, "rcpt") == Login("qualytics", Secret(PASSWORD))


def test_what_is_given_beside_a_secret_is_used() -> None:
    both = replace(DESCRIPTION, existing_secret=ExistingSecret("mail"))
    assert login(both, WANTED, read_none, "rcpt") == Login("qualytics", Secret(PASSWORD))


def test_a_given_token_is_used() -> None:
    oauth = replace(
        DESCRIPTION, auth="oauth", password=Secret(""), oauth=OAuth(token=Secret("tok"))
    )
    assert login(oauth, (), read_none, "rcpt") == Login("qualytics", token=Secret("tok"))


def test_a_secret_is_read_by_the_keys_that_the_application_wants() -> None:
    found = login(STORED, WANTED, {"mail": secret(user="hub", **{"pass": "pässword"})}.get, "rcpt")
    assert found == Login("hub", Secret("pässword"))


def test_a_user_name_may_be_given_beside_the_secret() -> None:
    given = replace(STORED, username="given")
    wanted = (WantedSecret("mail", (("pass", "password"),)),)
    found = login(given, wanted, {"mail": secret(**{"pass": "x"})}.get, "rcpt")
    assert (found.username, found.finding) == ("given", None)


@pytest.mark.parametrize(
    ("secrets", "problem"),
    [
        ({}, "mail holds no username and no password"),
        ({"mail": {"data": None}}, "mail holds no username and no password"),
        ({"mail": secret(user="hub")}, "mail holds no password"),
    ],
)
def test_a_secret_that_is_not_whole_leaves_the_login_unproven(
    secrets: dict[str, Any], problem: str
) -> None:
    found = login(STORED, WANTED, secrets.get, "rcpt").finding
    assert found is not None
    assert (found.code, found.severity) == ("login-unproven", "warning")
    assert problem in found.message


def test_a_secret_that_may_not_be_read_leaves_the_login_unproven() -> None:
    def forbidden(_name: str) -> Mapping[str, Any] | None:
        problem = 'secrets "mail" is forbidden'
        raise FindingError(CATALOGUE.finding("cluster-rights-missing", where="x", problem=problem))

    found = login(STORED, WANTED, forbidden, "rcpt").finding
    assert found is not None
    assert found.code == "login-unproven"
    assert "is forbidden" in found.message


def test_a_token_server_that_is_not_there_leaves_the_login_unproven(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    oauth = OAuth(
        token_url="https://127.0.0.1:1/token", client_id="app", client_secret=Secret("s3cret-s")
    )
    found = login(replace(DESCRIPTION, auth="oauth", oauth=oauth), (), read_none, "rcpt").finding
    assert found is not None
    assert (found.code, found.severity) == ("oauth-token-unavailable", "warning")
    assert "https://127.0.0.1:1/token" in found.message


@pytest.mark.parametrize("until", ["connect", "tls"])
def test_nothing_is_looked_for_where_the_probe_does_not_log_in(until: Until) -> None:
    oauth = OAuth(token_url="https://127.0.0.1:1/", client_id="app", client_secret=Secret("s"))
    for each in (STORED, replace(DESCRIPTION, auth="oauth", oauth=oauth)):
        assert login(each, WANTED, read_none, until) == Login()


def test_without_an_application_the_keys_of_a_secret_are_not_known() -> None:
    found = login(STORED, (), read_none, "rcpt").finding
    assert found is not None
    assert "only smtp_application tells the keys" in found.message
