# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The brittle application as a Helm release, and what must be true of it after whatever has happened."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.apps.invitations.release import Release
from tests.cluster.kubectl import KubectlError

CHART = Path(__file__).parent / "chart"
PROFILE = Path(__file__).parent / "profile.yml"

CRASHES = "crash.example.com"
"""The relay with which the application does not come up."""
NO_IMAGE = "no-image.example.com"
"""The relay with which its image cannot be pulled."""
MOTTO = "of somebody else"

MAIL: Mapping[str, Any] = {"smtp_application": str(PROFILE), "smtp_ca_path": None}
"""The variables that differ from those of the lab."""


def install(release: Release, **values: Any) -> None:
    """Installs the application without mail, and waits for its pod."""
    release.upgrade({"motto": MOTTO, **values})
    wait(release)


def by_hand(release: Release, *options: str) -> None:
    """Somebody else's upgrade, with the chart that is installed and the values in use."""
    release.run_helm("upgrade", release.name, str(release.chart), "--reuse-values", *options)


def wait(release: Release) -> None:
    """Returns when the application has rolled out."""
    release.kubectl.run(
        *("-n", release.namespace, "rollout", "status", f"deployment/{release.name}-app"),
        "--timeout=60s",
        timeout=70,
    )


def seen(release: Release) -> list[str]:
    """The password that each pod was started with."""
    items = release.kubectl.json(
        *("-n", release.namespace, "get", "pods", f"--selector=app={release.name}-app")
    )["items"]
    pods = [item["metadata"] for item in items if "deletionTimestamp" not in item["metadata"]]
    return [
        release.kubectl.run(
            *("-n", release.namespace, "exec", pod["name"], "--"),
            *("sh", "-c", 'printf %s "$MAIL_PASSWORD"'),
        )
        for pod in pods
    ]


def history(release: Release) -> list[str]:
    """The status of each revision, the newest last."""
    entries = json.loads(release.run_helm("history", release.name, "--output=json"))
    return [entry["status"] for entry in entries]


def let_operation_age(release: Release) -> None:
    """Lets the time pass, for the operation that has made the newest revision."""
    name = f"sh.helm.release.v1.{release.name}.v{release.revision()}"
    found = release.kubectl.json("-n", release.namespace, "get", "secret", name)
    record = json.loads(gzip.decompress(b64decode(b64decode(found["data"]["release"]))))
    record["info"]["last_deployed"] = (
        f"{datetime.now(UTC) - timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}"
    )
    data = b64encode(b64encode(gzip.compress(json.dumps(record).encode()))).decode()
    release.kubectl.run(
        *("-n", release.namespace, "patch", "secret", name, "--type=merge"),
        f"--patch={json.dumps({'data': {'release': data}})}",
    )


def journal(release: Release) -> dict[str, Any]:
    """What the last run has written down.

    :raises KubectlError: when there is nothing.
    """
    found = release.kubectl.json(
        "-n", release.namespace, "get", "secret", f"mailops.journal.v1.{release.name}"
    )
    noted: dict[str, Any] = json.loads(b64decode(found["data"]["journal"]))
    return noted


def lease(release: Release) -> dict[str, Any] | None:
    """The lease of the release, when there is one."""
    try:
        found: dict[str, Any] = release.kubectl.json(
            "-n", release.namespace, "get", "lease", f"mailops-smtp-{release.name}"
        )
    except KubectlError:
        return None
    return found


def let_lease_expire(release: Release) -> None:
    """Lets the time pass, for the lease of a run that is known to be dead."""
    if lease(release):
        past = datetime.now(UTC) - timedelta(minutes=5)
        spec = {"spec": {"renewTime": f"{past:%Y-%m-%dT%H:%M:%S.%fZ}"}}
        release.kubectl.run(
            *("-n", release.namespace, "patch", "lease", f"mailops-smtp-{release.name}"),
            *("--type=merge", f"--patch={json.dumps(spec)}"),
        )
