# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cluster a run goes to, and what is said when that is not clear."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import kubeconfig as files
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import kubeconfig

TOKEN = "t0ken-of-somebody"


@pytest.fixture(autouse=True)
def nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the machine of the tests has does not count."""
    for name in [name for name in os.environ if name.startswith(("K8S_AUTH_", "KUBE"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def in_a_pod(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The run is in a pod, which has a service account of its own."""
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")


def written(path: Path, server: str) -> str:
    path.write_text(json.dumps(kubeconfig(server, "apps")), encoding="utf-8")
    return str(path)


def refused(given: str | None, folder: Path, context: str | None = None) -> Finding:
    with pytest.raises(FindingError) as raised:
        Cluster(given, context, "apps", str(folder))
    [finding] = raised.value.findings
    return finding


@pytest.mark.usefixtures("in_a_pod")
class TestAClusterThatOnlyTheEnvironmentNames:
    @pytest.mark.parametrize(
        "name", ["K8S_AUTH_HOST", "K8S_AUTH_CONTEXT", "K8S_AUTH_KUBECONFIG", "KUBECONFIG"]
    )
    def test_is_not_left_for_the_one_that_the_run_is_in(
        self, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(name, "/nowhere/prod")
        finding = refused(None, tmp_path)
        assert finding.code == "cluster-environment-unused"
        assert finding.message.startswith(f"{name} names a cluster")

    def test_is_not_left_for_the_usual_kubeconfig_either(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KUBECONFIG", written(tmp_path / "usual", "https://usual:6443"))
        other = written(tmp_path / "other", "https://other:6443")
        monkeypatch.setenv("K8S_AUTH_KUBECONFIG", other)
        assert refused(None, tmp_path).code == "cluster-environment-unused"

    def test_does_not_matter_where_the_run_names_its_own(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("K8S_AUTH_HOST", "K8S_AUTH_KUBECONFIG", "KUBECONFIG"):
            monkeypatch.setenv(name, "/nowhere/prod")
        given = written(tmp_path / "given", "https://given:6443")
        assert Cluster(given, None, "apps", str(tmp_path)).server == "https://given:6443"

    def test_does_not_matter_where_it_is_the_same(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usual = written(tmp_path / "usual", "https://usual:6443")
        monkeypatch.setenv("KUBECONFIG", usual)
        monkeypatch.setenv("K8S_AUTH_KUBECONFIG", usual)
        assert Cluster(None, None, "apps", str(tmp_path)).server == "https://usual:6443"

    def test_is_used_where_a_file_of_the_list_is_there(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        there = written(tmp_path / "there", "https://there:6443")
        monkeypatch.setenv("KUBECONFIG", os.pathsep.join(["/nowhere/prod", there]))
        assert Cluster(None, None, "apps", str(tmp_path)).server == "https://there:6443"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"users:\n- name: {TOKEN}\n  user: {{token: {TOKEN}\n", "it is no YAML"),
        (TOKEN, "it holds one text and no mapping"),
        ("", "it is empty"),
        (f"[{TOKEN}]", "it holds a list and no mapping"),
        (f"clusters: {TOKEN}", "clusters is not a list of mappings"),
        (f"users: [{TOKEN}]", "users is not a list of mappings"),
        (f"contexts: [{{name: a, context: {TOKEN}}}]", "contexts is not a list of mappings"),
        ("clusters: [{cluster: {server: https://a}}]", "clusters is not a list of mappings"),
        ("\0", "it is no YAML"),
    ],
)
def test_a_broken_kubeconfig_is_told_without_its_text(
    text: str, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "broken"
    path.write_text(text, encoding="utf-8")
    finding = refused(str(path), tmp_path)
    assert finding.code == "cluster-not-configured"
    assert f"{path} is not a kubeconfig" in finding.message
    assert problem in finding.message
    assert TOKEN not in finding.message


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "binary"
    path.write_bytes(b"\xff\xfe\x00")
    assert "it is not text" in refused(str(path), tmp_path).message


def test_a_kubeconfig_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "/nowhere/config does not exist" in refused("/nowhere/config", tmp_path).message


@pytest.mark.parametrize("text", ["clusters: null", "clusters: []", "users: [{name: a}]"])
def test_what_only_lacks_something_has_the_shape_of_one(text: str, tmp_path: Path) -> None:
    path = tmp_path / "lacking"
    path.write_text(text, encoding="utf-8")
    assert files.problem(str(path)) is None
    assert refused(str(path), tmp_path).code == "cluster-not-configured"
