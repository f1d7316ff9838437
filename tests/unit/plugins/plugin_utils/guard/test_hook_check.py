# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hooks are held against what is live, and against the chart's source."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import urllib3

from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.hook_check import HookCheck
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.hooks import (
    ON_ROLLBACK,
    ON_UPGRADE,
    Hook,
    every,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.live import LiveObjects
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.guard.test_danger import (
    JOB,
    OURS,
    ROLE,
    hook,
    thing,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.guard.things import (
    NAMESPACE,
    deployment,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision

KINDS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "v1": {"ConfigMap": {"name": "configmaps", "namespaced": True}},
    "apps/v1": {"Deployment": {"name": "deployments", "namespaced": True}},
    "batch/v1": {"Job": {"name": "jobs", "namespaced": True}},
    "rbac.authorization.k8s.io/v1": {"Role": {"name": "roles", "namespaced": True}},
}


@dataclass
class Api:
    """An API server with a few objects, by their paths."""

    objects: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    status: int = 404

    def resources(self, version: str) -> dict[str, dict[str, Any]]:
        return {kind: dict(entry) for kind, entry in KINDS.get(version, {}).items()}

    def forward(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> urllib3.BaseHTTPResponse:
        assert method == "GET"
        self.asked.append(target)
        found = self.objects.get(target)
        text = json.dumps(found or {}).encode()
        return urllib3.HTTPResponse(
            io.BytesIO(text), status=200 if found else self.status, preload_content=False
        )


def app(**notes: str) -> dict[str, Any]:
    """The application as it is in the cluster."""
    made = deployment()
    made["metadata"]["annotations"] = notes
    return made


APP = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/hub-app"


def told(
    api: Api,
    *hooks: Hook,
    allowed: Sequence[str] = (),
    source: Sequence[Hook] = (),
    rendered: Sequence[Mapping[str, Any]] = (),
) -> list[tuple[str, str]]:
    check = HookCheck("upgrade", LiveObjects(api, NAMESPACE), "hub", allowed)
    found = check.findings(hooks, [*rendered, deployment()], (), lambda: source)
    return [(finding.code, finding.where) for finding in found]


def test_a_job_with_the_image_of_the_live_application_is_run() -> None:
    assert told(Api({APP: app(**OURS)}), hook(JOB)) == []


@pytest.mark.parametrize("notes", [{}, {**OURS, "meta.helm.sh/release-name": "other"}])
def test_what_the_record_alone_calls_the_releases_vouches_for_nothing(
    notes: dict[str, str],
) -> None:
    assert told(Api({APP: app(**notes)}), hook(JOB)) == [("hook-outside-release", "Job/x")]
    assert told(Api(), hook(JOB)) == [("hook-outside-release", "Job/x")]


def test_a_secret_of_the_chart_may_be_mounted_and_another_may_not() -> None:
    volumes = [{"name": "v", "secret": {"secretName": "x"}}]
    spec = {"template": {"spec": {**JOB["spec"]["template"]["spec"], "volumes": volumes}}}
    mounting, api = hook({**JOB, "spec": spec}), Api({APP: app(**OURS)})
    assert told(api, mounting) == [("hook-outside-release", "Job/x")]
    assert told(api, mounting, rendered=[thing("Secret")]) == []


def test_an_exact_name_lets_it_run_and_it_is_said() -> None:
    assert told(Api(), hook(ROLE), allowed=["Role/*"]) == [("hook-outside-release", "Role/x")]
    assert told(Api(), hook(ROLE), allowed=["Role/x"]) == [("change-allowed", "Role/x")]


def test_the_chart_from_its_source_lets_the_same_run() -> None:
    assert told(Api(), hook(ROLE), source=[hook(ROLE)]) == []
    other = {**ROLE, "rules": [{"verbs": ["*"]}]}
    assert told(Api(), hook(other), source=[hook(ROLE)]) == [("hook-outside-release", "Role/x")]


def test_each_of_several_that_share_a_name_is_looked_at() -> None:
    worse = {**JOB, "spec": {"template": {"spec": {"containers": [{"image": "evil"}]}}}}
    entries = [
        {"manifest": json.dumps(each), "events": [moment]}
        for each, moment in ((worse, "pre-upgrade"), (JOB, "post-upgrade"), (worse, "test"))
    ]
    made = revision(hooks=entries)
    found = list(every(ON_UPGRADE, made, NAMESPACE))
    assert [each.moments for each in found] == [("pre-upgrade",), ("post-upgrade",)]
    assert told(Api({APP: app(**OURS)}), *found) == [("hook-outside-release", "Job/x")]
    assert list(every(ON_ROLLBACK, made, NAMESPACE)) == []


def test_names_do_not_lead_to_other_paths() -> None:
    api = Api()
    for metadata in (
        *({"name": name} for name in ("../secrets/x", "..", "a?b", "a/b")),
        {"name": "x", "namespace": "../x"},
    ):
        with pytest.raises(FindingError):
            LiveObjects(api, NAMESPACE).get({**thing(), "metadata": metadata})
    assert LiveObjects(api, NAMESPACE).get({**thing(), "apiVersion": "v1/../../x"}) is None
    assert api.asked == []


def test_an_api_server_that_cannot_answer_stops_the_run() -> None:
    with pytest.raises(FindingError) as caught:
        told(Api(status=503), hook(JOB))
    assert caught.value.findings[0].code == "live-object-unread"
