# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pass-through and free-form charts' applications would change in silence, and their names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    Description,
    ExistingSecret,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import application, shipped
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Entries, Rendered
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import HOSTILE

RELAY = Description(
    host="relay.example.com",
    port=465,
    security="tls",
    auth="password",
    username="hub",
    password=Secret("correct-horse"),
    from_address="hub@example.com",
)
ANONYMOUS = replace(RELAY, auth="none", username="", password=Secret(""))


def rendered(name: str, description: Description, release: str = "hub") -> Rendered:
    return render(application(name), description, release=release, namespace="apps")


@pytest.mark.parametrize("name", shipped())
def test_every_variable_that_a_profile_adds_is_named_in_its_evidence(name: str) -> None:
    # The guard takes any other one that vanishes for somebody else's.
    found = rendered(name, RELAY)
    added = {
        entry.key
        for leaf in found.leaves
        if isinstance(leaf.value, Entries) and leaf.value.by == "name"
        for entry in leaf.value.of
    }
    assert added <= {variable for each in found.evidence.values() for variable in each.env}


def written(name: str, description: Description) -> dict[str, Any]:
    return values.apply({}, rendered(name, description).leaves)


def errors(name: str, **changes: Any) -> set[str]:
    found = rendered(name, replace(RELAY, **changes)).findings
    return {finding.code for finding in found if finding.severity == "error"}


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("gitea", {"password": Secret(" x")}, "gitea-trimmed-password"),
        ("gitea", {"password": Secret('"x"')}, "gitea-quoted-password"),
        ("gitea", {"password": Secret("'x'")}, "gitea-quoted-password"),
        ("gitea", {"password": Secret('"""x')}, "gitea-quoted-password"),
        ("gitea", {"password": Secret("%(USER)s")}, "gitea-referring-password"),
        ("n8n", {"password": Secret("x ")}, "n8n-trimmed-password"),
        ("n8n", {"password": Secret("'x'")}, "n8n-trimmed-password"),
        ("zulip", {"password": Secret("x ")}, "zulip-trimmed-password"),
        ("zulip", {"password": Secret("a$$b")}, "zulip-variable-in-password"),
        ("zulip", {"username": "012"}, "zulip-user-read-as-python"),
        ("zulip", {"username": "True"}, "zulip-user-read-as-python"),
        ("zulip", {"username": "[x]"}, "zulip-user-read-as-python"),
        ("mattermost", {"port": 25, "security": "none"}, "mattermost-login-needs-tls"),
        ("mattermost", {"host": "2001:db8::25"}, "mattermost-address-literal"),
        ("argo-cd", {"host": "2001:db8::25"}, "argo-cd-address-literal"),
        ("argo-cd", {"from_name": "$team"}, "argo-cd-reference-in-sender"),
        ("argo-cd", {"from_name": "Jürgen"}, "argo-cd-sender-not-ascii"),
        ("airflow", {"from_name": "100%"}, "airflow-interpolated-sender"),
        ("airflow", {"from_name": "Jürgen"}, "airflow-sender-not-ascii"),
        (
            "kube-prometheus-stack",
            {"from_name": "Jürgen"},
            "kube-prometheus-stack-sender-not-ascii",
        ),
        (
            "kube-prometheus-stack",
            {"from_name": "{{ x }}"},
            "kube-prometheus-stack-template-in-sender",
        ),
        (
            "kube-prometheus-stack",
            {"password": Secret("$(POD_NAME)")},
            "kube-prometheus-stack-variable-in-value",
        ),
    ],
)
def test_what_the_application_would_change_is_refused(
    name: str, changes: dict[str, Any], code: str
) -> None:
    assert code in errors(name, **changes)
    assert errors(name) == set()


class TestChatwoot:
    def test_an_anonymous_relay_takes_the_chart_s_empty_login_away(self) -> None:
        env = written("chatwoot", ANONYMOUS)["env"]
        assert (env["SMTP_USERNAME"], env["SMTP_PASSWORD"]) == (None, None)
        assert env["SMTP_AUTHENTICATION"] == ""

    def test_certificates_are_verified_against_the_chart_s_default(self) -> None:
        assert written("chatwoot", RELAY)["env"]["SMTP_OPENSSL_VERIFY_MODE"] == "peer"

    def test_a_mechanism_is_spelt_as_ruby_does(self) -> None:
        env = written("chatwoot", replace(RELAY, mechanism="CRAM-MD5"))["env"]
        assert env["SMTP_AUTHENTICATION"] == "cram_md5"


class TestGitea:
    def test_a_login_that_is_gone_is_overwritten_on_the_volume(self) -> None:
        mailer = written("gitea", ANONYMOUS)["gitea"]["config"]["mailer"]
        assert (mailer["USER"], mailer["PASSWD"]) == ("", "")

    def test_other_variables_of_the_release_stay(self) -> None:
        other = {"name": "GITEA__DATABASE__PASSWD", "value": "x"}
        before = {"gitea": {"additionalConfigFromEnvs": [other]}}
        secret = replace(
            RELAY, username="", password=Secret(""), existing_secret=ExistingSecret("mail")
        )
        with_secret = values.apply(before, rendered("gitea", secret).leaves)
        assert with_secret["gitea"]["additionalConfigFromEnvs"][0] == other
        assert len(with_secret["gitea"]["additionalConfigFromEnvs"]) == 3
        back = values.apply(with_secret, rendered("gitea", RELAY).leaves)
        assert back["gitea"]["additionalConfigFromEnvs"] == [other]


class TestAirflow:
    @pytest.mark.parametrize("password", HOSTILE)
    def test_the_connection_holds_the_password_byte_for_byte(self, password: str) -> None:
        secret = written("airflow", replace(RELAY, password=Secret(password)))["extraSecrets"]
        connection = yaml.safe_load(secret["airflow-smtp"]["stringData"])["connection"]
        assert unquote(urlsplit(connection).password or "") == password
        assert "{{" not in connection

    @pytest.mark.parametrize(
        ("security", "port", "off"),
        [
            ("tls", 465, {"disable_tls"}),
            ("starttls", 587, {"disable_ssl"}),
            ("none", 25, {"disable_ssl", "disable_tls"}),
        ],
    )
    def test_what_is_off_is_said_and_what_is_on_is_left_out(
        self, security: Any, port: int, off: set[str]
    ) -> None:
        description = replace(ANONYMOUS, security=security, port=port)
        secret = written("airflow", description)["extraSecrets"]["airflow-smtp"]
        query = parse_qs(urlsplit(yaml.safe_load(secret["stringData"])["connection"]).query)
        assert query.keys() & {"disable_ssl", "disable_tls"} == off


class TestArgoCd:
    def test_every_text_of_the_block_is_in_quotes(self) -> None:
        # Without them the service would read a password such as off as false.
        block = written("argo-cd", RELAY)["notifications"]["notifiers"]["service.email"]
        assert 'password: "$email-password"' in block.splitlines()
        assert "port: 465" in block.splitlines()

    def test_mail_that_is_off_leaves_no_block(self) -> None:
        leaves = rendered("argo-cd", Description(enabled=False)).leaves
        assert values.apply({}, leaves) == {}

    @pytest.mark.parametrize(
        ("release", "name"),
        [("hub", "hub-argocd"), ("argocd", "argocd"), ("argo-cd", "argo-cd-argocd")],
    )
    def test_the_controller_is_named_as_the_chart_does(self, release: str, name: str) -> None:
        [workload] = rendered("argo-cd", RELAY, release).evidence
        assert workload.name == f"{name}-notifications-controller"

    def test_a_full_name_of_ones_own_counts(self) -> None:
        own = render(application("argo-cd"), RELAY, release="hub", fullname="cd")
        [workload] = own.evidence
        assert workload.name == "cd-notifications-controller"


class TestAlertmanager:
    @pytest.mark.parametrize(
        ("release", "name"),
        [
            ("mon", "mon-kube-prometheus-stack"),
            ("kube-prometheus-stack", "kube-prometheus-stack"),
            ("monitoring", "monitoring-kube-prometheus"),
        ],
    )
    def test_the_full_name_is_cut_as_the_chart_does(self, release: str, name: str) -> None:
        [workload] = rendered("kube-prometheus-stack", RELAY, release).evidence
        assert workload.name == f"alertmanager-{name}-alertmanager"

    def test_one_of_password_and_password_file_is_written(self) -> None:
        inline = written("kube-prometheus-stack", RELAY)["alertmanager"]["config"]["global"]
        assert "smtp_auth_password_file" not in inline
        secret = replace(RELAY, password=Secret(""), existing_secret=ExistingSecret("mail"))
        there = written("kube-prometheus-stack", secret)["alertmanager"]
        assert "smtp_auth_password" not in there["config"]["global"]
        assert there["config"]["global"]["smtp_auth_username"] == "hub"
        assert there["alertmanagerSpec"]["secrets"] == ["mail"]

    @pytest.mark.parametrize(
        ("security", "port", "required"),
        [("tls", 465, True), ("starttls", 587, True), ("none", 25, False)],
    )
    def test_require_tls_is_always_written(self, security: Any, port: int, required: bool) -> None:
        description = replace(ANONYMOUS, security=security, port=port)
        there = written("kube-prometheus-stack", description)["alertmanager"]["config"]["global"]
        assert there["smtp_require_tls"] is required
