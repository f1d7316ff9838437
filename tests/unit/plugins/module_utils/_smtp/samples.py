# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the probe ask for, and what they look at in its results."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import ProbeResult
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    Authority,
    Relay,
)


def request(relay: Relay | int, authority: Authority | None = None, **changes: Any) -> ProbeRequest:
    port = relay if isinstance(relay, int) else relay.port
    basic = ProbeRequest(
        host="127.0.0.1",
        port=port,
        security="starttls",
        from_address="app@example.org",
        recipients=("someone@example.org",),
        ca_pem=authority.pem if authority else "",
        timeout=10.0,
    )
    return replace(basic, **changes)


def credentials(relay: Relay, **changes: Any) -> dict[str, Any]:
    good = {"auth": "password", "username": relay.username, "password": Secret(relay.password)}
    return {**good, **changes}


def codes(result: ProbeResult, *severities: str) -> list[str]:
    wanted = severities or ("error", "warning")
    return [finding.code for finding in result.findings if finding.severity in wanted]


def stages(result: ProbeResult) -> list[tuple[str, str]]:
    return [(stage.name, stage.result) for stage in result.stages]
