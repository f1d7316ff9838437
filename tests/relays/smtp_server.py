# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The npm package smtp-server as a relay on loopback (see npm/server.mjs for its policy).

Node.js and npm come with the development tools; npm/package-lock.json pins the rest.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.cluster.layout import cache
from tests.relays.authority import Authority

USERNAME = "ada@example.org"
PASSWORD = "correct horse"
TOKEN = "ya29.correct-token"
SIZE = 100_000
"""Bytes that a mail may have."""

_NPM = Path(__file__).parent / "npm"
_BIN = Path(sys.executable).parent
_PATIENCE = 10.0


@dataclass(frozen=True)
class SmtpServer:
    """A running server: its ports, and the file of what it has seen so far."""

    starttls: int
    tls: int
    ca_pem: str
    _events: Path

    def failed_logins(self) -> int:
        """How often credentials were refused."""
        return sum(event["event"] == "auth" and not event["right"] for event in self._seen())

    def messages(self, to: str) -> list[EmailMessage]:
        """What has come for an address, oldest first."""
        return [
            message_from_bytes(base64.b64decode(event["content"]), policy=policy.default)
            for event in self._seen()
            if event["event"] == "message" and to in event["to"]
        ]

    def _seen(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._events.read_text("utf-8").splitlines()]


@contextmanager
def smtp_server(folder: Path) -> Iterator[SmtpServer]:
    """Run the server; it ends with the block.

    :param folder: for the file of events.
    """
    authority = Authority()
    identity = authority.issue(["127.0.0.1"])
    events = folder / "events"
    events.touch()
    settings = {
        "key": identity.key,
        "certificate": identity.certificate,
        "username": USERNAME,
        "password": PASSWORD,
        "token": TOKEN,
        "size": SIZE,
        "events": str(events),
    }
    command = [_BIN / "node", _install() / "server.mjs"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(settings) + "\n")
        process.stdin.flush()
        ports = json.loads(process.stdout.readline())
        try:
            yield SmtpServer(ports["starttls"], ports["tls"], authority.certificate, events)
        finally:
            process.stdin.close()
            process.wait(_PATIENCE)


def _install() -> Path:
    """The folder of the server with all that it needs, from the cache or by npm."""
    sources = [_NPM / name for name in ("package.json", "package-lock.json", "server.mjs")]
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    folder = cache() / "npm" / digest[:16]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            partial = folder.with_suffix(".partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            for source in sources:
                shutil.copy(source, partial)
            npm = [str(_BIN / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(npm, cwd=partial, check=True, capture_output=True, text=True)
            partial.rename(folder)
    return folder
