# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that tell a handshake that broke from a request that broke.

A request whose connection never came to be was not sent, so that even a POST may be repeated. The HTTP
library reports a reset during the TLS handshake like one during the answer.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from typing import Any

with suppress(ImportError):  # the client tells of it, before there is a connection
    import urllib3
    from urllib3.connection import HTTPSConnection
    from urllib3.exceptions import NewConnectionError

    class _Connection(HTTPSConnection):
        """A connection that is reported as not made when its handshake breaks."""

        def connect(self) -> None:
            """Connect.

            :raises NewConnectionError: when the other side ends the handshake. A certificate that does not
                verify stays an error of its own.
            """
            try:
                super().connect()
            except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
                raise NewConnectionError(self, f"the TLS handshake broke: {error}") from error

    class _Pool(urllib3.HTTPSConnectionPool):
        ConnectionCls = _Connection


def tell_handshakes(manager: Any) -> None:
    """Make the connections of a pool manager such ones."""
    manager.pool_classes_by_scheme = {**manager.pool_classes_by_scheme, "https": _Pool}
