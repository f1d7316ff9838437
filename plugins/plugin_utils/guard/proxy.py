# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A door to the API server through which nothing can be changed, for one run of Helm.

Reads are handed on as they are. A write is handed on as a dry run (``dryRun=All``), and the answer
kept. The records of releases, which Helm writes about itself, are answered here and never reach the
cluster. A write that the API server refuses is kept too, and answered as if it had been taken, so
that one run shows everything that would be refused.

It listens on loopback, where every user of the machine can knock, and hands on with the credentials
of this one: the first part of the path is a random word that stands only in the kubeconfig that Helm
is given. (Not a token: Go's client sends none without TLS.) It writes no log.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
import socketserver
import sys
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard import sent

if TYPE_CHECKING:
    import urllib3

try:
    from urllib3.exceptions import HTTPError
except ImportError:
    # The client of Kubernetes brings it, and without that nothing comes as far as here.
    HTTPError = OSError  # type: ignore[misc, assignment]  # it is caught, and never raised

RECORD_TYPE = "helm.sh/release.v1"
RECORD_NAME = "sh.helm.release.v1."

IDLE_SECONDS = 60
CHUNK = 64 * 1024

_TO_API = ("accept", "accept-encoding", "content-type", "user-agent")
_TO_HELM = ("content-type", "content-encoding", "retry-after", "warning")
_FOR_HELM = (404, 429)
"""Refusals that Helm knows how to take: it is gone already, and ask again later."""
_JSON = {"accept": "application/json"}
_TRIED = {"dryRun": "All", "fieldValidation": "Strict"}
"""Query of a write that is tried: nothing is kept, and a field that its kind does not have is refused."""


class Upstream(Protocol):
    """The API server, with the credentials of this run."""

    def forward(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> urllib3.BaseHTTPResponse:
        """One request; the answer is not read yet, and not decoded."""


@dataclass(frozen=True)
class Write:
    """One write of an object, as the API server answered the dry run of it.

    :param method: POST for a new object, PATCH or PUT for a change, DELETE.
    :param sent: what Helm has sent: an object, or a part of one.
    :param live: the object before; `None` for a new one.
    :param answer: the object after; for a refused write the API server's Status.
    :param path: of the object, also when it is new.
    """

    method: str
    status: int
    sent: Mapping[str, Any] = field(repr=False)
    live: Mapping[str, Any] | None = field(repr=False)
    answer: Mapping[str, Any] = field(repr=False)
    path: str = ""

    @property
    def refused(self) -> bool:
        return self.status >= 400


@dataclass
class Seen:
    """What has gone through the proxy, in its order."""

    writes: list[Write] = field(default_factory=list)
    records: list[sent.SentSecret] = field(default_factory=list)
    problems: list[BaseException] = field(default_factory=list)


class Proxy:
    """Listens from entering the context to leaving it."""

    def __init__(
        self, upstream: Upstream, release: str, namespace: str, allowed: Collection[str] = ()
    ) -> None:
        """
        :param release: whose records are answered here. Those of others are objects as any other.
        :param namespace: of the release.
        :param allowed: the exact names of Secrets of other namespaces that the chart may read.
        """
        self.seen = Seen()
        records = re.compile(
            rf"/api/v1/namespaces/{re.escape(namespace)}/secrets"
            rf"/{re.escape(RECORD_NAME + release)}\.v[0-9]+"
        )
        self._server = Server(upstream, self.seen, secrets.token_urlsafe(32), self.handler())
        self._server.records = records
        self._server.namespace = namespace
        self._server.allowed = frozenset(allowed)

    def handler(self) -> type[Handler]:
        """Return what answers the requests."""
        return Handler

    @property
    def address(self) -> str:
        """What stands as ``server`` in the kubeconfig: whoever knows it can read the cluster."""
        return self._server.address

    def __enter__(self) -> Self:
        threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="guard proxy", daemon=True
        ).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class Server(socketserver.ThreadingTCPServer):
    # http.server's own asks the DNS for the name of the address.
    daemon_threads = True
    request_queue_size = 32

    records: re.Pattern[str]
    """The paths of the records of the release."""
    namespace: str
    allowed: Collection[str]

    def __init__(self, upstream: Upstream, seen: Seen, word: str, handler: type[Handler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.upstream = upstream
        self.seen = seen
        self.word = word

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{self.word}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keeps what went wrong; the base class prints it, with what stands in the traceback."""
        error = sys.exception()
        if error is not None and not isinstance(error, ConnectionError):
            self.seen.problems.append(error)


class Handler(BaseHTTPRequestHandler):
    """One connection of Helm's."""

    server: Server
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    # Head and body in one packet, at once: else each answer waits 40 ms for a delayed ACK.
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, format: str, *args: Any) -> None:
        """Writes nothing: the path holds the word."""

    def do_GET(self) -> None:
        target = self._target()
        if target is None:
            return
        secret = secret_elsewhere(urlsplit(target).path, self.server.namespace)
        if secret is None or secret in self.server.allowed:
            self._hand_on(target)
        else:
            self.refuse(
                f"a chart may not read Secrets of other namespaces; if this one is meant to, name it "
                f"in smtp_allow_changes: {secret}"
            )

    def do_POST(self) -> None:
        self._write()

    do_PUT = do_PATCH = do_DELETE = do_POST

    def _target(self) -> str | None:
        """The path and query as the API server knows them; a stranger gets an answer and `None`."""
        word, slash, rest = self.path.removeprefix("/").partition("/")
        if slash and hmac.compare_digest(word.encode(), self.server.word.encode()):
            return f"/{rest}"
        self.close_connection = True
        self.send_error(403)
        return None

    def _headers(self) -> dict[str, str]:
        return {name: self.headers[name] for name in _TO_API if name in self.headers}

    def _hand_on(self, target: str) -> None:
        """A read, piece by piece as it comes: a watch has no end."""
        try:
            answer = self.server.upstream.forward("GET", target, self._headers(), None)
        except HTTPError as error:
            self._unreachable(error)
            return
        try:
            self.send_response(answer.status)
            self._send_headers(answer.headers)
            length = answer.headers.get("content-length")
            if length is not None:
                self.send_header("content-length", length)
                self.end_headers()
                for piece in answer.stream(CHUNK, decode_content=False):
                    self.wfile.write(piece)
            else:
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                for piece in answer.stream(CHUNK, decode_content=False):
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
                    self.wfile.flush()
                self.wfile.write(b"0\r\n\r\n")
        except HTTPError:
            # The answer has begun, so its end cannot be told in another way.
            self.close_connection = True
        finally:
            answer.release_conn()

    def _write(self) -> None:
        target = self._target()
        if target is None:
            return
        if "transfer-encoding" in self.headers:
            self.close_connection = True
            self.send_error(411)
            return
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            if self._is_record(target, body):
                self.record(target, body)
            else:
                self.write(target, body)
        except HTTPError as error:
            self._unreachable(error)

    def _is_record(self, target: str, body: bytes) -> bool:
        """Whether the write is Helm's own book-keeping about the release.

        A chart may have Secrets that look like the records of another release.
        """
        path = urlsplit(target).path
        if self.command == "POST" and path.endswith("/secrets"):
            found = sent.secret(self.headers.get("content-type", ""), body)
            path = f"{path}/{found.name}" if found.type == RECORD_TYPE else ""
        return bool(self.server.records.fullmatch(path))

    def record(self, _target: str, body: bytes) -> None:
        """Answers a write of a record, which never reaches the cluster."""
        if self.command == "DELETE":  # an old revision that Helm would prune
            self._send(200, json.dumps({"kind": "Status", "apiVersion": "v1"}).encode(), {})
            return
        content_type = self.headers.get("content-type", "")
        self.server.seen.records.append(sent.secret(content_type, body))
        self._send(201 if self.command == "POST" else 200, body, {"content-type": content_type})

    def write(self, target: str, body: bytes) -> None:
        """A write as a dry run, held against the schema of its kind."""
        path, query = urlsplit(target).path, urlsplit(target).query
        tried = f"{path}?{urlencode({**dict(parse_qsl(query)), **_TRIED})}"
        live = None if self.command == "POST" else self._object(path)
        # The API server does not look at the query of a DELETE that has a body.
        given = None if self.command == "DELETE" else body
        answer = self.server.upstream.forward(
            self.command, tried, {**self._headers(), **_JSON}, given
        )
        data = answer.read(decode_content=True)
        if answer.status in _FOR_HELM or answer.status >= 500:
            self._send(answer.status, data, answer.headers)
            return
        sent_, after = _parsed(body), _parsed(data)
        self.server.seen.writes.append(
            Write(
                self.command,
                answer.status,
                sent_,
                live,
                after,
                object_path(self.command, path, sent_),
            )
        )
        if answer.status < 400:
            self._send(answer.status, data, answer.headers)
        else:
            instead = body if live is None else json.dumps(live).encode()
            self._send(200, instead, {"content-type": "application/json"})

    def _object(self, path: str) -> Mapping[str, Any] | None:
        """The object as it is now; `None` when it is not there or cannot be read."""
        answer = self.server.upstream.forward("GET", path, _JSON, None)
        data = answer.read(decode_content=True)
        found: Mapping[str, Any] | None = json.loads(data) if answer.status == 200 else None
        return found

    def _unreachable(self, error: HTTPError) -> None:
        self._fail(502, f"the API server cannot be reached: {type(error).__name__}")

    def refuse(self, words: str) -> None:
        """Answers that a request is forbidden, which ends the run of Helm."""
        self._fail(403, f"mailops.smtp: {words}")

    def _fail(self, code: int, words: str) -> None:
        """In the words of the API: Helm shows the message of a Status."""
        status = {
            "kind": "Status",
            "apiVersion": "v1",
            "status": "Failure",
            "reason": "Forbidden" if code == 403 else "ServiceUnavailable",
            "code": code,
            "message": words,
        }
        self._send(code, json.dumps(status).encode(), {"content-type": "application/json"})

    def _send(self, status: int, data: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        self._send_headers({**headers, "content-encoding": ""})
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _send_headers(self, headers: Mapping[str, str]) -> None:
        for name in _TO_HELM:
            if headers.get(name):
                self.send_header(name, headers[name])


def object_path(method: str, path: str, sent_: Mapping[str, Any]) -> str:
    """Return the path of the object that a write is about; a new one is sent to that of all."""
    if method != "POST":
        return path
    metadata = sent_.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    return f"{path}/{name or ''}"


def secret_elsewhere(path: str, namespace: str) -> str | None:
    """Return the Secret of another namespace that a path reads, as ``smtp_allow_changes`` names it.

    A list of them has ``*`` in the place of the name. `None` for what is not such a Secret.
    """
    parts = [unquote(part) for part in path.strip("/").split("/")]
    if parts[:2] != ["api", "v1"]:
        return None
    rest = parts[3:] if parts[2:3] == ["watch"] else parts[2:]
    if rest[:1] == ["namespaces"] and len(rest) > 2:
        place, rest = rest[1], rest[2:]
    else:
        place = "*"
    if rest[:1] != ["secrets"] or place == namespace:
        return None
    return "/".join(("Secret", place, *(rest[1:2] or ["*"])))


def _parsed(data: bytes) -> Mapping[str, Any]:
    """A body as data; what stands before the API server may answer a text."""
    try:
        found = json.loads(data or b"{}")
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"message": data.decode("utf-8", "replace")}


def kubeconfig(address: str, namespace: str) -> dict[str, Any]:
    """The kubeconfig that leads to a proxy, and to nothing else."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "guard", "cluster": {"server": address}}],
        "users": [{"name": "guard", "user": {}}],
        "contexts": [
            {
                "name": "guard",
                "context": {"cluster": "guard", "user": "guard", "namespace": namespace},
            }
        ],
        "current-context": "guard",
    }
