# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failure means depends on where it was seen, and of which relay."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.relay_catalogue import (
    CATALOGUE,
    FACTS,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import (
    ProbeResult,
    Recipient,
    Stage,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe import judge
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.place import Probed


def probed(stage: str = "", code: str = "", **seen: Any) -> Probed:
    """A probe that failed at a stage, or passed."""
    result = ProbeResult(relay="mail.example.com:587", security="starttls", **seen)
    result.stages.append(Stage("resolve"))
    if stage:
        result.stages.append(Stage(stage, "failed"))
    if code:
        facts = dict.fromkeys(FACTS, "fact")
        result.findings.append(CATALOGUE.finding(code, where="here", severity=None, **facts))
    return Probed("controller", result.as_dict())


def seen(entry: Probed, *, second_best: bool = False, fallback: bool = False) -> list[str]:
    found = judge.findings(entry, second_best=second_best, fallback=fallback)
    return [f"{finding.severity} {finding.code}" for finding in found]


TIMEOUT = probed("connect", "relay-timeout")


def test_a_failure_where_the_application_sends_from_is_an_error() -> None:
    assert seen(TIMEOUT) == ["error relay-timeout"]


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        ("connect", "relay-timeout"),
        ("resolve", "relay-name-not-found"),
        ("rcpt", "relay-denied"),
        ("certificate", "certificate-expired"),
    ],
)
def test_a_failure_from_the_controller_alone_proves_nothing(stage: str, code: str) -> None:
    assert seen(probed(stage, code), second_best=True) == ["warning relay-unproven"]


def test_a_rejected_password_is_wrong_from_everywhere() -> None:
    found = probed("auth", "credentials-rejected")
    assert seen(found, second_best=True) == ["error credentials-rejected"]


def test_a_request_that_cannot_be_tried_is_an_error_everywhere() -> None:
    assert seen(probed(code="request-invalid"), second_best=True) == ["error request-invalid"]


def test_a_fallback_that_fails_is_a_warning() -> None:
    assert seen(TIMEOUT, fallback=True) == ["warning relay-timeout"]


def test_what_is_no_failure_is_told_as_it_is() -> None:
    found = probed(code="sender-unproven")
    assert seen(found, second_best=True, fallback=True) == ["info sender-unproven"]


def test_whether_the_relay_was_reached_is_told_by_its_stages() -> None:
    assert not judge.reached(TIMEOUT)
    assert judge.reached(probed("banner", "connection-lost"))
    assert judge.reached(probed())


def test_the_page_names_the_place_the_address_the_tries_and_the_token() -> None:
    entry = probed(
        relay_saw="10.8.0.4",
        tries=2,
        seconds=10.52,
        token="abc",
        recipients=[Recipient("a@example.org", "sent")],
    )
    page = judge.text([entry], [])
    assert page.splitlines()[0] == (
        "relay mail.example.com:587, starttls, ok, probed from controller, the relay saw 10.8.0.4, "
        "2 tries in 10.5 s"
    )
    assert "test mail sent; search for abc" in page


def test_the_page_ends_with_every_finding_and_its_fix() -> None:
    findings = judge.findings(TIMEOUT, second_best=False, fallback=False)
    lines = judge.text([TIMEOUT], findings).splitlines()
    assert lines[-2].startswith("error: ")
    assert lines[-2].endswith("[relay-timeout]")
    assert lines[-1] == f"  Fix: {findings[0].fix}"


@pytest.mark.parametrize(
    ("runtimes", "told"),
    [
        # Nothing is known of who reads the certificate.
        ([], {"go": "warning", "rustls": "warning"}),
        ([None], {"go": "warning", "rustls": "warning"}),
        (["go"], {"go": "error"}),
        (["go", "python"], {"go": "error"}),
        (["go", None], {"go": "warning", "rustls": "warning"}),
        (["openssl"], {"rustls": "warning"}),
        (["python", "java"], {}),
    ],
)
def test_what_another_tls_library_refuses_counts_by_the_runtime_of_the_profile(
    runtimes: list[str | None], told: dict[str, str]
) -> None:
    facts = dict.fromkeys(FACTS, "fact")
    found = [
        CATALOGUE.finding(f"certificate-refused-by-{name}", where="here", severity=None, **facts)
        for name in ("go", "rustls")
    ]
    kept = judge.for_runtimes(found, runtimes)
    assert {each.code.rpartition("-")[2]: each.severity for each in kept} == told
