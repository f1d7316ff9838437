# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook audit reads installed releases: what they are configured with, and what is wrong with them.

Nothing is run in the pods, so the releases need none: the true charts are installed without waiting.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apps.invitations.release import Release
from tests.apps.qualytics import stand_in_values
from tests.cluster.layout import CHECKOUT
from tests.harness.lab import Lab
from tests.harness.playbook import Played, play, write_inputs
from tests.system.test_qualytics_chart import CHART as QUALYTICS
from tests.system.test_qualytics_chart import EXAMPLES

PLAYBOOK = "mailops.smtp.audit"
GRAFANA = CHECKOUT.parent / "shared" / "charts" / "grafana"
PASSWORD = "Xk9-unmistakable-Qz7"

pytestmark = pytest.mark.node

Install = Callable[..., Release]

SMTP: dict[str, Any] = {
    "controlplane": {
        "smtp": {
            "enabled": True,
            "server": "mail.example.com",
            "port": "587",
            "sender": "no-reply@example.com",
        },
        "egress": {"verifyTLSCertificates": True},
    },
    "secrets": {"smtp": {"smtp_sender_user": "hub", "smtp_sender_password": PASSWORD}},
}
"""A login over STARTTLS, as somebody has written it by hand into the values of Qualytics."""

GRAFANA_SMTP = {
    "enabled": True,
    "host": "mail.example.com:587",
    "from_address": "grafana@example.com",
    "startTLS_policy": "MandatoryStartTLS",
    "skip_verify": False,
}


@pytest.fixture
def install(lab: Lab) -> Iterator[Install]:
    """Installs charts by hand, each into a namespace of its own."""
    installed: list[Release] = []

    def run(chart: Path, values: dict[str, Any], *files: str) -> Release:
        release = lab.release(f"read-{uuid.uuid4().hex[:6]}", chart=chart)
        installed.append(release)
        release.run_helm(
            *("install", "--create-namespace", release.name, str(chart), *files, "--values=-"),
            stdin=json.dumps(values),
        )
        return release

    yield run
    for release in installed:
        release.remove()


@pytest.fixture
def audit(lab: Lab, tmp_path: Path) -> Callable[[str, Release], Played]:
    """Runs the playbook on one release, told only where it is."""

    def run(application: str, release: Release) -> Played:
        variables = {
            "smtp_application": application,
            "smtp_release": release.name,
            "smtp_namespace": release.namespace,
            "smtp_kubeconfig": str(lab.user(release, "read").kubeconfig),
        }
        inventory, _ = write_inputs(tmp_path, {release.name: variables})
        played = play(PLAYBOOK, inventory, lab.kubeconfig, "-v")
        assert "Traceback" not in played.output
        assert PASSWORD not in played.output
        assert played.changed == 0
        return played

    return run


def read(played: Played) -> dict[str, Any]:
    """The result of smtp_read, and the one application in it."""
    found: dict[str, Any] = next(result for result in played.results if "applications" in result)
    return found


def codes(result: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in result["findings"]]


def changed(values: dict[str, Any], *path: str, to: Any) -> dict[str, Any]:
    """The values with one place edited."""
    copy: dict[str, Any] = json.loads(json.dumps(values))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = to
    return copy


class TestTheSampleChart:
    @pytest.fixture
    def chart(self, lab: Lab) -> Path:
        return lab.release().chart

    def test_that_is_right_is_read_and_nothing_is_wrong(
        self, chart: Path, install: Install, audit: Callable[[str, Release], Played]
    ) -> None:
        release = install(chart, SMTP)
        played = audit("qualytics", release)
        assert played.returncode == 0, played.output
        result = read(played)
        [found] = result["applications"]
        assert found["variables"]["smtp_host"] == "mail.example.com"
        assert found["variables"]["smtp_port"] == 587
        assert found["combination"]["login"] == "password"
        place = "secrets.smtp.smtp_sender_password"
        assert found["secrets"] == [{"variable": "smtp_password", "place": place}]
        assert f"revision 1 of release {release.name}" in result["source"]

    def test_that_is_broken_fails_the_audit_with_what_is_wrong(
        self, chart: Path, install: Install, audit: Callable[[str, Release], Played]
    ) -> None:
        path = ("secrets", "smtp", "smtp_sender_user")
        played = audit("qualytics", install(chart, changed(SMTP, *path, to="")))
        assert played.failed == 1
        assert "value-contradiction" in codes(read(played))
        assert "secrets.smtp.smtp_sender_user" in played.output

    def test_whose_newest_revision_is_pending_is_read_as_it_is_in_use(
        self, lab: Lab, chart: Path, install: Install, audit: Callable[[str, Release], Played]
    ) -> None:
        release = install(chart, SMTP)
        release.upgrade(changed(SMTP, "controlplane", "smtp", "server", to="other.example.com"))
        # What a helm leaves behind that is killed before it comes to its end.
        for number, status in ((1, "deployed"), (2, "pending-upgrade")):
            secret = f"secret/sh.helm.release.v1.{release.name}.v{number}"
            arguments = ("label", "--overwrite", secret, f"status={status}")
            lab.kubectl.run("--namespace", release.namespace, *arguments)
        result = read(audit("qualytics", release))
        assert "release-newer-revision" in codes(result)
        assert result["applications"][0]["variables"]["smtp_host"] == "mail.example.com"


@pytest.mark.skipif(not QUALYTICS.is_dir(), reason=f"Qualytics' chart is not at {QUALYTICS}")
class TestQualyticsOwnChart:
    def test_is_read_both_right_and_broken(
        self, install: Install, audit: Callable[[str, Release], Played]
    ) -> None:
        base = stand_in_values()
        merged = {
            **base,
            "controlplane": {**base["controlplane"], **SMTP["controlplane"]},
            "secrets": {**base["secrets"], **SMTP["secrets"]},
        }
        played = audit("qualytics", install(QUALYTICS, merged, *EXAMPLES))
        assert played.returncode == 0, played.output
        [found] = read(played)["applications"]
        assert found["summary"].startswith("mail.example.com:587 with security starttls, as hub")
        broken = changed(merged, "controlplane", "smtp", "port", to="2525")
        played = audit("qualytics", install(QUALYTICS, broken, *EXAMPLES))
        assert played.failed == 1
        assert codes(read(played))


@pytest.mark.skipif(not GRAFANA.is_dir(), reason=f"Grafana's chart is not at {GRAFANA}")
class TestGrafanasOwnChart:
    def test_is_read_both_right_and_broken(
        self, install: Install, audit: Callable[[str, Release], Played]
    ) -> None:
        played = audit("grafana", install(GRAFANA, {"grafana.ini": {"smtp": GRAFANA_SMTP}}))
        [found] = read(played)["applications"]
        assert found["combination"]["login"] == "anonymous"
        assert found["variables"]["smtp_host"] == "mail.example.com"
        wrong = {**GRAFANA_SMTP, "enabled": "true"}
        played = audit("grafana", install(GRAFANA, {"grafana.ini": {"smtp": wrong}}))
        assert played.failed == 1
        assert "value-type-wrong" in codes(read(played))
