# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A description that an application cannot honour is told, and never silently lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.fit import fit
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    DESCRIPTION,
    codes,
    profile_with,
)

PEM = "-----BEGIN CERTIFICATE-----"
TLS: dict[str, Any] = {"port": 465, "security": "tls"}
ANONYMOUS: dict[str, Any] = {"auth": "none", "username": "", "password": Secret("")}


def found(description: dict[str, Any], **supports: Any) -> tuple[Finding, ...]:
    """What stands between a description and Qualytics, if that supported something else."""
    profile = profile_with(supports=replace(load("qualytics").supports, **supports))
    return fit(profile, replace(DESCRIPTION, **description))


@pytest.mark.parametrize(
    "description",
    [{}, TLS, {**ANONYMOUS, "port": 25, "security": "none"}, ANONYMOUS],
    ids=["starttls", "tls", "plain and anonymous", "starttls and anonymous"],
)
def test_what_the_application_can_do_gives_no_finding(description: dict[str, Any]) -> None:
    assert found(description) == ()


@pytest.mark.parametrize(
    "description",
    [
        {"port": 2525},
        {"port": 587, "security": "none"},
        {"port": 25},
        {"port": 2465, "security": "tls"},
    ],
)
def test_a_port_that_the_application_takes_for_something_else_is_an_error(
    description: dict[str, Any],
) -> None:
    [finding] = found(description)
    assert finding.code == "application-port-unsupported"
    assert "tls on 465, starttls on 587, none on 25" in finding.fix


def test_an_application_without_ports_of_its_own_takes_any() -> None:
    assert found({"port": 2525}, ports={"starttls": ()}) == ()
    [finding] = found(TLS, ports={"starttls": ()})
    assert "starttls on any port" in finding.fix


def test_an_application_that_must_log_in_cannot_use_an_anonymous_relay() -> None:
    assert codes(found(ANONYMOUS, anonymous=False)) == ["application-needs-credentials"]


@pytest.mark.parametrize("name", ["from_name", "reply_to"])
def test_a_field_without_a_setting_is_an_error_and_one_with_it_is_none(name: str) -> None:
    [finding] = found({name: "Mail"})
    assert finding.code == "application-field-unsupported"
    assert finding.where == f"smtp_{name}"
    assert found({name: "Mail"}, fields=frozenset({name})) == ()


@pytest.mark.parametrize(
    ("description", "supports", "expected"),
    [
        (TLS, {}, ["application-private-ca-unsupported"]),
        ({}, {}, ["application-private-ca-undocumented"]),
        (TLS, {"private_ca": True}, []),
        (TLS, {"verifies": {"tls": "no"}}, []),
        ({**ANONYMOUS, "port": 25, "security": "none"}, {}, []),
    ],
)
def test_a_private_ca_is_told_where_the_application_would_refuse_the_relay(
    description: dict[str, Any], supports: dict[str, Any], expected: list[str]
) -> None:
    assert codes(found({**description, "ca_pem": PEM}, **supports)) == expected


def test_a_private_ca_does_not_count_when_nothing_is_verified() -> None:
    unverified = {**TLS, "ca_pem": PEM, "validate_certs": False}
    assert codes(found(unverified)) == ["application-verification-off"]


def test_how_far_switching_verification_off_reaches_is_said() -> None:
    [finding] = found({"validate_certs": False})
    assert finding.severity == "warning"
    assert "HTTPS included" in finding.message


def test_an_application_that_always_verifies_cannot_be_told_not_to() -> None:
    [finding] = found({"validate_certs": False}, skip_verify=None)
    assert finding.code == "application-cannot-skip-verification"


def test_an_application_that_never_verifies_needs_no_switch() -> None:
    never: dict[str, Any] = {"skip_verify": None, "verifies": {"starttls": "no", "tls": "no"}}
    assert found({"validate_certs": False}, **never) == ()


def test_nothing_counts_when_mail_is_off() -> None:
    assert fit(load("qualytics"), Description(enabled=False)) == ()


def test_everything_that_does_not_fit_is_told_at_once() -> None:
    everything = {**ANONYMOUS, "port": 2525, "from_name": "Q", "reply_to": "q@example.com"}
    assert codes(found(everything, anonymous=False)) == [
        "application-port-unsupported",
        "application-needs-credentials",
        "application-field-unsupported",
        "application-field-unsupported",
    ]


def test_every_kind_of_misfit_is_specified_here() -> None:
    misfits = {entry.code for entry in CATALOGUE if entry.code.startswith("application-")}
    assert misfits - {"application-missing"} == {
        "application-port-unsupported",
        "application-needs-credentials",
        "application-field-unsupported",
        "application-private-ca-unsupported",
        "application-private-ca-undocumented",
        "application-verification-off",
        "application-cannot-skip-verification",
    }
