# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request travels as one line, and says what cannot be tried."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.logins import shared
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.message import Message
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret

GOOD = ProbeRequest(
    host="relay.example.org",
    port=587,
    security="starttls",
    auth="password",
    username="user",
    password=Secret("päss 🔑\u2028"),
    from_address="a@example.org",
    recipients=("b@example.org",),
    timeout=2.5,
)


def test_a_user_name_that_is_the_password_too_is_not_shown() -> None:
    assert GOOD.shown_username == "user"
    assert ProbeRequest(host="relay.example.org", port=25).shown_username == ""
    token = replace(GOOD, username="t0ken-of-both", password=Secret("t0ken-of-both"))
    assert token.shown_username == "(a token)"
    assert "t0ken" not in str(shared(token, "rejected"))


FULL = replace(
    GOOD,
    auth="oauth",
    mechanism="OAUTHBEARER",
    password=Secret(""),
    token=Secret("ya29.token"),
    message=Message(subject="Prüfung", html="<p>ü</p>", dsn=True, token="t1"),
    proxy=Secret("socks5://user:p%40ss@proxy.example.org:1080"),
    retries=2,
    until="data",
)


@pytest.mark.parametrize("request_", [GOOD, FULL])
def test_it_arrives_as_it_was_sent(request_: ProbeRequest) -> None:
    line = request_.to_wire()
    assert "\n" not in line
    assert ProbeRequest.from_wire(line) == request_


def test_its_representation_hides_every_secret() -> None:
    shown = repr(GOOD) + repr(FULL)
    assert "päss" not in shown
    assert "ya29" not in shown
    assert "p%40ss" not in shown


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("hunter22", "not JSON"),
        ('["hunter22"]', "not a JSON object"),
        ('{"host": "h", "port": 25, "hunter22x": 1}', "unknown field"),
        ('{"port": 25, "password": "hunter22"}', "no host"),
        ('{"host": "h", "port": "25", "password": "hunter22"}', "port has the wrong type"),
        ('{"host": "h", "port": true}', "port has the wrong type"),
        ('{"host": "h", "port": 25, "password": ["hunter22"]}', "password has the wrong type"),
        ('{"host": "h", "port": 25, "recipients": [1]}', "recipients has the wrong type"),
        ('{"host": "h", "port": 25, "timeout": "hunter22"}', "timeout has the wrong type"),
        ('{"host": "h", "port": 25, "message": "hunter22"}', "message has the wrong type"),
        ('{"host": "h", "port": 25, "message": {"text": 1}}', "message's text has the wrong type"),
        ('{"host": "h", "port": 25, "message": {"hunter22x": 1}}', "message has an unknown field"),
        ("[" * 100000, "not JSON"),
    ],
)
def test_a_line_that_is_no_request_is_refused_without_quoting_a_value(
    line: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        ProbeRequest.from_wire(line)
    assert "hunter22" not in str(caught.value).replace("hunter22x", "")
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_the_wire_is_plain_json_that_names_every_field() -> None:
    assert set(json.loads(GOOD.to_wire())) >= {"host", "port", "password", "until"}


def test_a_good_request_has_no_problems() -> None:
    assert list(GOOD.problems()) == []


ANONYMOUS = {"auth": "none", "username": "", "password": Secret("")}


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("host", {"host": ""}),
        ("host", {"host": "relay example"}),
        ("host", {"host": "relay\r\n.example"}),
        ("host", {"host": "user@relay.example.org"}),
        ("host", {"host": "smtp://relay.example.org"}),
        ("host", {"host": "smtp://user:hunter22@relay.example.org:587/"}),
        ("host", {"host": "relay.example.org:587"}),
        ("host", {"host": "relay.example.org/"}),
        ("host", {"host": "[2001:db8::7]"}),
        ("host", {"host": "2001:db8::7::"}),
        # It may be behind any of this machine's interfaces.
        ("host", {"host": "fe80::1"}),
        # The C library takes it for this machine.
        ("host", {"host": "*"}),
        ("server_name", {"server_name": "relay.example.org:587"}),
        ("port", {"port": 70000}),
        ("port", {"port": 0}),
        ("security", {"security": "ssl"}),
        ("auth", {"auth": "kerberos", "username": "", "password": Secret("")}),
        ("auth", {"auth": "oauth", "username": "", "password": Secret(""), "token": Secret("x")}),
        ("auth", {"auth": "oauth", "password": Secret("")}),
        ("auth", {"token": Secret("ya29")}),
        ("auth", {"auth": "oauth", "token": Secret("ya29")}),
        ("auth", {"username": ""}),
        ("auth", {"password": Secret("")}),
        ("auth", {"auth": "none"}),
        ("mechanism", {"mechanism": "NTLM"}),
        ("tls_min_version", {"tls_min_version": "0.9"}),
        ("mechanism", {"mechanism": "XOAUTH2"}),
        ("mechanism", {"mechanism": "EXTERNAL", "auth": "none", "password": Secret("")}),
        ("until", {"until": "sent"}),
        ("recipients", {"until": "data", "recipients": ()}),
        ("from_address", {"until": "data", "from_address": ""}),
        ("message", {"message": Message(subject="a\r\nb")}),
        ("message", {"message": Message(from_name="a\nb")}),
        # What ends a line beside a line feed, as Unicode has it.
        ("message", {"message": Message(subject="a\u2028")}),
        ("message", {"message": Message(subject_prefix="a\x85b")}),
        ("message", {"message": Message(reply_to="nobody")}),
        ("message", {"message": Message(envelope_from="nobody")}),
        ("message", {"message": Message(token="a b")}),
        ("foreign_recipient", {"foreign_recipient": "nobody"}),
        ("expected_size", {"expected_size": -1}),
        ("retries", {"retries": -1}),
        ("retry_seconds", {"retry_seconds": -1.0}),
        ("timeout", {"timeout": float("nan")}),
        ("timeout", {"timeout": float("inf")}),
        ("timeout", {"timeout": 1e30}),
        ("retry_seconds", {"retry_seconds": 1e30}),
        ("token", {"auth": "oauth", "password": Secret(""), "token": Secret("a\r\nb")}),
        ("ciphers", {"ciphers": "NO-SUCH-CIPHER"}),
        ("client_cert", {"client_key": Secret("a key alone")}),
        ("client_cert", {"client_cert": "no certificate", "client_key": Secret("no key")}),
        ("timeout", {"timeout": 0.0}),
        ("password", {"password": Secret("a\r\nb")}),
        ("ehlo_name", {"ehlo_name": "a b"}),
        ("from_address", {"from_address": "nobody"}),
        ("from_address", {"from_address": "a@b@example.org"}),
        ("from_address", {"from_address": "a@@example.org"}),
        ("from_address", {"from_address": "a@example..org"}),
        ("from_address", {"from_address": "a@.example.org"}),
        ("from_address", {"from_address": "a@b.example> SIZE=1"}),
        ("recipients", {"recipients": ("ok@example.org", "@example.org")}),
        ("ca_pem", {"ca_pem": "no certificate"}),
        ("mechanism", {"mechanism": "PLAIN", **ANONYMOUS}),
        ("from_address", {"from_address": "a\0b@example.org"}),
        ("proxy", {"proxy": Secret("socks5://relay\n.example:1080")}),
        # What a byte that is no UTF-8 becomes (PEP 383).
        ("host", {"host": "relay\udcff"}),
        ("username", {"username": "ada\udcff"}),
        ("password", {"password": Secret("p\udce4ss")}),
        ("ehlo_name", {"ehlo_name": "\udcff"}),
        ("from_address", {"from_address": "a\udcff@example.org"}),
        ("recipients", {"recipients": ("a@\udcff.example",)}),
        ("proxy", {"proxy": Secret("socks5://us\udcffer:pw@proxy:1080")}),
        ("message", {"message": Message(subject="\udcff")}),
        ("message", {"message": Message(text="\udcff")}),
        ("message", {"message": Message(html="\udcff")}),
        ("client_cert", {"client_cert": "x", "client_key": Secret("hunter22\udcff")}),
    ],
)
def test_what_cannot_be_tried_is_named_by_its_field(field: str, changes: dict[str, Any]) -> None:
    problems = list(replace(GOOD, **changes).problems())
    assert [name for name, _problem in problems] == [field]
    assert "a\r\nb" not in problems[0][1]
    assert not any(shown in problems[0][1] for shown in ("hunter22", "udc"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "straße.example"),
        ("ehlo_name", "bücher.example"),
        ("server_name", "bücher.example"),
        ("from_address", "a@straße.example"),
        ("recipients", ("ü@bücher.example",)),
        ("proxy", Secret("socks5://bücher.example:1080")),
    ],
)
def test_a_name_beyond_ascii_is_refused_because_there_are_two_ways_to_write_it(
    field: str, value: Any
) -> None:
    [(name, problem)] = replace(GOOD, message=None, **{field: value}).problems()
    assert name == field
    assert "not in ASCII" in problem


@pytest.mark.parametrize(
    "host",
    [
        *(
            "relay",
            "relay.example.org.",
            "relay_1.example.org",
            "xn--bcher-kva.example",
            "192.0.2.7",
        ),
        *("2001:db8::7", "::ffff:192.0.2.7", "fe80::1%eth0"),
    ],
)
def test_a_host_is_a_name_or_an_address(host: str) -> None:
    assert list(replace(GOOD, host=host).problems()) == []
