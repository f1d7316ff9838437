# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values as people write them: what they refer to, what they leave to others, and what is misspelt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.resolve import errors
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import (
    FOLDER,
    application,
    shipped,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading import report
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.read import Reading, read

RELAY = "relay.example.net"
LOGIN_UNREAD = "with a login that cannot be read here"
HARMLESS = ("values-left-to-the-chart", "anonymous-relay", "verification-off")
"""What is said of a file in any case, or of the description."""


def reading(
    name: str, text: str, defaults: Mapping[str, Any] | None = None
) -> tuple[Reading, str, dict[str, Finding]]:
    """What a values file means, in words, and the findings that are about it, by their places."""
    app = application(name)
    found = read(app, yaml.safe_load(text), defaults, release="rel", namespace="ns")
    about = [each for each in report.findings(found) if each.code not in HARMLESS]
    return found, report.summary(found), {each.where: each for each in about}


def codes(findings: Mapping[str, Finding]) -> dict[str, str]:
    return {where: finding.code for where, finding in findings.items()}


GLOBAL = f"smtp_smarthost: '{RELAY}:587', smtp_from: a@example.org"
PROMETHEUS = "alertmanager: {config: {global: {%s}}}"


class TestAlertmanager:
    @pytest.mark.parametrize(
        ("more", "words"),
        [
            ("", f"{RELAY}:587 with security starttls, without a login, from a@example.org"),
            (
                ", smtp_auth_username: u, smtp_auth_password: p",
                f"{RELAY}:587 with security starttls, as u, from a@example.org",
            ),
            (
                ", smtp_require_tls: false",
                f"{RELAY}:587 with security none, without a login, from a@example.org",
            ),
            (", smtp_tls_config: {insecure_skip_verify: true}", "starttls, without a login"),
            (", smtp_hello: host.example.org", "starttls, without a login"),
        ],
    )
    def test_is_read_however_little_is_given(self, more: str, words: str) -> None:
        found, summary, about = reading("kube-prometheus-stack", PROMETHEUS % (GLOBAL + more))
        assert words in summary
        assert found.state == "set"
        assert codes(about) == {}

    def test_that_does_not_verify_is_read_so(self) -> None:
        more = ", smtp_tls_config: {insecure_skip_verify: true}"
        found, _summary, _about = reading("kube-prometheus-stack", PROMETHEUS % (GLOBAL + more))
        assert not found.resolved.description.validate_certs

    def test_with_a_relay_of_one_receiver_is_decided_elsewhere(self) -> None:
        text = (
            "alertmanager: {config: {receivers: [{name: ops, email_configs: "
            f"[{{to: a@example.org, smarthost: '{RELAY}:25'}}]}}]}}}}"
        )
        found, summary, about = reading("kube-prometheus-stack", text)
        assert found.state == "elsewhere"
        assert "decided outside these values" in summary
        assert codes(about) == {
            "alertmanager.config.receivers[ops].email_configs[0]": "mail-decided-beside"
        }

    def test_without_anything_may_have_objects_of_the_operator(self) -> None:
        found, _summary, about = reading("kube-prometheus-stack", "grafana: {enabled: true}")
        assert found.state == "elsewhere"
        [finding] = about.values()
        assert "AlertmanagerConfig objects" in finding.message


class TestArgoCd:
    BODY = (
        "    host: relay.example.net\n    port: 465\n    from: a@example.org\n"
        "    username: $email-username\n    password: $email-password\n"
    )

    def test_with_a_named_service_is_not_switched_off(self) -> None:
        text = f"notifications:\n notifiers:\n  service.email.gmail: |\n{self.BODY}"
        found, summary, about = reading("argo-cd", text)
        assert found.state == "elsewhere"
        assert summary != "mail is switched off"
        [finding] = about.values()
        assert finding.where == 'notifications.notifiers["service.email.gmail"]'
        assert finding.severity == "warning"

    def test_without_insecure_skip_verify_is_read(self) -> None:
        text = f"notifications:\n notifiers:\n  service.email: |\n{self.BODY}"
        found, summary, about = reading("argo-cd", text)
        assert f"{RELAY}:465 with security tls, {LOGIN_UNREAD}" in summary
        assert found.state == "unreadable"
        assert set(codes(about).values()) == {"login-not-in-the-values"}


GRAFANA = f"grafana.ini: {{smtp: {{%s, host: '{RELAY}:587', from_address: a@example.org%s}}}}\n%s"


class TestGrafana:
    @pytest.mark.parametrize(
        ("user", "password"),
        [
            ("${SMTP_USER}", "${SMTP_PASS}"),
            ("$__file{/etc/secrets/user}", "$__file{/etc/secrets/pass}"),
            ("$__env{MINE}", "$__env{MINE_TOO}"),
        ],
    )
    def test_with_a_login_by_reference_has_one(self, user: str, password: str) -> None:
        more = f", user: '{user}', password: '{password}'"
        found, summary, about = reading("grafana", GRAFANA % ("enabled: true", more, ""))
        assert LOGIN_UNREAD in summary
        assert "without a login" not in summary
        assert found.state == "unreadable"
        assert codes(about) == {
            "grafana.ini.smtp.user": "value-unreadable",
            "grafana.ini.smtp.password": "value-unreadable",
        }
        assert not any("Remove" in finding.fix for finding in about.values())
        assert "smtp_existing_secret" not in report.told(application("grafana"), found)["variables"]

    def test_with_variables_out_of_a_secret_may_have_a_login(self) -> None:
        text = GRAFANA % ("enabled: true", "", "envFromSecret: grafana-smtp")
        found, summary, about = reading("grafana", text)
        assert LOGIN_UNREAD in summary
        assert codes(about) == {"envFromSecret": "mail-source-unread"}
        assert "anonymous-relay" not in {each.code for each in found.findings}

    def test_with_enable_for_enabled_is_told_the_right_key(self) -> None:
        text = GRAFANA % ("enable: true", ", user: u, password: p", "")
        found, summary, about = reading("grafana", text)
        assert RELAY in summary
        assert found.settings["host"] == RELAY
        finding = about["grafana.ini.smtp.enable"]
        assert finding.code == "key-misspelt"
        assert "grafana.ini.smtp.enabled was probably meant" in finding.message

    def test_with_a_misplaced_key_is_told_its_place(self) -> None:
        text = GRAFANA % ("enabled: true", ", passwordKey: pw", "smtp: {existingSecret: s}")
        _found, _summary, about = reading("grafana", text)
        assert codes(about) == {"grafana.ini.smtp.passwordKey": "key-misplaced"}
        assert "to smtp.passwordKey" in about["grafana.ini.smtp.passwordKey"].fix

    def test_with_a_name_without_our_quotes_keeps_it(self) -> None:
        found, _summary, about = reading(
            "grafana", GRAFANA % ("enabled: true", ", from_name: My Grafana", "")
        )
        assert found.settings["from_name"] == "My Grafana"
        assert codes(about) == {}

    def test_with_a_host_without_a_port_is_told_what_is_missing(self) -> None:
        text = f"grafana.ini: {{smtp: {{enabled: true, host: {RELAY}, from_address: a@b.example}}}}"
        found, _summary, about = reading("grafana", text)
        assert codes(about) == {"grafana.ini.smtp.host": "value-without-port"}
        assert "host:port" in about["grafana.ini.smtp.host"].message
        assert found.settings["host"] == RELAY


def test_the_existing_secret_of_nextcloud_is_a_login() -> None:
    text = (
        "nextcloud: {existingSecret: {enabled: true, secretName: nc}, mail: {enabled: true, "
        f"fromAddress: a, domain: b.example, smtp: {{host: {RELAY}, port: 465, secure: ssl}}}}}}"
    )
    found, summary, about = reading("nextcloud", text)
    assert "with the login in Secret nc" in summary
    assert found.resolved.description.auth == "password"
    assert codes(about) == {}


def test_the_variables_of_airflow_are_not_nothing() -> None:
    text = f"env: [{{name: AIRFLOW__SMTP__SMTP_HOST, value: {RELAY}}}]"
    found, summary, about = reading("airflow", text)
    assert found.state == "elsewhere"
    assert summary == "decided outside these values"
    assert codes(about) == {"env[AIRFLOW__SMTP__SMTP_HOST]": "mail-decided-elsewhere"}
    assert about["env[AIRFLOW__SMTP__SMTP_HOST]"].severity == "warning"


@pytest.mark.parametrize("known", [True, False])
def test_the_mechanism_of_an_anonymous_vaultwarden_is_no_error(known: bool) -> None:
    relay = f"host: {RELAY}, security: starttls, port: 587, from: a@example.org"
    given = "" if known else ", authMechanism: Plain"
    defaults = {"smtp": {"authMechanism": "Plain"}} if known else None
    found, summary, about = reading("vaultwarden", f"smtp: {{{relay}{given}}}", defaults)
    assert "without a login" in summary
    assert found.state == "set"
    assert "smtp.authMechanism" not in about


def test_an_anonymous_relay_of_mastodon_still_needs_its_mechanism() -> None:
    text = f"mastodon: {{smtp: {{server: {RELAY}, port: 587, auth_method: plain, enable_starttls: always}}}}"
    found, _summary, _about = reading("mastodon", text, {})
    assert "credentials-missing" in {each.code for each in errors(found.findings)}


def test_what_a_file_leaves_to_the_chart_is_one_finding_that_names_the_keys() -> None:
    text = (
        f"mastodon: {{smtp: {{server: {RELAY}, login: u, password: p, from_address: a@b.example}}}}"
    )
    app = application("mastodon")
    found = report.findings(read(app, yaml.safe_load(text), None))
    assert [finding.code for finding in found] == ["values-left-to-the-chart"]
    assert "mastodon.smtp.port" in found[0].message


def test_a_number_in_another_type_is_a_warning_and_a_switch_an_error() -> None:
    numbers = read(
        application("airflow"), {"config": {"smtp": {"smtp_host": RELAY, "smtp_port": 25}}}, {}
    )
    switches = read(application("qualytics"), {"controlplane": {"smtp": {"enabled": "true"}}}, {})
    [number] = [each for each in numbers.findings if each.code == "value-type-wrong"]
    [switch] = [each for each in switches.findings if each.code == "value-type-wrong"]
    assert (number.severity, switch.severity) == ("warning", "error")


@pytest.mark.parametrize(
    "name", [name for name in shipped() if application(name).profile.kept_elsewhere]
)
def test_an_application_that_keeps_settings_itself_is_not_said_to_have_none(name: str) -> None:
    found, _summary, about = reading(name, "image: {tag: x}")
    assert found.state == "elsewhere"
    assert [each.code for each in about.values()] == ["mail-perhaps-kept-elsewhere"]


def test_a_profile_of_ones_own_is_named_by_its_path(tmp_path: Any) -> None:
    path = tmp_path / "netbox.yml"
    path.write_text((FOLDER / "qualytics.yml").read_text(encoding="utf-8"), encoding="utf-8")
    app = application(f"{path}@box")
    assert app.name == f"{path}@box"
    assert report.told(app, read(app, {}, {}))["application"] == f"{path}@box"
