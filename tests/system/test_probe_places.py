# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe from every place of a release, on the real node: what it proves, and what it leaves behind."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight import needs
from tests.apps.invitations.image import INVITATIONS
from tests.apps.invitations.release import Release
from tests.harness.account import Account, account, without
from tests.harness.lab import USER, Lab
from tests.harness.playbook import play, write_inputs
from tests.hosts.ssh import deploy

pytestmark = pytest.mark.node

PLAYBOOK = [
    {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [
            {"mailops.smtp.smtp_probe": {}, "register": "probed", "ignore_errors": True},
            {
                "ansible.builtin.copy": {
                    "content": "{{ probed | to_json }}",
                    "dest": "{{ playbook_dir }}/result.json",
                    "mode": "0600",
                },
                "check_mode": False,
                "delegate_to": "localhost",
            },
        ],
    }
]

FROM_A_POD = needs.rules(needs.for_workloads(needs.PROBE, ["Deployment"]))

Probe = Callable[..., dict[str, Any]]


@pytest.fixture
def probe(lab: Lab, release: Release, tmp_path: Path) -> Probe:
    """Runs the probe of one release, and returns the task's result."""

    def run(*arguments: str, work: str = "probe", **changes: Any) -> dict[str, Any]:
        variables = lab.description(release, work=work, **changes)
        lab.relay.set_user(USER, variables.get("smtp_password", ""))
        inventory, _ = write_inputs(tmp_path, {release.name: variables})
        playbook = tmp_path / "probe.yml"
        playbook.write_text(json.dumps(PLAYBOOK))
        played = play(str(playbook), inventory, lab.kubeconfig, *arguments)
        assert "correct horse" not in played.output
        result: dict[str, Any] = json.loads((tmp_path / "result.json").read_text())
        assert "correct horse" not in json.dumps(result)
        return result

    return run


@pytest.fixture
def user(lab: Lab, release: Release, tmp_path: Path) -> Iterator[Account]:
    """A user of the release's namespace without rights yet."""
    yield account("prober", release.namespace, lab.kubeconfig, tmp_path)
    for kind in ("rolebinding", "serviceaccount"):
        lab.kubectl.run("-n", release.namespace, "delete", kind, "prober")


@pytest.fixture
def restricted(lab: Lab, release: Release) -> Iterator[None]:
    """Pods of the namespace must fit PodSecurity "restricted"."""
    label = "pod-security.kubernetes.io/enforce"
    lab.kubectl.run("label", "namespace", release.namespace, f"{label}=restricted")
    yield
    lab.kubectl.run("label", "namespace", release.namespace, f"{label}-")


def names(lab: Lab, release: Release, kind: str) -> list[str]:
    """The objects of a kind in the release's namespace."""
    items = lab.kubectl.json("-n", release.namespace, "get", kind)["items"]
    return [item["metadata"]["name"] for item in items]


def codes(result: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in result["findings"]}


def test_a_pod_proves_the_relay(probe: Probe) -> None:
    result = probe("-v", smtp_probe_from="pod")
    assert not result["failed"], result["msg"]
    assert result["probed_from"].startswith("pod ")
    assert result["relay"]["reached"] == "mail"
    assert result["probed_from"] in result["msg"]


def test_without_the_right_to_exec_the_relay_is_unproven_and_nothing_fails(
    probe: Probe, user: Account
) -> None:
    user.may(without(FROM_A_POD, "pods/exec", "create"))
    asked = probe(smtp_probe_from="pod", smtp_kubeconfig=str(user.kubeconfig))
    assert not asked["failed"], asked["msg"]
    assert codes(asked) == {"probe-not-allowed"}
    # Nobody but the cluster knows the relay's name.
    auto = probe(smtp_kubeconfig=str(user.kubeconfig))
    assert not auto["failed"], auto["msg"]
    assert auto["probed_from"] == "controller"
    assert codes(auto) == {"probe-from-controller", "relay-unproven"}


@pytest.mark.usefixtures("restricted")
def test_a_job_probes_with_the_identity_of_the_workload_and_leaves_nothing(
    probe: Probe, lab: Lab, release: Release
) -> None:
    before = release.pods()
    result = probe(work="probe-job", smtp_probe_from="job", smtp_probe_image=INVITATIONS.name)
    assert not result["failed"], result["msg"]
    assert result["probed_from"].startswith("Job smtp-probe-")
    assert (result["changed"], result["relay"]["reached"]) == (False, "mail")
    assert release.pods() == before
    assert names(lab, release, "jobs") == []


@pytest.mark.usefixtures("restricted")
def test_a_job_whose_image_is_not_there_is_named_and_removed(
    probe: Probe, lab: Lab, release: Release
) -> None:
    result = probe(work="probe-job", smtp_probe_from="job", smtp_probe_image="nowhere.test/none:1")
    assert result["failed"]
    assert codes(result) >= {"probe-pod-unavailable"}
    assert "ErrImagePull" in result["msg"] or "ImagePullBackOff" in result["msg"]
    assert names(lab, release, "jobs") == []


@pytest.mark.usefixtures("restricted")
def test_an_ephemeral_container_probes_from_the_pod_and_ends(
    probe: Probe, lab: Lab, release: Release
) -> None:
    before = release.pods()
    result = probe(
        work="probe-ephemeral", smtp_probe_from="ephemeral", smtp_probe_image=INVITATIONS.name
    )
    assert not result["failed"], result["msg"]
    assert (result["changed"], result["relay"]["reached"]) == (True, "mail")
    assert release.pods() == before
    pod = result["probed_from"].rpartition(" ")[2]
    state = lab.kubectl.json("-n", release.namespace, "get", "pod", pod)["status"]
    [status] = state["ephemeralContainerStatuses"]
    assert "running" not in status["state"]


def test_check_mode_adds_nothing_to_the_cluster_and_sends_no_mail(
    probe: Probe, lab: Lab, release: Release
) -> None:
    result = probe(
        "--check",
        smtp_probe_from="job",
        smtp_probe_image=INVITATIONS.name,
        smtp_probe_until="data",
        smtp_test_recipients="someone@example.org",
    )
    assert codes(result) >= {"test-mail-not-sent", "probe-from-controller"}
    assert names(lab, release, "jobs") == []


def test_a_test_mail_arrives_with_its_token(probe: Probe, lab: Lab) -> None:
    recipient = f"probe-{uuid.uuid4().hex[:8]}@example.org"
    result = probe(smtp_probe_from="pod", smtp_probe_until="data", smtp_test_recipients=recipient)
    assert not result["failed"], result["msg"]
    [sent] = result["relay"]["recipients"]
    assert sent["result"] == "sent"
    token = result["relay"]["token"]
    assert token in result["msg"]
    assert token in lab.relay.wait_for_message(recipient).subject


def test_a_managed_host_probes_by_ssh_and_keeps_no_file(
    probe: Probe, lab: Lab, release: Release, tmp_path: Path
) -> None:
    host = deploy(lab.kubectl, lab.node, name="far", namespace=release.namespace, folder=tmp_path)
    host.run("touch", "/root/before")
    result = probe("-vvvv", smtp_probe_from="host", **host.variables)
    assert not result["failed"], result["msg"]
    assert result["probed_from"] == f"host {release.name}"
    assert result["relay"]["reached"] == "mail"
    assert f"[{host.address}]" in lab.relay.log(tail=50)
    assert host.files(since="/root/before") == []


@pytest.fixture
def closed(lab: Lab) -> Iterator[str]:
    """A Service in front of the relay's pods, at a port that nothing listens on."""
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "closed", "namespace": "mail"},
        "spec": {"selector": {"app": "relay"}, "ports": [{"port": 587, "targetPort": 2599}]},
    }
    lab.kubectl.apply(json.dumps(service))
    yield "closed.mail.svc.cluster.local"
    lab.kubectl.run("-n", "mail", "delete", "service", "closed")


def test_a_policy_that_keeps_the_pods_in_is_named_with_the_one_to_add(
    probe: Probe, lab: Lab, release: Release, closed: str
) -> None:
    deny = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "deny-egress", "namespace": release.namespace},
        "spec": {"podSelector": {}, "policyTypes": ["Egress"]},
    }
    lab.kubectl.apply(json.dumps(deny))
    try:
        # The node's network enforces no policies: a port without a listener fails as an enforced one does.
        # Only an administrator sees the pods behind a Service of another namespace.
        closed_by: dict[str, Any] = {
            "smtp_host": closed,
            "smtp_kubeconfig": str(lab.kubeconfig),
        }
        before = probe(smtp_probe_from="pod", **closed_by)
        kept = [each for each in before["findings"] if each["code"] == "egress-not-allowed"]
        assert {each["where"].split()[1] for each in kept} == {
            f"{release.name}-api",
            f"{release.name}-cmd",
        }
        assert all("deny-egress" in each["message"] for each in kept)
        for each in kept:
            lab.kubectl.apply(each["fix"].partition("<<< ")[2].strip("'"))
        after = probe(smtp_probe_from="pod", **closed_by)
        assert codes(after) & {"relay-refused", "relay-timeout"}
        assert not any("egress" in code for code in codes(after))
    finally:
        lab.kubectl.run("-n", release.namespace, "delete", "networkpolicies", "--all")
