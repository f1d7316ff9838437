# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Further services that send for applications. Part of ``table``."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Entry
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.model import (
    Caveat,
    Mistake,
    Preset,
    UserName,
)


def _caveat(code: str, meaning: str, message: str, fix: str) -> Caveat:
    return Caveat(Entry(code, "info", message, fix, meaning))


SENDING = (
    Preset(
        name="alibaba_directmail",
        title="Alibaba Cloud DirectMail",
        host="smtpdm{region}",
        regions={
            "cn-hangzhou": ".aliyun.com",
            "ap-southeast-1": "-ap-southeast-1.aliyuncs.com",
            "us-east-1": "-us-east-1.aliyuncs.com",
            "eu-central-1": "-eu-central-1.aliyuncs.com",
        },
        recognised_by=r"smtpdm(-[a-z0-9-]+)?\.aliyun(cs)?\.com",
        ports={"tls": (465,), "starttls": (80, 25)},
        auth=("password",),
        username=UserName("the sender address itself", pattern=r"[^@\s]+@[^@\s]+"),
        also_called=("directmail", "aliyun_directmail"),
        source="https://www.alibabacloud.com/help/en/direct-mail/smtp-endpoints",
        caveats=(
            _caveat(
                "directmail-address",
                "DirectMail's user name is the sender address, and its password an SMTP password.",
                "DirectMail's user name is a sender address of the same region, its password the SMTP "
                "password set for that address; the envelope sender must be the same address.",
                "Set the SMTP password in the console under Sender Addresses. Alibaba's instances block port 25.",
            ),
        ),
    ),
    Preset(
        name="smtp2go",
        title="SMTP2GO",
        host="mail{region}.smtp2go.com",
        regions={"global": "", "us": "-us", "eu": "-eu", "au": "-au"},
        recognised_by=r"mail-eu2\.smtp2go\.com",
        ports={"starttls": (587, 2525, 8025, 25, 80), "tls": (465, 8465, 443)},
        auth=("password",),
        username=UserName("that of an SMTP user, and no login of the dashboard"),
        source="https://developers.smtp2go.com/docs/smtp-relay",
        caveats=(
            _caveat(
                "smtp2go-user",
                "SMTP2GO takes SMTP users and verified senders.",
                "SMTP2GO takes the name and password of an SMTP user, and sends only for verified senders.",
                "Create the user under Sending, SMTP Users, and verify the domain under Verified Senders.",
            ),
        ),
    ),
    Preset(
        name="elastic_email",
        title="Elastic Email",
        host="smtp.elasticemail.com",
        recognised_by=r"smtp25\.elasticemail\.com",
        ports={"starttls": (2525, 587, 25), "tls": (465,)},
        auth=("password",),
        username=UserName("that of SMTP credentials, which has the form of an address"),
        also_called=("elasticemail",),
        source="https://help.elasticemail.com/",
        caveats=(
            _caveat(
                "elastic-email-credentials",
                "Elastic Email takes SMTP credentials.",
                "Elastic Email takes SMTP credentials or an API key with the right to send, and no account password.",
                "Create them under Settings, Manage SMTP Credentials.",
            ),
        ),
    ),
    Preset(
        name="mailersend",
        title="MailerSend",
        host="smtp.mailersend.net",
        ports={"starttls": (587, 2525)},
        auth=("password",),
        username=UserName(
            "that of an SMTP user of the domain, which begins with MS_",
            pattern=r"MS_[^@\s]+@[^@\s]+",
        ),
        mistakes=(
            Mistake(
                pattern=r"mlsn\..*",
                meaning="is an API token, and SMTP users have passwords of their own",
                fix="Create an SMTP user under Domains, SMTP, and give its password.",
            ),
        ),
        source="https://www.mailersend.com/help",
        caveats=(
            _caveat(
                "mailersend-user",
                "MailerSend's SMTP users belong to one domain.",
                "MailerSend's SMTP user sends only for the domain that it was made for; a trial account "
                "writes to few recipients.",
                "Create the user under Domains, the domain, SMTP.",
            ),
        ),
    ),
    Preset(
        name="mandrill",
        title="Mailchimp Transactional (Mandrill)",
        host="smtp.mandrillapp.com",
        recognised_by=r"smtp\.us-east-1\.mandrillapp\.com",
        ports={"starttls": (587, 25, 2525), "tls": (465, 2465)},
        auth=("password",),
        also_called=("mailchimp_transactional", "mailchimp"),
        source="https://mailchimp.com/developer/transactional/docs/smtp-integration/",
        caveats=(
            _caveat(
                "mandrill-key",
                "Mandrill's password is an API key.",
                "Mandrill takes an API key as the password, whatever the user name is, and sends only for "
                "verified domains.",
                "Create the key under Settings, SMTP & API Info.",
            ),
        ),
    ),
    Preset(
        name="zeptomail",
        title="Zoho ZeptoMail",
        host="smtp.zeptomail.{region}",
        regions={"us": "com", "eu": "eu", "in": "in"},
        ports={"starttls": (587,), "tls": (465,)},
        auth=("password",),
        username=UserName(
            "the word emailapikey, as it stands, or the from address",
            literal="emailapikey",
            pattern=r"emailapikey|[^@\s]+@[^@\s]+",
        ),
        also_called=("transmail", "zoho_zeptomail"),
        source="https://www.zoho.com/zeptomail/help/smtp-home.html",
        caveats=(
            _caveat(
                "zeptomail-token",
                "ZeptoMail's password is the send mail token of a Mail Agent.",
                "ZeptoMail's user name is the word emailapikey, and the password a Mail Agent's token; the "
                "sender's domain must belong to that agent.",
                "Take both from Mail Agents, the agent, SMTP.",
            ),
        ),
    ),
)
"""In the order of the documentation page."""
