# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Through the proxy everything is read, and nothing is written but as a dry run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import Proxy, kubeconfig

TRIED = "dryRun=All&fieldValidation=Strict"
PATH = "/apis/apps/v1/namespaces/apps/deployments/hub"
LIVE = {"kind": "Deployment", "metadata": {"name": "hub"}, "spec": {"replicas": 1}}
WANTED = {**LIVE, "spec": {"replicas": 2}}
RECORD = {
    "metadata": {"name": "sh.helm.release.v1.hub.v2", "labels": {"status": "pending-upgrade"}},
    "type": "helm.sh/release.v1",
    "data": {"release": "SDRz"},
}


@dataclass
class Upstream:
    """An API server with one object: it answers a dry run with what it was sent."""

    refusal: Mapping[str, Any] | None = None
    asked: list[tuple[str, str]] = field(default_factory=list)

    def forward(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> urllib3.BaseHTTPResponse:
        self.asked.append((method, target))
        status, answer = 200, body or json.dumps(LIVE).encode()
        if method != "GET" and self.refusal:
            status, answer = 422, json.dumps(self.refusal).encode()
        return urllib3.HTTPResponse(
            body=BytesIO(answer),
            status=status,
            headers={"content-type": "application/json"},
            preload_content=False,
        )


@pytest.fixture
def upstream() -> Upstream:
    return Upstream()


@pytest.fixture
def proxy(upstream: Upstream) -> Iterator[Proxy]:
    with Proxy(upstream, "hub", "apps") as running:
        yield running


def call(proxy: Proxy, method: str, path: str, body: Any = None) -> urllib3.BaseHTTPResponse:
    return urllib3.request(
        method,
        f"{proxy.address}{path}",
        body=None if body is None else json.dumps(body),
        headers={"content-type": "application/json"},
        retries=False,
    )


def test_a_read_is_handed_on_as_it_is(proxy: Proxy, upstream: Upstream) -> None:
    assert call(proxy, "GET", f"{PATH}?fieldManager=helm").json() == LIVE
    assert upstream.asked == [("GET", f"{PATH}?fieldManager=helm")]
    assert proxy.seen.writes == []


@pytest.mark.parametrize(
    "query", ["", "?dryRun=", "?fieldManager=helm&fieldValidation=Ignore&dryRun=None&dryRun=x"]
)
def test_a_write_becomes_a_dry_run_whatever_it_asks_for(
    proxy: Proxy, upstream: Upstream, query: str
) -> None:
    assert call(proxy, "PATCH", PATH + query, WANTED).json() == WANTED
    [(method, target)] = [each for each in upstream.asked if each[0] != "GET"]
    assert method == "PATCH"
    asked = parse_qs(urlsplit(target).query)
    assert (asked["dryRun"], asked["fieldValidation"]) == (["All"], ["Strict"])
    [write] = proxy.seen.writes
    assert (write.live, write.answer, write.refused) == (LIVE, WANTED, False)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_every_way_to_write_is_a_dry_run(proxy: Proxy, upstream: Upstream, method: str) -> None:
    call(proxy, method, PATH, WANTED)
    written = [target for each, target in upstream.asked if each != "GET"]
    assert written == [f"{PATH}?{TRIED}"]


def test_a_refused_write_is_kept_and_answered_as_if_it_was_taken() -> None:
    refusal = {"kind": "Status", "message": "no"}
    with Proxy(Upstream(refusal), "hub", "apps") as proxy:
        answer = call(proxy, "PATCH", PATH, WANTED)
    assert (answer.status, answer.json()) == (200, LIVE)
    [write] = proxy.seen.writes
    assert (write.refused, write.answer) == (True, refusal)


def test_helms_own_records_never_reach_the_cluster(proxy: Proxy, upstream: Upstream) -> None:
    secrets = "/api/v1/namespaces/apps/secrets"
    name = RECORD["metadata"]["name"]  # type: ignore[index]  # plain JSON data
    assert call(proxy, "POST", secrets, RECORD).status == 201
    assert call(proxy, "PUT", f"{secrets}/{name}", RECORD).status == 200
    assert call(proxy, "DELETE", f"{secrets}/{name}").status == 200
    assert upstream.asked == []
    assert [record.name for record in proxy.seen.records] == [name, name]
    assert proxy.seen.writes == []


@pytest.mark.parametrize(
    ("namespace", "name", "method"),
    [
        ("mail", "sh.helm.release.v1.hub.v2", "POST"),
        ("mail", "sh.helm.release.v1.hub.v2", "PATCH"),
        ("mail", "sh.helm.release.v1.hub.v2", "DELETE"),
        ("apps", "sh.helm.release.v1.other.v1", "POST"),
        ("apps", "sh.helm.release.v1.other.v1", "DELETE"),
        ("apps", "sh.helm.release.v1.hub.v1.x.v2", "PATCH"),
        ("apps", "sh.helm.release.v1.hub", "DELETE"),
    ],
)
def test_the_record_of_another_release_is_an_object_as_any_other(
    proxy: Proxy, upstream: Upstream, namespace: str, name: str, method: str
) -> None:
    path = f"/api/v1/namespaces/{namespace}/secrets"
    body = {"kind": "Secret", **RECORD, "metadata": {"name": name, "namespace": namespace}}
    call(proxy, method, path if method == "POST" else f"{path}/{name}", body)
    assert [write.method for write in proxy.seen.writes] == [method]
    assert proxy.seen.records == []
    assert [target for each, target in upstream.asked if each != "GET" and TRIED in target]


def test_a_stranger_on_this_machine_gets_nothing(proxy: Proxy, upstream: Upstream) -> None:
    stranger = proxy.address.rpartition("/")[0]
    for path in ("/", PATH, "/x" + PATH):
        for method in ("GET", "PATCH"):
            assert urllib3.request(method, stranger + path, retries=False).status == 403
    assert upstream.asked == []


def test_a_kubeconfig_leads_to_the_proxy_and_holds_no_credentials(proxy: Proxy) -> None:
    config = kubeconfig(proxy.address, "apps")
    assert config["clusters"][0]["cluster"] == {"server": proxy.address}
    assert config["users"][0]["user"] == {}


def test_an_api_server_that_is_away_is_told_in_the_words_of_the_api() -> None:
    class Away(Upstream):
        def forward(self, *_arguments: Any) -> urllib3.BaseHTTPResponse:
            raise urllib3.exceptions.ConnectTimeoutError("hunter2")

    with Proxy(Away(), "hub", "apps") as proxy:
        for method in ("GET", "PATCH"):
            answer = call(proxy, method, PATH, WANTED if method == "PATCH" else None)
            assert answer.status == 502
            assert "cannot be reached" in answer.json()["message"]
            assert "hunter2" not in answer.json()["message"]
