# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe against the npm package smtp-server, on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.message import Message
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import ProbeResult
from tests.integration.probing import address, at, codes, login, outcome, token_login
from tests.relays.smtp_server import PASSWORD, SIZE, TOKEN, USERNAME, SmtpServer, smtp_server

SECURITIES = ("starttls", "tls")
MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")
IN_CLEAR = "auth-offered-in-clear"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmtpServer]:
    with smtp_server(tmp_path_factory.mktemp("smtp-server")) as server:
        yield server


def request(server: SmtpServer, security: str = "starttls", **changes: object) -> ProbeRequest:
    port = server.tls if security == "tls" else server.starttls
    return at("127.0.0.1", port, server.ca_pem, security=security, **changes)


def told(result: ProbeResult) -> list[str]:
    """The codes beside the one that this server, as its authors ship it, always brings on STARTTLS."""
    return [code for code in codes(result) if code != IN_CLEAR]


@pytest.mark.parametrize(("security", "found"), [("starttls", [IN_CLEAR]), ("tls", [])])
def test_a_login_that_is_offered_before_the_connection_is_encrypted_is_told(
    server: SmtpServer, security: str, found: list[str]
) -> None:
    assert codes(probe(request(server, security, **login(USERNAME, PASSWORD)))) == found


@pytest.mark.parametrize("security", SECURITIES)
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_mechanism_logs_in_over_both_kinds_of_tls(
    server: SmtpServer, security: str, mechanism: str
) -> None:
    settings = login(USERNAME, PASSWORD)
    result = probe(request(server, security, mechanism=mechanism, **settings))
    assert told(result) == []
    assert result.mechanism == mechanism


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_wrong_password_is_tried_once(server: SmtpServer, mechanism: str) -> None:
    before = server.failed_logins()
    result = probe(request(server, mechanism=mechanism, **login(USERNAME, "wrong")))
    assert told(result) == ["credentials-rejected"]
    assert server.failed_logins() == before + 1


@pytest.mark.parametrize("security", SECURITIES)
def test_a_token_logs_in(server: SmtpServer, security: str) -> None:
    result = probe(request(server, security, **token_login(USERNAME, TOKEN)))
    assert told(result) == []
    assert result.mechanism == "XOAUTH2"


def test_a_bad_token_is_tried_once_and_named_with_the_scope_that_the_server_wants(
    server: SmtpServer,
) -> None:
    before = server.failed_logins()
    result = probe(request(server, **token_login(USERNAME, "ya29.expired")))
    assert told(result) == ["token-rejected"]
    assert "https://mail.example.org/" in result.findings[-1].message
    assert server.failed_logins() == before + 1


def test_a_refused_sender_is_named(server: SmtpServer) -> None:
    settings = login(USERNAME, PASSWORD)
    result = probe(request(server, from_address="hub@refused.example", **settings))
    assert told(result) == ["sender-rejected"]


def test_an_unknown_and_a_greylisted_recipient_are_told_apart(server: SmtpServer) -> None:
    recipients = (address("unknown.example"), address("greylisted.example"), address())
    result = probe(request(server, recipients=recipients, **login(USERNAME, PASSWORD)))
    assert told(result) == ["recipient-unknown", "greylisted"]
    assert outcome(result, "rcpt") == "ok"


def test_a_greylisted_recipient_is_reached_by_a_retry(server: SmtpServer) -> None:
    recipient = address("greylisted.example")
    settings = {"retries": 1, "retry_seconds": 0.1, **login(USERNAME, PASSWORD)}
    result = probe(request(server, until="data", recipients=(recipient,), **settings))
    assert told(result) == ["passed-after-retry"]
    [mail] = server.messages(recipient)
    assert mail["Message-ID"] == result.message_id


@pytest.mark.parametrize("security", SECURITIES)
def test_a_test_mail_is_found_by_its_token(server: SmtpServer, security: str) -> None:
    recipient = address()
    settings = {"until": "data", "recipients": (recipient,), **login(USERNAME, PASSWORD)}
    result = probe(request(server, security, **settings))
    assert told(result) == []
    [mail] = server.messages(recipient)
    assert result.token in mail["Subject"]


def test_a_mail_that_is_too_large_is_not_sent(server: SmtpServer) -> None:
    recipient = address()
    message = Message(text="x" * SIZE)
    settings = {"until": "data", "recipients": (recipient,), **login(USERNAME, PASSWORD)}
    result = probe(request(server, message=message, **settings))
    assert told(result) == ["message-over-limit"]
    assert server.messages(recipient) == []
