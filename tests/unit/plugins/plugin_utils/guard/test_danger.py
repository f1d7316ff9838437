# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies outside of a release needs an exact name, whatever the record says of it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard import danger
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.explain import explanation
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.hooks import Hook
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.judge import sort
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import Ref, ref
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import Write
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.guard.things import (
    EVIDENCE,
    NAMESPACE,
    changes,
    made,
    patched,
    refused,
    removed,
)

OURS = {"meta.helm.sh/release-name": "hub", "meta.helm.sh/release-namespace": NAMESPACE}


def thing(
    kind: str = "ConfigMap",
    group: str = "",
    *,
    namespace: str | None = NAMESPACE,
    notes: dict[str, str] | None = None,
    **more: Any,
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": "x", "annotations": OURS if notes is None else notes}
    if namespace:
        metadata["namespace"] = namespace
    version = f"{group}/v1" if group else "v1"
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **more}


def reasons(*writes: Write) -> dict[Ref, str]:
    return danger.of_writes(writes, "hub", NAMESPACE)


ROLE = thing("Role", danger.RBAC)
CLUSTER_ROLE = thing("ClusterRole", danger.RBAC, namespace=None)
WEBHOOK = thing("MutatingWebhookConfiguration", "admissionregistration.k8s.io", namespace=None)
FOREIGN = thing(namespace="other")
CHANGED = {"data": {"a": "b"}}


class TestAWrite:
    @pytest.mark.parametrize("live", [ROLE, CLUSTER_ROLE])
    def test_of_rights_gives_rights(self, live: dict[str, Any]) -> None:
        for write in (made(live), patched(live, live), removed(live)):
            assert set(reasons(write).values()) == {danger.OF_RBAC}

    @pytest.mark.parametrize(
        ("live", "reason"), [(WEBHOOK, danger.OF_CLUSTER), (FOREIGN, danger.OF_OTHERS)]
    )
    def test_elsewhere_is_outside(self, live: dict[str, Any], reason: str) -> None:
        for write in (made(live), patched(live, {**live, **CHANGED}), removed(live)):
            assert set(reasons(write).values()) == {reason}

    @pytest.mark.parametrize(
        "notes",
        [{}, {**OURS, "meta.helm.sh/release-name": "other"},
         {**OURS, "meta.helm.sh/release-namespace": "other"}],
    )  # fmt: skip
    def test_of_an_object_that_is_not_ours_is_outside(self, notes: dict[str, str]) -> None:
        live = thing(notes=notes)
        for write in (patched(live, thing()), removed(live)):
            assert set(reasons(write).values()) == {danger.NOT_OURS}

    def test_of_our_own_is_not(self) -> None:
        live = thing()
        assert reasons(made(live), patched(live, {**live, **CHANGED}), removed(live)) == {}

    def test_that_deletes_what_cannot_be_read_is_outside(self) -> None:
        status = {"kind": "Status", "details": {"kind": "secrets", "name": "x"}}
        write = Write("DELETE", 200, {}, None, status)
        assert reasons(write) == {Ref("secrets", "x"): danger.UNSEEN}
        assert changes(write)[0].name == "secrets/x"


class TestAllowing:
    def test_takes_the_exact_name(self) -> None:
        write = patched(WEBHOOK, {**WEBHOOK, **CHANGED})
        guarded = reasons(write)
        every = explanation([EVIDENCE], [])
        for allowed in ("*", "MutatingWebhookConfiguration/*", "Mutating*/x", "Other/x"):
            found = sort(changes(write), every, [allowed], (), guarded)
            assert (len(found.guarded), found.allowed) == (1, ()), allowed
        for allowed in ("MutatingWebhookConfiguration/x", "MutatingWebhookConfiguration/x:data.a"):
            found = sort(changes(write), every, [allowed], (), guarded)
            assert (len(found.allowed), found.guarded) == (1, ()), allowed

    def test_evidence_explains_no_object_of_another_namespace(self) -> None:
        live = thing("Secret", namespace="other") | {
            "metadata": {"name": "hub-mail", "namespace": "o"}
        }
        write = patched(live, {**live, "data": {"password": "bmV3"}})
        found = sort(changes(write), explanation([EVIDENCE], []), ["*"], (), reasons(write))
        assert found.guarded

    def test_what_fails_anyway_is_told_in_the_words_of_the_api_server(self) -> None:
        write = refused(403, 'cannot patch resource "x"', live=WEBHOOK)
        assert sort(changes(write), explanation([EVIDENCE], []), ["*"], (), reasons(write)).open


def hook(made: dict[str, Any]) -> Hook:
    return Hook(ref(made, NAMESPACE), ("pre-upgrade",), made)


def doubts(made: dict[str, Any], **more: Any) -> list[str]:
    facts: dict[str, Any] = {"namespaced": True, "live": None, "known": {"image app:1"}, **more}
    return danger.of_hook(hook(made), release="hub", namespace=NAMESPACE, **facts)


JOB = thing("Job", "batch", spec={"template": {"spec": {"containers": [{"image": "app:1"}]}}})


class TestAHook:
    def test_with_a_pod_like_those_of_the_release_is_right(self) -> None:
        assert doubts(JOB) == []

    @pytest.mark.parametrize("kind", ["ConfigMap", "Secret", "ServiceAccount", "Service"])
    def test_with_an_ordinary_object_is_right(self, kind: str) -> None:
        assert doubts(thing(kind)) == []

    @pytest.mark.parametrize(
        ("made", "namespaced", "reason"),
        [
            (ROLE, True, danger.OF_RBAC),
            (CLUSTER_ROLE, False, danger.OF_RBAC),
            (thing("RoleBindingList", danger.RBAC), None, danger.OF_RBAC),
            (WEBHOOK, False, danger.OF_CLUSTER),
            (FOREIGN, True, danger.OF_OTHERS),
            (thing("JobList", "batch"), None, danger.OF_NO_KIND),
            (thing("Workflow", "argoproj.io"), True, danger.OF_OPERATOR),
        ],
    )
    def test_that_reaches_out_of_the_release_is_not(
        self, made: dict[str, Any], namespaced: bool | None, reason: str
    ) -> None:
        assert doubts(made, namespaced=namespaced) == [reason]

    def test_that_would_replace_an_object_of_somebody_else_is_not(self) -> None:
        assert doubts(thing(), live=thing(notes={})) == [danger.NOT_OURS]
        assert doubts(thing(), live=thing(notes={danger.HOOK: "pre-upgrade"})) == []
        assert doubts(thing(), live=thing()) == []

    def test_with_a_pod_that_takes_more_is_not_and_it_is_said_what(self) -> None:
        [reason] = doubts(JOB, known=())
        assert "image app:1" in reason


class TestTheSourceOfTheChart:
    def test_vouches_for_what_it_renders_alike(self) -> None:
        other = {**JOB, "metadata": {**JOB["metadata"], "labels": {"a": "b"}}}
        assert danger.is_alike(hook(JOB), hook(other))
        rules = {"rules": [{"verbs": ["get"]}]}
        assert danger.is_alike(hook({**ROLE, **rules}), hook({**ROLE, **rules}))

    def test_not_for_what_takes_more_or_is_another(self) -> None:
        more = {"template": {"spec": {"hostPID": True, "containers": [{"image": "app:1"}]}}}
        assert not danger.is_alike(hook({**JOB, "spec": more}), hook(JOB))
        assert not danger.is_alike(hook({**ROLE, "rules": [{"verbs": ["*"]}]}), hook(ROLE))
        assert not danger.is_alike(hook(ROLE), hook(thing("Role", "example.com")))
        assert not danger.is_alike(hook(ROLE), None)
