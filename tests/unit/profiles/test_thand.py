# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the thand agent makes of its provider files, by the rules of its sources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    Description,
    ExistingSecret,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.fit import fit
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import application
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    HOSTILE,
    PASSWORDS,
)

PROFILES = ("thand", "thand-file", "thand-file-email-smtp")
FILE = "mailops-smtp.yaml"
RELAY = Description(
    host="relay.example.com",
    port=465,
    security="tls",
    auth="password",
    username="hub",
    password=Secret("correct-horse"),
    from_address="hub@example.com",
)
SECOND = replace(RELAY, host="second.example.com", password=Secret("battery-staple"))
_PATH = re.compile(r"\.([A-Za-z_]\w*)")


def tree(name: str, description: Description) -> dict[str, Any]:
    """The values of the profile as they are written."""
    return values.apply({}, render(application(name), description, release="hub").leaves)


def document(name: str, description: Description) -> dict[str, Any]:
    """The provider file, as it comes out of the chart or is written as a file."""
    written = tree(name, description)
    if name == "thand":
        written = yaml.safe_load(written["providers"]["files"][FILE])
    return written


def evaluated(value: Any, environment: Mapping[str, str]) -> Any:
    """A value as the agent takes it: trimmed, and evaluated when the whole of it is an expression."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not (text.startswith("${") and text.endswith("}")):
        return text
    path = _PATH.fullmatch(text[2:-1].strip())
    return environment.get(path[1]) if path else None


def in_use(name: str, description: Description, **environment: str) -> dict[str, dict[str, Any]]:
    """The configuration of each provider that the agent does not skip."""
    providers = document(name, description)["providers"]
    return {
        key: {field: evaluated(value, environment) for field, value in each["config"].items()}
        for key, each in providers.items()
        if each["enabled"] is True and each["name"]
    }


def refused(name: str, description: Description) -> set[str]:
    profile = application(name)
    found = (*fit(profile.profile, description), *render(profile, description).findings)
    return {
        finding.code.removeprefix(f"{name}-") for finding in found if finding.severity == "error"
    }


def said(name: str, description: Description) -> set[str]:
    found = render(application(name), description).findings
    return {finding.code.removeprefix(f"{name}-") for finding in found}


@pytest.mark.parametrize("name", PROFILES)
def test_the_agent_finds_every_field_in_its_type(name: str) -> None:
    config = in_use(name, RELAY)["smtp"]
    assert config.pop("platform", "smtp") == "smtp"
    assert config == {
        "host": "relay.example.com",
        "port": 465,
        "user": "hub",
        "pass": "correct-horse",
        "from": "hub@example.com",
        "tls_skip_verify": False,
    }


def test_both_spellings_of_the_provider_are_written() -> None:
    email = document("thand-file", RELAY)["providers"]["smtp"]
    assert (email["provider"], email["config"]["platform"]) == ("email", "smtp")
    smtp = document("thand-file-email-smtp", RELAY)["providers"]["smtp"]
    assert smtp["provider"] == "email.smtp"
    assert "platform" not in smtp["config"]


@pytest.mark.parametrize("password", HOSTILE)
@pytest.mark.parametrize("name", PROFILES)
def test_a_hostile_password_is_what_the_agent_logs_in_with_or_is_refused(
    name: str, password: str
) -> None:
    description = replace(RELAY, password=Secret(password))
    if not refused(name, description):
        assert in_use(name, description)["smtp"]["pass"] == password


@given(PASSWORDS)
@settings(max_examples=60)
def test_any_password_is_what_the_agent_logs_in_with_or_is_refused(password: str) -> None:
    description = replace(RELAY, password=Secret(password))
    if not refused("thand", description):
        assert in_use("thand", description)["smtp"]["pass"] == password


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("${y}", "evaluated-password"),
        ("${ .HOME }", "evaluated-password"),
        (" correct-horse", "trimmed-password"),
        ("correct-horse\u00a0", "trimmed-password"),
    ],
)
def test_what_the_agent_would_change_is_refused_also_in_a_fallback(
    name: str, password: str, reason: str
) -> None:
    assert reason in refused(name, replace(RELAY, password=Secret(password)))
    fallback = replace(SECOND, password=Secret(password))
    assert reason in refused(name, replace(RELAY, fallbacks=(fallback,)))


@pytest.mark.parametrize("name", PROFILES)
def test_a_dollar_that_is_no_expression_is_welcome(name: str) -> None:
    description = replace(RELAY, password=Secret("$HOME a${b}"))
    assert refused(name, description) == set()


def test_a_secret_of_ones_own_reaches_the_agent_by_its_environment() -> None:
    description = replace(
        RELAY, username="", password=Secret(""), existing_secret=ExistingSecret("mail", "u", "p")
    )
    [source] = tree("thand", description)["envFrom"]
    assert source["secretRef"] == {"name": "mail"}
    secret = {"u": "hub", "p": " ${y} {{ x }} "}
    environment = {f"{source['prefix']}{key}": value for key, value in secret.items()}
    config = in_use("thand", description, **environment)["smtp"]
    assert (config["user"], config["pass"]) == ("hub", " ${y} {{ x }} ")


@pytest.mark.parametrize("name", ["thand-file", "thand-file-email-smtp"])
def test_a_provider_file_refers_to_whole_variables(name: str) -> None:
    description = replace(
        RELAY, username="", password=Secret(""), existing_secret=ExistingSecret("mail")
    )
    config = document(name, description)["providers"]["smtp"]["config"]
    assert (config["user"], config["pass"]) == ("${ .SMTP_USERNAME }", "${ .SMTP_PASSWORD }")


def test_a_key_that_is_no_name_of_a_variable_is_refused() -> None:
    secret = ExistingSecret("mail", password_key="smtp-password")
    description = replace(RELAY, username="", password=Secret(""), existing_secret=secret)
    assert refused("thand", description) == {"expression-name"}


@pytest.mark.parametrize("name", PROFILES)
def test_fallbacks_are_providers_of_their_own(name: str) -> None:
    third = replace(SECOND, host="third.example.com", port=587, security="starttls")
    config = in_use(name, replace(RELAY, fallbacks=(SECOND, third)))
    hosts = {key: each["host"] for key, each in config.items()}
    assert hosts == {
        "smtp": "relay.example.com",
        "smtp-2": "second.example.com",
        "smtp-3": "third.example.com",
    }
    assert config["smtp-2"]["pass"] == "battery-staple"
    assert "too-many-fallbacks" in refused(name, replace(RELAY, fallbacks=(SECOND,) * 3))


@pytest.mark.parametrize("name", PROFILES)
def test_mail_that_is_off_leaves_no_provider_and_no_secret(name: str) -> None:
    off = Description(enabled=False)
    assert in_use(name, off) == {}
    assert set(document(name, off)["providers"]["smtp"].get("config", {})) <= {"platform"}


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"auth": "none", "username": "", "password": Secret("")}, "application-needs-credentials"),
        ({"port": 2465}, "application-port-unsupported"),
        ({"port": 25, "security": "none"}, "application-port-unsupported"),
        ({"host": "2001:db8::25"}, "address-literal"),
        ({"from_name": "Hub"}, "application-field-unsupported"),
        ({"comment": "x" * 501}, "long-text"),
    ],
)
def test_what_the_agent_cannot_do_is_refused(
    name: str, changes: dict[str, Any], reason: str
) -> None:
    assert reason in refused(name, replace(RELAY, **changes))


@pytest.mark.parametrize("name", PROFILES)
def test_each_silent_trap_is_told_when_it_can_spring(name: str) -> None:
    starttls = replace(RELAY, port=587, security="starttls", validate_certs=False)
    always = {"login-can-be-skipped", "first-file-wins", "says-localhost", "port-not-found"}
    assert said(name, starttls) == always | {"starttls-can-be-stripped", "quoted-switch"}
    assert said(name, RELAY) == always
    assert said(name, Description(enabled=False)) == {"disabled-quietly"}
    secret = replace(RELAY, username="", password=Secret(""), existing_secret=ExistingSecret("m"))
    assert said(name, secret) == always | {"expression-form"}
    assert "fallbacks-are-not-tried" in said(name, replace(RELAY, fallbacks=(SECOND,)))


@pytest.mark.parametrize("name", PROFILES)
def test_a_trap_of_a_fallback_is_told_too(name: str) -> None:
    second = replace(SECOND, port=587, security="starttls", validate_certs=False)
    found = said(name, replace(RELAY, fallbacks=(second,)))
    assert {"starttls-can-be-stripped", "quoted-switch"} <= found
