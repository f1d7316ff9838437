# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe against the PyPI package aiosmtpd, on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from tests.integration.probing import address, at, codes, login
from tests.relays.aiosmtpd_relay import PASSWORD, USERNAME, AiosmtpdRelay, Policy, aiosmtpd_relay

SECURITIES = ("starttls", "tls")


@pytest.fixture
def relay() -> Iterator[AiosmtpdRelay]:
    with aiosmtpd_relay(Policy()) as relay:
        yield relay


def request(relay: AiosmtpdRelay, security: str = "starttls", **changes: object) -> ProbeRequest:
    port = relay.tls if security == "tls" else relay.starttls
    return at("127.0.0.1", port, relay.ca_pem, security=security, **changes)


@pytest.mark.parametrize("security", SECURITIES)
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_both_mechanisms_log_in_over_both_kinds_of_tls(
    relay: AiosmtpdRelay, security: str, mechanism: str
) -> None:
    settings = login(USERNAME, PASSWORD)
    result = probe(request(relay, security, mechanism=mechanism, **settings))
    assert codes(result) == []
    assert result.mechanism == mechanism


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_a_wrong_password_is_tried_once(relay: AiosmtpdRelay, mechanism: str) -> None:
    result = probe(request(relay, mechanism=mechanism, **login(USERNAME, "wrong")))
    assert codes(result) == ["credentials-rejected"]
    assert relay.policy.logins == [False]


def test_who_does_not_log_in_is_told_to(relay: AiosmtpdRelay) -> None:
    assert codes(probe(request(relay))) == ["auth-required"]


def test_a_recipient_that_is_put_off_is_tried_again_as_often_as_asked(
    relay: AiosmtpdRelay,
) -> None:
    recipient = address()
    settings = {"recipients": (recipient,), "retry_seconds": 0.01, **login(USERNAME, PASSWORD)}
    relay.policy.put_off[recipient] = 3
    given_up = probe(request(relay, retries=1, **settings))
    assert (codes(given_up), given_up.tries) == (["greylisted"], 2)
    passed = probe(request(relay, retries=3, **settings))
    assert (codes(passed), passed.tries) == (["passed-after-retry"], 2)


def test_a_wrong_password_is_tried_once_whatever_the_retries(relay: AiosmtpdRelay) -> None:
    result = probe(request(relay, retries=3, retry_seconds=0.01, **login(USERNAME, "wrong")))
    assert result.tries == 1
    assert relay.policy.logins == [False]


@pytest.mark.parametrize("security", SECURITIES)
def test_a_test_mail_is_found_by_its_token(relay: AiosmtpdRelay, security: str) -> None:
    recipients = (address(), address())
    settings = {"until": "data", "recipients": recipients, **login(USERNAME, PASSWORD)}
    result = probe(request(relay, security, **settings))
    assert codes(result) == []
    [(taken_for, mail)] = relay.policy.messages
    assert taken_for == list(recipients)
    assert result.token in mail["Subject"]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("554 Message rejected: Email address is not verified.", "sender-not-verified"),
        ("552 5.3.4 Message size exceeds fixed limit", "message-too-big"),
        ("550 5.7.1 Message rejected as spam", "message-content-rejected"),
        ("550 5.7.26 Unauthenticated mail is prohibited", "sender-authentication-failed"),
        ("451 4.3.0 Temporary server error", "relay-unavailable"),
        ("550 5.9.9 The moon is full", "message-rejected"),
    ],
)
def test_what_is_refused_only_after_the_mail_is_named(
    relay: AiosmtpdRelay, reply: str, code: str
) -> None:
    relay.policy.at_data["late.example"] = reply
    sender = {"from_address": "hub@late.example", **login(USERNAME, PASSWORD)}
    assert codes(probe(request(relay, **sender))) == []
    assert codes(probe(request(relay, until="data", **sender))) == [code]
    assert relay.policy.messages == []
