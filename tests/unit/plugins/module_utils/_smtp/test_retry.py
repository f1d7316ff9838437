# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may pass is tried again within the limit, and what may do harm is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import longest, probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import ProbeResult
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.samples import (
    codes,
    credentials,
    request,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    Authority,
    Relay,
)

Run = Callable[[Relay], Relay]
GREYLISTED = b"451 4.7.1 Greylisted, come back later\r\n"


def ask(relay: Relay, pauses: list[float] | None = None, **changes: Any) -> ProbeResult:
    wait = [] if pauses is None else pauses
    return probe(request(relay, security="none", **changes), sleep=wait.append)


def test_a_greylisting_relay_is_tried_again_and_told_of(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", replies={"RCPT": [GREYLISTED] * 2}))
    pauses: list[float] = []
    result = ask(relay, pauses, retries=3, retry_seconds=7.0)
    assert result.ok
    assert codes(result) == ["passed-after-retry"]
    assert "Greylisted" in result.findings[-1].message
    assert (result.tries, pauses) == (3, [7.0, 7.0])
    assert result.as_dict()["tries"] == 3


def test_what_does_not_pass_is_an_error_in_the_end(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", replies={"RCPT": GREYLISTED}))
    result = ask(relay, retries=2)
    assert codes(result) == ["greylisted"]
    assert result.tries == 3


def test_without_retries_there_is_one_try(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", replies={"RCPT": GREYLISTED}))
    assert ask(relay).tries == 1


@pytest.mark.parametrize(
    "replies",
    [
        {"RCPT": b"550 5.1.1 User unknown\r\n"},
        {"MAIL": b"553 5.7.1 Not you\r\n"},
        {"banner": b"554 5.7.1 Go away\r\n"},
        # One that may pass and one that does not.
        {"RCPT": [GREYLISTED, b"550 5.1.1 User unknown\r\n"]},
    ],
)
def test_a_refusal_for_good_is_not_tried_again(run_relay: Run, replies: dict[str, Any]) -> None:
    relay = run_relay(Relay(security="none", replies=replies))
    two = ("one@example.org", "two@example.org")
    assert ask(relay, retries=3, recipients=two).tries == 1


DENIED = b"454 4.7.1 <x@example.org>: Relay access denied\r\n"


def test_a_permanent_refusal_with_a_passing_code_is_asked_for_once_more(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", replies={"RCPT": DENIED}))
    result = ask(relay, retries=5)
    assert codes(result) == ["relay-denied"]
    assert codes(result, "error") == ["relay-denied"]
    assert (result.tries, result.transient, result.permanent) == (2, False, True)
    assert result.unconfirmed == []


def test_what_came_once_only_is_not_confirmed(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", replies={"RCPT": DENIED}))
    result = ask(relay)
    assert (result.tries, result.permanent, result.unconfirmed) == (1, True, ["relay-denied"])
    assert result.as_dict()["unconfirmed"] == ["relay-denied"]


def test_a_hiccup_that_reads_like_a_permanent_refusal_passes(run_relay: Run) -> None:
    missing = b"450 4.1.8 <app@example.org>: Sender address rejected: Domain not found\r\n"
    relay = run_relay(Relay(security="none", replies={"MAIL": [missing]}))
    result = ask(relay, retries=2)
    assert result.ok
    assert codes(result) == ["passed-after-retry"]


@pytest.mark.parametrize(
    "reply",
    [
        # Other settings do not mend a quota, so that nothing is to be confirmed.
        b"454 Throttling failure: Daily message quota exceeded\r\n",
        b"550 5.7.1 Relay access denied\r\n",
    ],
)
def test_other_permanent_refusals_are_not_asked_for_again(run_relay: Run, reply: bytes) -> None:
    relay = run_relay(Relay(security="none", replies={"RCPT": reply}))
    result = ask(relay, retries=3)
    assert (result.tries, result.permanent, result.unconfirmed) == (1, True, [])


@pytest.mark.parametrize(
    "reply",
    [
        b"535 5.7.8 Authentication failed\r\n",
        b"454 4.7.0 Temporary authentication failure\r\n",
        b"421 4.7.0 Too many errors\r\n",
    ],
)
def test_a_login_that_failed_is_never_tried_again(
    run_relay: Run, authority: Authority, reply: bytes
) -> None:
    relay = run_relay(Relay(replies={"AUTH": reply}))
    asked = request(relay, authority, retries=3, retry_seconds=0.0, **credentials(relay))
    assert probe(asked).tries == 1
    assert len([line for line in relay.seen if line.startswith("AUTH")]) == 1


def test_a_mail_that_was_put_off_is_sent_again_with_the_same_token(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", replies={".": [b"451 4.3.0 Try again later\r\n"]}))
    result = ask(relay, until="data", retries=1)
    assert codes(result) == ["passed-after-retry"]
    assert len(relay.mails) == 2
    assert all(f"[{result.token}]" in mail for mail in relay.mails)


def test_a_mail_that_may_have_been_taken_is_not_sent_again(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", replies={".": b""}))
    result = ask(relay, until="data", retries=3, timeout=0.4)
    assert codes(result) == ["reply-timeout"]
    assert len(relay.mails) == 1


def test_a_mail_that_was_taken_for_one_recipient_is_not_sent_again(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", replies={"RCPT": [GREYLISTED]}))
    two = ("one@example.org", "two@example.org")
    result = ask(relay, until="data", retries=3, recipients=two)
    assert codes(result) == ["greylisted"]
    assert len(relay.mails) == 1


def test_a_probe_says_how_long_it_may_take() -> None:
    one = longest(request(1, timeout=5.0))
    assert longest(request(1, timeout=5.0, retries=2, retry_seconds=3.0)) == 3 * one + 6.0


@pytest.mark.parametrize(
    ("replies", "transient"),
    [
        ({}, False),
        ({"RCPT": GREYLISTED}, True),
        ({"RCPT": b"550 5.1.1 User unknown\r\n"}, False),
        ({"MAIL": b"451 4.3.0 Later\r\n"}, True),
    ],
)
def test_a_result_tells_whether_time_alone_may_mend_it(
    run_relay: Run, replies: dict[str, Any], transient: bool
) -> None:
    result = ask(run_relay(Relay(security="none", replies=replies)))
    assert (result.transient, result.as_dict()["transient"]) == (transient, transient)


def test_a_login_that_was_put_off_may_pass_although_it_is_not_repeated_now(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(replies={"AUTH": b"454 4.7.0 Temporary failure\r\n"}))
    result = probe(request(relay, authority, **credentials(relay), retries=1))
    assert (result.tries, result.transient) == (1, True)
