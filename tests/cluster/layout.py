# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of one node: where its files are, and what it is called on the host."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
DEFAULT_STATE = CHECKOUT / ".build" / "node"
AUDIT = "audit.log"


def cache() -> Path:
    """The folder for what is built once per user (XDG Base Directory specification)."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "mailops-smtp"


@dataclass(frozen=True)
class Layout:
    """All names derive from the state folder, so that each checkout has a node of its own.

    :param state: absolute path of the folder that holds everything the node writes.
    """

    state: Path

    @property
    def key(self) -> str:
        return hashlib.sha256(str(self.state).encode()).hexdigest()[:8]

    @property
    def interface(self) -> str:
        """The host's end of the veth pair (at most 15 characters)."""
        return f"mailops{self.key}"

    @property
    def cgroup(self) -> str:
        """The cgroup, in each hierarchy, that holds all of the node's processes."""
        return f"mailops-smtp-{self.key}"

    @property
    def kubeconfig(self) -> Path:
        """Written when the node is usable."""
        return self.state / "kubeconfig"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def audit(self) -> Path:
        """What was asked of the API server by ServiceAccounts that are no part of Kubernetes."""
        return self.logs / AUDIT

    @property
    def images(self) -> Path:
        """containerd's store; as large as the images, so on disk, and gone with the node."""
        return self.state / "containerd"

    @property
    def tools(self) -> Path:
        """Caches of kubectl and Helm for commands that use this node."""
        return self.state / "tools"

    @property
    def lock(self) -> Path:
        """Locked (flock) as long as a process of the supervisor lives."""
        return self.state / "lock"

    @property
    def processes(self) -> Path:
        """The process ids of keeper and process 1 of the node, as the host numbers them."""
        return self.state / "processes"

    def write_processes(self, keeper: int, first: int) -> None:
        """Write :attr:`processes` in one step, since others read it meanwhile."""
        partial = self.processes.with_suffix(".partial")
        partial.write_text(f"{keeper} {first}\n", encoding="ascii")
        partial.replace(self.processes)

    @property
    def loaded(self) -> Path:
        """One empty file for each image archive that the node has."""
        return self.state / "loaded"

    @property
    def failure(self) -> Path:
        """Why the node ended, when it was not asked to."""
        return self.state / "failure"
