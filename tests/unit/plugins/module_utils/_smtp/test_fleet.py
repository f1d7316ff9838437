# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many relays at once: in order, no more at a time than allowed, and no login twice."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.fleet import probe_all
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.logins import Memory
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.message import Message
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import ProbeResult
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp import hostile
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.hostile import Hostile
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
Handle = Callable[[socket.socket], None]
Serve = Callable[[Handle], int]
REJECTED = b"535 5.7.8 Authentication failed\r\n"


def logins(*relays: Relay) -> int:
    return sum(line.startswith("AUTH") for relay in relays for line in relay.seen)


def all_codes(results: list[ProbeResult]) -> list[str]:
    return sorted(code for result in results for code in codes(result, "error", "warning", "info"))


def plain(relay: Relay, **changes: Any) -> ProbeRequest:
    return request(relay, security="none", **changes)


# -- at once ---------------------------------------------------------------------------------------


def test_the_results_are_in_the_order_of_the_requests(run_relay: Run) -> None:
    relays = [run_relay(Relay(security="none")) for _ in range(5)]
    results = probe_all([plain(relay) for relay in relays])
    assert [result.relay for result in results] == [f"127.0.0.1:{each.port}" for each in relays]
    assert all(result.ok for result in results)


def test_nothing_asked_is_nothing_answered() -> None:
    assert probe_all([]) == []


class Counting:
    """Relays that know how many clients they had at once; none is let go before ``enough`` came."""

    def __init__(self, enough: int) -> None:
        self._enough = threading.Event()
        self._wanted = enough
        self._lock = threading.Lock()
        self.now = self.most = 0

    def serve(self, connection: socket.socket) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
            if self.now == self._wanted:
                self._enough.set()
        self._enough.wait(5.0)
        with self._lock:
            self.now -= 1
        Relay(security="none").serve(connection)


@pytest.mark.parametrize(("per_relay", "most"), [(1, 1), (2, 2), (3, 3)])
def test_a_relay_sees_no_more_connections_at_once_than_allowed(
    serve: Serve, per_relay: int, most: int
) -> None:
    relay = Counting(enough=most)
    asked = plain(Relay(port=serve(relay.serve)))
    results = probe_all([asked] * 6, per_relay=per_relay)
    assert [result.ok for result in results] == [True] * 6
    assert relay.most == most


def test_many_relays_are_probed_at_the_same_time_and_no_more_than_allowed(serve: Serve) -> None:
    relay = Counting(enough=4)
    asked = [plain(Relay(port=serve(relay.serve))) for _ in range(10)]
    assert all(result.ok for result in probe_all(asked, concurrency=4))
    assert relay.most == 4


def test_a_relay_that_is_full_holds_up_no_other(serve: Serve, run_relay: Run) -> None:
    behind = run_relay(Relay(security="none"))
    go_on = threading.Event()

    def waits(connection: socket.socket) -> None:
        # Until the last of all is through.
        while "QUIT" not in behind.seen:
            go_on.wait(0.01)
        Relay(security="none").serve(connection)

    slow = plain(Relay(port=serve(waits)))
    results = probe_all([slow, slow, slow, plain(behind)], concurrency=2, per_relay=1)
    assert [result.ok for result in results] == [True] * 4


def test_a_mistake_of_this_program_is_no_result(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    broken: Any = {"timeout": "soon"}
    with pytest.raises(TypeError):
        probe_all([replace(plain(relay), **broken)])


# -- one login -------------------------------------------------------------------------------------


def test_a_rejected_login_is_tried_once_by_a_fleet(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay(replies={"AUTH": REJECTED}))
    results = probe_all([request(relay, authority, **credentials(relay))] * 8)
    assert logins(relay) == 1
    assert all_codes(results) == ["credentials-rejected"] + ["login-stopped"] * 7
    assert not any(result.ok for result in results)


def test_a_login_that_is_good_is_made_once_and_the_others_say_so(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay())
    results = probe_all([request(relay, authority, **credentials(relay))] * 5)
    assert logins(relay) == 1
    assert all(result.ok for result in results)
    assert all_codes(results) == ["login-shared"] * 4 + ["sender-unproven"]
    assert sorted(result.reached for result in results) == ["ehlo"] * 4 + ["rcpt"]


def test_a_login_that_is_good_is_made_again_where_that_is_asked_for(
    run_relay: Run, authority: Authority
) -> None:
    relay, book = run_relay(Relay()), Memory()
    asked = [request(relay, authority, **credentials(relay))]
    probe_all(asked, book=book)
    [result] = probe_all(asked, book=book, again=True)
    assert logins(relay) == 2
    assert result.login == "accepted"


def test_a_login_that_was_rejected_is_made_again_by_nobody(
    run_relay: Run, authority: Authority
) -> None:
    relay, book = run_relay(Relay(replies={"AUTH": REJECTED})), Memory()
    asked = [request(relay, authority, **credentials(relay))]
    probe_all(asked, book=book)
    [result] = probe_all(asked, book=book, again=True)
    assert logins(relay) == 1
    assert codes(result, "error") == ["login-stopped"]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (b"454 4.7.0 Temporary authentication failure\r\n", "auth-failed-temporarily"),
        (b"421 4.7.0 Shutting down\r\n", "relay-unavailable"),
        (b"", "reply-timeout"),
        (b"What?\r\n", "not-smtp"),
        # About the command, and not about who logs in.
        (b"504 5.5.4 Unrecognized authentication type\r\n", "mechanism-rejected"),
        (b"503 5.5.1 Not now\r\n", "mechanism-rejected"),
        (b"538 5.7.11 Encryption required\r\n", "starttls-required"),
    ],
)
def test_a_login_without_a_yes_or_no_is_not_tried_again_and_not_called_rejected(
    run_relay: Run, authority: Authority, reply: bytes, code: str
) -> None:
    relay = run_relay(Relay(replies={"AUTH": reply}))
    asked = request(relay, authority, timeout=1.0, **credentials(relay))
    results = probe_all([asked] * 3, per_relay=3)
    assert logins(relay) == 1
    assert all_codes(results) == sorted([code] + ["login-undecided"] * 2)
    assert sorted(result.login for result in results) == ["", "", "undecided"]


def test_a_connection_lost_during_the_login_is_not_called_a_rejection(
    serve: Serve, authority: Authority
) -> None:
    relay = Hostile(authority.context(), "challenge", hostile.closes)
    asked = request(serve(relay.serve), authority, mechanism="LOGIN", **credentials(Relay()))
    results = probe_all([asked] * 3, per_relay=3)
    assert sum(line.startswith("AUTH") for line in relay.seen) == 1
    assert all_codes(results) == ["connection-lost"] + ["login-undecided"] * 2


def test_credentials_that_cannot_be_sent_are_no_login(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay())
    unusable = credentials(relay, username="ada\ue000", mechanism="SCRAM-SHA-256")
    results = probe_all([request(relay, authority, **unusable)] * 2)
    assert logins(relay) == 0
    assert all_codes(results) == ["credentials-unusable"] * 2
    assert [result.login for result in results] == ["", ""]


def test_a_rejected_login_is_not_tried_at_another_port_of_the_host(
    run_relay: Run, authority: Authority
) -> None:
    relays = [run_relay(Relay(replies={"AUTH": REJECTED})) for _ in range(3)]
    probe_all([request(relay, authority, **credentials(relay)) for relay in relays])
    assert logins(*relays) == 1


def test_a_login_that_is_good_at_one_port_is_tried_at_the_next(
    run_relay: Run, authority: Authority
) -> None:
    relays = [run_relay(Relay()) for _ in range(3)]
    results = probe_all([request(relay, authority, **credentials(relay)) for relay in relays])
    assert [logins(relay) for relay in relays] == [1, 1, 1]
    assert [result.login for result in results] == ["accepted"] * 3


def test_other_credentials_are_another_login(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay())
    good = request(relay, authority, **credentials(relay))
    bad = request(relay, authority, **credentials(relay, password=Secret("wrong")))
    results = probe_all([good, bad])
    assert [result.login for result in results] == ["accepted", "rejected"]


def test_who_does_not_get_to_the_login_leaves_it_to_the_next(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(replies={"banner": [b"421 4.3.2 Not now\r\n"]}))
    asked = request(relay, authority, **credentials(relay))
    results = probe_all([asked] * 3, concurrency=1)
    assert logins(relay) == 1
    assert [result.login for result in results] == ["", "accepted", ""]


def test_a_mail_that_is_asked_for_is_sent_by_everybody_once_the_login_is_known_to_be_good(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay())
    settings = {"until": "data", "message": Message(), **credentials(relay)}
    results = probe_all([request(relay, authority, **settings)] * 3)
    assert [result.reached for result in results] == ["data"] * 3
    assert len(relay.mails) == 3


def test_a_mail_is_not_sent_with_a_login_that_was_rejected(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(replies={"AUTH": REJECTED}))
    probe_all([request(relay, authority, until="data", **credentials(relay))] * 3)
    assert logins(relay) == 1


@pytest.mark.parametrize(
    ("reply", "code"), [(REJECTED, "login-stopped"), (b"454 4.7.0 Later\r\n", "login-undecided")]
)
def test_a_login_that_is_no_longer_good_is_made_by_nobody_any_more(
    run_relay: Run, authority: Authority, reply: bytes, code: str
) -> None:
    good = b"235 2.7.0 Welcome\r\n"
    relay = run_relay(Relay(replies={"AUTH": [good, reply, reply, reply, reply]}))
    asked = request(relay, authority, until="data", **credentials(relay))
    results = probe_all([asked] * 5, concurrency=1)
    assert logins(relay) == 2
    assert all_codes(results).count(code) == 3


def test_a_run_of_several_calls_tries_a_login_once(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay(replies={"AUTH": REJECTED}))
    asked = request(relay, authority, **credentials(relay))
    book = Memory()
    first, second = (probe_all([asked], book=book)[0] for _ in range(2))
    assert (codes(first), codes(second)) == (["credentials-rejected"], ["login-stopped"])
    assert logins(relay) == 1


def test_without_a_login_there_is_nothing_to_share(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    assert all_codes(probe_all([plain(relay)] * 3)) == ["sender-unproven"] * 3
