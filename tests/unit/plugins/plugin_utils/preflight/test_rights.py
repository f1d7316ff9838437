# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every right that is missing is named with the rule that gives it, and no other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.hooks import of_upgrade
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight import needs, rights
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.needs import Need
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision

MANIFEST = """\
apiVersion: v1
kind: Service
metadata: {name: api}
---
apiVersion: v1
kind: Service
metadata: {name: elsewhere, namespace: other}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
---
apiVersion: example.com/v1
kind: Unknown
metadata: {name: x}
"""
HOOK = {
    "manifest": "apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\n",
    "events": ["pre-upgrade"],
}


@dataclass
class Authorizer:
    """An API server with some kinds, that gives everything but what is listed.

    :param refused: verb and resource; with a name after a colon, of one object.
    """

    refused: Collection[str] = ()
    given: Collection[str] = ()
    namespace: str = "apps"
    asked: list[str] = field(default_factory=list)

    def may(self, verb: str, resource: str, *, group: str, namespace: str, name: str = "") -> bool:
        question = f"{verb} {resource}{f':{name}' if name else ''}"
        self.asked.append(f"{question} in {namespace or 'the cluster'} of {group or 'the core'}")
        return question in self.given or f"{verb} {resource}" not in self.refused

    def resources(self, version: str) -> dict[str, dict[str, Any]]:
        known = {
            "v1": {"Service": {"name": "services", "namespaced": True}},
            "batch/v1": {"Job": {"name": "jobs", "namespaced": True}},
            "rbac.authorization.k8s.io/v1": {
                "ClusterRole": {"name": "clusterroles", "namespaced": False}
            },
        }
        return known.get(version, {})


NEED = Need("secrets", ("get", "list"), "read")


class TestMissing:
    def test_nothing_is_said_when_nothing_is_missing(self) -> None:
        assert rights.missing(Authorizer(), needs.CONFIGURE) == []

    def test_the_verbs_of_a_resource_are_told_together_with_their_rule(self) -> None:
        api = Authorizer(refused={"get secrets", "list secrets"})
        [finding] = rights.missing(api, [NEED, Need("pods", ("get",), "look")])
        assert (finding.code, finding.severity) == ("right-missing", "error")
        assert "may not get or list secrets in namespace apps: needed to read." in finding.message
        rule = yaml.safe_load(finding.fix.partition(": ")[2])
        assert rule == {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get", "list"]}

    def test_what_only_makes_the_work_better_is_a_warning(self) -> None:
        api = Authorizer(refused={"list events"})
        [finding] = rights.missing(api, [Need("events", ("list",), "explain", optional=True)])
        assert (finding.code, finding.severity) == ("right-wanted", "warning")

    def test_a_wish_and_a_need_for_the_same_resource_are_one_error(self) -> None:
        api = Authorizer(refused={"get configmaps", "patch configmaps"})
        wish = Need("configmaps", ("get",), "look", optional=True)
        [finding] = rights.missing(api, [wish, Need("configmaps", ("patch",), "change")])
        assert finding.code == "right-missing"
        assert "may not get or patch configmaps" in finding.message

    def test_a_role_that_names_the_objects_is_enough(self) -> None:
        api = Authorizer(refused={"patch services"}, given={"patch services:api"})
        assert rights.missing(api, [Need("services", ("patch",), "x", names=("api",))]) == []
        both = Need("services", ("patch",), "x", names=("api", "web"))
        assert [each.where for each in rights.missing(api, [both])] == ["services"]

    def test_a_right_on_what_has_no_namespace_is_asked_for_the_cluster(self) -> None:
        api = Authorizer(refused={"get nodes"})
        [finding] = rights.missing(api, [Need("nodes", ("get",), "look", namespace="")])
        assert api.asked == ["get nodes in the cluster of the core"]
        assert "may not get nodes: needed" in finding.message
        assert "to a ClusterRole of that user" in finding.fix


def test_the_objects_of_the_chart_are_read_and_patched_and_those_of_hooks_made_anew() -> None:
    found = rights.of_release(Authorizer(), revision(manifest=MANIFEST, hooks=[HOOK]))
    assert {(need.resource, need.group, need.namespace, need.verbs) for need in found} == {
        ("services", "", None, needs.ON_OBJECT),
        ("services", "", "other", needs.ON_OBJECT),
        ("clusterroles", "rbac.authorization.k8s.io", "", needs.ON_OBJECT),
        ("jobs", "batch", None, needs.ON_HOOK),
    }
    assert {need.names for need in found} == {("api",), ("elsewhere",), ("reader",), ("migrate",)}


def test_an_object_that_gets_its_name_when_it_is_made_takes_the_right_for_any() -> None:
    nameless = "---\napiVersion: v1\nkind: Service\nmetadata: {generateName: api-}\n"
    found = rights.of_release(Authorizer(), revision(manifest=MANIFEST + nameless))
    assert {(need.resource, need.namespace, need.names) for need in found} == {
        ("services", None, ()),
        ("services", "other", ("elsewhere",)),
        ("clusterroles", "", ("reader",)),
    }


def test_hooks_that_an_upgrade_does_not_run_need_nothing() -> None:
    idle = {**HOOK, "events": ["post-install"]}
    assert of_upgrade(revision(hooks=[idle]), "apps") == {}
    assert rights.of_release(Authorizer(), revision(manifest="", hooks=[idle])) == []


class TestTheData:
    def test_kinds_of_workloads_that_a_release_has_not_are_left_out(self) -> None:
        found = needs.for_workloads(needs.VERIFY, ["StatefulSet"])
        assert {need.resource for need in found if need.group == "apps"} == {"statefulsets"}
        found = needs.for_workloads(needs.VERIFY, ["Deployment", "DaemonSet"])
        assert {need.resource for need in found if need.group == "apps"} == {
            "deployments",
            "daemonsets",
            "replicasets",
            "controllerrevisions",
        }
        assert needs.RECORDS in found

    def test_a_role_has_one_rule_for_each_resource_and_what_is_named_of_it(self) -> None:
        for work in needs.WORKS:
            rules = needs.rules(work.needs)
            places = [
                (*rule["apiGroups"], *rule["resources"], *rule.get("resourceNames", ()))
                for rule in rules
            ]
            assert len(places) == len(set(places))

    def test_no_role_may_read_or_change_the_lease_of_another_release(self) -> None:
        for work in needs.WORKS:
            rules = needs.rules(needs.for_release(work.needs, "qua"))
            for rule in (each for each in rules if each["resources"] == ["leases"]):
                named = rule.get("resourceNames") == ["mailops-smtp-qua"]
                assert named or rule["verbs"] == ["create"]

    def test_more_work_needs_more(self) -> None:
        assert set(needs.READ) < set(needs.VERIFY) < set(needs.CONFIGURE) < set(needs.CONFIGURE_CA)
        assert set(needs.RESTART) < set(needs.MOUNT) < set(needs.CONFIGURE_CA)
        assert set(needs.RESTART) < set(needs.CONFIGURE)
