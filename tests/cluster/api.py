# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few calls of the Kubernetes API that starting a node takes."""

from __future__ import annotations

import json
import ssl
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from tests.cluster.errors import ClusterError

_TIMEOUT = 5.0


class Api:
    """A client with a bearer token.

    :param server: URL without a path.
    :param ca: file of the authority that signed the server's certificate.
    """

    def __init__(self, server: str, ca: Path, token: str) -> None:
        self._server = server
        tls = ssl.create_default_context(cafile=str(ca))
        self._opener = build_opener(ProxyHandler({}), HTTPSHandler(context=tls))
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def has(self, path: str) -> bool:
        """True when a GET of ``path`` succeeds. :raises OSError: as :meth:`get`."""
        self._call(path, None)
        return True

    def get(self, path: str) -> Any:
        """The object at ``path``. :raises OSError: it is not there, or no server answers."""
        return json.loads(self._call(path, None))

    def create(self, path: str, thing: object) -> None:
        """Create an object in the collection at ``path``."""
        try:
            self._call(path, json.dumps(thing).encode())
        except HTTPError as error:
            with error:
                reason = error.read().decode(errors="replace")
            raise ClusterError(f"the API server refused POST {path}: {reason}") from error

    def _call(self, path: str, body: bytes | None) -> bytes:
        request = Request(self._server + path, body, self._headers)  # noqa: S310 - always https
        with self._opener.open(request, timeout=_TIMEOUT) as reply:
            content: bytes = reply.read()
        return content
