# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A provider fills in what is not given, and says what is particular about it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Auth
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.resolve import (
    Resolved,
    errors,
    resolve,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.model import Preset
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.table import PRESETS
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    PASSWORD,
    codes,
)

SENDER = {"from_address": "no-reply@example.com"}
LOGIN = {"username": "app@example.com", "password": PASSWORD}
SES = {
    **SENDER,
    "provider": "amazon_ses",
    "region": "eu-west-1",
    "username": "AKIAIOSFODNN7EXAMPLE",
    "password": "BEXAMPLEexampleEXAMPLEexampleEXAMPLEexample1",
}


def sound(**raw: Any) -> Resolved:
    resolved = resolve({**SENDER, **raw})
    assert errors(resolved.findings) == []
    return resolved


def told(**raw: Any) -> dict[str, Finding]:
    """What there is to say about what is fit for use, by code."""
    return {finding.code: finding for finding in sound(**raw).findings}


def wrong(**raw: Any) -> Finding:
    [finding] = resolve({**SENDER, **raw}).findings
    return finding


def login_of(auth: Auth) -> dict[str, Any]:
    """Credentials of one kind."""
    logins: dict[Auth, dict[str, Any]] = {
        "none": {},
        "password": LOGIN,
        "oauth": {"username": LOGIN["username"], "oauth": {"token": "eyJ0"}},
    }
    return {"auth": auth, **logins[auth]}


class TestTheDefaults:
    def test_are_the_providers(self) -> None:
        found = sound(**SES)
        wanted = found.description
        assert wanted.host == "email-smtp.eu-west-1.amazonaws.com"
        assert (wanted.port, wanted.security) == (587, "starttls")
        assert wanted.provider == "amazon_ses"
        of_preset = ["host", "port", "security", "tls_min_version"]
        assert {found.provenance[name] for name in of_preset} == {"preset amazon_ses"}

    @pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
    def test_make_a_sound_description_of_every_provider(self, preset: Preset) -> None:
        raw = {**SENDER, "provider": preset.name, **login_of(preset.auth[0])}
        raw |= {"region": preset.region_example or None}
        raw |= {} if preset.host else {"host": "mail.example.com"}
        found = resolve(raw)
        assert errors(found.findings) == []
        assert found.description.security == next(iter(preset.ports))
        assert found.description.port == preset.ports[found.description.security][0]
        assert found.description.auth == preset.auth[0]
        assert not set(codes(found.findings)) & {"preset-port-unlisted", "preset-auth-unlisted"}

    @pytest.mark.parametrize(
        ("given", "port", "security"),
        [
            ({"port": 25}, 25, "starttls"),
            ({"port": 2465}, 2465, "tls"),
            ({"security": "tls"}, 465, "tls"),
            ({"port": 2525, "security": "starttls"}, 2525, "starttls"),
        ],
    )
    def test_of_port_and_security_follow_the_provider_too(
        self, given: dict[str, Any], port: int, security: str
    ) -> None:
        found = sound(**SES, **given).description
        assert (found.port, found.security) == (port, security)

    def test_of_a_region_are_the_usual_one_where_there_is_one(self) -> None:
        assert sound(provider="mailgun", **LOGIN).description.host == "smtp.mailgun.org"
        eu = sound(provider="mailgun", region="EU", **LOGIN).description
        assert eu.host == "smtp.eu.mailgun.org"

    @pytest.mark.parametrize(
        ("provider", "username"),
        [("sendgrid", "apikey"), ("resend", "resend"), ("sparkpost", "SMTP_Injection")],
    )
    def test_have_the_user_name_that_everybody_has(self, provider: str, username: str) -> None:
        found = sound(provider=provider, password=PASSWORD)
        assert found.description.username == username
        assert found.provenance["username"] == f"preset {provider}"

    def test_of_an_internal_relay_are_port_25_without_a_login(self) -> None:
        found = sound(provider="internal_relay", host="mail.example.com").description
        assert (found.port, found.security, found.auth) == (25, "none", "none")

    def test_ask_for_a_login_where_the_provider_takes_nothing_else(self) -> None:
        assert wrong(provider="gmail").code == "credentials-missing"

    def test_of_oauth_are_microsofts(self) -> None:
        oauth = {"tenant": "contoso.com", "client_id": "x", "client_secret": "y"}
        found = sound(provider="microsoft_365", username="a@b.example", oauth=oauth).description
        assert found.oauth is not None
        assert found.oauth.scope == "https://outlook.office365.com/.default"
        assert found.oauth.token_url == (
            "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token"
        )

    def test_of_the_simulator_are_a_recipient_that_may_always_be_tried(self) -> None:
        found = sound(**{**SES, "provider": "amazon_ses_simulator"})
        assert found.description.test_recipients == ("success@simulator.amazonses.com",)

    def test_are_the_same_when_only_the_host_is_given(self) -> None:
        host = "email-smtp.eu-west-1.amazonaws.com"
        by_host = sound(**{**SES, "provider": None, "region": None, "host": host})
        assert by_host.description == sound(**SES).description
        assert by_host.provenance["provider"] == "follows from host"
        assert by_host.provenance["host"] == "variables"


class TestWhatIsGiven:
    def test_wins_over_the_provider(self) -> None:
        found = sound(**SES, host="relay.example.com", port=2525, security="starttls")
        assert found.description.host == "relay.example.com"
        assert found.description.port == 2525
        assert codes(found.findings)[:3] == [
            "preset-region-unused",
            "preset-host-foreign",
            "preset-port-unlisted",
        ]

    def test_in_a_port_that_the_provider_does_not_list_is_told_what_it_lists(self) -> None:
        finding = told(provider="microsoft_365", port=465, **LOGIN)["preset-port-unlisted"]
        assert finding.message == (
            "Microsoft 365 does not list port 465 with smtp_security tls; it lists starttls on 587 or 25."
        )
        assert finding.severity == "warning"

    def test_in_a_login_that_the_provider_does_not_take_is_told(self) -> None:
        finding = told(provider="outlook_com", **LOGIN)["preset-auth-unlisted"]
        assert "it takes oauth" in finding.message

    def test_in_a_host_like_a_private_endpoint_is_no_foreign_one(self) -> None:
        host = "vpce-0a1b.email-smtp.eu-west-1.vpce.amazonaws.com"
        assert "preset-host-foreign" not in told(**{**SES, "region": None, "host": host})


class TestAProblem:
    def test_with_the_name_is_answered_with_the_nearest_and_no_others(self) -> None:
        finding = wrong(provider="amazon_sess", region="eu-west-1")
        assert (finding.code, finding.where) == ("preset-unknown", "smtp_provider")
        assert "amazon_ses was probably meant" in finding.message
        assert "internal_relay" in finding.fix

    def test_with_a_region_that_is_missing_says_an_example(self) -> None:
        finding = wrong(**{**SES, "region": None})
        assert (finding.code, finding.where) == ("preset-region-missing", "smtp_region")
        assert "smtp_region: eu-west-1" in finding.fix

    @pytest.mark.parametrize(
        ("provider", "region", "text"),
        [
            ("amazon_ses", "ireland", "a name like eu-west-1"),
            ("mailgun", "europe", "one of: us, eu"),
            ("zoho", "zz", "one of: us, eu, in, au, jp, ca, sa, cn"),
        ],
    )
    def test_with_a_region_says_which_there_are(
        self, provider: str, region: str, text: str
    ) -> None:
        finding = wrong(**LOGIN, provider=provider, region=region)
        assert (finding.code, finding.where) == ("preset-region-unknown", "smtp_region")
        assert text in finding.fix

    @pytest.mark.parametrize(
        ("raw", "reason"),
        [
            ({"host": "mail.example.com"}, "smtp_provider is not given"),
            ({"provider": "gmail"}, "Gmail has one relay for all"),
            (
                {"provider": "amazon_ses", "host": "email-smtp.eu-west-1.amazonaws.com"},
                "smtp_host is",
            ),
        ],
    )
    def test_with_a_region_that_has_no_effect_says_why(
        self, raw: dict[str, Any], reason: str
    ) -> None:
        assert reason in told(**LOGIN, **raw, region="eu-west-1")["preset-region-unused"].message

    @pytest.mark.parametrize(
        ("provider", "username", "meaning"),
        [
            ("amazon_ses", "me", "begins with AKIA"),
            ("sendgrid", "me@example.com", "the word apikey"),
            ("gmail", "me", "the full address of the mailbox"),
            ("mailjet", "me@example.com", "32 hexadecimal digits"),
            ("scaleway_tem", "me", "the ID of the project"),
            ("oci_email_delivery", "me", "begins with ocid1.user"),
            ("sparkpost", "me", "SMTP_Injection"),
        ],
    )
    def test_with_the_user_name_says_what_it_is(
        self, provider: str, username: str, meaning: str
    ) -> None:
        raw = {"provider": provider, "username": username, "password": PASSWORD}
        region = {"amazon_ses": "eu-west-1", "oci_email_delivery": "eu-frankfurt-1"}.get(provider)
        finding = told(**raw, region=region)["preset-username-unlikely"]
        assert meaning in finding.message
        assert finding.where == "smtp_username"

    @pytest.mark.parametrize(
        ("provider", "username"),
        [
            ("sparkpost", "SMTP_Injection:X-MSYS-SUBACCOUNT=123"),
            ("azure_communication_services", "acs|11111111-2222|33333333-4444"),
            ("azure_communication_services", "mailer@example.com"),
            ("oci_email_delivery", "ocid1.user.oc1..aaa@ocid1.tenancy.oc1..bbb.ab.com"),
            ("brevo", "123456001@smtp-brevo.com"),
        ],
    )
    def test_with_the_user_name_is_not_told_of_a_right_one(
        self, provider: str, username: str
    ) -> None:
        region = "eu-frankfurt-1" if provider == "oci_email_delivery" else None
        raw = {"provider": provider, "username": username, "password": PASSWORD, "region": region}
        assert "preset-username-unlikely" not in told(**raw)

    @pytest.mark.parametrize(
        ("provider", "bad", "good"),
        [
            ("amazon_ses", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", SES["password"]),
            ("gmail", "Hunter2!", "abcd efgh ijkl mnop"),
            ("yahoo", "Hunter2!", "abcdefghijklmnop"),
            ("icloud", "Hunter2!", "abcd-efgh-ijkl-mnop"),
            ("sendgrid", "Hunter2!", "SG.abc.def"),
            ("resend", "Hunter2!", "re_123"),
            ("brevo", "xkeysib-0123", "xsmtpsib-0123"),
            ("mailgun", "key-0123456789abcdef0123456789abcdef", "0123-4567"),
        ],
    )
    def test_with_the_password_is_told_without_it(self, provider: str, bad: str, good: str) -> None:
        raw = {**SES, "provider": provider, "region": None}
        raw |= {"region": "eu-west-1"} if provider == "amazon_ses" else {"username": "a@b.example"}
        finding = told(**{**raw, "password": bad})["preset-password-unlikely"]
        assert finding.where == "smtp_password"
        assert bad not in str(finding)
        assert "preset-password-unlikely" not in told(**{**raw, "password": good})

    def test_may_be_the_password_and_is_then_shown_nowhere(self) -> None:
        token = {"username": PASSWORD, "password": PASSWORD}
        found = resolve({**SENDER, "provider": "postmark", **token})
        assert not errors(found.findings)
        assert PASSWORD not in str(found.findings)
        assert found.description.redacted()["username"] == "set"

    @given(st.text(max_size=12), st.sampled_from(PRESETS))
    def test_with_the_password_never_quotes_it(self, beginning: str, preset: Preset) -> None:
        raw = {**SES, "provider": preset.name, "username": "", "host": "mail.example.com"}
        found = resolve({**raw, "password": beginning + PASSWORD})
        assert PASSWORD not in str(found.findings)
        assert PASSWORD not in str(found.description.redacted())


class TestTheCaveats:
    @pytest.mark.parametrize(
        ("raw", "expected"),
        [
            (SES, {"amazon-ses-credentials", "amazon-ses-sandbox", "amazon-ses-sender"}),
            (
                {"provider": "gmail", **LOGIN},
                {"gmail-app-password", "gmail-quota", "gmail-sender", "preset-password-unlikely"},
            ),
            (
                {"provider": "gmail", "username": "a@b.example", "oauth": {"token": "x"}},
                {"gmail-quota", "gmail-sender"},
            ),
            (
                {"provider": "google_workspace_relay"},
                {
                    "anonymous-relay",
                    "google-relay-addresses",
                    "google-relay-ehlo",
                    "google-relay-quota",
                },
            ),
            (
                {
                    "provider": "internal_exchange",
                    "host": "mail.example.com",
                    "port": 25,
                    "auth": "none",
                },
                {"anonymous-relay", "internal-exchange-relay"},
            ),
            ({"provider": "internal_relay", "host": "mail.example.com"}, {"anonymous-relay"}),
            ({"provider": "mailpit", "host": "pit"}, {"anonymous-relay", "preset-sink"}),
            (
                {
                    "provider": "mailgun",
                    "username": "postmaster@sandbox01.mailgun.org",
                    "password": PASSWORD,
                },
                {"mailgun-credentials", "mailgun-sandbox", "preset-sink"},
            ),
            ({"host": "mail.example.com", **LOGIN}, set()),
        ],
    )
    def test_are_those_of_the_provider_and_the_login(
        self, raw: dict[str, Any], expected: set[str]
    ) -> None:
        assert set(told(**raw)) == expected

    def test_of_microsoft_say_the_line_that_switches_smtp_auth_on_and_the_date(self) -> None:
        found = told(provider="microsoft_365", **LOGIN)
        assert found["microsoft-365-smtp-auth"].fix.endswith(
            "Set-CASMailbox -Identity app@example.com -SmtpClientAuthenticationDisabled $false"
        )
        basic = found["microsoft-365-basic-authentication"]
        assert basic.severity == "warning"
        assert "December 2026" in basic.message

    def test_are_not_told_beside_an_error(self) -> None:
        assert codes(resolve({**SES, "from_address": "me"}).findings) == ["address-invalid"]

    @pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
    def test_of_every_provider_are_told(self, preset: Preset) -> None:
        found: set[str] = set()
        for auth in preset.auth:
            raw = {"provider": preset.name, "host": "mail.example.com", "security": "starttls"}
            found |= set(told(**raw, **login_of(auth)))
        assert {caveat.entry.code for caveat in preset.caveats} <= found
