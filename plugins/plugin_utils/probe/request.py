# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a description to what the probe is asked to do."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.message import Message
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.login import Login
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.options import (
    UNTIL,
    ProbeOptions,
    Until,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.decide import Trust
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import FOLDER

HTML = """\
<!DOCTYPE html>
<html lang="en"><head><title>Test mail</title></head><body>
<p>This mail was sent to find out whether mail arrives. Nobody needs to answer.</p>
<p>Search the logs of the relay and of the mailbox for the token in its subject.</p>
</body></html>
"""
"""The same as the text part says, so that both parts of a mail are on the test."""


def request_for(
    description: Description, options: ProbeOptions, login: Login, *, check: bool
) -> ProbeRequest:
    """What the probe must do to prove a description.

    In check mode no mail is sent, and without credentials that the application has, the probe
    ends before the login.
    """
    until = last_stage(options.until, login, check=check)
    logs_in = UNTIL.index(until) >= UNTIL.index("auth")
    return ProbeRequest(
        host=description.host,
        port=description.port,
        security=description.security,
        auth=description.auth if logs_in else "none",
        mechanism=description.mechanism or "" if logs_in else "",
        username=login.username,
        # One that nobody gave was read in a Secret or in a container.
        username_is_secret=login.username != description.username,
        password=login.password,
        token=login.token,
        client_cert=description.client_cert or "",
        client_key=description.client_key or Secret(""),
        from_address=description.from_address,
        recipients=description.test_recipients,
        message=Message(
            subject_prefix=description.subject_prefix or "",
            html=HTML,
            from_name=description.from_name or "",
            reply_to=description.reply_to or "",
            envelope_from=description.envelope_from or "",
            dsn=until == "data",
        ),
        expected_size=options.expected_size,
        foreign_recipient=options.foreign_recipient,
        ehlo_name=description.ehlo_name or "",
        validate_certs=description.validate_certs,
        ca_pem=description.ca_pem or "",
        server_name=description.server_name or "",
        tls_min_version=description.tls_min_version,
        ciphers=options.ciphers,
        want_chain=options.want_chain,
        proxy=Secret(description.proxy or ""),
        timeout=float(description.timeout),
        retries=options.retries,
        retry_seconds=float(options.retry_seconds),
        until=until,
    )


def last_stage(wanted: Until, login: Login, *, check: bool) -> Until:
    """How far the probe may go."""
    limit: Until = "tls" if login.finding else "rcpt" if check else "data"
    return min(wanted, limit, key=UNTIL.index)


def from_pods(request: ProbeRequest, trust: Trust) -> ProbeRequest:
    """Return a request that trusts, from the pods of a release, what the pods trust."""
    return replace(request, ca_pem="") if trust.withheld else request


def before_change(request: ProbeRequest, trust: Trust) -> ProbeRequest:
    """Return the same for a probe before a change: it trusts what the pods will trust after it.

    A private CA that is mounted now may be about to go. One that stays, or comes, is in the request.
    """
    return replace(from_pods(request, trust), ignore_roots_in=FOLDER)
