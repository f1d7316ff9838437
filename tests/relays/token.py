# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth access tokens: JWTs (RFC 7519) with an HMAC signature, as a token server issues them."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass, field

ISSUER = "https://token.example.org"
SCOPE = "smtp.send"
_LIFETIME = 3600


@dataclass(frozen=True)
class TokenServer:
    """Who issues tokens; a relay that has the key verifies them by itself."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    @property
    def key_text(self) -> str:
        """The key as Dovecot reads it."""
        return b64encode(self.key).decode("ascii")

    def token(self, username: str, *, lifetime: int = _LIFETIME, scope: str = SCOPE) -> str:
        """A token for a user; a negative ``lifetime`` (seconds) makes one that has expired."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": username,
            "scope": scope,
            "iat": now - _LIFETIME,
            "nbf": now - _LIFETIME,
            "exp": now + lifetime,
        }
        signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
        signature = hmac.new(self.key, signed.encode("ascii"), hashlib.sha256).digest()
        return f"{signed}.{_encode(signature)}"


def _part(data: object) -> str:
    return _encode(json.dumps(data).encode("utf-8"))


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
