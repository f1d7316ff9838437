# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sender, recipients and the test mail: what a relay is told, and what became of each recipient."""

from __future__ import annotations

import email
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.message import Message
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import ProbeResult
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.samples import (
    codes,
    request,
    stages,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import Relay

Run = Callable[[Relay], Relay]
ALL = ("PIPELINING", "8BITMIME", "SMTPUTF8", "DSN")
TWO = ("one@example.org", "two@example.org")


def ask(relay: Relay, **changes: Any) -> ProbeResult:
    return probe(request(relay, security="none", **changes))


def commands(relay: Relay, verb: str) -> list[str]:
    return [line for line in relay.seen if line.startswith(verb)]


def mail(relay: Relay) -> EmailMessage:
    (content,) = relay.mails
    parsed = email.message_from_bytes(content.encode(), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


# -- the envelope ----------------------------------------------------------------------------


def test_an_expected_size_is_told_to_the_relay(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    result = ask(relay, expected_size=5000)
    assert commands(relay, "MAIL") == ["MAIL FROM:<app@example.org> SIZE=5000"]
    assert codes(result) == []
    assert result.size_limit == 10240000


def test_a_mail_that_is_too_big_is_named_and_the_rest_is_still_tried(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    result = ask(relay, expected_size=20_000_000)
    assert codes(result) == ["message-over-limit"]
    assert "20000000 bytes, and 10240000 are allowed" in result.findings[0].message
    assert commands(relay, "MAIL") == ["MAIL FROM:<app@example.org>"]
    assert ("mail", "failed") in stages(result)
    assert ("rcpt", "ok") in stages(result)


def test_the_size_is_not_told_to_a_relay_that_does_not_know_the_word(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", replies={"EHLO": b"250 relay\r\n"}))
    assert ask(relay, expected_size=5000).ok
    assert commands(relay, "MAIL") == ["MAIL FROM:<app@example.org>"]


def test_an_address_beyond_ascii_needs_smtputf8(run_relay: Run) -> None:
    able = run_relay(Relay(security="none", extensions=ALL))
    assert ask(able, recipients=("jörg@example.org",)).ok
    assert commands(able, "MAIL") == ["MAIL FROM:<app@example.org> SMTPUTF8"]
    assert commands(able, "RCPT") == ["RCPT TO:<jörg@example.org>"]
    unable = run_relay(Relay(security="none"))
    result = ask(unable, recipients=("jörg@example.org", "two@example.org"))
    assert codes(result) == ["smtputf8-not-offered"]
    assert [each.result for each in result.recipients] == ["refused", "accepted"]


def test_without_a_recipient_the_sender_is_still_asked_for_and_stages_keep_their_order(
    run_relay: Run,
) -> None:
    result = ask(run_relay(Relay(security="none")), recipients=())
    assert stages(result)[-4:] == [
        ("mail", "ok"),
        ("rcpt", "skipped"),
        ("rset", "ok"),
        ("quit", "ok"),
    ]


def test_each_recipient_has_a_result(run_relay: Run) -> None:
    replies: dict[str, Any] = {"RCPT": [b"550 5.1.1 User unknown\r\n"]}
    result = ask(run_relay(Relay(security="none", replies=replies)), recipients=TWO)
    assert [(each.address, each.result) for each in result.recipients] == [
        ("one@example.org", "refused"),
        ("two@example.org", "accepted"),
    ]
    assert result.as_dict()["recipients"][0]["reply"] == "550 5.1.1 User unknown"


def test_a_recipient_that_is_given_twice_is_named_once(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    result = ask(relay, recipients=(*TWO, *TWO), until="data")
    assert [each.address for each in result.recipients] == list(TWO)
    assert len(commands(relay, "RCPT")) == 2
    assert len(relay.mails) == 1


def test_the_extensions_are_returned_for_programs(run_relay: Run) -> None:
    result = ask(run_relay(Relay(security="none", extensions=ALL)))
    assert result.extensions == {
        "starttls": False,
        "pipelining": True,
        "eight_bit_mime": True,
        "smtputf8": True,
        "dsn": True,
        "enhanced_status_codes": True,
        "size": True,
    }


# -- the mail --------------------------------------------------------------------------------


def test_no_mail_is_sent_unless_it_is_asked_for(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    result = ask(relay, message=Message(subject="not to be sent"))
    assert commands(relay, "DATA") == []
    assert codes(result, "info") == ["sender-unproven"]


@pytest.mark.parametrize("extensions", [(), ALL])
def test_a_test_mail_arrives_and_can_be_searched_for(
    run_relay: Run, extensions: tuple[str, ...]
) -> None:
    relay = run_relay(Relay(security="none", extensions=extensions))
    result = ask(relay, until="data", recipients=TWO)
    assert codes(result, "error", "warning", "info") == []
    assert result.reached == "data"
    assert [each.result for each in result.recipients] == ["sent", "sent"]
    sent = mail(relay)
    assert sent["Message-ID"] == result.message_id
    assert result.token in sent["Subject"]
    assert sent["X-Mailops-Token"] == result.token
    assert len(result.token) >= 16
    assert "queued as 4242" in next(s.detail for s in result.stages if s.name == "data")


def test_every_mail_has_a_token_of_its_own(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    assert len({ask(relay, until="data").token for _ in range(3)}) == 3


def test_the_mail_goes_to_the_accepted_recipients_only(run_relay: Run) -> None:
    replies: dict[str, Any] = {"RCPT": [b"550 5.1.1 User unknown\r\n"]}
    relay = run_relay(Relay(security="none", replies=replies))
    result = ask(relay, until="data", recipients=TWO)
    assert codes(result) == ["recipient-unknown"]
    assert [each.result for each in result.recipients] == ["refused", "sent"]


def test_without_an_accepted_recipient_nothing_is_sent(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", replies={"RCPT": b"550 5.1.1 User unknown\r\n"}))
    result = ask(relay, until="data", recipients=TWO)
    assert relay.mails == []
    assert stages(result)[-3:] == [("data", "skipped"), ("rset", "ok"), ("quit", "ok")]


def test_a_mail_over_the_limit_is_not_sent(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", replies={"EHLO": b"250-relay\r\n250 SIZE 300\r\n"}))
    result = ask(relay, until="data")
    assert codes(result) == ["message-over-limit"]
    assert relay.mails == []


@pytest.mark.parametrize("verb", ["DATA", "."])
def test_a_refusal_at_data_is_diagnosed_there(run_relay: Run, verb: str) -> None:
    reply = b"550 The from address does not match a verified Sender Identity\r\n"
    relay = run_relay(Relay(security="none", replies={verb: reply}))
    result = ask(relay, until="data")
    assert codes(result) == ["sender-not-verified"]
    assert result.findings[-1].where.endswith(" data")
    assert result.reached == "rcpt"
    assert [each.result for each in result.recipients] == ["accepted"]


def test_the_envelope_sender_may_be_another_than_the_author(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", extensions=ALL))
    message = Message(
        envelope_from="bounces@example.net", from_name="Hub, the", reply_to="r@x.example"
    )
    ask(relay, until="data", message=message)
    assert commands(relay, "MAIL")[0].startswith("MAIL FROM:<bounces@example.net> ")
    sent = mail(relay)
    assert sent["From"] == '"Hub, the" <app@example.org>'
    assert sent["Reply-To"] == "r@x.example"


def test_delivery_notifications_are_asked_for_where_they_are_offered(run_relay: Run) -> None:
    able = run_relay(Relay(security="none", extensions=ALL))
    ask(able, until="data", message=Message(dsn=True, token="t-1"))
    assert commands(able, "MAIL")[0].endswith(" RET=HDRS ENVID=t-1")
    assert commands(able, "RCPT")[0].endswith("> NOTIFY=SUCCESS,DELAY,FAILURE")
    unable = run_relay(Relay(security="none"))
    result = ask(unable, until="data", message=Message(dsn=True))
    assert codes(result, "error", "warning", "info") == ["dsn-not-offered"]
    assert "ENVID" not in commands(unable, "MAIL")[0]


@pytest.mark.parametrize("extensions", [(), ("8BITMIME",), ALL])
def test_text_beyond_ascii_arrives_as_the_relay_can_take_it(
    run_relay: Run, extensions: tuple[str, ...]
) -> None:
    relay = run_relay(Relay(security="none", extensions=extensions))
    message = Message(
        subject="Prüfung 🔑", subject_prefix="[Büro]", text="Grüße\n.\n..x\n", html="<p>ü</p>"
    )
    result = ask(relay, until="data", message=message)
    assert codes(result) == []
    sent = mail(relay)
    assert sent["Subject"] == f"[Büro] Prüfung 🔑 [{result.token}]"
    text, html = sent.get_body(("plain",)), sent.get_body(("html",))
    assert text is not None
    assert html is not None
    # Dots are doubled on the way, and only there.
    lines = text.get_content().replace("\r\n", "\n").split("\n")
    assert [line.replace("..", ".", line.startswith(".")) for line in lines[:3]] == [
        "Grüße",
        ".",
        "..x",
    ]
    assert html.get_content().strip() == "<p>ü</p>"
    raw = relay.mails[0]
    assert raw.isascii() == ("8BITMIME" not in extensions)
    assert ("BODY=8BITMIME" in commands(relay, "MAIL")[0]) == ("8BITMIME" in extensions)


def test_a_header_with_addresses_beyond_ascii_is_utf_8(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", extensions=ALL))
    result = ask(relay, until="data", recipients=("jörg@xn--mnchen-3ya.example",))
    assert codes(result) == []
    assert "To: jörg@xn--mnchen-3ya.example" in relay.mails[0]


# -- open relays -----------------------------------------------------------------------------


FOREIGN = "someone@elsewhere.example"


def test_an_open_relay_is_named(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    result = ask(relay, foreign_recipient=FOREIGN)
    assert codes(result) == ["open-relay"]
    assert FOREIGN in result.findings[0].message
    assert [line.split(":")[0] for line in relay.seen[1:4]] == ["MAIL FROM", "RCPT TO", "RSET"]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
def test_a_relay_that_refuses_a_foreign_recipient_is_not_open(run_relay: Run, verb: str) -> None:
    replies: dict[str, Any] = {verb: [b"554 5.7.1 Relay access denied\r\n"]}
    result = ask(run_relay(Relay(security="none", replies=replies)), foreign_recipient=FOREIGN)
    assert codes(result) == []
    assert ("open-relay", "ok") in stages(result)


@pytest.mark.parametrize(
    ("reply", "code"),
    [(b"500 What?\r\n", "reply-unknown"), (b"421 4.3.0 Closing\r\n", "relay-unavailable")],
)
def test_a_relay_that_does_not_take_a_foreign_recipient_back_ends_the_walk(
    run_relay: Run, reply: bytes, code: str
) -> None:
    relay = run_relay(Relay(security="none", replies={"RSET": [reply]}))
    result = ask(relay, foreign_recipient="foreign@example.net")
    assert codes(result) == ["open-relay", code]
    assert len(commands(relay, "MAIL")) == 1


def test_nobody_is_tried_who_was_not_asked_for(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    ask(relay)
    assert len(commands(relay, "RCPT")) == 1
