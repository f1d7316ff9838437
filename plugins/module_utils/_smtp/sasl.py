# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SASL mechanisms (RFC 4422) for SMTP (RFC 4954): a challenge in, a response out.

Bytes here are those of the mechanism itself: base64 is the dialogue's affair.
"""

from __future__ import annotations

import hashlib
import hmac
import stringprep
import unicodedata
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .protocol import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .secret import Secret

# Each iteration costs this side time: RFC 7677 asks for 4096, strong servers use some 100,000.
MAX_SCRAM_ITERATIONS = 500000

_MAX_REFUSAL = 500


class SaslError(Exception):
    """The exchange cannot go on.

    ``kind``: ``challenge-malformed``, ``challenge-unexpected``, ``server-unproven`` (the relay did
    not prove that it knows the password), ``credentials-unusable`` (a character that the
    mechanism cannot carry), ``digest-unavailable`` (as MD5 is under FIPS). ``detail`` is free of
    secrets.
    """

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True)
class Credentials:
    """Who logs in, what proves it, and where (which some mechanisms tell the relay).

    ``secret`` is the password or the access token. For ``EXTERNAL`` the proof is a certificate, and
    ``username`` is the authorisation identity, or empty.
    """

    username: str
    secret: Secret
    host: str = ""
    port: int = 0


class Mechanism:
    """One exchange with one mechanism; an object serves once.

    ``auth`` is the kind of credentials that it takes. ``refusal`` is the relay's reason, where the
    mechanism has a message for it.
    """

    auth = "password"

    def __init__(self, credentials: Credentials) -> None:
        self._username = credentials.username
        self._secret = credentials.secret
        self._step = 0
        self.refusal = ""

    def start(self) -> bytes | None:
        """Return the initial response, or None for a mechanism in which the relay begins."""
        return None

    def respond(self, challenge: bytes) -> bytes:
        """Return the response to a challenge. Raises SaslError."""
        raise NotImplementedError

    def finish(self) -> None:
        """Check, after the relay's success reply, what the mechanism demands of it."""

    def _next_step(self, last: int) -> int:
        self._step += 1
        if self._step > last:
            raise SaslError("challenge-unexpected", "one challenge more than the mechanism has")
        return self._step


class Plain(Mechanism):
    """PLAIN (RFC 4616): UTF-8, no authorisation identity."""

    def start(self) -> bytes:
        """Return the one message of this mechanism."""
        parts = (self._username, self._secret.reveal())
        if any("\0" in part for part in parts):
            raise SaslError("credentials-unusable", "PLAIN cannot carry a NUL")
        return b"\0" + b"\0".join(part.encode("utf-8") for part in parts)

    def respond(self, challenge: bytes) -> bytes:
        """Refuse: there is nothing more to say."""
        raise SaslError("challenge-unexpected", "PLAIN has no challenge")


class Login(Mechanism):
    """LOGIN (draft-murchison-sasl-login): two prompts, whose wording differs and is ignored."""

    def respond(self, challenge: bytes) -> bytes:
        """Return the user name, then the password."""
        step = self._next_step(last=2)
        return (self._username if step == 1 else self._secret.reveal()).encode("utf-8")


class CramMd5(Mechanism):
    """CRAM-MD5 (RFC 2195)."""

    def respond(self, challenge: bytes) -> bytes:
        """Return the user name and the keyed digest of the challenge."""
        self._next_step(last=1)
        try:
            digest = hmac.new(self._secret.reveal().encode("utf-8"), challenge, "md5")
        except ValueError as error:
            raise SaslError("digest-unavailable", str(error)) from error
        return f"{self._username} {digest.hexdigest()}".encode()


class Scram(Mechanism):
    """SCRAM without channel binding (RFC 5802 for SHA-1, RFC 7677 for SHA-256)."""

    digest = "sha256"

    def __init__(self, credentials: Credentials, nonce: str = "") -> None:
        import secrets  # noqa: PLC0415  # only for this mechanism

        super().__init__(credentials)
        self._nonce = nonce or secrets.token_urlsafe(24)
        self._first_bare = f"n={_saslname(saslprep(credentials.username))},r={self._nonce}"
        self._server_signature = b""
        self._server_proven = False

    def start(self) -> bytes:
        """Return the client-first-message."""
        return ("n,," + self._first_bare).encode("utf-8")

    def respond(self, challenge: bytes) -> bytes:
        """Return the client-final-message; then nothing, once the relay has proven itself."""
        if self._next_step(last=2) == 1:
            return self._final(challenge)
        self._check_server(challenge)
        return b""

    def finish(self) -> None:
        """Raise unless the relay has proven that it knows the password too."""
        if not self._server_proven:
            raise SaslError("server-unproven", "no signature came with the success")

    def _final(self, challenge: bytes) -> bytes:
        fields = _scram_fields(challenge)
        try:
            nonce, iterations = fields["r"], int(fields["i"])
            salt = b64decode(fields["s"], validate=True)
        except (KeyError, ValueError) as error:
            raise SaslError("challenge-malformed", "a field is missing or malformed") from error
        if not nonce.startswith(self._nonce) or nonce == self._nonce or "m" in fields:
            raise SaslError("challenge-malformed", "the nonce is not an extension of ours")
        if not 1 <= iterations <= MAX_SCRAM_ITERATIONS:
            raise SaslError("challenge-malformed", f"{iterations} iterations")
        password = saslprep(self._secret.reveal()).encode("utf-8")
        salted = hashlib.pbkdf2_hmac(self.digest, password, salt, iterations)
        client_key = self._hmac(salted, b"Client Key")
        without_proof = "c=biws,r=" + nonce
        message = b",".join(
            (self._first_bare.encode("utf-8"), challenge, without_proof.encode("utf-8"))
        )
        signature = self._hmac(hashlib.new(self.digest, client_key).digest(), message)
        proof = bytes(key ^ mask for key, mask in zip(client_key, signature))
        self._server_signature = self._hmac(self._hmac(salted, b"Server Key"), message)
        return (without_proof + ",p=" + b64encode(proof).decode("ascii")).encode("utf-8")

    def _check_server(self, challenge: bytes) -> None:
        fields = _scram_fields(challenge)
        expected = b64encode(self._server_signature).decode("ascii")
        if not hmac.compare_digest(fields.get("v", "").encode("utf-8"), expected.encode("utf-8")):
            raise SaslError("server-unproven", fields.get("e", "a wrong signature"))
        self._server_proven = True

    def _hmac(self, key: bytes, message: bytes) -> bytes:
        return hmac.new(key, message, self.digest).digest()


class ScramSha1(Scram):
    """SCRAM-SHA-1 (RFC 5802)."""

    digest = "sha1"


class OAuthBearer(Mechanism):
    """OAUTHBEARER (RFC 7628): an access token."""

    auth = "oauth"

    def __init__(self, credentials: Credentials) -> None:
        super().__init__(credentials)
        self._host = credentials.host
        self._port = credentials.port

    def start(self) -> bytes:
        """Return the one message of this mechanism."""
        return (
            f"n,a={_saslname(self._username)},\x01host={self._host}\x01port={self._port}\x01"
            f"auth=Bearer {self._secret.reveal()}\x01\x01"
        ).encode()

    def respond(self, challenge: bytes) -> bytes:
        """Take the relay's reason for refusing the token, and end the exchange (section 3.2.3)."""
        self._next_step(last=1)
        self.refusal = _oauth_refusal(challenge)
        return b"\x01"


class XOAuth2(Mechanism):
    """XOAUTH2, as Google and Microsoft define it: an access token."""

    auth = "oauth"

    def start(self) -> bytes:
        """Return the one message of this mechanism."""
        return f"user={self._username}\x01auth=Bearer {self._secret.reveal()}\x01\x01".encode()

    def respond(self, challenge: bytes) -> bytes:
        """Take the relay's reason for refusing the token, and end the exchange."""
        self._next_step(last=1)
        self.refusal = _oauth_refusal(challenge)
        return b""


class External(Mechanism):
    """EXTERNAL (RFC 4422 appendix A): the client certificate has told who this is."""

    auth = "none"

    def start(self) -> bytes:
        """Return the authorisation identity, which is empty for that of the certificate."""
        return self._username.encode()

    def respond(self, challenge: bytes) -> bytes:
        """Refuse: there is nothing more to say."""
        raise SaslError("challenge-unexpected", "EXTERNAL has no challenge")


# Those that take a password in the order of strength.
MECHANISMS: dict[str, type[Mechanism]] = {
    "SCRAM-SHA-256": Scram,
    "SCRAM-SHA-1": ScramSha1,
    "CRAM-MD5": CramMd5,
    "PLAIN": Plain,
    "LOGIN": Login,
    "XOAUTH2": XOAuth2,
    "OAUTHBEARER": OAuthBearer,
    "EXTERNAL": External,
}

# Under TLS the password is safe whatever the mechanism, and what is to be proven is what the
# application will do, which is PLAIN or LOGIN nearly always. Relays that check passwords against
# a directory often offer CRAM-MD5 or SCRAM all the same, and refuse right passwords in them.
_UNDER_TLS = (
    "PLAIN",
    "LOGIN",
    "SCRAM-SHA-256",
    "SCRAM-SHA-1",
    "CRAM-MD5",
    "XOAUTH2",
    "OAUTHBEARER",
)


def choose(offered: Iterable[str], auth: str, *, encrypted: bool) -> str | None:
    """Return the mechanism to try, or None when none is offered that takes such credentials.

    Without TLS it is the strongest; under TLS the one that applications use.
    """
    names = set(offered)
    order = _UNDER_TLS if encrypted else MECHANISMS
    return next((name for name in order if name in names and MECHANISMS[name].auth == auth), None)


def saslprep(text: str) -> str:
    """Prepare a user name or password (RFC 4013). Raises SaslError for what it prohibits."""
    mapped = "".join(
        " " if stringprep.in_table_c12(char) else char
        for char in text
        if not stringprep.in_table_b1(char)
    )
    prepared = unicodedata.normalize("NFKC", mapped)
    if any(prohibited(char) for char in prepared for prohibited in _PROHIBITED):
        raise SaslError("credentials-unusable", "SASLprep prohibits one of their characters")
    right_to_left = [stringprep.in_table_d1(char) for char in prepared]
    if any(right_to_left) and (
        not (right_to_left[0] and right_to_left[-1])
        or any(stringprep.in_table_d2(char) for char in prepared)
    ):
        raise SaslError("credentials-unusable", "SASLprep prohibits mixed writing directions")
    return prepared


_PROHIBITED = (
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)


def _saslname(text: str) -> str:
    """Return a name as RFC 5801 section 4 writes it."""
    return text.replace("=", "=3D").replace(",", "=2C")


def _oauth_refusal(challenge: bytes) -> str:
    """Return what the relay says of a token (RFC 7628 section 3.2.2) on one line."""
    import json  # noqa: PLC0415  # only for a token that was refused

    text = printable(challenge)
    try:
        told = json.loads(challenge)
    except (ValueError, RecursionError):
        return text[:_MAX_REFUSAL]
    if isinstance(told, dict):
        text = ", ".join(f"{name}: {value}" for name, value in told.items() if value)
    return printable(text.encode("utf-8", "backslashreplace"))[:_MAX_REFUSAL]


def _scram_fields(message: bytes) -> dict[str, str]:
    try:
        parts = message.decode("utf-8").split(",")
    except UnicodeDecodeError as error:
        raise SaslError("challenge-malformed", "not UTF-8") from error
    return {part[0]: part[2:] for part in parts if part[1:2] == "="}
