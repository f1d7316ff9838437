# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins by token and by certificate, and what a relay says against them."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.samples import (
    codes,
    credentials,
    request,
    stages,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    Authority,
    Relay,
)

Run = Callable[[Relay], Relay]
OAUTH = ("XOAUTH2", "OAUTHBEARER")


def token(relay: Relay, **changes: Any) -> dict[str, Any]:
    good = {"auth": "oauth", "username": relay.username, "token": Secret(relay.password)}
    return {**good, **changes}


@pytest.mark.parametrize("mechanism", OAUTH)
def test_a_token_logs_in(run_relay: Run, authority: Authority, mechanism: str) -> None:
    relay = run_relay(Relay(mechanisms=("PLAIN", *OAUTH), password="ya29.A0" + "x" * 2000))
    result = probe(request(relay, authority, mechanism=mechanism, **token(relay)))
    assert codes(result) == []
    assert result.mechanism == mechanism
    shown = json.dumps(result.as_dict())
    assert relay.password not in shown
    assert base64.b64encode(relay.password.encode()).decode()[4:-4] not in shown


@pytest.mark.parametrize("mechanism", OAUTH)
def test_the_reason_for_a_refused_token_is_decoded(
    run_relay: Run, authority: Authority, mechanism: str
) -> None:
    relay = run_relay(Relay(mechanisms=OAUTH))
    wrong = token(relay, token=Secret("expired"), mechanism=mechanism)
    result = probe(request(relay, authority, **wrong))
    assert codes(result) == ["token-rejected"]
    assert "status: invalid_token, scope: mail.send" in result.findings[-1].message
    assert len([line for line in relay.seen if line.startswith("AUTH")]) == 1
    assert stages(result)[-1] == ("quit", "ok")


def test_a_token_is_not_sent_to_a_relay_that_takes_passwords_only(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(mechanisms=("PLAIN", "LOGIN")))
    result = probe(request(relay, authority, **token(relay)))
    assert codes(result) == ["mechanism-unknown"]
    assert not any(line.startswith("AUTH") for line in relay.seen)


@pytest.mark.parametrize("clients", [ssl.CERT_OPTIONAL, ssl.CERT_REQUIRED])
def test_a_client_certificate_logs_in_with_external(
    run_relay: Run, authority: Authority, clients: ssl.VerifyMode
) -> None:
    relay = run_relay(Relay(mechanisms=("EXTERNAL",), tls=authority.context_for(clients)))
    identity = authority.identity("app.example.org")
    result = probe(request(relay, authority, mechanism="EXTERNAL", **identity))
    assert codes(result) == []
    assert ("auth", "ok") in stages(result)
    assert "AUTH EXTERNAL =" in relay.seen
    key = identity["client_key"].reveal().splitlines()[1]
    assert key not in json.dumps(result.as_dict()) + repr(result)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_relay_that_demands_a_client_certificate_is_named(
    run_relay: Run, authority: Authority, security: str
) -> None:
    context = authority.context_for(ssl.CERT_REQUIRED)
    relay = run_relay(Relay(security=security, tls=context))
    result = probe(request(relay, authority, security=security))
    assert codes(result) == ["client-certificate-required"]


def test_a_client_certificate_that_the_relay_does_not_trust_is_named(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(tls=authority.context_for(ssl.CERT_REQUIRED)))
    stranger = Authority.new().identity("app.example.org")
    result = probe(request(relay, authority, **stranger))
    assert codes(result) == ["client-certificate-rejected"]


def test_a_client_certificate_does_not_stand_for_a_password(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(tls=authority.context_for(ssl.CERT_OPTIONAL)))
    identity = authority.identity("app.example.org")
    result = probe(request(relay, authority, **identity, **credentials(relay)))
    assert codes(result) == []
    assert result.mechanism == "PLAIN"
