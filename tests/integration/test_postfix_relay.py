# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Postfix relay in the node, as the host reaches it by its Service."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.cluster.kubectl import Kubectl
from tests.cluster.node import Node
from tests.integration.awkward import AWKWARD_PASSWORDS
from tests.relays.postfix import MessageNotDeliveredError, Relay

pytestmark = pytest.mark.node

Connect = Callable[[Relay], AbstractContextManager[smtplib.SMTP]]

SENDER = "hub@example.com"
PASSWORD = "correct horse"
TIMEOUT = 10.0


@pytest.fixture
def recipient() -> str:
    """An address that no other test uses, of a domain that no test has prepared."""
    return f"ada@{uuid.uuid4().hex}.example.org"


@pytest.fixture
def user(relay: Relay) -> Iterator[str]:
    name = f"user-{uuid.uuid4().hex}"
    relay.set_user(name, PASSWORD)
    yield name
    relay.remove_user(name)


def trusting(relay: Relay) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(relay.ca_path))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@contextmanager
def submission(relay: Relay) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(relay.address, 587, timeout=TIMEOUT) as client:
        client.starttls(context=trusting(relay))
        client.ehlo()
        yield client


@contextmanager
def submissions(relay: Relay) -> Iterator[smtplib.SMTP]:
    context = trusting(relay)
    with smtplib.SMTP_SSL(relay.address, 465, timeout=TIMEOUT, context=context) as client:
        client.ehlo()
        yield client


@contextmanager
def plain(relay: Relay) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(relay.address, 25, timeout=TIMEOUT) as client:
        client.ehlo()
        yield client


def auth_plain(client: smtplib.SMTP, user: str, password: str) -> int:
    """Log in with SASL PLAIN in UTF-8, which smtplib's login() cannot; returns the reply code."""
    response = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
    return client.docmd("AUTH", f"PLAIN {response}")[0]


def send(client: smtplib.SMTP, recipient: str, sender: str = SENDER) -> None:
    client.sendmail(sender, [recipient], f"From: {sender}\r\nSubject: hello\r\n\r\nbody\r\n")


def test_587_delivers_for_a_user_over_starttls(relay: Relay, user: str, recipient: str) -> None:
    with submission(relay) as client:
        assert auth_plain(client, user, PASSWORD) == 235
        send(client, recipient)
    message = relay.wait_for_message(recipient)
    assert message.tls_version == "TLSv1.3"
    assert message.sasl_user == user
    assert message.envelope_sender == SENDER
    assert (message.subject, message.text) == ("hello", "body\n")


def test_465_delivers_for_a_user_over_implicit_tls(relay: Relay, user: str, recipient: str) -> None:
    with submissions(relay) as client:
        assert auth_plain(client, user, PASSWORD) == 235
        send(client, recipient)
    message = relay.wait_for_message(recipient)
    assert message.tls_version == "TLSv1.3"
    assert message.sasl_user == user


def test_25_delivers_without_a_user_for_clients_of_the_network(
    relay: Relay, recipient: str
) -> None:
    with plain(relay) as client:
        assert not client.has_extn("auth")
        send(client, recipient)
    message = relay.wait_for_message(recipient)
    assert message.tls_version is None
    assert message.sasl_user is None


def test_25_refuses_a_client_of_another_network(
    relay: Relay, kubectl: Kubectl, recipient: str
) -> None:
    # Loopback inside the relay's pod belongs to no network that may send.
    dialogue = f"EHLO x\r\nMAIL FROM:<{SENDER}>\r\nRCPT TO:<{recipient}>\r\nQUIT\r\n"
    replies = kubectl.run(
        *("-n", "mail", "exec", "-i", "deployment/relay", "--"),
        *("nc", "-w", "5", "127.0.0.1", "25"),
        stdin=dialogue,
    )
    assert "554 5.7.1 <unknown[127.0.0.1]>: Client host rejected: Access denied" in replies


def test_587_offers_auth_only_after_starttls(relay: Relay) -> None:
    with smtplib.SMTP(relay.address, 587, timeout=TIMEOUT) as client:
        client.ehlo()
        assert client.has_extn("starttls")
        assert not client.has_extn("auth")
        assert client.docmd("MAIL", f"FROM:<{SENDER}>")[0] == 530
        client.starttls(context=trusting(relay))
        client.ehlo()
        offered = client.esmtp_features["auth"].split()
        assert {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"} == set(offered)


@pytest.mark.parametrize("connect", [submission, submissions])
def test_a_client_that_does_not_log_in_is_refused(
    relay: Relay, recipient: str, connect: Connect
) -> None:
    with connect(relay) as client, pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        send(client, recipient)
    code, text = caught.value.recipients[recipient]
    assert code == 554
    assert b"5.7.1" in text


def test_a_wrong_password_is_refused(relay: Relay, user: str) -> None:
    with submission(relay) as client:
        assert auth_plain(client, user, f"{PASSWORD} ") == 535


@pytest.mark.parametrize("mechanism", ["auth_login", "auth_cram_md5"])
def test_the_other_mechanisms_of_smtplib_log_in(relay: Relay, user: str, mechanism: str) -> None:
    with submission(relay) as client:
        client.user, client.password = user, PASSWORD
        name = mechanism.removeprefix("auth_").replace("_", "-").upper()
        code, _ = client.auth(name, getattr(client, mechanism))
        assert code == 235


@pytest.mark.parametrize("password", AWKWARD_PASSWORDS.values(), ids=AWKWARD_PASSWORDS.keys())
def test_an_awkward_password_logs_in_and_only_as_it_is(
    relay: Relay, user: str, password: str
) -> None:
    relay.set_user(user, password)
    with submission(relay) as client:
        assert auth_plain(client, user, password) == 235
    with submission(relay) as client:
        assert auth_plain(client, user, password.strip() + "x") == 535


def test_a_user_name_may_be_an_address(relay: Relay, recipient: str) -> None:
    name = f"{uuid.uuid4().hex}@example.com"
    relay.set_user(name, PASSWORD)
    with submission(relay) as client:
        assert auth_plain(client, name, PASSWORD) == 235
        send(client, recipient)
    assert relay.wait_for_message(recipient).sasl_user == name
    relay.remove_user(name)


def test_a_removed_user_is_refused(relay: Relay) -> None:
    name = f"user-{uuid.uuid4().hex}"
    relay.set_user(name, PASSWORD)
    relay.remove_user(name)
    with submission(relay) as client:
        assert auth_plain(client, name, PASSWORD) == 535


@pytest.mark.parametrize("password", ["", "two\nlines"])
def test_a_password_that_no_line_can_carry_is_not_set(relay: Relay, password: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        relay.set_user("somebody", password)


def test_a_sender_of_the_refused_domain_is_refused(relay: Relay, user: str, recipient: str) -> None:
    with submission(relay) as client:
        auth_plain(client, user, PASSWORD)
        with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
            send(client, recipient, sender="ada@refused.example")
    code, text = caught.value.recipients[recipient]
    assert code == 554
    assert b"5.7.1 <ada@refused.example>: Sender address rejected" in text


@pytest.mark.parametrize("name", Relay.hosts())
def test_the_certificate_is_good_for_every_name_of_the_service(relay: Relay, name: str) -> None:
    with (
        socket.create_connection((relay.address, 465), timeout=TIMEOUT) as connection,
        trusting(relay).wrap_socket(connection, server_hostname=name) as session,
    ):
        assert session.version() == "TLSv1.3"


def test_a_client_without_the_private_ca_does_not_trust_the_relay(relay: Relay) -> None:
    context = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError):
        smtplib.SMTP_SSL(relay.address, 465, timeout=TIMEOUT, context=context)


def test_each_recipient_gets_a_mail_of_its_own(relay: Relay) -> None:
    recipients = [f"{uuid.uuid4().hex}@example.org", f"{uuid.uuid4().hex}@example.net"]
    with plain(relay) as client:
        client.sendmail(SENDER, recipients, "Subject: both\r\n\r\nbody\r\n")
    for recipient in recipients:
        relay.wait_for_message(recipient)
        assert len(relay.messages(recipient)) == 1


def test_a_mail_can_be_awaited_by_what_it_says(relay: Relay, recipient: str) -> None:
    with plain(relay) as client:
        for subject in ("first", "second"):
            client.sendmail(SENDER, [recipient], f"Subject: {subject}\r\n\r\nbody\r\n")
    second = relay.wait_for_message(recipient, lambda message: message.subject == "second")
    assert second.subject == "second"
    relay.wait_for_message(recipient, lambda message: message.subject == "first")
    assert len(relay.messages(recipient)) == 2


def test_a_mail_that_does_not_come_is_reported_with_the_log_of_the_relay(
    relay: Relay, recipient: str
) -> None:
    with pytest.raises(MessageNotDeliveredError, match="postfix/"):
        relay.wait_for_message(recipient, timeout=0)


def test_deploying_again_changes_nothing(relay: Relay, kubectl: Kubectl, node: Node) -> None:
    def state() -> object:
        listing = kubectl.json("-n", "mail", "get", "pods,secrets,services,deployments")
        return [
            (each["kind"], each["metadata"]["name"], each["metadata"]["uid"])
            for each in listing["items"]
        ]

    before = state()
    again = Relay.deploy(kubectl, node, folder=relay.ca_path.parent)
    assert state() == before
    assert again.ca_pem == relay.ca_pem
