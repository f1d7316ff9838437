# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three steps of the vendor's page by hand: upgrade, restart, look into the pods."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.apps.invitations.release import WORKLOADS, Release


def write_values(path: Path, values: Mapping[str, Any], description: Mapping[str, Any]) -> Path:
    """The values file that an administrator edits for the page: what is installed, and mail.

    :param description: the variables that the playbook gets for the same settings.
    """
    smtp = {
        "enabled": True,
        "server": description["smtp_host"],
        "port": "587",
        "sender": description["smtp_from_address"],
    }
    credentials = {
        "smtp_sender_user": description["smtp_username"],
        "smtp_sender_password": description["smtp_password"],
    }
    edited = {
        **values,
        "controlplane": {**values["controlplane"], "smtp": smtp},
        "secrets": {**values["secrets"], "smtp": credentials},
    }
    # JSON is YAML.
    path.write_text(json.dumps(edited), encoding="utf-8")
    return path


def configure(release: Release, values: Path) -> None:
    """``helm upgrade``, ``kubectl rollout restart`` and ``status``, ``kubectl exec … env`` in both workloads.

    :raises subprocess.CalledProcessError: Helm failed.
    :raises tests.cluster.kubectl.KubectlError: kubectl failed.
    """
    release.run_helm("upgrade", release.name, str(release.chart), f"--values={values}")
    release.restart()
    release.wait()
    for workload in WORKLOADS:
        release.environ(workload)
