# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate's facts are read from its DER."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta, timezone

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.certificate import (
    Certificate,
    read_certificate,
)


def issued(*names: str, common_name: str | None = None, days: int = 30) -> Certificate:
    ca = trustme.CA(organization_name="Exämple")
    leaf = ca.issue_cert(
        *names,
        common_name=common_name,
        not_after=datetime(2031, 2, 3, 4, 5, 6, tzinfo=timezone.utc) + timedelta(days=days),
    )
    return read_certificate(ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode()))


def test_names_addresses_and_times_are_read() -> None:
    certificate = issued("relay.example.org", "192.0.2.7", "2001:db8::7", common_name="relay")
    assert certificate.dns_names == ("relay.example.org",)
    assert certificate.ip_addresses == ("192.0.2.7", "2001:db8::7")
    assert certificate.common_name == "relay"
    assert "O=Exämple" in certificate.issuer
    assert certificate.subject.startswith("CN=relay")
    assert certificate.not_after == datetime(2031, 3, 5, 4, 5, 6, tzinfo=timezone.utc)
    assert certificate.days_left(datetime(2031, 3, 1, tzinfo=timezone.utc)) == 4
    assert len(certificate.sha256) == 64


@pytest.mark.parametrize(
    ("host", "covered"),
    [
        ("relay.example.org", True),
        ("RELAY.example.org.", True),
        ("a.wild.example.org", True),
        ("a.b.wild.example.org", False),
        ("wild.example.org", False),
        ("192.0.2.7", True),
        ("192.0.2.8", False),
        ("other.example.org", False),
        ("cn.example.org", False),
    ],
)
def test_a_certificate_covers_the_names_of_rfc_9525(host: str, covered: bool) -> None:
    certificate = issued(
        "relay.example.org", "*.wild.example.org", "192.0.2.7", common_name="cn.example.org"
    )
    assert certificate.covers(host) is covered


def test_a_common_name_covers_nothing_even_where_there_is_no_other_name() -> None:
    certificate = issued("192.0.2.7", common_name="cn.example.org")
    assert not certificate.covers("cn.example.org")
    assert certificate.names == ("192.0.2.7",)


@given(st.binary(max_size=200))
def test_bytes_that_are_no_certificate_are_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - which of several is of no matter
        read_certificate(data)


@given(st.data())
def test_a_damaged_certificate_is_read_or_a_value_error(data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(DER) - 1))
    damaged = DER[:position] + bytes([data.draw(st.integers(0, 255))]) + DER[position + 1 :]
    try:
        certificate = read_certificate(damaged)
    except ValueError:
        return
    assert certificate.sha256


DER = ssl.PEM_cert_to_DER_cert(
    trustme.CA().issue_cert("relay.example.org").cert_chain_pems[0].bytes().decode()
)


def made(*extensions: x509.ExtensionType) -> bytes:
    """The DER of a certificate with these extensions."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relay.example.org")])
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder(
        issuer_name=name,
        subject_name=name,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=now,
        not_valid_after=now + timedelta(days=9),
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize(
    ("extensions", "is_ca"),
    [
        ((), False),
        ((x509.BasicConstraints(ca=False, path_length=None),), False),
        ((x509.BasicConstraints(ca=True, path_length=None),), True),
        ((x509.BasicConstraints(ca=True, path_length=0),), True),
    ],
)
def test_a_certificate_says_whether_it_is_a_cas(
    extensions: tuple[x509.ExtensionType, ...], is_ca: bool
) -> None:
    certificate = read_certificate(made(*extensions))
    assert (certificate.version, certificate.is_ca) == (3, is_ca)


def sequence(content: bytes) -> bytes:
    """A DER sequence."""
    length = len(content)
    short = length < 0x80
    return b"\x30" + (bytes([length]) if short else b"\x82" + length.to_bytes(2, "big")) + content


def test_a_certificate_of_version_1_is_known_as_such() -> None:
    der = made()
    body = x509.load_der_x509_certificate(der).tbs_certificate_bytes
    # The version is an element of its own, and left out for version 1.
    version = bytes.fromhex("a003020102")
    old = sequence(body[body.index(version) + len(version) :])
    signature = der[der.index(body) + len(body) :]
    assert read_certificate(sequence(old + signature)).version == 1
