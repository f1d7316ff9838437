# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way through a proxy: what it is asked, what its answers mean, and what it must not hold up.

Proxies that other people wrote are in tests/integration.
"""

from __future__ import annotations

import io
import json
import selectors
import socket
import struct
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.proxy import (
    ProxyError,
    parse,
    tunnel,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import ProbeResult
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
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

PASSWORD = "p@ss:w/rd"
LOGIN = "user:p%40ss%3Aw%2Frd@"
SOCKS_OK = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x19"
HTTP_OK = b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n"
TIMEOUT = 0.5


def asked(url: str, answers: bytes, host: str = "relay.example.org", port: int = 587) -> bytes:
    """Return what a proxy gets to read that answers so."""
    sent = bytearray()
    source = io.BytesIO(answers)

    def read(size: int) -> bytes:
        data = source.read(size)
        if len(data) < size:
            raise EOFError
        return data

    tunnel(parse(url), host, port, sent.extend, read)
    # Whatever comes next is the relay's.
    assert source.read() == b""
    return bytes(sent)


def refusal(url: str, answers: bytes) -> tuple[str, str]:
    with pytest.raises(ProxyError) as caught:
        asked(url, answers)
    return caught.value.kind, caught.value.detail


# -- the address of a proxy ------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "SOCKS5"])
def test_a_proxy_is_given_as_curl_takes_it(scheme: str) -> None:
    proxy = parse(f"{scheme}://{LOGIN}proxy.example.org:1080")
    assert (proxy.scheme, proxy.host, proxy.port) == ("socks5", "proxy.example.org", 1080)
    assert (proxy.username, proxy.password.reveal()) == ("user", PASSWORD)


def test_a_proxy_is_shown_without_its_login() -> None:
    assert str(parse(f"http://{LOGIN}[::1]:3128")) == "http://[::1]:3128"


@pytest.mark.parametrize(
    "url",
    [
        *("proxy:3128", "ftp://proxy:21", "http://proxy", "http://:3128", "http://proxy:70000"),
        *("http://proxy:x", "http://proxy:3128/path", "http://proxy:3128?x", "http://[::1:3128"),
        f"socks5://user:{'x' * 256}@proxy:1080",
    ],
)
def test_what_is_no_proxy_is_a_problem_of_the_request_that_quotes_nothing(url: str) -> None:
    problems = list(request(587, proxy=Secret(url)).problems())
    assert [name for name, _problem in problems] == ["proxy"]
    assert "proxy:" not in problems[0][1]


# -- what it is asked ------------------------------------------------------------------------------


def test_socks_gets_the_relays_name_so_that_the_proxy_looks_it_up() -> None:
    sent = asked("socks5://proxy:1080", b"\x05\x00" + SOCKS_OK)
    assert sent == b"\x05\x01\x00" + b"\x05\x01\x00\x03\x11relay.example.org\x02\x4b"


@pytest.mark.parametrize(
    ("host", "coded"),
    [("192.0.2.7", b"\x01\xc0\x00\x02\x07"), ("2001:db8::7", b"\x04\x20\x01\x0d\xb8" + b"\0" * 11 + b"\x07")],
)  # fmt: skip
def test_socks_gets_an_address_as_one(host: str, coded: bytes) -> None:
    sent = asked("socks5://proxy:1080", b"\x05\x00" + SOCKS_OK, host=host)
    assert sent == b"\x05\x01\x00" + b"\x05\x01\x00" + coded + b"\x02\x4b"


def test_socks_gets_user_name_and_password_where_it_asks_for_them() -> None:
    sent = asked(f"socks5://{LOGIN}proxy:1080", b"\x05\x02\x01\x00" + SOCKS_OK)
    assert sent.startswith(b"\x05\x02\x00\x02" + b"\x01\x04user\x09p@ss:w/rd\x05\x01")


def test_socks_gets_no_password_where_it_does_not_ask() -> None:
    sent = asked(f"socks5://{LOGIN}proxy:1080", b"\x05\x00" + SOCKS_OK)
    assert b"p@ss" not in sent


@pytest.mark.parametrize(
    "bound", [b"\x03\x05proxy\x00\x19", b"\x04" + b"\0" * 16 + b"\x00\x19"], ids=["name", "IPv6"]
)
def test_socks_may_name_its_own_end_as_it_likes(bound: bytes) -> None:
    asked("socks5://proxy:1080", b"\x05\x00" + b"\x05\x00\x00" + bound)


@pytest.mark.parametrize(
    ("host", "target"),
    [
        ("relay.example.org", b"relay.example.org:587"),
        ("2001:db8::7", b"[2001:db8::7]:587"),
        ("xn--bcher-kva.example", b"xn--bcher-kva.example:587"),
    ],
)
def test_http_is_asked_to_connect(host: str, target: bytes) -> None:
    sent = asked("http://proxy:3128", HTTP_OK, host=host)
    assert sent == b"CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (target, target)


def test_http_gets_the_login_at_once() -> None:
    sent = asked(f"http://{LOGIN}proxy:3128", HTTP_OK)
    assert b"\r\nProxy-Authorization: Basic " + b64encode(b"user:p@ss:w/rd") in sent


# -- what it answers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "answers", "kind"),
    [
        ("socks5://proxy:1080", b"\x05\xff", "proxy-login"),
        (f"socks5://{LOGIN}proxy:1080", b"\x05\x02\x01\x01", "proxy-login"),
        ("socks5://proxy:1080", b"\x05\x00\x05\x02\x00\x01" + b"\0" * 6, "proxy-denied"),
        ("socks5://proxy:1080", b"\x05\x00\x05\x05\x00\x01" + b"\0" * 6, "proxy-relay"),
        ("socks5://proxy:1080", b"\x05\x00\x05\x63\x00\x01" + b"\0" * 6, "proxy-relay"),
        ("socks5://proxy:1080", b"\x05\x00\x05\x00\x00\x09", "proxy-broken"),
        ("socks5://proxy:1080", b"HTTP/1.1 400", "proxy-broken"),
        ("http://proxy:3128", b"HTTP/1.1 407 Who?\r\n\r\n", "proxy-login"),
        ("http://proxy:3128", b"HTTP/1.0 401 Unauthorized\r\n\r\n", "proxy-login"),
        ("http://proxy:3128", b"HTTP/1.1 403 Filtered\r\n\r\n", "proxy-denied"),
        ("http://proxy:3128", b"HTTP/1.1 503 No route\r\n\r\n", "proxy-relay"),
        ("http://proxy:3128", b"HTTP/1.1 abc\r\n\r\n", "proxy-broken"),
        ("http://proxy:3128", b"220 relay.example.org", "proxy-broken"),
        ("http://proxy:3128", b"HTTP/1.1 200 " + b"x" * 20_000, "proxy-broken"),
    ],
)
def test_a_proxy_that_gives_no_way_says_why(url: str, answers: bytes, kind: str) -> None:
    # Beyond what is read, a broken reply may go on.
    with pytest.raises(ProxyError) as caught:
        tunnel(parse(url), "relay.example.org", 587, lambda data: None, io.BytesIO(answers).read)
    assert caught.value.kind == kind
    assert caught.value.detail.isprintable()


def test_the_proxys_own_words_are_told() -> None:
    answer = b"HTTP/1.1 403 Port \x1b[31m587 is filtered\r\n\r\n"
    assert refusal("http://proxy:3128", answer)[1] == "HTTP/1.1 403 Port \\x1b[31m587 is filtered"


@given(
    url=st.sampled_from(["socks5://proxy:1080", f"socks5://{LOGIN}proxy:1080", "http://proxy:3128"]),
    answers=st.binary(max_size=80),
    host=st.text(min_size=1, max_size=300),
)  # fmt: skip
def test_whatever_it_answers_there_is_a_way_or_a_reason(
    url: str, answers: bytes, host: str
) -> None:
    try:
        asked(url, answers + b"\0" * 600, host)
    except (ProxyError, AssertionError, EOFError):
        return


# -- a walk through a proxy ------------------------------------------------------------------------


def passes(port: int) -> Handle:
    """A SOCKS proxy that takes any name for a relay on loopback."""

    def handle(client: socket.socket) -> None:
        client.recv(3)
        client.sendall(b"\x05\x00")
        client.recv(512)
        with socket.create_connection(("127.0.0.1", port)) as relay:
            client.sendall(SOCKS_OK)
            _carry(client, relay)

    return handle


def _carry(client: socket.socket, relay: socket.socket) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, relay)
        selector.register(relay, selectors.EVENT_READ, client)
        while True:
            for key, _mask in selector.select():
                source, sink = key.fileobj, key.data
                assert isinstance(source, socket.socket)
                data = source.recv(65536)
                if not data:
                    return
                sink.sendall(data)


def through(port: int, *, scheme: str = "socks5", login: str = "", **changes: Any) -> ProbeResult:
    url = Secret(f"{scheme}://{login}127.0.0.1:{port}")
    return probe(request(587, host="relay.example.org", proxy=url, **changes))


def test_a_walk_goes_through_a_proxy_and_says_that_it_proves_no_more(
    run_relay: Run, serve: Serve, authority: Authority
) -> None:
    relay = run_relay(Relay())
    port = serve(passes(relay.port))
    result = through(port, ca_pem=authority.pem, **credentials(relay))
    assert result.ok, result.text()
    assert "proxied" in codes(result, "info")
    assert result.proxy == f"socks5://127.0.0.1:{port}"
    assert [stage.name for stage in result.stages][:3] == ["proxy", "connect", "banner"]


def test_a_second_look_goes_through_the_proxy_too(
    run_relay: Run, serve: Serve, authority: Authority
) -> None:
    relay = run_relay(Relay(security="tls"))
    port = serve(passes(relay.port))
    result = through(port, ca_pem=authority.pem, security="auto", timeout=2.0)
    assert result.ok, result.text()
    assert result.security == "tls"


@pytest.mark.parametrize("scheme", ["socks5", "http"])
def test_a_proxys_login_is_shown_nowhere(scheme: str, serve: Serve) -> None:
    def echo(client: socket.socket) -> None:
        while data := client.recv(4096):
            client.sendall(b"HTTP/1.1 407 " + data.replace(b"\r\n", b" ") + b"\r\n\r\n")

    result = through(serve(echo), scheme=scheme, login=LOGIN, timeout=TIMEOUT)
    shown = json.dumps(result.as_dict(), ensure_ascii=False)
    for form in (PASSWORD, "p%40ss", b64encode(f"user:{PASSWORD}".encode()).decode()):
        assert form not in shown
    assert not result.ok


def silent(client: socket.socket) -> None:
    while client.recv(4096):
        continue


def silent_in_the_middle(client: socket.socket) -> None:
    client.recv(3)
    client.sendall(b"\x05\x00")
    silent(client)


def drips(client: socket.socket) -> None:
    client.settimeout(TIMEOUT / 5)
    for byte in b"HTTP/1.1 200 " + b"x" * 100:
        client.sendall(bytes([byte]))
        try:
            client.recv(4096)
        except TimeoutError:
            continue


def resets(client: socket.socket) -> None:
    client.recv(1)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def greets(client: socket.socket) -> None:
    client.sendall(b"220 relay.example.org ESMTP\r\n")
    silent(client)


def closes(client: socket.socket) -> None:
    client.recv(1)


@pytest.mark.parametrize(
    ("scheme", "handle", "code"),
    [
        ("socks5", silent, "proxy-silent"),
        ("socks5", silent_in_the_middle, "proxy-silent"),
        ("socks5", closes, "proxy-silent"),
        ("socks5", resets, "proxy-silent"),
        ("socks5", greets, "proxy-broken"),
        ("http", silent, "proxy-silent"),
        ("http", drips, "proxy-silent"),
        ("http", closes, "proxy-silent"),
        ("http", resets, "proxy-silent"),
        ("http", greets, "proxy-broken"),
    ],
)
def test_a_proxy_that_does_not_do_its_work_is_named_in_time(
    scheme: str, handle: Handle, code: str, serve: Serve
) -> None:
    result = through(serve(handle), scheme=scheme, timeout=TIMEOUT)
    assert codes(result) == [code]
    # By the walk's own account of its time.
    assert sum(stage.seconds for stage in result.stages) <= TIMEOUT + 1.0


def test_a_proxy_that_is_not_there_is_named_and_the_relay_not_blamed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert codes(through(port)) == ["proxy-unreachable"]


def test_a_proxy_without_a_name_that_is_known_is_named() -> None:
    url = Secret("http://unknown.invalid:3128")
    assert codes(probe(request(587, host="relay.example.org", proxy=url))) == ["proxy-unreachable"]
