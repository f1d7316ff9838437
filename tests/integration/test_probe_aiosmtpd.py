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


def test_a_recipient_that_is_put_off_is_taken_later(relay: AiosmtpdRelay) -> None:
    recipient = address()
    relay.policy.put_off[recipient] = 1
    wanted = request(relay, recipients=(recipient,), **login(USERNAME, PASSWORD))
    assert codes(probe(wanted)) == ["greylisted"]
    assert codes(probe(wanted)) == []
