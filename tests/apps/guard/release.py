# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guarded application as a Helm release: somebody's installation, with traps set in its chart."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.apps.invitations.release import Release

CHART = Path(__file__).parent / "chart"
PROFILE = Path(__file__).parent / "profile.yml"

MAIL: Mapping[str, Any] = {"smtp_application": str(PROFILE), "smtp_ca_path": None}
"""The variables that differ from those of the lab."""


def install(release: Release, *traps: str) -> None:
    """Installs the application without mail, and waits for its pod.

    :param traps: those of the chart that are set.
    """
    release.upgrade({"traps": dict.fromkeys(traps, True)})
    wait(release)


def wait(release: Release) -> None:
    """Returns when the application has rolled out."""
    release.kubectl.run(
        *("-n", release.namespace, "rollout", "status", f"deployment/{release.name}-app"),
        "--timeout=60s",
        timeout=70,
    )
