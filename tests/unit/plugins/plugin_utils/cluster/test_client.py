# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the API server is asked, and what is said where it does not answer as it should."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import kubeconfig


@contextmanager
def answering(
    status: int, body: bytes, folder: Path, agents: list[str], asked: list[str] | None = None
) -> Iterator[Cluster]:
    """A cluster whose API server, or what stands before it, always gives one answer.

    :param asked: gets the path of each request.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            agents.append(self.headers["user-agent"])
            if asked is not None:
                asked.append(self.path)
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keeps the output of the tests clean."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        config = folder / "kubeconfig"
        address = f"http://127.0.0.1:{server.server_address[1]}"
        config.write_text(json.dumps(kubeconfig(address, "apps")), encoding="utf-8")
        try:
            yield Cluster(str(config), None, "apps", str(folder))
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_server_that_cannot_answer_now_is_away_and_not_in_error(
    status: int, tmp_path: Path
) -> None:
    with (
        answering(status, b"later", tmp_path, []) as cluster,
        pytest.raises(FindingError) as raised,
    ):
        cluster.secret("creds")
    [finding] = raised.value.findings
    assert finding.code == "cluster-unreachable"
    assert finding.message.endswith("does not answer: later")


def test_an_answer_that_is_not_the_api_servers_is_told(tmp_path: Path) -> None:
    with answering(200, b"<html>Log in</html>", tmp_path, []) as cluster:
        for ask in (lambda: cluster.secret("creds"), lambda: cluster.lease("mailops-smtp-x")):
            with pytest.raises(FindingError) as raised:
                ask()
            [finding] = raised.value.findings
            assert finding.code == "cluster-error"
            assert "no JSON" in finding.message


def test_requests_say_who_makes_them(tmp_path: Path) -> None:
    agents: list[str] = []
    with answering(200, b"{}", tmp_path, agents) as cluster:
        assert cluster.config_map("settings") == {}
    assert agents == ["mailops.smtp"]


DEPLOYMENT = {"kind": "Deployment", "metadata": {"name": "qua-api", "resourceVersion": "3"}}
STATEFUL_SET = {"kind": "StatefulSet", "metadata": {"name": "qua-db", "resourceVersion": "17"}}
AS_IT_IS = {"type": "ADDED", "object": {"kind": "Deployment", "status": {"readyReplicas": 0}}}
READY = {"type": "MODIFIED", "object": {"kind": "Deployment", "status": {"readyReplicas": 1}}}
GONE = {"type": "DELETED", "object": {"kind": "Deployment", "status": {"readyReplicas": 1}}}
EXPIRED = {"type": "ERROR", "object": {"kind": "Status", "code": 410}}


class TestWatching:
    """The events of a workload, a line each, as far as they are wanted."""

    def comes(self, tmp_path: Path, *events: object) -> bool:
        body = "".join(f"{json.dumps(event)}\n" for event in events).encode()

        def is_ready(workload: Mapping[str, Any]) -> bool:
            return bool(workload["status"]["readyReplicas"])

        with answering(200, body, tmp_path, []) as cluster:
            return cluster.comes_to(DEPLOYMENT, is_ready, 0.5)

    def test_ends_when_the_state_has_come(self, tmp_path: Path) -> None:
        assert self.comes(tmp_path, AS_IT_IS, READY, AS_IT_IS)

    @pytest.mark.parametrize("last", [AS_IT_IS, GONE, EXPIRED])
    def test_ends_without_it_when_the_server_ends_it(
        self, last: dict[str, Any], tmp_path: Path
    ) -> None:
        assert not self.comes(tmp_path, AS_IT_IS, last)

    @pytest.mark.parametrize(("seconds", "limit"), [(1.2, 2), (0.0, 1), (-0.01, 1)])
    def test_is_of_that_one_workload_and_ends_by_itself(
        self, seconds: float, limit: int, tmp_path: Path
    ) -> None:
        asked: list[str] = []
        with answering(200, b"", tmp_path, [], asked) as cluster:
            assert not cluster.comes_to(STATEFUL_SET, lambda _state: True, seconds)
        [path] = asked
        assert path == (
            "/apis/apps/v1/namespaces/apps/statefulsets"
            "?watch=true&fieldSelector=metadata.name%3Dqua-db&resourceVersion=17"
            f"&timeoutSeconds={limit}"
        )

    def test_leaves_the_connection_to_the_next_request(self, tmp_path: Path) -> None:
        body = json.dumps(READY).encode()
        with answering(200, body, tmp_path, []) as cluster:
            assert cluster.comes_to(DEPLOYMENT, lambda _state: True, 1)
            assert cluster.config_map("settings") == READY

    def test_ends_also_where_a_server_does_not_end_it(self, tmp_path: Path) -> None:
        events = json.dumps(AS_IT_IS).encode() + b"\n"
        with answering(200, events * 3, tmp_path, []) as cluster:
            looked: list[object] = []
            assert not cluster.comes_to(DEPLOYMENT, looked.append, -1)  # type: ignore[arg-type]
        assert len(looked) == 1

    @pytest.mark.parametrize(
        ("status", "body", "code"),
        [
            (403, b"no", "cluster-rights-missing"),
            (410, b"gone", "cluster-error"),
            (503, b"later", "cluster-unreachable"),
            (200, b'{"kind": "DeploymentList", "items": []}', "cluster-error"),
            (200, b"[]", "cluster-error"),
            (200, b"<html>Log in</html>", "cluster-error"),
        ],
    )
    def test_says_what_the_server_has_against_it(
        self, status: int, body: bytes, code: str, tmp_path: Path
    ) -> None:
        with (
            answering(status, body, tmp_path, []) as cluster,
            pytest.raises(FindingError) as raised,
        ):
            cluster.comes_to(DEPLOYMENT, lambda _state: True, 1)
        assert [finding.code for finding in raised.value.findings] == [code]


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\n" + "\n".join(f"b{n}: &b{n} [*a, *a]" for n in range(30_000)),
        "[" * 100_000,
        "users: [{name: x, user: {token: Xk9-unmistakable-Qz7\n",
    ],
)
def test_a_kubeconfig_that_is_none_or_a_bomb_is_told_without_its_words(
    text: str, tmp_path: Path
) -> None:
    config = tmp_path / "kubeconfig"
    config.write_text(text, encoding="utf-8")
    with pytest.raises(FindingError) as raised:
        Cluster(str(config), None, "apps", str(tmp_path))
    [finding] = raised.value.findings
    assert finding.code == "cluster-not-configured"
    assert "Xk9" not in finding.message
