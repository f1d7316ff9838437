# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is due in a release: nothing when all is there, and never a bundle without the image's roots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils import plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE as AWAY
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import Ref
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import KEEP, Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import bundle, patch
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.bundle import Roots
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.decide import Trust
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.hold import HELD
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounts import (
    Due,
    Mount,
    Mounts,
    back,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.roots import FILES
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import RUNTIMES
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    API,
    ScriptedCluster,
    deployment,
    pod,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    RAW,
    codes,
    findings_of,
    the_finding,
)
from tests.relays.authority import Authority
from tools.application_pages import PRIVATE_CA

ROOTS, OTHER_CA = Authority().certificate, Authority().certificate
IMAGE = {"image": "app:1"}
PYTHON = {API: RUNTIMES["python"]}


def state(**container: Any) -> dict[str, Any]:
    return deployment(container={**IMAGE, **container})


def cluster(**changes: Any) -> ScriptedCluster:
    """One pod whose image is Debian's."""
    running = {"pods_of": {"qua-api": [pod()]}, "environments": {"qua-api-1": b""}}
    return ScriptedCluster(**{**running, "files": {FILES[0]: ROOTS.encode()}, **changes})


def look(
    cluster: ScriptedCluster, live: dict[str, Any], runtimes: Any = None, pem: str = PRIVATE_CA
) -> Due:
    trust = Trust(pem, PYTHON if runtimes is None else runtimes)
    return Mounts(cluster, trust).look({API: live})  # type: ignore[arg-type]  # it reads only


def bundled(roots: Roots) -> dict[str, str]:
    """The files of a ConfigMap that an earlier run has made."""
    return {"api.pem": bundle.text(PRIVATE_CA, roots)}


def mounting(roots: Roots) -> dict[str, Any]:
    """A workload that mounts them; their ConfigMap is another question."""
    template = patch.mounting(state(), PYTHON, bundled(roots))["spec"]["template"]["spec"]
    [container] = template["containers"]
    found = state(env=container["env"], volumeMounts=container["volumeMounts"])
    found["spec"]["template"]["spec"]["volumes"] = template["volumes"]
    found["metadata"]["managedFields"] = [{"manager": patch.MANAGER}]
    return found


def kept(roots: Roots) -> dict[str, Any]:
    return {patch.config_map_name(state(), bundled(roots)): {"data": bundled(roots)}}


def test_the_bundle_begins_with_the_roots_of_the_pods_own_image() -> None:
    [mount] = look(cluster(), state()).mounts
    assert mount.config_map
    assert mount.config_map["data"] == {"api.pem": bundle.text(PRIVATE_CA, Roots("app:1", ROOTS))}


@pytest.mark.parametrize("path", FILES)
def test_the_roots_are_found_where_each_family_of_images_has_them(path: str) -> None:
    [mount] = look(cluster(files={path: b"# roots\xff\n" + ROOTS.encode()}), state()).mounts
    assert mount.config_map
    assert ROOTS in mount.config_map["data"]["api.pem"]


def test_nothing_is_due_when_all_of_it_is_there_and_nothing_is_run_in_a_pod() -> None:
    there = cluster(config_maps=kept(Roots("app:1", ROOTS)), environments={})
    assert not look(there, mounting(Roots("app:1", ROOTS)))


def test_a_bundle_that_somebody_has_deleted_is_made_anew() -> None:
    [mount] = look(cluster(), mounting(Roots("app:1", ROOTS))).mounts
    assert mount.config_map


def test_another_image_is_asked_for_its_own_roots() -> None:
    before = Roots("app:0", "")
    [mount] = look(cluster(config_maps=kept(before)), mounting(before)).mounts
    assert mount.config_map
    assert ROOTS in mount.config_map["data"]["api.pem"]


def test_without_a_container_to_read_them_from_nothing_is_mounted() -> None:
    for away in (cluster(environments={}), cluster(pods_of={})):
        finding = the_finding(lambda away=away: look(away, state()))  # type: ignore[misc]  # a lambda with a default
        assert (finding.code, finding.where) == ("ca-roots-unreadable", "Deployment qua-api")


def test_roots_of_an_earlier_run_are_used_when_they_cannot_be_read_now() -> None:
    before = Roots("app:0", ROOTS)
    due = look(cluster(environments={}, config_maps=kept(before)), mounting(before), pem=OTHER_CA)
    assert codes(due.findings) == ["ca-roots-kept"]
    [mount] = due.mounts
    assert mount.config_map
    assert ROOTS in mount.config_map["data"]["api.pem"]


def test_an_image_without_roots_gets_the_private_ca_alone_and_that_is_said() -> None:
    due = look(cluster(files={}), state())
    assert codes(due.findings) == ["ca-roots-none"]


@pytest.mark.parametrize("runtime", ["go", "node"])
def test_a_runtime_that_adds_needs_no_roots_and_no_container(runtime: str) -> None:
    [mount] = look(cluster(pods_of={}), state(), {API: RUNTIMES[runtime]}).mounts
    assert mount.config_map
    assert mount.config_map["data"] == {"api.pem": bundle.text(PRIVATE_CA)}


def test_what_stands_against_it_is_told_before_anything_is_changed() -> None:
    taken = state(env=[{"name": "SSL_CERT_FILE", "value": "/etc/company.pem"}])
    assert the_finding(lambda: look(cluster(), taken)).code == "ca-variable-taken"
    other = Workload("Deployment", "qua-api", "web")
    runtimes = {other: RUNTIMES["python"]}
    trust = Mounts(cluster(), Trust(PRIVATE_CA, runtimes))  # type: ignore[arg-type]  # it reads only
    finding = the_finding(lambda: trust.look({other: state()}))
    assert finding.code == "ca-container-missing"
    assert "api" in finding.fix


def test_what_is_not_wanted_any_more_is_removed_and_only_where_it_is_ours() -> None:
    assert not look(cluster(), state(), {}, "")
    ours = state()
    ours["metadata"]["managedFields"] = [{"manager": patch.MANAGER}]
    [mount] = look(cluster(), ours, {}, "").mounts
    assert (mount.config_map, mount.applied) == (None, patch.bare(ours))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (state(), mounting(Roots("app:1", ROOTS)), "mounted in Deployment qua-api"),
        (mounting(Roots("app:1", ROOTS)), mounting(Roots("app:1", OTHER_CA)), "replaced in "),
        (mounting(Roots("app:1", ROOTS)), patch.bare(state()), "removed in Deployment qua-api"),
        (mounting(Roots("app:1", ROOTS)), mounting(Roots("app:1", ROOTS)), "mounted again in "),
    ],
)
def test_what_happens_to_the_ca_is_told(
    before: dict[str, Any], after: dict[str, Any], words: str
) -> None:
    due = Due(cast(Cluster, cluster()), (Mount(before, None, after),))
    [told] = due.changes
    assert told.startswith(words)


def test_a_workload_that_a_killed_run_has_left_held_is_let_go() -> None:
    held = state()
    held["metadata"]["annotations"] = {HELD: "0"}
    due = look(cluster(), held, {}, "")
    assert (due.mounts, due.left_held) == ((), (held,))
    assert due


@dataclass
class Stubborn(ScriptedCluster):
    """A cluster whose API server is away whenever some workloads are to be let go."""

    keeps: tuple[str, ...] = ()
    freed: list[str] = field(default_factory=list)
    holds: int = 0

    def apply(self, body: Any, _manager: str, *, force: bool = False) -> None:
        name = body["metadata"]["name"]
        if "spec" in body:
            self.holds += 1
            return
        if name in self.keeps:
            raise FindingError(AWAY.finding("cluster-unreachable", where="x", problem="refused"))
        self.freed.append(name)


class TestLettingGo:
    """Each by itself, and without a word less about what has failed before."""

    NAMES = ("qua-api", "qua-cmd")

    @pytest.fixture
    def due(self) -> Due:
        states = {name: deployment(name) for name in self.NAMES}
        held = Stubborn(states=states, keeps=("qua-api",))
        mounts = tuple(Mount(each, None, patch.bare(each)) for each in states.values())
        return Due(cast(Cluster, held), mounts)

    @staticmethod
    def held(due: Due, failure: FindingError | None = None) -> None:
        with due.held(()):
            if failure:
                raise failure

    def test_that_fails_for_one_is_told_and_done_for_the_others(self, due: Due) -> None:
        finding = the_finding(lambda: self.held(due))
        assert (finding.code, finding.where) == ("workload-left-held", "Deployment qua-api")
        assert cast(Stubborn, due.cluster).freed == ["qua-cmd"]

    def test_that_fails_comes_after_what_has_failed_first(self, due: Due) -> None:
        first = FindingError(AWAY.finding("cluster-login-refused", where="x"))
        found = findings_of(lambda: self.held(due, first))
        assert codes(found) == ["cluster-login-refused", "workload-left-held"]

    def test_comes_first_and_nothing_is_held_where_hooks_may_wait_for_the_pods(self) -> None:
        state = deployment("qua-api")
        cluster = Stubborn(states={"qua-api": state})
        [mount] = (Mount(state, None, patch.bare(state)),)
        due = Due(cast(Cluster, cluster), (mount,), left_held=(state,))
        with due.held([Ref("Job", "smoke")]):
            assert cluster.freed == ["qua-api"]
        assert (cluster.holds, cluster.freed) == (0, ["qua-api"])
        [told] = due.twice([Ref("Job", "smoke")])
        assert (told.code, told.where) == ("ca-rolls-twice", "Deployment qua-api")
        assert "Job/smoke" in told.message
        assert due.twice(()) == []
        assert Due(due.cluster, left_held=(state,)).twice([Ref("Job", "smoke")]) == []

    def test_is_what_an_upgrade_may_do_where_the_chart_gives_the_field_that_holds(self) -> None:
        due = Due(cast(Cluster, cluster()), left_held=(deployment(),))
        assert due.held_fields == ("Deployment/qua-api:spec.paused",)

    def test_without_a_change_of_the_ca_is_not_told_as_one(self) -> None:
        due = Due(cast(Cluster, cluster()), left_held=(state(),))
        assert (str(due), due.left) == ("", "Deployment qua-api")


def test_what_was_mounted_before_is_known_and_brings_it_back() -> None:
    before = Roots("app:1", ROOTS)
    due = look(cluster(config_maps=kept(before)), mounting(before), pem=OTHER_CA)
    [was] = due.before
    assert patch.restored(was, state()) == patch.mounting(state(), PYTHON, bundled(before))
    [was] = look(cluster(), state()).before
    assert patch.restored(was, state()) == patch.bare(state())


def test_all_that_is_wanted_is_known_also_when_it_is_there() -> None:
    before = Roots("app:1", ROOTS)
    there = Mounts(cluster(config_maps=kept(before)), Trust(PRIVATE_CA, PYTHON))  # type: ignore[arg-type]  # it reads only
    [mount], findings = there.wanted({API: mounting(before)})
    assert (mount.there, findings) == (True, [])


class TestTheWayBack:
    """A workload gets back what it had, when that is still to be had."""

    OLD, NEW = Roots("app:1", ROOTS), Roots("app:2", OTHER_CA)

    def back(self, live: dict[str, Any], *before: Any, **there: Any) -> Due:
        return back(cluster(**there), {API: live}, before)  # type: ignore[arg-type]  # it reads only

    def test_brings_what_was_mounted_before(self) -> None:
        before = patch.mounted(mounting(self.OLD))
        [mount] = self.back(mounting(self.NEW), before, config_maps=kept(self.OLD)).mounts
        assert (mount.applied, mount.config_map) == (patch.restored(before, state()), None)

    def test_takes_away_what_was_not_there(self) -> None:
        [mount] = self.back(mounting(self.NEW), patch.mounted(state())).mounts
        assert mount.applied == patch.bare(state())

    def test_has_nothing_to_do_where_all_is_as_before(self) -> None:
        assert not self.back(mounting(self.OLD), patch.mounted(mounting(self.OLD)))
        assert not self.back(state(), patch.mounted(state()))

    def test_goes_to_the_first_of_several_states(self) -> None:
        [mount] = self.back(
            mounting(self.NEW), patch.mounted(state()), patch.mounted(mounting(self.OLD))
        ).mounts
        assert mount.applied == patch.bare(state())

    def test_says_when_the_certificates_are_gone(self) -> None:
        due = self.back(state(), patch.mounted(mounting(self.OLD)))
        assert (due.mounts, codes(due.findings)) == ((), ["ca-not-brought-back"])

    def test_says_when_somebody_has_put_other_certificates_in_their_place(self) -> None:
        forged = {name: {"data": {"api.pem": OTHER_CA}} for name in kept(self.OLD)}
        due = self.back(state(), patch.mounted(mounting(self.OLD)), config_maps=forged)
        assert (due.mounts, codes(due.findings)) == ((), ["ca-not-brought-back"])


class TestACaThatIsNotGivenAnyMore:
    """Goes with the next change, which is said before."""

    MOUNTED = Roots("app:1", ROOTS)

    def look(self, **trust: Any) -> Due:
        return Mounts(cluster(), Trust(**trust)).look({API: mounting(self.MOUNTED)})  # type: ignore[arg-type]  # it reads only

    def test_is_told(self) -> None:
        due = self.look()
        assert [mount.applied for mount in due.mounts] == [patch.bare(state())]
        assert codes(due.findings) == ["ca-will-be-removed"]
        assert due.findings[0].severity == "warning"

    def test_is_not_told_where_it_was_asked_for(self) -> None:
        assert codes(self.look(removal_wanted=True).findings) == []


class TestWhatOthersHaveWritten:
    """Is not trusted, and leads nowhere."""

    OLD = Roots("app:1", ROOTS)

    def test_certificates_in_the_place_of_ours_are_not_taken_for_roots_of_the_image(self) -> None:
        forged = {
            name: {"data": {"api.pem": bundle.text(PRIVATE_CA, Roots("app:1", ROOTS + OTHER_CA))}}
            for name in kept(self.OLD)
        }
        finding = the_finding(lambda: look(cluster(config_maps=forged), mounting(self.OLD)))
        assert finding.code == "ca-changed-by-others"

    @pytest.mark.parametrize(
        "name", ["../secrets/x", "mailops-smtp-ca-deployment-qua-api-../../x", "somebody-elses"]
    )
    def test_a_config_map_whose_name_is_not_of_our_scheme_is_neither_read_nor_kept(
        self, name: str
    ) -> None:
        live = mounting(self.OLD)
        [volume] = live["spec"]["template"]["spec"]["volumes"]
        volume["configMap"]["name"] = name
        assert patch.config_map_of(live) is None
        assert patch.mounted(live) == patch.mounted(state())
        [mount] = look(cluster(), live).mounts
        assert mount.config_map
        assert mount.config_map["immutable"] is True

    def test_a_variable_beside_ours_is_not_taken_for_one_of_ours(self) -> None:
        live = mounting(self.OLD)
        [container] = live["spec"]["template"]["spec"]["containers"]
        container["env"].append({"name": "NODE_OPTIONS", "value": "-r /etc/mailops-smtp-ca/x.js"})
        assert patch.mounted(live) == patch.mounted(mounting(self.OLD))


def test_the_variable_of_a_runtime_is_watched_also_when_nothing_is_mounted() -> None:
    raw = {**RAW, "application": "qualytics", "release": "qua", "namespace": "apps"}
    made = plan.make(raw)
    assert all(wanted.env["SSL_CERT_FILE"] is KEEP for wanted in made.watched.values())
    assert all("SSL_CERT_FILE" not in wanted.env for wanted in made.evidence.values())
