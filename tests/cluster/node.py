# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The node as the rest of the tests see it: start it, stop it, give it images."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.cluster import build, images, machine, remains
from tests.cluster.components import CONTAINERD
from tests.cluster.environment import for_cluster, without_proxy
from tests.cluster.errors import ClusterError
from tests.cluster.kubectl import Kubectl, KubectlError
from tests.cluster.layout import CHECKOUT, DEFAULT_STATE, Layout
from tests.images.build import build as build_image
from tests.images.pause import PAUSE

Report = Callable[[str], None]
_PATIENCE = 30.0
"""Seconds that a running node gets to end."""


class Node:
    """One Kubernetes node on this machine.

    :param state: the folder that holds all its files; a node for each folder.
    """

    def __init__(self, state: Path = DEFAULT_STATE) -> None:
        self.layout = Layout(state.resolve())
        self._keeper: subprocess.Popen[str] | None = None

    @property
    def kubeconfig(self) -> Path:
        """Cluster administrator's kubeconfig; there as long as the node is up."""
        return self.layout.kubeconfig

    @property
    def bin(self) -> Path:
        """Folder of kubectl, helm (version 4), helm3 and the node's own binaries."""
        return build.bin_folder()

    @property
    def kubectl(self) -> Kubectl:
        """kubectl as the cluster's administrator."""
        return Kubectl(self.kubeconfig, self.environment())

    def environment(self) -> dict[str, str]:
        """The environment for commands that use this node, which is up."""
        caller = {**os.environ, **without_proxy(os.environ, [self.kubeconfig])}
        return for_cluster(caller, self.kubeconfig, self.bin, self.layout.tools)

    def is_alive(self) -> bool:
        """Whether keeper or process 1 of the node lives, be the node usable or not."""
        if not self.layout.lock.exists():
            return False
        with self.layout.lock.open("w") as lock:
            # Shared, so that two who look do not take each other for the node.
            return not _try_lock(lock.fileno(), fcntl.LOCK_SH)

    def pids(self) -> tuple[int, int]:
        """The process ids of keeper and process 1, as this host numbers them.

        :raises FileNotFoundError: there is no node.
        """
        keeper, first = self.layout.processes.read_text(encoding="ascii").split()
        return int(keeper), int(first)

    def is_up(self) -> bool:
        return self.is_alive() and self.kubeconfig.exists()

    def failure(self) -> str:
        """Why the last node ended although nobody asked it to; empty when there is no reason."""
        if self.layout.failure.exists():
            return self.layout.failure.read_text(encoding="utf-8").strip()
        if self.layout.processes.exists() and not self.is_alive():
            return "its keeper was killed; 'down' clears up after it"
        return ""

    def up(self, report: Report = print, *, attached: bool = False) -> bool:
        """Start the node and return when it is usable.

        :param attached: the node ends with this process, even if that is killed.
        :returns: false when it was up already.
        :raises RefusalError: this machine cannot run it; nothing was started.
        :raises ClusterError: it did not start.
        :raises tests.images.build.ImageError: its pause image cannot be built.
        """
        machine.check_fit()
        binaries = build.build(report)
        pause = build_image(PAUSE)
        self.layout.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.layout.lock.open("w") as lock:
            while not _try_lock(lock.fileno()):
                if self.is_up():
                    return False
                time.sleep(0.05)
            remains.clear(self.layout)
            machine.check_memory()
            self._start(binaries, pause, lock.fileno(), report, attached)
        self._check_reach()
        return True

    def down(self) -> None:
        """End the node, if there is one, and make sure that nothing of it is left.

        :raises ClusterError: something is left.
        """
        if not self.layout.state.exists():
            return
        with self.layout.lock.open("w") as lock:
            deadline = time.monotonic() + _PATIENCE
            asked = False
            while not _try_lock(lock.fileno()):
                if not asked:
                    asked = self._signal(signal.SIGTERM)
                if time.monotonic() > deadline:
                    self._signal(signal.SIGKILL)
                time.sleep(0.01)
            remains.clear(self.layout)
        if self._keeper is not None:
            self._keeper.wait()
            self._keeper = None
        if left := remains.find(self.layout):
            raise ClusterError(
                f"the node has ended, but this is left of it: {', '.join(left)}; run 'down' again"
            )

    def load(self, archive: Path) -> None:
        """Import a docker-archive tar; quick when the node has it already."""
        if not self.is_up():
            raise ClusterError("the node is not up: run 'python -m tests.cluster up'")
        status = archive.stat()
        identity = f"{archive.resolve()} {status.st_size} {status.st_mtime_ns}"
        mark = self.layout.loaded / hashlib.sha256(identity.encode()).hexdigest()
        if mark.exists():
            return
        socket = Path("/proc", str(self.pids()[1]), "root", CONTAINERD.relative_to("/"))
        images.load(self.bin / "ctr", socket, archive)
        self.layout.loaded.mkdir(exist_ok=True)
        mark.touch()

    def _start(
        self, binaries: Path, pause: Path, lock: int, report: Report, attached: bool
    ) -> None:
        self.layout.failure.unlink(missing_ok=True)
        if self.layout.logs.exists():
            shutil.rmtree(self.layout.logs)
        for folder in (self.layout.logs, self.layout.images):
            folder.mkdir(mode=0o700)
        command = [sys.executable, "-m", "tests.cluster.keeper", str(self.layout.state)]
        with (self.layout.logs / "keeper.log").open("wb") as log:
            keeper = subprocess.Popen(
                [*command, str(binaries), str(pause), *(["--attached"] if attached else [])],
                cwd=CHECKOUT,
                stdin=subprocess.PIPE if attached else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                pass_fds=[lock],
                # A terminal's Ctrl-C is for the command that uses the node.
                start_new_session=True,
            )
        self._keeper = keeper
        assert keeper.stdout is not None
        try:
            with keeper.stdout as progress:
                for line in progress:
                    report(line.rstrip())
        except BaseException:
            keeper.terminate()
            keeper.wait()
            raise
        if not self.kubeconfig.exists():
            keeper.wait()
            reason = self.failure() or f"see {self.layout.logs / 'keeper.log'}"
            raise ClusterError(f"the node did not start: {reason}")

    def _check_reach(self) -> None:
        """The node is up by its own account; see that this host's packets get there."""
        try:
            self.kubectl.run("get", "--raw=/readyz", timeout=10)
        except KubectlError as error:
            self.down()
            raise ClusterError(
                "the node is up, but this host does not reach it; a firewall may be dropping the "
                f"traffic of interface {self.layout.interface}: {error.stderr.strip()}"
            ) from error

    def _signal(self, number: signal.Signals) -> bool:
        """Send a signal to the keeper; false when it is not known yet, or no more."""
        try:
            os.kill(self.pids()[0], number)
        except (FileNotFoundError, ProcessLookupError):
            return False
        return True


def _try_lock(descriptor: int, kind: int = fcntl.LOCK_EX) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
