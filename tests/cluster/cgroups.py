# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cgroup that holds all processes of a node, for cgroup v1 and v2.

The node's supervisor enters the cgroup and makes it the root of a cgroup namespace, so that
containerd and kubelet find a hierarchy of their own and cannot leave it.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import mounts
from tests.cluster.errors import ClusterError

_ROOT = Path("/sys/fs/cgroup")
_LEAF = "node"
"""The supervisor's own cgroup below the root: in v2 a cgroup that has children with controllers
may hold no processes itself ("no internal processes", Linux admin-guide/cgroup-v2)."""
_CONTROLLERS = {
    "blkio", "cpu", "cpuacct", "cpuset", "devices", "freezer", "hugetlb", "memory", "misc",
    "net_cls", "net_prio", "perf_event", "pids", "rdma",
}  # fmt: skip
"""The controllers of cgroup v1 (Linux admin-guide/cgroup-v1)."""


@dataclass(frozen=True)
class Hierarchy:
    """One mounted cgroup hierarchy.

    :param path: where the host has it mounted.
    :param options: mount options that name it: the controllers of v1, nothing for v2.
    """

    path: Path
    options: str

    @property
    def filesystem(self) -> str:
        return "cgroup" if self.options else "cgroup2"


def hierarchies() -> list[Hierarchy]:
    """The hierarchies of this host that containers use."""
    return parse(Path("/proc/self/mountinfo").read_text(encoding="utf-8"))


def parse(mountinfo: str) -> list[Hierarchy]:
    """All hierarchies of v1 where there are any, else that of v2.

    :param mountinfo: in the format of proc(5), /proc/pid/mountinfo.
    """
    found = []
    for line in mountinfo.splitlines():
        mount, _, filesystem = line.partition(" - ")
        kind, _, options = filesystem.split(" ", 2)
        if kind in ("cgroup", "cgroup2"):
            path = Path(mount.split()[4])
            found.append(Hierarchy(path, _identity(options) if kind == "cgroup" else ""))
    first = [hierarchy for hierarchy in found if hierarchy.options]
    return first or found


def _identity(options: str) -> str:
    """The part of a v1 superblock's options that says which hierarchy it is."""
    every = options.split(",")
    names = [option for option in every if option.startswith("name=")]
    return ",".join([option for option in every if option in _CONTROLLERS] or ["none", *names])


def enter(name: str) -> list[Hierarchy]:
    """Move this process into cgroup ``name`` and make that the root of its cgroup namespace."""
    all_hierarchies = hierarchies()
    for hierarchy in all_hierarchies:
        _join(hierarchy.path / name)
    os.unshare(os.CLONE_NEWCGROUP)
    for hierarchy in all_hierarchies:
        _join(hierarchy.path / name / _LEAF)
    return all_hierarchies


def _join(path: Path) -> None:
    path.mkdir()
    # A new cpuset of v1 is empty, and no process may enter an empty one.
    for setting in ("cpuset.cpus", "cpuset.mems"):
        if (path / "cgroup.clone_children").exists() and (path / setting).exists():
            (path / setting).write_text((path.parent / setting).read_text())
    (path / "cgroup.procs").write_text("0")


def mount(all_hierarchies: list[Hierarchy]) -> None:
    """Show the node its own cgroups in place of the host's."""
    if all_hierarchies[0].filesystem == "cgroup2":
        mounts.mount("cgroup2", _ROOT, "cgroup2")
        return
    mounts.mount("tmpfs", _ROOT, "tmpfs", "mode=755")
    for hierarchy in all_hierarchies:
        path = _ROOT / hierarchy.path.name
        path.mkdir()
        mounts.mount("cgroup", path, "cgroup", hierarchy.options)


def existing(name: str) -> list[Path]:
    """The node's cgroups that are there, seen from the host."""
    return [path for path in (entry.path / name for entry in hierarchies()) if path.exists()]


def processes(name: str) -> set[int]:
    """The process ids in the node's cgroups, seen from the host."""
    files = (file for path in existing(name) for file in path.rglob("cgroup.procs"))
    return {int(pid) for file in files for pid in _read(file).split()}


def remove(name: str, seconds: float) -> None:
    """Remove the node's cgroups as soon as the last process in them has ended.

    :raises ClusterError: processes are still there after ``seconds``.
    """
    deadline = time.monotonic() + seconds
    while paths := existing(name):
        for path in paths:
            for folder, _, _ in os.walk(path, topdown=False):
                _rmdir(folder)
        if time.monotonic() > deadline and existing(name):
            pids = ", ".join(map(str, sorted(processes(name)))) or "none that can be seen"
            raise ClusterError(
                f"the cgroup {name} cannot be removed: processes in it do not end ({pids}); "
                "look at them with 'ps', and run 'down' again"
            )
        time.sleep(0.01)


def _rmdir(folder: str) -> None:
    try:
        os.rmdir(folder)
    except OSError:
        # Still in use: the caller tries again until its deadline.
        return


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii")
    except FileNotFoundError:
        return ""
