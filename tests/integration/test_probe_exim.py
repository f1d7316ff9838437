# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe against Exim, whose TLS is GnuTLS and whose policy is its own."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from tests.integration.probing import (
    PASSWORD,
    address,
    certificate,
    certificate_login,
    codes,
    login,
    request,
)
from tests.relays.dovecot import Dovecot
from tests.relays.exim import Exim
from tests.relays.postfix import Relay

pytestmark = pytest.mark.node

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")


@pytest.fixture(scope="module")
def user(exim: Exim) -> str:
    name = f"user-{uuid.uuid4().hex}"
    exim.set_user(name, PASSWORD)
    return name


@pytest.mark.parametrize("port", [587, 465])
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_mechanism_logs_in_over_both_kinds_of_tls(
    exim: Exim, user: str, port: int, mechanism: str
) -> None:
    result = probe(request(exim, port, mechanism=mechanism, **login(user)))
    assert codes(result) == []
    assert result.mechanism == mechanism


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_wrong_password_is_one_failed_login_in_the_log_of_the_server(
    exim: Exim, user: str, mechanism: str
) -> None:
    before = failed_logins(exim, user)
    result = probe(request(exim, 587, mechanism=mechanism, **login(user, "wrong")))
    assert codes(result) == ["credentials-rejected"]
    assert failed_logins(exim, user) == before + 1


def failed_logins(exim: Exim, user: str) -> int:
    # Exim writes the line before it replies.
    return exim.log().count(f"535 Incorrect authentication data (set_id={user})")


@pytest.mark.parametrize("port", [587, 465])
def test_a_client_certificate_logs_in(exim: Exim, port: int) -> None:
    result = probe(request(exim, port, **certificate_login(exim)))
    assert codes(result) == []
    assert result.mechanism == "EXTERNAL"


def test_a_certificate_and_a_password_go_together(exim: Exim, user: str) -> None:
    result = probe(request(exim, 465, **certificate(exim), **login(user)))
    assert codes(result) == []
    assert result.mechanism == "PLAIN"


def test_external_is_not_offered_for_a_certificate_of_another_authority(
    exim: Exim, dovecot: Dovecot
) -> None:
    assert codes(probe(request(exim, 587, **certificate_login(dovecot)))) == [
        "mechanism-not-offered"
    ]


def test_who_does_not_log_in_is_told_to(exim: Exim) -> None:
    assert codes(probe(request(exim, 587))) == ["auth-required"]


def test_an_ehlo_name_that_is_not_liked_is_named(exim: Exim) -> None:
    assert codes(probe(request(exim, 587, ehlo_name="localhost"))) == ["ehlo-name-rejected"]


def test_a_refused_sender_is_named(exim: Exim, user: str) -> None:
    result = probe(request(exim, 587, from_address="hub@refused.example", **login(user)))
    assert codes(result) == ["sender-rejected"]


def test_an_unknown_recipient_is_named(exim: Exim, user: str) -> None:
    recipients = (address("unknown.example"),)
    result = probe(request(exim, 587, recipients=recipients, **login(user)))
    assert codes(result) == ["recipient-unknown"]


def test_greylisting_is_named_and_a_retry_gets_past_it(exim: Exim, relay: Relay, user: str) -> None:
    recipient = address("greylisted-once.example")
    wanted = request(exim, 587, until="data", recipients=(recipient,), **login(user))
    put_off = probe(wanted)
    assert codes(put_off) == ["greylisted"]
    assert put_off.tries == 1
    other = address("greylisted-once.example")
    retried = probe(replace(wanted, recipients=(other,), retries=2, retry_seconds=0.1))
    assert codes(retried) == ["passed-after-retry"]
    assert retried.tries == 2
    assert relay.wait_for_message(other).content["Message-ID"] == retried.message_id


def test_a_sender_that_is_refused_only_when_the_mail_is_there_is_named(
    exim: Exim, user: str
) -> None:
    sender = "hub@unverified.example"
    up_to_rcpt = probe(request(exim, 587, from_address=sender, **login(user)))
    assert codes(up_to_rcpt) == []
    assert [finding.code for finding in up_to_rcpt.findings] == ["sender-unproven"]
    sent = probe(request(exim, 587, until="data", from_address=sender, **login(user)))
    assert codes(sent) == ["sender-not-verified"]


def test_a_test_mail_is_handed_over_and_found_by_its_token(
    exim: Exim, relay: Relay, user: str
) -> None:
    recipient = address()
    result = probe(request(exim, 465, until="data", recipients=(recipient,), **login(user)))
    assert codes(result) == []
    relay.wait_for_message(recipient, lambda mail: result.token in mail.subject)
