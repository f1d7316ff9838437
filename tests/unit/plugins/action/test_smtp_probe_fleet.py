# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many hosts of one play, each a process of Ansible's own, share what is known of a login."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    Authority,
    Relay,
)
from tests.harness.playbook import Played, play, write_inputs

HOSTS = 6

Probe = Callable[[Relay], Played]


@pytest.fixture
def probe_all(authority: Authority, tmp_path: Path) -> Probe:
    """Runs the playbook for many hosts at once that send through one relay as one user."""

    def run(relay: Relay) -> Played:
        variables = {
            "smtp_host": "127.0.0.1",
            "smtp_port": relay.port,
            "smtp_security": "starttls",
            "smtp_username": relay.username,
            "smtp_password": relay.password,
            "smtp_from_address": "no-reply@example.com",
            "smtp_ca_pem": authority.pem,
        }
        hosts = {f"host-{number}": variables for number in range(HOSTS)}
        inventory, _ = write_inputs(tmp_path, hosts)
        kubeconfig = tmp_path / "none"
        return play("mailops.smtp.probe", inventory, kubeconfig, "--forks", str(HOSTS))

    return run


def logins(relay: Relay) -> int:
    return sum(line.startswith("AUTH") for line in relay.seen)


def test_a_wrong_password_is_tried_once_for_all_hosts(
    run_relay: Callable[[Relay], Relay], probe_all: Probe
) -> None:
    relay = run_relay(Relay(replies={"AUTH": b"535 5.7.8 Authentication failed\r\n"}))
    played = probe_all(relay)
    assert (played.failed, logins(relay)) == (HOSTS, 1), played.output
    assert "credentials-rejected" in played.output
    assert "login-stopped" in played.output


def test_a_right_password_is_used_once_and_no_host_fails(
    run_relay: Callable[[Relay], Relay], probe_all: Probe
) -> None:
    relay = run_relay(Relay())
    played = probe_all(relay)
    assert (played.failed, logins(relay)) == (0, 1), played.output
    assert "login-shared" in played.output
