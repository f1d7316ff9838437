# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An upgrade for mail changes nothing but mail: what else it would do is found out before."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.apps.guard.release import CHART, MAIL, install, wait
from tests.apps.invitations.release import Release
from tests.harness.lab import RELAY_HOST, Lab
from tests.harness.playbook import Played
from tests.system.conftest import Configure

pytestmark = pytest.mark.node

MAJORS = ("helm", "helm3")


@dataclass(frozen=True)
class App:
    """One installation of the guarded application."""

    release: Release
    configure: Configure

    def deploy(self, *arguments: str, **changes: Any) -> Played:
        """Brings mail in; the relay is not asked."""
        settings = {**MAIL, **changes}
        return self.configure(
            self.release, "--tags", "deploy", "-v", *arguments, known=False, **settings
        )

    def kubectl(self, *arguments: str) -> str:
        return self.release.kubectl.run("-n", self.release.namespace, *arguments)

    def get(self, kind: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.release.kubectl.json(
            "-n", self.release.namespace, "get", kind, f"{self.release.name}-{name}"
        )
        return found

    def state(self) -> dict[str, str]:
        """Every object of the namespace that a run could change, by its version."""
        kinds = "secrets,configmaps,services,deployments,jobs,pods"
        items = self.release.kubectl.json("-n", self.release.namespace, "get", kinds)["items"]
        return {
            f"{item['kind']}/{item['metadata']['name']}": item["metadata"]["resourceVersion"]
            for item in items
        }


@pytest.fixture
def installed(lab: Lab, configure: Configure) -> Iterator[Callable[..., App]]:
    """Installs the guarded application with some of its traps."""
    releases: list[Release] = []

    def one(*traps: str, helm: str = "helm") -> App:
        release = replace(lab.release(helm=helm), chart=CHART)
        releases.append(release)
        install(release, *traps)
        return App(release, configure)

    yield one
    for release in releases:
        release.remove()


def findings(played: Played) -> list[dict[str, str]]:
    """The findings of the release step."""
    assert "Traceback" not in played.output
    result: list[dict[str, str]] = played.results[-1]["findings"]
    return result


def told(app: App, played: Played) -> set[tuple[str, str]]:
    """Code and object of each finding, without the name of the release."""
    return {
        (entry["code"], entry["where"].replace(app.release.name, "hub"))
        for entry in findings(played)
    }


def diff(played: Played) -> list[str]:
    """The lines that the run shows as changed."""
    return [line for line in played.output.splitlines() if line.startswith(("+", "-"))]


TRAPS = ("randomSecret", "deletes", "creates", "changes", "immutable")
STOPPED = {
    ("upgrade-changes-random", "Secret/hub-keys"),
    ("upgrade-deletes", "ConfigMap/hub-welcome"),
    ("upgrade-creates", "Service/hub-bounces"),
    ("upgrade-changes-other", "Service/hub-app"),
    ("upgrade-immutable", "Deployment/hub-worker"),
}


class TestWhatIsNotMail:
    """As the administrator: the documented Role has no right to make or to delete what is not mail."""

    @pytest.fixture
    def administrator(self, lab: Lab) -> dict[str, Any]:
        return {"smtp_kubeconfig": str(lab.kubeconfig)}

    @pytest.mark.parametrize("helm", MAJORS)
    def test_stops_the_run_with_a_finding_for_each_object_and_nothing_is_changed(
        self, installed: Callable[..., App], administrator: dict[str, Any], helm: str
    ) -> None:
        app = installed(*TRAPS, helm=helm)
        before = app.state()
        played = app.deploy(**administrator)
        assert played.failed == 1, played.output
        assert told(app, played) == STOPPED
        assert app.state() == before

    def test_leaves_nothing_held_that_a_killed_run_has_left_so(
        self, installed: Callable[..., App], administrator: dict[str, Any]
    ) -> None:
        app = installed("randomSecret")
        name = f"{app.release.name}-app"
        metadata = {"name": name, "annotations": {"mailops.smtp/held": "0"}}
        body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata}
        app.release.kubectl.run(
            *("-n", app.release.namespace, "apply", "--server-side", "--filename=-"),
            "--field-manager=mailops-smtp-hold",
            stdin=json.dumps({**body, "spec": {"paused": True}}),
        )
        played = app.deploy(**administrator)
        assert played.failed == 1, played.output
        assert told(app, played) == {
            ("upgrade-changes-random", "Secret/hub-keys"),
            ("workload-let-go", "Deployment hub-app"),
        }
        assert "paused" not in app.get("deployment", "app")["spec"]

    @pytest.mark.parametrize("helm", MAJORS)
    def test_passes_when_it_is_allowed_by_name_and_is_said(
        self, installed: Callable[..., App], administrator: dict[str, Any], helm: str
    ) -> None:
        app = installed("randomSecret", "deletes", "creates", "changes", helm=helm)
        name = app.release.name
        session = app.get("secret", "keys")["data"]
        allowed = [
            f"Secret/{name}-keys:data.session",
            f"ConfigMap/{name}-welcome",
            f"Service/{name}-*",
        ]
        played = app.deploy(smtp_allow_changes=allowed, **administrator)
        assert (played.returncode, played.changed) == (0, 1), played.output
        assert {code for code, _ in told(app, played)} == {"change-allowed"}
        assert app.get("secret", "keys")["data"] != session
        assert app.get("service", "bounces")
        assert f"{name}-welcome" not in app.kubectl("get", "configmaps")


GIVEN_WAY = {
    "Secret/hub-mail": {"data.directory"},
    "ConfigMap/hub-config": {"data[directory.yml]"},
    "Deployment/hub-app": {
        f"spec.template.spec.{place}"
        for place in (
            "containers[app].env[DIRECTORY]",
            "containers[app].envFrom[ConfigMap/hub-directory]",
            "containers[app].volumeMounts[/etc/directory]",
            "containers[app].volumeMounts[/var/lib/directory]",
            "volumes[directory]",
        )
    },
}


@pytest.mark.parametrize(
    ("helm", "traps"), [("helm", ["givesWay"]), ("helm3", ["givesWay", "twice"])]
)
def test_settings_of_somebody_else_that_would_give_way_stop_the_run_and_each_is_named(
    installed: Callable[..., App], helm: str, traps: list[str]
) -> None:
    app = installed(*traps, helm=helm)
    before = app.state()
    played = app.deploy()
    assert played.failed == 1, played.output
    assert told(app, played) == {("upgrade-changes-other", where) for where in GIVEN_WAY}
    for finding in findings(played):
        message = finding["message"].replace(app.release.name, "hub")
        places = message.partition(" change ")[2].partition(" of ")[0]
        assert (
            set(places.split(", ")) == GIVEN_WAY[finding["where"].replace(app.release.name, "hub")]
        )
    assert app.state() == before
    allowed = app.deploy(smtp_allow_changes=[f"*/{app.release.name}-*"])
    assert (allowed.returncode, allowed.changed) == (0, 1), allowed.output


@pytest.mark.parametrize("helm", MAJORS)
class TestMail:
    def test_passes_with_what_the_chart_makes_of_it(
        self, installed: Callable[..., App], helm: str
    ) -> None:
        app = installed("more", helm=helm)
        played = app.deploy()
        assert (played.returncode, played.changed) == (0, 1), played.output
        assert told(app, played) == set()
        wait(app.release)
        environ = app.kubectl("exec", f"deploy/{app.release.name}-app", "--", "env").splitlines()
        assert {f"MAIL_HOST={RELAY_HOST}", f"HELLO=hello {RELAY_HOST}"} <= set(environ)

    def test_check_mode_shows_the_same_diff_and_changes_nothing(
        self, installed: Callable[..., App], helm: str
    ) -> None:
        app = installed(helm=helm)
        before = app.state()
        tried = app.deploy("--check", "--diff")
        assert (tried.returncode, tried.changed) == (0, 1), tried.output
        assert app.state() == before
        done = app.deploy("--diff")
        assert diff(tried) == diff(done)
        text = "\n".join(diff(done))
        assert f"+Deployment/{app.release.name}-app:" in text
        assert f"host = {RELAY_HOST}" in text
        assert "(secret, new value)" in text
        assert "correct horse" not in tried.output + done.output

    def test_a_field_that_kubernetes_does_not_know_is_refused_before_the_upgrade(
        self, installed: Callable[..., App], helm: str
    ) -> None:
        app = installed("misspells", helm=helm)
        before = app.state()
        played = app.deploy()
        by = {
            "helm": ("upgrade-would-fail", "release hub"),  # its way to apply is a typed one
            "helm3": ("upgrade-refused", "Deployment/hub-app"),
        }
        assert told(app, played) == {by[helm]}
        assert "protocoll" in played.output
        assert app.state() == before

    def test_a_key_that_the_chart_ignores_is_found_before_the_upgrade(
        self, installed: Callable[..., App], helm: str
    ) -> None:
        app = installed("ignores", helm=helm)
        before = app.state()
        played = app.deploy()
        assert told(app, played) == {("evidence-not-rendered", "Deployment hub-app")}
        assert "MAIL_FROM is not set" in played.output
        assert app.state() == before


def test_hooks_that_run_again_are_told_and_let_pass(installed: Callable[..., App]) -> None:
    app = installed("hooks")
    notes = app.get("configmap", "notes")["metadata"]["uid"]
    played = app.deploy()
    assert (played.returncode, played.changed) == (0, 1), played.output
    (finding,) = findings(played)
    assert finding["code"] == "hooks-run-again"
    assert f"Job/{app.release.name}-migrate (pre-upgrade)" in finding["message"]
    assert app.get("configmap", "notes")["metadata"]["uid"] != notes


class TestSomebodyElsesHand:
    """What somebody has changed past Helm is neither lost nor met half-way through the upgrade."""

    @pytest.mark.parametrize(
        ("helm", "code"), [("helm", "upgrade-conflicts"), ("helm3", "upgrade-undoes-drift")]
    )
    def test_stops_the_run_and_goes_only_when_it_is_allowed(
        self, installed: Callable[..., App], helm: str, code: str
    ) -> None:
        app = installed(helm=helm)
        deployment = f"deployment/{app.release.name}-app"
        app.kubectl("scale", deployment, "--replicas=2")
        app.kubectl("set", "env", deployment, "MAIL_FROM=ops@example.com", "DEBUG=1")
        wait(app.release)
        before = app.state()
        played = app.deploy()
        assert (code, "Deployment/hub-app") in told(app, played)
        assert "spec.replicas" in played.output
        assert app.state() == before
        allowed = app.deploy(
            smtp_allow_changes=f"Deployment/{app.release.name}-app:spec.replicas,"
            f"Deployment/{app.release.name}-app:spec.template.*"
        )
        assert (allowed.returncode, allowed.changed) == (0, 1), allowed.output
        spec = app.get("deployment", "app")["spec"]
        variables = {entry["name"] for entry in spec["template"]["spec"]["containers"][0]["env"]}
        assert spec["replicas"] == 1
        assert "DEBUG" in variables


def test_a_release_of_helm_3_is_looked_at_and_upgraded_by_helm_4(
    lab: Lab, installed: Callable[..., App]
) -> None:
    app = installed("randomSecret", helm="helm3")
    later = App(replace(app.release, helm=lab.release().helm), app.configure)
    played = later.deploy()
    assert told(later, played) == {("upgrade-changes-random", "Secret/hub-keys")}
    played = later.deploy(smtp_allow_changes=f"Secret/{app.release.name}-keys")
    assert (played.returncode, played.changed) == (0, 1), played.output
