# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send one mail with the settings that Vaultwarden would read in this container; runs in the pod.

``python3 - ADDRESS``. It reads the environment as src/config.rs and src/mail.rs of Vaultwarden do.
Exit code 1 with one line on standard error when the mail cannot be sent.
"""

from __future__ import annotations

import os
import smtplib
import ssl
import sys
from email.message import EmailMessage
from email.utils import make_msgid

_TIMEOUT = 10.0


def main(recipient: str) -> None:
    """Send the mail.

    :raises SystemExit: it could not be sent; the text says why.
    """
    host = os.environ.get("SMTP_HOST", "")
    if not host:
        raise SystemExit("mail is off")
    security = os.environ.get("SMTP_SECURITY", "starttls")
    port = int(os.environ.get("SMTP_PORT", "587"))
    context = ssl.create_default_context()
    if os.environ.get("SMTP_ACCEPT_INVALID_HOSTNAMES") == "true":
        context.check_hostname = False
    if os.environ.get("SMTP_ACCEPT_INVALID_CERTS") == "true":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    message = EmailMessage()
    message["From"], message["To"] = os.environ.get("SMTP_FROM", ""), recipient
    message["Subject"] = "Join the organization"
    message["Message-ID"] = make_msgid(domain="example.com")
    message.set_content("You are invited.\n")
    try:
        if security == "force_tls":
            relay: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=_TIMEOUT, context=context, local_hostname="vault"
            )
        else:
            relay = smtplib.SMTP(host, port, timeout=_TIMEOUT, local_hostname="vault")
        with relay:
            if security == "starttls":
                relay.starttls(context=context)
            user = os.environ.get("SMTP_USERNAME", "")
            if user:
                relay.login(user, os.environ.get("SMTP_PASSWORD", ""))
            relay.send_message(message)
    except (OSError, ValueError, smtplib.SMTPException) as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from None


if __name__ == "__main__":
    main(sys.argv[1])
