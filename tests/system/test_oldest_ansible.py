# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flow with the oldest ansible-core and Kubernetes client that the collection supports."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.apps.invitations.release import Release
from tests.harness.lab import USER, Lab
from tests.harness.playbook import OLDEST, play, write_inputs
from tests.system.conftest import PLAYBOOK

pytestmark = pytest.mark.node


def test_it_is_the_version_that_the_collection_names() -> None:
    command = [str(OLDEST / "bin" / "ansible-playbook"), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.startswith("ansible-playbook [core 2.19.")


def test_configures_and_changes_nothing_the_second_time(
    lab: Lab, release: Release, tmp_path: Path
) -> None:
    lab.relay.set_user(USER, "correct horse")
    inventory, _ = write_inputs(tmp_path, {release.name: lab.description(release)})
    first = play(PLAYBOOK, inventory, lab.kubeconfig, venv=OLDEST)
    assert (first.returncode, first.changed) == (0, 1), first.output
    address = "oldest@example.org"
    assert release.invite(address).status == 202
    assert lab.relay.wait_for_message(address).sasl_user == USER
    second = play(PLAYBOOK, inventory, lab.kubeconfig, "--check", venv=OLDEST)
    assert (second.returncode, second.changed) == (0, 0), second.output
