# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster that the integration tests use, and the mail servers in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cluster.kubectl import Kubectl
from tests.cluster.node import Node
from tests.relays.dovecot import Dovecot
from tests.relays.exim import Exim
from tests.relays.postfix import Relay
from tests.relays.token import TokenServer

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


@pytest.fixture(scope="session")
def tokens() -> TokenServer:
    return TokenServer()


@pytest.fixture(scope="session")
def dovecot(
    kubectl: Kubectl,
    node: Node,
    relay: Relay,
    tokens: TokenServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Dovecot:
    """It hands over to the relay."""
    return Dovecot.deploy(kubectl, node, tokens, folder=tmp_path_factory.mktemp("dovecot"))


@pytest.fixture(scope="session")
def exim(
    kubectl: Kubectl, node: Node, relay: Relay, tmp_path_factory: pytest.TempPathFactory
) -> Exim:
    """It hands over to the relay."""
    return Exim.deploy(kubectl, node, folder=tmp_path_factory.mktemp("exim"))
