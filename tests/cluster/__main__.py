# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: ``python -m tests.cluster build | up | down | status | load | run | …``."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from tests.cluster import build, machine
from tests.cluster.errors import ClusterError, RefusalError
from tests.cluster.layout import DEFAULT_STATE
from tests.cluster.node import Node
from tests.cluster.run import run
from tests.images.build import ImageError


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        code: int = options.act(options)
    except RefusalError as error:
        print(f"tests.cluster: {error}", file=sys.stderr)
        return 2
    except (ClusterError, ImageError) as error:
        print(f"tests.cluster: {error}", file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.cluster",
        description="A real Kubernetes node for tests, in namespaces of its own.",
    )
    parser.add_argument(
        "--state",
        type=Path,
        default=DEFAULT_STATE,
        help="folder that holds everything the node writes (default: %(default)s)",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, act: object, help_text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=help_text, description=help_text)
        sub.set_defaults(act=act)
        return sub

    command("requirements", _requirements, "print the Debian packages that are missing")
    command("build", _build, "build the binaries, once for each user")
    command("up", _up, "start the node")
    command("down", _down, "end the node and make sure that nothing is left")
    command("status", _status, "say in one line whether the node is up (exit code 0) or not (1)")
    load = command("load", _load, "import docker-archive tars")
    load.add_argument("archive", type=Path, nargs="+")
    within = command("run", _run, "run a command with a node that ends with it")
    within.add_argument(
        "--nodes",
        type=int,
        default=1,
        metavar="N",
        help="start so many, for tests that run at the same time (default: %(default)s)",
    )
    within.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND ARGUMENTS …")
    return parser


def _requirements(_options: argparse.Namespace) -> int:
    # What would stop the build or the start minutes later is said here, before anything is installed.
    machine.check_user()
    machine.check_memory()
    build.check_go()
    for package in machine.missing_packages():
        print(package)
    return 0


def _build(_options: argparse.Namespace) -> int:
    print(build.build(_say))
    return 0


def _up(options: argparse.Namespace) -> int:
    node = Node(options.state)
    started = node.up(_say)
    print(f"node is {'up' if started else 'up already'}: kubeconfig {node.kubeconfig}")
    return 0


def _down(options: argparse.Namespace) -> int:
    Node(options.state).down()
    print("node is down: no process, interface, mount or cgroup of it is left")
    return 0


def _status(options: argparse.Namespace) -> int:
    node = Node(options.state)
    if node.is_up():
        print(f"up: kubeconfig {node.kubeconfig}")
        return 0
    if node.is_alive():
        print("starting or ending")
        return 1
    reason = node.failure()
    print(f"down: {reason}" if reason else "down")
    return 1


def _load(options: argparse.Namespace) -> int:
    node = Node(options.state)
    for archive in options.archive:
        node.load(archive)
    return 0


def _run(options: argparse.Namespace) -> int:
    command: list[str] = options.command
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        raise RefusalError("run: name a command, like 'python -m tests.cluster run -- make test'")
    if options.nodes < 1:
        raise RefusalError("run: --nodes is a number from 1")
    more = [options.state.with_name(f"{options.state.name}-{n}") for n in range(1, options.nodes)]
    return run([Node(state) for state in (options.state, *more)], command, _say)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    for interrupt in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(interrupt, _interrupt)
    sys.exit(main(sys.argv[1:]))
