# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the probe against real servers share: a request, and a look at the result."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import ProbeResult
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from tests.relays.workload import Workload

SENDER = "hub@example.com"
PASSWORD = "correct horse"
TIMEOUT = 5.0
PATIENCE = 10.0


def request(server: Workload, port: int, **changes: Any) -> ProbeRequest:
    """A probe of a server in the node, anonymous unless the changes say more."""
    return at(**{"host": server.address, "port": port, "ca_pem": server.ca_pem, **changes})


def at(host: str, port: int, ca_pem: str, **changes: Any) -> ProbeRequest:
    """A probe of a server anywhere, anonymous unless the changes say more."""
    settings: dict[str, Any] = {
        "host": host,
        "port": int(port),
        "security": "tls" if port == 465 else "starttls",
        "ca_pem": ca_pem,
        "from_address": SENDER,
        "recipients": (address(),),
        "timeout": TIMEOUT,
        **changes,
    }
    return ProbeRequest(**settings)


def login(username: str, password: str = PASSWORD) -> dict[str, Any]:
    """The changes of a request that logs in by password."""
    return {"auth": "password", "username": username, "password": Secret(password)}


def token_login(username: str, token: str) -> dict[str, Any]:
    """The changes of a request that logs in with an access token."""
    return {"auth": "oauth", "username": username, "token": Secret(token)}


def certificate_login(server: Workload) -> dict[str, Any]:
    """The changes of a request that logs in with a client certificate."""
    return {"mechanism": "EXTERNAL", **certificate(server)}


def certificate(server: Workload) -> dict[str, Any]:
    """The changes of a request that shows a client certificate of the server's own CA."""
    return {
        "client_cert": server.client.certificate,
        "client_key": Secret(server.client.key),
    }


def address(domain: str = "example.org") -> str:
    """A recipient that no other test uses."""
    return f"{uuid.uuid4().hex}@{domain}"


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for what a server does after the session is over, such as writing its log."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"not so within {PATIENCE:g} s")
        time.sleep(0.05)


def codes(result: ProbeResult) -> list[str]:
    """The codes of the errors and warnings."""
    return [finding.code for finding in result.findings if finding.severity != "info"]


def outcome(result: ProbeResult, stage: str) -> str:
    """How the last stage of a name went."""
    return [entry.result for entry in result.stages if entry.name == stage][-1]
