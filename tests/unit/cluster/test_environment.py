# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cluster.environment import for_cluster, nodes, several, without_proxy


def _environment(caller: dict[str, str]) -> dict[str, str]:
    return for_cluster(caller, Path("/node/kubeconfig"), Path("/bins"), Path("/node/tools"))


@pytest.mark.parametrize(
    "name", ["HELM_NAMESPACE", "HELM_KUBECONTEXT", "K8S_AUTH_HOST", "KUBERNETES_SERVICE_HOST"]
)
def test_what_leads_to_another_cluster_is_not_passed_on(name: str) -> None:
    assert name not in _environment({name: "elsewhere"})


def test_the_callers_kubeconfig_is_replaced_by_one_that_does_not_exist() -> None:
    environment = _environment({"KUBECONFIG": "/home/me/.kube/production"})

    assert environment["KUBECONFIG"] == "/node/tools/name-the-kubeconfig"


def test_the_command_learns_the_cluster_and_the_binaries() -> None:
    environment = _environment({"PATH": "/usr/bin"})

    assert environment["MAILOPS_TEST_KUBECONFIG"] == "/node/kubeconfig"
    assert environment["MAILOPS_TEST_BIN"] == "/bins"
    assert environment["PATH"] == "/bins:/usr/bin"


def test_helm_and_kubectl_keep_their_caches_beside_the_node() -> None:
    environment = _environment({"HELM_CACHE_HOME": "/home/me/.cache/helm"})

    caches = [environment[f"HELM_{kind}_HOME"] for kind in ("CACHE", "CONFIG", "DATA")]
    assert all(path.startswith("/node/tools/") for path in (*caches, environment["KUBECACHEDIR"]))


def test_everything_else_is_passed_on() -> None:
    assert _environment({"LANG": "C.UTF-8"})["LANG"] == "C.UTF-8"


@pytest.fixture
def kubeconfigs(tmp_path: Path) -> list[Path]:
    """Those of two nodes."""
    paths = [tmp_path / "first", tmp_path / "second"]
    for number, path in enumerate(paths, 1):
        cluster = {"cluster": {"server": f"https://10.200.{number}.254:6443"}}
        path.write_text(json.dumps({"clusters": [cluster]}))
    return paths


def test_a_node_is_reached_past_the_callers_proxy(kubeconfigs: list[Path]) -> None:
    assert without_proxy({"NO_PROXY": "intranet"}, kubeconfigs[:1]) == {
        "NO_PROXY": "intranet,10.200.1.254",
        "no_proxy": "10.200.1.254",
    }


def test_every_one_of_several_nodes_is_known_and_reached_past_the_proxy(
    kubeconfigs: list[Path],
) -> None:
    environment = several(_environment({}), kubeconfigs)

    assert nodes(environment) == list(map(str, kubeconfigs))
    assert environment["NO_PROXY"] == "10.200.1.254,10.200.2.254"
    assert environment["MAILOPS_TEST_KUBECONFIG"] == "/node/kubeconfig"


def test_a_single_node_is_the_one_of_all() -> None:
    assert nodes(_environment({})) == ["/node/kubeconfig"]
