# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates that a client must not accept, each with one defect; and one with none."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Issuer:
    """A certificate authority that is made on the spot."""

    name: x509.Name
    key: _Key
    certificate: x509.Certificate

    @classmethod
    def new(
        cls, common_name: str = "a test authority", *, days: tuple[int, int] = (-10, 10)
    ) -> Issuer:
        """Make one; ``days`` is its validity, from and to, as seen from today."""
        name, key = _name(common_name), ec.generate_private_key(ec.SECP256R1())
        builder = _builder(name, name, key, days)
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        certificate = builder.add_extension(constraints, critical=True).sign(key, hashes.SHA256())
        return cls(name, key, certificate)

    @property
    def pem(self) -> str:
        """What a client must trust."""
        return _pem(self.certificate).decode("ascii")

    def context(
        self,
        host: str = _ADDRESS,
        *,
        days: tuple[int, int] = (-5, 60),
        key: _Key | None = None,
        name: x509.GeneralName | None = None,
        alternative_names: bool = True,
    ) -> ssl.SSLContext:
        """Return a server's context with a certificate for ``host``.

        ``days`` is its validity, from and to, as seen from today. ``name`` takes the place of the
        host as a certificate has it. Without ``alternative_names`` the host stands in the common
        name alone.
        """
        own = key or ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_name(host), self.name, own, days)
        if alternative_names:
            names = x509.SubjectAlternativeName([name or _general_name(host)])
            builder = builder.add_extension(names, critical=False)
        return _context(own, builder.sign(self.key, hashes.SHA256()))


def self_signed() -> ssl.SSLContext:
    """Return a server's context whose certificate has signed itself."""
    name, key = _name(_ADDRESS), ec.generate_private_key(ec.SECP256R1())
    names = x509.SubjectAlternativeName([_general_name(_ADDRESS)])
    builder = _builder(name, name, key, (-5, 60)).add_extension(names, critical=False)
    return _context(key, builder.sign(key, hashes.SHA256()))


def signs_others() -> tuple[ssl.SSLContext, str]:
    """Return a server's context whose certificate is a CA's, and what a client must trust."""
    name, key = _name(_ADDRESS), ec.generate_private_key(ec.SECP256R1())
    constraints = x509.BasicConstraints(ca=True, path_length=None)
    names = x509.SubjectAlternativeName([_general_name(_ADDRESS)])
    builder = _builder(name, name, key, (-5, 60)).add_extension(names, critical=False)
    signed = builder.add_extension(constraints, critical=True).sign(key, hashes.SHA256())
    return _context(key, signed), _pem(signed).decode("ascii")


def weak_key() -> rsa.RSAPrivateKey:
    """Return a key that is too short to be trusted: NIST SP 800-57 asks for 2048 bits."""
    return rsa.generate_private_key(65537, 1024)  # noqa: S505 - that is what it is for


def _builder(
    subject: x509.Name, issuer: x509.Name, key: _Key, days: tuple[int, int]
) -> x509.CertificateBuilder:
    now = datetime.now(timezone.utc)
    return x509.CertificateBuilder(
        issuer_name=issuer,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now + timedelta(days=days[0]),
        not_valid_after=now + timedelta(days=days[1]),
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _context(key: _Key, certificate: x509.Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # OpenSSL would not even serve with a weak key.
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    encoded = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with tempfile.NamedTemporaryFile() as chain:
        chain.write(_pem(certificate) + encoded)
        chain.flush()
        context.load_cert_chain(chain.name)
    return context
