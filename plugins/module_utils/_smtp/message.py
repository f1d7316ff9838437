# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test mail, written as the relay can take it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .protocol import Capabilities

_TEXT = """\
This mail was sent to find out whether mail arrives. Nobody needs to answer.

Search the logs of the relay and of the mailbox for the token in its subject.
"""

# What needs no encoding in a Message-ID, nor in ENVID (RFC 3461 section 4).
TOKEN = re.compile(r"[A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Message:
    """What is in the test mail besides the addresses of the request.

    ``html`` empty leaves that part out. ``envelope_from`` is the sender at MAIL where it is not
    the from address. ``dsn`` asks for delivery status notifications (RFC 3461) where the relay
    offers them. ``token`` stands in the subject, the Message-ID and a header of its own, so that
    the mail can be searched for; empty stands for a new one.
    """

    subject: str = "Test mail"
    subject_prefix: str = ""
    text: str = _TEXT
    html: str = ""
    from_name: str = ""
    reply_to: str = ""
    envelope_from: str = ""
    dsn: bool = False
    token: str = ""


@dataclass(frozen=True)
class Mail:
    """A mail ready to be sent. ``eight_bit`` says whether the relay must be told of 8-bit bytes."""

    content: bytes
    message_id: str
    eight_bit: bool


def new_token() -> str:
    """Return a token that no other mail has."""
    import secrets  # noqa: PLC0415  # only for who sends a mail

    return secrets.token_hex(8)


def write(
    message: Message,
    *,
    author: str,
    reply_to: str,
    recipients: Sequence[str],
    capabilities: Capabilities,
    utf8: bool,
    now: datetime,
) -> Mail:
    """Write the mail with what the relay offers: 8-bit text, or encoded as ASCII.

    The addresses are as they go over the wire, ``reply_to`` may be empty; ``utf8`` allows them,
    and the header, to be UTF-8 (RFC 6531).
    """
    from email.headerregistry import Address  # noqa: PLC0415  # only for who sends a mail
    from email.message import EmailMessage  # noqa: PLC0415  # only for who sends a mail
    from email.policy import SMTP  # noqa: PLC0415  # only for who sends a mail
    from email.utils import format_datetime  # noqa: PLC0415  # only for who sends a mail

    def address(mailbox: str, name: str = "") -> Address:
        local, _at, domain = mailbox.rpartition("@")
        return Address(name, local, domain)

    eight_bit = "8BITMIME" in capabilities
    mail = EmailMessage(SMTP.clone(cte_type="8bit" if eight_bit else "7bit", utf8=utf8))
    domain = author.rpartition("@")[2]
    message_id = f"<{message.token}@{domain}>"
    prefix = f"{message.subject_prefix.rstrip()} " if message.subject_prefix.strip() else ""
    mail["Date"] = format_datetime(now)
    mail["From"] = address(author, message.from_name)
    mail["To"] = [address(recipient) for recipient in recipients]
    if reply_to:
        mail["Reply-To"] = address(reply_to)
    mail["Subject"] = f"{prefix}{message.subject} [{message.token}]"
    mail["Message-ID"] = message_id
    mail["X-Mailops-Token"] = message.token
    # RFC 3834 section 5: no out-of-office note in answer to this.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    content = mail.as_bytes()
    return Mail(content, message_id, eight_bit and not content.isascii())
