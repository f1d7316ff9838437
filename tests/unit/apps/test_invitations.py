# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample application: settings, invitation, answers, and what a relay's bad manners do to it.

The dialogue with a real relay is tested in tests/integration.
"""

from __future__ import annotations

import base64
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http import HTTPStatus
from pathlib import Path

import hub_api
import pytest
from hub_mail import (
    DeliveryError,
    MailOffError,
    MailSettings,
    SettingsError,
    deliver,
    invitation,
    plain_response,
)

ENVIRONMENT = {
    "SMTP_SERVER": "relay.example.com",
    "SMTP_PORT": "587",
    "SMTP_SENDER_EMAIL": "hub@example.com",
    "SMTP_SENDER_USER": "hub",
    "SMTP_SENDER_PASSWORD": "correct horse",
    "VERIFY_CERTIFICATE_SIGNERS": "true",
}
REQUEST = json.dumps({"email": "ada@example.org"}).encode()


class Outbox:
    """Takes mails instead of a relay, or fails as one does."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.sent: list[tuple[MailSettings, EmailMessage]] = []

    def __call__(self, settings: MailSettings, message: EmailMessage) -> None:
        if self.error:
            raise self.error
        self.sent.append((settings, message))


def test_settings_come_from_the_documented_variables() -> None:
    settings = MailSettings.from_environment(ENVIRONMENT)
    assert settings == MailSettings(
        server="relay.example.com",
        port=587,
        sender="hub@example.com",
        user="hub",
        password="correct horse",
        verify_certificate=True,
    )


def test_only_the_word_false_switches_verification_off() -> None:
    def verifies(**change: str) -> bool:
        return MailSettings.from_environment({**ENVIRONMENT, **change}).verify_certificate

    assert not verifies(VERIFY_CERTIFICATE_SIGNERS="false")
    assert verifies(VERIFY_CERTIFICATE_SIGNERS="no")


def test_no_server_means_that_mail_is_off() -> None:
    with pytest.raises(MailOffError, match="mail is off"):
        MailSettings.from_environment({"VERIFY_CERTIFICATE_SIGNERS": "true"})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SMTP_PORT", ""),
        ("SMTP_PORT", "smtp"),
        ("SMTP_PORT", "0"),
        ("SMTP_PORT", "70000"),
        ("SMTP_SENDER_EMAIL", ""),
        ("SMTP_SENDER_EMAIL", "hub@example.com\nBcc: eve@example.com"),
    ],
)
def test_a_bad_setting_is_named(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        MailSettings.from_environment({**ENVIRONMENT, variable: value})


def test_settings_do_not_show_the_password() -> None:
    assert "correct horse" not in repr(MailSettings.from_environment(ENVIRONMENT))


def test_an_invitation_has_all_headers_and_two_readable_parts() -> None:
    message = invitation("hub@example.com", "ada@example.org")
    assert message["From"] == "hub@example.com"
    assert message["To"] == "ada@example.org"
    assert message["Subject"]
    assert message["Date"]
    assert message["Message-ID"].endswith("@example.com>")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert all("ada@example.org" in part.get_content() for part in message.iter_parts())


def test_an_address_cannot_bring_markup_into_the_mail() -> None:
    message = invitation("hub@example.com", '"<b>"@example.org')
    html = message.get_body(preferencelist=("html",))
    assert html is not None
    assert "<b>&quot;" not in html.get_content()
    assert '"&lt;b&gt;"@example.org' in html.get_content()


@pytest.mark.parametrize("password", ["päss", "p@ss{{word}}'\"%", " ", "x" * 200])
def test_the_plain_response_carries_any_password(password: str) -> None:
    decoded = base64.b64decode(plain_response("hub", password)).decode()
    assert decoded == f"\0hub\0{password}"


def test_an_accepted_invitation_answers_with_the_message_id() -> None:
    outbox = Outbox()
    status, answer = hub_api.invite(REQUEST, ENVIRONMENT, outbox)
    [(settings, message)] = outbox.sent
    assert status == HTTPStatus.ACCEPTED
    assert answer == {"message_id": message["Message-ID"]}
    assert message["To"] == "ada@example.org"
    assert settings.server == "relay.example.com"


def test_mail_that_is_off_is_a_conflict() -> None:
    outbox = Outbox()
    status, answer = hub_api.invite(REQUEST, {}, outbox)
    assert status == HTTPStatus.CONFLICT
    assert "mail is off" in answer["error"]
    assert not outbox.sent


def test_a_refused_mail_is_a_bad_gateway_with_the_words_of_the_relay() -> None:
    status, answer = hub_api.invite(REQUEST, ENVIRONMENT, Outbox(DeliveryError("554 5.7.1 no")))
    assert (status, answer) == (HTTPStatus.BAD_GATEWAY, {"error": "554 5.7.1 no"})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"email": 1}',
        b'{"email": "ada"}',
        b'{"email": "@example.org"}',
        b'{"email": "ada@"}',
        b'{"email": "a@example.org\\r\\nBcc: b@example.org"}',
    ],
)
def test_a_malformed_request_is_refused(body: bytes) -> None:
    outbox = Outbox()
    status, answer = hub_api.invite(body, ENVIRONMENT, outbox)
    assert status == HTTPStatus.BAD_REQUEST
    assert answer["error"]
    assert not outbox.sent


@contextmanager
def relay_that_answers(*replies: bytes) -> Iterator[int]:
    """A relay on loopback: a greeting, then one reply for each line, where LAST is that line.

    Yields its port.
    """

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as stream:
            line = b""
            for reply in replies:
                stream.write(reply.replace(b"LAST", line))
                stream.flush()
                line = stream.readline().rstrip()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(timeout=10)


def delivery_error(port: int, **change: str) -> str:
    environment = {
        **ENVIRONMENT,
        "SMTP_SERVER": "127.0.0.1",
        "SMTP_PORT": str(port),
        **change,
    }
    settings = MailSettings.from_environment(environment)
    with pytest.raises(DeliveryError) as caught:
        deliver(settings, invitation(settings.sender, "ada@example.org"))
    return str(caught.value)


def test_a_rejected_login_is_reported_with_the_reply() -> None:
    greeting, ehlo = b"220 relay\r\n", b"250-relay\r\n250 AUTH PLAIN\r\n"
    with relay_that_answers(greeting, ehlo, b"535 5.7.8 wrong\r\n", b"221 bye\r\n") as port:
        assert delivery_error(port) == "535 5.7.8 wrong"


def test_a_reply_that_repeats_the_credentials_is_withheld() -> None:
    greeting, ehlo = b"220 relay\r\n", b"250-relay\r\n250 AUTH PLAIN\r\n"
    with relay_that_answers(greeting, ehlo, b"500 what is LAST?\r\n", b"221 bye\r\n") as port:
        error = delivery_error(port)
    assert "withheld" in error
    assert plain_response("hub", "correct horse") not in error


def test_credentials_without_auth_at_the_relay_are_an_error_and_not_an_anonymous_mail() -> None:
    with relay_that_answers(b"220 relay\r\n", b"250 relay\r\n", b"221 bye\r\n") as port:
        assert "no AUTH" in delivery_error(port)


def test_one_credential_alone_does_not_authenticate() -> None:
    greeting, ehlo, refusal = b"220 relay\r\n", b"250 relay\r\n", b"554 LAST\r\n"
    with relay_that_answers(greeting, ehlo, refusal, b"250 ok\r\n", b"221 bye\r\n") as port:
        assert "554 mail from" in delivery_error(port, SMTP_SENDER_PASSWORD="").lower()


def test_an_unreachable_relay_is_a_delivery_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert "ConnectionRefusedError" in delivery_error(port)


def test_a_server_name_that_is_none_is_a_delivery_error() -> None:
    assert "label empty" in delivery_error(25, SMTP_SERVER="relay..example.com")


@pytest.mark.parametrize(
    ("start", "first_line"),
    [
        ("import hub_api; hub_api.main(port=0)", "listening"),
        ("import hub_cmd; hub_cmd.main()", "waiting"),
    ],
)
def test_the_programs_end_at_once_on_sigterm(start: str, first_line: str) -> None:
    command = [sys.executable, "-c", start]
    folder = Path(hub_api.__file__).parent
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert first_line in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
