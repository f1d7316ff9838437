# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workloads of a release are read all at once, rolled only when it is owed, and waited for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Evidence, Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.explain import Explainer
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.workloads import (
    HOPELESS_SECONDS,
    RESTARTED_AT,
    SETTLE_SECONDS,
    Workloads,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    API,
    CMD,
    STARTED,
    Clock,
    ScriptedCluster,
    crashing,
    deployment,
    environ,
    leaving,
    pod,
    secret,
    warning,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    PASSWORD,
    codes,
    findings_of,
    the_finding,
)

LIMIT = 60
STATEFUL = Workload("StatefulSet", "qua-api", "api")
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
    replaced: dict[Workload, frozenset[str]] = field(default_factory=dict)

    @property
    def workloads(self) -> Workloads:
        return Workloads(
            cluster=cast(Cluster, self.cluster),
            workloads=(API, CMD),
            explainer=Explainer(
                cluster=cast(Cluster, self.cluster),
                release="qua",
                redactor=Redactor([Secret(PASSWORD)]),
                secrets_kept=lambda: self.kept,
            ),
            replaced=self.replaced,
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


class TestReady:
    def places(self, scene: Scene) -> list[str]:
        live = scene.workloads.live()
        found = scene.workloads.ready(live, scene.workloads.pods(live))
        return [pod["metadata"]["name"] for _workload, pod in found]

    def test_is_every_ready_pod(self, scene: Scene) -> None:
        scene.cluster.pods_of["qua-api"] += [leaving("old"), pod("starting", ready=False)]
        assert self.places(scene) == ["qua-api-1", "qua-cmd-1"]

    def test_is_no_pod_of_a_workload_that_is_scaled_to_nothing(self, scene: Scene) -> None:
        scene.cluster.states["qua-api"] = deployment(replicas=0, updated=0, ready=0)
        scene.cluster.pods_of["qua-api"] = []
        assert self.places(scene) == ["qua-cmd-1"]

    def test_is_no_pod_of_a_job_that_has_the_labels_of_the_workload(self, scene: Scene) -> None:
        scene.cluster.pods_of["qua-api"].append(pod("qua-api-job-x7k2p", owner="Job"))
        assert self.places(scene) == ["qua-api-1", "qua-cmd-1"]

    def test_names_every_workload_without_a_ready_pod_and_what_keeps_it(self, scene: Scene) -> None:
        scene.cluster.pods_of = {"qua-api": [crashing()], "qua-cmd": []}
        found = findings_of(lambda: self.places(scene))
        assert codes(found) == ["no-ready-pod", "container-crashes", "no-ready-pod"]
        assert "there are 0 pods" in found[2].message


class TestTheRollThatIsOwed:
    def owed(self, scene: Scene, *env: dict[str, Any]) -> list[Any]:
        for name in ("qua-api", "qua-cmd"):
            scene.cluster.states[name] = deployment(name, container={"env": list(env)})
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

    def test_does_not_wait_for_a_pod_of_a_job_that_has_the_labels_of_the_workload(
        self, scene: Scene
    ) -> None:
        scene.cluster.pods_of["qua-api"].append(pod("qua-api-job-x7k2p", owner="Job"))
        scene.workloads.wait(LIMIT)
        assert scene.clock.time == 0

    def test_goes_on_until_what_is_ready_with_its_start_is_seen_not_to_end_at_once(
        self, scene: Scene
    ) -> None:
        assert scene.workloads.wait(LIMIT, settling={CMD})
        assert scene.clock.time == SETTLE_SECONDS

    def test_that_a_container_ends_at_its_start_is_found_also_when_it_is_ready_in_between(
        self, scene: Scene
    ) -> None:
        scene.after(1, lambda: scene.stuck(crashing()))
        finding = the_finding(lambda: scene.workloads.wait(LIMIT, settling={API}))
        assert finding.code == "container-crashes"

    def test_that_a_probe_has_found_ready_is_believed(self, scene: Scene) -> None:
        for pods in scene.cluster.pods_of.values():
            pods[0]["spec"]["containers"][0]["readinessProbe"] = {"tcpSocket": {"port": 8000}}
        assert scene.workloads.wait(LIMIT, settling={API, CMD})
        assert scene.clock.time == 0

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

    def test_sees_at_once_that_a_workload_says_that_it_has_rolled(self, scene: Scene) -> None:
        ready = scene.cluster.pods_of["qua-api"]
        scene.stuck(pod(ready=False))

        def roll(name: str) -> None:
            scene.cluster.states[name] = deployment(name)
            scene.cluster.pods_of[name] = ready

        scene.cluster.on_watch = roll
        assert scene.workloads.wait(LIMIT)
        assert scene.cluster.watched == [("qua-api", 5)]
        assert scene.clock.time == 0

    def test_watches_no_longer_than_until_there_is_something_to_say(self, scene: Scene) -> None:
        scene.stuck(pod(ready=False))
        findings_of(lambda: scene.workloads.wait(6))
        assert all(0 < seconds <= 5 for _name, seconds in scene.cluster.watched)
        assert scene.cluster.watched[-1][1] <= 1

    def test_looks_now_and_then_where_a_watch_tells_nothing(self, scene: Scene) -> None:
        scene.stuck(pod(ready=False))
        findings_of(lambda: scene.workloads.wait(4))
        assert len(scene.cluster.watched) == 16

    def test_says_every_five_seconds_what_it_waits_for(self, scene: Scene) -> None:
        scene.stuck(crashing())
        findings_of(lambda: scene.workloads.wait(16))
        reason = "exit code 1 (Error)"
        assert scene.said == [
            f"Deployment qua-api: 0 of 1 pods ready after {seconds} s of at most 16 s ({reason})"
            for seconds in (5, 10, 15)
        ]

    def test_gives_up_at_the_limit_with_the_pods_own_reasons(self, scene: Scene) -> None:
        scene.stuck(crashing())
        scene.cluster.warnings["qua-api-1"] = [warning("BackOff", "restarting")]
        scene.cluster.logs["qua-api-1"] = f"starting\nlogin with {PASSWORD} failed\n"
        finding = the_finding(lambda: scene.workloads.wait(LIMIT))
        assert scene.clock.time == LIMIT
        assert finding.code == "container-crashes"
        assert finding.message == (
            "Deployment qua-api: container api of pod qua-api-1 ended with exit code 1 (Error). "
            "Last log lines: starting | login with ******** failed"
        )
        assert scene.cluster.asked_previous == [False]

    def test_quotes_the_container_before_where_it_runs_again(self, scene: Scene) -> None:
        again = crashing()
        again["status"]["containerStatuses"][0]["state"] = {"running": {"startedAt": STARTED}}
        scene.stuck(again)
        scene.cluster.logs["qua-api-1"] = "no login"
        finding = the_finding(lambda: scene.workloads.wait(LIMIT))
        assert scene.cluster.asked_previous == [True]
        assert finding.message.endswith("Last log lines: no login")

    def test_quotes_nothing_of_a_log_that_is_gone(self, scene: Scene) -> None:
        scene.stuck(crashing())
        scene.cluster.logs["qua-api-1"] = "unable to retrieve container logs for containerd://x"
        finding = the_finding(lambda: scene.workloads.wait(LIMIT))
        assert "unable" not in finding.message

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
        assert finding.message.endswith("Last log lines: P=******** | x=******** | y=of all")

    def test_keeps_what_a_pod_has_from_secrets_out_of_what_its_probe_says(
        self, scene: Scene
    ) -> None:
        failing = pod(ready=False)
        reference = {"secretKeyRef": {"name": "creds", "key": "own"}}
        failing["spec"]["containers"][0]["env"] = [{"name": "P", "valueFrom": reference}]
        scene.stuck(failing)
        scene.cluster.secrets = {"creds": secret(own="of the pod")}
        scene.cluster.warnings["qua-api-1"] = [
            warning("Unhealthy", "Readiness probe failed: no login with of the pod")
        ]
        finding = the_finding(lambda: scene.workloads.wait(LIMIT))
        assert finding.code == "probe-fails"
        assert "no login with ********" in finding.message
        assert "of the pod" not in "".join(scene.said)

    def test_keeps_what_an_earlier_revision_held_out_of_the_log_lines_it_quotes(
        self, scene: Scene
    ) -> None:
        scene.stuck(crashing())
        scene.kept = [Secret("of an earlier run")]
        scene.cluster.logs["qua-api-1"] = "login with of an earlier run failed"
        finding = the_finding(lambda: scene.workloads.wait(LIMIT))
        assert finding.message.endswith("Last log lines: login with ******** failed")

    def test_gives_up_naming_every_workload_that_has_not_rolled(self, scene: Scene) -> None:
        scene.stuck(crashing())
        scene.cluster.pods_of["qua-cmd"] = []
        found = findings_of(lambda: scene.workloads.wait(LIMIT))
        assert [finding.where for finding in found] == ["Deployment qua-api", "Deployment qua-cmd"]

    def test_gives_up_with_less_when_it_may_not_look_at_events_and_logs(self, scene: Scene) -> None:
        scene.stuck(crashing())
        scene.cluster.may_look = False
        finding = the_finding(lambda: scene.workloads.wait(LIMIT))
        assert finding.message.endswith("ended with exit code 1 (Error).")

    def test_gives_up_saying_how_many_pods_are_ready_when_nothing_tells_more(
        self, scene: Scene
    ) -> None:
        new = pod("new")
        scene.stuck({"metadata": new["metadata"], "spec": {"containers": []}})
        finding = the_finding(lambda: scene.workloads.wait(LIMIT))
        assert finding.message == (
            "Deployment qua-api did not become ready within 60 s: 0 of 1 pods are ready."
        )

    def test_gives_up_early_when_nobody_but_a_person_can_mend_it(self, scene: Scene) -> None:
        quota = {
            "type": "ReplicaFailure",
            "status": "True",
            "reason": "FailedCreate",
            "message": "exceeded quota: pods",
        }
        scene.cluster.states["qua-api"] = deployment(ready=0, conditions=[quota])
        scene.cluster.pods_of["qua-api"] = []
        finding = the_finding(lambda: scene.workloads.wait(LIMIT))
        assert finding.code == "pods-over-quota"
        assert HOPELESS_SECONDS <= scene.clock.time < LIMIT

    def test_goes_on_when_what_seemed_hopeless_passes(self, scene: Scene) -> None:
        missing = {"waiting": {"reason": "CreateContainerConfigError", "message": "no secret"}}
        entry = {"name": "api", "ready": False, "state": missing}
        ready = scene.cluster.pods_of["qua-api"]
        scene.stuck(pod(ready=False, containers=[entry]))

        def mend() -> None:
            scene.cluster.states["qua-api"] = deployment()
            scene.cluster.pods_of["qua-api"] = ready

        scene.after(HOPELESS_SECONDS, mend)
        assert scene.workloads.wait(LIMIT)

    def test_goes_on_while_the_api_server_is_away(self, scene: Scene) -> None:
        away = FindingError(CATALOGUE.finding("cluster-unreachable", where="x", problem="refused"))
        scene.cluster.away = away
        scene.after(10, lambda: setattr(scene.cluster, "away", None))
        assert scene.workloads.wait(LIMIT)
        assert scene.clock.time == 10

    def test_ends_with_the_reason_when_the_api_server_stays_away(self, scene: Scene) -> None:
        away = FindingError(CATALOGUE.finding("cluster-unreachable", where="x", problem="refused"))
        scene.cluster.away = away
        assert the_finding(lambda: scene.workloads.wait(LIMIT)).code == "cluster-unreachable"

    def test_keeps_the_password_out_of_what_it_says(self, scene: Scene) -> None:
        waiting = {"waiting": {"reason": "CreateContainerError", "message": f"bad {PASSWORD}"}}
        scene.stuck(
            pod(ready=False, containers=[{"name": "api", "ready": False, "state": waiting}])
        )
        found = findings_of(lambda: scene.workloads.wait(LIMIT))
        assert scene.said
        assert PASSWORD not in repr(scene.said) + repr(found)


def test_two_containers_of_one_deployment_are_restarted_and_told_of_once(scene: Scene) -> None:
    both = (API, replace(API, container="sidecar"))
    workloads = replace(scene.workloads, workloads=both)
    container = {"env": [{"name": "HOST", "value": "new"}]}
    state = deployment(strategy="Recreate", container=container)
    state["spec"]["template"]["spec"]["containers"].append({"name": "sidecar", **container})
    statuses = [
        {"name": each.container, "ready": True, "state": {"running": {"startedAt": STARTED}}}
        for each in both
    ]
    scene.cluster.states["qua-api"] = state
    scene.cluster.pods_of["qua-api"] = [pod(containers=statuses)]
    live = workloads.live()
    evidence = dict.fromkeys(both, Evidence({"HOST": "new"}))
    assert list(map(str, workloads.outdated(live, workloads.running(live), evidence))) == [str(API)]
    assert workloads.interruptions(live)[0].where == str(API)
    scene.cluster.pods_of["qua-api"] = [crashing()]
    assert len(findings_of(lambda: workloads.wait(LIMIT))) == 1


def test_a_pod_that_a_stateful_set_waits_for_in_vain_is_deleted(scene: Scene) -> None:
    """https://github.com/kubernetes/kubernetes/issues/67250"""
    bad = pod("qua-api-0", ready=False, owner="StatefulSet")
    bad["metadata"]["labels"] = {"controller-revision-hash": "bad"}
    state = deployment(updated=0, ready=0) | {"kind": "StatefulSet"}
    state["status"]["updateRevision"] = "good"
    scene.cluster.states = {"qua-api": state}
    scene.cluster.pods_of = {"qua-api": [bad]}

    def make_anew() -> None:
        if scene.cluster.deleted:
            state["status"] |= {"updatedReplicas": 1, "readyReplicas": 1}
            scene.cluster.pods_of["qua-api"] = [pod("qua-api-0", owner="StatefulSet")]

    scene.after(1, make_anew)
    replace(scene.workloads, workloads=(STATEFUL,)).wait(LIMIT)
    assert set(scene.cluster.deleted) == {"qua-api-0"}


class TestPodsThatSomebodyHasToDelete:
    """The update strategy OnDelete."""

    @pytest.fixture
    def by_hand(self, scene: Scene) -> Scene:
        state = deployment(replicas=2, updated=0, ready=2)
        state |= {"kind": "StatefulSet"}
        state["spec"]["updateStrategy"] = {"type": "OnDelete"}
        scene.cluster.states = {"qua-api": state}
        scene.cluster.pods_of = {"qua-api": [self.pod("qua-api-1"), self.pod("qua-api-2")]}
        return scene

    def pod(self, name: str, **changes: Any) -> dict[str, Any]:
        return pod(name, owner="StatefulSet", **changes)

    def workloads(self, scene: Scene) -> Workloads:
        return replace(scene.workloads, workloads=(STATEFUL,))

    def test_are_deleted_one_after_the_other_as_soon_as_all_are_ready(self, by_hand: Scene) -> None:
        pods = by_hand.cluster.pods_of["qua-api"]
        workloads = self.workloads(by_hand)
        workloads.restart([STATEFUL])
        assert by_hand.cluster.patched == []
        gone: list[list[str]] = []

        def replace_one(_time: float) -> None:
            """Its controller replaces the first deleted pod, which takes a while."""
            deleted = by_hand.cluster.deleted
            gone.append(list(deleted))
            for number, found in enumerate(pods):
                if found["metadata"]["name"] not in deleted:
                    continue
                if found["metadata"]["uid"].startswith("uid"):
                    pods[number] = self.pod(found["metadata"]["name"], ready=False)
                    pods[number]["metadata"]["uid"] = "new"
                elif len(gone) % 3 == 0:
                    pods[number] = self.pod(found["metadata"]["name"])
                    pods[number]["metadata"]["uid"] = "newer"

        by_hand.clock.on_sleep = replace_one
        workloads.wait(LIMIT)
        assert by_hand.cluster.deleted == ["qua-api-1", "qua-api-2"]
        assert ["qua-api-1"] in gone[:3]

    def test_are_deleted_at_once_when_they_serve_nobody(self, by_hand: Scene) -> None:
        by_hand.cluster.pods_of["qua-api"][0]["status"]["conditions"][1]["status"] = "False"
        workloads = self.workloads(by_hand)
        workloads.restart([STATEFUL])
        findings_of(lambda: workloads.wait(1))
        assert set(by_hand.cluster.deleted) == {"qua-api-1"}

    def test_are_left_alone_when_no_restart_is_wanted(self, by_hand: Scene) -> None:
        self.workloads(by_hand).wait(LIMIT)
        assert by_hand.cluster.deleted == []
