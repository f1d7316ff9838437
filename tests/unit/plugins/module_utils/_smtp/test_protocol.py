# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialogue: replies are read as the RFCs say, and nothing goes out of order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.protocol import (
    MAX_LINE,
    MAX_LINES,
    TRANSITIONS,
    Dialogue,
    LocalError,
    ProtocolError,
    Reply,
    State,
    Verb,
    parse_capabilities,
)


def read(dialogue: Dialogue, data: bytes) -> Reply:
    dialogue.receive(data)
    reply = dialogue.next_reply()
    assert reply is not None
    return reply


def greeted() -> Dialogue:
    dialogue = Dialogue()
    read(dialogue, b"220 relay ESMTP\r\n")
    return dialogue


def ready(*capabilities: str) -> Dialogue:
    dialogue = greeted()
    dialogue.send(Verb.EHLO, "me")
    lines = ["relay", *capabilities]
    heads = ["250-"] * (len(lines) - 1) + ["250 "]
    read(dialogue, "".join(f"{head}{line}\r\n" for head, line in zip(heads, lines)).encode())
    return dialogue


# -- replies ---------------------------------------------------------------------------------


def test_a_reply_has_a_code_and_text() -> None:
    reply = read(Dialogue(), b"220 relay.example.org ESMTP\r\n")
    assert (reply.code, reply.text, reply.enhanced) == (220, "relay.example.org ESMTP", "")


def test_a_reply_without_text_is_a_reply() -> None:
    assert read(Dialogue(), b"220\r\n").text == ""


def test_a_reply_of_several_lines_is_one_reply() -> None:
    reply = read(Dialogue(), b"220-one\r\n220-\r\n220 three\r\n")
    assert reply.lines == ("one", "", "three")


def test_a_bare_line_feed_ends_a_line_too() -> None:
    assert read(Dialogue(), b"220 relay\n").text == "relay"


def test_an_enhanced_code_is_split_off_each_line() -> None:
    dialogue = ready()
    dialogue.send(Verb.MAIL, "FROM:<a@example.org>")
    reply = read(dialogue, b"550-5.7.139 one\r\n550 5.7.139 two\r\n")
    assert (reply.enhanced, reply.lines) == ("5.7.139", ("one", "two"))
    assert str(reply) == "550 5.7.139 one two"


def test_a_number_that_does_not_fit_the_code_is_text() -> None:
    assert read(Dialogue(), b"220 5.7.1 is our version\r\n").enhanced == ""


def test_nul_and_8_bit_bytes_become_printable_text() -> None:
    reply = read(Dialogue(), b"220 \x00\xff gr\xc3\xbc\xc3\x9fe \x1b[31m\r\n")
    assert reply.text == "\\x00\\xff grüße \\x1b[31m"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not-smtp"),
        (b"* OK IMAP4rev1\r\n", "not-smtp"),
        (b"\r\n", "not-smtp"),
        (b"190 too low\r\n", "not-smtp"),
        (b"2200 too long\r\n", "not-smtp"),
        (b"220-one\r\n221 two\r\n", "code-changed"),
        (b"220 " + b"x" * (MAX_LINE + 10), "line-too-long"),
        (b"220 " + b"x" * (MAX_LINE + 10) + b"\r\n", "line-too-long"),
        (b"220-x\r\n" * (MAX_LINES + 1), "reply-too-long"),
        ((b"220-" + b"x" * 4000 + b"\r\n") * 20, "reply-too-long"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "tls-bytes"),
    ],
)
def test_a_broken_reply_is_named(data: bytes, kind: str) -> None:
    dialogue = Dialogue()
    dialogue.receive(data)
    with pytest.raises(ProtocolError) as caught:
        dialogue.next_reply()
    assert caught.value.kind == kind
    assert caught.value.excerpt.isprintable()


@given(st.binary(max_size=300))
def test_any_bytes_give_a_reply_a_named_error_or_a_wish_for_more(data: bytes) -> None:
    dialogue = Dialogue()
    dialogue.receive(data)
    try:
        reply = dialogue.next_reply()
    except ProtocolError as error:
        shown: tuple[str, ...] = (error.excerpt,)
    else:
        shown = reply.lines if reply else ()
    assert all(line.isprintable() for line in shown)


LINE = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=40)


@given(
    st.integers(200, 599),
    st.lists(LINE, min_size=1, max_size=8),
    st.lists(st.integers(1, 20), max_size=40),
)
def test_a_reply_is_the_same_however_the_network_cuts_it(
    code: int, lines: list[str], cuts: list[int]
) -> None:
    heads = [f"{code}-"] * (len(lines) - 1) + [f"{code} "]
    data = "".join(f"{head}{line}\r\n" for head, line in zip(heads, lines)).encode()
    whole = read(Dialogue(), data)
    dialogue = Dialogue()
    position = 0
    for cut in cuts:
        if position + cut >= len(data):
            break
        dialogue.receive(data[position : position + cut])
        assert dialogue.next_reply() is None
        position += cut
    assert read(dialogue, data[position:]) == whole
    assert whole.code == code
    assert len(whole.lines) == len(lines)


# -- capabilities ----------------------------------------------------------------------------


def test_capabilities_are_read_in_any_order_and_case() -> None:
    capabilities = parse_capabilities(
        Reply(250, ("relay", "size 1000", "Auth Plain", "AUTH=LOGIN PLAIN", "8BITMIME", "?odd"))
    )
    assert capabilities.keywords["SIZE"] == ("1000",)
    assert capabilities.mechanisms == ("PLAIN", "LOGIN")
    assert "8BITMIME" in capabilities
    assert "?ODD" not in capabilities


def test_the_old_form_of_auth_is_understood() -> None:
    assert parse_capabilities(Reply(250, ("relay", "AUTH=LOGIN PLAIN"))).mechanisms == (
        "LOGIN",
        "PLAIN",
    )


@pytest.mark.parametrize(
    ("greeting", "address"),
    [
        ("smtp.example.org at your service, [192.0.2.7]", "192.0.2.7"),
        ("relay Hello me [IPv6:2001:db8::7], pleased to meet you", "2001:db8::7"),
        ("relay.example.org", ""),
        ("relay [999.1.1.1]", ""),
    ],
)
def test_the_address_that_the_relay_saw_is_taken_from_its_greeting(
    greeting: str, address: str
) -> None:
    assert parse_capabilities(Reply(250, (greeting,))).client_address == address


@pytest.mark.parametrize(
    ("line", "limit"),
    [
        ("SIZE 10240000", 10240000),
        ("SIZE 0", None),
        ("SIZE", None),
        ("SIZE unlimited", None),
        ("SIZE ²", None),
        ("SIZE " + "9" * 300, None),
        ("PIPELINING", None),
    ],
)
def test_the_size_limit_is_the_number_that_the_relay_announces(
    line: str, limit: int | None
) -> None:
    assert parse_capabilities(Reply(250, ("relay", line))).size_limit == limit


# -- the dialogue ----------------------------------------------------------------------------


def test_a_whole_dialogue_goes_through_its_states() -> None:
    dialogue = ready("STARTTLS")
    states = []
    states.append(dialogue.state)
    assert dialogue.send(Verb.STARTTLS) == b"STARTTLS\r\n"
    read(dialogue, b"220 go\r\n")
    states.append(dialogue.state)
    dialogue.start_tls()
    states.append(dialogue.state)
    assert dialogue.capabilities is None
    assert dialogue.send(Verb.EHLO, "me") == b"EHLO me\r\n"
    read(dialogue, b"250-relay\r\n250 AUTH LOGIN\r\n")
    assert dialogue.send(Verb.AUTH, "LOGIN") == b"AUTH LOGIN\r\n"
    read(dialogue, b"334 VXNlcm5hbWU6\r\n")
    states.append(dialogue.state)
    assert dialogue.send(Verb.RESPONSE, "dXNlcg==") == b"dXNlcg==\r\n"
    read(dialogue, b"235 ok\r\n")
    dialogue.send(Verb.MAIL, "FROM:<a@example.org>")
    read(dialogue, b"250 ok\r\n")
    dialogue.send(Verb.RCPT, "TO:<b@example.org>")
    read(dialogue, b"250 ok\r\n")
    states.append(dialogue.state)
    dialogue.send(Verb.RSET)
    read(dialogue, b"250 ok\r\n")
    states.append(dialogue.state)
    dialogue.send(Verb.QUIT)
    read(dialogue, b"221 bye\r\n")
    states.append(dialogue.state)
    assert states == [
        State.READY,
        State.HANDSHAKE,
        State.GREETED,
        State.CHALLENGED,
        State.RECIPIENTS,
        State.READY,
        State.CLOSED,
    ]


def test_an_empty_response_is_an_empty_line() -> None:
    dialogue = ready("AUTH LOGIN")
    dialogue.send(Verb.AUTH, "LOGIN")
    read(dialogue, b"334 \r\n")
    assert dialogue.send(Verb.RESPONSE) == b"\r\n"


def test_a_refused_command_leaves_the_state_as_it_was() -> None:
    dialogue = ready()
    dialogue.send(Verb.MAIL, "FROM:<a@example.org>")
    read(dialogue, b"550 no\r\n")
    assert dialogue.state is State.READY


def test_421_closes_the_dialogue_in_any_state() -> None:
    dialogue = ready()
    dialogue.send(Verb.MAIL, "FROM:<a@example.org>")
    assert read(dialogue, b"421 busy\r\n").code == 421
    assert dialogue.state is State.CLOSED


def test_a_421_that_came_unasked_is_read_as_the_reply() -> None:
    dialogue = ready()
    dialogue.receive(b"421 4.4.2 idle too long\r\n")
    dialogue.send(Verb.MAIL, "FROM:<a@example.org>")
    reply = dialogue.next_reply()
    assert reply is not None
    assert reply.code == 421


def test_any_other_reply_that_came_unasked_is_an_error() -> None:
    dialogue = ready()
    dialogue.receive(b"250 injected\r\n")
    with pytest.raises(ProtocolError) as caught:
        dialogue.send(Verb.MAIL, "FROM:<a@example.org>")
    assert caught.value.kind == "unsolicited"


def test_bytes_after_the_reply_to_starttls_are_an_injection() -> None:
    dialogue = ready("STARTTLS")
    dialogue.send(Verb.STARTTLS)
    read(dialogue, b"220 go\r\n250-relay\r\n250 AUTH PLAIN\r\n")
    with pytest.raises(ProtocolError) as caught:
        dialogue.start_tls()
    assert caught.value.kind == "injected"


def test_a_connection_sees_at_most_one_auth() -> None:
    dialogue = ready("AUTH PLAIN")
    dialogue.send(Verb.AUTH, "PLAIN AHUAcA==")
    read(dialogue, b"535 no\r\n")
    with pytest.raises(LocalError, match="second AUTH"):
        dialogue.send(Verb.AUTH, "PLAIN AHUAcA==")


# -- pipelining ------------------------------------------------------------------------------


def grouped(*capabilities: str) -> Dialogue:
    dialogue = ready(*capabilities)
    dialogue.send(Verb.MAIL, "FROM:<a@example.org>")
    dialogue.send(Verb.RCPT, "TO:<b@example.org>")
    dialogue.send(Verb.RSET)
    return dialogue


def test_commands_in_a_group_are_answered_in_their_order() -> None:
    dialogue = grouped("PIPELINING")
    dialogue.receive(b"250 2.1.0 sender\r\n250 2.1.5 recipient\r\n250 2.0.0 reset\r\n")
    states = []
    for text in ("sender", "recipient", "reset"):
        reply = dialogue.next_reply()
        assert reply is not None
        assert reply.text == text
        states.append(dialogue.state)
    assert states == [State.SENDER, State.RECIPIENTS, State.READY]
    assert dialogue.awaits_nothing


def test_a_group_needs_a_relay_that_offers_it() -> None:
    with pytest.raises(LocalError, match="before the reply"):
        grouped()


def test_what_waits_for_its_reply_ends_a_group() -> None:
    dialogue = ready("PIPELINING")
    dialogue.send(Verb.MAIL, "FROM:<a@example.org>")
    dialogue.send(Verb.RCPT, "TO:<b@example.org>")
    dialogue.send(Verb.DATA)
    with pytest.raises(LocalError, match="before the reply"):
        dialogue.send(Verb.RSET)


def test_a_command_in_a_group_needs_the_success_of_the_one_before() -> None:
    dialogue = ready("PIPELINING")
    dialogue.send(Verb.RSET)
    with pytest.raises(LocalError, match="not allowed"):
        dialogue.send(Verb.RCPT, "TO:<b@example.org>")


def test_a_recipient_after_a_refused_sender_opens_no_transaction() -> None:
    dialogue = grouped("PIPELINING")
    dialogue.receive(b"550 no\r\n503 MAIL first\r\n250 reset\r\n")
    codes = []
    while not dialogue.awaits_nothing:
        reply = dialogue.next_reply()
        assert reply is not None
        codes.append((reply.code, dialogue.state))
    assert codes == [(550, State.READY), (503, State.READY), (250, State.READY)]


def test_421_ends_a_whole_group() -> None:
    dialogue = grouped("PIPELINING")
    dialogue.receive(b"250 ok\r\n421 busy\r\n")
    assert [read(dialogue, b"").code for _ in range(2)] == [250, 421]
    assert dialogue.state is State.CLOSED
    assert dialogue.awaits_nothing


# -- the mail itself -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mail", "sent"),
    [
        (b"Subject: x\r\n\r\nhello\r\n", b"Subject: x\r\n\r\nhello\r\n.\r\n"),
        (b"no line end", b"no line end\r\n.\r\n"),
        (b".\r\n", b"..\r\n.\r\n"),
        (b"a\r\n.b\r\n..c\r\n", b"a\r\n..b\r\n...c\r\n.\r\n"),
    ],
)
def test_a_mail_ends_with_a_full_stop_and_has_none_of_its_own(mail: bytes, sent: bytes) -> None:
    dialogue = ready()
    dialogue.send(Verb.MAIL, "FROM:<a@example.org>")
    read(dialogue, b"250 ok\r\n")
    dialogue.send(Verb.RCPT, "TO:<b@example.org>")
    read(dialogue, b"250 ok\r\n")
    dialogue.send(Verb.DATA)
    assert read(dialogue, b"354 go on\r\n").kind == 3
    states = [dialogue.state]
    assert dialogue.send_content(mail) == sent
    read(dialogue, b"250 queued\r\n")
    states.append(dialogue.state)
    assert states == [State.CONTENT, State.READY]


@pytest.mark.parametrize("argument", ["a\r\nRCPT TO:<x>", "a\nb", "a\0b"])
def test_an_argument_cannot_hold_a_second_command(argument: str) -> None:
    with pytest.raises(LocalError, match="line end"):
        greeted().send(Verb.EHLO, argument)


def test_a_command_waits_for_the_reply_before_it() -> None:
    dialogue = greeted()
    dialogue.send(Verb.EHLO, "me")
    with pytest.raises(LocalError, match="before the reply"):
        dialogue.send(Verb.QUIT)


@pytest.mark.parametrize("verb", [verb for verb in Verb if verb not in TRANSITIONS[State.GREETED]])
def test_a_command_that_the_table_does_not_allow_is_refused(verb: Verb) -> None:
    with pytest.raises(LocalError, match="not allowed"):
        greeted().send(verb)


def test_every_state_but_the_last_leads_somewhere() -> None:
    ends = {state for state, commands in TRANSITIONS.items() if not commands}
    assert ends == {State.CLOSED, State.HANDSHAKE}
    assert set(TRANSITIONS) == set(State)
