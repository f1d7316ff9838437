# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SASL mechanisms against the examples of their RFCs."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.sasl import (
    MAX_SCRAM_ITERATIONS,
    MECHANISMS,
    CramMd5,
    Credentials,
    External,
    Login,
    Mechanism,
    OAuthBearer,
    Plain,
    SaslError,
    Scram,
    ScramSha1,
    XOAuth2,
    choose,
    saslprep,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret


def test_plain_is_one_message_in_utf_8() -> None:
    assert Plain(Credentials("user", Secret("päss "))).start() == b"\0user\0p\xc3\xa4ss "


def test_login_answers_two_prompts_whatever_their_words() -> None:
    mechanism = Login(Credentials("user", Secret("pass")))
    assert mechanism.start() is None
    assert mechanism.respond(b"Benutzer?") == b"user"
    assert mechanism.respond(b"") == b"pass"
    with pytest.raises(SaslError) as caught:
        mechanism.respond(b"more")
    assert caught.value.kind == "challenge-unexpected"


def test_cram_md5_gives_the_answer_of_rfc_2195() -> None:
    challenge = b"<1896.697170952@postoffice.reston.mci.net>"
    response = CramMd5(Credentials("tim", Secret("tanstaaftanstaaf"))).respond(challenge)
    assert response == b"tim b913a602c7eda7a495b4e6e7334d3890"


def test_scram_sha_1_gives_the_exchange_of_rfc_5802() -> None:
    mechanism = ScramSha1(Credentials("user", Secret("pencil")), nonce="fyko+d2lbbFgONRv9qkxdawL")
    assert mechanism.start() == b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"
    final = mechanism.respond(
        b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"
    )
    assert final == (
        b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
    )
    assert mechanism.respond(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=") == b""
    mechanism.finish()


def test_scram_sha_256_gives_the_exchange_of_rfc_7677() -> None:
    mechanism = Scram(Credentials("user", Secret("pencil")), nonce="rOprNGfwEbeRWgbNEkqO")
    final = mechanism.respond(
        b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    )
    assert final == (
        b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
        b"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
    )
    assert mechanism.respond(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=") == b""
    mechanism.finish()


@pytest.mark.parametrize(
    ("challenge", "kind"),
    [
        (b"r=other,s=QSXCR+Q6sek8bf92,i=4096", "challenge-malformed"),
        (b"r=abc,s=QSXCR+Q6sek8bf92,i=4096", "challenge-malformed"),
        (b"r=abcd,s=!!,i=4096", "challenge-malformed"),
        (b"r=abcd,s=QSXCR+Q6sek8bf92", "challenge-malformed"),
        (b"r=abcd,s=QSXCR+Q6sek8bf92,i=0", "challenge-malformed"),
        (f"r=abcd,s=QSXCR+Q6sek8bf92,i={MAX_SCRAM_ITERATIONS + 1}".encode(), "challenge-malformed"),
        (b"m=ext,r=abcd,s=QSXCR+Q6sek8bf92,i=1", "challenge-malformed"),
        (b"\xff\xfe", "challenge-malformed"),
    ],
)
def test_scram_refuses_a_challenge_that_makes_no_sense(challenge: bytes, kind: str) -> None:
    with pytest.raises(SaslError) as caught:
        Scram(Credentials("user", Secret("pencil")), nonce="abc").respond(challenge)
    assert caught.value.kind == kind


def test_scram_is_not_content_with_a_relay_that_does_not_know_the_password() -> None:
    mechanism = Scram(Credentials("user", Secret("pencil")), nonce="abc")
    mechanism.respond(b"r=abcd,s=QSXCR+Q6sek8bf92,i=1")
    with pytest.raises(SaslError) as caught:
        mechanism.respond(b"v=AAAA")
    assert caught.value.kind == "server-unproven"
    with pytest.raises(SaslError):
        mechanism.finish()


def test_user_names_are_escaped_in_scram() -> None:
    start = Scram(Credentials("a=b,c", Secret("x")), nonce="n").start()
    assert start == b"n,,n=a=3Db=2Cc,r=n"


@pytest.mark.parametrize(
    ("text", "prepared"),
    [("I\u00adX", "IX"), ("user", "user"), ("USER", "USER"), ("\u00aa", "a"), ("\u2168", "IX")],
)
def test_saslprep_gives_the_examples_of_rfc_4013(text: str, prepared: str) -> None:
    assert saslprep(text) == prepared


@pytest.mark.parametrize("text", ["\u0007", "\u0627\u0031"])
def test_saslprep_refuses_what_rfc_4013_prohibits(text: str) -> None:
    with pytest.raises(SaslError) as caught:
        saslprep(text)
    assert caught.value.kind == "credentials-unusable"


TOKEN = Credentials("user@example.com", Secret("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="))


def test_oauthbearer_gives_the_message_of_rfc_7628() -> None:
    credentials = replace(TOKEN, host="server.example.com", port=143)
    assert OAuthBearer(credentials).start() == (
        b"n,a=user@example.com,\x01host=server.example.com\x01port=143\x01"
        b"auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01"
    )


def test_xoauth2_gives_the_message_of_googles_page() -> None:
    assert XOAuth2(
        Credentials("someuser@example.com", Secret("ya29.vF9dft4qmTc2Nvb3Rlcg"))
    ).start() == (b"user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3Rlcg\x01\x01")


@pytest.mark.parametrize(("mechanism", "end"), [(OAuthBearer, b"\x01"), (XOAuth2, b"")])
def test_a_refused_token_is_acknowledged_and_its_reason_is_kept(
    mechanism: type[Mechanism], end: bytes
) -> None:
    login = mechanism(TOKEN)
    login.start()
    assert login.respond(b'{"status":"invalid_token","scope":"mail.send","schemes":""}') == end
    assert login.refusal == "status: invalid_token, scope: mail.send"
    with pytest.raises(SaslError):
        login.respond(b"{}")


@pytest.mark.parametrize(
    "challenge",
    [
        b"no json",
        b"\xff\x00\x1b[31m",
        b"[" * 20000,
        b"[1]",
        b'{"status": "\\u001b[31m"}',
        b"",
        b"x" * 9999,
    ],
)
def test_a_reason_that_is_no_json_object_is_kept_as_printable_text(challenge: bytes) -> None:
    login = XOAuth2(TOKEN)
    login.respond(challenge)
    assert login.refusal.isprintable()
    assert len(login.refusal) <= 500


@pytest.mark.parametrize("identity", ["", "app@example.org"])
def test_external_names_at_most_the_identity_to_act_as(identity: str) -> None:
    assert External(Credentials(identity, Secret(""))).start() == identity.encode()


@pytest.mark.parametrize(
    ("offered", "encrypted", "chosen"),
    [
        (("LOGIN", "PLAIN", "CRAM-MD5", "SCRAM-SHA-256"), True, "PLAIN"),
        (("LOGIN", "XOAUTH2"), True, "LOGIN"),
        (("CRAM-MD5",), True, "CRAM-MD5"),
        (("LOGIN", "PLAIN", "CRAM-MD5", "SCRAM-SHA-256"), False, "SCRAM-SHA-256"),
        (("LOGIN", "PLAIN", "CRAM-MD5"), False, "CRAM-MD5"),
        (("NTLM", "GSSAPI"), True, None),
        ((), True, None),
    ],
)
def test_under_tls_it_is_what_applications_use_and_in_the_clear_the_strongest(
    offered: tuple[str, ...], encrypted: bool, chosen: str | None
) -> None:
    assert choose(offered, "password", encrypted=encrypted) == chosen


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (("PLAIN", "OAUTHBEARER", "XOAUTH2"), "XOAUTH2"),
        (("PLAIN", "OAUTHBEARER"), "OAUTHBEARER"),
        (("PLAIN", "EXTERNAL"), None),
    ],
)
def test_a_token_is_never_sent_as_a_password(offered: tuple[str, ...], chosen: str | None) -> None:
    assert choose(offered, "oauth", encrypted=True) == chosen


def test_no_mechanism_shows_the_password() -> None:
    for mechanism in MECHANISMS.values():
        assert "hunter22" not in repr(vars(mechanism(Credentials("user", Secret("hunter22")))))


def test_the_challenge_of_a_relay_is_not_executed_as_text() -> None:
    response = CramMd5(Credentials("user", Secret("x"))).respond(base64.b64decode("/////w=="))
    assert response.startswith(b"user ")
