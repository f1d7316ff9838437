# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS as the probe needs it: a context to offer, and what a failed handshake means."""

from __future__ import annotations

import errno
import socket
import ssl
from dataclasses import dataclass
from functools import lru_cache

_VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}

VERSIONS = tuple(_VERSIONS)

# Names of OpenSSL errors, in parts, and what they tell; the first that fits counts.
_REASONS = (
    ("WRONG_VERSION_NUMBER", "not-tls"),
    ("HTTP_REQUEST", "not-tls"),
    ("UNKNOWN_PROTOCOL", "not-tls"),
    ("RECORD_LAYER_FAILURE", "not-tls"),
    ("PACKET_LENGTH_TOO_LONG", "not-tls"),
    ("PROTOCOL_VERSION", "version"),
    ("UNSUPPORTED_PROTOCOL", "version"),
    ("NO_PROTOCOLS_AVAILABLE", "version"),
    ("UNRECOGNIZED_NAME", "server-name"),
    ("CERTIFICATE_REQUIRED", "client-certificate"),
    ("HANDSHAKE_FAILURE", "cipher"),
    ("INSUFFICIENT_SECURITY", "cipher"),
    ("NO_CIPHERS", "cipher"),
    ("DH_KEY_TOO_SMALL", "cipher"),
    ("UNEXPECTED_EOF", "closed"),
)


@dataclass(frozen=True)
class TlsFailure:
    """Why TLS did not come about.

    ``kind``: ``verify`` (the certificate; ``verify_code`` is OpenSSL's X509_V_ERR_ number),
    ``not-tls`` (the relay answered in plaintext), ``version``, ``cipher``, ``server-name``,
    ``client-certificate``, ``closed``, ``reset``, ``timeout``, or ``tls`` for anything else.
    """

    kind: str
    detail: str
    verify_code: int = 0


def client_context(*, verify: bool, ca_pem: str = "", min_version: str = "1.2") -> ssl.SSLContext:
    """Return a client's context, shared by all connections that ask for the same.

    It trusts the system's roots and those of ``ca_pem``, as an application does whose bundle was
    extended. Python 3.13 demands more of a private CA than RFC 5280's readers usually do
    (VERIFY_X509_STRICT); this does not, so that the result is the same wherever the probe runs.
    Raises ValueError when ``ca_pem`` holds no certificate.
    """
    return _context(verify, ca_pem if verify else "", min_version)


@lru_cache(maxsize=64)
def _context(verify: bool, ca_pem: str, min_version: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = _VERSIONS[min_version]
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    if ca_pem:
        try:
            context.load_verify_locations(cadata=ca_pem)
        except (ssl.SSLError, ValueError) as error:
            raise ValueError("it holds no PEM certificate that can be read") from error
    return context


def explain(error: OSError) -> TlsFailure:
    """Return what an error during a TLS handshake means."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return TlsFailure("verify", error.verify_message, error.verify_code)
    if isinstance(error, socket.timeout):
        return TlsFailure("timeout", "no answer")
    # Pythons before 3.10 say ZeroReturn.
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return TlsFailure("closed", "the connection was closed during the handshake")
    if isinstance(error, ssl.SSLError):
        reason = error.reason or ""
        kind = next((kind for part, kind in _REASONS if part in reason), "tls")
        return TlsFailure(kind, reason or str(error))
    if lost(error):
        return TlsFailure("reset", "the connection was reset during the handshake")
    return TlsFailure("tls", error.strerror or str(error))


def lost(error: OSError) -> bool:
    """Return whether the other side has ended the connection without closing it in good order."""
    return isinstance(error, ConnectionError) or error.errno == errno.ENOTCONN
