# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Providers of mailboxes, and mail servers of one's own: how each is recognised, and its own replies.

Part of ``providers``.
"""

from __future__ import annotations

from .observation import Row
from .provider import Provider

MAILBOX_PROVIDERS: tuple[Provider, ...] = (
    Provider(
        "Alibaba Mail",
        host=r"\bsmtp\.(qiye|sg)\.aliyun\.com|\bsmtp\.mxhichina\.com",
        greeting=r"\bAliyun Mail\b|\bAlimail\b|\bmxhichina\.com",
        source="https://help.aliyun.com/en/document_detail/36687.html",
        rows=(
            Row(
                "account-locked",
                reply=(526,),
                text=r"authentication failure\[1\]",
                hint="after too many wrong logins the account is closed for a while.",
            ),
            Row("credentials-rejected", stage=("auth",), reply=(524, 526)),
        ),
        hints={
            "credentials-rejected": "with security passwords for third-party clients on, only such a "
            "password works (webmail, Settings, Account and security).",
            "sender-not-allowed": "the sender must be the login's own address.",
        },
    ),
    Provider(
        "QQ Mail",
        host=r"\bsmtp\.(exmail\.)?qq\.com",
        greeting=r"\b(newxm)?esmtp[a-z0-9]*\.qq\.com|\bqq\.com\b",
        source="https://service.mail.qq.com/",
        rows=(
            # It names five causes at once.
            Row(
                "credentials-rejected",
                stage=("auth",),
                text=r"account is abnormal, service is not open",
            ),
        ),
        hints={
            "credentials-rejected": "switch on POP3/SMTP (Settings, Account) and use an authorization code "
            "as the password; at Exmail a client-specific password.",
            "application-password-required": "create an authorization code under Settings, Account.",
            "sender-not-allowed": "the sender must be the login's own address.",
        },
    ),
    Provider(
        "163 Mail",
        host=r"\bsmtp\.((vip|qiye|ym)\.)?(163|126)\.com|\bsmtp\.yeah\.net",
        greeting=r"\b163com\[|\bCoremail\b.*\b163\b|\b(163|126)\.com\b",
        source="https://help.mail.163.com/",
        rows=(
            Row("too-many-connections", text=r"\bHL:(ICC|IFC|MEP)\b"),
            Row("client-refused", text=r"\b(HL:REP|HL:IHU|DT:RBL|WM:BLI|CONNECT:)"),
            Row("sender-not-allowed", text=r"\bDT:SUM\b"),
            Row("sender-authentication-failed", text=r"\bMI:(SPF|DMA)\b"),
            Row("sending-quota-reached", text=r"\b(MI:STC|RP:TRC)\b", transient=False),
            Row("sending-limit-reached", text=r"\b(MI:(SFQ|DMC|CEL|CCL)|RP:(QRC|DRC|CEL|CCL))\b"),
            Row("too-many-recipients", text=r"\bRP:RCL\b"),
            Row("relay-denied", text=r"\bRP:FRL\b"),
            Row(
                "ehlo-name-rejected", text=r"\bMI:NHD\b", hint="it wants a name that is not empty."
            ),
            Row(
                "message-content-rejected",
                text=r"\bDT:SPM\b",
                hint="it takes short or repeated texts for spam, test mails too: use a real subject and text.",
            ),
            Row(
                "account-not-active",
                stage=("auth",),
                text=r"no permission|无权登[陆录]",
                hint="switch on SMTP in Settings, POP3/SMTP/IMAP, and use an authorization code.",
            ),
        ),
        hints={
            "credentials-rejected": "an authorization code is the password (Settings, POP3/SMTP/IMAP); it "
            "expires.",
            "sender-not-allowed": "envelope sender and From address must both be the login's own.",
        },
    ),
    Provider(
        "Yandex",
        host=r"\bsmtp\.yandex\.(com(\.tr)?|ru|net|kz|by)",
        greeting=r"\byandex\.net\b",
        source="https://yandex.com/support/mail/",
        rows=(
            Row(
                "account-not-active",
                stage=("auth",),
                text=r"does not have access rights to this service",
                hint="allow mail programs in Mail, Settings, Email clients.",
            ),
        ),
        hints={
            "credentials-rejected": "allow mail programs (Mail, Settings, Email clients) and use an app "
            "password made for mail.",
            "sender-not-allowed": "the sender must be the mailbox or one of its aliases.",
        },
    ),
    Provider(
        "Mail.ru",
        host=r"\bsmtp\.(mail|list|bk|inbox)\.ru",
        greeting=r"\bmail\.ru\b",
        source="https://help.mail.ru/mail/",
        rows=(
            Row("sender-not-allowed", text=r"not local sender over smtp"),
            Row(
                "application-password-required",
                stage=("auth",),
                text=r"parol prilozheniya|application password",
            ),
        ),
        hints={
            "credentials-rejected": "a password for external applications (Security, Passwords for external "
            "applications), with full access to mail.",
            "application-password-required": "Security, Passwords for external applications.",
            "sender-not-allowed": "the sender must be the mailbox's own address.",
            "account-suspended": "log in by browser, change the password, and confirm that it was you.",
        },
    ),
    Provider(
        "OVHcloud",
        host=r"\b(ssl0\.ovh|(smtp|pro\d?|ex\d?)\.mail\.ovh)\.(net|ca)",
        greeting=r"\bovh\.(net|ca)\b",
        hints={
            "credentials-rejected": "the full address; {host} must be that of the product (MX Plan, Email "
            "Pro and Hosted Exchange differ).",
            "account-suspended": "the manager shows an address that is blocked for spam; its password must "
            "be changed.",
        },
    ),
    Provider(
        "IONOS",
        host=r"\bsmtp\.(ionos\.(com|de|co\.uk|es|fr|it)|1und1\.(de|com)|kundenserver\.de)",
        greeting=r"\bkundenserver\.de\b|\bperfora\.net\b",
        source="https://www.ionos.com/help/email/",
        hints={
            "credentials-rejected": "the full address of the mailbox and its own password, not the account's.",
            "sender-not-allowed": "the sender must be an address of the contract.",
        },
    ),
    Provider(
        "STRATO",
        host=r"\bsmtp\.strato\.(de|com)",
        greeting=r"\bstrato\.(de|com)\b|\bRZmta\b",
        source="https://www.strato.de/faq/mail/",
        rows=(
            Row(
                "client-refused",
                stage=("banner",),
                text=r"\(MBL-?[A-Z]?\)",
                transient=False,
                hint="the outgoing address is on STRATO's block list.",
            ),
        ),
        hints={
            "credentials-rejected": "the full address of the mailbox and its own password.",
        },
    ),
    Provider(
        "Hetzner",
        host=r"\byour-server\.de",
        greeting=r"\byour-server\.de\b",
        source="https://docs.hetzner.com/konsoleh/",
        hints={
            "credentials-rejected": "the full address of the mailbox and its own password (konsoleH).",
            "port-25-timeout": "Hetzner Cloud blocks ports 25 and 465 at first: use 587, or ask for them "
            "in the console.",
            "relay-timeout": "Hetzner Cloud blocks ports 25 and 465 at first: use 587, or ask for them in "
            "the console.",
        },
    ),
    Provider(
        "Infomaniak",
        host=r"\bmail\.infomaniak\.(com|ch)",
        greeting=r"\binfomaniak\.(com|ch)\b",
        hints={
            "credentials-rejected": "a password made for this device in the Infomaniak manager.",
        },
    ),
    Provider(
        "Gandi",
        host=r"\bmail\.gandi\.net",
        greeting=r"\bgandi\.net\b",
        hints={
            "credentials-rejected": "the full address and the mailbox's password.",
        },
    ),
    Provider(
        "Amazon WorkMail",
        host=r"\bsmtp\.mail\.[a-z0-9-]+\.awsapps\.com",
        greeting=r"\bawsapps\.com\b",
        source="https://docs.aws.amazon.com/workmail/latest/userguide/using_IMAP.html",
        hints={
            "credentials-rejected": "the full address and the user's WorkMail password, in the region of "
            "{host}.",
            "relay-timeout": "only port 465 (smtp_security: tls) is served.",
            "relay-refused": "only port 465 (smtp_security: tls) is served.",
        },
    ),
    # -- servers of one's own ----------------------------------------------------------------------
    Provider(
        "Postal",
        host=r"(^|[.-])postal[.-]",
        greeting=r"\bESMTP Postal\b|\bPostal/",
        source="https://docs.postalserver.io/",
        rows=(
            Row(
                "sender-not-verified",
                text=r"From/Sender name is not valid",
                hint="add and verify the sender's domain in the mail server's Domains.",
            ),
        ),
        hints={
            "credentials-rejected": "the password is the key of an SMTP credential (the mail server, "
            "Credentials); the user name may be anything.",
            "account-suspended": "an administrator has suspended the mail server or its organisation.",
        },
    ),
    Provider(
        "Stalwart",
        host=r"(^|[.-])stalwart[.-]",
        greeting=r"\bStalwart\b",
        source="https://stalw.art/docs/",
        hints={
            "credentials-rejected": "the account's login name or address; with two-factor authentication an "
            "app password.",
            "sender-not-allowed": "add the sender to the account's addresses, or relax "
            "session.auth.must-match-sender.",
        },
    ),
    Provider(
        "mailcow",
        host=r"(^|[.-])mailcow[.-]",
        greeting=r"\bPostcow\b",
        source="https://docs.mailcow.email/",
        hints={
            "credentials-rejected": "the full address, or an app password with access to SMTP.",
            "sender-not-allowed": "allow the sender in the mailbox's settings (Allow to send as).",
        },
    ),
    Provider(
        "Mailu",
        host=r"(^|[.-])mailu[.-]",
        greeting=r"\bMailu\b",
        source="https://mailu.io/",
        hints={
            "credentials-rejected": "the full address, or an authentication token made for the application; "
            "after many failures Mailu limits the address.",
            "sender-not-allowed": "let the user send as others (allow spoofing), or use an alias of it.",
        },
    ),
)
