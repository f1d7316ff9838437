# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read out of a delivered mail."""

from __future__ import annotations

from tests.relays.message import Message

ENVELOPE = """\
Return-Path: <bounce@example.com>
X-Original-To: ada@example.org
Delivered-To: ada@example.org
"""
AUTHENTICATED = """\
Received: from hub (unknown [10.1.0.7])
\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)
\t key-exchange X25519 server-signature ECDSA (prime256v1) server-digest SHA256)
\t(No client certificate requested)
\t(Authenticated sender: {user})
\tby relay.mail.svc.cluster.local (Postfix) with ESMTPSA id 9922798A27D;
\tSat, 21 Nov 2026 09:11:26 +0000 (UTC)
"""
ANONYMOUS = """\
Received: from hub (unknown [10.1.0.7])
\tby relay.mail.svc.cluster.local (Postfix) with ESMTP id AE65498A27D
\tfor <ada@example.org>; Sat, 21 Nov 2026 09:11:26 +0000 (UTC)
"""
MAIL = """\
From: hub@example.com
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

schöne Grüße
"""


def parse(*parts: str) -> Message:
    return Message.parse("".join(parts).encode())


def test_envelope_and_session_are_read_from_the_headers_that_the_relay_has_added() -> None:
    message = parse(ENVELOPE, AUTHENTICATED.format(user="hub@example.com"), MAIL)
    assert message.to == "ada@example.org"
    assert message.envelope_sender == "bounce@example.com"
    assert message.tls_version == "TLSv1.3"
    assert message.sasl_user == "hub@example.com"


def test_a_user_without_a_domain_is_shown_without_the_realm() -> None:
    assert parse(ENVELOPE, AUTHENTICATED.format(user="hub@relay"), MAIL).sasl_user == "hub"


def test_an_anonymous_plain_session_has_neither_tls_nor_user() -> None:
    message = parse(ENVELOPE, ANONYMOUS, MAIL)
    assert message.tls_version is None
    assert message.sasl_user is None


def test_a_received_header_that_came_with_the_mail_proves_nothing() -> None:
    message = parse(ENVELOPE, ANONYMOUS, AUTHENTICATED.format(user="eve"), MAIL)
    assert message.tls_version is None
    assert message.sasl_user is None


def test_subject_and_text_are_decoded() -> None:
    message = parse(ENVELOPE, ANONYMOUS, MAIL)
    assert message.subject == "Grüße"
    assert message.text == "schöne Grüße\n"
