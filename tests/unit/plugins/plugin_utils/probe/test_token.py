# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A token by the client credentials grant, from a real HTTPS server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import OAuth
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.token import TokenError, fetch
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.certificates import (
    Issuer,
)

CLIENT_SECRET = "Cl1ent-Secr3t&="


@dataclass
class Server:
    """A token server. It answers everybody alike, and keeps what it was sent."""

    url: str
    ca_pem: str
    status: int = 200
    body: bytes = b'{"access_token": "tok-1", "token_type": "Bearer", "expires_in": 3600}'
    headers: dict[str, str] = field(default_factory=dict)
    forms: list[dict[str, list[str]]] = field(default_factory=list)

    def fetch(self, **changes: Any) -> Secret:
        given = {"token_url": self.url, "client_id": "app", "client_secret": Secret(CLIENT_SECRET)}
        return fetch(OAuth(**{**given, **changes}), ca_pem=self.ca_pem, seconds=5)


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            found.forms.append(parse_qs(self.rfile.read(length).decode()))
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(found.body)))
            self.end_headers()
            self.wfile.write(found.body)

        def log_message(self, *_arguments: object) -> None:
            """Nothing: what is asked is in `forms`."""

    issuer = Issuer.new()
    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.socket = issuer.context("127.0.0.1").wrap_socket(listener.socket, server_side=True)
    found = Server(f"https://127.0.0.1:{listener.server_address[1]}/token", issuer.pem)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield found
    listener.shutdown()
    thread.join()
    listener.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


def refused(act: Callable[[], object]) -> TokenError:
    with pytest.raises(TokenError) as caught:
        act()
    assert CLIENT_SECRET not in str(caught.value)
    return caught.value


def test_a_token_is_had_for_client_and_scope(server: Server) -> None:
    assert server.fetch(scope="https://outlook.office365.com/.default").reveal() == "tok-1"
    assert server.forms == [
        {
            "grant_type": ["client_credentials"],
            "client_id": ["app"],
            "client_secret": [CLIENT_SECRET],
            "scope": ["https://outlook.office365.com/.default"],
        }
    ]


def test_no_scope_is_sent_where_none_is_known(server: Server) -> None:
    server.fetch()
    assert "scope" not in server.forms[0]


def test_the_servers_own_words_say_why_it_refuses_without_the_secret(server: Server) -> None:
    server.status = 401
    said = f"AADSTS7000215: Invalid client secret\r\nprovided: {CLIENT_SECRET}"
    server.body = json.dumps({"error": "invalid_client", "error_description": said}).encode()
    error = refused(server.fetch)
    assert error.refused
    assert "401: invalid_client AADSTS7000215: Invalid client secret provided:" in str(error)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"access_token": 5}',
        b'{"access_token": ""}',
        b'{"access_token": "a\\nb"}',
        b'{"token_type": "Bearer"}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_an_answer_without_a_token_is_no_refusal(server: Server, body: bytes) -> None:
    server.body = body
    assert not refused(server.fetch).refused


def test_a_broken_server_is_no_refusal(server: Server) -> None:
    server.status, server.body = 503, b"<html>busy</html>"
    error = refused(server.fetch)
    assert (str(error), error.refused) == ("it answered 503", False)


def test_credentials_are_not_carried_on_by_a_redirection(server: Server) -> None:
    server.status, server.headers = 302, {"Location": server.url}
    assert "302" in str(refused(server.fetch))
    assert len(server.forms) == 1


def test_a_server_that_is_not_trusted_gets_no_credentials(server: Server) -> None:
    server.ca_pem = Issuer.new("another authority").pem
    assert "certificate verify failed" in str(refused(server.fetch))
    assert server.forms == []


def test_a_server_that_is_not_there_is_no_refusal(server: Server) -> None:
    error = refused(lambda: server.fetch(token_url="https://127.0.0.1:1/token"))
    assert "refused" in str(error).lower()
    assert not error.refused
