# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/rights.md by itself is enough for each kind of work, and nothing in its Roles is too much."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight import needs
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.needs import rules
from tests.apps.guard import release as guard
from tests.apps.invitations.image import INVITATIONS
from tests.apps.invitations.release import Release
from tests.apps.kinds import release as kinds
from tests.cluster.environment import KUBECONFIG_VARIABLE
from tests.harness.audit import Audit, Right, of_rules
from tests.harness.lab import USER, WORKS, Lab
from tests.harness.playbook import ROOT, Played, play, write_inputs
from tests.harness.rendered import MAJORS
from tests.system.conftest import PLAYBOOK
from tests.system.test_private_ca import verified

pytestmark = [pytest.mark.node, pytest.mark.faults]

PAGE = (ROOT / "docs" / "rights.md").read_text(encoding="utf-8")
USER_OF_THE_PAGE = "mailops"
Plays = Callable[..., Played]

_COMMANDS = re.compile(r"^ *```console\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_MANIFESTS = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)

OWNERS = Right("list", "helmcharts", "helm.cattle.io")
"""What is looked at outside of the namespace, and done without, as the page says."""


def manifests(work: str) -> list[dict[str, Any]]:
    """What the page has for a kind of work."""
    for text in _MANIFESTS.findall(PAGE):
        found = list(yaml.safe_load_all(text))
        if found[0]["metadata"]["name"] == f"mailops-{work}":
            return found
    raise LookupError(work)


def verbs_on(resource: str, used: set[Right]) -> set[str]:
    return {right.verb for right in used if right.resource == resource}


@pytest.fixture(scope="module")
def audit() -> Audit:
    audit = Audit.of(Path(os.environ[KUBECONFIG_VARIABLE]))
    if not audit.path.exists():
        pytest.skip("the cluster is no node of tests/cluster, and its audit log is not known")
    return audit


@dataclass(frozen=True)
class Reader:
    """Somebody who has read the page, and does what it says."""

    lab: Lab
    release: Release
    folder: Path
    kubeconfig: Path

    @property
    def username(self) -> str:
        return f"system:serviceaccount:{self.accounts}:{USER_OF_THE_PAGE}"

    @property
    def accounts(self) -> str:
        """The namespace of the user, which is not that of the release."""
        return f"{self.release.namespace}-accounts"

    def may(self, work: str) -> None:
        """Takes the Role of a kind of work, and adds to that of an upgrade what the chart has besides."""
        role, binding = manifests(work)
        if work.startswith("configure"):
            more = {"apiGroups": [""], "resources": ["services"], "verbs": ["get", "patch"]}
            role["rules"].append(more)
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": [role, binding]})
        text = text.replace("NAMESPACE", self.release.namespace)
        text = text.replace("RELEASE", self.release.name)
        self.release.kubectl.apply(text.replace("ACCOUNTS", self.accounts))

    def may_nothing(self) -> None:
        """Gives all Roles back."""
        place = ("-n", self.release.namespace)
        self.release.kubectl.run(*place, "delete", "roles,rolebindings", "--all")

    def plays(self, playbook: str, *arguments: str, **changes: Any) -> Played:
        self.lab.relay.set_user(USER, "correct horse")
        variables = self.lab.description(
            self.release, smtp_kubeconfig=str(self.kubeconfig), **changes
        )
        inventory, _ = write_inputs(self.folder, {self.release.name: variables})
        return play(f"mailops.smtp.{playbook}", inventory, self.lab.kubeconfig, "-v", *arguments)


class TestThePage:
    """Its own commands and manifests, in a fresh namespace; each test has the Role of one kind of work alone."""

    @pytest.fixture(scope="class")
    @classmethod
    def reader(
        cls, lab: Lab, release: Release, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[Reader]:
        folder = tmp_path_factory.mktemp("reader")
        reader = Reader(lab, release, folder, folder / "mailops.kubeconfig")
        commands = _COMMANDS.findall(PAGE)[0].replace("NAMESPACE", release.namespace)
        commands = commands.replace("ACCOUNTS", reader.accounts)
        variables = {**os.environ, "KUBECONFIG": str(lab.kubeconfig)}
        subprocess.run(["sh", "-euc", commands], cwd=folder, env=variables, check=True)
        yield reader
        lab.kubectl.run("delete", "namespace", reader.accounts, "--wait=false")

    @pytest.fixture(autouse=True)
    def _alone(self, reader: Reader) -> Iterator[None]:
        yield
        reader.may_nothing()

    def test_is_enough_to_configure(self, reader: Reader) -> None:
        reader.may("configure")
        played = reader.plays("configure", smtp_probe_from="pod")
        assert (played.returncode, played.changed) == (0, 1), played.output
        assert "right-" not in played.output
        # A password alone rolls nothing, so that the pods are restarted.
        played = reader.plays(
            "configure", "--tags", "deploy,verify", smtp_password="battery staple"
        )
        assert (played.returncode, played.changed) == (0, 1), played.output
        assert reader.release.environ("cmd")["SMTP_SENDER_PASSWORD"] == "battery staple"

    def test_is_enough_to_read(self, reader: Reader) -> None:
        reader.may("read")
        played = reader.plays("audit")
        assert (played.returncode, played.changed) == (0, 0), played.output

    def test_is_enough_to_verify_and_to_see_that_nothing_is_to_be_done(
        self, reader: Reader
    ) -> None:
        reader.may("verify")
        tags = ("--tags", "deploy,verify")
        played = reader.plays("configure", *tags, smtp_password="battery staple")
        assert (played.returncode, played.changed) == (0, 0), played.output

    @pytest.mark.parametrize(
        ("work", "place", "changed"),
        [("probe", "pod", 0), ("probe-ephemeral", "ephemeral", 1), ("probe-job", "job", 0)],
    )
    def test_is_enough_to_probe(self, reader: Reader, work: str, place: str, changed: int) -> None:
        reader.may(work)
        options = {"smtp_probe_from": place, "smtp_probe_image": INVITATIONS.name}
        played = reader.plays("probe", **options)
        assert (played.returncode, played.changed) == (0, changed), played.output
        assert "probe-from-controller" not in played.output

    def test_is_enough_to_bring_a_private_ca_in_and_out(self, lab: Lab, reader: Reader) -> None:
        reader.may("configure-ca")
        wanted = {**verified(lab), "smtp_password": "battery staple"}
        played = reader.plays("configure", "--tags", "deploy,verify", **wanted)
        assert (played.returncode, played.changed) == (0, 1), played.output
        reader.may_nothing()
        reader.may("configure")
        settings = {**wanted, "smtp_ca_mode": "none", "smtp_from_address": "new@example.com"}
        for refused in (
            reader.plays("remove_ca", **wanted),
            reader.plays("configure", "--tags", "deploy", **settings),
        ):
            assert refused.failed == 1, refused.output
            assert "may not create or delete configmaps" in refused.output
        reader.may("configure-ca")
        played = reader.plays("remove_ca", **wanted)
        assert (played.returncode, played.changed) == (0, 1), played.output

    def test_nothing_else_was_asked_of_the_api_server(self, reader: Reader, audit: Audit) -> None:
        assert audit.refused(reader.username) == {OWNERS}
        assert verbs_on("services", audit.used(reader.username)) == set(needs.ON_OBJECT)


class TestNothingIsTooMuch:
    """Every verb that a Role must have is used by the work that it is for, where all happens that can happen."""

    @pytest.fixture(scope="class")
    @classmethod
    def release(cls, lab: Lab) -> Iterator[Release]:
        """Of every kind of workload, with as many revisions as Helm keeps."""
        release = kinds.installed(lab.release())
        for count in range(9):
            release.upgrade({"by": count})
        yield release
        release.remove()

    @pytest.fixture
    def plays(self, lab: Lab, release: Release, tmp_path: Path) -> Plays:
        def run(playbook: str, *arguments: str, **changes: Any) -> Played:
            variables = lab.description(release, **{**kinds.MAIL, **changes})
            inventory, _ = write_inputs(tmp_path, {release.name: variables})
            return play(f"mailops.smtp.{playbook}", inventory, lab.kubeconfig, *arguments)

        return run

    @pytest.fixture
    def unused(self, lab: Lab, release: Release, audit: Audit) -> Callable[[str], set[Right]]:
        """What a user was given for a kind of work, and has not used."""

        def of(work: str) -> set[Right]:
            must = [need for need in WORKS[work] if not need.optional]
            return of_rules(rules(must)) - audit.used(lab.user(release, work).username)

        return of

    def test_of_configuring_with_a_private_ca(
        self, lab: Lab, release: Release, plays: Plays, unused: Callable[[str], set[Right]]
    ) -> None:
        kinds.leave_stuck(release)
        tags = ("--tags", "deploy,verify")
        for changes in ({}, {"smtp_ca_mode": "none"}):
            played = plays("configure", *tags, **verified(lab, **changes))
            assert (played.returncode, played.changed) == (0, 1), played.output
        assert unused("configure-ca") - of_rules(rules(WORKS["verify"])) == set()

    def test_of_reading(self, plays: Plays, unused: Callable[[str], set[Right]]) -> None:
        plays("audit", work="read")
        assert unused("read") == set()

    def test_of_probing(
        self, lab: Lab, release: Release, plays: Plays, unused: Callable[[str], set[Right]]
    ) -> None:
        place = ("-n", release.namespace)
        policy = {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "deny-egress", "namespace": release.namespace},
            "spec": {"podSelector": {}, "policyTypes": ["Egress"]},
        }
        lab.kubectl.apply(json.dumps(policy))
        nobody = {"smtp_host": "nobody.mail.svc.cluster.local"}
        image = {"smtp_probe_image": INVITATIONS.name}
        plays("probe", work="probe", smtp_probe_from="pod", **nobody)
        record = f"secret/sh.helm.release.v1.{release.name}.v{release.revision()}"
        lab.kubectl.run(*place, "label", "--overwrite", record, "status=failed")
        plays("probe", work="probe", smtp_probe_from="pod", **nobody)
        lab.kubectl.run(*place, "label", "--overwrite", record, "status=deployed")
        assert unused("probe") == set()
        common = of_rules(rules(WORKS["probe"]))
        for own in ("ephemeral", "job"):
            plays("probe", work=f"probe-{own}", smtp_probe_from=own, **image)
            assert unused(f"probe-{own}") - common == set()

    def test_of_the_hooks_of_a_chart_by_both_majors_of_helm(
        self, lab: Lab, audit: Audit, tmp_path: Path
    ) -> None:
        used: set[Right] = set()
        for helm in MAJORS:
            release = replace(lab.release(helm=helm), chart=guard.CHART)
            try:
                guard.install(release, "hooks")
                variables = lab.description(release, **guard.MAIL)
                inventory, _ = write_inputs(tmp_path, {release.name: variables})
                play(PLAYBOOK, inventory, lab.kubeconfig, "--tags", "deploy")
                used |= audit.used(lab.user(release).username)
            finally:
                release.remove()
        # Lists come by watch from this API server, and not from older ones.
        assert verbs_on("jobs", used) | {"list"} == set(needs.ON_HOOK)

    def test_of_verifying(
        self, lab: Lab, release: Release, plays: Plays, unused: Callable[[str], set[Right]]
    ) -> None:
        # Whose pods then are of an older revision, and go on.
        both = (f"deployment/{release.name}-web", f"daemonset/{release.name}-agent")
        image = "*=nowhere.test/none:1"
        lab.kubectl.run("-n", release.namespace, "set", "image", *both, image)
        wanted = verified(lab, work="verify", smtp_ca_mode="none")
        played = plays("configure", "--tags", "deploy,verify", **wanted)
        assert played.changed == 0
        assert "older revision" in played.output
        assert unused("verify") == set()
