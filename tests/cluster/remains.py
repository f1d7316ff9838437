# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a node may leave on the host: find it, and take it away.

The kernel drops nearly everything with the node's namespaces. What remains is the cgroup, and
the files below the state folder that are of no use without the node.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from tests.cluster import cgroups, network
from tests.cluster.errors import ClusterError
from tests.cluster.layout import Layout

_PATIENCE = 20.0
"""Seconds for the kernel to end processes and namespaces after they were killed."""


def clear(layout: Layout) -> None:
    """Take away what is left of a node whose processes are dead or dying.

    :raises ClusterError: something does not go away.
    """
    layout.kubeconfig.unlink(missing_ok=True)
    cgroups.remove(layout.cgroup, _PATIENCE)
    _await_interface(layout.interface)
    for folder in (layout.images, layout.loaded, layout.tools):
        if folder.exists():
            shutil.rmtree(folder)
    layout.processes.unlink(missing_ok=True)


def find(layout: Layout) -> list[str]:
    """Everything of this node that the host still has, in words."""
    found = [f"cgroup {path}" for path in cgroups.existing(layout.cgroup)]
    found += [f"process {pid}" for pid in sorted(cgroups.processes(layout.cgroup))]
    if network.exists(layout.interface):
        found.append(f"interface {layout.interface}")
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    points = [Path(line.split()[4]) for line in mounts]
    found += [f"mount {point}" for point in points if point.is_relative_to(layout.state)]
    return found


def _await_interface(interface: str) -> None:
    """Wait for the interface to vanish: the kernel takes it away with the network namespace."""
    deadline = time.monotonic() + _PATIENCE
    while network.exists(interface):
        if time.monotonic() > deadline:
            raise ClusterError(
                f"the interface {interface} is still there: a process holds the node's network "
                "namespace ('lsns -t net'); end it and run 'down' again"
            )
        time.sleep(0.01)
