# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send one mail with the settings that Grafana would read in this container; runs in the pod.

``python3 - ADDRESS``. It reads grafana.ini and the environment as pkg/setting/setting.go of Grafana
does: a variable GF_SMTP_* goes before the file, and ``$__env{NAME}`` is the value of a variable.
Exit code 1 with one line on standard error when the mail cannot be sent.
"""

from __future__ import annotations

import configparser
import os
import re
import smtplib
import ssl
import sys
from email.message import EmailMessage
from email.utils import make_msgid

_FILE = "/etc/grafana/grafana.ini"
_TIMEOUT = 10.0


def main(recipient: str) -> None:
    """Send the mail.

    :raises SystemExit: it could not be sent; the text says why.
    """
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    with open(_FILE, encoding="utf-8") as stream:
        parser.read_file(stream)

    def setting(name: str, default: str = "") -> str:
        value = parser.get("smtp", name, fallback=default)
        value = os.environ.get(f"GF_SMTP_{name.upper()}") or value
        return re.sub(r"\$__env\{(\w+)\}", lambda match: os.environ.get(match[1], ""), value)

    if setting("enabled").lower() not in ("true", "1", "yes"):
        raise SystemExit("mail is off")
    host, _, port = setting("host").rpartition(":")
    policy = setting("startTLS_policy", "OpportunisticStartTLS")
    context = ssl.create_default_context()
    if setting("skip_verify").lower() == "true":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    message = EmailMessage()
    message["From"], message["To"] = setting("from_address"), recipient
    message["Subject"] = "Grafana alert"
    message["Message-ID"] = make_msgid(domain="example.com")
    message.set_content("An alert fires.\n")
    try:
        if port == "465":
            relay: smtplib.SMTP = smtplib.SMTP_SSL(
                host, 465, timeout=_TIMEOUT, context=context, local_hostname="grafana"
            )
        else:
            relay = smtplib.SMTP(host, int(port), timeout=_TIMEOUT, local_hostname="grafana")
        with relay:
            relay.ehlo()
            starttls = port != "465" and policy != "NoStartTLS"
            if starttls and (policy == "MandatoryStartTLS" or relay.has_extn("starttls")):
                relay.starttls(context=context)
            if setting("user"):
                relay.login(setting("user"), setting("password"))
            relay.send_message(message)
    except (OSError, ValueError, smtplib.SMTPException) as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from None


if __name__ == "__main__":
    main(sys.argv[1])
