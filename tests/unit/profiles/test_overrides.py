# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shipped profiles know the places that go before their settings, as people really write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import application, shipped
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.override import in_values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import overriding
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import PASSWORD

LOGIN = Description(
    host="mail.example.com",
    port=587,
    security="starttls",
    auth="password",
    username="app",
    password=Secret(PASSWORD),
    from_address="app@example.com",
)
OTHER = "old-relay.example.net"


def in_release(name: str, own: Mapping[str, Any], wanted: Description = LOGIN) -> list[Finding]:
    """What is said of the values of a release once the profile's are written into them."""
    rendered = render(application(name), wanted, release="rel", namespace="ns")
    after = values.apply(own, rendered.leaves)
    return [finding for finding, _key in in_values(rendered.overrides, after, rendered.leaves)]


def in_container(
    name: str,
    environment: Mapping[str, str],
    contents: Mapping[str, str] | None = None,
    wanted: Description = LOGIN,
) -> list[Finding]:
    evidence = next(iter(render(application(name), wanted, release="rel").evidence.values()))
    about = {key: environment[key] for key in overriding.chosen(evidence, environment)}
    return list(overriding.findings(evidence, about, contents or {}, "container app"))


def email(**settings: Any) -> dict[str, Any]:
    receivers = [{"name": "ops", "email_configs": [{"to": "ops@example.com", **settings}]}]
    return {"alertmanager": {"config": {"receivers": receivers}}}


def service(**settings: Any) -> dict[str, Any]:
    text = "".join(f"{key}: {value}\n" for key, value in settings.items())
    return {"notifications": {"notifiers": {"service.email.audit": text}}}


MINE: Mapping[str, Any] = {"host": "mail.example.com", "port": 587}


@pytest.mark.parametrize(
    ("name", "own", "code", "place"),
    [
        (
            "kube-prometheus-stack",
            email(smarthost=f"{OTHER}:25"),
            "login-goes-elsewhere",
            "alertmanager.config.receivers[ops].email_configs[0]",
        ),
        (
            "kube-prometheus-stack",
            email(smarthost=f"{OTHER}:25", auth_username="a", auth_password="b"),
            "mail-decided-beside",
            "alertmanager.config.receivers[ops].email_configs[0]",
        ),
        (
            "kube-prometheus-stack",
            {"alertmanager": {"alertmanagerSpec": {"useExistingSecret": True}}},
            "mail-kept-elsewhere",
            "alertmanager.alertmanagerSpec.useExistingSecret",
        ),
        (
            "argo-cd",
            service(host=OTHER, port=25, username="$email-username", password="$email-password"),
            "login-goes-elsewhere",
            'notifications.notifiers["service.email.audit"]',
        ),
        (
            "argo-cd",
            service(host=OTHER, port=25, username="$other-user", password="$other-password"),
            "mail-decided-beside",
            'notifications.notifiers["service.email.audit"]',
        ),
        (
            "airflow",
            {"env": [{"name": "AIRFLOW__SMTP__SMTP_HOST", "value": OTHER}]},
            "mail-decided-elsewhere",
            "env[AIRFLOW__SMTP__SMTP_HOST]",
        ),
        (
            "airflow",
            {"scheduler": {"env": [{"name": "AIRFLOW__SMTP__SMTP_HOST", "value": OTHER}]}},
            "mail-decided-elsewhere",
            "scheduler.env[AIRFLOW__SMTP__SMTP_HOST]",
        ),
        (
            "grafana",
            {"env": {"GF_SMTP_HOST": f"{OTHER}:25"}},
            "login-goes-elsewhere",
            "env.GF_SMTP_HOST",
        ),
        (
            "mastodon",
            {"mastodon": {"smtp": {"bulk": {"server": OTHER}}}},
            "mail-decided-beside",
            "mastodon.smtp.bulk.server",
        ),
        (
            "gitlab",
            {"global": {"appConfig": {"microsoft_graph_mailer": {"enabled": True}}}},
            "mail-decided-elsewhere",
            "global.appConfig.microsoft_graph_mailer.enabled",
        ),
        (
            "authentik",
            {"authentik": {"existingSecret": {"secretName": "mine"}}},
            "mail-kept-elsewhere",
            "authentik.existingSecret.secretName",
        ),
        (
            "gitea",
            {
                "gitea": {
                    "additionalConfigFromEnvs": [
                        {"name": "GITEA__MAILER__SMTP_ADDR", "value": OTHER}
                    ]
                }
            },
            "mail-decided-elsewhere",
            "gitea.additionalConfigFromEnvs[GITEA__MAILER__SMTP_ADDR]",
        ),
        (
            "nextcloud",
            {"nextcloud": {"configs": {"z.config.php": "<?php 'mail_smtphost' => 'old'"}}},
            "mail-decided-elsewhere",
            'nextcloud.configs["z.config.php"]',
        ),
        (
            "sentry",
            {"config": {"sentryConfPy": f"SENTRY_OPTIONS['mail.host'] = '{OTHER}'"}},
            "mail-decided-elsewhere",
            "config.sentryConfPy",
        ),
        (
            "zulip",
            {"zulip": {"environment": {"SETTING_EMAIL_BACKEND": "some.Backend"}}},
            "mail-decided-elsewhere",
            "zulip.environment.SETTING_EMAIL_BACKEND",
        ),
    ],
)
def test_a_value_that_goes_before_the_settings_is_a_finding_that_names_its_place(
    name: str, own: dict[str, Any], code: str, place: str
) -> None:
    [finding] = in_release(name, own)
    assert (finding.code, finding.where) == (code, place)
    assert place in finding.message
    assert OTHER not in f"{finding.message}{finding.fix}"
    errors = ("login-goes-elsewhere", "mail-decided-elsewhere")
    assert finding.severity == ("error" if code in errors else "warning")


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("kube-prometheus-stack", email()),
        ("kube-prometheus-stack", email(smarthost="mail.example.com:587")),
        ("argo-cd", service(**MINE, username="$email-username", password="$email-password")),
        ("airflow", {"env": [{"name": "AIRFLOW__SMTP__SMTP_HOST", "value": "mail.example.com"}]}),
        ("airflow", {"env": [{"name": "AIRFLOW__CORE__FERNET_KEY", "value": "x"}]}),
        ("grafana", {"env": {"GF_SMTP_HOST": "mail.example.com:587", "GF_SERVER_DOMAIN": "x"}}),
        ("mastodon", {"mastodon": {"smtp": {"bulk": {}}}}),
        ("gitlab", {"global": {"appConfig": {"microsoft_graph_mailer": {"enabled": False}}}}),
        ("nextcloud", {"nextcloud": {"configs": {"a.config.php": "<?php 'mail_smtphost'"}}}),
        ("mattermost", {"extraEnvVars": [{"name": "MM_EMAILSETTINGS_ENABLESIGNUPWITHEMAIL"}]}),
    ],
)
def test_a_place_that_agrees_or_is_about_something_else_is_none(
    name: str, own: dict[str, Any]
) -> None:
    assert in_release(name, own) == []


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize("enabled", [True, False])
def test_what_a_profile_writes_itself_goes_before_nothing(name: str, enabled: bool) -> None:
    app = application(name)
    wanted = LOGIN if enabled or not app.profile.supports.disabled else Description(enabled=False)
    assert in_release(name, {}, wanted) == []
    assert in_release(name, {}, replace(LOGIN, auth="none", username="", password=Secret(""))) == []


@pytest.mark.parametrize(
    ("name", "environment", "code"),
    [
        ("airflow", {"AIRFLOW__SMTP__SMTP_HOST": OTHER}, "mail-decided-elsewhere"),
        ("airflow", {"AIRFLOW__SMTP__SMTP_PASSWORD_CMD": "x"}, "mail-decided-elsewhere"),
        ("airflow", {"AIRFLOW__EMAIL__EMAIL_CONN_ID": "ses"}, "mail-decided-elsewhere"),
        ("airflow", {"AIRFLOW__SECRETS__BACKEND": "vault"}, "mail-kept-elsewhere"),
        ("grafana", {"GF_SMTP_HOST": f"{OTHER}:25"}, "login-goes-elsewhere"),
        ("grafana", {"GF_SMTP_CERT_FILE": "x"}, "mail-decided-elsewhere"),
        ("mastodon", {"BULK_SMTP_SERVER": OTHER}, "mail-decided-beside"),
        ("n8n", {"N8N_SMTP_PASS_FILE": "/x"}, "mail-decided-elsewhere"),
        ("vaultwarden", {"USE_SENDMAIL": "true"}, "mail-decided-elsewhere"),
        (
            "discourse",
            {"DISCOURSE_EXTRA_CONF_CONTENT": "smtp_force_tls=true"},
            "mail-decided-elsewhere",
        ),
        ("nextcloud", {"SMTP_PASSWORD_FILE": "/x"}, "mail-decided-elsewhere"),
        ("zulip", {"SETTING_EMAIL_BACKEND": "some.Backend"}, "mail-decided-elsewhere"),
    ],
)
def test_a_variable_of_a_container_that_goes_before_the_settings_is_a_finding(
    name: str, environment: dict[str, str], code: str
) -> None:
    [finding] = in_container(name, environment)
    assert finding.code == code
    assert f"variable {next(iter(environment))} of container app" == finding.where


def test_a_variable_that_agrees_or_is_about_something_else_is_none() -> None:
    assert in_container("airflow", {"AIRFLOW__SMTP__SMTP_HOST": "mail.example.com"}) == []
    assert in_container("grafana", {"GF_SMTP_HOST": "mail.example.com:587"}) == []
    assert in_container("grafana", {"GF_PATHS_DATA": "x", "PATH": "y"}) == []


def test_what_the_admin_page_of_vaultwarden_has_saved_is_found_in_its_file() -> None:
    path = "/data/config.json"
    text = f'{{"smtp_host": "{OTHER}", "smtp_port": 587, "smtp_password": "{PASSWORD}"}}'
    [finding] = in_container("vaultwarden", {}, {path: text})
    assert finding.code == "login-goes-elsewhere"
    assert finding.where == f"file {path} of container app, smtp_host"
    assert in_container("vaultwarden", {}, {path: text.replace(OTHER, "mail.example.com")}) == []


def test_what_the_operator_makes_of_other_objects_is_found_in_the_file_of_alertmanager() -> None:
    path = "/etc/alertmanager/config_out/alertmanager.env.yaml"
    text = f"receivers:\n- name: cr\n  email_configs:\n  - smarthost: {OTHER}:25\n"
    [finding] = in_container("kube-prometheus-stack", {}, {path: text})
    assert finding.code == "login-goes-elsewhere"
    assert finding.where.endswith("receivers[cr].email_configs[0]")


def test_gitlab_that_is_switched_off_still_hands_its_mail_to_sendmail() -> None:
    found = render(application("gitlab"), Description(enabled=False), release="rel").findings
    assert "gitlab-sendmail-when-off" in {finding.code for finding in found}
