# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hostile relay gets a name at every stage, in time, and no more memory than it deserves.

All cases of a table are run at once: most of their time is waiting.
"""

from __future__ import annotations

import json
import socket
import ssl
import tracemalloc
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import ProbeResult
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp import hostile
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.certificates import (
    Issuer,
    self_signed,
    weak_key,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.hostile import (
    STAGES,
    Attack,
    Hostile,
    listening,
    says,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import Relay

TIMEOUT = 1.0
AT_ONCE = 8
USERNAME = "user@example.org"
PASSWORD = "correct horse"

ATTACKS: Mapping[str, Attack] = {
    "silence": hostile.silence,
    "one byte a second": hostile.drip,
    "a line without end": hostile.endless_line,
    "ten megabytes": hostile.ten_megabytes,
    "a thousand lines": hostile.thousand_lines,
    "NUL and 8-bit bytes": says(b"\0\xff\x80\r\n"),
    "NUL and 8-bit bytes in the text": says(b"500 a\0b\xff\x1b[31mc\r\n"),
    "a code of another place": says(b"354 Go ahead\r\n"),
    "a code of no meaning": says(b"599 What?\r\n"),
    "a number that is no code": says(b"999 What?\r\n"),
    "too few digits": says(b"25 What?\r\n"),
    "two codes in one reply": says(b"250-a\r\n550 b\r\n"),
    "another protocol": says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "a sudden 421": says(b"421 4.3.0 Shutting down\r\n"),
    "closing": hostile.closes,
    "reset": hostile.resets,
    "a TLS record": says(b"\x16\x03\x03\x00\x04abcd"),
    "a TLS alert": hostile.alert(40),
}

USUAL: Mapping[str, str] = {
    "silence": "reply-timeout",
    "one byte a second": "reply-timeout",
    "a line without end": "protocol-broken",
    "ten megabytes": "protocol-broken",
    "a thousand lines": "protocol-broken",
    "NUL and 8-bit bytes": "not-smtp",
    "NUL and 8-bit bytes in the text": "reply-unknown",
    "a code of another place": "reply-unknown",
    "a code of no meaning": "reply-unknown",
    "a number that is no code": "not-smtp",
    "too few digits": "not-smtp",
    "two codes in one reply": "protocol-broken",
    "another protocol": "not-smtp",
    "a sudden 421": "relay-unavailable",
    "closing": "connection-lost",
    "reset": "connection-lost",
    "a TLS record": "protocol-broken",
    "a TLS alert": "protocol-broken",
}
"""What an attack is called where the place makes no difference."""

BROKEN_HANDSHAKE: Mapping[str, str] = {
    **dict.fromkeys(USUAL, "starttls-answered-in-plaintext"),
    "silence": "reply-timeout",
    "one byte a second": "reply-timeout",
    "closing": "connection-lost",
    "reset": "connection-lost",
    "a TLS record": "tls-failed",
    "a TLS alert": "tls-cipher-mismatch",
}
NO_CHALLENGE: Mapping[str, str] = {
    **USUAL,
    "NUL and 8-bit bytes in the text": "mechanism-rejected",
    "a code of another place": "auth-challenge-malformed",
}
NOTHING: Mapping[str, str] = dict.fromkeys(USUAL, "")

AT_STAGE: Mapping[str, Mapping[str, str]] = {
    "banner": {
        **USUAL,
        "silence": "relay-silent",
        "one byte a second": "relay-silent",
        "a TLS record": "relay-speaks-tls-first",
        "a TLS alert": "relay-speaks-tls-first",
    },
    # A 500 makes it HELO, which offers nothing.
    "ehlo": {**USUAL, "NUL and 8-bit bytes in the text": "starttls-not-offered"},
    "starttls": USUAL,
    "tls": BROKEN_HANDSHAKE,
    "ehlo-again": {**USUAL, "NUL and 8-bit bytes in the text": "auth-not-offered"},
    "auth": NO_CHALLENGE,
    "challenge": NO_CHALLENGE,
    "mail": USUAL,
    "rcpt": USUAL,
    "data": USUAL,
    "end-of-data": USUAL,
    # What ends the dialogue proves nothing.
    "rset": NOTHING,
    "quit": NOTHING,
}


@dataclass(frozen=True)
class Case:
    """An attack, where it takes place, and what it is called."""

    title: str
    stage: str
    attack: Attack
    code: str
    pipelining: bool = False

    def __str__(self) -> str:
        return f"{self.title} at {self.stage}{' with PIPELINING' if self.pipelining else ''}"


CASES = [
    *(Case(title, stage, ATTACKS[title], AT_STAGE[stage][title])
      for stage in STAGES for title in ATTACKS
      # There 354 is the right one.
      if (stage, title) != ("data", "a code of another place")),
    *(Case(title, stage, ATTACKS[title], AT_STAGE[stage][title], pipelining=True)
      for stage in ("mail", "rcpt") for title in ATTACKS),
    Case("a reply that was slipped in", "starttls", says(b"220 Go\r\n250 Injected\r\n"),
         "starttls-injection"),
    *(Case("one reply too many", stage, says(b"250 Ok\r\n250 Ok\r\n"), "protocol-broken")
      for stage in ("banner", "challenge", "mail")),
    Case("challenges without end", "auth", hostile.asks_on, "auth-challenge-malformed"),
    Case("a challenge without end", "auth", hostile.endless_line, "protocol-broken"),
    Case("a refusal", "banner", says(b"554 No mail here\r\n"), "client-refused"),
    Case("a challenge that is no base64", "auth", says(b"334 ???\r\n"), "auth-challenge-malformed"),
    *(Case(f"TLS alert {number}", "tls", hostile.alert(number), code)
      for number, code in (
          (40, "tls-cipher-mismatch"), (70, "tls-version-unsupported"),
          (71, "tls-cipher-mismatch"), (80, "tls-failed"), (112, "tls-server-name-unknown"),
          (116, "client-certificate-required"),
      )),
]  # fmt: skip

AUTHORITY = Issuer.new()
GOOD = AUTHORITY.context()


def request(port: int, **changes: Any) -> ProbeRequest:
    basic = ProbeRequest(
        host="127.0.0.1",
        port=port,
        security="starttls",
        auth="password",
        mechanism="LOGIN",
        username=USERNAME,
        password=Secret(PASSWORD),
        from_address="app@example.org",
        recipients=("someone@example.org", "another@example.org"),
        ca_pem=AUTHORITY.pem,
        timeout=TIMEOUT,
    )
    return replace(basic, **changes)


def walk(relay: Hostile, **changes: Any) -> ProbeResult:
    with listening(relay.serve) as port:
        return probe(request(port, **changes))


def attacked(case: Case) -> ProbeResult:
    relay = Hostile(GOOD, case.stage, case.attack)
    if case.pipelining:
        relay.offers_in_tls = (*relay.offers_in_tls, "PIPELINING")
    return walk(relay, until="data" if case.stage in ("data", "end-of-data") else "rcpt")


@pytest.fixture(scope="module")
def results() -> Mapping[str, ProbeResult]:
    # The first one reads the system's roots; the others shall not wait for that.
    walk(Hostile(GOOD))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(map(str, CASES), pool.map(attacked, CASES), strict=True))


def errors(result: ProbeResult) -> list[str]:
    return [finding.code for finding in result.findings if finding.severity == "error"]


def test_without_an_attack_there_is_nothing_to_say() -> None:
    result = walk(Hostile(GOOD), until="data")
    assert errors(result) == []
    assert result.reached == "data"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_attack_has_a_name(case: Case, results: Mapping[str, ProbeResult]) -> None:
    assert set(errors(results[str(case)])) == ({case.code} if case.code else set())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_attack_is_over_a_second_after_the_timeout(
    case: Case, results: Mapping[str, ProbeResult]
) -> None:
    # By the walk's own account of its time.
    assert sum(stage.seconds for stage in results[str(case)].stages) <= TIMEOUT + 1.0


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_result_of_an_attack_is_short_and_printable(
    case: Case, results: Mapping[str, ProbeResult]
) -> None:
    result = results[str(case)]
    shown = json.dumps(result.as_dict(), ensure_ascii=False)
    assert len(shown) < 20_000
    assert shown.isprintable()
    assert PASSWORD not in shown


@pytest.mark.parametrize("stage", ["banner", "ehlo-again", "rcpt"])
@pytest.mark.parametrize("title", ["ten megabytes", "a line without end"])
def test_ten_megabytes_are_not_kept(stage: str, title: str) -> None:
    walk(Hostile(GOOD))
    tracemalloc.start()
    try:
        walk(Hostile(GOOD, stage, ATTACKS[title]))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


# -- certificates ----------------------------------------------------------------------------------

CERTIFICATES: Mapping[str, tuple[ssl.SSLContext, str]] = {
    "expired": (AUTHORITY.context(days=(-9, -1)), "certificate-expired"),
    "not yet valid": (AUTHORITY.context(days=(1, 9)), "certificate-not-yet-valid"),
    "for another name": (AUTHORITY.context("other.example.org"), "certificate-name-mismatch"),
    "self-signed": (self_signed(), "certificate-self-signed"),
    "of an unknown authority": (Issuer.new("another").context(), "certificate-unknown-issuer"),
    "with a weak key": (AUTHORITY.context(key=weak_key()), "certificate-weak"),
}


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
@pytest.mark.parametrize("defect", CERTIFICATES)
def test_a_certificate_that_must_not_be_trusted_ends_the_walk_before_the_login(
    defect: str, implicit: bool
) -> None:
    context, code = CERTIFICATES[defect]
    relay = Hostile(context, implicit=implicit)
    result = walk(relay, security="tls" if implicit else "starttls")
    assert errors(result) == [code]
    assert not any(line.startswith("AUTH") for line in relay.seen)


# -- capabilities that change after STARTTLS -------------------------------------------------------


def test_a_login_that_is_offered_before_tls_only_is_not_tried() -> None:
    relay = Hostile(GOOD, offers=("STARTTLS", "AUTH PLAIN LOGIN"), offers_in_tls=("SIZE 9",))
    assert errors(walk(relay)) == ["auth-not-offered"]
    assert not any(line.startswith("AUTH") for line in relay.seen)


def test_the_mechanisms_under_tls_are_those_that_count() -> None:
    relay = Hostile(GOOD, offers=("STARTTLS", "AUTH LOGIN"), offers_in_tls=("AUTH PLAIN",))
    result = walk(relay)
    assert errors(result) == ["mechanism-not-offered"]
    assert (result.capabilities or {})["AUTH"] == ["PLAIN"]


def test_pipelining_that_is_withdrawn_under_tls_is_not_used() -> None:
    relay = Hostile(GOOD, "rcpt", hostile.closes, offers=("STARTTLS", "PIPELINING"))
    assert errors(walk(relay)) == ["connection-lost"]
    assert "RSET" not in relay.seen


# -- anything --------------------------------------------------------------------------------------

CODES = (221, 235, 250, 334, 354, 421, 450, 454, 500, 530, 535)
ANSWERS = [
    *(b"%d What?\r\n" % code for code in CODES),
    b"334 VXNlcm5hbWU6\r\n",
    b"250-relay\r\n250-SIZE 1000\r\n250 AUTH PLAIN\r\n",
    b"250 Ok\r\n250 Ok\r\n",
]
VERBS = ("banner", "EHLO", "HELO", "AUTH", "MAIL", "RCPT", "DATA", ".", "RSET", "QUIT", "*")


class Anything:
    """Serves on one port what a relay at a time is to be."""

    def __init__(self) -> None:
        self.relay = Relay()
        self.port = 0

    def serve(self, connection: socket.socket) -> None:
        self.relay.serve(connection)


@pytest.fixture(scope="module")
def anything() -> Iterator[Anything]:
    door = Anything()
    with listening(door.serve) as door.port:
        yield door


@settings(max_examples=200)
@given(
    st.dictionaries(
        st.sampled_from(VERBS), st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=2)
    ),
    st.sampled_from(["auth", "rcpt", "data"]),
    st.sampled_from([(), ("PIPELINING",), ("PIPELINING", "SMTPUTF8", "DSN")]),
    st.sampled_from([{}, {"foreign_recipient": "foreign@example.net"}, {"expected_size": 5000}]),
)
def test_whatever_a_relay_answers_there_is_a_result(
    anything: Anything,
    answers: dict[str, Any],
    until: str,
    extensions: tuple[str, ...],
    asked: dict[str, Any],
) -> None:
    anything.relay = Relay(security="none", extensions=extensions, replies=answers)
    result = probe(request(anything.port, security="none", mechanism="", until=until, **asked))
    assert PASSWORD not in json.dumps(result.as_dict())


# -- implicit TLS ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("silence", "reply-timeout"),
        ("one byte a second", "reply-timeout"),
        ("closing", "connection-lost"),
        ("reset", "connection-lost"),
        ("a TLS record", "tls-failed"),
        ("a TLS alert", "tls-cipher-mismatch"),
    ],
)
def test_an_attack_on_the_handshake_of_implicit_tls_has_a_name(title: str, code: str) -> None:
    result = walk(Hostile(GOOD, "tls", ATTACKS[title], implicit=True), security="tls")
    assert errors(result) == [code]
