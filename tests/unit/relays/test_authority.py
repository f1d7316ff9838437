# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The private authority issues what a strict client accepts, and nothing that it should not."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from tests.relays.authority import Authority, Identity


def handshake(identity: Identity, ca: str, name: str, folder: Path) -> str | None:
    """A TLS handshake in memory, verified strictly; returns the protocol version."""
    chain = folder / "chain.pem"
    chain.write_text(identity.certificate + identity.key, encoding="ascii")
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(chain)
    trusting = ssl.create_default_context(cadata=ca)
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = serving.wrap_bio(to_server, to_client, server_side=True)
    client = trusting.wrap_bio(to_client, to_server, server_hostname=name)
    pending = [client, server]
    while pending:
        side = pending.pop(0)
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            pending.append(side)
    return client.version()


@pytest.mark.parametrize("name", ["relay", "relay.mail.svc", "10.96.0.25"])
def test_a_strict_client_accepts_every_name_of_the_certificate(name: str, tmp_path: Path) -> None:
    authority = Authority()
    identity = authority.issue(["relay", "relay.mail.svc", "10.96.0.25"])
    assert handshake(identity, authority.certificate, name, tmp_path) == "TLSv1.3"


def test_another_name_is_refused(tmp_path: Path) -> None:
    authority = Authority()
    identity = authority.issue(["relay"])
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        handshake(identity, authority.certificate, "other", tmp_path)


def test_another_authority_is_not_trusted(tmp_path: Path) -> None:
    identity = Authority().issue(["relay"])
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(identity, Authority().certificate, "relay", tmp_path)
