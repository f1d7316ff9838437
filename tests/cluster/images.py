# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring container images into the node's containerd."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.cluster.errors import ClusterError


def load(ctr: Path, address: Path, archive: Path) -> None:
    """Import a docker-archive tar for use by Kubernetes.

    :param ctr: containerd's command.
    :param address: containerd's socket.
    """
    command = [str(ctr), f"--address={address}", "--namespace=k8s.io", "images", "import"]
    done = subprocess.run(
        [*command, str(archive)], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise ClusterError(
            f"containerd cannot import {archive} (it must be a docker-archive tar): "
            f"{done.stderr.strip()}"
        )
