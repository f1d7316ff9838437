# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The node's keeper: the host's side of it.

It opens the PID namespace, joins the node's network to the host's, and clears up when the node
ends. Run as ``python -m tests.cluster.keeper``; standard output is for progress, and is closed
when the node is ready or has failed. It ends the node on SIGTERM.
"""

from __future__ import annotations

import argparse
import os
import select
import signal
import socket
import sys
from pathlib import Path
from types import FrameType

from tests.cluster import init, network, remains
from tests.cluster.errors import ClusterError
from tests.cluster.layout import Layout


class _Stop(BaseException):
    """Somebody asked for the node's end."""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("state", type=Path)
    parser.add_argument("bin", type=Path)
    parser.add_argument("pause", type=Path)
    parser.add_argument("--attached", action="store_true", help="end when standard input ends")
    options = parser.parse_args()
    layout = Layout(options.state)
    ours, theirs = socket.socketpair()
    own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY)
    os.unshare(os.CLONE_NEWPID)
    child = os.fork()
    if child == 0:
        ours.close()
        init.run(layout, options.bin, options.pause, theirs)
    os.setns(own_pids, os.CLONE_NEWPID)
    theirs.close()
    signal.signal(signal.SIGTERM, _stop)
    try:
        layout.write_processes(os.getpid(), child)
        _connect(layout, child, ours)
        if _wait(child, options.attached) and not layout.failure.exists():
            layout.failure.write_text("process 1 of the node was killed\n", encoding="utf-8")
    except (ClusterError, OSError) as error:
        layout.failure.write_text(f"{error}\n", encoding="utf-8")
    except _Stop:
        return 0
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        remains.clear(layout)
    return 1


def _connect(layout: Layout, child: int, channel: socket.socket) -> None:
    if channel.recv(1):
        addresses = network.connect(layout.interface, child)
        channel.sendall(f"{addresses.block}\n".encode("ascii"))
    channel.close()
    # From here on only the node itself has news.
    with open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), sys.stdout.fileno())


def _wait(child: int, attached: bool) -> bool:
    """Wait until the node ends (true), or whom it is attached to (false)."""
    process = os.pidfd_open(child)
    ends = select.poll()
    ends.register(process, select.POLLIN)
    if attached:
        ends.register(sys.stdin.fileno(), select.POLLHUP)
    return any(descriptor == process for descriptor, _ in ends.poll())


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stop


if __name__ == "__main__":
    sys.exit(main())
