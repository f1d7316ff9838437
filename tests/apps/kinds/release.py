# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application of each kind as a Helm release: a Deployment, a StatefulSet and a DaemonSet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.apps.invitations.release import Release

CHART = Path(__file__).parent / "chart"
PROFILE = Path(__file__).parent / "profile.yml"

MAIL: Mapping[str, Any] = {"smtp_application": str(PROFILE), "smtp_ca_path": None}
"""The variables that differ from those of the lab."""

UNREADY = "unready.example.com"
"""The relay with which the pods of the StatefulSet never become ready."""

WORKLOADS = ("Deployment {}-web", "StatefulSet {}-queue", "DaemonSet {}-agent")
"""The workloads as findings name them, in the order of the profile."""


def installed(release: Release, **values: Any) -> Release:
    """Installs the application without mail, and waits for its pods."""
    release = replace(release, chart=CHART)
    release.upgrade(values)
    replicas = values.get("queue", {}).get("replicas", 1)
    for workload, ready in (
        ("deployment/{}-web", "{.status.readyReplicas}=1"),
        ("statefulset/{}-queue", f"{{.status.readyReplicas}}={replicas}"),
        ("daemonset/{}-agent", "{.status.numberReady}=1"),
    ):
        release.kubectl.run(
            *("-n", release.namespace, "wait", workload.format(release.name)),
            *(f"--for=jsonpath={ready}", "--timeout=60s"),
            timeout=70,
        )
    return release


def leave_stuck(release: Release) -> None:
    """An upgrade with which the queue does not come up, and one back that does not mend it."""
    release.upgrade({"bareImage": "no Image"})
    release.kubectl.run(
        *("-n", release.namespace, "wait", f"pod/{release.name}-queue-0", "--timeout=60s"),
        "--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=InvalidImageName",
        timeout=70,
    )
    # Without any values Helm would keep those from before.
    release.upgrade({"queue": {"replicas": 1}})
