# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of commands that use the test cluster, and must find no other."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

KUBECONFIG_VARIABLE = "MAILOPS_TEST_KUBECONFIG"
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


def without_proxy(caller: Mapping[str, str], kubeconfig: Path) -> dict[str, str]:
    """Let no proxy stand between this host and its own node.

    :param kubeconfig: the node's, which is JSON.
    """
    cluster = json.loads(kubeconfig.read_text(encoding="utf-8"))["clusters"][0]["cluster"]
    address = str(urlsplit(cluster["server"]).hostname)
    return {
        name: ",".join(filter(None, [caller.get(name), address]))
        for name in ("NO_PROXY", "no_proxy")
    }
