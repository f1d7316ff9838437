# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the way to a relay, or with its TLS, is found without being asked for."""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.certificate import read_certificate
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import ProbeResult
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.certificates import (
    Issuer,
    signs_others,
    weak_key,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.samples import (
    codes,
    credentials,
    request,
    stages,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    Authority,
    Peer,
    Relay,
)

Run = Callable[[Relay], Relay]
Serve = Callable[[Callable[[socket.socket], None]], int]
SILENCE = 0.4
MASKED = b"250-relay\r\n250-SIZE 1000\r\n250-XXXXXXXA\r\n250 XXXB\r\n"


def message(result: ProbeResult, code: str) -> str:
    return next(finding.message for finding in result.findings if finding.code == code)


# -- what stands in between ------------------------------------------------------------------


def test_a_firewall_that_strips_starttls_is_named(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay(replies={"EHLO": MASKED}))
    result = probe(request(relay, authority, **credentials(relay)))
    assert codes(result) == ["smtp-inspected", "starttls-stripped"]
    assert "XXXXXXXA" in message(result, "starttls-stripped")


def test_a_greeting_that_a_firewall_has_masked_is_named(run_relay: Run) -> None:
    banner = b"220 ******************************2******200**\r\n"
    relay = run_relay(Relay(security="none", replies={"banner": banner}))
    result = probe(request(relay, security="none"))
    assert codes(result) == ["smtp-inspected"]
    assert result.ok


def test_capabilities_of_ones_own_are_no_mask(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", extensions=("XCLIENT NAME", "X-EXPS", "XX")))
    assert codes(probe(request(relay, security="none"))) == []


def test_auto_sends_no_credentials_in_the_clear(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    result = probe(request(relay, security="auto", **credentials(relay)))
    assert codes(result) == ["credentials-withheld"]
    assert result.mechanism == ""
    assert not any(line.startswith("AUTH") for line in relay.seen)


def test_auto_needs_no_tls_where_there_are_no_credentials(run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    result = probe(request(relay, security="auto"))
    assert result.security == "none"
    assert codes(result) == []


def test_a_login_that_is_offered_before_tls_is_a_warning(
    run_relay: Run, authority: Authority
) -> None:
    open_login = b"250-relay\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n"
    result = probe(request(run_relay(Relay(replies={"EHLO": [open_login]})), authority))
    assert codes(result) == ["auth-offered-in-clear"]


def test_a_service_that_waits_to_be_spoken_to_is_no_silent_relay(serve: Serve) -> None:
    def web_server(connection: socket.socket) -> None:
        if connection.recv(4096):
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    result = probe(request(serve(web_server), security="none", timeout=SILENCE))
    assert codes(result) == ["not-smtp"]
    assert "as a web server does" in message(result, "not-smtp")


def test_a_silent_port_is_not_blamed_on_tls_alone(serve: Serve) -> None:
    port = serve(lambda connection: Peer(connection).wait_for_end())
    result = probe(request(port, timeout=SILENCE))
    assert codes(result) == ["relay-silent"]
    for cause in ("sidecar", "egress", "load balancer"):
        assert cause in result.findings[0].fix


def test_a_connection_lost_before_the_greeting_is_not_blamed_on_the_relay_alone(
    serve: Serve,
) -> None:
    result = probe(request(serve(lambda connection: None)))
    assert codes(result) == ["connection-lost"]
    assert "sidecar" in result.findings[0].fix


# -- versions and ciphers --------------------------------------------------------------------


def old_tls(authority: Authority) -> ssl.SSLContext:
    context = authority.context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_relay_that_speaks_only_old_tls_is_named_with_its_version(
    run_relay: Run, authority: Authority, security: str
) -> None:
    relay = run_relay(Relay(security=security, tls=old_tls(authority)))
    result = probe(request(relay, authority, security=security))
    assert codes(result) == ["tls-version-unsupported"]
    assert "TLSv1.1" in result.findings[-1].message


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_tls_that_is_allowed_is_a_warning(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay(tls=old_tls(authority)))
    result = probe(request(relay, authority, tls_min_version="1.1"))
    assert codes(result) == ["tls-version-old"]
    assert result.ok
    assert ("tls", "warning") in stages(result)


def test_a_relay_without_a_common_cipher_is_named_with_its_own(
    run_relay: Run, authority: Authority
) -> None:
    context = authority.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA")
    relay = run_relay(Relay(tls=context))
    result = probe(request(relay, authority, ciphers="ECDHE+AESGCM"))
    assert codes(result) == ["tls-cipher-mismatch"]
    assert "ECDHE-ECDSA-AES128-SHA" in result.findings[-1].message


def test_the_ciphers_that_are_asked_for_are_used(run_relay: Run, authority: Authority) -> None:
    context = authority.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    relay = run_relay(Relay(tls=context))
    cipher = "ECDHE-ECDSA-CHACHA20-POLY1305"
    assert probe(request(relay, authority, ciphers=cipher)).tls_cipher == cipher


@pytest.mark.parametrize("sealed", [True, False])
def test_a_user_name_out_of_a_secret_is_never_shown(run_relay: Run, sealed: bool) -> None:
    name = "name-unmistakable-Rf8"
    relay = run_relay(
        Relay(security="none", replies={"AUTH": f"535 5.7.8 {name} is unknown\r\n".encode()})
    )
    given = {**credentials(relay), "username": name, "username_is_secret": sealed}
    result = probe(request(relay, security="none", **given))
    assert result.findings
    assert (name in str(result.as_dict())) is not sealed


# -- certificates ----------------------------------------------------------------------------


def test_what_other_tls_libraries_refuse_is_told_although_openssl_takes_it(run_relay: Run) -> None:
    context, pem = signs_others()
    relay = run_relay(Relay(tls=context))
    result = probe(request(relay, ca_pem=pem, **credentials(relay)))
    assert result.ok
    assert codes(result) == ["certificate-refused-by-rustls"]
    assert "is itself a CA's" in message(result, "certificate-refused-by-rustls")


def test_a_weak_key_is_named_with_its_size(run_relay: Run) -> None:
    issuer = Issuer.new()
    context = issuer.context(key=weak_key())
    context.set_ciphers("ALL:@SECLEVEL=0")
    relay = run_relay(Relay(tls=context))
    result = probe(request(relay, ca_pem=issuer.pem))
    assert codes(result) == ["certificate-weak"]
    assert "an RSA key of 1024 bits" in result.findings[-1].message
    assert result.as_dict()["certificate"]["weaknesses"] == ["an RSA key of 1024 bits"]


# sha256WithRSAEncryption and its elders (RFC 8017 appendix C): they differ in the last byte.
RSA_SIGNATURE = bytes.fromhex("2a864886f70d0101")
SHA256, SHA1, MD5 = 11, 5, 4


def certificate(digest: int, bits: int, issuer: str) -> bytes:
    """Return a certificate whose signature nobody checks: libraries make no weak ones any more."""
    key = rsa.generate_private_key(65537, bits)
    subject, author = (
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        for name in ("relay", issuer)
    )
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder(
        issuer_name=author,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=1,
        not_valid_before=now,
        not_valid_after=now + timedelta(days=1),
    )
    der = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    return der.replace(RSA_SIGNATURE + bytes([SHA256]), RSA_SIGNATURE + bytes([digest]))


@pytest.mark.parametrize(
    ("digest", "bits", "issuer", "weaknesses"),
    [
        (SHA256, 2048, "a CA", ()),
        (SHA1, 2048, "a CA", ("a signature with SHA-1",)),
        (MD5, 2048, "a CA", ("a signature with MD5",)),
        # What signs itself is as good as its key.
        (SHA1, 2048, "relay", ()),
        (SHA1, 1024, "a CA", ("an RSA key of 1024 bits", "a signature with SHA-1")),
    ],
)
def test_weak_keys_and_signatures_are_read_from_the_certificate(
    digest: int, bits: int, issuer: str, weaknesses: tuple[str, ...]
) -> None:
    assert read_certificate(certificate(digest, bits, issuer)).weaknesses == weaknesses


@pytest.mark.parametrize("days", [(-30, -1), (1, 30)])
def test_a_certificate_above_the_relays_own_is_not_taken_for_it(
    run_relay: Run, days: tuple[int, int]
) -> None:
    issuer = Issuer.new("an old CA", days=days)
    relay = run_relay(Relay(tls=issuer.context()))
    result = probe(request(relay, ca_pem=issuer.pem))
    assert codes(result) == ["certificate-issuer-not-valid-now"]
    assert "an old CA" in result.findings[0].message


@pytest.mark.parametrize("has_roots", [True, False])
def test_a_machine_without_any_roots_is_told_beside_the_issuer(
    run_relay: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_roots: bool
) -> None:
    bundle = tmp_path / "bundle.pem"
    if has_roots:
        bundle.write_text(Issuer.new().pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    found = codes(probe(request(run_relay(Relay()))))
    roots = [] if has_roots else ["system-roots-missing"]
    assert found == ["certificate-unknown-issuer", *roots]


def test_a_certificate_with_a_common_name_alone_is_rejected(run_relay: Run) -> None:
    issuer = Issuer.new()
    relay = run_relay(Relay(tls=issuer.context("localhost", alternative_names=False)))
    result = probe(request(relay, ca_pem=issuer.pem, server_name="localhost"))
    assert codes(result) == ["certificate-name-mismatch"]
    assert "common name localhost does not count" in message(result, "certificate-name-mismatch")
    assert result.as_dict()["certificate"]["names"] == []


def test_an_address_that_a_certificate_has_as_a_name_is_told_from_one(run_relay: Run) -> None:
    issuer = Issuer.new()
    relay = run_relay(Relay(tls=issuer.context(name=x509.DNSName("127.0.0.1"))))
    result = probe(request(relay, ca_pem=issuer.pem))
    assert codes(result) == ["certificate-name-mismatch"]
    assert "127.0.0.1 (as a name, not as an address)" in result.findings[0].message


@pytest.mark.parametrize("trusted", [True, False])
def test_a_product_that_intercepts_tls_is_named(run_relay: Run, trusted: bool) -> None:
    issuer = Issuer.new("FortiGate CA")
    relay = run_relay(Relay(tls=issuer.context()))
    result = probe(request(relay, ca_pem=issuer.pem if trusted else ""))
    assert "FortiGate CA" in message(result, "tls-intercepted")
    assert result.ok == trusted


def test_the_chain_is_returned_on_request(run_relay: Run, authority: Authority) -> None:
    relay = run_relay(Relay())
    assert probe(request(relay, authority)).chain_pem == ""
    chain = probe(request(relay, authority, want_chain=True)).as_dict()["chain_pem"]
    # The standard library gives it out from 3.13 on.
    assert chain.count("-----BEGIN CERTIFICATE-----") == int(sys.version_info >= (3, 13))
