# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mail providers: how each is recognised, its own replies, and what to do at it.

``source`` is the provider's page that this was read from. Replies that it does not list, and all of
those without a source, are as logs show them that the providers' users have published.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from .mailbox_providers import MAILBOX_PROVIDERS
from .observation import Row
from .provider import Provider
from .sending_services import SENDING_SERVICES

if TYPE_CHECKING:
    from collections.abc import Mapping


PROVIDERS: tuple[Provider, ...] = (
    Provider(
        "Amazon SES",
        host=r"\bemail-smtp\b.*\.amazonaws\.com",
        greeting=r"\bSimpleEmailService\b|\bemail-smtp\b.*\bamazonaws\.com",
        source="https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html",
        rows=(
            Row(
                "account-not-active",
                stage=("auth",),
                text=r"not subscribed to SES",
                hint="sign up for Amazon SES in this region, with the AWS account that the "
                "credentials are of.",
            ),
            Row(
                "account-not-active",
                text=r"not authorized to perform .?ses:",
                hint="attach a policy that allows ses:SendRawEmail to the IAM user of the SMTP "
                "credentials (IAM console: Users, Permissions), and check the identity's own "
                "sending authorisation policy.",
            ),
            Row("account-suspended", text=r"sending (paused|suspended) for this account"),
            # The reply lists the identities that failed: without the sender among them, it is the
            # sandbox that the recipient fails in.
            Row("sender-not-verified", text=r"identities failed the check.*{sender}"),
            Row("sandbox-restricted", text=r"identities failed the check.*{recipient}"),
        ),
        hints={
            "credentials-rejected": "these are SMTP credentials, made in the console of this very "
            "region (SMTP settings, Create SMTP credentials); an AWS access key does not work.",
            "sender-not-verified": "verify the address or its domain under Identities in the SES "
            "console of the region that {host} is in; each region has its own. In the sandbox the "
            "recipients must be verified too.",
            "sandbox-restricted": "verify the recipient under Identities too, send to "
            "success@simulator.amazonses.com, or leave the sandbox (Account dashboard, Request "
            "production access).",
            "account-suspended": "AWS has written to the account's address; the console's "
            "Account dashboard and Reputation metrics say why.",
            "sending-limit-reached": "the account's maximum send rate (a second) is on its "
            "Account dashboard; Service Quotas raises it.",
            "sending-quota-reached": "the quota is for 24 hours, 200 in the sandbox; Service "
            "Quotas raises it.",
            "port-25-timeout": "use port 587 or 2587; EC2 restricts port 25 until AWS lifts that "
            "on request.",
        },
    ),
    Provider(
        "Google Workspace relay",
        host=r"\bsmtp-relay\.gmail\.com",
        greeting=r"\bsmtp-relay\.(gmail|google)\.com",
        source="https://support.google.com/a/answer/6140680",
        rows=(
            Row(
                "ehlo-name-rejected",
                reply=(421,),
                text=r"\(EHLO\)|try again later, closing connection",
                hint="the relay demands a real name in EHLO, best one of the Workspace domains.",
                transient=False,
            ),
            Row("relay-denied", text=r"invalid credentials for relay|mail relay denied"),
            Row(
                "sender-not-allowed",
                text=r"mail sending denied",
                hint="the sender's account is disabled or is none of the Workspace.",
            ),
        ),
        hints={
            "relay-denied": "Admin console, Apps, Google Workspace, Gmail, Routing, SMTP relay "
            "service: add the outgoing address (the reply shows it; IPv4 and IPv6 count apart) or "
            "let it require SMTP authentication, and allow the sender's domain; or set "
            "smtp_ehlo_name to one of the Workspace domains.",
            "credentials-rejected": "the user's full address and an app password; or no login, "
            "where the relay service allows the outgoing address.",
            "token-rejected": "the token needs the scope https://mail.google.com/ and must be of "
            "{username}.",
        },
    ),
    Provider(
        "Gmail",
        host=r"\bsmtp\.(gmail|googlemail)\.com",
        greeting=r"\bgsmtp\b",
        source="https://support.google.com/a/answer/3726730",
        rows=(
            Row(
                "account-locked",
                text=r"log in via your web browser|web ?login required",
                hint="log in as {username} in a browser and confirm that it was you; then use an "
                "app password.",
                transient=False,
            ),
        ),
        hints={
            "credentials-rejected": "the full address, and an app password "
            "(https://myaccount.google.com/apppasswords; two-step verification must be on).",
            "application-password-required": "make it at "
            "https://myaccount.google.com/apppasswords; the administrator of a Workspace may have "
            "to allow two-step verification first.",
            "token-rejected": "the token needs the scope https://mail.google.com/ and must be of "
            "{username}.",
            "sending-quota-reached": "the limit is for 24 hours; a Workspace sends more through "
            "smtp-relay.gmail.com.",
        },
    ),
    Provider(
        "Outlook.com",
        host=r"\bsmtp-mail\.outlook\.com",
        greeting="(?!)",  # it greets as Microsoft 365 does
        hints={
            "basic-auth-disabled": "Outlook.com takes OAuth only: use auth: oauth, or another "
            "relay for an application that has no OAuth.",
            "credentials-rejected": "Outlook.com takes OAuth only; a password, an app password "
            "too, is refused.",
        },
    ),
    Provider(
        "Microsoft 365",
        host=r"\.office365\.(com|us)|\.mail\.protection\.outlook\.com",
        greeting=r"\.outlook\.(office365\.)?com\b",
        source="https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/"
        "authenticated-client-smtp-submission",
        rows=(
            Row(
                "basic-auth-disabled",
                text=r"SmtpClientAuthentication is disabled for the mailbox",
                hint="in Exchange Online PowerShell: Set-CASMailbox -Identity {username} "
                "-SmtpClientAuthenticationDisabled $false; or Microsoft 365 admin centre, Active "
                "users, the user, Mail, Manage email apps, Authenticated SMTP.",
            ),
            Row(
                "basic-auth-disabled",
                text=r"SmtpClientAuthentication is disabled",
                hint="in Exchange Online PowerShell, for this mailbox alone: Set-CASMailbox "
                "-Identity {username} -SmtpClientAuthenticationDisabled $false; for the tenant: "
                "Set-TransportConfig -SmtpClientAuthenticationDisabled $false.",
            ),
            Row(
                "basic-auth-disabled",
                text=r"security defaults",
                hint="security defaults forbid passwords for SMTP: use auth: oauth, or have them "
                "replaced by conditional access (Entra admin centre, Identity, Overview, "
                "Properties, Manage security defaults).",
            ),
            Row(
                "basic-auth-disabled",
                text=r"did not meet the criteria",
                hint="a conditional access policy or multi-factor authentication stopped the "
                "login; Entra admin centre, Users, {username}, Sign-in logs names the policy.",
            ),
            Row(
                "basic-auth-disabled",
                enhanced=r"5\.7\.30",
                hint="passwords are over for client submission in this tenant: use auth: oauth, "
                "or a connector that admits the outgoing address.",
            ),
            Row("credentials-rejected", stage=("auth",), text=r"credentials were incorrect"),
            Row("too-many-connections", text=r"sender thread limit exceeded"),
            Row(
                "sending-quota-reached",
                text=r"submission ?quota ?exceeded|reached your daily limit",
                transient=False,
            ),
            Row("account-suspended", text=r"bad outbound sender"),
            Row(
                "sender-not-verified",
                text=r"unregistered domains?",
                hint="the tenant sends only from its accepted domains: Microsoft 365 admin centre, "
                "Settings, Domains.",
            ),
        ),
        hints={
            "basic-auth-disabled": "from the end of December 2026 passwords are off by default "
            "for existing tenants (an administrator can turn them on again) and not to be had in "
            "new ones: plan for auth: oauth. Until then: Set-CASMailbox -Identity {username} "
            "-SmtpClientAuthenticationDisabled $false, and no authentication policy that blocks "
            "basic authentication for SMTP.",
            "credentials-rejected": "the mailbox's full address and its password; with "
            "multi-factor authentication only an app password or auth: oauth works.",
            "token-rejected": "for an application: the permission SMTP.SendAsApp with admin "
            "consent, a token for https://outlook.office365.com/.default, and in Exchange Online "
            "PowerShell New-ServicePrincipal and Add-MailboxPermission -Identity {username} "
            "-User SERVICE_PRINCIPAL -AccessRights FullAccess; for a user: the scope "
            "https://outlook.office.com/SMTP.Send. SMTP AUTH must be on for the mailbox too.",
            "auth-required": "log in with a licensed mailbox, or relay by address through a "
            "connector on TENANT.mail.protection.outlook.com port 25.",
            "sender-not-allowed": "in Exchange Online PowerShell: Add-RecipientPermission "
            "-Identity {sender} -Trustee {username} -AccessRights SendAs.",
            "account-suspended": "the mailbox was stopped as a source of spam: Microsoft Defender "
            "portal, Email & collaboration, Review, Restricted entities.",
            "relay-denied": "Exchange admin centre, Mail flow, Connectors: a connector from your "
            "organisation's server that admits the outgoing address or certificate.",
            "too-many-connections": "a mailbox may have three at a time.",
            "relay-timeout": "it listens on 587 and 25 with STARTTLS, and not on 465.",
            "relay-refused": "it listens on 587 and 25 with STARTTLS, and not on 465.",
        },
    ),
    Provider(
        "SendGrid",
        host=r"\bsendgrid\.net",
        greeting=r"\bSG ESMTP\b|\bsendgrid\.net",
        source="https://sendgrid.com/docs/for-developers/sending-email/"
        "smtp-errors-and-troubleshooting/",
        hints={
            "credentials-rejected": "the user name is the word apikey, the password an API key "
            "with the permission Mail Send (Settings, API Keys).",
            "auth-required": "the user name is the word apikey, the password an API key with the "
            "permission Mail Send (Settings, API Keys).",
            "sender-not-verified": "Settings, Sender Authentication: authenticate the domain or "
            "verify the single sender.",
            "sending-quota-reached": "the plan's credits are used up (Settings, Account Details).",
        },
    ),
    Provider(
        "Mailgun",
        host=r"\bsmtp\.(eu\.)?mailgun\.org",
        greeting=r"\bMailgun\b",
        source="https://help.mailgun.com/hc/en-us/articles/202051664",
        rows=(
            Row("sandbox-restricted", text=r"for test purposes only"),
            Row("sending-quota-reached", text=r"request limit .*exceeded", transient=False),
            Row("account-suspended", text=r"not allowed to send|domain .*disabled"),
        ),
        hints={
            "credentials-rejected": "the SMTP credentials of the sending domain (Sending, Domain "
            "settings, SMTP credentials), no API key; a domain of the EU region needs "
            "smtp.eu.mailgun.org.",
            "sandbox-restricted": "add the recipient under Authorized Recipients of the sandbox "
            "domain and have it confirm, or use a domain of your own.",
            "account-suspended": "the control panel says why the domain or account is disabled; "
            "support lifts it.",
        },
    ),
    Provider(
        "Postmark",
        host=r"\bsmtp(-broadcasts)?\.postmarkapp\.com",
        greeting=r"\bpostmarkapp\.com",
        source="https://postmarkapp.com/support/article/common-smtp-connection-errors",
        hints={
            "credentials-rejected": "a Server API token (Servers, the server, API Tokens) is user "
            "name and password both; an Account API token does not work.",
            "sender-not-verified": "Sender Signatures: confirm the address, or verify the domain.",
            "port-25-timeout": "use port 587 or 2525.",
            "relay-timeout": "use port 587 or 2525; 465 is not served.",
            "recipient-suppressed": "reactivate the recipient in the message stream's "
            "Suppressions.",
        },
    ),
    Provider(
        "Brevo",
        host=r"\bsmtp-relay\.(brevo|sendinblue)\.com",
        greeting=r"\bsmtp-relay\.(brevo|sendinblue)\.com",
        source="https://help.brevo.com/hc/articles/115000188150",
        rows=(
            Row(
                "client-refused",
                text=r"unauthorized ip address",
                hint="Settings, Security, Authorized IPs: add the outgoing address, or switch the "
                "blocking off for SMTP keys.",
            ),
            Row(
                "account-not-active",
                text=r"SMTP account is not yet activated",
                hint="ask Brevo's support to activate transactional sending.",
                transient=False,
            ),
        ),
        hints={
            "credentials-rejected": "Settings, SMTP & API: the SMTP login as user name and an "
            "SMTP key as password; neither an API key nor the account's password works.",
            "sender-not-verified": "Settings, Senders, domains, dedicated IPs: add the sender and "
            "authenticate its domain.",
        },
    ),
    Provider(
        "Mailjet",
        host=r"\bin(-v3)?\.mailjet\.com",
        greeting=r"\bmailjet\.com",
        source="https://documentation.mailjet.com/hc/en-us/articles/360053556214",
        hints={
            "credentials-rejected": "the API key as user name and the secret key as password "
            "(Account settings, API key management).",
            "sender-not-verified": "Account settings, Sender domains & addresses: validate the "
            "address or its domain.",
            "sender-rejected": "Account settings, Sender domains & addresses: the sender must be "
            "validated there.",
            "account-suspended": "a support ticket that answers Mailjet's compliance questions "
            "lifts it.",
        },
    ),
    Provider(
        "SparkPost",
        host=r"\bsmtp\.(eu\.)?sparkpostmail\.com",
        greeting=r"\bsparkpostmail\.com",
        source="https://support.sparkpost.com/docs/faq/error-messages-smtp",
        rows=(
            Row("sender-not-verified", text=r"unconfigured sending domain"),
            Row(
                "message-rejected",
                text=r"X-MSYS-API",
                hint="correct the JSON in the message's header X-MSYS-API.",
            ),
        ),
        hints={
            "credentials-rejected": "the user name is SMTP_Injection, the password an API key with "
            "the permission 'Send via SMTP', the mechanism LOGIN.",
            "sender-not-verified": "the sender's domain must be 'ready to send' under Sending "
            "Domains of this account (EU accounts: smtp.eu.sparkpostmail.com).",
            "relay-denied": "use port 587 or 2525 with STARTTLS, log in by AUTH LOGIN as "
            "SMTP_Injection, and check that the sender's domain is 'ready to send'.",
            "relay-timeout": "use port 587, or 2525 where that is blocked.",
            "recipient-suppressed": "take the recipient off Recipients, Suppressions.",
        },
    ),
    Provider(
        "Zoho",
        host=r"\bsmtp(pro|out)?\.(mail\.)?(zoho(cloud)?|zeptomail)\.",
        greeting=r"\b(zoho(mail|cloud)?|zeptomail)\.(com|eu|in|jp|sa|ca|com\.au|com\.cn)\b",
        source="https://www.zoho.com/mail/help/zoho-smtp.html and "
        "https://www.zoho.com/zeptomail/help/api/smtp-error-codes.html",
        rows=(
            Row(
                "account-suspended",
                text=r"email outgoing blocked|sender address blocked|unusual sending activity",
            ),
            Row("sender-not-allowed", text=r"relaying disallowed"),
        ),
        hints={
            "credentials-rejected": "the full address; with two-factor authentication an app "
            "password (https://accounts.zoho.com, Security, App Passwords); the host must be that "
            "of the account's region (smtp.zoho.eu, smtp.zoho.in, …; smtppro for paid domains).",
            "sender-not-allowed": "the from address must be the account's own or one of its "
            "aliases (Settings, Send Mail As); at ZeptoMail one of a verified domain.",
            "account-suspended": "unblock it at https://mail.zoho.com/UnblockMe, and keep within "
            "the usage policy: Zoho Mail is for persons, ZeptoMail for applications.",
        },
    ),
    Provider(
        "Fastmail",
        host=r"\bsmtp\.fastmail\.com",
        greeting=r"\b(fastmail|messagingengine)\.com",
        source="https://www.fastmail.com/help/technical/servernamesandports.html",
        hints={
            "credentials-rejected": "only an app password works (Settings, Privacy & Security, "
            "Manage app passwords), with access to SMTP; the user name is the full address.",
            "application-password-required": "Settings, Privacy & Security, Manage app passwords.",
            "sender-not-allowed": "add the address under Settings, My email addresses.",
        },
    ),
    Provider(
        "iCloud",
        host=r"\bsmtp\.mail\.me\.com",
        greeting=r"\b(mail\.me|icloud)\.com",
        rows=(Row("sender-not-allowed", text=r"not one of your addresses"),),
        hints={
            "credentials-rejected": "an app-specific password (https://account.apple.com, Sign-In "
            "and Security, App-Specific Passwords) for the iCloud Mail address.",
            "sender-not-allowed": "the from address must be the iCloud Mail address, one of its "
            "aliases, or of a custom domain of the account.",
        },
    ),
    Provider(
        "OCI Email Delivery",
        host=r"\bsmtp\.(email\.)?[a-z0-9-]+\.(oci\.)?oraclecloud\.com",
        greeting=r"\boraclecloud\.com",
        source="https://docs.oracle.com/en-us/iaas/Content/Email/Concepts/troubleshooting.htm",
        rows=(
            Row("recipient-suppressed", reply=(254,), transient=False),
            Row(
                "account-locked",
                text=r"too many auth failures",
                hint="the outgoing address is throttled, after wrong credentials or after senders "
                "that are not approved.",
                transient=False,
            ),
        ),
        hints={
            "credentials-rejected": "the SMTP credentials of an IAM user (Profile, User settings, "
            "SMTP credentials), whose group may manage approved-senders or use email-family; not "
            "the console's password.",
            "sender-not-verified": "Email Delivery, Approved Senders, in the region of {host}.",
            "sender-not-allowed": "Email Delivery, Approved Senders, in the region of {host}.",
            "recipient-suppressed": "Email Delivery, Suppression List: remove the recipient; the "
            "mail was taken, and is thrown away.",
            "sending-limit-reached": "Limits, Quotas and Usage, Email Delivery, raises it.",
            "sending-quota-reached": "Limits, Quotas and Usage, Email Delivery, raises it.",
        },
    ),
    Provider(
        "Azure Communication Services",
        host=r"\bsmtp\.azurecomm\.net",
        greeting=r"\bazurecomm\.net",
        source="https://learn.microsoft.com/azure/communication-services/quickstarts/email/"
        "send-email-smtp/send-email-smtp",
        rows=(Row("sender-not-allowed", text=r"email sender's username is invalid"),),
        hints={
            "credentials-rejected": "the user name is RESOURCE|APPLICATION-ID|TENANT-ID (or an SMTP "
            "user name made for it), the password a client secret's value (not its ID) that has "
            "not expired; the Entra application needs a role on the Communication Services "
            "resource.",
            "sender-not-allowed": "the sender must be a MailFrom address of a verified domain "
            "(Email Communication Service, Provision domains, MailFrom addresses), and the domain "
            "connected to the Communication Services resource (Email, Domains).",
            "tls-version-unsupported": "TLS 1.2 is the least.",
        },
    ),
    Provider(
        "Resend",
        host=r"\bsmtp\.resend\.com",
        greeting=r"\bResend SMTP\b",
        source="https://resend.com/docs/api-reference/errors",
        rows=(
            Row(
                "sandbox-restricted",
                text=r"only send testing emails to your own",
                transient=False,
            ),
        ),
        hints={
            "credentials-rejected": "the user name is the word resend, the password an API key "
            "(https://resend.com/api-keys).",
            "sender-not-verified": "verify the domain at https://resend.com/domains.",
            "sandbox-restricted": "without a domain of your own only the account's owner can be "
            "written to: verify one at https://resend.com/domains and send from it.",
            "relay-timeout": "2587 (STARTTLS) and 2465 (TLS) work where a network blocks 587 and "
            "465.",
        },
    ),
    Provider(
        "Scaleway Transactional Email",
        host=r"\bsmtp\.tem\.scaleway\.com",
        greeting=r"\btem\.scaleway\.com",
        source="https://www.scaleway.com/en/docs/transactional-email/troubleshooting/",
        hints={
            "credentials-rejected": "the user name is the Project ID of the domain's project, the "
            "password the secret key of an API key with a Transactional Email permission set.",
            "relay-timeout": "Scaleway Instances block 465, 587 and 2465 until 'Enable SMTP' is "
            "ticked in their security group; elsewhere try 2587.",
            "account-suspended": "a domain with many bounces is blocked; a ticket at "
            "https://console.scaleway.com/support unblocks it.",
        },
    ),
    Provider(
        "Yahoo",
        host=r"\bsmtp\.(biz)?mail\.yahoo\.com",
        greeting=r"\byahoo\.com",
        source="https://help.yahoo.com/kb/sln15241.html",
        rows=(
            Row(
                "application-password-required",
                text=r"#AUTH005",
                hint="Yahoo says so of the account's own password too: Account security, Create app "
                "password; after many tries wait a quarter of an hour.",
            ),
            Row(
                "sender-not-allowed",
                stage=("mail", "data"),
                text=r"request failed; mailbox unavailable",
            ),
        ),
        hints={
            "credentials-rejected": "the full address and an app password (Account security, "
            "Create app password).",
            "sender-not-allowed": "the from address and the envelope sender must be the account's "
            "own.",
        },
    ),
    *SENDING_SERVICES,
    *MAILBOX_PROVIDERS,
)


__all__ = ("PROVIDERS", "Provider", "recognise")


def recognise(facts: Mapping[str, str]) -> Provider | None:
    """Return the provider whose relay this is, by the host's name or else by its own words."""
    return _recognise(facts["host"], facts["greeting"])


@lru_cache(maxsize=16)
def _recognise(host: str, greeting: str) -> Provider | None:
    by_host = (each for each in PROVIDERS if re.search(each.host, host, re.IGNORECASE))
    by_greeting = (each for each in PROVIDERS if re.search(each.greeting, greeting, re.IGNORECASE))
    return next(by_host, None) or next(by_greeting, None)
