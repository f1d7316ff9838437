# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of commands that use the test cluster, and must find no other."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

KUBECONFIG_VARIABLE = "MAILOPS_TEST_KUBECONFIG"
NODES_VARIABLE = "MAILOPS_TEST_KUBECONFIGS"
"""Where there are several nodes: the kubeconfigs of all, separated as in PATH."""
BIN_VARIABLE = "MAILOPS_TEST_BIN"

_LEAD_ELSEWHERE = ("HELM_", "K8S_AUTH_", "KUBE")
"""Beginnings of variables that could name another cluster, or settings made for one."""


def for_cluster(
    caller: Mapping[str, str], kubeconfig: Path, binaries: Path, caches: Path
) -> dict[str, str]:
    """The caller's environment, without what leads to another cluster.

    KUBECONFIG names a file that does not exist: a tool that is not told the cluster then finds
    none, instead of the one in the caller's home.

    :param binaries: comes first in PATH.
    :param caches: folder for what kubectl and Helm keep.
    """
    kept = {name: value for name, value in caller.items() if not name.startswith(_LEAD_ELSEWHERE)}
    return {
        **kept,
        KUBECONFIG_VARIABLE: str(kubeconfig),
        BIN_VARIABLE: str(binaries),
        "PATH": f"{binaries}:{caller.get('PATH', os.defpath)}",
        "KUBECONFIG": str(caches / "name-the-kubeconfig"),
        "KUBECACHEDIR": str(caches / "kube"),
        "HELM_CACHE_HOME": str(caches / "helm" / "cache"),
        "HELM_CONFIG_HOME": str(caches / "helm" / "config"),
        "HELM_DATA_HOME": str(caches / "helm" / "data"),
    }


def several(caller: Mapping[str, str], kubeconfigs: Sequence[Path]) -> dict[str, str]:
    """The environment of the first of several nodes, with the way to all of them."""
    return {
        **caller,
        NODES_VARIABLE: os.pathsep.join(map(str, kubeconfigs)),
        **without_proxy(caller, kubeconfigs),
    }


def nodes(caller: Mapping[str, str]) -> list[str]:
    """The kubeconfigs of all clusters that a command may use: one for each worker of its tests."""
    return caller.get(NODES_VARIABLE, caller[KUBECONFIG_VARIABLE]).split(os.pathsep)


def without_proxy(caller: Mapping[str, str], kubeconfigs: Sequence[Path]) -> dict[str, str]:
    """Let no proxy stand between this host and its own nodes.

    :param kubeconfigs: the nodes', which are JSON.
    """
    clusters = [json.loads(path.read_text(encoding="utf-8"))["clusters"] for path in kubeconfigs]
    addresses = [str(urlsplit(found[0]["cluster"]["server"]).hostname) for found in clusters]
    return {
        name: ",".join(filter(None, [caller.get(name), *addresses]))
        for name in ("NO_PROXY", "no_proxy")
    }
