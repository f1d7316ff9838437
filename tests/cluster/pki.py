# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster's certificates, made anew for each start with the openssl command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.command import output

_DAYS = "30"
_EC_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
_NO_DEFAULTS = "[req]\ndistinguished_name=dn\n[dn]\n"
"""openssl's own configuration adds extensions that would stand twice in the certificate."""
_AUTHORITY = (
    "basicConstraints=critical,CA:TRUE",
    "keyUsage=critical,keyCertSign,cRLSign",
    "subjectKeyIdentifier=hash",
)
"""What RFC 5280 §4.2.1 asks of an authority; Python 3.13 verifies it."""
_LEAF = "authorityKeyIdentifier=keyid"


@dataclass(frozen=True)
class Certificates:
    """Files of one cluster; a key lies beside its certificate."""

    folder: Path

    @property
    def ca(self) -> Path:
        return self.folder / "ca.crt"

    @property
    def server(self) -> Path:
        """What the API server shows to its clients."""
        return self.folder / "server.crt"

    @property
    def kubelet_client(self) -> Path:
        """What the API server shows to kubelet for logs and exec."""
        return self.folder / "kubelet-client.crt"

    @property
    def service_accounts(self) -> Path:
        """The key that signs the tokens of service accounts."""
        return self.folder / "service-accounts.key"


def key_of(certificate: Path) -> Path:
    return certificate.with_suffix(".key")


def create(folder: Path, server_names: Sequence[str]) -> Certificates:
    """Make all certificates in ``folder``.

    :param server_names: subject alternative names in openssl's notation, like ``IP:10.0.0.1``.
    """
    certificates = Certificates(folder)
    folder.mkdir(mode=0o700, parents=True)
    (folder / "openssl.cnf").write_text(_NO_DEFAULTS, encoding="ascii")
    _certificate(certificates.ca, "/CN=mailops-test-cluster", _AUTHORITY)
    names = f"subjectAltName={','.join(server_names)}"
    server, client = "extendedKeyUsage=serverAuth", "extendedKeyUsage=clientAuth"
    _certificate(certificates.server, "/CN=kube-apiserver", [_LEAF, names, server], certificates.ca)
    subject = "/O=system:masters/CN=kube-apiserver"
    _certificate(certificates.kubelet_client, subject, [_LEAF, client], certificates.ca)
    # In the SEC 1 format, which the API server reads for signing and for checking.
    key = str(certificates.service_accounts)
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    return certificates


def _certificate(
    target: Path, subject: str, extensions: Sequence[str], issuer: Path | None = None
) -> None:
    signer = ["-CA", str(issuer), "-CAkey", str(key_of(issuer))] if issuer else []
    extras = [word for extension in extensions for word in ("-addext", extension)]
    _openssl("req", "-x509", *_EC_KEY, "-config", str(target.parent / "openssl.cnf"),
             "-subj", subject, "-days", _DAYS, *signer, *extras,
             "-keyout", str(key_of(target)), "-out", str(target))  # fmt: skip


def _openssl(*arguments: str) -> None:
    output(["openssl", *arguments], "OpenSSL 3.0 or newer is needed")
