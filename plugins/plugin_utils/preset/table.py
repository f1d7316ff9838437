# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every provider, in one table. To add a provider, add it here, or to ``sending`` or ``mailboxes``, which
are parts of it: nothing else knows any by name.

Hosts, ports and rules are those of the vendors' pages named with each. In the texts of caveats the
user name and the region may be used as ``{username}`` and ``{region}``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Entry
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Security
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.mailboxes import MAILBOXES
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.model import (
    Caveat,
    Mistake,
    Preset,
    UserName,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.sending import SENDING

_MAILBOX = UserName("the full address of the mailbox", pattern=r"[^@\s]+@[^@\s]+")
_SIXTEEN_LETTERS = r"(?![a-z]{4}( ?[a-z]{4}){3}$).*"
"""Anything but an app password of Google or Yahoo: four groups of four lower-case letters."""

_SES_REGION = r"[a-z]{2}(-[a-z]+)+-[0-9]"
_SES_PORTS: Mapping[Security, tuple[int, ...]] = {"starttls": (587, 2587, 25), "tls": (465, 2465)}
_SES_USER = UserName(
    "that of SMTP credentials, which begins with AKIA", pattern=r"AKIA[A-Z0-9]{12,}"
)
_SES_MISTAKE = Mistake(
    pattern=r"[A-Za-z0-9/+]{40}",
    meaning="has the shape of an AWS secret access key, and an SMTP password is derived from one",
    fix=(
        "In the SES console open SMTP settings in the same region, create SMTP credentials, and "
        "give those."
    ),
)
_SES_CREDENTIALS = Caveat(
    Entry(
        code="amazon-ses-credentials",
        severity="info",
        meaning="Amazon SES takes SMTP credentials, which are no access keys and hold for one region.",
        message=(
            "Amazon SES takes SMTP credentials of the same region. AWS access keys and the SMTP "
            "credentials of another region are refused with 535."
        ),
        fix="Create them in the SES console of the region, under SMTP settings.",
    ),
    auth=("password",),
)

_ZOHO_REGIONS = {
    "us": "zoho.com",
    "eu": "zoho.eu",
    "in": "zoho.in",
    "au": "zoho.com.au",
    "jp": "zoho.jp",
    "ca": "zohocloud.ca",
    "sa": "zoho.sa",
    "cn": "zoho.com.cn",
}

PRESETS: tuple[Preset, ...] = (
    Preset(
        name="amazon_ses",
        title="Amazon SES",
        host="email-smtp.{region}.amazonaws.com",
        region_pattern=_SES_REGION,
        region_example="eu-west-1",
        recognised_by=(
            r"email-smtp-fips\.[a-z0-9-]+\.amazonaws\.com"
            r"|vpce-[a-z0-9-]+\.email-smtp\.[a-z0-9-]+\.vpce\.amazonaws\.com"
        ),
        ports=_SES_PORTS,
        auth=("password",),
        username=_SES_USER,
        mistakes=(_SES_MISTAKE,),
        also_called=("aws", "aws_ses", "ses"),
        source="https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html",
        caveats=(
            _SES_CREDENTIALS,
            Caveat(
                Entry(
                    code="amazon-ses-sandbox",
                    severity="info",
                    meaning="A new account of Amazon SES sends to verified recipients only.",
                    message=(
                        "A new account of Amazon SES is in the sandbox in every region: it sends to "
                        "verified addresses only, and at most 200 mails a day."
                    ),
                    fix=(
                        "Request production access in the SES console of the region; until then "
                        "verify each recipient, or send to success@simulator.amazonses.com."
                    ),
                )
            ),
            Caveat(
                Entry(
                    code="amazon-ses-sender",
                    severity="info",
                    meaning="Amazon SES rejects unverified senders only after the mail's content.",
                    message=(
                        "Amazon SES checks the sender only when it has the whole mail: an address "
                        "that is not verified passes every earlier step and is then rejected with 554."
                    ),
                    fix="Verify the sender's domain in the SES console of the same region.",
                )
            ),
        ),
    ),
    Preset(
        name="gmail",
        title="Gmail",
        host="smtp.gmail.com",
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password", "oauth"),
        username=_MAILBOX,
        mistakes=(
            Mistake(
                pattern=_SIXTEEN_LETTERS,
                meaning="is no app password, which is 16 lower-case letters",
                fix=(
                    "Switch on 2-step verification for the account, create an app password at "
                    "myaccount.google.com/apppasswords, and give that."
                ),
            ),
        ),
        also_called=("google", "googlemail"),
        source="https://support.google.com/a/answer/176600",
        caveats=(
            Caveat(
                Entry(
                    code="gmail-app-password",
                    severity="info",
                    meaning="Gmail takes app passwords, which need 2-step verification.",
                    message=(
                        "Gmail takes no account password: it wants an app password, which an account "
                        "has only with 2-step verification, and loses when its password changes."
                    ),
                    fix=(
                        "Create one at myaccount.google.com/apppasswords. Where the page is missing, "
                        "2-step verification is off or the Workspace administrator forbids it."
                    ),
                ),
                auth=("password",),
            ),
            Caveat(
                Entry(
                    code="gmail-quota",
                    severity="info",
                    meaning="Gmail limits the mails of a day.",
                    message=(
                        "Gmail sends at most 500 mails a day for a personal account, and 2,000 for one "
                        "of Google Workspace."
                    ),
                    fix="Use smtp_provider: google_workspace_relay for more.",
                )
            ),
            Caveat(
                Entry(
                    code="gmail-sender",
                    severity="info",
                    meaning="Gmail replaces senders that are no alias of the account.",
                    message=(
                        "Gmail writes the account's own address over a sender that is not one of its "
                        "aliases."
                    ),
                    fix='Send as the account, or add the address to it under "Send mail as".',
                )
            ),
        ),
    ),
    Preset(
        name="google_workspace_relay",
        title="Google Workspace SMTP relay",
        host="smtp-relay.gmail.com",
        ports={"starttls": (587, 25), "tls": (465,)},
        auth=("none", "password", "oauth"),
        username=_MAILBOX,
        also_called=("gmail_relay", "google_relay", "google_workspace", "workspace", "gsuite"),
        source="https://support.google.com/a/answer/2956491",
        caveats=(
            Caveat(
                Entry(
                    code="google-relay-addresses",
                    severity="info",
                    meaning="Without a login, the Google relay knows its users by their address.",
                    message=(
                        "Without a login the Google relay lets in only the public addresses that are "
                        "entered in the Admin console: those that the cluster's traffic leaves by."
                    ),
                    fix=(
                        "Enter them in the Admin console under Apps, Google Workspace, Gmail, Routing, "
                        "SMTP relay service."
                    ),
                ),
                auth=("none",),
            ),
            Caveat(
                Entry(
                    code="google-relay-ehlo",
                    severity="info",
                    meaning="The Google relay hangs up on a client whose EHLO name is no real one.",
                    message=(
                        "The Google relay closes the connection with 421 4.7.0 when the name in EHLO is "
                        "localhost or no name of one of your domains."
                    ),
                    fix="Set smtp_ehlo_name to a name of your domain, where the application has that.",
                )
            ),
            Caveat(
                Entry(
                    code="google-relay-quota",
                    severity="info",
                    meaning="The Google relay limits the recipients of a day.",
                    message="The Google relay takes at most 10,000 recipients a day from each user.",
                    fix="Send from several users where that is not enough.",
                )
            ),
        ),
    ),
    Preset(
        name="microsoft_365",
        title="Microsoft 365",
        host="smtp.office365.com",
        ports={"starttls": (587, 25)},
        auth=("password", "oauth"),
        username=_MAILBOX,
        oauth_scope="https://outlook.office365.com/.default",
        also_called=("exchange_online", "m365", "o365", "office365", "office_365"),
        source=(
            "https://learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/"
            "authenticated-client-smtp-submission"
        ),
        caveats=(
            Caveat(
                Entry(
                    code="microsoft-365-basic-authentication",
                    severity="warning",
                    meaning="Microsoft 365 ends the login with a password.",
                    message=(
                        "Microsoft 365 switches the login with a password off at the end of December "
                        "2026: for existing tenants by default, so that an administrator can switch it "
                        "on again, and for new tenants for good."
                    ),
                    fix=(
                        "Use smtp_auth: oauth where the application can, or another relay, before then."
                    ),
                ),
                auth=("password",),
            ),
            Caveat(
                Entry(
                    code="microsoft-365-smtp-auth",
                    severity="info",
                    meaning="Microsoft 365 has SMTP AUTH switched off by default.",
                    message=(
                        "Microsoft 365 has SMTP AUTH switched off for the tenant or the mailbox by "
                        "default, and answers 535 5.7.139 then. Security defaults switch it off too."
                    ),
                    fix=(
                        "In Exchange Online PowerShell: Set-CASMailbox -Identity {username} "
                        "-SmtpClientAuthenticationDisabled $false"
                    ),
                )
            ),
            Caveat(
                Entry(
                    code="microsoft-365-sender",
                    severity="info",
                    meaning="Microsoft 365 lets a mailbox send as itself only.",
                    message=(
                        "Microsoft 365 lets a mailbox send as itself only, and answers 550 5.7.60 to "
                        "another sender."
                    ),
                    fix=(
                        "Send from {username}, or give it the permission: Add-RecipientPermission "
                        "-Identity SENDER -Trustee {username} -AccessRights SendAs"
                    ),
                )
            ),
            Caveat(
                Entry(
                    code="microsoft-365-quota",
                    severity="info",
                    meaning="Microsoft 365 limits the mails of a mailbox.",
                    message=(
                        "Microsoft 365 sends at most 30 mails a minute and to 10,000 recipients a day "
                        "from one mailbox."
                    ),
                    fix="Use a relay for bulk mail where that is not enough.",
                )
            ),
        ),
    ),
    Preset(
        name="outlook_com",
        title="Outlook.com",
        host="smtp-mail.outlook.com",
        ports={"starttls": (587,)},
        auth=("oauth",),
        username=_MAILBOX,
        also_called=("hotmail", "live", "outlook"),
        source="https://support.microsoft.com/office/d088b986-291d-42b8-9564-9c414e2aa040",
        caveats=(
            Caveat(
                Entry(
                    code="outlook-com-oauth",
                    severity="info",
                    meaning="Outlook.com has no login with a password any more.",
                    message=(
                        "Outlook.com, Hotmail and Live accounts have had no login with a password since "
                        "16 September 2024, app passwords included: only OAuth."
                    ),
                    fix="Use smtp_auth: oauth where the application can, or another relay.",
                )
            ),
        ),
    ),
    Preset(
        name="sendgrid",
        title="SendGrid",
        host="smtp.sendgrid.net",
        ports={"starttls": (587, 2525, 25), "tls": (465,)},
        auth=("password",),
        username=UserName("the word apikey, as it stands", literal="apikey"),
        mistakes=(
            Mistake(
                pattern=r"(?!SG\.).*",
                meaning="is no API key, which begins with SG.",
                fix="Create an API key with the permission Mail Send, and give that.",
            ),
        ),
        also_called=("twilio", "twilio_sendgrid"),
        source="https://www.twilio.com/docs/sendgrid/for-developers/sending-email/integrating-with-the-smtp-api",
        caveats=(
            Caveat(
                Entry(
                    code="sendgrid-user",
                    severity="info",
                    meaning="SendGrid's user name is the word apikey.",
                    message=(
                        "SendGrid's user name is the word apikey for everybody, and the password is an "
                        "API key with the permission Mail Send."
                    ),
                    fix="Create the key under Settings, API Keys.",
                )
            ),
            Caveat(
                Entry(
                    code="sendgrid-sender",
                    severity="info",
                    meaning="SendGrid rejects unverified senders only after the mail's content.",
                    message=(
                        "SendGrid checks the sender only when it has the whole mail: one that is no "
                        "verified Sender Identity is then rejected with 550."
                    ),
                    fix="Verify the sender or its domain under Settings, Sender Authentication.",
                )
            ),
        ),
    ),
    Preset(
        name="mailgun",
        title="Mailgun",
        host="smtp.{region}mailgun.org",
        regions={"us": "", "eu": "eu."},
        ports={"starttls": (587, 2525, 25), "tls": (465,)},
        auth=("password",),
        username=UserName(
            "the full address of an SMTP user of the domain", pattern=_MAILBOX.pattern
        ),
        mistakes=(
            Mistake(
                pattern=r"key-[0-9a-f]{32}",
                meaning="has the shape of an API key, and SMTP users have passwords of their own",
                fix="Reset the password of the SMTP user under Sending, Domain settings, and give that.",
            ),
        ),
        source="https://documentation.mailgun.com/docs/mailgun/user-manual/sending-messages/send-smtp",
        caveats=(
            Caveat(
                Entry(
                    code="mailgun-credentials",
                    severity="info",
                    meaning="Mailgun has SMTP credentials for each domain and region.",
                    message=(
                        "Mailgun has SMTP credentials for each domain, and a domain is in one region: "
                        "the other region's host refuses them."
                    ),
                    fix="Take them from Sending, Domain settings, SMTP credentials.",
                )
            ),
        ),
    ),
    Preset(
        name="yahoo",
        title="Yahoo Mail",
        host="smtp.mail.yahoo.com",
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        mistakes=(
            Mistake(
                pattern=_SIXTEEN_LETTERS,
                meaning="is no app password, which is 16 lower-case letters",
                fix="Generate an app password under Account security, and give that.",
            ),
        ),
        source="https://help.yahoo.com/kb/SLN4075.html",
        caveats=(
            Caveat(
                Entry(
                    code="yahoo-app-password",
                    severity="info",
                    meaning="Yahoo takes app passwords only.",
                    message="Yahoo Mail takes no account password, only an app password.",
                    fix="Generate one under Account security.",
                )
            ),
        ),
    ),
    Preset(
        name="postmark",
        title="Postmark",
        host="smtp.postmarkapp.com",
        recognised_by=r"smtp-broadcasts\.postmarkapp\.com",
        ports={"starttls": (587, 2525, 25)},
        auth=("password",),
        username=UserName(
            "the access key of an SMTP token, or the server API token", is_token=True
        ),
        source="https://postmarkapp.com/developer/user-guide/send-email-with-smtp",
        caveats=(
            Caveat(
                Entry(
                    code="postmark-token",
                    severity="info",
                    meaning="Postmark takes a server's token, and no account's.",
                    message=(
                        "Postmark takes the access key and the secret key of an SMTP token, or the server "
                        "API token as both. An account API token is refused."
                    ),
                    fix="Create an SMTP token in the settings of the server's message stream.",
                )
            ),
            Caveat(
                Entry(
                    code="postmark-stream",
                    severity="info",
                    meaning="Postmark has a host of its own for broadcasts.",
                    message=(
                        "smtp.postmarkapp.com sends through the transactional stream; broadcasts go to "
                        "smtp-broadcasts.postmarkapp.com."
                    ),
                    fix="Set smtp_host to the latter for bulk mail.",
                )
            ),
        ),
    ),
    Preset(
        name="mailjet",
        title="Mailjet",
        host="in-v3.mailjet.com",
        ports={"starttls": (587, 25), "tls": (465,)},
        auth=("password",),
        username=UserName("the API key, of 32 hexadecimal digits", pattern=r"[0-9a-fA-F]{32}"),
        source="https://dev.mailjet.com/smtp-relay/configuration/",
        caveats=(
            Caveat(
                Entry(
                    code="mailjet-keys",
                    severity="info",
                    meaning="Mailjet takes a key pair.",
                    message="Mailjet's user name is the API key, and its password the secret key.",
                    fix="Take both from Account settings, API key management.",
                )
            ),
        ),
    ),
    Preset(
        name="brevo",
        title="Brevo",
        host="smtp-relay.brevo.com",
        recognised_by=r"smtp-relay\.sendinblue\.com",
        ports={"starttls": (587, 2525), "tls": (465,)},
        auth=("password",),
        username=UserName(
            "the SMTP login, which has the form of an address", pattern=_MAILBOX.pattern
        ),
        mistakes=(
            Mistake(
                pattern=r"xkeysib-.*",
                meaning="is an API key, and SMTP has keys of its own",
                fix="Generate an SMTP key under SMTP & API, tab SMTP, and give that.",
            ),
        ),
        also_called=("sendinblue",),
        source="https://developers.brevo.com/docs/smtp-integration",
        caveats=(
            Caveat(
                Entry(
                    code="brevo-key",
                    severity="info",
                    meaning="Brevo takes an SMTP login and an SMTP key.",
                    message=(
                        "Brevo takes the SMTP login and an SMTP key from SMTP & API; the account's "
                        "password and API keys are refused."
                    ),
                    fix="Take both from SMTP & API, tab SMTP.",
                )
            ),
            Caveat(
                Entry(
                    code="brevo-addresses",
                    severity="info",
                    meaning="Brevo can refuse addresses that it does not know.",
                    message="Brevo refuses unknown addresses when blocking is switched on.",
                    fix="Authorise the cluster's public addresses under Security, Authorised IPs.",
                )
            ),
        ),
    ),
    Preset(
        name="sparkpost",
        title="SparkPost",
        host="smtp.{region}sparkpostmail.com",
        regions={"us": "", "eu": "eu."},
        ports={"starttls": (587, 2525)},
        auth=("password",),
        username=UserName(
            "SMTP_Injection, as it stands, or with :X-MSYS-SUBACCOUNT= and a number behind it",
            literal="SMTP_Injection",
            pattern=r"SMTP_Injection(:X-MSYS-SUBACCOUNT=[0-9]+)?",
        ),
        source="https://developers.sparkpost.com/api/smtp/",
        caveats=(
            Caveat(
                Entry(
                    code="sparkpost-key",
                    severity="info",
                    meaning="SparkPost's password is an API key with a permission of its own.",
                    message=(
                        "SparkPost's user name is SMTP_Injection for everybody, and the password an API "
                        'key with the permission "Send via SMTP". It offers AUTH LOGIN.'
                    ),
                    fix="Create the key under Configuration, API Keys, in the account of the same region.",
                )
            ),
        ),
    ),
    Preset(
        name="zoho",
        title="Zoho Mail (personal and free)",
        host="smtp.{region}",
        regions=_ZOHO_REGIONS,
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        source="https://www.zoho.com/mail/help/zoho-smtp.html",
        caveats=(
            Caveat(
                Entry(
                    code="zoho-region",
                    severity="info",
                    meaning="A Zoho account is in one region.",
                    message=(
                        "A Zoho account is in one region, and the relays of the others refuse its "
                        "password; its region is the end of the address that one logs in at in a browser."
                    ),
                    fix="Set smtp_region to it. With two-factor login, give an app password.",
                )
            ),
        ),
    ),
    Preset(
        name="zoho_organization",
        title="Zoho Mail (paid organization)",
        host="smtppro.{region}",
        regions=_ZOHO_REGIONS,
        ports={"tls": (465,), "starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        also_called=("zoho_pro", "zoho_workplace"),
        source="https://www.zoho.com/mail/help/zoho-smtp.html",
        caveats=(
            Caveat(
                Entry(
                    code="zoho-organization-region",
                    severity="info",
                    meaning="A Zoho organization is in one region, and has a relay of its own.",
                    message=(
                        "smtppro is the relay of paid organizations, and each is in one region: the "
                        "others refuse its users."
                    ),
                    fix="Set smtp_region to it. With two-factor login, give an app password.",
                )
            ),
        ),
    ),
    Preset(
        name="fastmail",
        title="Fastmail",
        host="smtp.fastmail.com",
        ports={"tls": (465,)},
        auth=("password",),
        username=_MAILBOX,
        source="https://www.fastmail.help/hc/en-us/articles/1500000278342",
        caveats=(
            Caveat(
                Entry(
                    code="fastmail-app-password",
                    severity="info",
                    meaning="Fastmail takes app passwords only.",
                    message="Fastmail takes no account password, only an app password with access to mail.",
                    fix="Create one under Settings, Privacy & Security, app passwords.",
                )
            ),
        ),
    ),
    Preset(
        name="icloud",
        title="iCloud Mail",
        host="smtp.mail.me.com",
        ports={"starttls": (587,)},
        auth=("password",),
        username=_MAILBOX,
        mistakes=(
            Mistake(
                pattern=r"(?![a-z]{4}(-?[a-z]{4}){3}$).*",
                meaning="is no app-specific password, which is four groups of four letters",
                fix="Create an app-specific password at account.apple.com, and give that.",
            ),
        ),
        also_called=("apple", "me_com"),
        source="https://support.apple.com/102525",
        caveats=(
            Caveat(
                Entry(
                    code="icloud-app-password",
                    severity="info",
                    meaning="iCloud takes app-specific passwords only.",
                    message=(
                        "iCloud Mail takes no account password, only an app-specific password, which an "
                        "account has with two-factor authentication."
                    ),
                    fix="Create one at account.apple.com under Sign-In and Security.",
                )
            ),
        ),
    ),
    Preset(
        name="oci_email_delivery",
        title="OCI Email Delivery",
        host="smtp.email.{region}.oci.oraclecloud.com",
        region_pattern=r"[a-z]{2,}(-[a-z]+)+-[0-9]",
        region_example="eu-frankfurt-1",
        ports={"starttls": (587, 25)},
        auth=("password",),
        username=UserName(
            "that of the SMTP credentials of an IAM user, which begins with ocid1.user",
            pattern=r"ocid1\.user\..+@ocid1\.tenancy\..+",
        ),
        also_called=("oci", "oracle", "oracle_cloud"),
        source="https://docs.oracle.com/iaas/Content/Email/Tasks/configuresmtpconnection.htm",
        caveats=(
            Caveat(
                Entry(
                    code="oci-approved-sender",
                    severity="info",
                    meaning="OCI Email Delivery wants approved senders, in each region.",
                    message="OCI Email Delivery rejects senders that are not approved in the same region.",
                    fix="Create an approved sender in the console under Email Delivery.",
                )
            ),
            Caveat(
                Entry(
                    code="oci-suppression",
                    severity="info",
                    meaning="OCI Email Delivery accepts mails that it will not send.",
                    message=(
                        "OCI Email Delivery answers 254, which is a success, for a recipient on the "
                        "suppression list, and sends nothing."
                    ),
                    fix="Look at the suppression list when a mail does not arrive.",
                )
            ),
        ),
    ),
    Preset(
        name="azure_communication_services",
        title="Azure Communication Services",
        host="smtp.azurecomm.net",
        ports={"starttls": (587, 25)},
        auth=("password",),
        username=UserName(
            "resource|appId|tenantId (the names of the resource, the Entra application and its tenant), "
            "or that of an SMTP Username resource"
        ),
        also_called=("acs", "azure", "azure_email"),
        source="https://learn.microsoft.com/azure/communication-services/quickstarts/email/send-email-smtp/smtp-authentication",
        caveats=(
            Caveat(
                Entry(
                    code="azure-user",
                    severity="info",
                    meaning="Azure's user name names an Entra application, and its password expires.",
                    message=(
                        "Azure's user name is resource|appId|tenantId, or that of an SMTP Username "
                        "resource; the password is a client secret of that Entra application, and "
                        "expires with it."
                    ),
                    fix=(
                        "Give the application the role Communication and Email Service Owner on the "
                        "resource, and note when its secret expires."
                    ),
                )
            ),
            Caveat(
                Entry(
                    code="azure-sender",
                    severity="info",
                    meaning="Azure lets a resource send from MailFrom addresses of its domains only.",
                    message=(
                        "Azure takes only senders that are MailFrom addresses of a domain connected to "
                        "the resource, and 30 mails a minute and 100 an hour at first."
                    ),
                    fix="Add the address to the domain, and ask for a higher limit in time.",
                )
            ),
        ),
    ),
    Preset(
        name="resend",
        title="Resend",
        host="smtp.resend.com",
        ports={"tls": (465, 2465), "starttls": (587, 2587, 25)},
        auth=("password",),
        username=UserName("the word resend, as it stands", literal="resend"),
        mistakes=(
            Mistake(
                pattern=r"(?!re_).*",
                meaning="is no API key, which begins with re_",
                fix="Create an API key at resend.com/api-keys, and give that.",
            ),
        ),
        source="https://resend.com/docs/send-with-smtp",
        caveats=(
            Caveat(
                Entry(
                    code="resend-user",
                    severity="info",
                    meaning="Resend's user name is the word resend.",
                    message=(
                        "Resend's user name is the word resend for everybody, the password is an API "
                        "key, and the sender's domain must be verified."
                    ),
                    fix="Create the key at resend.com/api-keys, and verify the domain.",
                )
            ),
        ),
    ),
    Preset(
        name="scaleway_tem",
        title="Scaleway Transactional Email",
        host="smtp.tem.scaleway.com",
        recognised_by=r"smtp\.tem\.scw\.cloud",
        ports={"tls": (465, 2465), "starttls": (587, 2587, 25)},
        auth=("password",),
        username=UserName(
            "the ID of the project that the domain is in",
            pattern=r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        ),
        also_called=("scaleway", "tem"),
        source="https://www.scaleway.com/en/docs/transactional-email/reference-content/smtp-configuration/",
        caveats=(
            Caveat(
                Entry(
                    code="scaleway-key",
                    severity="info",
                    meaning="Scaleway takes a project's ID and the secret key of an API key.",
                    message=(
                        "Scaleway's user name is the project's ID, and the password the secret key of "
                        "an API key that may send mail in it."
                    ),
                    fix="Create the key in the console under IAM, for an application with that permission.",
                )
            ),
        ),
    ),
    *SENDING,
    *MAILBOXES,
    Preset(
        name="internal_relay",
        title="an internal relay",
        host="",
        ports={"none": (25,), "starttls": (25, 587), "tls": (465,)},
        auth=("none", "password"),
        also_called=("anonymous_relay", "internal", "postfix", "relay", "smarthost"),
        source="https://www.rfc-editor.org/rfc/rfc5321",
    ),
    Preset(
        name="internal_exchange",
        title="an internal Exchange",
        host="",
        ports={"starttls": (587, 25), "none": (25,)},
        auth=("password", "none"),
        also_called=("exchange", "exchange_server", "exchange_on_premises"),
        source="https://learn.microsoft.com/exchange/mail-flow/connectors/allow-anonymous-relay",
        caveats=(
            Caveat(
                Entry(
                    code="internal-exchange-relay",
                    severity="info",
                    meaning="Exchange relays for anonymous clients only by a connector of its own.",
                    message=(
                        "Exchange takes mail without a login on port 25 only, and for recipients outside "
                        "only by a receive connector made for that, which names the cluster's addresses."
                    ),
                    fix=(
                        "Set smtp_port: 25, and in the Exchange Management Shell: Get-ReceiveConnector "
                        "NAME | Add-ADPermission -User 'NT AUTHORITY\\ANONYMOUS LOGON' -ExtendedRights "
                        "Ms-Exch-SMTP-Accept-Any-Recipient"
                    ),
                ),
                auth=("none",),
            ),
            Caveat(
                Entry(
                    code="internal-exchange-login",
                    severity="info",
                    meaning="Exchange offers few logins, and often a certificate of its own making.",
                    message=(
                        "Exchange takes PLAIN and LOGIN only where the connector has Basic "
                        "Authentication, else NTLM and GSSAPI alone, which few applications speak; and "
                        "its certificate is often self-signed."
                    ),
                    fix=(
                        "Use the connector Client Frontend on port 587, and give its certificate a name "
                        "and a CA that the application can check (smtp_ca_path)."
                    ),
                ),
                auth=("password",),
            ),
        ),
    ),
    Preset(
        name="mailpit",
        title="Mailpit",
        host="",
        recognised_by=r"(.*[.-])?mailpit([.-].*)?",
        ports={"none": (1025,), "starttls": (1025,), "tls": (1025,)},
        auth=("none", "password"),
        sink=True,
        also_called=("mailhog", "maildev"),
        source="https://mailpit.axllent.org/docs/configuration/smtp/",
    ),
    Preset(
        name="amazon_ses_simulator",
        title="Amazon SES mailbox simulator",
        host="email-smtp.{region}.amazonaws.com",
        region_pattern=_SES_REGION,
        region_example="eu-west-1",
        ports=_SES_PORTS,
        auth=("password",),
        username=_SES_USER,
        mistakes=(_SES_MISTAKE,),
        sink=True,
        test_recipients=("success@simulator.amazonses.com",),
        also_called=("ses_simulator", "simulator"),
        source="https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html",
        caveats=(
            Caveat(
                Entry(
                    code="amazon-ses-simulator",
                    severity="info",
                    meaning="The mailbox simulator of Amazon SES stands behind the real relay.",
                    message=(
                        "The simulator is a set of recipients behind the real relay: success@, bounce@, "
                        "complaint@, ooto@ and suppressionlist@simulator.amazonses.com. Mail to others "
                        "is sent."
                    ),
                    fix="Send to these addresses only.",
                )
            ),
        ),
    ),
    Preset(
        name="mailgun_sandbox",
        title="Mailgun sandbox domain",
        host="smtp.mailgun.org",
        ports={"starttls": (587, 2525, 25), "tls": (465,)},
        auth=("password",),
        username=UserName(
            "an address of the sandbox domain", pattern=r"[^@\s]+@sandbox[0-9a-zA-Z]*\.mailgun\.org"
        ),
        sink=True,
        source="https://help.mailgun.com/hc/en-us/articles/217531258-Authorized-Recipients",
        caveats=(
            Caveat(
                Entry(
                    code="mailgun-sandbox",
                    severity="info",
                    meaning="A sandbox domain of Mailgun sends to few recipients.",
                    message=(
                        "A sandbox domain sends only to authorised recipients, of whom there are five "
                        "at most."
                    ),
                    fix="Authorise the recipients, or use smtp_provider: mailgun with a domain of yours.",
                )
            ),
        ),
    ),
)
