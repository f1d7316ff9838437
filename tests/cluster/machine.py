# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the node needs of the machine it runs on."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.cluster.errors import RefusalError

_COMMANDS: Mapping[str, str] = {
    "ip": "iproute2",
    "iptables": "iptables",
    "mmdebstrap": "mmdebstrap",
    "openssl": "openssl",
    "runc": "runc",
}
"""Commands, and the Debian packages that bring them."""

SEARCH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_MEMORY = 2 * 1024**3


def missing_packages() -> list[str]:
    """The Debian packages to install, sorted."""
    missing = (package for command, package in _COMMANDS.items() if not _has(command))
    return sorted(set(missing))


def check_user() -> None:
    """Make sure that this user can run a node. :raises RefusalError: it cannot, and why."""
    if sys.version_info < (3, 12):  # noqa: UP036 - says so before os.unshare is missed
        raise RefusalError(
            f"the node needs Python 3.12 or newer and this is {sys.version.split()[0]}: run it "
            "with a newer python3"
        )
    if os.geteuid() != 0:
        raise RefusalError(
            "the node needs root, for namespaces and cgroups: run the command with sudo, or "
            "name a cluster of yours in MAILOPS_TEST_KUBECONFIG"
        )


def check_fit() -> None:
    """Make sure that a node can start here. :raises RefusalError: it cannot, and why."""
    check_user()
    if packages := missing_packages():
        raise RefusalError(
            f"Debian packages are missing: run 'apt-get install {' '.join(packages)}'"
        )


def check_memory() -> None:
    """Make sure that there is memory for a start. :raises RefusalError: there is not."""
    available = available_memory(Path("/proc/meminfo").read_text(encoding="ascii"))
    if available < _MEMORY:
        raise RefusalError(
            f"the node needs 2 GiB of available memory and this machine has "
            f"{available / 1024**3:.1f} GiB: end something large, or name a cluster of yours in "
            "MAILOPS_TEST_KUBECONFIG"
        )


def available_memory(meminfo: str) -> int:
    """Bytes that programs can get without swapping (proc(5), MemAvailable)."""
    fields = dict(line.split(":", 1) for line in meminfo.splitlines())
    return int(fields["MemAvailable"].split()[0]) * 1024


def _has(command: str) -> bool:
    return shutil.which(command, path=SEARCH) is not None
