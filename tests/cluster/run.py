# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one command against a cluster: the node, or the one that the caller names."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.cluster.errors import ClusterError
from tests.cluster.node import Node, Report

KUBECONFIG_VARIABLE = "MAILOPS_TEST_KUBECONFIG"
BIN_VARIABLE = "MAILOPS_TEST_BIN"

_LEAD_ELSEWHERE = ("HELM_", "K8S_AUTH_", "KUBE")
"""Beginnings of variables that could name another cluster, or settings made for one."""
_PATIENCE = 20.0
"""Seconds that the command gets to end after a signal."""


def run(node: Node, command: Sequence[str], report: Report) -> int:
    """Run ``command`` and return its exit code; a node that was started for it ends with it.

    :raises ClusterError: the command cannot be started, or the node does not start or end.
    """
    named = os.environ.get(KUBECONFIG_VARIABLE)
    if named:
        report(f"using the cluster of {KUBECONFIG_VARIABLE}={named}; no node is started")
        return _call(command, environment(os.environ, Path(named), node))
    started = False
    try:
        started = node.up(report, attached=True)
        return _call(command, environment(os.environ, node.kubeconfig, node))
    finally:
        if started:
            for interrupt in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(interrupt, signal.SIG_IGN)
            node.down()


def environment(caller: Mapping[str, str], kubeconfig: Path, node: Node) -> dict[str, str]:
    """The caller's environment, without what leads to another cluster.

    KUBECONFIG names a file that does not exist: a tool that forgets to name the cluster then
    finds none, instead of the one in the caller's home.
    """
    kept = {name: value for name, value in caller.items() if not name.startswith(_LEAD_ELSEWHERE)}
    tools = node.layout.tools
    return {
        **kept,
        KUBECONFIG_VARIABLE: str(kubeconfig),
        BIN_VARIABLE: str(node.bin),
        "PATH": f"{node.bin}:{caller.get('PATH', os.defpath)}",
        "KUBECONFIG": str(tools / "name-the-kubeconfig"),
        "KUBECACHEDIR": str(tools / "kube"),
        "HELM_CACHE_HOME": str(tools / "helm" / "cache"),
        "HELM_CONFIG_HOME": str(tools / "helm" / "config"),
        "HELM_DATA_HOME": str(tools / "helm" / "data"),
    }


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
