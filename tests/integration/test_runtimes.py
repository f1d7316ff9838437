# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real program of a runtime trusts a mounted CA by the variable that the table says, and not without."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import bundle, runtime
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.bundle import Roots
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import RUNTIMES
from tests.cluster.environment import BIN_VARIABLE
from tests.relays.authority import Authority

FILE = "app.pem"
BIN = os.environ.get(BIN_VARIABLE)
PROGRAMS = {
    "python": (sys.executable, "-c", "import sys, urllib.request as u; u.urlopen(sys.argv[1])"),
    "node": (
        *(f"{Path(sys.executable).parent}/node", "-e"),
        "require('https').get(process.argv[1]).on('error', e => { console.error(e.code); process.exit(1) })",
    ),
    # Helm is written in Go. It says that what it got is no chart, once it trusts where it is from.
    "go": (f"{BIN}/helm", "pull"),
}


class Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what is asked is no part of a test's output."""


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def url(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on this machine that the private CA has certified."""
    path = tmp_path_factory.mktemp("server") / "server.pem"
    identity = authority.issue(["localhost"])
    path.write_text(identity.certificate + identity.key, encoding="ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"https://localhost:{server.server_port}/app-1.0.0.tgz"
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A mounted folder as the kubelet makes it, whose files are links."""
    data = tmp_path / "mount" / "..2026_11_21"
    data.mkdir(parents=True)
    (tmp_path / "mount" / "..data").symlink_to(data.name)
    (tmp_path / "mount" / FILE).symlink_to(f"..data/{FILE}")
    monkeypatch.setattr(runtime, "FOLDER", str(tmp_path / "mount"))
    return tmp_path / "mount"


def complaint(program: Sequence[str], url: str, home: Path, **variables: str) -> str:
    """What a program says of a server."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), **variables}
    command = (*program, url)
    done = subprocess.run(
        command, env=environment, cwd=home, capture_output=True, text=True, check=False, timeout=60
    )
    return done.stderr


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_trusts_what_its_runtime_is_told_of(
    name: str, url: str, authority: Authority, folder: Path, tmp_path: Path
) -> None:
    if name == "go" and BIN is None:
        pytest.skip("no helm here: run it with `python -m tests.cluster run`")
    known = RUNTIMES[name]
    roots = None if known.adds else Roots("app:1", Authority().certificate)
    text = bundle.text(authority.certificate, roots)
    (folder / "..data" / FILE).write_text(text, encoding="ascii")
    distrust = ("CERTIFICATE_VERIFY_FAILED", "UNABLE_TO_VERIFY", "x509: ")
    before = complaint(PROGRAMS[name], url, tmp_path)
    assert any(word in before for word in distrust)
    told = {known.variable: known.value(str(folder / FILE))}
    after = complaint(PROGRAMS[name], url, tmp_path, **told)
    assert not any(word in after for word in distrust)
