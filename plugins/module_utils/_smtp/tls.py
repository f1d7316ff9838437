# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS as the probe needs it: a context to offer, and what a failed handshake means."""

from __future__ import annotations

import errno
import os
import socket
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from .roots import trust_system

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .secret import Secret

_VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}

VERSIONS = tuple(_VERSIONS)

# Without the limits on keys, digests and ciphers that OpenSSL's security levels set.
_LEGACY_CIPHERS = "ALL:@SECLEVEL=0"

# OpenSSL 3 has the old versions on the lowest security level only.
_OLD = ("1.0", "1.1")
_OLD_CIPHERS = "DEFAULT:@SECLEVEL=0"

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
    # Alerts of the relay (RFC 8446 section 6.2), so they are about this side's certificate.
    ("ALERT_UNKNOWN_CA", "client-certificate-rejected"),
    ("ALERT_BAD_CERTIFICATE", "client-certificate-rejected"),
    ("ALERT_CERTIFICATE", "client-certificate-rejected"),
    ("ALERT_UNSUPPORTED_CERTIFICATE", "client-certificate-rejected"),
    ("ALERT_ACCESS_DENIED", "client-certificate-rejected"),
    ("HANDSHAKE_FAILURE", "cipher"),
    ("INSUFFICIENT_SECURITY", "cipher"),
    ("NO_CIPHERS", "cipher"),
    ("DH_KEY_TOO_SMALL", "cipher"),
    ("UNSAFE_LEGACY_RENEGOTIATION", "renegotiation"),
    ("UNEXPECTED_EOF", "closed"),
)


@dataclass(frozen=True)
class TlsFailure:
    """Why TLS did not come about.

    ``kind``: ``verify`` (the certificate; ``verify_code`` is OpenSSL's X509_V_ERR_ number),
    ``not-tls`` (the relay answered in plaintext), ``version``, ``cipher``, ``server-name``,
    ``renegotiation`` (the relay lacks RFC 5746), ``client-certificate`` (it demands one),
    ``client-certificate-rejected``, ``closed``, ``reset``, ``timeout``, or ``tls`` for anything else.
    """

    kind: str
    detail: str
    verify_code: int = 0


@dataclass(frozen=True)
class Identity:
    """A client certificate with its chain, and its key, as PEM texts."""

    cert_pem: str
    key: Secret = field(hash=False)


def client_context(
    *,
    verify: bool,
    ca_pem: str = "",
    min_version: str = "1.2",
    ciphers: str = "",
    identity: Identity | None = None,
    legacy: bool = False,
) -> ssl.SSLContext:
    """Return a client's context, shared by all connections that ask for the same.

    It trusts the system's roots and those of ``ca_pem``, as an application does whose bundle was
    extended. Python 3.13 demands more of a private CA than RFC 5280's readers usually do
    (VERIFY_X509_STRICT); this does not, so that the result is the same wherever the probe runs.
    ``ciphers`` is OpenSSL's list for TLS 1.2 and before. ``legacy`` allows every version and
    cipher that OpenSSL still has, and takes the place of ``min_version`` and ``ciphers``.

    Raises ValueError when ``ca_pem``, ``ciphers`` or ``identity`` cannot be used.
    """
    if legacy:
        return _context(False, "", "", _LEGACY_CIPHERS, identity)
    if min_version in _OLD and not ciphers:
        ciphers = _OLD_CIPHERS
    return _context(verify, ca_pem if verify else "", min_version, ciphers, identity)


@lru_cache(maxsize=64)
def _context(
    verify: bool, ca_pem: str, min_version: str, ciphers: str, identity: Identity | None
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ssl.HAS_NEVER_CHECK_COMMON_NAME:
        # RFC 9525 section 2: only the alternative names of a certificate say whose it is.
        context.hostname_checks_common_name = False
    context.minimum_version = _VERSIONS.get(min_version, ssl.TLSVersion.MINIMUM_SUPPORTED)
    if ciphers:
        try:
            context.set_ciphers(ciphers)
        except ssl.SSLError as error:
            raise ValueError("OpenSSL knows no such cipher") from error
    if identity is not None:
        _load(context, identity)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    trust_system(context)
    if ca_pem:
        try:
            context.load_verify_locations(cadata=ca_pem)
        except (ssl.SSLError, ValueError) as error:
            raise ValueError("it holds no PEM certificate that can be read") from error
    return context


def _load(context: ssl.SSLContext, identity: Identity) -> None:
    """Give a context its certificate and key, which the ssl module takes from files only."""

    def no_password() -> str:
        # Without this, OpenSSL asks at the terminal for the password of an encrypted key.
        raise ValueError("its key is encrypted")

    with _as_file(identity.cert_pem + "\n" + identity.key.reveal()) as path:
        try:
            context.load_cert_chain(path, password=no_password)
        except ssl.SSLError as error:
            # Not chained: nothing of the key may be shown.
            reason = error.reason or "it holds no PEM certificate and key that can be read"
            raise ValueError(reason.replace("_", " ").lower()) from None


@contextmanager
def _as_file(text: str) -> Iterator[str]:
    """Lend a text as a file that nobody else can read: in memory where the system has that."""
    # What cannot be encoded is in no PEM, and must not come up in an error.
    data = text.encode("utf-8", "replace")
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("mailops-smtp")
        try:
            os.write(descriptor, data)
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
        return
    import tempfile  # noqa: PLC0415  # only where it is not Linux

    descriptor, path = tempfile.mkstemp()
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
        yield path
    finally:
        os.unlink(path)


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
