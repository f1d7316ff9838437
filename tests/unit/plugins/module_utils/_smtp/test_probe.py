# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe walks through a relay's stages and names what is wrong: real sockets, real TLS."""

from __future__ import annotations

import base64
import hmac
import itertools
import json
import socket
import ssl
from collections.abc import Callable

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.certificate import (
    read_certificate,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.network import (
    Address,
    Network,
    NetworkError,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import TOTAL_WAITS, probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
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

AWKWARD = (
    "p@ss{{word}}'\"%",
    "0123456",
    "off",
    "1e3",
    "$HOME",
    "päss",
    "trailing space ",
    "x" * 200,
    "-dash",
)
MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256")
SILENCE = 0.4
STARTTLS_STAGES = (
    *("resolve", "connect", "banner", "ehlo", "starttls", "tls", "certificate", "ehlo"),
    *("auth", "mail", "rcpt", "rset", "quit"),
)


# -- what works --------------------------------------------------------------------------------


def test_a_whole_walk_over_starttls_passes_every_stage(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(auth_required=True))
    result = probe(request(relay, authority, **credentials(relay)))
    assert stages(result) == [(name, "ok") for name in STARTTLS_STAGES]
    assert result.ok
    assert codes(result) == []
    assert codes(result, "info") == ["sender-unproven"]
    assert result.mechanism == "PLAIN"
    assert result.tls_version.startswith("TLSv1.")
    assert result.certificate_verified is True
    assert result.relay_saw == "127.0.0.1"
    assert result.reached == "rcpt"
    assert "AUTH" not in (result.capabilities_before_tls or {})
    assert "AUTH" in (result.capabilities or {})
    assert not any(line.startswith("DATA") for line in relay.seen)


def test_a_whole_walk_over_implicit_tls_has_the_handshake_before_the_banner(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(security="tls"))
    result = probe(request(relay, authority, security="tls", **credentials(relay)))
    assert [name for name, _result in stages(result)] == (
        [
            "resolve",
            "connect",
            "tls",
            "certificate",
            "banner",
            "ehlo",
            "auth",
            "mail",
            "rcpt",
            "rset",
            "quit",
        ]
    )
    assert codes(result) == []


def test_an_anonymous_relay_needs_no_login(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    result = probe(request(relay, security="none"))
    assert result.ok
    assert ("auth", "skipped") in stages(result)
    assert not any(line.startswith("AUTH") for line in relay.seen)


@pytest.mark.parametrize("password", AWKWARD)
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_awkward_passwords_log_in_with_every_mechanism_and_show_up_nowhere(
    run_relay: Run, password: str, mechanism: str
) -> None:
    relay = run_relay(Relay(security="none", password=password))
    result = probe(request(relay, security="none", mechanism=mechanism, **credentials(relay)))
    assert codes(result) == ["credentials-in-clear"]
    plain = result.as_dict()
    shown = json.dumps(plain, ensure_ascii=False) + repr(result)
    if len(password) > 3:
        assert password not in shown
        assert base64.b64encode(password.encode()).decode() not in shown
    assert f"C: AUTH {mechanism}" in "\n".join(plain["transcript"])


def test_credentials_too_long_for_the_command_line_follow_it(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(password="y" * 500))
    result = probe(request(relay, authority, **credentials(relay)))
    assert result.ok
    assert "AUTH PLAIN" in relay.seen


@pytest.mark.parametrize("until", ["connect", "tls", "auth", "mail", "rcpt"])
def test_until_says_how_far_to_go(run_relay: Run, authority: Authority, until: str) -> None:
    relay = run_relay(Relay())
    result = probe(request(relay, authority, until=until, **credentials(relay)))
    last = {"connect": "connect", "tls": "ehlo", "auth": "auth", "mail": "mail", "rcpt": "rcpt"}
    walked = [name for name, _result in stages(result) if name not in ("rset", "quit")]
    assert walked[-1] == last[until]
    assert result.ok


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_auto_finds_out_what_the_port_speaks(
    run_relay: Run, authority: Authority, security: str
) -> None:
    relay = run_relay(Relay(security=security))
    result = probe(request(relay, authority, security="auto", timeout=2 * SILENCE))
    assert result.security == security
    assert codes(result) == []


def test_every_recipient_is_tried(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay(replies={"RCPT": b"550 5.1.1 No such user\r\n"}))
    result = probe(request(relay, authority, recipients=("a@example.org", "b@example.org")))
    assert codes(result) == ["recipient-unknown", "recipient-unknown"]
    assert "a@example.org" in result.findings[1].message
    assert "b@example.org" in result.findings[2].message
    assert stages(result)[-1] == ("quit", "ok")


def test_a_local_part_that_is_not_ascii_needs_smtputf8(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay())
    result = probe(request(relay, authority, from_address="jürgen@example.org"))
    assert codes(result) == ["smtputf8-not-offered"]


# -- names and addresses -------------------------------------------------------------------------


class TwoAddresses(Network):
    """A name with a dead address in front."""

    def resolve(self, host: str, port: int, timeout: float) -> list[Address]:
        return [
            Address(socket.AF_INET, ("127.0.0.1", 1)),
            Address(socket.AF_INET, ("127.0.0.1", port)),
        ]


def test_a_dead_address_is_a_warning_while_another_works(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay())
    result = probe(request(relay, authority), network=TwoAddresses())
    assert result.ok
    assert codes(result) == ["address-dead"]
    assert [attempt.result for attempt in result.attempts] == ["refused", "connected"]


class Searched(Network):
    """A resolver that tries a search list first, as in a pod."""

    def __init__(self, answered: str, *, exists: bool) -> None:
        self._answered = answered
        self._exists = exists

    def resolve(self, host: str, port: int, timeout: float) -> list[Address]:
        if not host.endswith("."):
            return [Address(socket.AF_INET, ("127.0.0.1", port), self._answered)]
        if self._exists:
            return [Address(socket.AF_INET, ("127.0.0.2", port), host)]
        raise NetworkError("name-not-found")


@pytest.mark.parametrize(
    ("answered", "exists", "told"),
    [
        ("relay.example.org.corp.example", True, True),
        # The short name of a Service.
        ("relay.example.org.svc.cluster.local", False, False),
        # Nothing was put behind it: the name itself, and what it is an alias of.
        ("relay.example.org", True, False),
        ("edge.example.net", True, False),
        ("", True, False),
    ],
)
def test_a_name_that_the_search_list_turned_into_another_is_told(
    run_relay: Run, answered: str, exists: bool, told: bool
) -> None:
    relay = run_relay(Relay(security="none"))
    asked = request(relay, security="none", host="relay.example.org")
    result = probe(asked, network=Searched(answered, exists=exists))
    assert ("relay-name-searched" in codes(result)) is told
    if told:
        finding = next(each for each in result.findings if each.code == "relay-name-searched")
        assert answered in finding.message
        assert "dnsConfig" in finding.fix


class BothFamilies(Network):
    """A name with an IPv6 address in front."""

    def __init__(self, address: str, interface: int = 0) -> None:
        self._first = (address, interface)

    def resolve(self, host: str, port: int, timeout: float) -> list[Address]:
        address, interface = self._first
        return [
            Address(socket.AF_INET6, (address, port, 0, interface)),
            Address(socket.AF_INET, ("127.0.0.1", port)),
        ]


def test_an_ipv6_address_that_is_dead_is_a_finding_and_no_failure(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay())
    result = probe(request(relay, authority), network=BothFamilies("::1"))
    assert result.ok
    assert codes(result) == ["address-dead"]
    assert "::1" in result.findings[0].message
    assert [attempt.family for attempt in result.attempts] == ["IPv6", "IPv4"]


def test_an_ipv6_address_stands_in_brackets_before_its_port(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    network = BothFamilies("::1")
    asked = request(relay, security="none", host="::1", **credentials(relay))
    [finding] = [
        each
        for each in probe(asked, network=network).findings
        if each.code == "credentials-in-clear"
    ]
    assert f"to [::1]:{relay.port}." in finding.message


def test_a_family_that_has_no_route_is_told_and_no_warning(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay())
    # Nobody is there: the loopback interface has no address of a link.
    network = BothFamilies("fe80::1", socket.if_nametoindex("lo"))
    result = probe(request(relay, authority), network=network)
    assert codes(result) == []
    assert "address-no-route" in codes(result, "info")


def test_a_closed_port_is_refused(authority: Authority) -> None:
    result = probe(request(1, authority))
    assert codes(result) == ["relay-refused"]
    assert result.reached == "resolve"


class Unplugged(Network):
    def resolve(self, host: str, port: int, timeout: float) -> list[Address]:
        raise AssertionError("no connection may be tried")


def test_bad_input_is_named_before_any_connection() -> None:
    result = probe(
        ProbeRequest(host="relay.example.org", port=70000, auth="password"), network=Unplugged()
    )
    assert codes(result) == ["request-invalid", "request-invalid"]
    assert [finding.where for finding in result.findings] == ["port", "auth"]


class Neighbour(Network):
    """An address behind an interface leads to a relay of this machine."""

    def resolve(self, host: str, port: int, timeout: float) -> list[Address]:
        assert host == "fe80::1%eth0"
        return [Address(socket.AF_INET, ("127.0.0.1", port))]


def test_a_certificate_is_for_an_address_whatever_interface_it_is_behind(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(tls=authority.context("fe80::1")))
    result = probe(request(relay, authority, host="fe80::1%eth0"), network=Neighbour())
    assert codes(result) == []
    assert result.relay == f"[fe80::1%eth0]:{relay.port}"


@pytest.mark.parametrize("proxy", ["", "http://127.0.0.1:9"])
def test_a_time_that_is_over_before_the_first_stage_is_not_blamed_on_the_resolver(
    proxy: str,
) -> None:
    times = itertools.chain([0.0] * 3, itertools.repeat(1000.0))
    asked = request(1, timeout=10.0, proxy=Secret(proxy))
    assert codes(probe(asked, clock=lambda: next(times))) == ["probe-too-slow"]


# -- security ------------------------------------------------------------------------------------


def test_a_port_that_speaks_tls_first_is_named(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay(security="tls"))
    result = probe(request(relay, authority, timeout=2 * SILENCE))
    assert codes(result) == ["relay-speaks-tls-first"]
    assert "security: tls" in result.findings[0].fix


@pytest.mark.parametrize("security", ["none", "starttls"])
def test_a_tls_hello_to_a_plaintext_port_is_told_which_security_to_use(
    run_relay: Run, authority: Authority, security: str
) -> None:
    relay = run_relay(Relay(security=security))
    result = probe(request(relay, authority, security="tls"))
    assert codes(result) == ["relay-speaks-plaintext-first"]
    assert f"security: {security} " in result.findings[0].fix


def test_a_relay_without_starttls_is_not_talked_to_in_the_clear(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(security="none"))
    result = probe(request(relay, authority, **credentials(relay)))
    assert codes(result) == ["starttls-not-offered"]
    assert not any(line.startswith("AUTH") for line in relay.seen)


def test_text_injected_after_starttls_is_found(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay(replies={"STARTTLS": b"220 2.0.0 Ready\r\n250 2.1.0 injected\r\n"}))
    result = probe(request(relay, authority))
    assert codes(result) == ["starttls-injection"]


def test_a_certificate_of_an_unknown_ca_stops_before_the_login(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay())
    result = probe(request(relay, **credentials(relay)))
    assert codes(result) == ["certificate-unknown-issuer"]
    assert result.certificate is not None
    assert result.certificate.issuer in result.findings[0].message
    assert not any(line.startswith("AUTH") for line in relay.seen)
    assert stages(result)[-2:] == [("certificate", "failed"), ("quit", "ok")]


def test_a_relay_that_takes_one_connection_at_a_time_still_gets_its_certificate_named(
    serve: Serve, authority: Authority
) -> None:
    relay = Relay(tls=authority.context())
    connections: list[socket.socket] = []

    def behave(connection: socket.socket) -> None:
        connections.append(connection)
        if len(connections) > 1:
            connection.sendall(b"421 4.7.0 too many connections\r\n")
        else:
            relay.serve(connection)

    assert codes(probe(request(serve(behave)))) == ["certificate-unknown-issuer"]


def test_without_validation_a_bad_certificate_is_a_warning_and_the_walk_goes_on(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(tls=authority.context("other.example.org")))
    result = probe(request(relay, authority, validate_certs=False, **credentials(relay)))
    assert result.ok
    assert codes(result) == ["certificate-name-mismatch"]
    assert "other.example.org" in result.findings[0].message
    assert result.certificate_verified is False
    assert ("auth", "ok") in stages(result)


def test_without_validation_a_good_certificate_is_still_told_to_be_good(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay())
    result = probe(request(relay, authority, validate_certs=False))
    assert result.certificate_verified is True
    assert codes(result) == []


def test_all_that_is_wrong_with_a_certificate_is_told_at_once(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(security="tls", tls=authority.context("other.example.org", days=-1)))
    result = probe(request(relay, security="tls"))
    assert codes(result) == [
        "certificate-unknown-issuer",
        "certificate-name-mismatch",
        "certificate-expired",
    ]


def test_a_certificate_that_ends_soon_is_a_warning(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay(tls=authority.context(days=3)))
    result = probe(request(relay, authority))
    assert codes(result) == ["certificate-expires-soon"]
    assert ("certificate", "warning") in stages(result)
    assert result.ok


def test_server_name_is_the_name_that_the_certificate_must_carry(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(tls=authority.context("relay.example.org")))
    assert codes(probe(request(relay, authority))) == ["certificate-name-mismatch"]
    named = request(relay, authority, server_name="relay.example.org")
    assert codes(probe(named)) == []


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"server_name": "relay.example.org"}, "relay.example.org"),
        ({"server_name": "relay.example.org."}, "relay.example.org"),
        # RFC 6066 section 3: no address.
        ({}, None),
    ],
)
def test_the_relay_is_asked_for_the_certificate_of_its_name(
    run_relay: Run, authority: Authority, given: dict[str, str], asked: str | None
) -> None:
    names: list[str | None] = []
    context = authority.context()
    context.sni_callback = lambda _connection, name, _context: names.append(name)
    result = probe(request(run_relay(Relay(tls=context)), authority, **given))
    assert codes(result) == []
    assert names == [asked]


def test_a_relay_with_too_old_tls_is_named(run_relay: Run, authority: Authority) -> None:
    context = authority.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    relay = run_relay(Relay(tls=context))
    result = probe(request(relay, authority, tls_min_version="1.3"))
    assert codes(result) == ["tls-version-unsupported"]


# -- login, sender, recipients ---------------------------------------------------------------------


def test_a_wrong_password_is_tried_exactly_once(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay())
    wrong = credentials(relay, password=Secret("wrong horse"))
    result = probe(request(relay, authority, **wrong))
    assert codes(result) == ["credentials-rejected"]
    assert relay.username in result.findings[0].message
    assert len([line for line in relay.seen if line.startswith("AUTH")]) == 1
    assert stages(result)[-1] == ("quit", "ok")


def test_a_relay_that_wants_a_login_says_so_to_the_anonymous(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(auth_required=True))
    assert codes(probe(request(relay, authority))) == ["auth-required"]


def test_a_relay_without_auth_cannot_be_logged_in_to(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay(mechanisms=()))
    assert codes(probe(request(relay, authority, **credentials(relay)))) == ["auth-not-offered"]


def test_a_provider_behind_another_name_is_recognised_by_its_banner(
    run_relay: Run, authority: Authority
) -> None:
    banner = b"220 email-smtp.amazonaws.com ESMTP SimpleEmailService-d-X\r\n"
    relay = run_relay(Relay(replies={"banner": banner, "AUTH": b"535 no\r\n"}))
    result = probe(request(relay, authority, **credentials(relay)))
    assert codes(result) == ["credentials-rejected"]
    assert "Amazon SES: these are SMTP credentials" in result.findings[0].fix


def test_mechanisms_that_take_no_password_are_named(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay(mechanisms=("NTLM", "GSSAPI")))
    result = probe(request(relay, authority, **credentials(relay)))
    assert codes(result) == ["windows-login-only"]
    assert "NTLM, GSSAPI" in result.findings[0].message


def test_a_demanded_mechanism_must_be_offered(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay(mechanisms=("PLAIN",)))
    result = probe(request(relay, authority, mechanism="LOGIN", **credentials(relay)))
    assert codes(result) == ["mechanism-not-offered"]


def test_a_challenge_that_is_not_base64_is_cancelled(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay(replies={"AUTH": b"334 ???\r\n", "*": b"501 5.7.0 cancelled\r\n"}))
    result = probe(request(relay, authority, mechanism="LOGIN", **credentials(relay)))
    assert codes(result) == ["auth-challenge-malformed"]
    assert "*" in relay.seen


def test_a_password_that_the_relay_repeats_is_not_shown(
    run_relay: Run, authority: Authority
) -> None:
    relay = Relay()
    echo = f"535 no, {relay.password} is wrong\r\n".encode()
    relay.replies["AUTH"] = echo
    run_relay(relay)
    result = probe(request(relay, authority, **credentials(relay)))
    shown = json.dumps(result.as_dict()) + result.text() + repr(result)
    assert relay.password not in shown
    assert "no, ******** is wrong" in shown


@pytest.mark.parametrize(
    "repeat",
    [
        lambda line: line,
        lambda line: line.hex().encode(),
        base64.b64encode,
        lambda line: base64.b64encode(b"?" + line),
    ],
)
def test_a_login_that_the_relay_repeats_is_not_shown_however_it_is_encoded(
    run_relay: Run, authority: Authority, repeat: Callable[[bytes], bytes]
) -> None:
    relay = Relay()
    sent = base64.b64encode(f"\0{relay.username}\0{relay.password}".encode())
    relay.replies["AUTH"] = b"535 no: " + repeat(b"AUTH PLAIN " + sent) + b"\r\n"
    result = probe(request(run_relay(relay), authority, **credentials(relay)))
    shown = json.dumps(result.as_dict()) + result.text()
    # All but what an encoding puts around it.
    assert not any(
        form.decode()[:-4] in shown for form in map(repeat, (sent, b"AUTH PLAIN " + sent))
    )
    assert "no: " in shown


def test_a_digest_of_the_password_that_the_relay_repeats_is_not_shown(
    run_relay: Run, authority: Authority
) -> None:
    relay, challenge = Relay(), b"<1@relay.example.org>"
    digest = hmac.new(relay.password.encode(), challenge, "md5").hexdigest()
    response = f"{relay.username} {digest}"
    relay.replies["AUTH"] = b"334 " + base64.b64encode(challenge) + b"\r\n"
    line = base64.b64encode(response.encode()).decode().upper()
    relay.replies[line] = f"535 {response} is wrong\r\n".encode()
    good = credentials(relay, mechanism="CRAM-MD5")
    result = probe(request(run_relay(relay), authority, **good))
    assert codes(result) == ["credentials-rejected"]
    assert digest not in json.dumps(result.as_dict())


def test_relay_denied_and_sender_rejected_are_told_apart(
    run_relay: Run, authority: Authority
) -> None:
    denied = run_relay(Relay(replies={"RCPT": b"554 5.7.1 Relay access denied\r\n"}))
    refused = run_relay(Relay(replies={"MAIL": b"550 5.7.1 Not you\r\n"}))
    assert codes(probe(request(denied, authority))) == ["relay-denied"]
    assert codes(probe(request(refused, authority))) == ["sender-rejected"]


def test_a_reply_that_is_unknown_is_called_so(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay(replies={"MAIL": b"455 4.4.5 Moon is full\r\n"}))
    assert codes(probe(request(relay, authority))) == ["reply-unknown"]


def test_an_old_relay_is_greeted_with_helo(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", replies={"EHLO": b"502 what?\r\n"}))
    assert probe(request(relay, security="none")).ok
    assert any(line.startswith("HELO") for line in relay.seen)


def test_the_ehlo_name_is_the_one_given_else_qualified_or_an_address(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    probe(request(relay, security="none", ehlo_name="app.example.org", until="tls"))
    probe(request(relay, security="none", until="tls"))
    assert relay.seen[0] == "EHLO app.example.org"
    own = [line for line in relay.seen if line.startswith("EHLO")][1].partition(" ")[2]
    assert "." in own


# -- relays that misbehave; test_hostile.py has many more --------------------------------------------


@pytest.mark.parametrize("security", ["none", "starttls", "tls", "auto"])
def test_a_connection_that_is_reset_at_once_is_lost_whatever_it_was_to_speak(
    reset_at_once: Address, security: str
) -> None:
    result = probe(request(reset_at_once.sockaddr[1], security=security))
    assert codes(result) == ["connection-lost"]


def test_a_relay_that_is_always_late_is_given_up_as_a_whole(serve: Serve) -> None:
    now = [0.0]

    def behave(connection: socket.socket) -> None:
        peer = Peer(connection)
        peer.send(b"220 relay\r\n")
        for _line in peer.lines():
            # Each reply takes nine tenths of the timeout, on the probe's own clock.
            now[0] += 9.0
            peer.send(b"250 ok\r\n")

    recipients = tuple(f"r{number}@example.org" for number in range(9))
    result = probe(
        request(serve(behave), security="none", recipients=recipients, timeout=10.0),
        clock=lambda: now[0],
    )
    assert codes(result) == ["probe-too-slow"]
    assert now[0] <= (TOTAL_WAITS + 1) * 10.0


# -- the result --------------------------------------------------------------------------------------


def test_the_report_is_short_and_names_stages_findings_and_fixes(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(replies={"RCPT": b"554 5.7.1 Relay access denied\r\n"}))
    result = probe(request(relay, authority))
    report = result.text()
    assert report.startswith(f"relay 127.0.0.1:{relay.port}, starttls, failed, ")
    assert "[relay-denied]" in report
    assert result.findings[-1].fix in report
    assert report == result.as_dict()["msg"]


def test_the_result_is_plain_data(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay())
    plain = probe(request(relay, authority, **credentials(relay))).as_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["ok"] is True
    assert plain["certificate"]["names"] == ["relay.example.org", "127.0.0.1"]
    assert plain["tls"]["version"].startswith("TLSv1.")
    assert "C: AUTH PLAIN ********" in plain["transcript"]


@pytest.mark.parametrize("trusted", [True, False])
def test_the_chain_is_in_the_result_on_request_also_of_a_relay_that_is_not_trusted(
    run_relay: Run, authority: Authority, trusted: bool
) -> None:
    relay = run_relay(Relay())
    ca = authority if trusted else None
    chain = probe(request(relay, ca, want_chain=True)).chain_pem
    assert chain.startswith("-----BEGIN CERTIFICATE-----\n")
    leaf = read_certificate(ssl.PEM_cert_to_DER_cert(chain))
    assert leaf.names == ("relay.example.org", "127.0.0.1")
    assert probe(request(relay, ca)).as_dict()["chain_pem"] == ""


@pytest.mark.parametrize(
    ("host", "shown"),
    [("::1", "[::1]"), ("fe80::1%eth0", "[fe80::1%eth0]"), ("smtp://relay", "smtp://relay")],
)
def test_only_an_address_stands_in_brackets(host: str, shown: str) -> None:
    asked = ProbeRequest(host=host, port=70000)  # which is not tried
    assert probe(asked, network=Unplugged()).relay == f"{shown}:70000"
