# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked over a line that breaks is asked again within a limit, and nothing is done twice blindly."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from urllib3.exceptions import HTTPError

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import (
    Cluster,
    ConflictError,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.repeat import (
    LONGEST_PAUSE,
    PAUSES,
    SECONDS,
    repeated,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import kubeconfig
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.conftest import (
    authority,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    Authority,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import Clock
from tests.harness.line import Fault, Line, Plan, first

__all__ = ["authority"]

RESET, DROP = Fault("reset"), Fault("drop")
LEASE = {"metadata": {"name": "mailops-smtp-qua"}, "spec": {"holderIdentity": "mine"}}


class Api:
    """An API server that keeps objects, and counts what reaches it.

    :ivar lost: how many of the next writes are carried out without an answer.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.things: dict[str, dict[str, Any]] = {}
        self.lost = 0
        self.busy = 0

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        self.asked.append(method)
        if self.busy:
            self.busy -= 1
            return 429, {"message": "later"}
        path = path.partition("?")[0]
        if method == "POST":
            sent = json.loads(body)
            path = f"{path}/{sent['metadata']['name']}"
            if path in self.things:
                return 409, {"message": "it is there"}
        elif path not in self.things:
            return 404, {"message": "not found"}
        if method == "GET":
            return 200, self.things[path]
        if method == "DELETE":
            return 200, self.things.pop(path)
        sent = json.loads(body)
        version = str(len(self.asked))
        known = sent["metadata"].get("resourceVersion")
        if known and known != self.things[path]["metadata"]["resourceVersion"]:
            return 409, {"message": "it has changed"}
        self.things[path] = {**sent, "metadata": {**sent["metadata"], "resourceVersion": version}}
        return 200, self.things[path]


@contextmanager
def cluster(
    api: Api, folder: Path, plan: Plan, own: Authority | None = None
) -> Iterator[tuple[Cluster, Line]]:
    """A cluster behind a line.

    :param own: speaks TLS with a certificate of this authority.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, answer = api.answer(self.command, self.path, body)
            if self.command != "GET" and api.lost:
                api.lost -= 1
                self.close_connection = True
                return
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Keeps the output of the tests clean."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Keeps the output of the tests clean: connections break on purpose."""

    with Server(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        if own:
            server.socket = own.context().wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        with Line("127.0.0.1", int(server.server_address[1]), plan) as line:
            config = kubeconfig(f"http{'s' if own else ''}://127.0.0.1:{line.port}", "apps")
            if own:
                (folder / "ca.pem").write_text(own.pem)
                config["clusters"][0]["cluster"]["certificate-authority"] = str(folder / "ca.pem")
                config["clusters"][0]["cluster"]["tls-server-name"] = "127.0.0.1"
            path = folder / "kubeconfig"
            path.write_text(json.dumps(config))
            try:
                yield Cluster(str(path), None, "apps", str(folder)), line
            finally:
                server.shutdown()
                thread.join()


@pytest.mark.parametrize("fault", [RESET, DROP, Fault("reset", after=20)])
def test_a_read_is_repeated(tmp_path: Path, fault: Fault) -> None:
    api = Api()
    api.things["/api/v1/namespaces/apps/configmaps/x"] = {"data": {"key": "value"}}
    with cluster(api, tmp_path, first(2, fault)) as (there, line):
        assert there.config_map("x") == {"data": {"key": "value"}}
    assert line.passed.connections == 3


def test_a_read_is_not_repeated_for_ever(tmp_path: Path) -> None:
    with (
        cluster(Api(), tmp_path, lambda _number: RESET) as (there, line),
        pytest.raises(FindingError) as raised,
    ):
        there.config_map("x")
    assert [finding.code for finding in raised.value.findings] == ["cluster-unreachable"]
    assert line.passed.connections == len(PAUSES) + 1


def test_a_write_that_may_have_been_made_is_not_repeated(tmp_path: Path) -> None:
    api = Api()
    api.lost = 1
    with (
        cluster(api, tmp_path, lambda _number: None) as (there, _line),
        pytest.raises(FindingError),
    ):
        there.create_job({"metadata": {"name": "probe"}})
    assert api.asked == ["POST"]


def test_a_write_whose_handshake_broke_was_not_sent_and_is_repeated(
    tmp_path: Path, authority: Authority
) -> None:
    api = Api()
    with cluster(api, tmp_path, first(2, RESET), authority) as (there, line):
        there.create_job({"metadata": {"name": "probe"}})
    assert (api.asked, line.passed.faults) == (["POST"], 2)


def test_a_certificate_that_does_not_verify_is_not_tried_again(
    tmp_path: Path, authority: Authority
) -> None:
    with cluster(Api(), tmp_path, lambda _number: None, authority) as (_there, line):
        (tmp_path / "other").mkdir()
        config = json.loads((tmp_path / "kubeconfig").read_text())
        config["clusters"][0]["cluster"]["tls-server-name"] = "elsewhere.example.com"
        (tmp_path / "other" / "kubeconfig").write_text(json.dumps(config))
        other = Cluster(str(tmp_path / "other" / "kubeconfig"), None, "apps", str(tmp_path))
        with pytest.raises(FindingError):
            other.config_map("x")
    assert line.passed.connections == 1


def test_a_request_that_was_put_off_is_made_again(tmp_path: Path) -> None:
    api = Api()
    api.busy = 2
    with cluster(api, tmp_path, lambda _number: None) as (there, _line):
        there.create_job({"metadata": {"name": "probe"}})
    assert api.asked == ["POST"] * 3


class TestALease:
    def test_that_was_written_without_an_answer_is_ones_own(self, tmp_path: Path) -> None:
        api = Api()
        with cluster(api, tmp_path, lambda _number: None) as (there, _line):
            api.lost = 1
            made = there.write_lease(LEASE)
            assert made["spec"] == LEASE["spec"]
            api.lost = 1
            newer = {**made, "spec": {"holderIdentity": "mine", "leaseTransitions": 2}}
            assert there.write_lease(newer)["spec"] == newer["spec"]
        assert api.asked == ["POST", "POST", "GET", "PUT", "PUT", "GET"]

    def test_that_somebody_else_has_made_meanwhile_is_not(self, tmp_path: Path) -> None:
        api = Api()
        path = "/apis/coordination.k8s.io/v1/namespaces/apps/leases/mailops-smtp-qua"
        api.things[path] = {**LEASE, "spec": {"holderIdentity": "other"}}
        with (
            cluster(api, tmp_path, lambda _number: None) as (there, _line),
            pytest.raises(ConflictError),
        ):
            there.write_lease(LEASE)


class TestRepeating:
    """The limits, with a clock that costs no time."""

    def failing(self, clock: Clock, asked: float | None = 0.0, takes: float = 0.0) -> int:
        tries = 0

        def ask() -> None:
            nonlocal tries
            tries += 1
            clock.time += takes
            raise OSError

        with pytest.raises(OSError):  # noqa: PT011  # it is the one that is raised above
            repeated(ask, OSError, lambda _error: asked, clock)
        return tries

    def test_ends_after_so_many_tries(self) -> None:
        clock = Clock()
        assert self.failing(clock) == len(PAUSES) + 1
        assert clock.time == pytest.approx(sum(PAUSES))

    def test_begins_nothing_after_so_many_seconds(self) -> None:
        assert self.failing(Clock(), takes=SECONDS / 2) == 2

    def test_waits_as_long_as_a_server_asks_for_but_not_for_ever(self) -> None:
        clock = Clock()
        self.failing(clock, asked=3600)
        assert clock.time == LONGEST_PAUSE * len(PAUSES)

    def test_does_not_repeat_what_must_not_be(self) -> None:
        assert self.failing(Clock(), asked=None) == 1


class TestWhatIsHandedOn:
    """The requests of Helm's trial."""

    def test_is_read_again_also_when_the_answer_breaks_in_its_middle(self, tmp_path: Path) -> None:
        api = Api()
        api.things["/api/v1/namespaces/apps/configmaps/x"] = {"data": {"key": "v" * 5000}}
        with cluster(api, tmp_path, first(2, Fault("reset", after=2000))) as (there, _line):
            answer = there.forward("GET", "/api/v1/namespaces/apps/configmaps/x", {}, None)
            assert json.loads(answer.read())["data"]["key"] == "v" * 5000
            assert answer.status == 200

    def test_is_tried_again_as_a_dry_run(self, tmp_path: Path) -> None:
        api = Api()
        api.lost = 1
        with cluster(api, tmp_path, lambda _number: None) as (there, _line):
            body = json.dumps({"metadata": {"name": "x"}}).encode()
            target = "/api/v1/namespaces/apps/configmaps?dryRun=All"
            answer = there.forward("POST", target, {}, body)
            assert answer.status == 409  # this server keeps what it has only tried
        assert api.asked == ["POST", "POST"]

    def test_is_not_written_twice(self, tmp_path: Path) -> None:
        api = Api()
        api.lost = 1
        with (
            cluster(api, tmp_path, lambda _number: None) as (there, _line),
            pytest.raises(HTTPError),
        ):
            there.forward(
                "POST", "/api/v1/namespaces/apps/configmaps", {}, b'{"metadata": {"name": "x"}}'
            )
        assert api.asked == ["POST"]
