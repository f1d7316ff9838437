# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe against Postfix, as the host reaches it in the node."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.message import Message
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from tests.integration.awkward import AWKWARD_PASSWORDS
from tests.integration.probing import (
    PASSWORD,
    address,
    certificate,
    codes,
    login,
    outcome,
    request,
    wait_until,
)
from tests.relays.postfix import Relay, Wrong

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


def test_a_mail_that_is_larger_than_the_relay_takes_is_named_before_it_is_sent(
    relay: Relay,
) -> None:
    result = probe(request(relay, 25, security="none", expected_size=50_000_000))
    assert codes(result) == ["message-over-limit"]
    assert result.size_limit == 10_240_000


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_test_mail_is_delivered_and_found_by_its_token(
    relay: Relay, user: str, security: str
) -> None:
    recipients = (address(), address())
    message = Message(
        subject="Grüße",
        subject_prefix="[hub]",
        html="<p>schöne Grüße</p>",
        from_name="Hüb",
        reply_to="reply@example.com",
        envelope_from="bounce@example.com",
    )
    result = probe(
        request(
            relay,
            465 if security == "tls" else 587,
            until="data",
            recipients=recipients,
            message=message,
            **login(user),
        )
    )
    assert codes(result) == []
    assert [each.result for each in result.recipients] == ["sent", "sent"]
    for recipient in recipients:
        mail = relay.wait_for_message(recipient, lambda mail: result.token in mail.subject)
        assert mail.subject.startswith("[hub] Grüße")
        assert mail.envelope_sender == "bounce@example.com"
        assert mail.sasl_user == user
        assert mail.content["Message-ID"] == result.message_id
        assert mail.content["From"] == "Hüb <hub@example.com>"
        assert mail.content["Reply-To"] == "reply@example.com"
        html = mail.content.get_body(preferencelist=("html",))
        assert html is not None
        assert "schöne Grüße" in html.get_content()


def test_the_one_recipient_gets_the_mail_and_the_other_is_named(relay: Relay, user: str) -> None:
    good, bad = address(), address("unknown.example")
    recipients = (bad, good)
    result = probe(request(relay, 587, until="data", recipients=recipients, **login(user)))
    assert codes(result) == ["recipient-unknown"]
    assert [each.result for each in result.recipients] == ["refused", "sent"]
    relay.wait_for_message(good)


def test_addresses_that_are_not_ascii_go_over_smtputf8(relay: Relay, user: str) -> None:
    # The controller gives the engine the ASCII form of a domain.
    recipient = f"bücher-{address('xn--bcher-kva.example')}"
    result = probe(
        request(
            relay,
            587,
            until="data",
            from_address="jürgen@example.com",
            recipients=(recipient,),
            **login(user),
        )
    )
    assert codes(result) == []
    [mail] = [mail for mail in relay.messages() if result.token in mail.subject]
    assert mail.content["From"] == "jürgen@example.com"


def test_a_notice_of_delivery_comes_back_where_it_was_asked_for(relay: Relay, user: str) -> None:
    bounces = address("example.com")
    message = Message(dsn=True, envelope_from=bounces)
    result = probe(request(relay, 587, until="data", message=message, **login(user)))
    assert codes(result) == []
    notice = relay.wait_for_message(bounces)
    assert notice.content.get_content_type() == "multipart/report"


def test_a_relay_that_takes_mail_for_anybody_is_named(relay: Relay, user: str) -> None:
    foreign = {"foreign_recipient": address("foreign.example")}
    assert codes(probe(request(relay, 25, security="none", **foreign))) == ["open-relay"]
    assert codes(probe(request(relay, 587, **foreign, **login(user)))) == []


def test_a_client_certificate_is_shown_to_a_relay_that_demands_one(relay: Relay) -> None:
    assert codes(probe(request(relay, Wrong.TLS_CLIENT, **certificate(relay)))) == []
    assert codes(probe(request(relay, Wrong.TLS_CLIENT))) == ["client-certificate-required"]


def test_the_certificate_is_for_the_name_of_the_service_too(relay: Relay) -> None:
    named = request(relay, 587, server_name="relay.mail.svc.cluster.local", until="tls")
    assert codes(probe(named)) == []
    other = request(relay, 587, server_name="other.example.org", until="tls")
    assert codes(probe(other)) == ["certificate-name-mismatch"]


def test_a_probe_up_to_rcpt_delivers_nothing(relay: Relay, user: str) -> None:
    recipient = address()
    assert probe(request(relay, 587, recipients=(recipient,), **login(user))).ok
    assert relay.messages(recipient) == []
