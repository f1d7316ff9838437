# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands go out together where the relay offers it, and a relay that breaks under it is named."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.samples import (
    codes,
    credentials,
    request,
    stages,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    Authority,
    Peer,
    Relay,
)

Run = Callable[[Relay], Relay]
Serve = Callable[[Callable[[socket.socket], None]], int]

PIPELINING = ("PIPELINING",)
SILENCE = 0.4
TWO = ("one@example.org", "two@example.org")


def test_sender_recipients_and_rset_are_sent_before_any_reply(serve: Serve) -> None:
    together: list[str] = []

    def behave(connection: socket.socket) -> None:
        peer = Peer(connection)
        peer.send(b"220 relay\r\n")
        lines = peer.lines()
        next(lines)
        peer.send(b"250-relay\r\n250 PIPELINING\r\n")
        together.extend(next(lines) for _ in range(4))
        peer.send(b"250 sender\r\n250 first\r\n550 5.1.1 no such user\r\n250 reset\r\n")
        next(lines)
        peer.send(b"221 bye\r\n")

    result = probe(request(serve(behave), security="none", recipients=TWO))
    assert [line.split(":")[0] for line in together] == ["MAIL FROM", "RCPT TO", "RCPT TO", "RSET"]
    assert codes(result) == ["recipient-unknown"]
    assert "two@example.org" in result.findings[-1].message
    assert stages(result)[-5:] == [
        ("mail", "ok"),
        ("rcpt", "ok"),
        ("rcpt", "failed"),
        ("rset", "ok"),
        ("quit", "ok"),
    ]


def test_after_a_refused_sender_nothing_is_said_of_the_recipients(run_relay: Run) -> None:
    relay = run_relay(
        Relay(
            security="none",
            extensions=PIPELINING,
            replies={"MAIL": b"550 5.7.1 no\r\n", "RCPT": b"503 5.5.1 MAIL first\r\n"},
        )
    )
    result = probe(request(relay, security="none"))
    assert codes(result) == ["sender-rejected"]
    assert stages(result)[-2:] == [("mail", "failed"), ("quit", "ok")]


def test_421_within_a_group_ends_the_walk(run_relay: Run) -> None:
    relay = run_relay(
        Relay(security="none", extensions=PIPELINING, replies={"RCPT": b"421 4.3.0 closing\r\n"})
    )
    result = probe(request(relay, security="none", recipients=TWO))
    assert codes(result) == ["relay-unavailable"]
    assert stages(result)[-1] == ("rcpt", "failed")


@pytest.mark.parametrize("grouped", ["lost", "closed"])
def test_a_relay_that_breaks_under_pipelining_is_asked_one_by_one_and_named(
    run_relay: Run, authority: Authority, grouped: str
) -> None:
    relay = run_relay(Relay(extensions=PIPELINING, grouped=grouped))
    result = probe(request(relay, authority, recipients=TWO, timeout=1.0, **credentials(relay)))
    assert result.ok
    assert codes(result) == ["pipelining-broken"]
    assert stages(result)[-5:] == [
        ("mail", "ok"),
        ("rcpt", "ok"),
        ("rcpt", "ok"),
        ("rset", "ok"),
        ("quit", "ok"),
    ]


def test_a_relay_that_loses_the_sender_is_not_blamed_for_the_recipient(serve: Serve) -> None:
    def behave(connection: socket.socket) -> None:
        peer = Peer(connection)
        peer.send(b"220 relay\r\n")
        sender = False
        for line in peer.lines():
            if line.startswith("MAIL") and peer.forget():
                peer.send(b"503 5.5.1 Need MAIL before RCPT\r\n")
            elif line.startswith("EHLO"):
                peer.send(b"250-relay\r\n250 PIPELINING\r\n")
            else:
                sender = sender or line.startswith("MAIL")
                peer.send(b"250 ok\r\n" if sender else b"503 no sender\r\n")

    result = probe(request(serve(behave), security="none", timeout=1.0))
    assert codes(result) == ["pipelining-broken"]
    assert any("Need MAIL before RCPT" in finding.message for finding in result.findings)


def test_a_refusal_that_is_the_same_alone_is_not_blamed_on_pipelining(run_relay: Run) -> None:
    relay = run_relay(
        Relay(
            security="none", extensions=PIPELINING, replies={"MAIL": b"501 5.1.7 bad address\r\n"}
        )
    )
    assert codes(probe(request(relay, security="none"))) == ["sender-rejected"]


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
def test_silence_is_not_blamed_on_pipelining(run_relay: Run, verb: str) -> None:
    relay = run_relay(Relay(security="none", extensions=PIPELINING, replies={verb: None}))
    result = probe(request(relay, security="none", timeout=SILENCE))
    assert codes(result) == ["reply-timeout"]
    assert stages(result)[-1] == (verb.lower(), "failed")


def test_slowness_is_not_blamed_on_pipelining(serve: Serve) -> None:
    def behave(connection: socket.socket) -> None:
        peer = Peer(connection)
        peer.send(b"220 relay\r\n")
        for line in peer.lines():
            if line.startswith("RCPT"):
                time.sleep(0.75 * 2)  # the relay's own slowness: more than half of the timeout
            peer.send(b"250-relay\r\n250 PIPELINING\r\n" if "EHLO" in line else b"250 ok\r\n")

    result = probe(request(serve(behave), security="none", recipients=TWO, timeout=2.0))
    assert codes(result) == []
    assert stages(result)[-3:-2] == [("rcpt", "ok")]
