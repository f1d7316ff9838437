# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An access token by the client credentials grant (RFC 6749 section 4.4), over HTTPS."""

from __future__ import annotations

import http.client
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.tls import client_context
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import OAuth

LONGEST_ANSWER = 1 << 20
"""Bytes. A token has a few thousand."""

_TOKEN = re.compile(r"[\x20-\x7e]+")
"""What an access token may be made of (RFC 6749 appendix A.12)."""


class TokenError(Exception):
    """There is no token; the text says why, as the end of a sentence.

    :ivar refused: whether the server said no, rather than nothing that can be understood.
    """

    def __init__(self, problem: str, *, refused: bool) -> None:
        super().__init__(problem)
        self.refused = refused


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The credentials are for this server only."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


def fetch(oauth: OAuth, *, ca_pem: str | None, seconds: float) -> Secret:
    """Asks for a token.

    :param oauth: with ``token_url``, ``client_id`` and ``client_secret``.
    :param ca_pem: a private CA, trusted beside those of this machine.
    :param seconds: for each wait.
    :raises TokenError: when there is none.
    """
    form = {
        "grant_type": "client_credentials",
        "client_id": oauth.client_id or "",
        "client_secret": oauth.client_secret.reveal(),
        **({"scope": oauth.scope} if oauth.scope else {}),
    }
    request = urllib.request.Request(  # noqa: S310  # the description takes https:// only
        oauth.token_url or "",
        data=urllib.parse.urlencode(form).encode("ascii"),
        headers={"Accept": "application/json"},
    )
    context = client_context(verify=True, ca_pem=ca_pem or "")
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=context), _NoRedirect()
    )
    clean = Redactor([oauth.client_secret]).clean
    try:
        with opener.open(request, timeout=seconds) as response:
            answer = response.read(LONGEST_ANSWER)
    except urllib.error.HTTPError as error:
        with error:
            said = _error(error.read(LONGEST_ANSWER))
        text = f"it answered {error.code}{f': {said}' if said else ''}"
        # RFC 6749 section 5.2: 400, or 401 for the client itself.
        raise TokenError(clean(text), refused=error.code in (400, 401, 403)) from None
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise TokenError(clean(str(reason)), refused=False) from None
    token = _parsed(answer).get("access_token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise TokenError("its answer holds no access token", refused=False)
    return Secret(token)


def _parsed(answer: bytes) -> dict[str, Any]:
    try:
        data = json.loads(answer)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def _error(answer: bytes) -> str:
    """The error in the server's own words (RFC 6749 section 5.2), in one line."""
    data = _parsed(answer)
    words = [data.get("error"), data.get("error_description")]
    return " ".join(" ".join(word for word in words if isinstance(word, str)).split())
