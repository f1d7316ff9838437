# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Palette, VerteX, Rafay and Qalyptus get what their pages ask for."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    Description,
    ExistingSecret,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.fit import fit
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import application, load
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import HOSTILE, codes

LOGIN = Description(
    host="relay.example.com",
    port=587,
    security="starttls",
    auth="password",
    username="hub",
    password=Secret("päss"),
    from_address="hub@example.com",
)
ANONYMOUS = replace(LOGIN, auth="none", username="", password=Secret(""))
UNVERIFIED = replace(LOGIN, validate_certs=False)


def written(name: str, description: Description) -> dict[str, Any]:
    return values.apply({}, render(application(name), description).leaves)


def told(name: str, description: Description) -> list[str]:
    found = (*fit(load(name), description), *render(application(name), description).findings)
    return codes(found)


class TestPalette:
    def test_the_body_has_the_fields_of_the_specification_in_their_types(self) -> None:
        assert written("palette", UNVERIFIED) == {
            "smtpServer": "relay.example.com",
            "smtpPort": 587,
            "fromEmailId": "hub@example.com",
            "userName": "hub",
            "password": "päss",
            "insecureSkipVerifyTls": True,
        }

    @pytest.mark.parametrize("name", ["palette", "vertex"])
    def test_an_anonymous_relay_leaves_user_and_password_out(self, name: str) -> None:
        assert not written(name, ANONYMOUS).keys() & {"userName", "password"}

    @pytest.mark.parametrize("name", ["palette", "vertex"])
    def test_the_body_can_be_tried_before_it_is_sent(self, name: str) -> None:
        api = load(name).api
        assert api is not None
        assert api.check is not None
        assert (api.call.method, api.call.path) == ("PUT", "/v1/system/config/smtp")
        assert api.check.path == "/v1/system/config/smtp/validate"

    @pytest.mark.parametrize("name", ["palette", "vertex"])
    def test_mail_cannot_be_switched_off(self, name: str) -> None:
        found = codes(fit(load(name), Description(enabled=False)))
        assert found == ["application-cannot-switch-off"]

    def test_vertex_refuses_to_skip_verification_and_never_writes_it(self) -> None:
        assert "application-cannot-skip-verification" in told("vertex", UNVERIFIED)
        assert written("vertex", UNVERIFIED)["insecureSkipVerifyTls"] is False
        assert "application-cannot-skip-verification" not in told("palette", UNVERIFIED)

    @pytest.mark.parametrize("password", HOSTILE)
    def test_a_hostile_password_is_in_the_body_byte_for_byte(self, password: str) -> None:
        assert written("palette", replace(LOGIN, password=Secret(password)))["password"] == password


class TestRafay:
    def test_the_block_of_radm_has_the_password_in_base64(self) -> None:
        assert written("rafay-radm", UNVERIFIED) == {
            "enabled": True,
            "smtp_address": "relay.example.com",
            "port": 587,
            "username": "hub",
            "password": base64.b64encode("päss".encode()).decode(),
            "insecure": True,
        }

    def test_switched_off_the_block_keeps_all_but_the_switch(self) -> None:
        assert written("rafay-radm", Description(enabled=False)) == {"enabled": False}

    @pytest.mark.parametrize("password", HOSTILE)
    def test_a_hostile_password_is_in_the_block_byte_for_byte(self, password: str) -> None:
        block = written("rafay-radm", replace(LOGIN, password=Secret(password)))
        assert base64.b64decode(block["password"]).decode() == password

    def test_the_older_controller_gets_variables_of_text(self) -> None:
        variables = written("rafay-event-framework", LOGIN)
        assert variables["FW_EVENT_SMTP_SERVER_PORT"] == "587"
        assert all(isinstance(value, str) for value in variables.values())

    def test_the_older_controller_refers_to_the_password_in_a_secret(self) -> None:
        secret = ExistingSecret("mail", password_key="key")
        description = replace(LOGIN, password=Secret(""), existing_secret=secret)
        variables = written("rafay-event-framework", description)
        assert variables["FW_EVENT_SMTP_SERVER_PASSWORD"] == {
            "valueFrom": {"secretKeyRef": {"name": "mail", "key": "key"}}
        }
        assert variables["FW_EVENT_SMTP_SERVER_USERNAME"] == "hub"

    @pytest.mark.parametrize("password", ["a$$b", "$(HOME)"])
    def test_what_kubernetes_would_change_in_a_variable_is_refused(self, password: str) -> None:
        found = told("rafay-event-framework", replace(LOGIN, password=Secret(password)))
        assert "rafay-event-framework-variable-in-value" in found

    def test_the_form_names_who_may_fill_it_in_that_it_may_be_off_and_what_goes_before(
        self,
    ) -> None:
        form = load("rafay-form").form
        assert form is not None
        assert form.note is not None
        assert "administrator" in form.who
        assert "may be off" in form.note
        assert "organization's settings go before the partner's" in form.note
        assert list(written("rafay-form", LOGIN)) == ["Host", "Port", "TLS", "Username", "Password"]

    @pytest.mark.parametrize("name", ["rafay-radm", "rafay-event-framework", "rafay-form"])
    def test_an_anonymous_relay_is_refused(self, name: str) -> None:
        assert "application-needs-credentials" in told(name, ANONYMOUS)


class TestQalyptus:
    def test_the_sheet_has_every_field_of_the_page_in_its_order(self) -> None:
        description = replace(
            LOGIN,
            name="Main relay",
            comment="for reports",
            from_name="Reports",
            subject_prefix="[Q]",
            test_recipients=("me@example.com", "you@example.com"),
        )
        assert list(written("qalyptus", description).items()) == [
            ("Name", "Main relay"),
            ("Description", "for reports"),
            ("From Name", "Reports"),
            ("From Address", "hub@example.com"),
            ("Subject Prefix", "[Q]"),
            ("Host Name", "relay.example.com"),
            ("SMTP Port", 587),
            ("SSL", True),
            ("Username", "hub"),
            ("Password", "päss"),
            ("Test Mail", "me@example.com"),
        ]

    @pytest.mark.parametrize(
        ("security", "port", "ssl"),
        [("tls", 465, True), ("starttls", 587, True), ("none", 25, False)],
    )
    def test_one_switch_stands_for_both_kinds_of_tls(
        self, security: Any, port: int, ssl: bool
    ) -> None:
        sheet = written("qalyptus", replace(ANONYMOUS, security=security, port=port))
        assert sheet["SSL"] is ssl
        assert (sheet["Username"], sheet["Password"]) == ("", "")

    def test_microsoft_365_is_warned_of_and_oauth_refused(self) -> None:
        microsoft = replace(LOGIN, host="smtp.office365.com")
        assert "qalyptus-basic-authentication-only" in told("qalyptus", microsoft)
        assert "qalyptus-basic-authentication-only" not in told("qalyptus", LOGIN)
        assert "application-auth-unsupported" in told("qalyptus", replace(microsoft, auth="oauth"))

    def test_the_log_of_the_server_is_named(self) -> None:
        log = load("qalyptus").log
        assert log is not None
        assert r"C:\ProgramData\Qalyptus\Server\Logs" in log
        assert "SMTP activity" in log
