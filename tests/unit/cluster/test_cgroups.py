# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

from tests.cluster.cgroups import Hierarchy, parse

_VERSION_1 = """\
24 1 0:22 / /proc rw,nosuid - proc proc rw
31 30 0:27 / /sys/fs/cgroup/systemd rw shared:9 - cgroup cgroup \
rw,xattr,release_agent=/lib/systemd/systemd-cgroups-agent,name=systemd
34 30 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:12 - cgroup cgroup rw,cpu,cpuacct
35 30 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
36 30 0:32 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate
"""
_VERSION_2 = """\
24 1 0:22 / /proc rw,nosuid - proc proc rw
30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
"""


def test_cgroup_v1_hierarchies_are_named_by_their_controllers() -> None:
    assert parse(_VERSION_1) == [
        Hierarchy(Path("/sys/fs/cgroup/systemd"), "none,name=systemd"),
        Hierarchy(Path("/sys/fs/cgroup/cpu,cpuacct"), "cpu,cpuacct"),
        Hierarchy(Path("/sys/fs/cgroup/memory"), "memory"),
    ]


def test_cgroup_v2_is_one_hierarchy() -> None:
    assert parse(_VERSION_2) == [Hierarchy(Path("/sys/fs/cgroup"), "")]


def test_the_file_system_type_follows_the_version() -> None:
    assert {hierarchy.filesystem for hierarchy in parse(_VERSION_1)} == {"cgroup"}
    assert {hierarchy.filesystem for hierarchy in parse(_VERSION_2)} == {"cgroup2"}
