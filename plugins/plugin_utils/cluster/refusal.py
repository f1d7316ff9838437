# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API server says when it refuses a request or a WebSocket. Pure: the client's errors in."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.credentials import (
    without_logins,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError

_PART = " -+-+- "
"""Between status, headers and body, in the words of the WebSocket library on a refused handshake."""


def is_forbidden(error: Any) -> bool:
    """Whether the user has no right to what was asked for."""
    # The client's own status is 0 for a handshake that was refused; its words hold the answer's.
    return getattr(error, "status", None) == 403 or "403 Forbidden" in str(error)


def is_away(error: FindingError) -> bool:
    """Whether nothing is wrong but that the API server cannot be reached, which may pass."""
    return all(finding.code == "cluster-unreachable" for finding in error.findings)


def words(error: Any) -> str:
    """The API server's own words, without headers, and without the logins of URLs."""
    return without_logins(_words(error))


def _words(error: Any) -> str:
    body = getattr(error, "body", None)
    if body:
        try:
            return str(json.loads(body)["message"])
        except (ValueError, KeyError, TypeError):
            return " ".join(
                str(body if isinstance(body, str) else body.decode("utf-8", "replace")).split()
            )
    reason = str(getattr(error, "reason", None) or error)
    status, *parts = reason.split(_PART)
    if not parts:
        return reason
    try:
        return str(json.loads(parts[-1])["message"])
    except (ValueError, KeyError, TypeError):
        return status
