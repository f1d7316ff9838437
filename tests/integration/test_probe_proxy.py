# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe through microsocks (SOCKS 5) and tinyproxy (HTTP), to aiosmtpd, all on loopback."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import ProbeResult
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from tests.integration.probing import at, codes, login, outcome
from tests.relays.aiosmtpd_relay import PASSWORD as RELAY_PASSWORD
from tests.relays.aiosmtpd_relay import USERNAME as RELAY_USERNAME
from tests.relays.aiosmtpd_relay import AiosmtpdRelay, Policy, aiosmtpd_relay
from tests.relays.proxies import PASSWORD, USERNAME, microsocks, tinyproxy

SCHEMES = ("socks5", "http")
Start = Callable[..., AbstractContextManager[int]]


@pytest.fixture(scope="module")
def relay() -> Iterator[AiosmtpdRelay]:
    with aiosmtpd_relay(Policy()) as relay:
        yield relay


@pytest.fixture(params=SCHEMES)
def scheme(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def start(scheme: str, tmp_path: Path) -> Start:
    return microsocks if scheme == "socks5" else partial(tinyproxy, tmp_path)


def through(
    url: str, relay: AiosmtpdRelay, security: str = "starttls", **changes: Any
) -> ProbeResult:
    settings: dict[str, Any] = {
        "port": relay.tls if security == "tls" else relay.starttls,
        "security": security,
        "proxy": Secret(url),
        **login(RELAY_USERNAME, RELAY_PASSWORD),
        **changes,
    }
    return probe(at("127.0.0.1", ca_pem=relay.ca_pem, **settings))


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_whole_dialogue_passes(
    scheme: str, start: Start, relay: AiosmtpdRelay, security: str
) -> None:
    with start() as port:
        result = through(f"{scheme}://127.0.0.1:{port}", relay, security)
    assert codes(result) == []
    assert outcome(result, "rcpt") == "ok"
    assert result.proxy == f"{scheme}://127.0.0.1:{port}"


def test_a_login_at_the_proxy_passes_and_is_shown_nowhere(
    scheme: str, start: Start, relay: AiosmtpdRelay
) -> None:
    with start(login=True) as port:
        result = through(f"{scheme}://{USERNAME}:{PASSWORD}@127.0.0.1:{port}", relay)
    assert codes(result) == []
    assert PASSWORD not in json.dumps(result.as_dict())


@pytest.mark.parametrize("credentials", ["", f"{USERNAME}:wrong@"], ids=["none", "wrong"])
def test_a_login_that_the_proxy_rejects_is_not_taken_for_the_relays(
    scheme: str, start: Start, relay: AiosmtpdRelay, credentials: str
) -> None:
    with start(login=True) as port:
        result = through(f"{scheme}://{credentials}127.0.0.1:{port}", relay)
    assert codes(result) == ["proxy-login-rejected"]


def test_a_relay_that_the_proxy_does_not_get_to_is_named(
    scheme: str, start: Start, relay: AiosmtpdRelay
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = listener.getsockname()[1]
    with start() as port:
        result = through(f"{scheme}://127.0.0.1:{port}", relay, port=nobody)
    assert codes(result) == ["proxy-relay-unreachable"]


def test_a_port_that_the_proxy_forbids_is_named(tmp_path: Path, relay: AiosmtpdRelay) -> None:
    with tinyproxy(tmp_path, ports=[443]) as port:
        result = through(f"http://127.0.0.1:{port}", relay)
    assert codes(result) == ["proxy-denied"]


@pytest.mark.parametrize(("spoken", "used"), [("http", "socks5"), ("socks5", "http")])
def test_a_proxy_of_the_other_kind_is_named(
    spoken: str, used: str, tmp_path: Path, relay: AiosmtpdRelay
) -> None:
    with microsocks() if spoken == "socks5" else tinyproxy(tmp_path) as port:
        result = through(f"{used}://127.0.0.1:{port}", relay, timeout=1.0)
    assert codes(result)[0] in ("proxy-broken", "proxy-silent")
