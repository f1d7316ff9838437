# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample application's chart has the SMTP interface of Qualytics' chart, with its traps."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

CHART = Path(__file__).parents[2] / "apps" / "invitations" / "chart"
WORKLOADS = ("api", "cmd")
SMTP_VARIABLES = {"SMTP_SERVER", "SMTP_PORT", "SMTP_SENDER_EMAIL"}
CREDENTIALS = {"SMTP_SENDER_USER", "SMTP_SENDER_PASSWORD"}

Manifests = dict[tuple[str, str], Any]


class RenderError(Exception):
    """Helm refused to render; the message is its standard error."""


class Chart:
    """The chart, rendered by one version of Helm."""

    def __init__(self, helm: str) -> None:
        self._helm = helm

    def render(self, values: dict[str, Any] | None = None) -> Manifests:
        """Manifests of the release "hub" by kind and name."""
        done = subprocess.run(
            [self._helm, "template", "hub", str(CHART), "-f", "-"],
            input=json.dumps(values or {}),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RenderError(done.stderr)
        documents = filter(None, yaml.safe_load_all(done.stdout))
        return {(each["kind"], each["metadata"]["name"]): each for each in documents}


@pytest.fixture(params=["helm", "helm3"])
def chart(request: pytest.FixtureRequest) -> Chart:
    folders = (os.environ.get("MAILOPS_TEST_BIN", ""), os.environ.get("PATH", ""))
    helm = shutil.which(request.param, path=os.pathsep.join(filter(None, folders)))
    if helm is None:
        pytest.skip(f"{request.param} is neither in MAILOPS_TEST_BIN nor in PATH")
    return Chart(helm)


def smtp(**keys: object) -> dict[str, Any]:
    return {"controlplane": {"smtp": keys}}


def credentials(user: object, password: object) -> dict[str, Any]:
    return {"secrets": {"smtp": {"smtp_sender_user": user, "smtp_sender_password": password}}}


def environment(manifests: Manifests, workload: str) -> dict[str, Any]:
    pod = manifests["Deployment", f"hub-{workload}"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert container["name"] == workload
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container["env"]}


def secret(manifests: Manifests) -> dict[str, str]:
    data = manifests["Secret", "qualytics-creds"]["data"]
    return {key: base64.b64decode(value).decode() for key, value in data.items()}


@pytest.mark.parametrize("workload", WORKLOADS)
def test_each_workload_gets_the_smtp_variables_as_strings(chart: Chart, workload: str) -> None:
    values = smtp(enabled=True, server="relay.mail.svc", port=587, sender="hub@example.com")
    variables = environment(chart.render(values), workload)
    assert variables["SMTP_SERVER"] == "relay.mail.svc"
    assert variables["SMTP_PORT"] == "587"
    assert variables["SMTP_SENDER_EMAIL"] == "hub@example.com"
    assert variables["VERIFY_CERTIFICATE_SIGNERS"] == "true"


@pytest.mark.parametrize("workload", WORKLOADS)
def test_mail_that_is_off_leaves_only_the_verify_switch(chart: Chart, workload: str) -> None:
    variables = environment(chart.render(smtp(enabled=False)), workload)
    assert not variables.keys() & (SMTP_VARIABLES | CREDENTIALS)
    assert variables["VERIFY_CERTIFICATE_SIGNERS"] == "true"


@pytest.mark.parametrize("workload", WORKLOADS)
def test_certificate_verification_can_be_switched_off(chart: Chart, workload: str) -> None:
    manifests = chart.render({"controlplane": {"egress": {"verifyTLSCertificates": False}}})
    assert environment(manifests, workload)["VERIFY_CERTIFICATE_SIGNERS"] == "false"


@pytest.mark.parametrize("workload", WORKLOADS)
def test_credentials_come_from_the_shared_secret(chart: Chart, workload: str) -> None:
    manifests = chart.render(credentials("hub", "p@ss{{word}}'\"% "))
    variables = environment(manifests, workload)
    for name in CREDENTIALS:
        key = name.lower()
        assert variables[name] == {"secretKeyRef": {"name": "qualytics-creds", "key": key}}
    assert secret(manifests)["smtp_sender_user"] == "hub"
    assert secret(manifests)["smtp_sender_password"] == "p@ss{{word}}'\"% "


def test_the_defaults_are_placeholder_credentials_that_force_a_login(chart: Chart) -> None:
    manifests = chart.render()
    assert secret(manifests)["smtp_sender_user"] == "smtp_user"
    assert secret(manifests)["smtp_sender_password"] == "smtp_password"
    assert environment(manifests, "api").keys() > CREDENTIALS


@pytest.mark.parametrize(("user", "password"), [("", ""), ("hub", ""), ("", "secret")])
def test_one_credential_alone_means_no_authentication(
    chart: Chart, user: str, password: str
) -> None:
    manifests = chart.render(credentials(user, password))
    for workload in WORKLOADS:
        assert not environment(manifests, workload).keys() & CREDENTIALS
    assert not {"smtp_sender_user", "smtp_sender_password"} & secret(manifests).keys()


def test_the_secret_also_holds_what_is_not_about_mail(chart: Chart) -> None:
    manifests = chart.render(
        {"secrets": {"auth": {"jwt_signing_secret": "jwt"}, "postgres": {"password": "db"}}}
    )
    assert secret(manifests)["jwt_signing_secret"] == "jwt"
    assert ":db@" in secret(manifests)["connection_url"]


def test_rotated_credentials_alone_do_not_roll_the_pods(chart: Chart) -> None:
    before = chart.render(credentials("hub", "old"))
    after = chart.render(credentials("hub", "new"))
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {("Secret", "qualytics-creds")}


@pytest.mark.parametrize("workload", WORKLOADS)
def test_another_server_rolls_the_pods_all_at_once(chart: Chart, workload: str) -> None:
    name = ("Deployment", f"hub-{workload}")
    before = chart.render()[name]["spec"]
    after = chart.render(smtp(server="other.example.com"))[name]["spec"]
    assert before["strategy"] == after["strategy"] == {"type": "Recreate"}
    assert before["template"] != after["template"]


def test_a_quoted_boolean_fails_the_render(chart: Chart) -> None:
    with pytest.raises(RenderError, match="incompatible types for comparison"):
        chart.render(smtp(enabled="true"))


def test_a_bare_number_as_password_fails_the_render(chart: Chart) -> None:
    with pytest.raises(RenderError, match="b64enc"):
        chart.render(credentials("hub", 123456))


@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_slow_start_can_be_asked_for(chart: Chart, workload: str) -> None:
    manifests = chart.render({"controlplane": {"startupDelaySeconds": 10}})
    [container] = manifests["Deployment", f"hub-{workload}"]["spec"]["template"]["spec"][
        "containers"
    ]
    probe = container.get("startupProbe") or container["readinessProbe"]
    assert probe["initialDelaySeconds"] == 10
