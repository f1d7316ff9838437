# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Providers of mailboxes in China, Russia and Europe, and mail servers of one's own. Part of ``table``."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Entry
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.model import (
    Caveat,
    Preset,
    UserName,
)

_MAILBOX = UserName("the full address of the mailbox", pattern=r"[^@\s]+@[^@\s]+")


def _caveat(code: str, meaning: str, message: str, fix: str) -> Caveat:
    return Caveat(Entry(code, "info", message, fix, meaning))


MAILBOXES = (
    Preset(
        name="alibaba_mail",
        title="Alibaba Mail",
        host="smtp.qiye.aliyun.com",
        recognised_by=r"smtp\.mxhichina\.com|smtp\.sg\.aliyun\.com",
        ports={"tls": (465,), "starttls": (25, 80)},
        auth=("password",),
        username=_MAILBOX,
        also_called=("aliyun", "alimail", "mxhichina"),
        source="https://help.aliyun.com/en/document_detail/36687.html",
        caveats=(
            _caveat(
                "alibaba-mail-password",
                "Alibaba Mail has a password of its own for mail programs.",
                "Alibaba Mail refuses the account's password when security passwords for third-party "
                "clients are on, and takes only the login's own address as the sender.",
                "Create a security password in the account's settings, and send from the same address.",
            ),
        ),
    ),
    Preset(
        name="qq_mail",
        title="QQ Mail",
        host="smtp.qq.com",
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        also_called=("qq", "foxmail"),
        source="https://service.mail.qq.com/",
        caveats=(
            _caveat(
                "qq-code",
                "QQ Mail takes an authorization code as the password.",
                "QQ Mail refuses the account's password: SMTP takes an authorization code.",
                "Switch on POP3/SMTP in Settings, Account, and create an authorization code there.",
            ),
        ),
    ),
    Preset(
        name="tencent_exmail",
        title="Tencent Exmail",
        host="smtp.exmail.qq.com",
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        also_called=("tencent", "exmail", "wecom_mail"),
        source="https://exmail.qq.com/",
        caveats=(
            _caveat(
                "tencent-password",
                "Tencent Exmail takes a password made for mail programs.",
                "Tencent Exmail refuses the account's password once secure login is on.",
                "Create a client-specific password under Settings, WeChat binding, secure login.",
            ),
        ),
    ),
    Preset(
        name="netease_163",
        title="163 Mail (NetEase)",
        host="smtp.163.com",
        recognised_by=r"smtp\.(126\.com|yeah\.net|vip\.163\.com|qiye\.163\.com|ym\.163\.com)",
        ports={"tls": (465, 994), "starttls": (25,)},
        auth=("password",),
        username=_MAILBOX,
        also_called=("163", "126", "netease", "yeah"),
        source="https://help.mail.163.com/",
        caveats=(
            _caveat(
                "netease-code",
                "163 Mail takes an authorization code as the password.",
                "163 Mail refuses the account's password: SMTP takes an authorization code, which "
                "expires. The envelope sender and the From address must be the login's own.",
                "Switch on SMTP in Settings, POP3/SMTP/IMAP, and create an authorization code there.",
            ),
        ),
    ),
    Preset(
        name="yandex",
        title="Yandex Mail",
        host="smtp.yandex.com",
        recognised_by=r"smtp\.yandex\.(ru|net|kz|by|com\.tr)",
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        also_called=("yandex_mail", "yandex_360"),
        source="https://yandex.com/support/mail/",
        caveats=(
            _caveat(
                "yandex-password",
                "Yandex takes app passwords, once mail programs are allowed.",
                "Yandex refuses the account's password, and every login until mail programs are "
                "allowed in the mailbox.",
                "Allow them in Mail, Settings, Email clients, and create an app password for mail.",
            ),
        ),
    ),
    Preset(
        name="mail_ru",
        title="Mail.ru",
        host="smtp.mail.ru",
        recognised_by=r"smtp\.(list|bk|inbox)\.ru",
        ports={"tls": (465,), "starttls": (587, 2525)},
        auth=("password",),
        username=_MAILBOX,
        also_called=("mailru", "vk_mail"),
        source="https://help.mail.ru/mail/",
        caveats=(
            _caveat(
                "mail-ru-password",
                "Mail.ru takes passwords for external applications only.",
                "Mail.ru refuses the account's password: SMTP takes a password for external "
                "applications.",
                "Create one under Security, Passwords for external applications.",
            ),
        ),
    ),
    Preset(
        name="ovh",
        title="OVHcloud MX Plan",
        host="smtp.mail.ovh.net",
        recognised_by=r"ssl0\.ovh\.net|(pro\d?|ex\d?)\.mail\.ovh\.(net|ca)|smtp\.mail\.ovh\.ca",
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        also_called=("ovhcloud", "ovh_mx_plan"),
        source="https://help.ovhcloud.com/",
        caveats=(
            _caveat(
                "ovh-host",
                "OVHcloud has several mail products with hosts of their own.",
                "smtp.mail.ovh.net (earlier ssl0.ovh.net) serves MX Plan; Email Pro and Hosted "
                "Exchange have hosts such as pro1.mail.ovh.net and ex.mail.ovh.net.",
                "Give the host that the OVHcloud manager shows as smtp_host for these.",
            ),
        ),
    ),
    Preset(
        name="ionos",
        title="IONOS",
        host="smtp.ionos.{region}",
        regions={
            "com": "com",
            "de": "de",
            "uk": "co.uk",
            "es": "es",
            "fr": "fr",
            "it": "it",
        },
        recognised_by=r"smtp\.(1und1\.(de|com)|kundenserver\.de)",
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        also_called=("1und1", "1and1"),
        source="https://www.ionos.com/help/email/",
    ),
    Preset(
        name="strato",
        title="STRATO",
        host="smtp.strato.de",
        recognised_by=r"smtp\.strato\.com",
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        source="https://www.strato.de/faq/mail/",
    ),
    Preset(
        name="hetzner",
        title="Hetzner web hosting",
        host="mail.your-server.de",
        recognised_by=r"(.+\.)?your-server\.de",
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        also_called=("konsoleh",),
        source="https://docs.hetzner.com/konsoleh/",
        caveats=(
            _caveat(
                "hetzner-cloud-ports",
                "Hetzner Cloud blocks outgoing ports 25 and 465 at first.",
                "Hetzner Cloud blocks outgoing ports 25 and 465 for new customers.",
                "Use port 587 from there, or have the ports opened with a request in the console.",
            ),
        ),
    ),
    Preset(
        name="infomaniak",
        title="Infomaniak",
        host="mail.infomaniak.com",
        recognised_by=r"mail\.infomaniak\.ch",
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        source="https://www.infomaniak.com/en/support",
        caveats=(
            _caveat(
                "infomaniak-device",
                "Infomaniak has a password for each device.",
                "Infomaniak takes the password that was made for this device or application.",
                "Create a device password for the mailbox in the Infomaniak manager.",
            ),
        ),
    ),
    Preset(
        name="gandi",
        title="Gandi",
        host="mail.gandi.net",
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        also_called=("gandimail",),
        source="https://docs.gandi.net/",
    ),
    Preset(
        name="amazon_workmail",
        title="Amazon WorkMail",
        host="smtp.mail.{region}.awsapps.com",
        regions={
            "us-east-1": "us-east-1",
            "us-west-2": "us-west-2",
            "eu-west-1": "eu-west-1",
        },
        ports={"tls": (465,)},
        auth=("password",),
        username=_MAILBOX,
        also_called=("workmail", "aws_workmail"),
        source="https://docs.aws.amazon.com/workmail/latest/userguide/using_IMAP.html",
        caveats=(
            _caveat(
                "workmail-ends",
                "Amazon WorkMail ends on 31 March 2027.",
                "AWS ends Amazon WorkMail on 31 March 2027. Until then it offers port 465 only, and no STARTTLS.",
                "Plan for another relay, such as smtp_provider: amazon_ses.",
            ),
        ),
    ),
    # -- servers of one's own: the host is everybody's own ------------------------------------------
    Preset(
        name="postal",
        title="Postal",
        host="",
        recognised_by=r"(.*[.-])?postal([.-].*)?",
        ports={"starttls": (25, 587, 2525)},
        auth=("password",),
        source="https://docs.postalserver.io/",
        caveats=(
            _caveat(
                "postal-credential",
                "Postal's password is the key of an SMTP credential.",
                "Postal takes the key of an SMTP credential as the password, whatever the user name is, "
                "and sends only for domains of that mail server.",
                "Create the credential in the mail server's Credentials, and verify the sender's domain.",
            ),
        ),
    ),
    Preset(
        name="stalwart",
        title="Stalwart",
        host="",
        recognised_by=r"(.*[.-])?stalwart([.-].*)?",
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        source="https://stalw.art/docs/",
        caveats=(
            _caveat(
                "stalwart-sender",
                "Stalwart takes only senders that the account owns.",
                "Stalwart takes only senders that are addresses of the account, and app passwords where "
                "two-factor authentication is on.",
                "Add the sender to the account's addresses.",
            ),
        ),
    ),
    Preset(
        name="mailcow",
        title="mailcow",
        host="",
        recognised_by=r"(.*[.-])?mailcow([.-].*)?",
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        source="https://docs.mailcow.email/",
        caveats=(
            _caveat(
                "mailcow-sender",
                "mailcow takes only senders that the mailbox may use.",
                "mailcow takes only the mailbox's own address and its aliases as the sender, and app "
                "passwords with access to SMTP.",
                "Allow the sender in the mailbox's settings (Allow to send as).",
            ),
        ),
    ),
    Preset(
        name="mailu",
        title="Mailu",
        host="",
        recognised_by=r"(.*[.-])?mailu([.-].*)?",
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        source="https://mailu.io/",
        caveats=(
            _caveat(
                "mailu-limits",
                "Mailu limits logins and mails for each user.",
                "Mailu refuses senders that the user does not own, and limits the mails of a day "
                "(MESSAGE_RATELIMIT) and failed logins of an address.",
                "Create an authentication token for the application, and raise the limit where needed.",
            ),
        ),
    ),
)
"""In the order of the documentation page."""
