# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen leads to the right finding: each row and each hint has its example here."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.diagnosis import (
    TABLE,
    diagnose,
    transient,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.observation import Observation, Row
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.protocol import Reply
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.providers import (
    PROVIDERS,
    Provider,
    recognise,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.relay_catalogue import FACTS
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.reply_meaning import meaning

STAGES = ("banner", "ehlo", "starttls", "auth", "mail", "rcpt", "data")
SENDER = "app@example.org"
RECIPIENT = "ops@example.net"


def saw(reply: str) -> Reply:
    match = re.fullmatch(r"(\d{3}) (?:(\d\.\d+\.\d+) )?(.*)", reply)
    assert match
    return Reply(int(match.group(1)), (match.group(3),), match.group(2) or "")


def known(host: str, **more: str) -> dict[str, str]:
    """The facts of a walk to a host."""
    facts = dict.fromkeys(FACTS, "x") | {"host": host, "port": "587", "greeting": "", "proxy": ""}
    return facts | {"sender": SENDER, "recipient": RECIPIENT, "mechanism": "PLAIN"} | more


def found(seen: Observation, host: str, **more: str) -> Finding:
    return diagnose(seen, where="here", facts=known(host, **more))


SES = "email-smtp.eu-west-1.amazonaws.com"
GMAIL = "smtp.gmail.com"
WORKSPACE = "smtp-relay.gmail.com"
M365 = "smtp.office365.com"
OUTLOOK = "smtp-mail.outlook.com"
SENDGRID = "smtp.sendgrid.net"
MAILGUN = "smtp.mailgun.org"
POSTMARK = "smtp.postmarkapp.com"
BREVO = "smtp-relay.brevo.com"
MAILJET = "in-v3.mailjet.com"
SPARKPOST = "smtp.sparkpostmail.com"
ZOHO = "smtp.zoho.com"
FASTMAIL = "smtp.fastmail.com"
ICLOUD = "smtp.mail.me.com"
OCI = "smtp.email.eu-frankfurt-1.oci.oraclecloud.com"
AZURE = "smtp.azurecomm.net"
RESEND = "smtp.resend.com"
SCALEWAY = "smtp.tem.scaleway.com"
YAHOO = "smtp.mail.yahoo.com"
DIRECTMAIL = "smtpdm.aliyun.com"
SMTP2GO = "mail.smtp2go.com"
ELASTIC = "smtp.elasticemail.com"
MAILERSEND = "smtp.mailersend.net"
MANDRILL = "smtp.mandrillapp.com"
ALIBABA = "smtp.qiye.aliyun.com"
QQ = "smtp.qq.com"
NETEASE = "smtp.163.com"
YANDEX = "smtp.yandex.com"
MAILRU = "smtp.mail.ru"
OVH = "smtp.mail.ovh.net"
IONOS = "smtp.ionos.de"
STRATO = "smtp.strato.de"
HETZNER = "mail.your-server.de"
INFOMANIAK = "mail.infomaniak.com"
GANDI = "mail.gandi.net"
WORKMAIL = "smtp.mail.eu-west-1.awsapps.com"
POSTAL = "postal.example.org"
STALWART = "stalwart.example.org"
MAILCOW = "mailcow.example.org"
MAILU = "mailu.example.org"
ANY = "relay.example.org"

HOSTS = {
    "Amazon SES": SES,
    "Gmail": GMAIL,
    "Google Workspace relay": WORKSPACE,
    "Microsoft 365": M365,
    "Outlook.com": OUTLOOK,
    "SendGrid": SENDGRID,
    "Mailgun": MAILGUN,
    "Postmark": POSTMARK,
    "Brevo": BREVO,
    "Mailjet": MAILJET,
    "SparkPost": SPARKPOST,
    "Zoho": ZOHO,
    "Fastmail": FASTMAIL,
    "iCloud": ICLOUD,
    "OCI Email Delivery": OCI,
    "Azure Communication Services": AZURE,
    "Resend": RESEND,
    "Scaleway Transactional Email": SCALEWAY,
    "Yahoo": YAHOO,
    "Alibaba Cloud DirectMail": DIRECTMAIL,
    "SMTP2GO": SMTP2GO,
    "Elastic Email": ELASTIC,
    "MailerSend": MAILERSEND,
    "Mandrill": MANDRILL,
    "Alibaba Mail": ALIBABA,
    "QQ Mail": QQ,
    "163 Mail": NETEASE,
    "Yandex": YANDEX,
    "Mail.ru": MAILRU,
    "OVHcloud": OVH,
    "IONOS": IONOS,
    "STRATO": STRATO,
    "Hetzner": HETZNER,
    "Infomaniak": INFOMANIAK,
    "Gandi": GANDI,
    "Amazon WorkMail": WORKMAIL,
    "Postal": POSTAL,
    "Stalwart": STALWART,
    "mailcow": MAILCOW,
    "Mailu": MAILU,
}

# The replies of the standards and of the usual servers.
GENERAL = [
    ("banner", "554 No SMTP service here", "client-refused"),
    ("banner", "554 5.7.1 Service unavailable; blocked using zen.spamhaus.org", "client-refused"),
    ("rcpt", "554 5.7.1 Service unavailable; Client host blocked using x", "client-refused"),
    ("rcpt", "554 5.7.1 <x[192.0.2.1]>: Client host rejected: Access denied", "client-refused"),
    ("rcpt", "450 4.7.25 Client host rejected: no", "reverse-dns-missing"),
    (
        "rcpt",
        "450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]",
        "reverse-dns-missing",
    ),
    ("banner", "421 4.3.2 All server ports are busy", "relay-unavailable"),
    # Postfix's postscreen, to a client that it does not know yet.
    ("rcpt", "450 4.3.2 Service currently unavailable", "relay-unavailable"),
    ("banner", "421 4.7.0 Too many concurrent SMTP connections", "too-many-connections"),
    ("banner", "421 4.4.5 Service unavailable, concurrency limit reached.", "too-many-connections"),
    ("mail", "451 4.3.0 Temporary server error. Please try again later", "relay-unavailable"),
    ("ehlo", "421 4.7.1 x Error: No client certificate presented", "client-certificate-required"),
    ("ehlo", "501 Syntactically invalid EHLO argument(s)", "ehlo-name-rejected"),
    ("ehlo", "504 5.5.2 no", "ehlo-name-rejected"),
    ("ehlo", "502 unknown", "ehlo-rejected"),
    ("rcpt", "504 5.5.2 <me>: Helo command rejected: need FQDN", "ehlo-name-rejected"),
    ("ehlo", "550 Invalid HELO", "ehlo-name-rejected"),
    ("starttls", "454 4.7.0 TLS not available due to local problem", "starttls-rejected"),
    ("mail", "530 5.7.0 Must issue a STARTTLS command first", "starttls-required"),
    ("auth", "538 Encryption required", "starttls-required"),
    ("auth", "538 no", "starttls-required"),
    ("auth", "530 5.7.11 no", "starttls-required"),
    ("auth", "535 5.7.8 Error: authentication failed: ", "credentials-rejected"),
    ("auth", "535 Incorrect authentication data", "credentials-rejected"),
    ("auth", "550 5.7.8 no", "credentials-rejected"),
    ("auth", "534 5.7.9 Mechanism too weak", "mechanism-rejected"),
    ("auth", "504 5.5.4 Unrecognized authentication type", "mechanism-rejected"),
    ("auth", "454 4.7.0 Temporary authentication failure", "auth-failed-temporarily"),
    ("auth", "535 Too many failed login attempts", "account-locked"),
    ("auth", "535 5.7.8 Account is locked", "account-locked"),
    ("auth", "535 5.7.13 no", "account-suspended"),
    ("auth", "535 5.7.8 Your account has been suspended", "account-suspended"),
    ("auth", "535 Basic authentication is disabled", "basic-auth-disabled"),
    ("auth", "534 5.7.9 Please use an application password", "application-password-required"),
    ("mail", "530 5.7.0 Authentication required", "auth-required"),
    ("rcpt", "550 5.7.1 authentication required", "auth-required"),
    ("rcpt", "553 5.7.1 <a@x>: Sender address rejected: not logged in", "auth-required"),
    ("rcpt", "554 5.7.1 <b@x.example>: Relay access denied", "relay-denied"),
    ("rcpt", "550 relay not permitted", "relay-denied"),
    ("rcpt", "550 5.7.1 Unable to relay", "relay-denied"),
    ("rcpt", "550 5.7.54 SMTP; no", "relay-denied"),
    ("mail", "550 no", "sender-rejected"),
    ("mail", "501 5.1.7 Bad sender address syntax", "sender-rejected"),
    ("rcpt", "554 5.7.1 <a@x>: Sender address rejected: Access denied", "sender-rejected"),
    ("rcpt", "450 4.1.8 <a@x>: Sender address rejected: not found", "sender-domain-unknown"),
    ("rcpt", "553 5.7.1 <a@x>: Sender address rejected: not owned by user u", "sender-not-allowed"),
    ("mail", "553 You are not authorized to send from that email address", "sender-not-allowed"),
    ("data", "550 The sender is not verified", "sender-not-verified"),
    ("data", "550 5.7.26 no", "sender-authentication-failed"),
    (
        "data",
        "550 5.7.1 Email rejected per DMARC policy for example.org",
        "sender-authentication-failed",
    ),
    ("data", "403 Only authorized recipients on trial accounts", "sandbox-restricted"),
    ("rcpt", "550 5.1.1 <b@x>: Recipient address rejected", "recipient-unknown"),
    ("rcpt", "550 Unknown user", "recipient-unknown"),
    ("rcpt", "550 5.7.1 no", "recipient-rejected"),
    ("rcpt", "450 4.2.0 Greylisted, see http://postgrey.example", "greylisted"),
    ("rcpt", "452 4.5.3 no", "too-many-recipients"),
    ("rcpt", "452 Too many recipients", "too-many-recipients"),
    ("rcpt", "552 5.2.2 Quota exceeded", "recipient-mailbox-full"),
    ("rcpt", "452 Mailbox full", "recipient-mailbox-full"),
    ("rcpt", "550 on our suppression list", "recipient-suppressed"),
    ("mail", "552 5.3.4 no", "message-too-big"),
    ("mail", "552 Message size exceeds limit", "message-too-big"),
    ("data", "552 Message is too long.", "message-too-big"),
    ("mail", "452 4.3.1 no", "relay-full"),
    ("mail", "452 Insufficient system storage", "relay-full"),
    ("mail", "450 4.7.1 Error: too much mail from 192.0.2.1", "sending-limit-reached"),
    ("data", "550 5.6.0 no", "message-content-rejected"),
    ("data", "554 5.7.1 This message looks like spam", "message-content-rejected"),
    ("data", "554 no", "message-rejected"),
]

# The providers' own.
OWN = [
    (
        MAILERSEND,
        "data",
        "450 The from.email domain must be verified. #MS42207",
        "sender-not-verified",
    ),
    (MAILERSEND, "data", "450 Trial accounts write to few. #MS42225", "sandbox-restricted"),
    (ALIBABA, "auth", "526 Authentication failure[1]", "account-locked"),
    (ALIBABA, "auth", "526 Authentication failure[0]", "credentials-rejected"),
    (
        ALIBABA,
        "mail",
        "440 mail from account doesn't conform with authentication",
        "sender-not-allowed",
    ),
    (
        QQ,
        "auth",
        "535 Login fail. Account is abnormal, service is not open, password is incorrect, login "
        "frequency limited, or system is busy.",
        "credentials-rejected",
    ),
    (QQ, "auth", "535 Error: 请使用授权码登录。", "application-password-required"),
    (NETEASE, "auth", "550 User has no permission", "account-not-active"),
    (NETEASE, "banner", "421 HL:ICC 163 mx21,O8CowE 1503483104", "too-many-connections"),
    (NETEASE, "banner", "421 HL:REP 163 mx4,wNOowA 1503483104", "client-refused"),
    (NETEASE, "data", "554 DT:SUM 163 smtp10", "sender-not-allowed"),
    (NETEASE, "data", "554 DT:SPM 163 smtp10", "message-content-rejected"),
    (NETEASE, "mail", "550 MI:SPF 163 mx14", "sender-authentication-failed"),
    (NETEASE, "mail", "550 MI:STC 163 smtp1", "sending-quota-reached"),
    (NETEASE, "mail", "451 MI:SFQ 163 smtp1", "sending-limit-reached"),
    (NETEASE, "rcpt", "550 RP:RCL 163 smtp1", "too-many-recipients"),
    (NETEASE, "rcpt", "550 RP:FRL 163 smtp1", "relay-denied"),
    (NETEASE, "ehlo", "550 MI:NHD 163 smtp1", "ehlo-name-rejected"),
    (
        YANDEX,
        "auth",
        "535 5.7.8 Error: authentication failed: This user does not have access rights to this service",
        "account-not-active",
    ),
    (MAILRU, "mail", "550 not local sender over smtp", "sender-not-allowed"),
    (
        MAILRU,
        "auth",
        "535 5.7.0 NEOBHODIM parol prilozheniya / Application password is REQUIRED",
        "application-password-required",
    ),
    (MAILRU, "data", "550 message sending for this account is disabled", "account-suspended"),
    (STRATO, "banner", "421 smtp.strato.de : No SMTP service (MBL-B)", "client-refused"),
    (POSTAL, "data", "530 From/Sender name is not valid", "sender-not-verified"),
    (SMTP2GO, "rcpt", "550 Relay access denied - please authenticate", "relay-denied"),
    (SMTP2GO, "data", "550 From header sender domain not verified", "sender-not-verified"),
    (DIRECTMAIL, "data", "554 You have exceeded your daily quota", "sending-quota-reached"),
    (SES, "auth", "535 Authentication Credentials Invalid", "credentials-rejected"),
    (SES, "auth", "535 Account not subscribed to SES", "account-not-active"),
    (SES, "mail", "530 Authentication required", "auth-required"),
    (
        SES,
        "data",
        "554 Message rejected: Email address is not verified. The following identities failed the "
        f"check in region EU-WEST-1: {SENDER}, {RECIPIENT}",
        "sender-not-verified",
    ),
    (
        SES,
        "data",
        "554 Message rejected: Email address is not verified. The following identities failed the "
        f"check in region EU-WEST-1: {RECIPIENT}",
        "sandbox-restricted",
    ),
    (
        SES,
        "data",
        "554 Message rejected: Email address is not verified. The following identities failed the "
        "check in region EU-WEST-1: example.com",
        "sender-not-verified",
    ),
    (
        SES,
        "data",
        "554 Access denied: User `arn` is not authorized to perform `ses:SendRawEmail' on resource",
        "account-not-active",
    ),
    (
        SES,
        "data",
        "554 Message rejected: Sending paused for this account. For more information",
        "account-suspended",
    ),
    (SES, "data", "454 Throttling failure: Maximum sending rate exceeded", "sending-limit-reached"),
    (SES, "data", "454 Throttling failure: Daily message quota exceeded", "sending-quota-reached"),
    (SES, "auth", "454 Temporary authentication failure", "auth-failed-temporarily"),
    (SES, "data", "454 Temporary service failure", "relay-unavailable"),
    (SES, "banner", "421 Too many concurrent SMTP connections", "too-many-connections"),
    (SES, "data", "552 Message is too long.", "message-too-big"),
    (SES, "mail", "553 <app> Invalid email address", "sender-rejected"),
    (SES, "rcpt", "553 <ops> address unknown", "recipient-rejected"),
    (GMAIL, "auth", "535 5.7.8 Username and Password not accepted", "credentials-rejected"),
    (
        GMAIL,
        "auth",
        "534 5.7.9 Application-specific password required",
        "application-password-required",
    ),
    (
        GMAIL,
        "auth",
        "534 5.7.14 <https://accounts.google.com> Please log in via your web browser",
        "account-locked",
    ),
    (GMAIL, "auth", "454 4.7.0 Too many login attempts, please try again later", "account-locked"),
    (GMAIL, "data", "550 5.4.5 Daily user sending limit exceeded", "sending-quota-reached"),
    (GMAIL, "mail", "530 5.7.0 Must issue a STARTTLS command first.", "starttls-required"),
    (GMAIL, "rcpt", "452 4.2.2 The recipient's inbox is full", "recipient-mailbox-full"),
    (
        GMAIL,
        "data",
        "550 5.7.26 This mail is unauthenticated, which poses a risk",
        "sender-authentication-failed",
    ),
    (
        WORKSPACE,
        "ehlo",
        "421 4.7.0 Try again later, closing connection. (EHLO)",
        "ehlo-name-rejected",
    ),
    (
        WORKSPACE,
        "rcpt",
        "550 5.4.5 Daily SMTP relay limit exceeded for user",
        "sending-quota-reached",
    ),
    (
        WORKSPACE,
        "rcpt",
        "450 4.2.1 Peak SMTP relay limit exceeded for customer.",
        "sending-limit-reached",
    ),
    (WORKSPACE, "rcpt", "550 5.7.1 Invalid credentials for relay [192.0.2.1]", "relay-denied"),
    (WORKSPACE, "rcpt", "550 5.7.0 Mail relay denied [192.0.2.1].", "relay-denied"),
    (WORKSPACE, "rcpt", "550 5.7.0 Mail Sending denied. This error", "sender-not-allowed"),
    (
        M365,
        "auth",
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant",
        "basic-auth-disabled",
    ),
    (
        M365,
        "auth",
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox",
        "basic-auth-disabled",
    ),
    (
        M365,
        "auth",
        "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
        "basic-auth-disabled",
    ),
    (
        M365,
        "auth",
        "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security "
        "defaults policy.",
        "basic-auth-disabled",
    ),
    (
        M365,
        "auth",
        "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be "
        "authenticated successfully.",
        "basic-auth-disabled",
    ),
    (
        M365,
        "auth",
        "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.",
        "credentials-rejected",
    ),
    (M365, "auth", "535 5.7.3 Authentication unsuccessful", "credentials-rejected"),
    (M365, "mail", "530 5.7.57 Client not authenticated to send mail", "auth-required"),
    (
        M365,
        "mail",
        "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail",
        "auth-required",
    ),
    (
        M365,
        "data",
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        "sender-not-allowed",
    ),
    (
        M365,
        "data",
        "554 5.2.252 SendAsDenied; u@example.org not allowed to send as app@example.org",
        "sender-not-allowed",
    ),
    (M365, "auth", "550 5.7.30 no", "basic-auth-disabled"),
    (
        M365,
        "auth",
        "550 5.7.30 Basic authentication is not supported for Client Submission.",
        "basic-auth-disabled",
    ),
    (
        M365,
        "data",
        "550 5.7.750 Service unavailable. Client blocked from sending from unregistered domains.",
        "sender-not-verified",
    ),
    (M365, "data", "550 5.1.8 Access denied, bad outbound sender AS(42004)", "account-suspended"),
    (
        M365,
        "auth",
        "432 4.3.2 Concurrent connections limit exceeded.",
        "too-many-connections",
    ),
    (
        M365,
        "data",
        "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",
        "too-many-connections",
    ),
    (M365, "data", "554 5.2.2 Submission quota exceeded", "sending-quota-reached"),
    (
        M365,
        "mail",
        "451 4.7.0 Temporary server error. Please try again later. PRX2",
        "relay-unavailable",
    ),
    (M365, "rcpt", "550 5.7.64 TenantAttribution; Relay Access Denied", "relay-denied"),
    (
        OUTLOOK,
        "auth",
        "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
        "basic-auth-disabled",
    ),
    (OUTLOOK, "auth", "535 5.7.3 Authentication unsuccessful", "credentials-rejected"),
    (
        SENDGRID,
        "data",
        "550 The from address does not match a verified Sender Identity",
        "sender-not-verified",
    ),
    (
        SENDGRID,
        "auth",
        "451 Authentication failed: Maximum credits exceeded",
        "sending-quota-reached",
    ),
    (
        SENDGRID,
        "auth",
        "535 Authentication failed: Bad username / password",
        "credentials-rejected",
    ),
    (SENDGRID, "mail", "550 Unauthenticated senders not allowed", "auth-required"),
    (
        MAILGUN,
        "auth",
        "535 5.7.0 Mailgun is not loving your login or password",
        "credentials-rejected",
    ),
    (
        MAILGUN,
        "data",
        "421 Domain x is not allowed to send: Sandbox subdomains are for test purposes only. Please "
        "add your own domain or add the address to authorized recipients",
        "sandbox-restricted",
    ),
    (
        MAILGUN,
        "data",
        "421 Domain x is not allowed to send: request limit (100) exceeded",
        "sending-quota-reached",
    ),
    (MAILGUN, "data", "550 Domain x is not allowed to send: disabled", "account-suspended"),
    (POSTMARK, "auth", "535 5.7.8 no", "credentials-rejected"),
    (BREVO, "auth", "525 5.7.1 Unauthorized IP address", "client-refused"),
    (
        BREVO,
        "data",
        "502 5.7.0 Your SMTP account is not yet activated. Please contact us",
        "account-not-active",
    ),
    (BREVO, "auth", "535 5.7.8 Authentication failed", "credentials-rejected"),
    (MAILJET, "auth", "535 5.7.8 Error: authentication failed", "credentials-rejected"),
    (
        SPARKPOST,
        "auth",
        "535 5.7.8 Sorry. *** No authentication type succeeded",
        "credentials-rejected",
    ),
    (
        SPARKPOST,
        "data",
        "550 5.7.1 Unconfigured Sending Domain <x.example>",
        "sender-not-verified",
    ),
    (SPARKPOST, "data", "550 5.6.0 JSON parsing error in X-MSYS-API", "message-rejected"),
    (
        SPARKPOST,
        "rcpt",
        "554 5.7.1 recipient address was suppressed due to customer policy",
        "recipient-suppressed",
    ),
    (ZOHO, "mail", "530 Must issue a STARTTLS command first.", "starttls-required"),
    (ZOHO, "mail", "553 Relaying disallowed as app@example.org", "sender-not-allowed"),
    (ZOHO, "auth", "535 Authentication Failed", "credentials-rejected"),
    (ZOHO, "data", "554 5.1.8 Email Outgoing Blocked", "account-suspended"),
    (ZOHO, "data", "550 5.4.6 Unusual sending activity detected.", "account-suspended"),
    (ZOHO, "data", "552 5.7.1 virus Win.Test detected by Zoho Mail", "message-content-rejected"),
    (ZOHO, "data", "552 5.2.0 Email size exceeded the policy.", "message-too-big"),
    (
        ICLOUD,
        "mail",
        "550 5.7.0 From address is not one of your addresses",
        "sender-not-allowed",
    ),
    (OCI, "auth", "421 Too many auth failures, try again later", "account-locked"),
    (OCI, "banner", "421 Too many connections, try again later", "too-many-connections"),
    (
        OCI,
        "data",
        "455 Maximum messages sent per minute reached : limit is 10",
        "sending-limit-reached",
    ),
    (
        OCI,
        "data",
        "455 Maximum messages sent per day reached : limit is 200",
        "sending-quota-reached",
    ),
    (
        OCI,
        "rcpt",
        "254 4.7.1 Suppression for user ocid1.user to ops@example.net",
        "recipient-suppressed",
    ),
    (OCI, "data", "451 Error in Processing", "relay-unavailable"),
    (OCI, "data", "452 System storage error", "relay-full"),
    (AZURE, "data", "550 5.3.5 Email sender's username is invalid", "sender-not-allowed"),
    (
        RESEND,
        "data",
        "550 You can only send testing emails to your own email address (o@example.org).",
        "sandbox-restricted",
    ),
    (RESEND, "data", "550 The example.org domain is not verified. Please", "sender-not-verified"),
    (
        RESEND,
        "data",
        "450 You have reached your daily email sending quota.",
        "sending-quota-reached",
    ),
    (RESEND, "data", "450 Too many requests. Please limit", "sending-limit-reached"),
    (
        YAHOO,
        "auth",
        "535 5.7.0 (#AUTH005) Too many bad auth attempts.",
        "application-password-required",
    ),
    (YAHOO, "mail", "550 Request failed; Mailbox unavailable", "sender-not-allowed"),
]

REPLIES = [*((ANY, *example) for example in GENERAL), *OWN]


@pytest.mark.parametrize(("host", "stage", "reply", "code"), REPLIES)
def test_a_reply_is_diagnosed(host: str, stage: str, reply: str, code: str) -> None:
    finding = found(Observation(stage, reply=saw(reply)), host)
    assert finding.code == code
    assert finding.severity == "error"
    assert reply in finding.message


FAILURES = [
    (Observation("resolve", "name-not-found"), "relay-name-not-found"),
    (Observation("resolve", "name-failure"), "resolver-failed"),
    (Observation("resolve", "timeout"), "resolver-failed"),
    (Observation("connect", "refused"), "relay-refused"),
    (Observation("connect", "timeout"), "relay-timeout"),
    (Observation("connect", "unreachable"), "relay-unreachable"),
    (Observation("connect", "no-route"), "relay-no-route"),
    (Observation("connect", "no-descriptor"), "open-files-limit"),
    (Observation("proxy", "no-descriptor"), "open-files-limit"),
    (Observation("connect", "denied"), "connect-denied"),
    (Observation("connect", "Protocol not available"), "connect-failed"),
    (Observation("connect", "proxy-login", "it wants a login"), "proxy-login-rejected"),
    (Observation("connect", "proxy-denied", "not allowed by its rules"), "proxy-denied"),
    (Observation("banner", "proxy-relay", "503 no"), "proxy-relay-unreachable"),
    (Observation("connect", "proxy-broken", "its reply has no end"), "proxy-broken"),
    (Observation("proxy", "refused"), "proxy-unreachable"),
    (Observation("proxy", "name-not-found"), "proxy-unreachable"),
    (Observation("banner", "speaks-tls"), "relay-speaks-tls-first"),
    (Observation("tls", "speaks-plaintext"), "relay-speaks-plaintext-first"),
    (Observation("tls", "not-tls"), "starttls-answered-in-plaintext"),
    (Observation("mail", "not-tls"), "tls-failed"),
    (Observation("banner", "timeout"), "relay-silent"),
    (Observation("ehlo", "timeout"), "reply-timeout"),
    (Observation("certificate", "verify-issuer"), "certificate-issuer-not-valid-now"),
    (Observation("mail", "deadline"), "probe-too-slow"),
    (Observation("resolve", "deadline"), "probe-too-slow"),
    (Observation("rcpt", "closed"), "connection-lost"),
    (Observation("banner", "closed"), "connection-lost"),
    (Observation("banner", "not-smtp"), "not-smtp"),
    (Observation("ehlo", "code-changed"), "protocol-broken"),
    (Observation("tls", "injected"), "starttls-injection"),
    (Observation("certificate", "verify", verify_code=10), "certificate-expired"),
    (Observation("certificate", "verify", verify_code=9), "certificate-not-yet-valid"),
    (Observation("certificate", "verify", verify_code=18), "certificate-self-signed"),
    (Observation("certificate", "verify", verify_code=19), "certificate-unknown-issuer"),
    (Observation("certificate", "verify", verify_code=20), "certificate-unknown-issuer"),
    (Observation("certificate", "verify", verify_code=62), "certificate-name-mismatch"),
    (Observation("certificate", "verify", verify_code=64), "certificate-name-mismatch"),
    (Observation("certificate", "verify", verify_code=66), "certificate-weak"),
    (Observation("certificate", "verify", verify_code=85), "certificate-invalid"),
    (Observation("tls", "version"), "tls-version-unsupported"),
    (Observation("tls", "cipher"), "tls-cipher-mismatch"),
    (Observation("tls", "server-name"), "tls-server-name-unknown"),
    (Observation("tls", "renegotiation"), "tls-renegotiation-unsafe"),
    (Observation("tls", "client-certificate"), "client-certificate-required"),
    (Observation("ehlo", "client-certificate-rejected"), "client-certificate-rejected"),
    (Observation("tls", "tls"), "tls-failed"),
    (Observation("starttls", "starttls-not-offered"), "starttls-not-offered"),
    (Observation("starttls", "starttls-stripped", "XXXXXXXA"), "starttls-stripped"),
    (Observation("auth", "credentials-withheld"), "credentials-withheld"),
    (Observation("auth", "auth-not-offered"), "auth-not-offered"),
    (Observation("auth", "mechanism-not-offered"), "mechanism-not-offered"),
    (Observation("auth", "mechanism-unknown"), "mechanism-unknown"),
    (Observation("auth", "digest-unavailable"), "mechanism-unavailable"),
    (Observation("auth", "credentials-unusable"), "credentials-unusable"),
    (Observation("auth", "server-unproven"), "auth-server-unproven"),
    (Observation("auth", "challenge-malformed"), "auth-challenge-malformed"),
    (Observation("mail", "smtputf8-not-offered"), "smtputf8-not-offered"),
    (Observation("mail", "something new"), "failure-unknown"),
]


@pytest.mark.parametrize(("seen", "code"), FAILURES)
def test_a_failure_is_diagnosed(seen: Observation, code: str) -> None:
    assert found(seen, ANY).code == code


# What depends on a fact of the walk.
WITH_FACTS = [
    (Observation("connect", "timeout"), {"proxy": "http://proxy:3128"}, "proxy-silent"),
    (Observation("connect", "timeout"), {"port": "25"}, "port-25-timeout"),
    (Observation("auth", "mechanism-unknown"), {"offered": "NTLM, GSSAPI"}, "windows-login-only"),
    (Observation("auth", reply=saw("535 5.7.3 no")), {"mechanism": "XOAUTH2"}, "token-rejected"),
    # After a login, 530 does not ask for one.
    (Observation("mail", reply=saw("530 no")), {"username": ""}, "auth-required"),
]


@pytest.mark.parametrize(("seen", "facts", "code"), WITH_FACTS)
def test_a_fact_of_the_walk_counts_too(seen: Observation, facts: dict[str, str], code: str) -> None:
    assert found(seen, ANY).code != code
    assert found(seen, ANY, **facts).code == code


# -- what nobody knows -----------------------------------------------------------------------------


def test_a_reply_that_nobody_knows_is_called_unknown_with_the_meaning_of_its_codes() -> None:
    finding = found(Observation("mail", reply=saw("455 4.4.5 Moon is full")), ANY)
    assert finding.code == "reply-unknown"
    assert "455 4.4.5 Moon is full" in finding.message
    assert "parameters cannot be served" in finding.fix
    assert "congested" in finding.fix


# Words that no row can know: no vowels but a, and no words of mail.
STRANGE = st.text(alphabet="awxqz ", min_size=1, max_size=60)
CODES = st.integers(min_value=400, max_value=599)
UNREGISTERED = st.one_of(
    st.just(""),
    st.builds("{}.{}".format, st.integers(0, 9), st.integers(min_value=200, max_value=999)),
)


@given(
    stage=st.sampled_from(STAGES),
    code=CODES,
    detail=UNREGISTERED,
    text=STRANGE,
    host=st.sampled_from([ANY, *HOSTS.values()]),
)
def test_unknown_words_never_get_a_confident_cause(
    stage: str, code: int, detail: str, text: str, host: str
) -> None:
    enhanced = f"{code // 100}.{detail}" if detail else ""
    reply = Reply(code, (text,), enhanced)
    finding = found(Observation(stage, reply=reply), host)
    assert meaning(reply) in finding.fix
    # What is said is what the code says, at this stage of the dialogue.
    rows = [row for row in TABLE if row.code == finding.code and not row.knows_words]
    assert any(code in row.reply or row.failure == ("",) for row in rows)


@given(
    example=st.sampled_from(REPLIES),
    host=st.sampled_from([ANY, *HOSTS.values()]),
)
def test_a_relay_never_gets_the_advice_for_another_provider(
    example: tuple[str, str, str, str], host: str
) -> None:
    _host, stage, reply, _code = example
    fix = found(Observation(stage, reply=saw(reply)), host).fix
    others = [name for name in HOSTS if HOSTS[name] != host]
    assert [name for name in others if f" {name}: " in fix] == []


# -- providers ------------------------------------------------------------------------------------


def test_every_provider_is_recognised_by_its_host() -> None:
    assert {provider.name for provider in PROVIDERS} == set(HOSTS)
    for name, host in HOSTS.items():
        provider = recognise(known(host))
        assert provider is not None
        assert provider.name == name


@pytest.mark.parametrize(
    ("greeting", "name"),
    [
        ("email-smtp.amazonaws.com ESMTP SimpleEmailService-d-VCSHDP1YZ A1b2", "Amazon SES"),
        ("smtp.gmail.com ESMTP 5b1f17b1804b1-4539 - gsmtp", "Gmail"),
        ("smtp-relay.gmail.com ESMTP 5b1f17b1804b1-4539 - gsmtp", "Google Workspace relay"),
        (
            "BN6PR03CA0021.outlook.office365.com Microsoft ESMTP MAIL Service ready at Mon",
            "Microsoft 365",
        ),
        ("SG ESMTP service ready at ismtpd0017p1las1.sendgrid.net", "SendGrid"),
        ("Mailgun Influx ready", "Mailgun"),
        ("smtp-relay.brevo.com ESMTP Service Ready", "Brevo"),
        ("in.mailjet.com ESMTP Mailjet", "Mailjet"),
        ("2.0.0 smtp.sparkpostmail.com ESMTP ecelerity 4.1", "SparkPost"),
        ("mx.zohomail.com SMTP Server ready March 6, 2024", "Zoho"),
        ("smtp.fastmail.com ESMTP ready", "Fastmail"),
        ("smtp.tem.scaleway.com ESMTP Service Ready", "Scaleway Transactional Email"),
        ("Resend SMTP Relay ESMTP", "Resend"),
        ("smtp.mail.yahoo.com ESMTP ready", "Yahoo"),
    ],
)
def test_a_provider_behind_another_name_is_recognised_by_what_it_says(
    greeting: str, name: str
) -> None:
    provider = recognise(known("mail.example.org", greeting=greeting))
    assert provider is not None
    assert provider.name == name


@pytest.mark.parametrize(
    "greeting", ["", "relay.example.org ESMTP Postfix", "EXCH01.corp.example Microsoft ESMTP MAIL"]
)
def test_a_relay_of_ones_own_is_no_provider(greeting: str) -> None:
    assert recognise(known("mail.example.org", greeting=greeting)) is None


def test_a_provider_adds_its_hint_to_the_fix() -> None:
    reply = saw("535 5.7.8 Username and Password not accepted")
    generic = found(Observation("auth", reply=reply), ANY)
    gmail = found(Observation("auth", reply=reply), GMAIL)
    assert gmail.fix.startswith(f"{generic.fix} Gmail: the full address, and an app password")


def test_a_hint_of_a_general_row_is_told_whose_ever_relay_it_is() -> None:
    hinted = [
        (seen, facts)
        for host in (ANY, GMAIL)
        for seen, facts in examples(host)
        if next(row for row in TABLE if row.fits(seen, facts)).hint
    ]
    for seen, facts in hinted:
        row = next(row for row in TABLE if row.fits(seen, facts))
        assert row.hint.format_map(facts) in diagnose(seen, where="here", facts=facts).fix


def test_a_hint_is_filled_with_what_is_known_of_the_walk() -> None:
    reply = saw("535 5.7.139 SmtpClientAuthentication is disabled for the Mailbox")
    finding = found(Observation("auth", reply=reply), M365, username="app@example.org")
    assert (
        "Set-CASMailbox -Identity app@example.org -SmtpClientAuthenticationDisabled $false"
        in finding.fix
    )


# -- nothing in the tables is there in vain ---------------------------------------------------------


def examples(host: str) -> Iterator[tuple[Observation, dict[str, str]]]:
    """Everything that is seen in this file, at one host."""
    for _host, stage, reply, _code in REPLIES:
        yield Observation(stage, reply=saw(reply)), known(host)
    yield Observation("mail", reply=saw("455 4.4.5 Moon is full")), known(host)
    for seen, _code in FAILURES:
        yield seen, known(host)
    for seen, facts, _code in WITH_FACTS:
        yield seen, known(host, **facts)


def test_every_general_row_is_the_first_that_fits_some_example() -> None:
    used = {
        next(index for index, row in enumerate(TABLE) if row.fits(seen, facts))
        for seen, facts in examples(ANY)
    }
    assert [row for index, row in enumerate(TABLE) if index not in used] == []


OWN_ROWS = [
    pytest.param(provider, row, id=f"{provider.name} {row.code}")
    for provider in PROVIDERS
    for row in provider.rows
]


@pytest.mark.parametrize(("provider", "row"), OWN_ROWS)
def test_every_row_of_a_provider_is_the_first_that_fits_some_example(
    provider: Provider, row: Row
) -> None:
    host = HOSTS[provider.name]
    first = [
        next((own for own in provider.rows if own.fits(seen, facts)), None)
        for seen, facts in examples(host)
    ]
    assert any(own is row for own in first)


@pytest.mark.parametrize(("provider", "row"), OWN_ROWS)
def test_every_row_of_a_provider_says_more_than_the_general_ones(
    provider: Provider, row: Row
) -> None:
    told = row.hint or provider.hints.get(row.code)
    general = {
        next(row for row in TABLE if row.fits(seen, facts)).code
        for seen, facts in examples(HOSTS[provider.name])
        if row.fits(seen, facts)
    }
    assert told or general != {row.code}


@pytest.mark.parametrize(
    ("provider", "code"),
    [
        pytest.param(provider, code, id=f"{provider.name} {code}")
        for provider in PROVIDERS
        for code in provider.hints
    ],
)
def test_every_hint_is_given_to_somebody(provider: Provider, code: str) -> None:
    findings = [
        diagnose(seen, where="here", facts=facts) for seen, facts in examples(HOSTS[provider.name])
    ]
    start = provider.hints[code].partition("{")[0]
    assert any(
        found.code == code and f"{provider.name}: {start}" in found.fix for found in findings
    )


def test_every_finding_of_the_tables_ends_in_a_whole_sentence() -> None:
    for provider in PROVIDERS:
        for text in (*provider.hints.values(), *(row.hint for row in provider.rows if row.hint)):
            assert text.endswith(".")


# -- retry ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "reply", "host", "again"),
    [
        ("rcpt", "450 4.2.0 Greylisted", ANY, True),
        ("banner", "421 4.7.0 Too many concurrent SMTP connections", ANY, True),
        ("auth", "454 4.7.0 Temporary authentication failure", ANY, True),
        ("mail", "455 4.4.5 Moon is full", ANY, True),
        ("mail", "555 5.4.5 Moon is full", ANY, False),
        ("auth", "535 5.7.8 no", ANY, False),
        ("data", "454 Throttling failure: Maximum sending rate exceeded", SES, True),
        ("data", "454 Throttling failure: Daily message quota exceeded", SES, False),
        ("auth", "432 4.3.2 Concurrent connections limit exceeded.", M365, True),
        ("ehlo", "421 4.7.0 Try again later, closing connection. (EHLO)", WORKSPACE, False),
        ("auth", "454 4.7.0 Too many login attempts, please try again later", GMAIL, False),
        ("auth", "421 Too many auth failures, try again later", OCI, False),
        ("data", "455 Maximum messages sent per minute reached : limit is 10", OCI, True),
        ("data", "455 Maximum messages sent per day reached : limit is 200", OCI, False),
        ("auth", "451 Authentication failed: Maximum credits exceeded", SENDGRID, False),
        ("rcpt", "254 4.7.1 Suppression", OCI, False),
    ],
)
def test_only_a_reply_that_may_pass_within_the_run_is_worth_a_retry(
    stage: str, reply: str, host: str, again: bool
) -> None:
    assert transient(Observation(stage, reply=saw(reply)), known(host)) is again


@pytest.mark.parametrize(
    ("seen", "again"),
    [
        (Observation("ehlo", "closed"), True),
        (Observation("resolve", "name-failure"), True),
        (Observation("connect", "timeout"), False),
        (Observation("connect", "refused"), False),
        (Observation("tls", "verify", verify_code=18), False),
    ],
)
def test_only_a_failure_that_may_pass_within_the_run_is_worth_a_retry(
    seen: Observation, again: bool
) -> None:
    assert transient(seen, known(ANY)) is again


@given(stage=st.sampled_from(STAGES), code=st.integers(500, 599), text=st.text(max_size=60))
def test_a_final_refusal_is_never_worth_a_retry(stage: str, code: int, text: str) -> None:
    assert not transient(Observation(stage, reply=Reply(code, (text,))), known(ANY))
