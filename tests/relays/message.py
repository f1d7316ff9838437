# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A delivered mail, and what its Received header says about the session that brought it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

LOCAL_REALM = "relay"
"""SASL realm of users without a domain (``smtpd_sasl_local_domain`` in configuration/main.cf)."""

_TLS_VERSION = re.compile(r"\(using (\S+) with cipher ")
_SASL_USER = re.compile(r"\(Authenticated sender: (.*?)\)")


@dataclass(frozen=True)
class Message:
    """One mail for one recipient, as the relay has delivered it.

    ``tls_version`` (like ``TLSv1.3``) and ``sasl_user`` are None for a session without TLS or
    without authentication.
    """

    to: str
    envelope_sender: str
    tls_version: str | None
    sasl_user: str | None
    content: EmailMessage

    @classmethod
    def parse(cls, raw: bytes) -> Message:
        """Read a mail that Postfix's virtual(8) has written into a maildir."""
        content = message_from_bytes(raw, policy=policy.default)
        # Only the topmost Received header is the relay's own; others come with the mail.
        received = str(content.get("Received", ""))
        tls = _TLS_VERSION.search(received)
        user = _SASL_USER.search(received)
        return cls(
            to=str(content["X-Original-To"]),
            envelope_sender=str(content["Return-Path"]).strip("<>"),
            tls_version=tls[1] if tls else None,
            sasl_user=user[1].removesuffix(f"@{LOCAL_REALM}") if user else None,
            content=content,
        )

    @property
    def subject(self) -> str:
        """The decoded Subject, empty when there is none."""
        return str(self.content.get("Subject", ""))

    @property
    def text(self) -> str:
        """The decoded plain-text body, empty when there is none."""
        part = self.content.get_body(preferencelist=("plain",))
        return str(part.get_content()) if part else ""
