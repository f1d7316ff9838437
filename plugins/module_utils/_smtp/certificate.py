# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an X.509 certificate says, read from its DER (RFC 5280; DER: X.690).

The standard library decodes only certificates that it has verified, and a certificate that does
not verify is the one that needs explaining. This reads a few fields and judges nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OID = 0x06
_EXTENSIONS = 0xA3
_VERSION = 0xA0
_UTC_TIME = 0x17
_SAN_DNS = 0x82
_SAN_IP = 0x87

_TIME_FIELDS = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))

_BOOLEAN = 0x01

_BASIC_CONSTRAINTS = bytes.fromhex("551d13")
_SUBJECT_ALTERNATIVE_NAME = bytes.fromhex("551d11")
_RSA = bytes.fromhex("2a864886f70d010101")
# NIST SP 800-57 part 1, table 2: what is no longer good enough.
_MIN_RSA_BITS = 2048
_WEAK_SIGNATURES = {
    bytes.fromhex("2a864886f70d010102"): "MD2",
    bytes.fromhex("2a864886f70d010104"): "MD5",
    bytes.fromhex("2a864886f70d010105"): "SHA-1",
    bytes.fromhex("2a8648ce3d0401"): "SHA-1",
    bytes.fromhex("2a8648ce380403"): "SHA-1",
}
_ATTRIBUTES = {
    bytes.fromhex("550403"): "CN",
    bytes.fromhex("550406"): "C",
    bytes.fromhex("550407"): "L",
    bytes.fromhex("550408"): "ST",
    bytes.fromhex("55040a"): "O",
    bytes.fromhex("55040b"): "OU",
}


@dataclass(frozen=True)
class Certificate:
    """The facts of one certificate. Times are in UTC; ``sha256`` is the DER's, in hex.

    ``weaknesses`` says in words what is too weak about key and signature. ``version`` is that of X.509, 1
    or 3; ``is_ca`` whether it says that it may sign others.
    """

    subject: str
    issuer: str
    common_name: str
    dns_names: tuple[str, ...]
    ip_addresses: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    sha256: str
    weaknesses: tuple[str, ...] = ()
    version: int = 3
    is_ca: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names that a client may accept. The common name is none (RFC 9525 section 2)."""
        return self.dns_names + self.ip_addresses

    def valid_at(self, now: datetime) -> bool:
        """Return whether a time lies within the certificate's own."""
        return self.not_before <= now <= self.not_after

    def covers(self, host: str) -> bool:
        """Return whether the certificate is for a host name or address (RFC 9525 section 6)."""
        try:
            return str(ip_address(host)) in self.ip_addresses
        except ValueError:
            wanted = host.rstrip(".").lower()
        for name in self.names:
            pattern = name.rstrip(".").lower()
            if pattern == wanted:
                return True
            # A wildcard stands for one whole label, the first.
            if pattern.startswith("*.") and wanted.partition(".")[2] == pattern[2:]:
                return True
        return False

    def days_left(self, now: datetime) -> int:
        """Return the whole days until the certificate expires, negative afterwards."""
        return (self.not_after - now).days


@lru_cache(maxsize=256)
def read_certificate(der: bytes) -> Certificate:
    """Read a certificate. Raises ValueError when it is none.

    What was read is kept: behind the many addresses of a relay there is one certificate.
    """
    try:
        return _certificate(der)
    except IndexError as error:
        raise ValueError("not a certificate") from error


def _certificate(der: bytes) -> Certificate:
    _tag, certificate = _first(_children(der))
    (_tag, body), (_tag, algorithm), *_signature = _children(certificate)
    elements = list(_children(body))
    fields = [field for field in elements if field[0] != _VERSION]
    # serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, extensions
    issuer, validity, subject = fields[2][1], fields[3][1], fields[4][1]
    not_before, not_after = (_time(tag, value) for tag, value in _children(validity))
    names = list(_alternative_names(fields[5:]))
    subject_attributes = _name(subject)
    return Certificate(
        subject=_joined(subject_attributes),
        issuer=_joined(_name(issuer)),
        common_name=next((value for key, value in subject_attributes if key == "CN"), ""),
        dns_names=tuple(value.decode("ascii") for tag, value in names if tag == _SAN_DNS),
        ip_addresses=tuple(str(ip_address(value)) for tag, value in names if tag == _SAN_IP),
        not_before=not_before,
        not_after=not_after,
        sha256=hashlib.sha256(der).hexdigest(),
        weaknesses=tuple(_weaknesses(fields[5][1], algorithm, self_signed=issuer == subject)),
        version=_version(elements[0]),
        is_ca=_is_ca(fields[5:]),
    )


def _weaknesses(public_key: bytes, algorithm: bytes, *, self_signed: bool) -> Iterator[str]:
    (_tag, key_algorithm), (_tag, key) = _children(public_key)
    if _first(_children(key_algorithm)) == (_OID, _RSA):
        # A bit string begins with the number of its unused bits.
        _tag, numbers = _first(_children(key[1:]))
        _tag, modulus = _first(_children(numbers))
        bits = int.from_bytes(modulus, "big").bit_length()
        if bits < _MIN_RSA_BITS:
            yield f"an RSA key of {bits} bits"
    _tag, oid = _first(_children(algorithm))
    # What a certificate says of itself proves nothing, however it is signed.
    if oid in _WEAK_SIGNATURES and not self_signed:
        yield f"a signature with {_WEAK_SIGNATURES[oid]}"


def _children(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (tag, content) of each element in the content of a constructed one."""
    position = 0
    while position < len(data):
        tag, length = data[position], data[position + 1]
        position += 2
        if length & 0x80:
            count = length & 0x7F
            length = int.from_bytes(data[position : position + count], "big")
            position += count
        content = data[position : position + length]
        if len(content) != length:
            raise ValueError("a DER element is cut off")
        yield tag, content
        position += length


def _first(elements: Iterator[tuple[int, bytes]]) -> tuple[int, bytes]:
    for element in elements:
        return element
    raise ValueError("a DER element is empty")


def _name(data: bytes) -> list[tuple[str, str]]:
    """Return a distinguished name's attributes that have a usual short name."""
    attributes = []
    for _tag, relative in _children(data):
        for _tag, attribute in _children(relative):
            (_tag, oid), (_tag, value) = _children(attribute)
            if oid in _ATTRIBUTES:
                attributes.append((_ATTRIBUTES[oid], value.decode("utf-8", "backslashreplace")))
    return attributes


def _joined(attributes: list[tuple[str, str]]) -> str:
    return ", ".join(f"{key}={value}" for key, value in reversed(attributes))


def _time(tag: int, value: bytes) -> datetime:
    """Read a UTCTime or GeneralizedTime as RFC 5280 section 4.1.2.5 restricts them."""
    text = value.decode("ascii")
    if tag == _UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    if len(text) != len("YYYYMMDDHHMMSSZ") or not text.endswith("Z"):
        raise ValueError("a time has not the form of RFC 5280")
    year, *rest = (int(text[start:end]) for start, end in _TIME_FIELDS)
    month, day, hour, minute, second = rest
    return datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)


def _version(first: tuple[int, bytes]) -> int:
    """Return the version of X.509: it is the first element, and left out for version 1."""
    tag, content = first
    return _first(_children(content))[1][0] + 1 if tag == _VERSION else 1


def _is_ca(fields: list[tuple[int, bytes]]) -> bool:
    constraints = _extension(fields, _BASIC_CONSTRAINTS)
    return any(tag == _BOOLEAN and any(value) for tag, value in constraints)


def _alternative_names(fields: list[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    return _extension(fields, _SUBJECT_ALTERNATIVE_NAME)


def _extension(fields: list[tuple[int, bytes]], oid: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the elements of an extension."""
    for tag, content in fields:
        if tag != _EXTENSIONS:
            continue
        _tag, extensions = _first(_children(content))
        for _tag, extension in _children(extensions):
            parts = list(_children(extension))
            if parts[0] == (_OID, oid):
                # The last part is an octet string that holds the extension's own DER.
                _tag, elements = _first(_children(parts[-1][1]))
                yield from _children(elements)
