# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one command against a cluster: the node, or the one that the caller names."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.cluster.environment import KUBECONFIG_VARIABLE, for_cluster, several
from tests.cluster.errors import ClusterError
from tests.cluster.node import Node, Report

_PATIENCE = 20.0
"""Seconds that the command gets to end after a signal."""


def run(nodes: Sequence[Node], command: Sequence[str], report: Report) -> int:
    """Run ``command`` and return its exit code; nodes that were started for it end with it.

    :param nodes: at least one; the command gets the first, unless it asks for the others.
    :raises ClusterError: the command cannot be started, or the node does not start or end.
    """
    named = os.environ.get(KUBECONFIG_VARIABLE)
    if named:
        report(f"using the cluster of {KUBECONFIG_VARIABLE}={named}; no node is started")
        first = nodes[0]
        return _call(command, for_cluster(os.environ, Path(named), first.bin, first.layout.tools))
    started: list[Node] = []
    try:
        for node in nodes:
            if node.up(report, attached=True):
                started.append(node)
        kubeconfigs = [node.kubeconfig for node in nodes]
        return _call(command, several(nodes[0].environment(), kubeconfigs))
    finally:
        for interrupt in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(interrupt, signal.SIG_IGN)
        with ExitStack() as stack:
            for node in started:
                stack.callback(node.down)


def _call(command: Sequence[str], variables: Mapping[str, str]) -> int:
    try:
        process = subprocess.Popen(command, env=variables)
    except OSError as error:
        raise ClusterError(f"cannot run {command[0]}: {error.strerror}") from error
    try:
        code = process.wait()
    except BaseException:
        _end(process)
        raise
    return code if code >= 0 else 128 - code


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
