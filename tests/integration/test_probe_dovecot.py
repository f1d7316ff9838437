# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe against Dovecot's submission service, which hands over to Postfix."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from tests.integration.awkward import AWKWARD_PASSWORDS
from tests.integration.probing import (
    PASSWORD,
    address,
    certificate_login,
    codes,
    login,
    request,
    token_login,
    wait_until,
)
from tests.relays.dovecot import Dovecot
from tests.relays.postfix import Relay
from tests.relays.token import TokenServer
from tests.relays.workload import CLIENT

pytestmark = pytest.mark.node

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256")
BAD_TOKENS: Mapping[str, Callable[[TokenServer], str]] = {
    "expired": lambda server: server.token("ada", lifetime=-10),
    "of another scope": lambda server: server.token("ada", scope="mail.read"),
    "of another user": lambda server: server.token("eve"),
    "of another server": lambda server: TokenServer().token("ada"),
    "no token at all": lambda server: "no-token-at-all",
}


@pytest.fixture(scope="module")
def user(dovecot: Dovecot) -> str:
    return new_user(dovecot, PASSWORD)


def new_user(dovecot: Dovecot, password: str) -> str:
    name = f"user-{uuid.uuid4().hex}"
    dovecot.set_user(name, password)
    return name


@pytest.mark.parametrize("port", [587, 465])
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_mechanism_logs_in_over_both_kinds_of_tls(
    dovecot: Dovecot, user: str, port: int, mechanism: str
) -> None:
    result = probe(request(dovecot, port, mechanism=mechanism, **login(user)))
    assert codes(result) == []
    assert result.mechanism == mechanism


@pytest.mark.parametrize("password", AWKWARD_PASSWORDS.values(), ids=AWKWARD_PASSWORDS.keys())
@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256"])
def test_an_awkward_password_logs_in(dovecot: Dovecot, mechanism: str, password: str) -> None:
    name = new_user(dovecot, password)
    result = probe(request(dovecot, 587, mechanism=mechanism, **login(name, password)))
    assert codes(result) == []


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_wrong_password_is_one_failed_login_in_the_log_of_the_server(
    dovecot: Dovecot, mechanism: str
) -> None:
    name = new_user(dovecot, PASSWORD)
    result = probe(request(dovecot, 587, mechanism=mechanism, **login(name, "wrong")))
    assert codes(result) == ["credentials-rejected"]
    wait_until(lambda: sessions(dovecot, name) != [])
    assert sessions(dovecot, name) == ["auth failed, 1 attempts"]


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
@pytest.mark.parametrize("port", [587, 465])
def test_a_token_logs_in(dovecot: Dovecot, tokens: TokenServer, port: int, mechanism: str) -> None:
    settings = token_login("ada", tokens.token("ada"))
    result = probe(request(dovecot, port, mechanism=mechanism, **settings))
    assert codes(result) == []
    assert result.mechanism == mechanism


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
@pytest.mark.parametrize("defect", BAD_TOKENS)
def test_a_bad_token_is_named_with_the_reason_that_the_server_gives(
    dovecot: Dovecot, tokens: TokenServer, mechanism: str, defect: str
) -> None:
    token = BAD_TOKENS[defect](tokens)
    result = probe(request(dovecot, 587, mechanism=mechanism, **token_login("ada", token)))
    assert codes(result) == ["token-rejected"]
    # Dovecot's JSON has these in it, whatever was wrong.
    reason = "401" if mechanism == "XOAUTH2" else "invalid_token"
    assert reason in result.findings[-1].message
    assert token not in repr(result)


def test_a_client_certificate_logs_in(dovecot: Dovecot) -> None:
    result = probe(request(dovecot, 587, **certificate_login(dovecot)))
    assert codes(result) == []
    assert result.mechanism == "EXTERNAL"
    wait_until(lambda: f"Login: user=<{CLIENT}>, method=EXTERNAL" in dovecot.log())


def test_external_without_a_certificate_is_refused_before_anything_is_sent(
    dovecot: Dovecot,
) -> None:
    assert codes(probe(request(dovecot, 587, mechanism="EXTERNAL"))) == ["request-invalid"]


@pytest.mark.parametrize("mechanism", ["PLAIN", "XOAUTH2", "EXTERNAL"])
def test_a_test_mail_is_handed_over_and_found_by_its_token(
    dovecot: Dovecot, relay: Relay, tokens: TokenServer, user: str, mechanism: str
) -> None:
    settings = {
        "PLAIN": login(user),
        "XOAUTH2": token_login("ada", tokens.token("ada")),
        "EXTERNAL": certificate_login(dovecot),
    }[mechanism]
    recipient = address()
    result = probe(request(dovecot, 587, until="data", recipients=(recipient,), **settings))
    assert codes(result) == []
    assert result.mechanism == mechanism
    relay.wait_for_message(recipient, lambda mail: result.token in mail.subject)


def sessions(dovecot: Dovecot, name: str) -> list[str]:
    """What the server says of each session of a user who did not get in."""
    return re.findall(rf"Disconnected: .*\((.*) in \d+ secs\): user=<{name}>", dovecot.log())
