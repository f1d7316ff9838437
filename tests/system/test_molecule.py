# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The molecule scenario passes, each of its steps has run, and it leaves no release behind."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.harness.lab import Lab
from tests.harness.playbook import ROOT, environment

pytestmark = pytest.mark.node

STEPS = ("create", "converge", "idempotence", "verify", "destroy")


def test_the_default_scenario_passes(lab: Lab, tmp_path: Path) -> None:
    variables = {
        **environment(lab.kubeconfig),
        # Molecule empties this folder at the end.
        "MOLECULE_EPHEMERAL_DIRECTORY": str(tmp_path / "molecule"),
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        ["molecule", "test"],
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout
    for step in STEPS:
        assert f"{step}: Executed: Successful" in done.stdout
    assert lab.kubectl.run("get", "namespace", "qualytics-molecule", "--ignore-not-found") == ""
