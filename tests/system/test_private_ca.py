# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private CA as a variable, without a new image: on the real node, with verification on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apps.invitations.release import Release
from tests.apps.kinds import release as kinds
from tests.harness.lab import WITHOUT_MAIL, Lab
from tests.harness.playbook import Played, play, write_inputs
from tests.relays.authority import Authority
from tests.system.conftest import Configure
from tests.system.test_configure import invitation

pytestmark = [pytest.mark.node, pytest.mark.faults]

DEPLOY = ("--tags", "deploy")
MANAGERS = {"mailops-smtp-ca", "mailops-smtp-hold"}
VARIABLE = "SSL_CERT_FILE"
PATH = "/etc/mailops-smtp-ca/api.pem"
CONFIG_MAPS = {f"mailops-smtp-ca-deployment-{{}}-{name}-" for name in ("api", "cmd")}


def verified(lab: Lab, **changes: Any) -> dict[str, Any]:
    """The application verifies the relay's certificate on this port, and no other."""
    pem = lab.relay.ca_path.read_text(encoding="ascii")
    given = {"smtp_security": "tls", "smtp_ca_path": None, "smtp_ca_pem": pem}
    return {**given, "work": "configure-ca", "smtp_ca_mode": None, **changes}


def templates(release: Release) -> dict[str, int]:
    """How many templates each Deployment has had: one more for each roll."""
    found: dict[str, int] = {}
    for entry in release.kubectl.json("-n", release.namespace, "get", "replicasets")["items"]:
        owner = entry["metadata"]["ownerReferences"][0]["name"].removeprefix(f"{release.name}-")
        found[owner] = found.get(owner, 0) + 1
    return found


def config_maps(release: Release) -> list[str]:
    """The names of the ConfigMaps of certificates, without what changes with those."""
    items = release.kubectl.json("-n", release.namespace, "get", "configmaps")["items"]
    names = sorted(item["metadata"]["name"].replace(release.name, "{}") for item in items)
    return [name[:-32] for name in names if "smtp" in name]


def held(release: Release) -> list[str]:
    items = release.kubectl.json("-n", release.namespace, "get", "deployments")["items"]
    return [item["metadata"]["name"] for item in items if item["spec"].get("paused")]


def managers(release: Release) -> set[str]:
    """Who owns fields of the workloads."""
    namespace, kinds = ("-n", release.namespace), "deployments,statefulsets,daemonsets"
    found = release.kubectl.json(*namespace, "get", kinds, "--show-managed-fields")["items"]
    return {entry["manager"] for item in found for entry in item["metadata"]["managedFields"]}


def certificates(release: Release) -> str:
    """The file that the application has."""
    pod = f"deployment/{release.name}-api"
    return release.kubectl.run("-n", release.namespace, "exec", pod, "--", "cat", PATH)


def verify(lab: Lab, release: Release, folder: Path, *arguments: str, **variables: Any) -> Played:
    inventory, _ = write_inputs(folder, {release.name: lab.description(release, **variables)})
    playbook = "mailops.smtp.configure"
    return play(playbook, inventory, lab.kubeconfig, "--tags", "verify", *arguments)


class TestOneThatIsForgotten:
    """The same variables, without the CA."""

    @pytest.fixture(scope="class")
    @classmethod
    def release(cls, lab: Lab) -> Iterator[Release]:
        release = lab.release()
        release.upgrade(WITHOUT_MAIL)
        release.wait()
        yield release
        release.remove()

    def test_one_that_is_not_given_any_more_is_refused_before_anything_is_taken_away(
        self, lab: Lab, release: Release, configure: Configure
    ) -> None:
        assert configure(release, **verified(lab)).returncode == 0
        before, forgotten = templates(release), {**verified(lab), "smtp_ca_pem": None}
        for arguments in (("--check",), ()):
            played = configure(release, *arguments, **forgotten)
            assert played.failed == 1, played.output
            assert "certificate-unknown-issuer" in played.output
            assert templates(release) == before
        assert invitation(lab, release).tls_version == "TLSv1.3"
        checked = configure(release, *DEPLOY, "--check", **forgotten)
        assert "is not given any more, and is removed" in checked.output
        # Without a probe it goes, and the proof brings it back.
        played = configure(release, "--skip-tags", "probe", **forgotten)
        assert played.failed == 1, played.output
        assert "The change was undone" in played.output
        release.wait()
        assert invitation(lab, release).tls_version == "TLSv1.3"


class TestAPrivateCaOverItsLife:
    """The steps build on each other, as they do in the life of a release."""

    @pytest.fixture(scope="class")
    @classmethod
    def release(cls, lab: Lab) -> Iterator[Release]:
        release = lab.release()
        release.upgrade(WITHOUT_MAIL)
        release.wait()
        yield release
        release.remove()

    def test_mail_is_sent_with_verification_on_after_exactly_one_roll(
        self, lab: Lab, release: Release, configure: Configure
    ) -> None:
        before = templates(release)
        played = configure(release, **verified(lab))
        assert played.returncode == 0, played.output
        assert templates(release) == {name: count + 1 for name, count in before.items()}
        assert held(release) == []
        assert release.environ("api")["VERIFY_CERTIFICATE_SIGNERS"] == "true"
        assert invitation(lab, release).tls_version == "TLSv1.3"

    def test_the_roots_of_the_image_are_still_trusted(self, lab: Lab, release: Release) -> None:
        own = lab.relay.ca_path.read_text(encoding="ascii").strip()
        text = certificates(release)
        assert own in text
        assert text.index("BEGIN CERTIFICATE") < text.index(own)
        assert text.count("BEGIN CERTIFICATE") > 100

    def test_a_second_run_changes_nothing(
        self, lab: Lab, release: Release, configure: Configure
    ) -> None:
        revision, pods = release.revision(), release.pods()
        played = configure(release, **verified(lab))
        assert (played.returncode, played.changed) == (0, 0), played.output
        assert (release.revision(), release.pods()) == (revision, pods)

    def test_an_upgrade_by_hand_keeps_it(self, lab: Lab, release: Release) -> None:
        release.upgrade({**release.values(), "by": "hand"})
        release.wait()
        assert invitation(lab, release).tls_version == "TLSv1.3"

    def test_one_that_somebody_has_dropped_is_found_by_verify_and_brought_back(
        self, lab: Lab, release: Release, configure: Configure, tmp_path: Path
    ) -> None:
        variable = f"{VARIABLE}-"
        release.kubectl.run(
            *("-n", release.namespace, "set", "env", f"deployment/{release.name}-api", variable)
        )
        release.wait()
        played = verify(lab, release, tmp_path, **verified(lab))
        assert played.failed == 1
        assert f"{VARIABLE} is not set" in played.output
        before = templates(release)
        checked = configure(release, *DEPLOY, "--check", "--diff", **verified(lab))
        assert f"{VARIABLE}={PATH}" in checked.output
        assert (checked.failed, templates(release)) == (0, before)
        played = configure(release, *DEPLOY, **verified(lab))
        assert played.returncode == 0, played.output
        assert invitation(lab, release).tls_version == "TLSv1.3"

    def test_another_ca_beside_it_gives_one_roll_without_a_new_revision(
        self, lab: Lab, release: Release, configure: Configure
    ) -> None:
        revision, before = release.revision(), templates(release)
        both = verified(lab)["smtp_ca_pem"] + Authority().certificate
        played = configure(release, *DEPLOY, **verified(lab, smtp_ca_pem=both))
        assert played.returncode == 0, played.output
        assert templates(release) == {name: count + 1 for name, count in before.items()}
        assert release.revision() == revision

    def test_a_deployment_that_a_killed_run_has_left_held_is_let_go(
        self, lab: Lab, release: Release, configure: Configure
    ) -> None:
        name = f"{release.name}-api"
        metadata = {"name": name, "annotations": {"mailops.smtp/held": "0"}}
        body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata}
        release.kubectl.run(
            *("-n", release.namespace, "apply", "--server-side", "--filename=-"),
            "--field-manager=mailops-smtp-hold",
            stdin=json.dumps({**body, "spec": {"paused": True}}),
        )
        assert held(release) == [name]
        played = configure(release, *DEPLOY, "-v", **verified(lab))
        assert played.returncode == 0, played.output
        [told] = [result["msg"] for result in played.results if "upgraded" in result]
        assert told.endswith(f"has left it held: Deployment {name}")
        assert held(release) == []

    def test_none_takes_all_of_it_away(
        self, lab: Lab, release: Release, configure: Configure
    ) -> None:
        assert set(config_maps(release)) == CONFIG_MAPS
        before = templates(release)
        played = configure(release, *DEPLOY, **verified(lab, smtp_ca_mode="none"))
        assert played.returncode == 0, played.output
        assert templates(release) == {name: count + 1 for name, count in before.items()}
        assert (config_maps(release), managers(release) & MANAGERS) == ([], set())
        assert VARIABLE not in release.environ("api")
        deployment = release.kubectl.json(
            *("-n", release.namespace, "get", "deployment", f"{release.name}-api")
        )
        assert "mailops-smtp" not in str(deployment["spec"]["template"])
        assert release.invite("nobody@example.org").status != 202


def test_helm_3_mounts_it_in_one_roll_and_the_playbook_takes_it_away(
    lab: Lab, configure: Configure, tmp_path: Path
) -> None:
    release = lab.release(helm="helm3")
    try:
        release.upgrade(WITHOUT_MAIL)
        release.wait()
        before = templates(release)
        played = configure(release, *DEPLOY, **verified(lab))
        assert played.returncode == 0, played.output
        assert templates(release) == {name: count + 1 for name, count in before.items()}
        release.upgrade({**release.values(), "by": "hand"})
        release.wait()
        assert invitation(lab, release).tls_version == "TLSv1.3"
        before = templates(release)
        variables = lab.description(release, **verified(lab))
        inventory, _ = write_inputs(tmp_path, {release.name: variables})
        played = play("mailops.smtp.remove_ca", inventory, lab.kubeconfig)
        assert (played.returncode, played.changed) == (0, 1), played.output
        assert templates(release) == {name: count + 1 for name, count in before.items()}
        assert (config_maps(release), managers(release) & MANAGERS) == ([], set())
        assert VARIABLE not in release.environ("api")
    finally:
        release.remove()


ROLLING = {"type": "RollingUpdate"}
STRATEGIES: dict[str, dict[str, Any]] = {
    "left to Kubernetes": {"queue": {}, "agent": {"updateStrategy": {"type": None}}},
    "said by the chart": {
        "queue": {"updateStrategy": {**ROLLING, "rollingUpdate": {"partition": 0}}},
        "agent": {"updateStrategy": {**ROLLING, "rollingUpdate": {"maxUnavailable": 1}}},
    },
    "a partition": {
        "queue": {"replicas": 2, "updateStrategy": {"rollingUpdate": {"partition": 1}}}
    },
    "OnDelete": {"queue": {"updateStrategy": {"type": "OnDelete"}}},
}
"""How the chart of the application of each kind may say that its pods are replaced."""


def made(release: Release) -> dict[str, int]:
    """How many pods each kind of workload has made so far."""
    found: dict[str, int] = {}
    for event in release.kubectl.json("-n", release.namespace, "get", "events")["items"]:
        if event["reason"] == "SuccessfulCreate":
            kind = event["involvedObject"]["kind"]
            found[kind] = found.get(kind, 0) + (event.get("count") or 1)
    return found


@pytest.mark.parametrize("helm", ["helm", "helm3"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_workloads_of_every_kind_roll_once_for_an_upgrade_and_a_ca_and_once_without_it(
    lab: Lab, configure: Configure, strategy: str, helm: str
) -> None:
    release = kinds.installed(lab.release(helm=helm), **STRATEGIES[strategy])
    try:
        before = made(release)
        changes = {**verified(lab), "smtp_application": str(kinds.PROFILE)}
        played = configure(release, "--tags", "deploy,verify", known=False, **changes)
        assert played.returncode == 0, played.output
        now = made(release)
        assert {kind: now[kind] - before[kind] for kind in now} == dict.fromkeys(now, 1)
        changes["smtp_ca_mode"] = "none"
        played = configure(release, "--tags", "deploy,verify", known=False, **changes)
        assert played.returncode == 0, played.output
        after = made(release)
        assert {kind: after[kind] - now[kind] for kind in now} == dict.fromkeys(now, 1)
        assert (config_maps(release), managers(release) & MANAGERS) == ([], set())
    finally:
        release.remove()


def test_a_partition_that_somebody_has_set_stays_theirs_and_nothing_of_the_holder_is_left(
    lab: Lab, configure: Configure
) -> None:
    release = kinds.installed(lab.release(), queue={"replicas": 2})
    place, name = ("-n", release.namespace), f"{release.name}-queue"
    spec = {"updateStrategy": {"rollingUpdate": {"partition": 1}}}
    release.kubectl.run(
        *place, "patch", "statefulset", name, f"--patch={json.dumps({'spec': spec})}"
    )
    changes = {**verified(lab), "smtp_application": str(kinds.PROFILE)}
    played = configure(release, *DEPLOY, known=False, **changes)
    assert played.returncode == 0, played.output
    found = release.kubectl.json(*place, "get", "statefulset", name, "--show-managed-fields")
    assert found["spec"]["updateStrategy"]["rollingUpdate"]["partition"] == 1
    owners = {
        entry["manager"]
        for entry in found["metadata"]["managedFields"]
        if "f:partition" in str(entry["fieldsV1"])
    }
    assert owners == {"kubectl-patch"}
    assert "mailops-smtp-hold" not in managers(release)
    release.remove()


@pytest.mark.parametrize("helm", ["helm", "helm3"])
def test_a_daemon_set_that_a_killed_run_has_left_held_is_let_go_also_where_the_chart_says_how_it_rolls(
    lab: Lab, configure: Configure, helm: str
) -> None:
    release = kinds.installed(lab.release(helm=helm), **STRATEGIES["said by the chart"])
    try:
        name = f"{release.name}-agent"
        metadata = {"name": name, "annotations": {"mailops.smtp/held": "0"}}
        body = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": metadata}
        body["spec"] = {"updateStrategy": {"type": "OnDelete"}}
        release.kubectl.run(
            *("-n", release.namespace, "apply", "--server-side", "--force-conflicts"),
            *("--filename=-", "--field-manager=mailops-smtp-hold"),
            stdin=json.dumps(body),
        )
        changes = {**verified(lab), "smtp_application": str(kinds.PROFILE)}
        check = configure(release, *DEPLOY, "--check", known=False, **changes)
        assert (check.returncode, check.changed) == (0, 1), check.output
        before = made(release)
        played = configure(release, "--tags", "deploy,verify", known=False, **changes)
        assert (played.returncode, played.changed) == (0, 1), played.output
        now = made(release)
        assert {kind: now[kind] - before[kind] for kind in now} == dict.fromkeys(now, 1)
        assert managers(release) & MANAGERS <= {"mailops-smtp-ca"}
    finally:
        release.remove()


def test_where_somebody_else_keeps_the_release_what_mounts_it_is_written_and_works(
    lab: Lab, configure: Configure, tmp_path: Path
) -> None:
    release = lab.release()
    namespace = ("-n", release.namespace)
    try:
        release.upgrade(WITHOUT_MAIL)
        release.wait()
        sign = f"argocd.argoproj.io/tracking-id=hub:apps/Deployment:x/{release.name}-api"
        release.kubectl.run(*namespace, "annotate", f"deployment/{release.name}-api", sign)
        folder, before = tmp_path / "ca", templates(release)
        dest = {"smtp_values_dest": str(tmp_path / "values.yaml"), "smtp_ca_dest": str(folder)}
        played = configure(release, "--tags", "render,deploy", **verified(lab, **dest))
        assert played.failed == 1
        codes = [finding["code"] for finding in played.results[-1]["findings"]]
        assert {"release-owned", "ca-to-commit"} <= set(codes), played.output
        assert (templates(release), config_maps(release)) == (before, [])

        # What its keeper does with what is committed; the password is none of it.
        login = {"smtp_sender_user": "hub", "smtp_sender_password": "correct horse"}
        rendered = release.run_helm(
            *("template", release.name, str(release.chart)),
            *("--values=-", "--values", str(tmp_path / "values.yaml")),
            stdin=json.dumps({**WITHOUT_MAIL, "secrets": {"smtp": login}}),
        )
        (tmp_path / "chart.yaml").write_text(rendered)
        kustomization = {"resources": ["chart.yaml"], "components": [folder.name]}
        (tmp_path / "kustomization.yaml").write_text(json.dumps(kustomization))
        built = release.kubectl.run("kustomize", str(tmp_path))
        release.kubectl.run(
            *namespace, "apply", "--server-side", "--force-conflicts", "--filename=-", stdin=built
        )
        release.wait()
        assert invitation(lab, release).tls_version == "TLSv1.3"
        played = verify(lab, release, tmp_path, **verified(lab))
        assert played.returncode == 0, played.output
    finally:
        release.remove()
