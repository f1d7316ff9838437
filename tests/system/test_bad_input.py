# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input ends with one finding that says what is wrong and what to do, before anything changes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apps.invitations.release import Release
from tests.harness.account import account
from tests.harness.lab import USER, Lab
from tests.harness.playbook import VENV, Played, environment, play, write_inputs
from tests.system.conftest import PLAYBOOK, Configure

pytestmark = pytest.mark.node


@pytest.fixture(autouse=True)
def untouched(release: Release) -> Iterator[None]:
    """Whatever a test does, the release stays as it was."""
    before = (release.revision(), release.pods())
    yield
    assert (release.revision(), release.pods()) == before


def codes(played: Played) -> list[str]:
    """The codes of the errors that the run ended with."""
    assert "Traceback" not in played.output
    assert played.failed == 1, played.output
    fatal = next(line for line in played.output.splitlines() if line.startswith("fatal:"))
    result = json.loads(fatal.partition("=> ")[2])
    assert all(finding["fix"] for finding in result["findings"])
    return [entry["code"] for entry in result["findings"] if entry["severity"] == "error"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"smtp_host": None}, "host-missing"),
        ({"smtp_host": "smtp://relay.mail"}, "host-invalid"),
        ({"smtp_host": "relay.mail:587"}, "host-invalid"),
        ({"smtp_port": "many"}, "value-invalid"),
        ({"smtp_port": 70000}, "number-out-of-range"),
        ({"smtp_from_address": None}, "from-address-missing"),
        ({"smtp_from_address": "The Hub <hub@example.com>"}, "address-invalid"),
        ({"smtp_port": 465, "smtp_security": "starttls"}, "port-security-contradiction"),
        ({"smtp_port": 587, "smtp_security": "tls"}, "port-security-contradiction"),
        ({"smtp_port": 2525, "smtp_security": "starttls"}, "application-port-unsupported"),
        ({"smtp_password": None}, "credentials-incomplete"),
        ({"smtp_username": None}, "credentials-incomplete"),
        ({"smtp_host": "relay.mail\nX"}, "value-invalid"),
        ({"smtp_username": "hub\r\nRCPT"}, "value-invalid"),
        ({"smtp_password": "correct\nhorse"}, "value-invalid"),
        ({"smtp_prot": 587}, "variable-misspelt"),
        ({"smtp_application": "qualitics"}, "profile-not-found"),
        ({"smtp_application": "./nowhere.yml"}, "profile-not-found"),
        ({"smtp_release": "nowhere"}, "release-not-found"),
        ({"smtp_namespace": "nowhere"}, "cluster-rights-missing"),
        ({"smtp_kubeconfig": "/nowhere/kubeconfig"}, "cluster-not-configured"),
        ({"smtp_context": "nowhere"}, "cluster-not-configured"),
        ({"smtp_ca_path": "/nowhere/ca.pem"}, "ca-unreadable"),
        ({"smtp_use_tls": "true"}, "variable-said-otherwise"),
        ({"smtp_security": "ssl"}, "value-not-a-choice"),
        ({"smtp_port": 0o465}, "port-octal"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value,
)
def test_each_mistake_has_one_finding(
    release: Release, configure: Configure, changes: dict[str, Any], code: str
) -> None:
    assert codes(configure(release, known=False, **changes)) == [code]


def test_a_cluster_that_does_not_answer_is_named(
    lab: Lab, release: Release, configure: Configure, tmp_path: Path
) -> None:
    config = json.loads(lab.kubeconfig.read_text())
    for entry in config["clusters"]:
        entry["cluster"]["server"] = "https://127.0.0.1:9"
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(config))
    played = configure(release, smtp_kubeconfig=str(path))
    assert codes(played) == ["cluster-unreachable"]
    assert "https://127.0.0.1:9" in played.output


def test_a_namespace_without_rights_names_the_right(
    lab: Lab, release: Release, tmp_path: Path
) -> None:
    nobody = account("nobody", release.namespace, lab.kubeconfig, tmp_path)
    inventory, _ = write_inputs(
        tmp_path, {release.name: lab.description(release, smtp_kubeconfig=str(nobody.kubeconfig))}
    )
    played = play(PLAYBOOK, inventory, lab.kubeconfig)
    assert codes(played) == ["cluster-rights-missing"]
    assert "cannot list resource" in played.output


class TestCheckModeIsHonest:
    def test_about_a_wrong_password_that_nobody_has_tried(
        self, release: Release, configure: Configure
    ) -> None:
        played = configure(
            release, "--check", "--tags", "deploy", known=False, smtp_password="wrong"
        )
        assert played.returncode == 0, played.output
        assert '"not probed, not proven: ' in played.output

    def test_about_what_would_fail_and_says_it_once(
        self, release: Release, configure: Configure
    ) -> None:
        played = configure(release, "--check", smtp_helm="/nowhere/helm")
        assert played.output.count("fatal: ") == 1

    def test_about_a_helm_that_is_not_there(self, release: Release, configure: Configure) -> None:
        played = configure(release, "--check", smtp_helm="/nowhere/helm")
        assert codes(played) == ["helm-missing"]

    def test_about_a_folder_that_is_not_there(self, release: Release, configure: Configure) -> None:
        played = configure(release, "--check", smtp_values_dest="/nowhere/values.yaml")
        assert codes(played) == ["values-dest-unwritable"]


class TestAHelmThatOnlySaysItSucceeded:
    @staticmethod
    def deaf(folder: Path, words: str) -> str:
        """A command in the place of helm that does only one thing besides ending well."""
        helm = folder / "helm"
        helm.write_text(f"#!/bin/sh\n{words}\ncat >/dev/null\n")
        helm.chmod(0o755)
        return str(helm)

    def test_is_found_out_by_the_trial(
        self, release: Release, configure: Configure, tmp_path: Path
    ) -> None:
        helm = self.deaf(tmp_path, words="")
        assert codes(configure(release, smtp_helm=helm)) == ["trial-without-record"]

    def test_is_found_out_by_the_upgrade_at_the_latest(
        self, release: Release, configure: Configure, tmp_path: Path
    ) -> None:
        helm = self.deaf(
            tmp_path, f'case "$*" in *"--description trial"*) exec {release.helm} "$@";; esac'
        )
        found = codes(configure(release, smtp_helm=helm))
        assert found == ["upgrade-not-recorded", "change-not-written"]


def test_pods_that_see_other_settings_are_told_once_for_each_container(
    release: Release, configure: Configure
) -> None:
    played = configure(release, "--tags", "verify")
    assert codes(played) == ["environment-differs"] * 2
    assert "SMTP_SENDER_PASSWORD is not set, expected is a secret (not shown)" in played.output


def test_an_interrupted_run_leaves_no_file_of_the_kubeconfig_behind(
    lab: Lab, release: Release, short_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, temporary, begun = short_path / "home", short_path / "tmp", short_path / "begun"
    for folder in (home, temporary):
        folder.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("TMPDIR", str(temporary))
    helm = short_path / "helm"
    helm.write_text(f"#!/bin/sh\ntouch {begun}\nexec sleep 30\n")
    helm.chmod(0o755)
    variables = lab.description(release, smtp_helm=str(helm))
    lab.relay.set_user(USER, variables["smtp_password"])
    inventory, _ = write_inputs(short_path / "inputs", {release.name: variables})
    with subprocess.Popen(
        [str(VENV / "bin" / "ansible-playbook"), PLAYBOOK, "-i", str(inventory)],
        env=environment(lab.kubeconfig),
        cwd=inventory.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        deadline = time.monotonic() + 60
        while not begun.exists():
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=60)
    left = [path for folder in (home, temporary) for path in folder.rglob("*") if path.is_file()]
    assert left == []


class TestAWorkloadThatNeverBecomesReady:
    @pytest.fixture
    def untouched(self) -> None:
        """This is found out only by trying: the new settings stay, and the finding says so."""

    def test_ends_at_the_time_limit_with_the_pods_own_reason(
        self, lab: Lab, configure: Configure
    ) -> None:
        release = lab.release()
        try:
            release.upgrade({"controlplane": {"smtp": {"enabled": False}}})
            release.wait()
            quota = {
                "apiVersion": "v1",
                "kind": "ResourceQuota",
                "metadata": {"name": "full", "namespace": release.namespace},
                "spec": {"hard": {"pods": "0"}},
            }
            lab.kubectl.apply(json.dumps(quota))
            played = configure(release, smtp_rollout_timeout="4", smtp_back_out="no")
            assert set(codes(played)) == {"pods-over-quota", "change-not-undone"}
            assert "exceeded quota: full" in played.output
            assert '"upgraded": true' in played.output
        finally:
            release.remove()
