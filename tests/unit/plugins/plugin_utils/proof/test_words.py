# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The relay's words are found in what an application prints, in whatever language it is written."""

from __future__ import annotations

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.proof.words import (
    about_mail,
    last,
    meaning,
    reply_in,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import DESCRIPTION


@pytest.mark.parametrize(
    ("text", "code", "enhanced"),
    [
        ("Net::SMTPAuthenticationError (535 5.7.8 Error: authentication failed)", 535, "5.7.8"),
        ("smtplib.SMTPAuthenticationError: (535, b'5.7.8 Error: no')", 535, "5.7.8"),
        ('{"error": "450 4.2.0 <a@b.org>: Greylisted"}', 450, "4.2.0"),
        ("gomail: could not send: 554-5.7.1 Relay access denied", 554, "5.7.1"),
        ("Error: Invalid login: 535 Authentication failed", 535, ""),
        ("smtplib.SMTPAuthenticationError: (535, b'Authentication failed')", 535, ""),
        ("451 4.3.0 wait\nthen: 550 5.1.1 User unknown", 550, "5.1.1"),
    ],
)
def test_a_reply_is_found(text: str, code: int, enhanced: str) -> None:
    reply = reply_in(text)
    assert reply is not None
    assert (reply.code, reply.enhanced) == (code, enhanced)
    assert reply.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HTTP 500 Internal Server Error",
        "502 Bad Gateway",
        "line 535: NameError",
        "took 450ms",
        "250 2.0.0 Ok: queued",
        "connect to 10.5.5.450 4.4.1",
    ],
)
def test_what_is_no_refusal_is_none(text: str) -> None:
    assert reply_in(text) is None


@pytest.mark.parametrize(
    ("text", "code", "severity"),
    [
        ("535 5.7.8 authentication failed", "credentials-rejected", "error"),
        ("554 5.7.1 Relay access denied", "relay-denied", "error"),
        ("550 5.1.1 User unknown", "recipient-unknown", "error"),
        ("450 4.2.0 Greylisted", "greylisted", "warning"),
        ("454 4.7.0 Temporary authentication failure", "auth-failed-temporarily", "warning"),
    ],
)
def test_a_reply_means_what_it_means_to_the_probe(text: str, code: str, severity: str) -> None:
    reply = reply_in(text)
    assert reply is not None
    finding = meaning(reply, DESCRIPTION, where="mail", recipient="a@b.org")
    assert (finding.code, finding.severity) == (code, severity)


def test_of_a_log_the_last_lines_about_mail_are_taken() -> None:
    log = "\n".join([*(f"mail {number}" for number in range(9)), "GET /", "", "SMTP: refused"])
    assert about_mail(log) == ["mail 5", "mail 6", "mail 7", "mail 8", "SMTP: refused"]


def test_of_an_output_the_last_lines_are_taken_that_say_something() -> None:
    assert last("a\n\n b \n", 2) == ["a", "b"]
