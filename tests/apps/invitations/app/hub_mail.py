# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample application's mail: settings from the environment, the invitation, its delivery.

It reads the variables that Qualytics documents, and treats their ports as Qualytics does: 465
speaks TLS from the first byte, 587 uses STARTTLS, 25 is plain.
"""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

_TIMEOUT = 10.0
_IMPLICIT_TLS_PORT = 465
_SUBMISSION_PORT = 587


class MailOffError(Exception):
    """The environment names no relay."""


class SettingsError(Exception):
    """The environment names a relay, but not usably. The message says which variable is wrong."""


class DeliveryError(Exception):
    """The relay did not take the mail. The message says what it said, without the credentials."""


@dataclass(frozen=True)
class MailSettings:
    """What the environment says about mail."""

    server: str
    port: int
    sender: str
    user: str
    password: str = field(repr=False)
    verify_certificate: bool

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> MailSettings:
        """Read the settings.

        :raises MailOffError: SMTP_SERVER is not set.
        :raises SettingsError: a variable is missing or malformed.
        """
        server = environment.get("SMTP_SERVER", "")
        if not server:
            raise MailOffError("mail is off: SMTP_SERVER is not set")
        port = environment.get("SMTP_PORT", "")
        if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
            raise SettingsError(f"SMTP_PORT must be a port number, and is {port!r}")
        sender = environment.get("SMTP_SENDER_EMAIL", "")
        if "@" not in sender or not sender.isprintable():
            raise SettingsError(
                f"SMTP_SENDER_EMAIL must be the sender's address, and is {sender!r}"
            )
        return cls(
            server=server,
            port=int(port),
            sender=sender,
            user=environment.get("SMTP_SENDER_USER", ""),
            password=environment.get("SMTP_SENDER_PASSWORD", ""),
            verify_certificate=environment.get("VERIFY_CERTIFICATE_SIGNERS") != "false",
        )


def invitation(sender: str, recipient: str) -> EmailMessage:
    """The mail that invites ``recipient``, with a text and an HTML part."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = "You are invited to the hub"
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message.set_content(
        "Hello,\n\nyou are invited to join the hub. Sign in with this address to accept:\n"
        f"{recipient}\n\nIf you did not expect this mail, you need do nothing.\n"
    )
    message.add_alternative(
        "<!doctype html>\n<p>Hello,</p>\n<p>you are invited to join the hub. Sign in with this"
        f" address to accept: <b>{_html(recipient)}</b></p>\n"
        "<p>If you did not expect this mail, you need do nothing.</p>\n",
        subtype="html",
    )
    return message


def deliver(settings: MailSettings, message: EmailMessage) -> None:
    """Hand the mail to the relay.

    :raises DeliveryError: the relay cannot be reached, or refuses the session or the mail.
    """
    try:
        with _connect(settings) as relay:
            if settings.user and settings.password:
                _authenticate(relay, settings)
            relay.send_message(message)
    except (OSError, UnicodeError, smtplib.SMTPException) as error:
        # UnicodeError: the server's name is none that DNS could carry.
        raise DeliveryError(_without_credentials(_describe(error), settings)) from None


def plain_response(user: str, password: str) -> str:
    """The initial response of SASL PLAIN, base64 of UTF-8 (RFC 4616, section 2).

    smtplib's own login() encodes ASCII only.
    """
    return base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")


def _connect(settings: MailSettings) -> smtplib.SMTP:
    name = socket.gethostname()
    if settings.port == _IMPLICIT_TLS_PORT:
        context = ssl.create_default_context()
        if not settings.verify_certificate:
            context = _unverified_context()
        return smtplib.SMTP_SSL(
            settings.server, settings.port, name, timeout=_TIMEOUT, context=context
        )
    relay = smtplib.SMTP(settings.server, settings.port, name, timeout=_TIMEOUT)
    if settings.port == _SUBMISSION_PORT:
        # Qualytics' pages do not say whether it verifies the certificate here: this one does not.
        relay.starttls(context=_unverified_context())
    return relay


def _unverified_context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _authenticate(relay: smtplib.SMTP, settings: MailSettings) -> None:
    relay.ehlo_or_helo_if_needed()
    if not relay.has_extn("auth"):
        raise smtplib.SMTPNotSupportedError("the relay offers no AUTH on this connection")
    code, text = relay.docmd("AUTH", "PLAIN " + plain_response(settings.user, settings.password))
    if code != 235:  # RFC 4954, section 6: authentication successful
        raise smtplib.SMTPAuthenticationError(code, text)


def _describe(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(_reply(*reply) for reply in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return _reply(error.smtp_code, error.smtp_error)
    return f"{type(error).__name__}: {error}"


def _reply(code: int, text: bytes | str) -> str:
    return f"{code} {text.decode('utf-8', 'replace') if isinstance(text, bytes) else text}"


def _without_credentials(text: str, settings: MailSettings) -> str:
    """A relay may repeat what it was sent; then its words must not reach a log or an answer."""
    forms = (
        settings.password,
        base64.b64encode(settings.password.encode()).decode("ascii"),
        plain_response(settings.user, settings.password),
    )
    if settings.password and any(form in text for form in forms):
        return "the relay's reply is withheld, because it repeats the password"
    return text


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
