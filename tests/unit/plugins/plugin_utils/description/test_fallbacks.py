# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Further relays: described and checked like the first, with its sender and its policy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Policy
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.resolve import (
    Resolved,
    errors,
    resolve,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    PASSWORD,
    RAW,
    codes,
)

SECOND = {"host": "second.example.com", "username": "u2", "password": f"2-{PASSWORD}"}
THIRD = {"provider": "sendgrid", "password": "SG.third"}


def sound(**raw: Any) -> Resolved:
    resolved = resolve({**RAW, **raw})
    assert errors(resolved.findings) == []
    return resolved


def test_each_has_a_relay_of_its_own_with_the_same_defaults() -> None:
    [second, third] = sound(fallbacks=[{**SECOND, "port": "465"}, THIRD]).description.fallbacks
    assert (second.host, second.port, second.security) == ("second.example.com", 465, "tls")
    assert (second.auth, second.username) == ("password", "u2")
    assert (third.host, third.port, third.username) == ("smtp.sendgrid.net", 587, "apikey")


def test_each_has_the_sender_and_the_policy_of_the_first_and_not_its_connection() -> None:
    found = sound(
        from_name="App",
        reply_to="r@example.com",
        ehlo_name="app.example.com",
        policy="require_tls",
        validate_certs=False,
        server_name="mx.example.com",
        test_recipients="t@example.com",
        name="main",
        fallbacks=[{**SECOND, "from_name": "Second"}],
    )
    [second] = found.description.fallbacks
    assert (second.from_address, second.from_name) == ("no-reply@example.com", "Second")
    assert (second.reply_to, second.ehlo_name) == ("r@example.com", "app.example.com")
    assert second.policy == Policy(require_tls=True)
    assert (second.validate_certs, second.server_name) == (True, None)
    assert (second.name, second.test_recipients, second.fallbacks) == (None, (), ())


def test_a_survey_sends_them_as_json() -> None:
    [second] = sound(fallbacks=json.dumps([SECOND])).description.fallbacks
    assert second.host == "second.example.com"


@pytest.mark.parametrize(
    ("second", "code", "where", "text"),
    [
        ({**SECOND, "host": ""}, "host-missing", "host", "Set smtp_fallbacks[1].host to the relay"),
        ({**SECOND, "port": "x"}, "value-invalid", "port", "must be a whole number"),
        ({**SECOND, "port": 0}, "number-out-of-range", "port", "smtp_fallbacks[1].port is 0"),
        ({**SECOND, "password": ""}, "credentials-incomplete", "password", "].username is given"),
        ({**SECOND, "port": 25}, "credentials-unencrypted", "security", "].security is none"),
        ({**SECOND, "prot": 25}, "key-unknown", "prot", "port was probably meant"),
        ({**SECOND, "enabled": True}, "key-unknown", "enabled", "no key that is known here"),
        ({**SECOND, "from_address": "me"}, "address-invalid", "from_address", "it has no @"),
        ({**SECOND, "password": 5}, "secret-not-text", "password", "must be text"),
        ({"provider": "gmial", **SECOND}, "preset-unknown", "provider", "gmail was probably"),
        ({**SECOND, "oauth": {"token": "x"}}, "credentials-twice", "oauth", "].password and smtp"),
    ],
)
def test_what_is_wrong_with_one_names_its_place(
    second: dict[str, Any], code: str, where: str, text: str
) -> None:
    first = {"host": "first.example.com", "username": "u", "password": PASSWORD}
    [finding] = resolve({**RAW, "fallbacks": [first, second]}).findings
    assert (finding.code, finding.where) == (code, f"smtp_fallbacks[1].{where}")
    assert text in finding.message + finding.fix
    assert PASSWORD not in str(finding)


def test_what_is_wrong_with_the_first_is_told_once() -> None:
    raw = {**RAW, "from_address": None, "reply_to": "me", "timeout": 0, "fallbacks": [SECOND]}
    assert sorted(codes(resolve(raw).findings)) == [
        "address-invalid",
        "from-address-missing",
        "number-out-of-range",
    ]


def test_a_broken_policy_names_the_fallback_and_where_the_policy_stands() -> None:
    raw = {**RAW, "policy": "allow_anonymous=no", "fallbacks": [{"host": "b.example.com"}]}
    [finding] = resolve(raw).findings
    assert finding.where == "smtp_fallbacks[0].auth"
    assert finding.message.startswith("smtp_policy.allow_anonymous is false")
    assert "smtp_fallbacks[0].username" in finding.fix


def test_warnings_are_told_for_each() -> None:
    fallbacks = [{"host": "b.example.com"}, {"host": "c.example.com", "validate_certs": "no"}]
    found = sound(fallbacks=fallbacks)
    assert [(finding.code, finding.where) for finding in found.findings] == [
        ("anonymous-relay", "smtp_fallbacks[0].auth"),
        ("anonymous-relay", "smtp_fallbacks[1].auth"),
        ("verification-off", "smtp_fallbacks[1].validate_certs"),
    ]


def test_the_origin_of_every_field_is_known() -> None:
    layers = [{**RAW, "name": "far", "fallbacks": [THIRD]}]
    provenance = resolve({"layers": layers}).provenance
    assert provenance["fallbacks"] == "far"
    assert provenance["fallbacks[0].provider"] == "far"
    assert provenance["fallbacks[0].host"] == "preset sendgrid"
    assert provenance["fallbacks[0].from_address"] == "far"


def test_no_secret_of_one_is_shown_and_all_are_cleaned_out() -> None:
    found = sound(fallbacks=[SECOND, THIRD])
    assert PASSWORD not in json.dumps(found.description.redacted())
    assert {PASSWORD, SECOND["password"], "SG.third"} == {
        secret.reveal() for secret in found.secrets
    }


def test_mail_that_is_off_needs_none() -> None:
    found = resolve({**RAW, "enabled": False, "fallbacks": 5})
    assert found.findings == ()
    assert found.description.fallbacks == ()
