# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private certificate authority for tests: made when it is needed, gone when it was used.

The certificates fit RFC 5280: authority and subject key identifiers are set, without which
Python 3.13 and later refuse a chain (``ssl.VERIFY_X509_STRICT``).
"""

from __future__ import annotations

import ipaddress
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_DAYS = 825

_AUTHORITY = """\
[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = mailops.smtp test authority
[extensions]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
"""

_END_ENTITY = """\
[req]
distinguished_name = name
x509_extensions = extensions
prompt = no
[name]
CN = {common_name}
[extensions]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = {usage}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid:always
subjectAltName = {alternative_names}
"""


@dataclass(frozen=True)
class Identity:
    """A certificate and its private key, both PEM."""

    certificate: str
    key: str


class Authority:
    """A certificate authority that lives in memory, as long as this object."""

    def __init__(self) -> None:
        self._identity = _openssl(_AUTHORITY)

    @property
    def certificate(self) -> str:
        """The authority's own certificate (PEM), which clients must trust."""
        return self._identity.certificate

    def issue(self, names: Sequence[str]) -> Identity:
        """A server's certificate for host names and IP addresses, the first one also as its CN."""
        return self._issue(names, "serverAuth")

    def issue_expired(self, names: Sequence[str]) -> Identity:
        """A server's certificate, as :meth:`issue` makes it, that expired yesterday."""
        identity = self.issue(names)
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            (folder / "old").write_text(identity.certificate, encoding="ascii")
            (folder / "key").write_text(identity.key, encoding="ascii")
            own = self._identity.certificate + self._identity.key
            (folder / "ca").write_text(own, encoding="ascii")
            copies = ("-copy_extensions", "copyall")
            request = ("-x509toreq", "-in", "old", "-signkey", "key", *copies, "-out", "request")
            issued = ("-req", "-in", "request", "-CA", "ca", "-CAkey", "ca", "-days", "-1", *copies)
            for step in (request, issued):
                done = subprocess.run(
                    ["openssl", "x509", *step],
                    cwd=folder,
                    capture_output=True,
                    text=True,
                    check=True,
                )
        return Identity(done.stdout, identity.key)

    def issue_client(self, name: str) -> Identity:
        """A client's certificate, with its name as CN."""
        return self._issue([name], "clientAuth")

    def _issue(self, names: Sequence[str], usage: str) -> Identity:
        alternative_names = ", ".join(_alternative_name(name) for name in names)
        config = _END_ENTITY.format(
            common_name=names[0], alternative_names=alternative_names, usage=usage
        )
        return _openssl(config, issuer=self._identity)


def _alternative_name(name: str) -> str:
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        return f"DNS:{name}"


def _openssl(config: str, issuer: Identity | None = None) -> Identity:
    """A new key and a certificate for it, signed by ``issuer`` or by itself."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        command = ["openssl", "req", "-x509", "-new", "-nodes", "-sha256", "-days", str(_DAYS)]
        command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        command += ["-config", "config", "-keyout", "key", "-out", "certificate"]
        (folder / "config").write_text(config, encoding="utf-8")
        if issuer:
            (folder / "ca").write_text(issuer.certificate + issuer.key, encoding="utf-8")
            command += ["-CA", "ca", "-CAkey", "ca"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(
                "openssl could not make a test certificate (it needs OpenSSL 3.0 or newer):"
                f" {done.stderr.strip()}"
            )
        return Identity(
            certificate=(folder / "certificate").read_text(encoding="ascii"),
            key=(folder / "key").read_text(encoding="ascii"),
        )
