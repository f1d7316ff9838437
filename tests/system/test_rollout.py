# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restarts on the real node: only what owes one, once for each change, and every failure explained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.apps.invitations.release import Release
from tests.apps.kinds.release import MAIL, UNREADY, WORKLOADS, installed, leave_stuck
from tests.harness.lab import Lab
from tests.harness.playbook import Played
from tests.system.conftest import Configure

pytestmark = pytest.mark.node


@dataclass(frozen=True)
class App:
    """One installation of the application of each kind."""

    release: Release
    configure: Configure

    def deploy(self, tags: str = "deploy,verify", **changes: Any) -> Played:
        """Brings mail in and looks at it; the relay is not asked."""
        settings = {**MAIL, **changes}
        return self.configure(self.release, "-v", "--tags", tags, known=False, **settings)

    @property
    def named(self) -> list[str]:
        return [name.format(self.release.name) for name in WORKLOADS]

    def pods(self, workload: str = "") -> set[str]:
        """The uids of the pods of a workload, or of all."""
        begin = f"{self.release.name}-{workload}"
        return {uid for name, uid in self.release.pods().items() if name.startswith(begin)}

    def ready(self, workload: str) -> int:
        """How many pods of the StatefulSet are ready and have its newest template."""
        place, name = ("-n", self.release.namespace), f"{self.release.name}-{workload}"
        status = self.release.kubectl.json(*place, "get", "statefulset", name)["status"]
        assert status["currentRevision"] == status["updateRevision"]
        return int(status["readyReplicas"])

    def image(self, pod: str) -> str:
        """What the container of a pod is made of."""
        place = ("-n", self.release.namespace)
        found = self.release.kubectl.json(*place, "get", "pod", f"{self.release.name}-{pod}")
        return str(found["spec"]["containers"][0]["image"])

    def rolls(self, kind: str, workload: str) -> int:
        """How many templates a workload has had."""
        items = self.release.kubectl.json("-n", self.release.namespace, "get", kind)["items"]
        owner = f"{self.release.name}-{workload}"
        owners = (item["metadata"]["ownerReferences"][0]["name"] for item in items)
        return sum(name == owner for name in owners)

    def autoscale(self, pods: int) -> None:
        """Lets an autoscaler set the number of pods of the web workload; it needs no metrics for that."""
        name, namespace = f"{self.release.name}-web", self.release.namespace
        cpu = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 90}}
        autoscaler = {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
                "minReplicas": pods,
                "maxReplicas": 5,
                "metrics": [{"type": "Resource", "resource": cpu}],
            },
        }
        self.release.kubectl.apply(json.dumps(autoscaler))
        self.release.kubectl.run(
            *("-n", namespace, "wait", f"deployment/{name}", "--timeout=60s"),
            f"--for=jsonpath={{.spec.replicas}}={pods}",
            timeout=70,
        )


def codes(result: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in result["findings"]}


def step(played: Played, key: str) -> dict[str, Any]:
    """The result of the step that returns something by this name."""
    assert "Traceback" not in played.output
    return next(result for result in reversed(played.results) if key in result)


@pytest.fixture(scope="module")
def kinds(lab: Lab) -> Iterator[Release]:
    release = installed(lab.release())
    yield release
    release.remove()


@pytest.fixture
def app(kinds: Release, configure: Configure) -> App:
    return App(kinds, configure)


class TestAReleaseOverItsLife:
    """The steps build on each other."""

    def test_a_change_rolls_each_workload_once(self, app: App) -> None:
        before = app.pods()
        played = app.deploy()
        assert played.returncode == 0, played.output
        assert not before & app.pods()
        assert (app.rolls("replicasets", "web"), app.rolls("controllerrevisions", "queue")) == (
            2,
            2,
        )
        assert step(played, "upgraded")["restarted"] == [app.named[2]]

    def test_a_second_run_touches_no_pod(self, app: App) -> None:
        before = app.pods()
        played = app.deploy()
        assert (played.returncode, played.changed) == (0, 0), played.output
        assert app.pods() == before

    def test_a_restart_can_be_left_to_a_later_run_and_is_named(self, app: App) -> None:
        before = app.pods()
        played = app.deploy(smtp_password="battery staple", smtp_restart="defer")
        assert played.returncode == 0, played.output
        released, verified = step(played, "upgraded"), step(played, "pods")
        assert (released["restart_owed"], released["restarted"]) == (app.named, [])
        assert codes(released) >= {"restart-left"}
        assert codes(verified) == {"restart-owed"}
        assert app.pods() == before

    def test_or_to_somebody_else_and_then_only_the_verification_looks_for_it(
        self, app: App
    ) -> None:
        before = app.pods()
        played = app.deploy(smtp_password="battery staple", smtp_restart="never")
        assert (played.returncode, played.changed) == (0, 0), played.output
        assert step(played, "upgraded")["restart_owed"] == []
        owed = [entry["where"] for entry in step(played, "pods")["findings"]]
        assert len(owed) == len(before)
        assert app.pods() == before

    def test_the_later_run_restarts_them_once_while_an_autoscaler_is_at_work(
        self, app: App
    ) -> None:
        before, revision = app.pods(), app.release.revision()
        rolls = app.rolls("replicasets", "web"), app.rolls("controllerrevisions", "queue")
        app.autoscale(2)
        played = app.deploy(smtp_password="battery staple")
        assert (played.returncode, played.changed) == (0, 1), played.output
        assert step(played, "upgraded")["restarted"] == app.named
        assert app.release.revision() == revision
        assert not before & app.pods()
        assert len(app.pods("web")) == 2
        assert (
            app.rolls("replicasets", "web"),
            app.rolls("controllerrevisions", "queue"),
        ) == (rolls[0] + 1, rolls[1] + 1)

    def test_a_quota_that_forbids_the_new_pod_ends_the_wait_early(self, app: App) -> None:
        # None at all: what one workload gives up while it rolls, another one would take.
        quota = {
            "apiVersion": "v1",
            "kind": "ResourceQuota",
            "metadata": {"name": "full", "namespace": app.release.namespace},
            "spec": {"hard": {"pods": "0"}},
        }
        app.release.kubectl.apply(json.dumps(quota))
        played = app.deploy(
            "deploy",
            smtp_password="battery staple",
            smtp_host="other.example.com",
            smtp_back_out="no",
        )
        assert played.failed == 1, played.output
        found = {each["where"]: each for each in played.results[-1]["findings"]}
        assert found[app.named[0]]["code"] == "pods-over-quota"
        assert "exceeded quota: full" in found[app.named[0]]["message"]
        app.release.kubectl.run("-n", app.release.namespace, "delete", "quota", "full")

    def test_a_crash_with_the_new_settings_is_explained_by_the_last_log_lines(
        self, app: App
    ) -> None:
        played = app.deploy(
            "deploy", smtp_password="expired", smtp_rollout_timeout=10, smtp_back_out="no"
        )
        assert played.failed == 1, played.output
        [finding] = [each for each in played.results[-1]["findings"] if "crash" in each["code"]]
        assert "exit code 3 (Error)" in finding["message"]
        assert "Last log lines: no login with ********" in finding["message"]
        assert "no login with expired" not in played.output


def test_a_stateful_set_whose_pod_did_not_come_up_rolls_with_the_next_change(
    lab: Lab, configure: Configure
) -> None:
    app = App(installed(lab.release()), configure)
    leave_stuck(app.release)
    assert app.image("queue-0") == "no Image"
    played = app.deploy()
    assert (played.returncode, played.changed) == (0, 1), played.output
    assert app.image("queue-0") != "no Image"
    app.release.remove()


@pytest.mark.faults
@pytest.mark.parametrize("helm", ["helm", "helm3"])
def test_a_stateful_set_whose_pod_does_not_come_up_gets_that_back_with_the_settings_before(
    lab: Lab, configure: Configure, helm: str
) -> None:
    app = App(installed(lab.release(helm=helm), queue={"replicas": 2}), configure)
    assert app.deploy().returncode == 0
    # Its probe comes with that relay, and is not for mail.
    unready = {"smtp_host": UNREADY, "smtp_allow_changes": "*", "smtp_rollout_timeout": 20}
    played = app.deploy("deploy", **unready)
    assert played.failed == 1, played.output
    cause, undone = played.results[-1]["findings"][0], codes(played.results[-1])
    assert (cause["where"], cause["code"]) == (app.named[1], "probe-fails"), played.output
    assert "change-undone" in undone, played.output
    assert app.ready("queue") == 2
    played = app.deploy()
    assert (played.returncode, played.changed) == (0, 0), played.output
    app.release.remove()
