# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one command against a cluster: the node, or the one that the caller names."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.cluster.environment import KUBECONFIG_VARIABLE, for_cluster
from tests.cluster.errors import ClusterError
from tests.cluster.node import Node, Report

_PATIENCE = 20.0
"""Seconds that the command gets to end after a signal."""


def run(node: Node, command: Sequence[str], report: Report) -> int:
    """Run ``command`` and return its exit code; a node that was started for it ends with it.

    :raises ClusterError: the command cannot be started, or the node does not start or end.
    """
    named = os.environ.get(KUBECONFIG_VARIABLE)
    if named:
        report(f"using the cluster of {KUBECONFIG_VARIABLE}={named}; no node is started")
        return _call(command, for_cluster(os.environ, Path(named), node.bin, node.layout.tools))
    started = False
    try:
        started = node.up(report, attached=True)
        return _call(command, node.environment())
    finally:
        for interrupt in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(interrupt, signal.SIG_IGN)
        if started:
            node.down()


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
