# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy forbids what it says, and nothing else."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    Description,
    Policy,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import POLICY
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.policy import (
    RULES,
    STRICT,
    unidentified,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.resolve import resolve
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    RAW,
    codes,
)

ANONYMOUS = {"username": "", "password": ""}
FORBIDDEN: dict[str, tuple[dict[str, Any], str]] = {
    "fips": ({"validate_certs": False}, "policy-fips-verification"),
    "require_tls": ({**ANONYMOUS, "security": "none"}, "policy-tls-required"),
    "require_verified_certs": ({"validate_certs": False}, "policy-verification-required"),
    "allow_anonymous": (ANONYMOUS, "policy-anonymous-forbidden"),
    "allow_sinks": ({"host": "mailpit.tools", "security": "tls"}, "policy-sink-forbidden"),
    "allow_unencrypted_credentials": ({"security": "none"}, "credentials-unencrypted"),
}
"""For each key of a policy something that its strict value forbids."""

OF_TARGET = {"chart_from_source"}
"""The keys that are about the release, and not about the relay."""
KEYS = [option.name for option in POLICY if option.name not in OF_TARGET]


def told(policy: Any, **raw: Any) -> list[str]:
    return codes(resolve({**RAW, **raw, "policy": policy}).findings)


def test_the_keys_are_the_same_everywhere() -> None:
    names = {option.name for option in POLICY}
    assert names == {entry.name for entry in fields(Policy)} == set(STRICT)
    assert {rule.policy for rule in RULES} == set(FORBIDDEN) == set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_the_strict_value_of_a_key_forbids_something(key: str) -> None:
    raw, code = FORBIDDEN[key]
    assert told({key: STRICT[key]}, **raw) == [code]


@pytest.mark.parametrize("key", KEYS)
def test_the_other_value_allows_it(key: str) -> None:
    raw, code = FORBIDDEN[key]
    allowed = told({key: not STRICT[key], "allow_unencrypted_credentials": True}, **raw)
    assert code not in allowed


@pytest.mark.parametrize("key", KEYS)
def test_a_strict_policy_leaves_a_safe_description_alone(key: str) -> None:
    assert told({key: STRICT[key]}) == []


def test_without_a_policy_only_credentials_in_the_clear_are_forbidden() -> None:
    forbidden = [key for key, (raw, code) in FORBIDDEN.items() if code in told(None, **raw)]
    assert forbidden == ["allow_unencrypted_credentials"]


@pytest.mark.parametrize(
    "policy",
    [
        "fips, require_tls, allow_anonymous=false",
        "fips\nrequire_tls=yes\r\nallow_anonymous = no",
        " fips=1,require_tls=on,allow_anonymous=off, ",
        '{"fips": true, "require_tls": "true", "allow_anonymous": "False"}',
        {"fips": "yes", "require_tls": 1, "allow_anonymous": 0},
    ],
)
def test_a_policy_is_read_as_a_dictionary_or_as_a_survey_sends_it(policy: Any) -> None:
    found = resolve({**RAW, "policy": policy}).description.policy
    assert found == Policy(fips=True, require_tls=True, allow_anonymous=False)


def test_under_fips_the_other_mechanisms_and_a_private_ca_stay_possible() -> None:
    for mechanism in ("PLAIN", "SCRAM-SHA-256", None):
        assert told("fips", mechanism=mechanism) == []


def test_a_client_certificate_tells_the_relay_who_sends() -> None:
    by_certificate = Description(auth="none", client_cert="-----BEGIN CERTIFICATE-----")
    assert not unidentified(by_certificate)
    assert unidentified(replace(by_certificate, client_cert=None))


def test_every_broken_rule_is_told() -> None:
    policy = "fips, require_verified_certs, allow_anonymous=false"
    assert told(policy, **ANONYMOUS, validate_certs=False) == [
        "policy-fips-verification",
        "policy-verification-required",
        "policy-anonymous-forbidden",
    ]


def test_a_rule_is_not_judged_by_what_is_wrong_already() -> None:
    assert told("require_tls, allow_anonymous=false", security="ssl") == ["value-not-a-choice"]
    assert told("allow_anonymous=false", password=1) == ["secret-not-text"]
    assert told("fips=perhaps", validate_certs=False) == ["value-invalid"]


def test_an_anonymous_relay_brings_its_warning_every_time() -> None:
    for raw in ({}, {"auth": "none"}, {"port": 25}, {"provider": "internal_relay"}):
        assert "anonymous-relay" in told("allow_anonymous", **ANONYMOUS, **raw)
