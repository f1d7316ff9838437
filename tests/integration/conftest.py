# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster that the integration tests use, and the relay in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cluster.kubectl import Kubectl
from tests.cluster.node import Node
from tests.relays.postfix import Relay

KUBECONFIG_VARIABLE = "MAILOPS_TEST_KUBECONFIG"


@pytest.fixture(scope="session")
def kubeconfig() -> Path:
    path = os.environ.get(KUBECONFIG_VARIABLE)
    if not path:
        pytest.skip(
            f"{KUBECONFIG_VARIABLE} names no cluster: run `python -m tests.cluster run -- pytest …`"
        )
    return Path(path)


@pytest.fixture(scope="session")
def kubectl(kubeconfig: Path) -> Kubectl:
    return Kubectl(kubeconfig)


@pytest.fixture(scope="session")
def node(kubeconfig: Path) -> Node:
    """The node, which takes images; another cluster has to get its images by itself."""
    node = Node(kubeconfig.parent)
    if node.kubeconfig != kubeconfig.resolve() or not node.is_up():
        pytest.skip(f"{KUBECONFIG_VARIABLE} names a cluster that is no node of tests/cluster")
    return node


@pytest.fixture(scope="session")
def relay(kubectl: Kubectl, node: Node, tmp_path_factory: pytest.TempPathFactory) -> Relay:
    return Relay.deploy(kubectl, node, folder=tmp_path_factory.mktemp("relay"))
