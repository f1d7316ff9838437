# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A description that an application cannot honour is told, and never silently lost."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    Description,
    ExistingSecret,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.check import SCHEMA
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.fit import (
    EXPRESSIBLE,
    OF_THE_PROBE,
    chart_version,
    fit,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import SecretSupport
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    DESCRIPTION,
    codes,
    profile_with,
)

PEM = "-----BEGIN CERTIFICATE-----"
SECRET = SecretSupport({"username": "user", "password": "password"}, free=True, required=False)
ONLY_PASSWORD = SecretSupport({"password": "smtp-password"}, free=False, required=False)
IN_A_SECRET: dict[str, Any] = {
    "existing_secret": ExistingSecret("mail"),
    "username": "",
    "password": Secret(""),
}
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
    assert codes(found(ANONYMOUS, auth=("password",))) == ["application-needs-credentials"]


@pytest.mark.parametrize(
    ("auth", "choices"),
    [("oauth", "none, password"), ("password", "none")],
)
def test_a_login_that_the_application_does_not_know_is_an_error_with_those_that_it_does(
    auth: str, choices: str
) -> None:
    [finding] = found({"auth": auth}, auth=tuple(choices.split(", ")))
    assert finding.code == "application-auth-unsupported"
    assert f"can use: {choices}." in finding.fix


def test_a_mechanism_needs_a_setting_that_takes_it() -> None:
    [finding] = found({"mechanism": "CRAM-MD5"})
    assert finding.code == "application-mechanism-unsupported"
    assert finding.fix == "Remove smtp_mechanism."
    [finding] = found({"mechanism": "CRAM-MD5"}, mechanisms=("PLAIN", "LOGIN"))
    assert "one of: PLAIN, LOGIN" in finding.fix
    assert found({"mechanism": "LOGIN"}, mechanisms=("PLAIN", "LOGIN")) == ()


class TestAnExistingSecret:
    def test_is_no_way_for_an_application_that_takes_none(self) -> None:
        [finding] = found(IN_A_SECRET)
        assert finding.code == "application-secret-unsupported"
        assert "smtp_username and smtp_password" in finding.fix

    def test_is_the_only_way_for_an_application_that_takes_no_password(self) -> None:
        required = replace(SECRET, required=True)
        [finding] = found({}, existing_secret=required)
        assert finding.code == "application-secret-required"
        assert "user (username) and password (password)" in finding.fix
        assert found(IN_A_SECRET, existing_secret=required) == ()
        assert found(ANONYMOUS, existing_secret=required) == ()

    def test_may_have_keys_of_any_name_where_they_can_be_chosen(self) -> None:
        own = {**IN_A_SECRET, "existing_secret": ExistingSecret("mail", "u", "p")}
        assert found(own, existing_secret=SECRET) == ()
        findings = found(own, existing_secret=replace(SECRET, free=False))
        assert codes(findings) == ["application-secret-key-fixed"] * 2
        assert "call the key user in the Secret" in findings[0].fix
        usual = {**IN_A_SECRET, "existing_secret": ExistingSecret("mail", "user", "password")}
        assert found(usual, existing_secret=replace(SECRET, free=False)) == ()

    def test_needs_the_user_name_beside_it_where_it_holds_only_the_password(self) -> None:
        [finding] = found(IN_A_SECRET, existing_secret=ONLY_PASSWORD)
        assert (finding.code, finding.where) == ("application-username-needed", "smtp_username")
        named = {**IN_A_SECRET, "username": "qualytics"}
        assert found(named, existing_secret=ONLY_PASSWORD) == ()
        [finding] = found(
            {**named, "existing_secret": ExistingSecret("mail", "u")}, existing_secret=ONLY_PASSWORD
        )
        assert finding.code == "application-secret-key-unused"

    def test_may_hold_everything_in_one_url(self) -> None:
        url = SecretSupport({"url": "mail-url"}, free=False, required=False)
        assert found(IN_A_SECRET, existing_secret=url) == ()


@pytest.mark.parametrize("name", EXPRESSIBLE)
def test_a_field_without_a_setting_is_an_error_and_one_with_it_is_none(name: str) -> None:
    [finding] = found({name: "Mail"})
    assert finding.code == "application-field-unsupported"
    assert finding.where == f"smtp_{name}"
    assert found({name: "Mail"}, fields=frozenset({name})) == ()


@pytest.mark.parametrize(
    ("name", "value"), list(zip(OF_THE_PROBE, ("a", "b", "app.example.com", 30), strict=True))
)
def test_a_field_that_the_probe_or_a_reader_can_still_use_is_only_noted(
    name: str, value: Any
) -> None:
    [finding] = found({name: value})
    assert finding.code == "application-field-of-the-probe"
    assert (finding.severity, finding.where) == ("info", f"smtp_{name}")
    assert found({name: value}, fields=frozenset({name})) == ()


def test_a_newer_tls_that_the_application_cannot_be_told_is_a_warning() -> None:
    [finding] = found({"tls_min_version": "1.3"})
    assert finding.code == "application-tls-version-unsupported"
    assert finding.severity == "warning"
    assert found({"tls_min_version": "1.3"}, fields=frozenset({"tls_min_version"})) == ()


def test_every_optional_field_of_the_schema_is_looked_at() -> None:
    fields = json.loads(SCHEMA.read_text(encoding="utf-8"))["properties"]["supports"]["properties"]
    listed = set(fields["fields"]["items"]["enum"])
    assert listed == {*EXPRESSIBLE, *OF_THE_PROBE, "tls_min_version", "fallbacks"}


def test_fallbacks_must_be_possible_and_fit_each_by_itself() -> None:
    second = replace(DESCRIPTION, port=2525, host="b.example.com")
    assert codes(found({"fallbacks": (DESCRIPTION,)})) == ["application-field-unsupported"]
    [finding] = found({"fallbacks": (DESCRIPTION, second)}, fields=frozenset({"fallbacks"}))
    assert finding.code == "application-port-unsupported"
    assert finding.where == "smtp_fallbacks[1].port"


@pytest.mark.parametrize(
    ("description", "supports", "expected"),
    [
        (TLS, {}, []),
        (TLS, {"verifies": {"tls": "no"}}, ["application-does-not-verify"]),
    ],
)
def test_how_an_application_gets_a_private_ca_is_decided_elsewhere(
    description: dict[str, Any], supports: dict[str, Any], expected: list[str]
) -> None:
    assert codes(found({**description, "ca_pem": PEM}, **supports)) == expected


def test_a_private_ca_does_not_count_when_nothing_is_verified() -> None:
    unverified = {**TLS, "ca_pem": PEM, "validate_certs": False}
    assert codes(found(unverified)) == ["application-verification-off"]


def test_how_far_switching_verification_off_reaches_is_said() -> None:
    unverified = replace(DESCRIPTION, validate_certs=False)
    [finding] = fit(profile_with(runtime=None), unverified)
    assert finding.severity == "warning"
    assert "HTTPS included" in finding.message
    assert "Prefer a certificate of a public CA at the relay" in finding.fix
    [finding] = fit(profile_with(runtime="python"), unverified)
    assert "Prefer the private CA of the relay in smtp_ca_path" in finding.fix


def test_a_switch_that_reaches_mail_only_needs_no_more_words() -> None:
    assert found({"validate_certs": False}, skip_verify="mail") == ()


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ({}, ["application-does-not-verify"]),
        ({"ca_pem": PEM}, ["application-does-not-verify"]),
        ({"validate_certs": False}, []),
        ({**ANONYMOUS, "port": 25, "security": "none"}, []),
    ],
)
def test_an_application_that_never_verifies_is_warned_of_unless_that_is_wanted(
    description: dict[str, Any], expected: list[str]
) -> None:
    never: dict[str, Any] = {"verifies": {"starttls": "no"}, "skip_verify": None}
    assert codes(found(description, **never)) == expected


def test_an_application_that_always_verifies_cannot_be_told_not_to() -> None:
    [finding] = found({"validate_certs": False}, skip_verify=None)
    assert finding.code == "application-cannot-skip-verification"


def test_nothing_counts_when_mail_is_off() -> None:
    assert fit(load("qualytics"), Description(enabled=False, host="x", from_name="y")) == ()


def test_an_application_that_cannot_switch_mail_off_says_so() -> None:
    [finding] = found({"enabled": False}, disabled=False)
    assert (finding.code, finding.where) == ("application-cannot-switch-off", "smtp_enabled")


@pytest.mark.parametrize(
    ("chart", "version", "checked"),
    [
        ("qualytics", "2026.8", True),
        ("qualytics", "2026.8.18", True),
        ("qualytics", "2026.81.0", False),
        ("qualytics", "2026.9.1", False),
        ("qualytics", "2025.8.18", False),
        ("other", "2026.8.18", False),
    ],
)
def test_a_chart_in_a_version_that_was_not_checked_is_a_warning(
    chart: str, version: str, checked: bool
) -> None:
    finding = chart_version(load("qualytics"), chart, version)
    assert (finding is None) is checked
    if finding is not None:
        assert (finding.code, finding.severity) == ("application-chart-unchecked", "warning")
        assert f"checked with qualytics 2026.8, and the release runs chart {chart} {version}." in (
            finding.message
        )


def test_everything_that_does_not_fit_is_told_at_once() -> None:
    everything = {**ANONYMOUS, "port": 2525, "from_name": "Q", "reply_to": "q@example.com"}
    assert codes(found(everything, auth=("password",))) == [
        "application-port-unsupported",
        "application-needs-credentials",
        "application-field-unsupported",
        "application-field-unsupported",
    ]
