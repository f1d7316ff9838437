# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring container images into the node's containerd."""

from __future__ import annotations

from pathlib import Path

from tests.cluster.command import output


def load(ctr: Path, address: Path, archive: Path) -> None:
    """Import a docker-archive tar for use by Kubernetes.

    :param ctr: containerd's command.
    :param address: containerd's socket.
    """
    output(
        [str(ctr), f"--address={address}", "--namespace=k8s.io", "images", "import", str(archive)],
        "the file must be a docker-archive tar",
    )
