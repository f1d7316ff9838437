# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS, and the proxy on the way to the relay."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description import pem
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.address import (
    ascii_host,
    host_problem,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import TLS_VERSIONS
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.work import Work
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.model import Preset

PROXY_SCHEMES = ("socks5", "http")


@dataclass(frozen=True)
class Tls:
    """The fields of a description that have to do with TLS."""

    validate_certs: bool
    ca_pem: str | None
    client_cert: str | None
    client_key: Secret | None
    server_name: str | None
    tls_min_version: str


def tls(work: Work, preset: Preset | None) -> Tls:
    """What is given; the oldest version is the provider's by default, and never older than 1.2."""
    client_cert, client_key = _client_certificate(work)
    oldest: str | None = work.choose("tls_min_version", TLS_VERSIONS)
    if preset is not None and oldest is None:
        work.provenance["tls_min_version"] = f"preset {preset.name}"
        oldest = preset.tls_min_version
    return Tls(
        validate_certs=work.take("validate_certs", True),
        ca_pem=_ca(work),
        client_cert=client_cert,
        client_key=client_key,
        server_name=work.host("server_name"),
        tls_min_version=oldest or TLS_VERSIONS[0],
    )


def _ca(work: Work) -> str | None:
    path: str | None = work.get("ca_path")
    text: str | None = work.get("ca_pem")
    source = "ca_path" if path else "ca_pem"
    work.note("ca_pem", source)
    if path and text:
        work.complain("ca-given-twice", "ca_path")
        return None
    if path:
        try:
            text = work.read_file(path)
        except (OSError, UnicodeDecodeError) as error:
            problem = getattr(error, "strerror", None) or "it is not a text file"
            work.complain("ca-unreadable", "ca_path", path=path, problem=problem)
            return None
    return _certificates(work, source, text)


def _certificates(work: Work, name: str, text: str | None) -> str | None:
    if text is None:
        return None
    problem = pem.certificates_problem(text)
    if problem is None:
        return pem.certificates(text)
    work.complain("ca-not-a-certificate", name, problem=problem)
    return None


def _client_certificate(work: Work) -> tuple[str | None, Secret | None]:
    certificate = _certificates(work, "client_cert", work.take("client_cert"))
    key: Secret | None = work.take("client_key")
    if not work.is_sound("client_cert", "client_key"):
        return None, None
    for missing, given in (("client_key", "client_cert"), ("client_cert", "client_key")):
        if given in work.fields and missing not in work.fields:
            places = {"given": work.place(given), "missing": work.place(missing)}
            work.complain("client-certificate-incomplete", missing, **places)
    if certificate and key:
        problem = pem.key_problem(key.reveal(), certificate)
        if problem is not None:
            work.complain("client-key-unusable", "client_key", problem=problem)
    return certificate, key


def proxy(work: Work) -> str | None:
    """The URL of the proxy, without a slash at its end."""
    value: str | None = work.take("proxy")
    if value is None:
        return None
    problem = _proxy_problem(value)
    if problem is None:
        parts = urlsplit(value)
        host = ascii_host(str(parts.hostname))
        return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{parts.port}"
    work.complain("proxy-invalid", "proxy", problem=problem)
    return None


def _proxy_problem(url: str) -> str | None:
    """Why a URL is none of a proxy; quotes nothing, because a password may stand in it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "is no URL"
    if parts.scheme not in PROXY_SCHEMES:
        return f"does not begin with {' or '.join(f'{scheme}://' for scheme in PROXY_SCHEMES)}"
    if "@" in parts.netloc:
        return "carries a user name or a password, which would show in results"
    if not parts.hostname or host_problem(parts.hostname) is not None:
        return "names no host"
    if not port:
        return "names no port"
    if parts.path.strip("/") or parts.query or parts.fragment:
        return "has something behind the port"
    return None
