# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Services that send for applications: how each is recognised, and what to do at it. Part of ``providers``."""

from __future__ import annotations

from .observation import Row
from .provider import Provider

SENDING_SERVICES: tuple[Provider, ...] = (
    Provider(
        "Alibaba Cloud DirectMail",
        host=r"\bsmtpdm(-[a-z0-9-]+)?\.aliyun(cs)?\.com",
        greeting=r"\bsmtpdm\b|\bDirectMail\b",
        source="https://www.alibabacloud.com/help/en/direct-mail/smtp-endpoints",
        hints={
            "credentials-rejected": "the user name is a sender address of the region of {host}, the "
            "password the SMTP password set for it (console, Sender Addresses).",
            "sender-not-allowed": "the envelope sender must be the very address of the login.",
            "sending-quota-reached": "the daily quota grows with the account's reputation; the console "
            "shows it.",
        },
    ),
    Provider(
        "SMTP2GO",
        host=r"\bmail(-[a-z0-9]+)?\.smtp2go\.com",
        greeting=r"\bsmtp2go\.com",
        source="https://support.smtp2go.com/hc/en-gb/articles/13990494697369-Common-Sending-Errors",
        hints={
            "credentials-rejected": "name and password of an SMTP user (Sending, SMTP Users), not those "
            "of the dashboard.",
            "relay-denied": "log in as an SMTP user, or add the outgoing address under Sending, IP "
            "Authentication.",
            "client-refused": "the account allows certain addresses only: Settings, Security.",
            "sender-not-verified": "verify the domain or the address under Sending, Verified Senders.",
        },
    ),
    Provider(
        "Elastic Email",
        host=r"\bsmtp(25)?\.elasticemail\.com",
        greeting=r"\belasticemail\.com",
        hints={
            "credentials-rejected": "SMTP credentials (Settings, Manage SMTP Credentials), or an API key "
            "with the right to send as the password.",
            "sender-not-verified": "verify the domain under Settings, Domains.",
        },
    ),
    Provider(
        "MailerSend",
        host=r"\bsmtp\.mailersend\.net",
        greeting=r"\bmailersend\.net",
        rows=(
            Row(
                "sender-not-verified",
                text=r"#MS42207",
                hint="verify the domain under Domains; the SMTP user must be of that very domain.",
            ),
            Row(
                "sandbox-restricted",
                text=r"#MS4222[0-9]|trial account",
                transient=False,
                hint="a trial account writes only to its administrator: have the account approved.",
            ),
        ),
        hints={
            "credentials-rejected": "an SMTP user of the sending domain (Domains, SMTP), whose name begins "
            "with MS_; an API token does not work.",
        },
    ),
    Provider(
        "Mandrill",
        host=r"\bsmtp(\.us-[a-z]+-[0-9])?\.mandrillapp\.com",
        greeting=r"\bmandrillapp\.com",
        hints={
            "credentials-rejected": "the password is an API key (Settings, SMTP & API Info); the user name "
            "may be anything.",
            "sender-not-verified": "verify the domain under Settings, Domains.",
        },
    ),
)
