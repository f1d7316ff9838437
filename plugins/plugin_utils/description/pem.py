# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and keys as PEM texts (RFC 7468)."""

from __future__ import annotations

import re
import ssl

_CERTIFICATE = re.compile(
    r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----", re.ASCII
)


def certificates(pem: str) -> str:
    """Only the certificates of a PEM text (RFC 7468 section 5).

    Bundles carry comments, which may not be ASCII, and a careless one a private key: neither is for
    the TLS library, a pod or a result.
    """
    return "".join(f"{block}\n" for block in _CERTIFICATE.findall(pem))


def certificates_problem(pem: str) -> str | None:
    """Why `pem` holds no certificates, as the end of a sentence; `None` when it does."""
    if "-----BEGIN CERTIFICATE-----" not in pem:
        return ": it has no -----BEGIN CERTIFICATE----- line"
    bare = certificates(pem)
    if bare.count("BEGIN") != pem.count("-----BEGIN CERTIFICATE-----"):
        return ": a certificate in it is cut off, or holds characters that are no base64"
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=bare)
    except (ssl.SSLError, ValueError) as error:
        return f": {getattr(error, 'reason', None) or error}"
    return None


def key_problem(key: str, certificate: str) -> str | None:
    """Why `key` is not the private key of the first certificate; `None` when it is.

    The answer ends a sentence and quotes nothing.
    """
    # The ssl module reads a key from a file only.
    from cryptography import x509  # noqa: PLC0415  # slow, and needed by few
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415  # slow, and needed by few
        Encoding,
        PublicFormat,
        load_pem_private_key,
    )

    try:
        private = load_pem_private_key(key.encode(), password=None)
    except TypeError:
        return "is encrypted, and nobody is there to give its passphrase"
    except Exception:  # the library raises many kinds, some with the text in them
        return "is no private key in PEM form"
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    public = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    if private.public_key().public_bytes(*form) != public.public_bytes(*form):
        return "does not belong to the certificate"
    return None
