# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Process 1 of the node: starts the parts, waits until the node is usable, then reaps.

When this process ends, for whatever reason, the kernel ends every other process of the node and
drops its mounts, interfaces, firewall rules and network namespaces.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from ipaddress import IPv4Network
from pathlib import Path
from typing import NoReturn

from tests.cluster import cgroups, components, dns, images, mounts, network
from tests.cluster.api import Api
from tests.cluster.components import Installation
from tests.cluster.errors import ClusterError
from tests.cluster.layout import CHECKOUT, Layout

_FOLDER = Path("/run/mailops")
_PR_SET_PDEATHSIG = 1
_STEP = 0.03
"""Seconds between two looks at something that is being waited for."""


class PartEnded(ClusterError):
    """One of the node's parts ended, and so does the node."""


def run(layout: Layout, bin_folder: Path, pause: Path, keeper: socket.socket) -> NoReturn:
    """Be the node, in a process that is the first of a PID namespace.

    :param keeper: tells the keeper that the network namespace is there, and gets the addresses.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    try:
        hierarchies = cgroups.enter(layout.cgroup)
        os.unshare(os.CLONE_NEWNS | os.CLONE_NEWNET | os.CLONE_NEWIPC)
        keeper.sendall(b"\n")
        block = keeper.makefile("r", encoding="ascii").readline().strip()
        if not block:
            raise ClusterError("the keeper ended before the node had its addresses")
        keeper.close()
        _arrange_files(layout, bin_folder, hierarchies)
        addresses = network.Addresses(IPv4Network(block))
        network.configure(addresses)
        _Boot(Installation(bin_folder, _FOLDER, layout.images, addresses), layout).run(pause)
    except BrokenPipeError:
        reason = "whoever started the node ended before it was ready\n"
        layout.failure.write_text(reason, encoding="utf-8")
    except (ClusterError, OSError) as error:
        layout.failure.write_text(f"{error}\n", encoding="utf-8")
    os._exit(1)


def _arrange_files(layout: Layout, bin_folder: Path, hierarchies: list[cgroups.Hierarchy]) -> None:
    mounts.detach_from_host()
    mounts.mount("proc", Path("/proc"), "proc")
    cgroups.mount(hierarchies)
    keep = (layout.state, bin_folder, CHECKOUT, Path(sys.prefix), Path(sys.base_prefix))
    for folder in (Path("/run"), Path("/var/lib")):
        mounts.cover(folder, keep)
    mounts.bind(layout.logs, Path("/var/log"))
    settings = Path("/run/mailops-kernel-settings")
    settings.mkdir()
    mounts.cover_kernel_settings(settings)


class _Boot:
    """The order in which the parts start, and what each waits for."""

    def __init__(self, installation: Installation, layout: Layout) -> None:
        self._installation = installation
        self._layout = layout
        self._parts: dict[int, str] = {}
        self._started = time.monotonic()

    def run(self, pause: Path) -> NoReturn:
        installation, addresses = self._installation, self._installation.addresses
        installation.write()
        self._start("etcd", "containerd")
        self._await("etcd", 20, _listens(components.ETCD_PORT))
        self._start("kube-apiserver")
        self._await("containerd", 20, components.CONTAINERD.exists)
        images.load(installation.bin / "ctr", components.CONTAINERD, pause)
        token = installation.tokens["admin"]
        api = Api(installation.server, installation.certificates.ca, token)
        self._await("API server", 60, lambda: api.has("/readyz"))
        self._start("kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy")
        namespace = "/api/v1/namespaces/kube-system"
        self._await("namespaces", 30, lambda: api.has(namespace))
        for path, thing in dns.objects(addresses):
            api.create(path, thing)
        self._start("coredns")
        default = "/api/v1/namespaces/default"
        self._await(
            "default service account",
            60,
            lambda: (
                api.has(f"{default}/serviceaccounts/default")
                and api.has(f"{default}/configmaps/kube-root-ca.crt")
            ),
        )
        self._await("node", 60, lambda: _is_ready(api))
        name = "kubernetes.default.svc.cluster.local"
        self._await("DNS", 60, lambda: dns.answers(addresses.dns, name, addresses.api))
        self._layout.kubeconfig.touch(mode=0o600)
        self._layout.kubeconfig.write_text(installation.kubeconfig("admin"), encoding="utf-8")
        _let_go_of_progress()
        while True:
            self._note(*os.waitpid(-1, 0))

    def _start(self, *names: str) -> None:
        environment = {
            "PATH": f"{self._installation.bin}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin",
            "HOME": str(_FOLDER),
            "TMPDIR": str(_FOLDER),
        }
        for name in names:
            with (self._layout.logs / f"{name}.log").open("wb") as log:
                process = subprocess.Popen(
                    self._installation.command(name),
                    env=environment,
                    cwd=_FOLDER,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
            self._parts[process.pid] = name

    def _await(self, what: str, seconds: float, is_there: Callable[[], bool]) -> None:
        """Wait until a condition holds; an OSError means that nothing answers yet."""
        deadline = time.monotonic() + seconds
        obstacle = ""
        while True:
            try:
                if is_there():
                    break
            except OSError as error:
                obstacle = f" ({error})"
            self._reap()
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"{what}: not ready within {seconds:.0f} s{obstacle}; see the logs in "
                    f"{self._layout.logs}"
                )
            time.sleep(_STEP)
        print(f"{time.monotonic() - self._started:5.1f} s  {what} ready", flush=True)

    def _reap(self) -> None:
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._note(pid, status)

    def _note(self, pid: int, status: int) -> None:
        """Processes of pods come and go; the end of a part is the end of the node."""
        name = self._parts.get(pid)
        if name is None:
            return
        code = os.waitstatus_to_exitcode(status)
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with {code}"
        raise PartEnded(
            f"{name} {how} at {time.strftime('%H:%M:%S')}, and the node ended with it; "
            f"see {self._layout.logs / name}.log"
        )


def _listens(port: int) -> Callable[[], bool]:
    def check() -> bool:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True

    return check


def _is_ready(api: Api) -> bool:
    node = api.get(f"/api/v1/nodes/{components.NODE}")
    conditions = {entry["type"]: entry["status"] for entry in node["status"]["conditions"]}
    return conditions.get("Ready") == "True" and not node["spec"].get("taints")


def _let_go_of_progress() -> None:
    """Close standard output: whoever started the node takes its end for the news."""
    with open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())
