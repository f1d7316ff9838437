# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample application's API: invites people by mail.

``GET /api/health`` → 200. ``POST /api/invitations`` with ``{"email": "…"}`` → 202 with the mail's
Message-ID, 400 for a malformed request, 409 when mail is off, 502 with the relay's words when it
did not take the mail.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType

from hub_mail import (
    DeliveryError,
    MailOffError,
    MailSettings,
    SettingsError,
    deliver,
    invitation,
)

PORT = 8000
_MAX_BODY = 64 * 1024

Deliver = Callable[[MailSettings, EmailMessage], None]
Answer = tuple[HTTPStatus, dict[str, str]]


def invite(body: bytes, environment: Mapping[str, str], deliver: Deliver = deliver) -> Answer:
    """Answer to one request for an invitation; sends the mail by ``deliver``."""
    recipient = _recipient(body)
    if recipient is None:
        return HTTPStatus.BAD_REQUEST, {"error": 'the body must be {"email": "name@example.com"}'}
    try:
        settings = MailSettings.from_environment(environment)
        message = invitation(settings.sender, recipient)
        deliver(settings, message)
    except MailOffError as error:
        return HTTPStatus.CONFLICT, {"error": str(error)}
    except SettingsError as error:
        return HTTPStatus.INTERNAL_SERVER_ERROR, {"error": str(error)}
    except DeliveryError as error:
        return HTTPStatus.BAD_GATEWAY, {"error": str(error)}
    return HTTPStatus.ACCEPTED, {"message_id": str(message["Message-ID"])}


def _recipient(body: bytes) -> str | None:
    try:
        request = json.loads(body)
    except ValueError:
        return None
    email = request.get("email") if isinstance(request, dict) else None
    if not isinstance(email, str) or not email.isprintable() or " " in email:
        return None
    local_part, at, domain = email.rpartition("@")
    return email if at and local_part and domain else None


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/api/health":
            self._answer(HTTPStatus.OK, {"status": "ok"})
        else:
            self._answer(HTTPStatus.NOT_FOUND, {"error": f"no such path: {self.path}"})

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/api/invitations":
            self._answer(HTTPStatus.NOT_FOUND, {"error": f"no such path: {self.path}"})
        elif not length.isdecimal():
            self._answer(HTTPStatus.LENGTH_REQUIRED, {"error": "Content-Length is required"})
        elif int(length) > _MAX_BODY:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"error": "the body is too large"})
        else:
            self._answer(*invite(self.rfile.read(int(length)), os.environ))

    def _answer(self, status: HTTPStatus, answer: dict[str, str]) -> None:
        if self.path != "/api/health":  # the probes ask every second
            _log(f"{self.command} {self.path!r}: {status.value} {' '.join(answer.values())}")
        body = json.dumps(answer).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep silent: :meth:`_answer` writes the line of a request, which says more."""


def _log(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _stop(signum: int, _: FrameType | None) -> None:
    # The first process of a container has no default action for a signal.
    raise SystemExit(0)


def main(port: int = PORT) -> None:
    """Serve until SIGTERM or SIGINT."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    server = ThreadingHTTPServer(("", port), _Handler)
    server.daemon_threads = True
    _log(f"hub api: listening on port {server.server_port}")
    server.serve_forever()


if __name__ == "__main__":
    main()
