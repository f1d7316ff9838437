# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How programs of each kind are told of a CA from outside: a variable, and what it does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FOLDER = "/etc/mailops-smtp-ca"
"""Where the certificates are mounted in a container. No image has a folder of this name."""


@dataclass(frozen=True)
class Runtime:
    """What a process reads once, when it starts.

    :param variable: the environment variable; empty when there is none that holds certificates.
    :param adds: whether what it names is trusted beside the image's own roots. If not, it is
        trusted instead of them, and has to begin with them.
    :param folders: where the variable names folders, those that must stay in it.
    :param source: where it is documented.
    """

    variable: str
    adds: bool
    source: str
    folders: tuple[str, ...] = ()

    def value(self, path: str) -> str:
        """The value of the variable for certificates in a file of `FOLDER`."""
        return ":".join((*self.folders, FOLDER)) if self.folders else path


_OPENSSL = "https://docs.openssl.org/master/man3/SSL_CTX_load_verify_locations/"

RUNTIMES: Mapping[str, Runtime] = {
    "python": Runtime(
        "SSL_CERT_FILE",
        adds=False,
        source="https://docs.python.org/3/library/ssl.html#ssl.get_default_verify_paths",
    ),
    "go": Runtime(
        "SSL_CERT_DIR",
        adds=True,
        # Its file of roots is read besides, and the variable takes the place of these two.
        folders=("/etc/ssl/certs", "/etc/pki/tls/certs"),
        source="https://pkg.go.dev/crypto/x509#SystemCertPool",
    ),
    "node": Runtime(
        "NODE_EXTRA_CA_CERTS",
        adds=True,
        source="https://nodejs.org/api/cli.html#node_extra_ca_certsfile",
    ),
    "ruby": Runtime(
        "SSL_CERT_FILE",
        adds=False,
        source="https://docs.ruby-lang.org/en/master/OpenSSL/X509/Store.html#method-i-set_default_paths",
    ),
    "php": Runtime(
        "SSL_CERT_FILE",
        adds=False,
        source="https://www.php.net/manual/en/openssl.configuration.php",
    ),
    "dotnet": Runtime(
        "SSL_CERT_FILE",
        adds=False,
        source="https://learn.microsoft.com/dotnet/standard/security/cross-platform-cryptography",
    ),
    "openssl": Runtime("SSL_CERT_FILE", adds=False, source=_OPENSSL),
    "java": Runtime(
        "",
        adds=False,
        source="https://docs.oracle.com/en/java/javase/21/security/java-secure-socket-extension-jsse-reference-guide.html",
    ),
}
"""By the word that a profile says. ``openssl`` is any other program that trusts what OpenSSL trusts by
default, or what rustls takes from there."""
