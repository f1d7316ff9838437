# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workloads of a release are read all at once, rolled only when it is owed, and waited for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Evidence
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.workloads import (
    RESTARTED_AT,
    Seen,
    Workloads,
    check,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    API,
    CMD,
    Clock,
    ScriptedCluster,
    crashing,
    deployment,
    environ,
    leaving,
    pod,
    secret,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    PASSWORD,
    codes,
    findings_of,
    the_finding,
)

LIMIT = 60
REFERENCE = {
    "name": "PASSWORD",
    "valueFrom": {"secretKeyRef": {"name": "creds", "key": "password"}},
}
WANTED = dict.fromkeys((API, CMD), Evidence({"HOST": "mail", "PASSWORD": Secret("new")}))
HOST = {"name": "HOST", "value": "mail"}


@dataclass
class Scene:
    """A release with two workloads, each with one ready pod."""

    cluster: ScriptedCluster = field(
        default_factory=lambda: ScriptedCluster(
            states={name: deployment(name) for name in ("qua-api", "qua-cmd")},
            pods_of={name: [pod(f"{name}-1")] for name in ("qua-api", "qua-cmd")},
            environments={
                "qua-api-1": environ(HOST="mail", PASSWORD="new"),
                "qua-cmd-1": environ(HOST="mail", PASSWORD="new"),
            },
        )
    )
    clock: Clock = field(default_factory=Clock)
    said: list[str] = field(default_factory=list)
    kept: list[Secret] = field(default_factory=list)

    @property
    def workloads(self) -> Workloads:
        return Workloads(
            cluster=cast(Cluster, self.cluster),
            workloads=(API, CMD),
            release="qua",
            redactor=Redactor([Secret(PASSWORD)]),
            secrets_kept=lambda: self.kept,
            clock=self.clock,
            progress=self.said.append,
        )

    def after(self, seconds: float, change: Callable[[], None]) -> None:
        """Changes the cluster once the clock shows a time."""

        def act(time: float) -> None:
            if time >= seconds:
                change()

        self.clock.on_sleep = act

    def stuck(self, found: dict[str, Any]) -> None:
        """One workload whose new pod does not become ready."""
        self.cluster.states["qua-api"] = deployment("qua-api", ready=0)
        self.cluster.pods_of["qua-api"] = [found]


@pytest.fixture
def scene() -> Scene:
    return Scene()


class TestLive:
    def test_gives_each_workload_as_it_is(self, scene: Scene) -> None:
        assert set(scene.workloads.live()) == {API, CMD}

    def test_names_every_workload_that_is_not_there(self, scene: Scene) -> None:
        scene.cluster.states.clear()
        found = findings_of(scene.workloads.live)
        assert codes(found) == ["workload-not-found"] * 2
        assert found[0].message == "There is no Deployment qua-api in namespace apps."


class TestReading:
    def test_gives_the_environment_of_every_ready_pod(self, scene: Scene) -> None:
        scene.cluster.pods_of["qua-api"] += [leaving("old"), pod("starting", ready=False)]
        seen = scene.workloads.ready(scene.workloads.live())
        assert seen == [
            Seen(API, "qua-api-1", {"HOST": "mail", "PASSWORD": "new"}),
            Seen(CMD, "qua-cmd-1", {"HOST": "mail", "PASSWORD": "new"}),
        ]

    def test_of_a_workload_that_is_scaled_to_nothing_is_no_problem(self, scene: Scene) -> None:
        scene.cluster.states["qua-api"] = deployment(replicas=0, updated=0, ready=0)
        scene.cluster.pods_of["qua-api"] = []
        assert [entry.pod for entry in scene.workloads.ready(scene.workloads.live())] == [
            "qua-cmd-1"
        ]

    def test_names_every_workload_without_a_ready_pod_and_its_reason(self, scene: Scene) -> None:
        scene.cluster.pods_of = {"qua-api": [crashing()], "qua-cmd": []}
        found = findings_of(lambda: scene.workloads.ready(scene.workloads.live()))
        assert codes(found) == ["no-ready-pod"] * 2
        assert "CrashLoopBackOff" in found[0].message
        assert "There is no pod." in found[1].message

    def test_names_every_container_that_cannot_be_read(self, scene: Scene) -> None:
        scene.cluster.environments.clear()
        found = findings_of(lambda: scene.workloads.ready(scene.workloads.live()))
        assert codes(found) == ["pod-not-readable"] * 2
        assert "executable file not found" in found[0].message


class TestTheRollThatIsOwed:
    def owed(self, scene: Scene, *env: dict[str, Any]) -> list[Any]:
        scene.cluster.states["qua-api"] = deployment(env=list(env))
        scene.cluster.states["qua-cmd"] = deployment("qua-cmd", env=list(env))
        live = scene.workloads.live()
        return scene.workloads.outdated(live, scene.workloads.running(live), WANTED)

    def test_is_none_when_every_pod_has_what_its_successor_would_have(self, scene: Scene) -> None:
        scene.cluster.secrets["creds"] = secret(password="new")
        assert self.owed(scene, HOST, REFERENCE) == []

    def test_is_that_of_workloads_whose_secret_has_changed_since(self, scene: Scene) -> None:
        scene.cluster.secrets["creds"] = secret(password="newer")
        assert self.owed(scene, HOST, REFERENCE) == [API, CMD]

    def test_is_that_of_the_one_workload_with_an_old_pod(self, scene: Scene) -> None:
        scene.cluster.secrets["creds"] = secret(password="new")
        scene.cluster.environments["qua-cmd-1"] = environ(HOST="mail", PASSWORD="old")
        assert self.owed(scene, HOST, REFERENCE) == [CMD]

    def test_counts_a_variable_that_would_go_away(self, scene: Scene) -> None:
        assert self.owed(scene, HOST) == [API, CMD]

    def test_is_also_that_of_a_pod_that_waits_for_the_new_password_to_become_ready(
        self, scene: Scene
    ) -> None:
        scene.cluster.secrets["creds"] = secret(password="newer")
        scene.cluster.pods_of["qua-api"] = [pod("qua-api-1", ready=False)]
        assert self.owed(scene, HOST, REFERENCE) == [API, CMD]

    def test_does_not_count_a_container_that_will_get_the_new_settings_when_it_starts(
        self, scene: Scene
    ) -> None:
        scene.cluster.secrets["creds"] = secret(password="newer")
        scene.cluster.pods_of["qua-api"] = [crashing()]
        assert self.owed(scene, HOST, REFERENCE) == [CMD]

    def test_does_not_count_what_cannot_be_told_beforehand(self, scene: Scene) -> None:
        field_ref = {"name": "HOST", "valueFrom": {"fieldRef": {"fieldPath": "status.hostIP"}}}
        scene.cluster.secrets["creds"] = secret(password="new")
        assert self.owed(scene, field_ref, REFERENCE) == []

    def test_is_done_as_kubectl_does_it(self, scene: Scene) -> None:
        scene.workloads.restart([CMD])
        [(kind, name, annotations)] = scene.cluster.patched
        assert (kind, name) == ("Deployment", "qua-cmd")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", annotations.pop(RESTARTED_AT))
        assert annotations == {}


class TestInterruptions:
    def test_are_told_once_for_each_reason(self, scene: Scene) -> None:
        for name in ("qua-api", "qua-cmd"):
            scene.cluster.states[name] = deployment(name, strategy="Recreate")
        [finding] = scene.workloads.interruptions(scene.workloads.live())
        assert finding.code == "rollout-interrupts"
        assert finding.where == "Deployment qua-api, Deployment qua-cmd"

    def test_are_none_for_workloads_that_roll(self, scene: Scene) -> None:
        assert scene.workloads.interruptions(scene.workloads.live()) == []


class TestWaiting:
    def test_ends_at_once_when_everything_has_rolled(self, scene: Scene) -> None:
        assert set(scene.workloads.wait(LIMIT)) == {API, CMD}
        assert scene.clock.time == 0
        assert scene.said == []

    def test_ends_as_soon_as_everything_has_rolled(self, scene: Scene) -> None:
        ready = dict(scene.cluster.pods_of)
        scene.stuck(pod(ready=False))

        def roll() -> None:
            scene.cluster.states["qua-api"] = deployment()
            scene.cluster.pods_of = ready

        scene.after(20, roll)
        states = scene.workloads.wait(LIMIT)
        assert states[API]["status"]["readyReplicas"] == 1
        assert scene.clock.time == 20

    def test_says_every_five_seconds_what_it_waits_for(self, scene: Scene) -> None:
        scene.stuck(crashing())
        findings_of(lambda: scene.workloads.wait(16))
        reason = "container api: CrashLoopBackOff, it ended with exit code 1 (Error)"
        assert scene.said == [
            f"Deployment qua-api: 0 of 1 pods ready after {seconds} s of at most 16 s ({reason})"
            for seconds in (5, 10, 15)
        ]

    def test_gives_up_at_the_limit_with_the_pods_own_reasons(self, scene: Scene) -> None:
        scene.stuck(crashing())
        scene.cluster.warnings["qua-api-1"] = [
            {"type": "Warning", "reason": "BackOff", "message": "restarting"}
        ]
        scene.cluster.logs["qua-api-1"] = f"starting\nlogin with {PASSWORD} failed\n"
        finding = the_finding(lambda: scene.workloads.wait(LIMIT))
        assert scene.clock.time == LIMIT
        assert finding.code == "rollout-not-ready"
        assert finding.message == (
            "Deployment qua-api did not become ready within 60 s. Pod qua-api-1: container api: "
            "CrashLoopBackOff, it ended with exit code 1 (Error); BackOff: restarting; "
            "last log lines: starting | login with ******** failed"
        )
        assert scene.cluster.asked_previous == [True]

    def test_keeps_what_a_pod_has_from_secrets_out_of_the_log_lines_it_quotes(
        self, scene: Scene
    ) -> None:
        talking = crashing()
        talking["spec"]["containers"][0] |= {
            "env": [{"name": "P", "valueFrom": {"secretKeyRef": {"name": "creds", "key": "own"}}}],
            "envFrom": [{"secretRef": {"name": "all"}}, {"configMapRef": {"name": "public"}}],
        }
        scene.stuck(talking)
        scene.cluster.secrets = {"creds": secret(own="of the pod"), "all": secret(x="of another")}
        scene.cluster.config_maps = {"public": {"data": {"y": "of all"}}}
        scene.cluster.logs["qua-api-1"] = "P=of the pod\nx=of another\ny=of all"
        finding = the_finding(lambda: scene.workloads.wait(LIMIT))
        assert finding.message.endswith("last log lines: P=******** | x=******** | y=of all")

    def test_keeps_what_an_earlier_revision_held_out_of_the_log_lines_it_quotes(
        self, scene: Scene
    ) -> None:
        scene.stuck(crashing())
        scene.kept = [Secret("of an earlier run")]
        scene.cluster.logs["qua-api-1"] = "login with of an earlier run failed"
        finding = the_finding(lambda: scene.workloads.wait(LIMIT))
        assert finding.message.endswith("last log lines: login with ******** failed")

    def test_gives_up_naming_every_workload_that_has_not_rolled(self, scene: Scene) -> None:
        scene.stuck(crashing())
        scene.cluster.pods_of["qua-cmd"] = []
        found = findings_of(lambda: scene.workloads.wait(LIMIT))
        assert [finding.where for finding in found] == ["Deployment qua-api", "Deployment qua-cmd"]

    def test_gives_up_with_less_when_it_may_not_look_at_events_and_logs(self, scene: Scene) -> None:
        scene.stuck(crashing())
        scene.cluster.may_look = False
        finding = the_finding(lambda: scene.workloads.wait(LIMIT))
        assert finding.message.endswith("CrashLoopBackOff, it ended with exit code 1 (Error)")

    def test_gives_up_with_the_workloads_own_reason_when_there_is_no_pod(
        self, scene: Scene
    ) -> None:
        quota = {
            "type": "ReplicaFailure",
            "status": "True",
            "reason": "FailedCreate",
            "message": "exceeded quota",
        }
        scene.cluster.states["qua-api"] = deployment(ready=0, conditions=[quota])
        scene.cluster.pods_of["qua-api"] = []
        finding = the_finding(lambda: scene.workloads.wait(LIMIT))
        assert "FailedCreate: exceeded quota" in finding.message

    def test_keeps_the_password_out_of_what_it_says(self, scene: Scene) -> None:
        waiting = {"waiting": {"reason": "CreateContainerError", "message": f"bad {PASSWORD}"}}
        scene.stuck(
            pod(ready=False, containers=[{"name": "api", "ready": False, "state": waiting}])
        )
        found = findings_of(lambda: scene.workloads.wait(LIMIT))
        assert scene.said
        assert PASSWORD not in repr(scene.said) + repr(found)


def test_every_container_is_checked_against_what_is_expected() -> None:
    seen = [Seen(API, "a", {"HOST": "mail"}), Seen(CMD, "c", {"HOST": "old"}), Seen(CMD, "d", {})]
    mail = Evidence({"HOST": "mail"})
    found = [deviation.finding("apps") for deviation in check(seen, {API: mail, CMD: mail})]
    assert [finding.where for finding in found] == [
        "pod c, container cmd",
        "pod d, container cmd",
    ]
    assert "HOST is 'old', expected is 'mail'" in found[0].message
    assert "kubectl set env --list deployment/qua-cmd --namespace apps" in found[0].fix
