# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A name that leads to another object is in no request, whoever has written it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.path import (
    checked,
    is_name,
    is_version,
    segment,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.test_client import (
    answering,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import the_finding

ELSEWHERE = [
    "",
    ".",
    "..",
    "../secrets/x",
    "x/../../secrets/y",
    "../../../namespaces/y",
    "x/status",
    "x%2f..%2fy",
    "..%2f..",
    "a\\b",
    "x?force=true",
    "x#y",
    "x y",
    "x\r\nHost: y",
    "x\x1b[2J",
    "Upper",
    "a" * 254,
    "a..b",
    "x,owner=helm",
]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_not_a_name_is_no_segment(name: str) -> None:
    assert not is_name(name)
    finding = the_finding(lambda: segment(name))
    assert finding.code == "name-invalid"
    assert "\x1b" not in finding.message
    assert "\n" not in finding.message


@pytest.mark.parametrize("name", ["a", "qua-api", "sh.helm.release.v1.qua.v12", "0.a-b", "a" * 253])
def test_a_name_is_its_own_segment(name: str) -> None:
    assert segment(name) == name


@given(st.text())
def test_no_text_becomes_more_than_one_segment(name: str) -> None:
    try:
        assert "/" not in segment(name)
    except FindingError:
        assert not is_name(name)


@pytest.mark.parametrize("version", ["v1", "apps/v1", "rbac.authorization.k8s.io/v1beta1"])
def test_an_api_version_is_known(version: str) -> None:
    assert is_version(version)


@pytest.mark.parametrize("version", ["", "v1/..", "../v1", "a/b/v1", "v1?x", None, 1])
def test_what_is_not_an_api_version_is_told(version: object) -> None:
    assert not is_version(version)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/namespaces/apps/configmaps/../secrets/x",
        "/api/v1/namespaces/apps/configmaps/%2e%2e/secrets/x",
        "/api/v1/namespaces/apps//secrets",
        "/api/v1/namespaces/apps/configmaps/x%2fy",
        "/apis/apps/v1/namespaces/apps/deployments/x ",
    ],
)
def test_a_finished_path_leads_nowhere_else(path: str) -> None:
    assert the_finding(lambda: checked(path)).code == "name-invalid"


@pytest.mark.parametrize(
    "path", ["/api", "/openapi/v3", "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:admin"]
)
def test_a_path_of_the_api_is_left_as_it_is(path: str) -> None:
    assert checked(path) == path


BAD = "../secrets/x"

DOORS: dict[str, Callable[[Cluster], Any]] = {
    "secret": lambda cluster: cluster.secret(BAD),
    "config map": lambda cluster: cluster.config_map(BAD),
    "deletion": lambda cluster: cluster.delete_config_map(
        {"metadata": {"name": BAD, "uid": "1", "resourceVersion": "1"}}
    ),
    "workload": lambda cluster: cluster.workload("Deployment", BAD),
    "apply": lambda cluster: cluster.apply({"kind": "ConfigMap", "metadata": {"name": BAD}}, "me"),
    "lease": lambda cluster: cluster.lease(BAD),
    "release": lambda cluster: cluster.kept("x,owner=helm"),
    "pod": lambda cluster: cluster.pod(BAD),
    "deletion of a pod": lambda cluster: cluster.delete_pod(BAD),
    "log": lambda cluster: cluster.log(BAD, "app", lines=1),
    "exec": lambda cluster: cluster.execute(BAD, "app", ["true"]),
    "attach": lambda cluster: cluster.attach(BAD, "app", stdin=b"", seconds=1),
    "service": lambda cluster: cluster.service("relay", BAD),
    "namespace": lambda cluster: cluster.namespace_labels(BAD),
    "job": lambda cluster: cluster.delete_job(BAD),
    "ephemeral container": lambda cluster: cluster.add_container(BAD, {}),
    "proxy": lambda cluster: cluster.forward("GET", f"/api/v1/namespaces/x/{BAD}", {}, None),
}


@pytest.mark.parametrize("ask", DOORS.values(), ids=DOORS)
def test_no_door_to_the_cluster_sends_a_request_with_such_a_name(
    ask: Callable[[Cluster], Any], tmp_path: Path
) -> None:
    asked: list[str] = []
    with answering(200, b"{}", tmp_path, [], asked) as cluster:
        assert the_finding(lambda: ask(cluster)).code == "name-invalid"
    assert asked == []


def test_a_version_that_leads_elsewhere_is_not_asked_for(tmp_path: Path) -> None:
    asked: list[str] = []
    with answering(200, b"{}", tmp_path, [], asked) as cluster:
        assert cluster.resources("v1/../../../api/v1/secrets") == {}
    assert asked == []
