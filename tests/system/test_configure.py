# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job: one playbook brings the settings into a release, and the mail arrives."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.apps.invitations.release import CHART, Release
from tests.harness.lab import RELAY_HOST, SENDER, USER, WITHOUT_MAIL, Lab
from tests.harness.playbook import OLDEST, VENV, play, write_inputs
from tests.integration.awkward import AWKWARD_PASSWORDS
from tests.relays.message import Message
from tests.system.conftest import PLAYBOOK, Configure

pytestmark = pytest.mark.node

ANONYMOUS: dict[str, Any] = {
    "smtp_auth": "none",
    "smtp_security": "none",
    "smtp_username": None,
    "smtp_password": None,
    "smtp_ca_path": None,
}


def invitation(lab: Lab, release: Release) -> Message:
    """Lets the application invite somebody new, and returns the mail that arrives."""
    address = f"user-{uuid.uuid4().hex[:8]}@example.org"
    answer = release.invite(address)
    assert answer.status == 202, answer
    return lab.relay.wait_for_message(address)


class TestOneReleaseOverItsLife:
    """The steps build on each other, as they do in the life of a release."""

    @pytest.fixture(scope="class", params=["helm", "helm3"])
    @classmethod
    def release(cls, lab: Lab, request: pytest.FixtureRequest) -> Iterator[Release]:
        release = lab.release(helm=request.param)
        release.upgrade(WITHOUT_MAIL)
        release.wait()
        yield release
        release.remove()

    def test_first_configuration_delivers_mail_over_starttls_with_a_login(
        self, lab: Lab, release: Release, configure: Configure
    ) -> None:
        played = configure(release)
        assert played.returncode == 0, played.output
        assert "Service is interrupted while" in played.output
        message = invitation(lab, release)
        assert message.tls_version == "TLSv1.3"
        assert message.sasl_user == USER
        assert message.envelope_sender == SENDER

    def test_other_values_and_other_keys_of_the_secret_are_kept(self, release: Release) -> None:
        assert release.values()["secrets"]["auth"] == WITHOUT_MAIL["secrets"]["auth"]
        assert release.secret()["jwt_signing_secret"] == "of-somebody-else"

    def test_a_second_run_changes_nothing(self, release: Release, configure: Configure) -> None:
        revision, pods = release.revision(), release.pods()
        played = configure(release)
        assert (played.returncode, played.changed) == (0, 0), played.output
        assert (release.revision(), release.pods()) == (revision, pods)

    def test_a_new_password_reaches_the_pods_although_it_does_not_roll_them(
        self, lab: Lab, release: Release, configure: Configure
    ) -> None:
        pods = release.pods()
        played = configure(release, smtp_password="battery staple")
        assert played.returncode == 0, played.output
        assert not set(pods.values()) & set(release.pods().values())
        assert release.environ("cmd")["SMTP_SENDER_PASSWORD"] == "battery staple"
        assert invitation(lab, release).sasl_user == USER

    def test_implicit_tls_with_a_private_ca_by_the_charts_verify_switch(
        self, lab: Lab, release: Release, configure: Configure
    ) -> None:
        played = configure(
            release,
            smtp_password="battery staple",
            smtp_security="tls",
            smtp_validate_certs="no",
        )
        assert played.returncode == 0, played.output
        assert "covers every outgoing TLS connection of the control plane" in played.output
        assert release.environ("api")["VERIFY_CERTIFICATE_SIGNERS"] == "false"
        assert invitation(lab, release).tls_version == "TLSv1.3"

    def test_an_anonymous_relay_leaves_no_credentials_in_the_pods(
        self, lab: Lab, release: Release, configure: Configure
    ) -> None:
        played = configure(release, **ANONYMOUS)
        assert played.returncode == 0, played.output
        assert "anonymous relay" in played.output
        for workload in ("api", "cmd"):
            seen = release.environ(workload)
            assert "SMTP_SENDER_USER" not in seen
            assert "SMTP_SENDER_PASSWORD" not in seen
        message = invitation(lab, release)
        assert (message.tls_version, message.sasl_user) == (None, None)

    def test_a_wrong_password_stops_before_the_release_is_touched(
        self, release: Release, configure: Configure
    ) -> None:
        revision, pods = release.revision(), release.pods()
        played = configure(release, known=False, smtp_password="wrong")
        assert played.failed == 1
        assert "rejected the credentials" in played.output
        assert (release.revision(), release.pods()) == (revision, pods)

    def test_switching_mail_off_takes_the_variables_away_and_says_so(
        self, release: Release, configure: Configure
    ) -> None:
        played = configure(release, smtp_enabled="false")
        assert played.returncode == 0, played.output
        assert "mail is switched off" in played.output
        assert not [name for name in release.environ("api") if name.startswith("SMTP_")]
        assert release.invite("nobody@example.org").status == 409


def test_placeholder_credentials_of_an_old_chart_do_not_reach_an_anonymous_relay(
    lab: Lab, configure: Configure
) -> None:
    release = lab.release()
    try:
        release.upgrade({})
        release.wait()
        assert release.environ("api")["SMTP_SENDER_USER"] == "smtp_user"
        played = configure(release, **ANONYMOUS)
        assert played.returncode == 0, played.output
        assert "SMTP_SENDER_USER" not in release.environ("api")
    finally:
        release.remove()


@pytest.mark.parametrize("password", AWKWARD_PASSWORDS.values(), ids=AWKWARD_PASSWORDS.keys())
def test_an_awkward_password_logs_in_from_the_application(
    lab: Lab, release: Release, configure: Configure, password: str
) -> None:
    played = configure(release, smtp_password=password)
    assert played.returncode == 0, played.output
    assert invitation(lab, release).sasl_user == USER


def test_a_new_password_rescues_an_application_that_is_down_because_of_the_old_one(
    lab: Lab, configure: Configure, tmp_path: Path
) -> None:
    chart = tmp_path / "chart"
    shutil.copytree(CHART, chart)
    template = chart / "templates" / "api.yaml"
    probe = "httpGet:\n              path: /api/health\n              port: http\n"
    asks = 'exec: {command: [sh, -c, test "$SMTP_SENDER_PASSWORD" != expired]}\n'
    assert probe in template.read_text()
    template.write_text(template.read_text().replace(probe, asks))
    release = lab.release(chart=chart)
    try:
        login = {"smtp_sender_user": USER, "smtp_sender_password": "expired"}
        release.upgrade({"secrets": {"smtp": login}})
        deployment = f"deployment/{release.name}-cmd"
        release.kubectl.run("-n", release.namespace, "rollout", "status", deployment)
        played = configure(release, smtp_port="587", smtp_rollout_timeout=60)
        assert played.returncode == 0, played.output
        credentials = {"smtp_password": "expired"}
        played = configure(release, **credentials, smtp_rollout_timeout=4)
        assert "fails its probe" in played.output
        played = configure(release, smtp_rollout_timeout=60)
        assert played.returncode == 0, played.output
        assert invitation(lab, release).sasl_user == USER
    finally:
        release.remove()


@pytest.mark.parametrize("venv", [VENV, OLDEST], ids=["newest", "oldest"])
def test_a_run_leaves_no_file_behind(
    lab: Lab, release: Release, short_path: Path, monkeypatch: pytest.MonkeyPatch, venv: Path
) -> None:
    home, temporary = short_path / "home", short_path / "tmp"
    for folder in (home, temporary):
        folder.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TMPDIR", str(temporary))
    lab.relay.set_user(USER, "correct horse")
    description = lab.description(release, smtp_from_address=f"{venv.name}@example.com")
    inventory, _variables = write_inputs(short_path / "inputs", {release.name: description})
    played = play(PLAYBOOK, inventory, lab.kubeconfig, venv=venv)
    assert (played.returncode, played.changed) == (0, 1), played.output
    assert [
        path for path in short_path.rglob("*") if path.is_file() and "inputs" not in path.parts
    ] == []


def test_a_release_with_a_subchart_is_upgraded_from_the_chart_that_is_named(
    lab: Lab, configure: Configure, tmp_path: Path
) -> None:
    chart = tmp_path / "chart"
    shutil.copytree(CHART, chart)
    subchart = chart / "charts" / "extra"
    (subchart / "templates").mkdir(parents=True)
    (subchart / "Chart.yaml").write_text("{apiVersion: v2, name: extra, version: 1.0.0}")
    extra = "{apiVersion: v1, kind: ConfigMap, metadata: {name: extra}, data: {kept: yes it is}}"
    (subchart / "templates" / "extra.yaml").write_text(extra)
    release = lab.release(chart=chart)
    try:
        release.upgrade(WITHOUT_MAIL)
        release.wait()
        for mode in (["--check"], []):
            refused = configure(release, *mode)
            assert (refused.failed, release.revision()) == (1, 1)
            assert "extra is missing" in refused.output
        newer = tmp_path / "newer"
        shutil.copytree(chart, newer)
        (newer / "Chart.yaml").write_text("{apiVersion: v2, name: qualytics, version: 9.0.0}")
        refused = configure(release, smtp_chart=str(newer))
        assert (refused.failed, release.revision()) == (1, 1)
        assert "is qualytics 9.0.0, and release" in refused.output
        played = configure(release, smtp_chart=str(chart))
        assert played.returncode == 0, played.output
        assert invitation(lab, release).sasl_user == USER
        kept = release.kubectl.json("-n", release.namespace, "get", "configmap", "extra")
        assert kept["data"] == {"kept": "yes it is"}
    finally:
        release.remove()


class TestCheckMode:
    def test_says_what_would_change_without_secrets_and_changes_nothing(
        self, lab: Lab, release: Release, configure: Configure
    ) -> None:
        configure(release, smtp_password="before the change")
        lab.relay.set_user(USER, "after the change")
        revision, pods, values = release.revision(), release.pods(), release.values()
        played = configure(
            release,
            "--check",
            "--diff",
            smtp_password="after the change",
            smtp_from_address="other@example.com",
        )
        assert played.returncode == 0, played.output
        assert played.changed == 1
        assert "+controlplane.smtp.sender: 'other@example.com'" in played.output
        assert "-secrets.smtp.smtp_sender_password: (secret, old value)" in played.output
        assert "+secrets.smtp.smtp_sender_password: (secret, new value)" in played.output
        assert "the change" not in played.output
        assert (release.revision(), release.pods(), release.values()) == (revision, pods, values)

    def test_reports_no_change_where_there_is_none(
        self, release: Release, configure: Configure
    ) -> None:
        configure(release)
        played = configure(release, "--check", "--diff")
        assert (played.returncode, played.changed) == (0, 0), played.output


class TestRenderedValues:
    def test_are_written_without_the_password(
        self, release: Release, configure: Configure, tmp_path: Path
    ) -> None:
        path = tmp_path / "values.yaml"
        played = configure(release, "--tags", "render", smtp_values_dest=str(path))
        assert played.returncode == 0, played.output
        assert "correct horse" not in path.read_text()
        written = yaml.safe_load(path.read_text())
        assert written["controlplane"]["smtp"] == {
            "enabled": True,
            "server": RELAY_HOST,
            "port": "587",
            "sender": SENDER,
        }

    def test_hold_the_password_only_when_asked_and_for_the_owner_alone(
        self, release: Release, configure: Configure, tmp_path: Path
    ) -> None:
        path = tmp_path / "values.yaml"
        configure(
            release,
            "--tags",
            "render",
            smtp_values_dest=str(path),
            smtp_values_include_secrets=True,
        )
        secret = yaml.safe_load(path.read_text())["secrets"]["smtp"]["smtp_sender_password"]
        assert secret == "correct horse"
        assert path.stat().st_mode & 0o777 == 0o600


def test_one_inventory_host_is_one_release(lab: Lab, tmp_path: Path) -> None:
    releases = [lab.release() for _count in range(3)]
    try:
        for release in releases:
            release.upgrade(WITHOUT_MAIL)
        for release in releases:
            release.wait()
        lab.relay.set_user(USER, "correct horse")
        hosts = {
            release.name: lab.description(release, smtp_from_address=f"{release.name}@example.com")
            for release in releases
        }
        inventory, _ = write_inputs(tmp_path, hosts)
        played = play(PLAYBOOK, inventory, lab.kubeconfig)
        assert played.returncode == 0, played.output
        for release in releases:
            assert invitation(lab, release).envelope_sender == f"{release.name}@example.com"
    finally:
        for release in releases:
            release.remove()
