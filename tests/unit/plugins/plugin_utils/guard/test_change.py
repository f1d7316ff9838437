# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every write of a trial is told as what it would change, by a name that can be allowed."""

from __future__ import annotations

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import of_trial, steps
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.compare import spelt
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.guard.things import (
    changes,
    config_map,
    deployment,
    made,
    patched,
    refused,
    removed,
    secret,
)


def told(*found: object) -> list[tuple[str, str]]:
    return [(change.kind, change.name) for change in found]  # type: ignore[attr-defined]  # changes of both kinds


def test_a_field_is_told_by_object_and_place() -> None:
    found = changes(patched(deployment(host="old"), deployment(host="new")))
    place = "Deployment/hub-app:spec.template.spec.containers[app].env[MAIL_HOST].value"
    assert told(*found) == [("changed", place)]


def test_what_the_api_server_writes_by_itself_is_no_change() -> None:
    after = deployment()
    after["metadata"] |= {"generation": 4, "resourceVersion": "8", "managedFields": [{}]}
    after["status"] = {}
    assert changes(patched(deployment(), after)) == []


def test_objects_that_come_and_go_are_told_as_wholes() -> None:
    found = changes(made(config_map("welcome")), removed(secret("keys", session="x")))
    assert told(*found) == [("new", "ConfigMap/welcome"), ("deleted", "Secret/keys")]


def test_an_object_of_another_namespace_is_told_with_it() -> None:
    thing = config_map("welcome")
    assert of_trial([made(thing)], "other")[0].name == "ConfigMap/apps/welcome"


def test_a_conflict_is_told_for_each_field_with_its_owner() -> None:
    found = changes(
        refused(
            409,
            "Apply failed with 2 conflicts",
            {
                "reason": "FieldManagerConflict",
                "field": ".spec.replicas",
                "message": 'conflict with "kubectl" with subresource "scale" using apps/v1',
            },
            {
                "reason": "FieldManagerConflict",
                "field": '.spec.template.spec.containers[name="app"].image',
                "message": 'conflict with "kubectl-set" using apps/v1',
            },
        )
    )
    assert told(*found) == [
        ("conflict", "Deployment/hub-app:spec.replicas"),
        ("conflict", "Deployment/hub-app:spec.template.spec.containers[app].image"),
    ]
    assert 'subresource "scale"' in found[0].words


@pytest.mark.parametrize(
    ("field", "place"),
    [
        (".metadata.labels.helm.sh/chart", "metadata.labels[helm.sh/chart]"),
        (".data.app.ini", "data[app.ini]"),
        (
            '.spec.ports[port=25,protocol="TCP"].targetPort',
            "spec.ports[port=25 protocol=TCP].targetPort",
        ),
        (".spec.args[0]", "spec.args[0]"),
        ('.metadata.finalizers[="own"]', 'metadata.finalizers[="own"]'),
        ("spec.selector", "spec.selector"),
    ],
)
def test_fields_in_the_api_servers_notation_become_places(field: str, place: str) -> None:
    assert spelt(steps(field)) == place


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (422, "spec.selector: Invalid value: {}: field is immutable", "immutable"),
        (
            422,
            "updates to statefulset spec for fields other than 'replicas' are forbidden",
            "immutable",
        ),
        (422, "spec.clusterIPs[0]: Invalid value: []: may not change once set", "immutable"),
        (422, "spec.ports: Required value", "refused"),
        (
            403,
            'deployments.apps "hub-app" is forbidden: User "x" cannot patch resource "deployments"',
            "forbidden",
        ),
        (403, 'admission webhook "policy.example" denied the request: no', "refused"),
        (400, 'admission webhook "x" does not support dry run', "refused"),
    ],
)
def test_a_refusal_is_told_by_its_reason(status: int, message: str, kind: str) -> None:
    [found] = changes(refused(status, message))
    assert (found.kind, found.words) == (kind, message)


def test_the_one_field_that_is_refused_is_named() -> None:
    cause = {"reason": "FieldValueInvalid", "field": "spec.selector", "message": "immutable"}
    [found] = changes(refused(422, "field is immutable", cause))
    assert found.name == "Deployment/hub-app:spec.selector"


def test_a_change_does_not_show_its_values_when_it_is_printed() -> None:
    [found] = changes(patched(secret(password="hush"), secret(password="other")))
    assert secret(password="hush")["data"]["password"] not in repr(found)
