# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a description says reaches the probe, and no more is done than is allowed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.login import Login
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.options import (
    UNTIL,
    ProbeOptions,
    Until,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.request import (
    HTML,
    before_change,
    from_pods,
    last_stage,
    request_for,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.decide import Trust
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import FOLDER
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import DESCRIPTION

LOGIN = Login("hub", Secret("x"))
UNPROVEN = Login(
    finding=CATALOGUE.finding("login-unproven", where="smtp_existing_secret", problem="no")
)


def test_the_smallest_description_makes_a_request_that_can_be_tried() -> None:
    request = request_for(DESCRIPTION, ProbeOptions(), LOGIN, check=False)
    assert list(request.problems()) == []
    assert (request.host, request.port, request.security) == ("mail.example.com", 587, "starttls")
    assert (request.auth, request.username, request.password) == ("password", "hub", Secret("x"))
    assert (request.until, request.retries, request.timeout) == ("rcpt", 0, 10.0)


def test_every_optional_field_reaches_the_probe() -> None:
    description = replace(
        DESCRIPTION,
        mechanism="PLAIN",
        client_cert="CERT",
        client_key=Secret("KEY"),
        ehlo_name="hub.example.com",
        validate_certs=False,
        ca_pem="CA",
        server_name="relay.example.com",
        tls_min_version="1.3",
        proxy="socks5://127.0.0.1:1080",
        timeout=3,
        test_recipients=("a@example.org", "b@example.org"),
        from_name="The Hub",
        envelope_from="bounces@example.com",
        reply_to="help@example.com",
        subject_prefix="[test]",
    )
    options = ProbeOptions(
        until="data",
        retries=2,
        retry_seconds=5,
        expected_size=1000,
        foreign_recipient="x@example.net",
        ciphers="ECDHE-RSA-AES128-SHA",
        want_chain=True,
    )
    request = request_for(description, options, LOGIN, check=False)
    assert request.message is not None
    assert vars(request) == {
        **vars(request),
        "mechanism": "PLAIN",
        "client_cert": "CERT",
        "client_key": Secret("KEY"),
        "ehlo_name": "hub.example.com",
        "validate_certs": False,
        "ca_pem": "CA",
        "server_name": "relay.example.com",
        "tls_min_version": "1.3",
        "proxy": Secret("socks5://127.0.0.1:1080"),
        "timeout": 3.0,
        "recipients": ("a@example.org", "b@example.org"),
        "until": "data",
        "retries": 2,
        "retry_seconds": 5.0,
        "expected_size": 1000,
        "foreign_recipient": "x@example.net",
        "ciphers": "ECDHE-RSA-AES128-SHA",
        "want_chain": True,
    }
    message = request.message
    assert (message.from_name, message.reply_to) == ("The Hub", "help@example.com")
    assert (message.envelope_from, message.subject_prefix) == ("bounces@example.com", "[test]")
    assert (message.html, message.dsn) == (HTML, True)


def test_a_token_is_used_for_oauth() -> None:
    login = Login("hub@example.com", token=Secret("tok"))
    request = request_for(replace(DESCRIPTION, auth="oauth"), ProbeOptions(), login, check=False)
    assert (request.auth, request.credential) == ("oauth", Secret("tok"))
    assert list(request.problems()) == []


def test_notifications_are_asked_for_only_with_a_mail() -> None:
    request = request_for(DESCRIPTION, ProbeOptions(), LOGIN, check=False)
    assert request.message is not None
    assert not request.message.dsn


@pytest.mark.parametrize("until", UNTIL)
def test_check_mode_sends_no_mail(until: Until) -> None:
    assert last_stage(until, LOGIN, check=False) == until
    assert last_stage(until, LOGIN, check=True) == ("rcpt" if until == "data" else until)


@pytest.mark.parametrize("until", UNTIL)
def test_without_credentials_the_probe_ends_before_the_login(until: Until) -> None:
    expected = "connect" if until == "connect" else "tls"
    assert last_stage(until, UNPROVEN, check=False) == expected
    request = request_for(DESCRIPTION, ProbeOptions(until=until), UNPROVEN, check=False)
    assert (request.auth, request.mechanism, request.until) == ("none", "", expected)
    assert list(request.problems()) == []


@pytest.mark.parametrize("until", ["connect", "tls"])
def test_a_probe_that_does_not_log_in_needs_no_credentials(until: Until) -> None:
    description = replace(DESCRIPTION, auth="oauth", mechanism="XOAUTH2")
    request = request_for(description, ProbeOptions(until=until), Login(), check=False)
    assert list(request.problems()) == []


class TestWhatThePodsTrust:
    """And not what is given for a probe alone, or mounted and about to go."""

    REQUEST = request_for(replace(DESCRIPTION, ca_pem="CA"), ProbeOptions(), LOGIN, check=False)

    def test_is_what_they_are_given(self) -> None:
        assert from_pods(self.REQUEST, Trust()).ca_pem == "CA"
        assert before_change(self.REQUEST, Trust()).ca_pem == "CA"

    def test_is_nothing_of_a_ca_that_they_are_not_given(self) -> None:
        assert from_pods(self.REQUEST, Trust(withheld=True)).ca_pem == ""
        assert before_change(self.REQUEST, Trust(withheld=True)).ca_pem == ""

    def test_before_a_change_is_not_what_is_mounted_now(self) -> None:
        assert before_change(self.REQUEST, Trust()).ignore_roots_in == FOLDER
        assert from_pods(self.REQUEST, Trust()).ignore_roots_in == ""
