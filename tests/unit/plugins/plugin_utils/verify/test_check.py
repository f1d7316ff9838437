# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read in the pods, held against what is promised: every deviation is told, and no secret."""

from __future__ import annotations

import base64
import urllib.parse
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import ExecError, Executed
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Evidence,
    FileEvidence,
    Rolls,
    SecretEvidence,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.check import Check, Verdict
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.owed import owed
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.reader import (
    Configuration,
    Reader,
    Seen,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    API,
    EARLIER,
    LATER,
    ScriptedCluster,
    changed,
    deployment,
    environ,
    leaving,
    pod,
    secret,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    DESCRIPTION,
    PASSWORD,
    codes,
    rendered,
)

INI = "/etc/app.ini"
OLD = "of-an-earlier-run-77"
ENV = [
    {"name": "HOST", "value": "mail"},
    {
        "name": "PASSWORD",
        "valueFrom": {"secretKeyRef": {"name": "creds", "key": "password"}},
    },
]
CONTAINER = {
    "name": "api",
    "env": ENV,
    "volumeMounts": [{"name": "config", "mountPath": INI, "subPath": "app.ini"}],
}
VOLUMES = [{"name": "config", "configMap": {"name": "config"}}]


def config(line: str = "host = mail") -> dict[str, Any]:
    return {"data": {"app.ini": f"[mail]\n{line}\n"}}


@dataclass
class Scene:
    """A Deployment with one pod that has everything as it should be."""

    rolls: Rolls = "none"
    known: bool = True
    wanted: Evidence = field(
        default_factory=lambda: Evidence(
            env={"HOST": "mail", "PASSWORD": Secret(PASSWORD)},
            files=(FileEvidence(INI, ("host = mail",)),),
            secrets=(SecretEvidence("creds", {"password": Secret(PASSWORD)}),),
        )
    )
    cluster: ScriptedCluster = field(
        default_factory=lambda: ScriptedCluster(
            states={"qua-api": deployment(container=CONTAINER, volumes=VOLUMES)},
            pods_of={"qua-api": [pod()]},
            environments={"qua-api-1": environ(HOST="mail", PASSWORD=PASSWORD)},
            files={INI: b"[mail]\nhost = mail\n"},
            secrets={"creds": changed(secret(password=PASSWORD), EARLIER)},
            config_maps={"config": changed(config(), EARLIER)},
        )
    )

    def __post_init__(self) -> None:
        spec = self.pod["spec"]
        spec["containers"], spec["volumes"] = [CONTAINER], VOLUMES

    @property
    def pod(self) -> dict[str, Any]:
        return self.cluster.pods_of["qua-api"][0]

    @property
    def workload(self) -> Workload:
        return replace(API, rolls=self.rolls)

    @property
    def configuration(self) -> Configuration:
        return Configuration(cast(Cluster, self.cluster))

    def seen(self) -> list[Seen]:
        reader = Reader(
            cast(Cluster, self.cluster),
            self.configuration,
            {self.workload: self.wanted},
            self.quotable,
        )
        return reader.read([(self.workload, found) for found in self.cluster.pods_of["qua-api"]])

    def verdict(self, *, restarts: bool = True) -> Verdict:
        evidence = {self.workload: self.wanted}
        check = Check("apps", self.configuration, evidence, self.quotable, restarts)
        return check.verdict({self.workload: self.cluster.states["qua-api"]}, self.seen())

    def quotable(self, _pod: Any, _container: str, text: str) -> str:
        return Redactor([Secret(PASSWORD), Secret(OLD)]).clean(text) if self.known else ""

    def reasons(self) -> list[str]:
        """Why a restart is owed."""
        live = {self.workload: self.cluster.states["qua-api"]}
        evidence = {self.workload: self.wanted}
        found = owed(live, self.seen(), evidence, self.configuration)
        return [reason for each in found for reason in each.reasons]

    def distroless(self) -> None:
        """Nothing can be run in the container."""
        self.cluster.environments.clear()


@pytest.fixture
def scene() -> Scene:
    return Scene()


FOREIGN = "Foreign-unmistakable-Jk4"
"""What another application's Secret holds, which a profile has no business with."""


class TestAMaliciousProfile:
    """Names a Secret of another application in its evidence, with a value that it cannot have."""

    @staticmethod
    def shown(scene: Scene) -> str:
        verdict, seen = scene.verdict(), scene.seen()
        return repr([verdict, seen, scene.reasons(), [each.as_dict() for each in verdict.findings]])

    def test_does_not_see_a_key_of_it(self, scene: Scene) -> None:
        scene.cluster.secrets["foreign"] = secret(token=FOREIGN)
        scene.wanted = Evidence({}, secrets=(SecretEvidence("foreign", {"token": "x"}),))
        assert codes(scene.verdict().findings) == ["secret-differs"]
        assert "another value (not shown)" in self.shown(scene)
        assert FOREIGN not in self.shown(scene)

    @pytest.mark.parametrize("distroless", [True, False])
    @pytest.mark.parametrize(
        "container",
        [
            {
                "env": [
                    {"name": "X", "valueFrom": {"secretKeyRef": {"name": "foreign", "key": "X"}}}
                ]
            },
            {"envFrom": [{"secretRef": {"name": "foreign"}}]},
            {
                "envFrom": [{"secretRef": {"name": "foreign"}, "prefix": "P_"}],
                "env": [{"name": "X", "value": "a $(P_X) b"}],
            },
            {"envFrom": [{"secretRef": {"name": "foreign"}}, {"configMapRef": {"name": "config"}}]},
        ],
    )
    def test_does_not_see_a_variable_out_of_it(
        self, scene: Scene, container: dict[str, Any], distroless: bool
    ) -> None:
        scene.cluster.secrets["foreign"] = secret(X=FOREIGN)
        scene.cluster.environments["qua-api-1"] = environ(X=f"a {FOREIGN} b")
        spec: dict[str, Any] = {"name": "api", **container}
        scene.cluster.states["qua-api"] = deployment(container=spec, volumes=VOLUMES)
        scene.pod["spec"]["containers"] = [spec]
        scene.wanted = Evidence({"X": "x"})
        if distroless:
            scene.distroless()
        assert scene.verdict().findings
        assert FOREIGN not in self.shown(scene)

    def test_does_not_see_a_file_out_of_it(self, scene: Scene) -> None:
        scene.cluster.secrets["foreign"] = secret(key=FOREIGN)
        scene.cluster.files["/foreign/key"] = FOREIGN.encode()
        spec = {"name": "api", "volumeMounts": [{"name": "f", "mountPath": "/foreign"}]}
        volumes = [{"name": "f", "projected": {"sources": [{"secret": {"name": "foreign"}}]}}]
        scene.cluster.states["qua-api"] = deployment(container=spec, volumes=volumes)
        scene.pod["spec"].update(containers=[spec], volumes=volumes)
        scene.wanted = Evidence({}, (FileEvidence("/foreign/key", ("x",)),))
        [seen] = scene.seen()
        assert seen.files == {"/foreign/key": Secret(FOREIGN)}
        assert scene.verdict().findings
        assert FOREIGN not in self.shown(scene)


class TestAContainer:
    def test_that_has_everything_gives_nothing_to_tell(self, scene: Scene) -> None:
        assert scene.verdict().findings == []

    def test_is_read_by_what_runs_in_it(self, scene: Scene) -> None:
        [seen] = scene.seen()
        assert (seen.way, seen.problem) == ("container", "")
        assert seen.environment == {"HOST": "mail", "PASSWORD": Secret(PASSWORD)}
        assert PASSWORD not in repr(seen)

    def test_that_has_no_command_is_read_by_its_specification_and_it_is_said_why(
        self, scene: Scene
    ) -> None:
        scene.distroless()
        [seen] = scene.seen()
        assert seen.way == "specification"
        assert "executable file not found" in seen.problem
        assert seen.environment == {"HOST": "mail", "PASSWORD": Secret(PASSWORD)}
        assert seen.files == {INI: "[mail]\nhost = mail\n"}
        assert scene.verdict().findings == []

    def test_that_is_gone_when_its_turn_comes_is_left_out(self, scene: Scene) -> None:
        scene.distroless()
        found = scene.seen
        scene.cluster.pods_of["qua-api"].append(leaving("qua-api-2"))
        assert [seen.pod for seen in found()] == ["qua-api-1"]

    def test_that_may_not_read_a_file_is_read_by_what_is_mounted_there(self, scene: Scene) -> None:
        scene.cluster.files[INI] = "Permission denied"
        assert scene.seen()[0].files == {INI: "[mail]\nhost = mail\n"}

    def test_of_which_nothing_tells_a_part_is_unproven(self, scene: Scene) -> None:
        scene.distroless()
        scene.wanted = Evidence({"HOST": "mail"}, (FileEvidence("/data/app.ini", ("a = b",)),))
        [finding] = scene.verdict().findings
        assert (finding.code, finding.severity) == ("evidence-unproven", "warning")
        assert "file /data/app.ini: container api: exec" in finding.message


class TestADeviation:
    def test_is_told_with_pod_container_variable_expected_and_found(self, scene: Scene) -> None:
        scene.cluster.environments["qua-api-1"] = environ(HOST="mail", PASSWORD=PASSWORD)
        scene.wanted = replace(scene.wanted, env={"HOST": "other", "GONE": "x"})
        [finding] = scene.verdict().findings
        assert finding.code == "environment-differs"
        assert finding.where == "pod qua-api-1, container api"
        assert (
            "HOST is 'mail', expected is 'other'; GONE is not set, expected is 'x'"
            in finding.message
        )
        assert "kubectl set env --list deployment/qua-api --namespace apps" in finding.fix

    def test_of_a_file_is_told_by_its_line(self, scene: Scene) -> None:
        scene.wanted = replace(scene.wanted, files=(FileEvidence(INI, ("port = 587",)),))
        [finding] = scene.verdict().findings
        assert "/etc/app.ini is without the line 'port = 587'" in finding.message

    def test_of_a_file_that_is_not_there_is_told(self, scene: Scene) -> None:
        scene.wanted = replace(scene.wanted, files=(FileEvidence("/nosuch", ("a",)),))
        [finding] = scene.verdict().findings
        assert "there is no such file" in finding.message

    def test_of_a_secret_is_told_once_and_without_its_value(self, scene: Scene) -> None:
        scene.cluster.secrets["creds"] = secret(password="of somebody else")
        found = scene.verdict().findings
        assert "secret-differs" in codes(found)
        assert "of somebody else" not in repr(found)
        assert PASSWORD not in repr(found)

    def test_of_a_secret_that_two_applications_have_keys_in_is_told_for_both(
        self, scene: Scene
    ) -> None:
        more = SecretEvidence("creds", {"user": "hub"})
        scene.wanted = replace(scene.wanted, secrets=(*scene.wanted.secrets, more, more))
        [finding] = scene.verdict().findings
        assert finding.message.startswith("key user of Secret creds is not set")

    def test_that_a_restart_would_mend_says_so(self, scene: Scene) -> None:
        scene.cluster.environments["qua-api-1"] = environ(HOST="old relay", PASSWORD=PASSWORD)
        [finding] = scene.verdict().findings
        assert (finding.code, finding.severity) == ("restart-owed", "error")
        assert "HOST is 'old relay', expected is 'mail'" in finding.message

    def test_that_a_restart_would_mend_is_a_warning_where_restarts_are_somebody_elses(
        self, scene: Scene
    ) -> None:
        scene.cluster.environments["qua-api-1"] = environ(HOST="old relay", PASSWORD=PASSWORD)
        [finding] = scene.verdict(restarts=False).findings
        assert (finding.code, finding.severity) == ("restart-owed", "warning")
        scene.cluster.environments["qua-api-1"] = environ(HOST="mail", PASSWORD=PASSWORD, X="left")
        scene.wanted = replace(scene.wanted, env={"HOST": "other"})
        [finding] = scene.verdict(restarts=False).findings
        assert (finding.code, finding.severity) == ("environment-differs", "error")


def test_the_place_of_a_password_is_sealed_also_when_there_should_be_none() -> None:
    evidence = Evidence({"MAIL_URL": "{{ 'smtp://%s' | format(password or '') }}"})
    anonymous = replace(DESCRIPTION, auth="none", username="", password=Secret(""))
    found = rendered(anonymous, evidence=evidence).evidence
    assert {str(entry.env["MAIL_URL"]) for entry in found.values()} == {str(Secret(""))}


class TestARestartIsOwed:
    def test_where_a_file_keeps_its_former_lines(self, scene: Scene) -> None:
        scene.cluster.files[INI] = b"[mail]\nhost = old\n"
        assert scene.reasons() == [f"file {INI} has its former lines"]

    def test_where_a_file_has_changed_after_the_start(self, scene: Scene) -> None:
        scene.cluster.config_maps["config"] = changed(config(), LATER)
        assert scene.reasons() == ["ConfigMap config was changed after it was started"]

    def test_where_a_secret_has_changed_that_nothing_shows(self, scene: Scene) -> None:
        scene.cluster.secrets["creds"] = changed(secret(password=PASSWORD), LATER)
        assert scene.reasons() == []
        scene.distroless()
        assert scene.reasons() == ["Secret creds was changed after it was started"]
        assert codes(scene.verdict().findings) == ["restart-owed"]

    @pytest.mark.parametrize("rolls", ["all", "settings"])
    def test_not_for_a_file_whose_change_rolls_the_workload_by_itself(self, rolls: Rolls) -> None:
        scene = Scene(rolls=rolls)
        scene.cluster.config_maps["config"] = changed(config(), LATER)
        assert scene.reasons() == []

    def test_not_for_labels_and_annotations_of_a_secret(self, scene: Scene) -> None:
        found = changed(secret(password=PASSWORD), EARLIER)
        label = {"manager": "kubectl", "time": LATER, "fieldsV1": {"f:metadata": {}}}
        found["metadata"]["managedFields"].append(label)
        scene.cluster.secrets["creds"] = found
        scene.distroless()
        assert scene.reasons() == []

    def test_not_where_the_successor_would_be_no_better(self, scene: Scene) -> None:
        scene.wanted = replace(scene.wanted, env={"HOST": "other"})
        assert scene.reasons() == []


class TestPodsOfAnOlderRevision:
    def older(self, scene: Scene, *hashes: str, updated: int = 1) -> list[str]:
        """The names of the older ones among pods with these hashes."""
        pods = [pod(name) for name in hashes]
        for found in pods:
            found["metadata"]["labels"] = dict.fromkeys(
                ("pod-template-hash", "controller-revision-hash"), found["metadata"]["name"]
            )
        scene.cluster.states["qua-api"]["status"]["updatedReplicas"] = updated
        state = scene.cluster.states["qua-api"]
        return revision.older(cast(Cluster, scene.cluster), state, pods)

    def revisions(self, scene: Scene, *names: str) -> None:
        scene.cluster.revisions = [
            {
                "metadata": {
                    "labels": dict.fromkeys(
                        ("pod-template-hash", "controller-revision-hash"), name
                    ),
                    "annotations": {"deployment.kubernetes.io/revision": str(number)},
                    "ownerReferences": [{"uid": "uid of qua-api"}],
                },
                "revision": number,
            }
            for number, name in enumerate(names, 1)
        ]

    def test_are_none_when_the_workload_says_that_all_are_new(self, scene: Scene) -> None:
        assert self.older(scene, "new") == []
        assert self.older(scene) == []

    def test_of_a_deployment_are_known_by_its_replica_sets(self, scene: Scene) -> None:
        self.revisions(scene, "first", "second")
        assert self.older(scene, "first", "second") == ["first"]

    def test_of_a_stateful_set_are_known_by_its_own_status(self, scene: Scene) -> None:
        state = scene.cluster.states["qua-api"]
        state |= {"kind": "StatefulSet", "status": {**state["status"], "updateRevision": "b"}}
        assert self.older(scene, "a", "b") == ["a"]

    def test_of_a_daemon_set_are_known_by_its_controller_revisions(self, scene: Scene) -> None:
        scene.cluster.states["qua-api"]["kind"] = "DaemonSet"
        self.revisions(scene, "first", "second", "third")
        assert self.older(scene, "second", "third", updated=1) == ["second"]


class TestAContainerOfAnAttacker:
    """It answers the exec with what its owner likes."""

    @pytest.mark.parametrize(
        "echoed",
        [
            PASSWORD,
            OLD,
            base64.b64encode(f"x{PASSWORD}".encode()).decode(),
            urllib.parse.quote(PASSWORD, safe=""),
        ],
    )
    def test_cannot_put_a_secret_in_the_place_of_another_value(
        self, scene: Scene, echoed: str
    ) -> None:
        scene.cluster.environments["qua-api-1"] = environ(HOST=f"{echoed}", PASSWORD=PASSWORD)
        verdict = scene.verdict()
        assert [finding.code for finding in verdict.findings] == ["restart-owed"]
        for said in (str(verdict.findings), str(verdict.deviations[0].differences)):
            assert echoed not in said

    def test_is_not_quoted_where_nobody_knows_the_secrets(self, scene: Scene) -> None:
        scene.known = False
        scene.cluster.environments["qua-api-1"] = environ(HOST="anything", PASSWORD=PASSWORD)
        [finding] = scene.verdict().findings
        assert "HOST is another value (not shown)" in finding.message
        assert "anything" not in finding.message

    def test_is_quoted_in_one_short_line(self, scene: Scene) -> None:
        value = "x\x1b[2K\nok: [forged]\u202e" + "y" * 1_000_000
        scene.cluster.environments["qua-api-1"] = environ(HOST=value, PASSWORD=PASSWORD)
        [finding] = scene.verdict().findings
        assert len(finding.message) < 500
        assert finding.message.isprintable()

    @pytest.mark.parametrize("complaint", [f"cat: {PASSWORD}", f"{OLD}\x1b[2K\n\nok: forged"])
    def test_cannot_complain_with_a_secret(self, scene: Scene, complaint: str) -> None:
        scene.cluster.instead = Executed(1, b"", complaint.encode())
        [seen] = scene.seen()
        assert seen.way == "specification"
        assert PASSWORD not in seen.problem
        assert OLD not in seen.problem
        assert seen.problem.isprintable()

    def test_that_floods_is_told_and_judged_by_its_specification(self, scene: Scene) -> None:
        scene.cluster.instead = ExecError("it prints more than 4 MiB", began=True)
        findings = scene.verdict().findings
        assert [finding.code for finding in findings] == ["container-answers-strangely"]
        assert "more than 4 MiB" in findings[0].message

    @pytest.mark.parametrize("answer", [b"", b"\0\0\0", b"\xff\xfe", b"=\0=x\0", b"\x1b[2K"])
    def test_that_answers_garbage_owes_a_restart(self, scene: Scene, answer: bytes) -> None:
        scene.cluster.environments["qua-api-1"] = answer
        assert [each.code for each in scene.verdict().findings] == ["restart-owed"]
