# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe against Postfix, as the host reaches it in the node."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from tests.integration.awkward import AWKWARD_PASSWORDS
from tests.integration.probing import PASSWORD, address, codes, login, outcome, request, wait_until
from tests.relays.postfix import Relay

pytestmark = pytest.mark.node

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256")


@pytest.fixture(scope="module")
def user(relay: Relay) -> Iterator[str]:
    name = f"user-{uuid.uuid4().hex}"
    relay.set_user(name, PASSWORD)
    yield name
    relay.remove_user(name)


@pytest.mark.parametrize("port", [587, 465])
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_mechanism_logs_in_over_both_kinds_of_tls(
    relay: Relay, user: str, port: int, mechanism: str
) -> None:
    result = probe(request(relay, port, mechanism=mechanism, **login(user)))
    assert codes(result) == []
    assert result.mechanism == mechanism
    assert result.reached == "rcpt"


@pytest.mark.parametrize(("port", "security"), [(587, "starttls"), (465, "tls")])
def test_auto_finds_out_what_a_port_speaks(relay: Relay, port: int, security: str) -> None:
    result = probe(request(relay, port, security="auto", until="tls"))
    assert codes(result) == []
    assert result.security == security


def test_25_takes_mail_without_a_login_from_clients_of_the_network(relay: Relay) -> None:
    result = probe(request(relay, 25, security="none"))
    assert codes(result) == []
    assert outcome(result, "auth") == "skipped"
    assert outcome(result, "rcpt") == "ok"


@pytest.mark.parametrize("password", AWKWARD_PASSWORDS.values(), ids=AWKWARD_PASSWORDS.keys())
def test_an_awkward_password_logs_in(relay: Relay, password: str) -> None:
    relay.set_user("awkward", password)
    assert codes(probe(request(relay, 587, **login("awkward", password)))) == []


@pytest.mark.parametrize("mechanism", ["", *MECHANISMS])
def test_a_wrong_password_is_one_failed_login_in_the_log_of_the_relay(
    relay: Relay, user: str, mechanism: str
) -> None:
    before = len(logins(relay))
    result = probe(request(relay, 587, mechanism=mechanism, **login(user, "wrong")))
    assert codes(result) == ["credentials-rejected"]
    wait_until(lambda: len(logins(relay)) > before)
    assert logins(relay)[before:] == ["0/1"]


def logins(relay: Relay) -> list[str]:
    """AUTH commands of each session that had some: those that succeeded / all."""
    return re.findall(r" disconnect from .* auth=(\S+)", relay.log())


def test_a_refused_sender_is_named(relay: Relay, user: str) -> None:
    result = probe(request(relay, 587, from_address="hub@refused.example", **login(user)))
    assert codes(result) == ["sender-rejected"]


@pytest.mark.parametrize(
    ("domain", "code"),
    [
        ("unknown.example", "recipient-unknown"),
        ("greylisted.example", "greylisted"),
        ("full.example", "recipient-mailbox-full"),
    ],
)
def test_a_refused_recipient_is_named_and_the_others_are_tried(
    relay: Relay, user: str, domain: str, code: str
) -> None:
    recipients = (address(domain), address())
    result = probe(request(relay, 587, recipients=recipients, **login(user)))
    assert codes(result) == [code]
    assert outcome(result, "rcpt") == "ok"


def test_the_certificate_is_for_the_name_of_the_service_too(relay: Relay) -> None:
    named = request(relay, 587, server_name="relay.mail.svc.cluster.local", until="tls")
    assert codes(probe(named)) == []
    other = request(relay, 587, server_name="other.example.org", until="tls")
    assert codes(probe(other)) == ["certificate-name-mismatch"]


def test_a_probe_up_to_rcpt_delivers_nothing(relay: Relay, user: str) -> None:
    recipient = address()
    assert probe(request(relay, 587, recipients=(recipient,), **login(user))).ok
    assert relay.messages(recipient) == []
