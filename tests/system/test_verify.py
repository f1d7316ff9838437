# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verification on the real node: what every pod really has, however it can be told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight import needs
from tests.apps.invitations.release import Release
from tests.apps.kinds.release import MAIL, installed
from tests.harness.account import account, without
from tests.harness.lab import Lab
from tests.harness.playbook import play, write_inputs
from tests.system.conftest import PLAYBOOK

pytestmark = pytest.mark.node

EXEC = "pods/exec"

Verify = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def kinds(lab: Lab) -> Iterator[Release]:
    """The application with mail, as if somebody had configured it by hand."""
    release = installed(lab.release())
    yield release
    release.remove()


@pytest.fixture(scope="module")
def configured(lab: Lab, kinds: Release, tmp_path_factory: pytest.TempPathFactory) -> Release:
    inventory, _ = write_inputs(
        tmp_path_factory.mktemp("configured"), {kinds.name: lab.description(kinds, **MAIL)}
    )
    played = play(PLAYBOOK, inventory, lab.kubeconfig, "--tags", "deploy")
    assert played.returncode == 0, played.output
    return kinds


@pytest.fixture
def verify(lab: Lab, configured: Release, tmp_path: Path) -> Verify:
    """Runs the verification alone, and returns its result."""

    def run(*arguments: str, **changes: Any) -> dict[str, Any]:
        variables = lab.description(configured, work="verify", **{**MAIL, **changes})
        inventory, _ = write_inputs(tmp_path, {configured.name: variables})
        played = play(PLAYBOOK, inventory, lab.kubeconfig, "-v", "--tags", "verify", *arguments)
        assert "Traceback" not in played.output
        for secret in ("correct horse", "another password"):
            assert secret not in played.output
        return next(result for result in reversed(played.results) if "pods" in result)

    return run


def versions(release: Release) -> dict[str, str]:
    """Every object of the namespace that could be changed, by its version."""
    kinds = "secrets,configmaps,deployments,statefulsets,daemonsets,pods"
    items = release.kubectl.json("-n", release.namespace, "get", kinds)["items"]
    return {
        f"{item['kind']}/{item['metadata']['name']}": item["metadata"]["resourceVersion"]
        for item in items
    }


def test_every_pod_is_read_in_the_way_that_it_allows_also_in_check_mode_and_nothing_is_changed(
    configured: Release, verify: Verify
) -> None:
    before = versions(configured)
    result = verify("--check")
    assert (result["findings"], result["changed"]) == ([], False)
    assert len(result["pods"]) == 3
    ways = {entry["container"]: entry["read_from"] for entry in result["pods"]}
    assert ways == {"web": "container", "queue": "specification", "agent": "specification"}
    reasons = {entry["reason"] for entry in result["pods"] if entry["container"] == "queue"}
    assert "executable file not found" in reasons.pop()
    assert versions(configured) == before


@pytest.fixture
def twin(configured: Release) -> Iterator[str]:
    """Another Deployment whose pods have the labels of the web workload's, and no mail."""
    name, place = f"{configured.name}-twin", ("-n", configured.namespace)
    spec = configured.kubectl.json(*place, "get", "deployment", f"{configured.name}-web")["spec"]
    spec["template"]["spec"]["containers"][0]["env"] = []
    twin = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": configured.namespace},
        "spec": spec,
    }
    configured.kubectl.apply(json.dumps(twin))
    rollout = ("rollout", "status", f"deployment/{name}", "--timeout=60s")
    configured.kubectl.run(*place, *rollout, timeout=70)
    yield name
    configured.kubectl.run(*place, "delete", "deployment", name)


def test_pods_of_another_deployment_with_the_same_labels_are_not_looked_at(
    configured: Release, verify: Verify, twin: str
) -> None:
    assert any(name.startswith(twin) for name in configured.pods())
    result = verify()
    assert result["findings"] == []
    assert len(result["pods"]) == 3


def test_a_deviation_is_told_with_pod_container_variable_expected_and_found(
    configured: Release, verify: Verify
) -> None:
    result = verify(
        smtp_host="other.example.com",
        smtp_password="another password",
        smtp_from_address="other@example.com",
    )
    assert {finding["code"] for finding in result["findings"]} == {
        "environment-differs",
        "secret-differs",
    }
    [queue] = [name for name in configured.pods() if name.endswith("-queue-0")]
    assert {
        "pod": queue,
        "container": "queue",
        "kind": "variable",
        "name": "MAIL_HOST",
        "key": "",
        "expected": "'other.example.com'",
        "found": "'relay.mail.svc.cluster.local'",
    } in result["differences"]
    found = [entry for entry in result["differences"] if entry["pod"] == queue]
    assert {(entry["kind"], entry["name"]) for entry in found} == {
        ("variable", "MAIL_HOST"),
        ("variable", "MAIL_LOGIN"),
        ("variable", "MAIL_PASSWORD"),
        ("file", "/etc/app.ini"),
    }


def test_what_must_be_absent_and_is_there_is_told(verify: Verify) -> None:
    result = verify(smtp_auth="none", smtp_username=None, smtp_password=None)
    left = {
        (entry["container"], entry["name"], entry["expected"], entry["found"])
        for entry in result["differences"]
        if entry["kind"] == "variable" and entry["name"] != "MAIL_LOGIN"
    }
    assert left == {
        (container, *told)
        for container in ("web", "queue", "agent")
        for told in (
            ("MAIL_USER", "not set", "set"),
            ("MAIL_PASSWORD", "''", "another value (not shown)"),
        )
    }


def test_whoever_may_run_nothing_in_a_pod_is_told_by_its_specification(
    lab: Lab, configured: Release, verify: Verify, tmp_path: Path
) -> None:
    reader = account("reader", configured.namespace, lab.kubeconfig, tmp_path)
    reader.may(without(without(needs.rules(needs.VERIFY), EXEC, "create"), EXEC, "get"))
    result = verify(smtp_kubeconfig=str(reader.kubeconfig))
    assert result["findings"] == []
    assert {entry["read_from"] for entry in result["pods"]} == {"specification"}
    [web] = [entry["reason"] for entry in result["pods"] if entry["container"] == "web"]
    assert 'cannot get resource "pods/exec"' in web


def test_pods_of_an_older_revision_are_named(configured: Release, verify: Verify) -> None:
    agent = f"{configured.name}-agent"
    body = {"spec": {"template": {"metadata": {"annotations": {"example.com/x": "y"}}}}}
    configured.kubectl.run(
        *("-n", configured.namespace, "patch", f"daemonset/{agent}", "-p", json.dumps(body))
    )
    [finding] = verify()["findings"]
    assert (finding["code"], finding["severity"]) == ("pod-of-older-revision", "warning")
    [pod] = [name for name in configured.pods() if name.startswith(agent)]
    assert pod in finding["message"]
