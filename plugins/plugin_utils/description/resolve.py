# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a person wrote to a complete description, or to every finding that stands in its way.

Defaults and the rules between fields live here and nowhere else. All problems are collected, so
that one run names them all.
"""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description import convert, model
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import DESCRIPTION

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z", re.IGNORECASE)
_CERTIFICATE = re.compile(
    r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----", re.ASCII
)
_PORT_AT_END = re.compile(r":[0-9]+\Z")
_SPEAKS = {
    "tls": "speaks TLS from the first byte (RFC 8314)",
    "starttls": "begins in plain text and changes to TLS with STARTTLS (RFC 6409, RFC 3207)",
    "none": "begins in plain text (RFC 5321)",
}

ReadFile = Callable[[str], str]


def read_text(path: str) -> str:
    """The text of a file on the controller.

    :raises OSError: when it cannot be read; :raises UnicodeDecodeError: when it is not text.
    """
    with open(path, encoding="utf-8") as stream:
        return stream.read()


@dataclass
class _Resolution:
    """One pass over the input; the methods follow the order of the description."""

    values: Mapping[str, Any]
    read_file: ReadFile
    findings: list[Finding] = field(default_factory=list)

    def complain(self, code: str, where: str = "", **facts: Any) -> None:
        self.findings.append(CATALOGUE.finding(code, where=where, **facts))

    def get(self, name: str, default: Any = None) -> Any:
        value = self.values.get(name)
        return default if value is None else value

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        value: str | None = self.get(name)
        if value is None or value.lower() in choices:
            return value and value.lower()
        where = f"smtp_{name}"
        self.complain("value-not-a-choice", where, value=value, choices=", ".join(choices))
        return None

    def number(self, name: str, low: int, high: int) -> int | None:
        value: int | None = self.get(name)
        if value is None or low <= value <= high:
            return value
        self.complain("number-out-of-range", f"smtp_{name}", value=value, low=low, high=high)
        return None

    def host(self) -> str:
        value: str = self.get("host", "")
        if not value:
            if "host" not in self.failed:
                self.complain("host-missing", "smtp_host")
            return ""
        detail = host_problem(value)
        if detail is not None:
            self.complain("host-invalid", "smtp_host", value=value, detail=detail)
        return value.strip("[]")

    def address(self, name: str) -> str | None:
        value: str | None = self.get(name)
        if value is not None:
            self.check_address(f"smtp_{name}", value)
        return value

    def check_address(self, where: str, value: str) -> None:
        problem = address_problem(value)
        if problem is not None:
            self.complain("address-invalid", where, value=value, problem=problem)

    def port_and_security(self) -> tuple[int, model.Security]:
        port = self.number("port", 1, 65535)
        security = self.choice("security", get_args(model.Security))
        if (
            "port" in self.failed
            or "security" in self.failed
            or self.findings_at("smtp_port", "smtp_security")
        ):
            return 0, "starttls"
        if port is None:
            known: Any = security or "starttls"
            return model.PORT_OF[known], known
        spoken = model.SECURITY_OF.get(port)
        if security is None:
            if spoken is None:
                self.complain("security-missing", "smtp_security", port=port)
            return port, spoken or "starttls"
        chosen: Any = security
        if spoken is not None and (spoken == "tls") != (chosen == "tls"):
            self.complain(
                "port-security-contradiction",
                "smtp_port",
                port=port,
                security=chosen,
                speaks=_SPEAKS[spoken],
                suggested=spoken,
                suggested_port=model.PORT_OF[chosen],
            )
        return port, chosen

    def findings_at(self, *places: str) -> bool:
        return any(finding.where in places for finding in self.findings)

    def credentials(self, security: model.Security) -> tuple[model.Auth, str, Secret]:
        auth = self.choice("auth", get_args(model.Auth))
        username: str = self.get("username", "")
        password: Secret = self.get("password", Secret(""))
        if {"auth", "username", "password"} & self.failed or self.findings_at("smtp_auth"):
            return "none", "", Secret("")
        given = [
            name
            for name, there in (("smtp_username", username), ("smtp_password", password))
            if there
        ]
        missing = [name for name in ("smtp_username", "smtp_password") if name not in given]
        if auth == "none" and given:
            self.complain("credentials-contradiction", "smtp_auth", given=" and ".join(given))
        elif len(given) == 1:
            self.complain("credentials-incomplete", missing[0], given=given[0], missing=missing[0])
        elif auth == "password" and not given:
            self.complain("credentials-missing", "smtp_auth")
        elif given and security == "none":
            self.complain("credentials-unencrypted", "smtp_security")
        return ("password" if given else "none"), username, password

    def ca(self) -> str | None:
        path: str | None = self.get("ca_path")
        pem: str | None = self.get("ca_pem")
        if path and pem:
            self.complain("ca-given-twice", "smtp_ca_path")
            return None
        if path:
            try:
                pem = self.read_file(path)
            except (OSError, UnicodeDecodeError) as error:
                problem = getattr(error, "strerror", None) or "it is not a text file"
                self.complain("ca-unreadable", "smtp_ca_path", path=path, problem=problem)
                return None
        if pem:
            problem = ca_problem(pem)
            if problem is not None:
                self.complain(
                    "ca-not-a-certificate",
                    "smtp_ca_path" if path else "smtp_ca_pem",
                    problem=problem,
                )
        return pem and certificates(pem)

    failed: set[str] = field(default_factory=set)


def resolve(
    raw: Mapping[str, Any], read_file: ReadFile = read_text
) -> tuple[model.Description, tuple[Finding, ...]]:
    """The description that `raw` means, and every finding about it.

    :param raw: option name (without prefix) to the value as given; tagged strings, empty text and
        null are all welcome.
    :param read_file: how a file on the controller is read.
    :returns: a description that is fit for use only when no finding is an error.
    """
    values: dict[str, Any] = {}
    work = _Resolution(values, read_file)
    for option in DESCRIPTION:
        try:
            values[option.name] = convert.convert(option, raw.get(option.name))
        except convert.ConversionError as error:
            work.failed.add(option.name)
            spelling_lost = isinstance(error, convert.NotTextError)
            code = "secret-not-text" if spelling_lost else "value-invalid"
            work.complain(code, option.variable, problem=str(error))
    if work.get("enabled", True) is False:
        return model.Description(enabled=False), tuple(work.findings)

    host = work.host()
    port, security = work.port_and_security()
    auth, username, password = work.credentials(security)
    if work.get("from_address") is None and "from_address" not in work.failed:
        work.complain("from-address-missing", "smtp_from_address")
    recipients = tuple(work.get("test_recipients", []))
    for recipient in recipients:
        work.check_address("smtp_test_recipients", recipient)
    description = model.Description(
        host=host,
        port=port,
        security=security,
        auth=auth,
        mechanism=_upper(work.get("mechanism")),
        username=username,
        password=password,
        from_address=work.address("from_address") or "",
        from_name=work.get("from_name"),
        reply_to=work.address("reply_to"),
        ehlo_name=work.get("ehlo_name"),
        validate_certs=work.get("validate_certs", True),
        ca_pem=work.ca(),
        server_name=work.get("server_name"),
        tls_min_version=work.choice("tls_min_version", model.TLS_VERSIONS) or "1.2",
        timeout=work.number("timeout", 1, 600) or 10,
        test_recipients=recipients,
    )
    if not errors(work.findings):
        if description.anonymous:
            work.complain("anonymous-relay", "smtp_auth", host=host)
        if not description.validate_certs and security != "none":
            work.complain("verification-off", "smtp_validate_certs", host=host)
    return description, tuple(work.findings)


def errors(findings: list[Finding] | tuple[Finding, ...]) -> list[Finding]:
    """Only those findings that forbid to go on."""
    return [finding for finding in findings if finding.severity == "error"]


def _upper(text: str | None) -> str | None:
    return text.upper() if text else None


def host_problem(host: str) -> str | None:
    """Why `host` is no host, as the end of a sentence; `None` when it is one (RFC 1123, RFC 5890)."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        ipaddress.ip_address(bare)
        return None
    except ValueError:
        pass  # not an address: it may be a name
    if "://" in host:
        return ": it is a URL"
    if _PORT_AT_END.search(host):
        return ": it carries a port"
    if "@" in host:
        return ": it is a mail address"
    if re.fullmatch(r"[0-9.]+", host):
        return ": an IPv4 address has four numbers from 0 to 255"
    try:
        name = host.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    if len(name) > 253 or not all(_LABEL.match(label) for label in name.split(".")):
        return ""
    return None


def address_problem(address: str) -> str | None:
    """Why `address` is no mail address; `None` when it is one (RFC 5321 section 4.1.2, RFC 6531)."""
    if address.startswith('"'):
        return "a quoted part before the @ is not supported"
    if re.search(r"[\s<>,;\x00-\x1f\x7f]", address):
        return "it holds a space, a bracket or another character that an address cannot have"
    local, at, domain = address.rpartition("@")
    if not at:
        return "it has no @"
    if not local:
        return "nothing stands before the @"
    if "@" in local:
        return "it has more than one @"
    if len(local.encode()) > 64:
        return "what stands before the @ is longer than 64 bytes"
    if not domain or host_problem(domain) is not None:
        return f"{domain!r} is no domain"
    return None


def certificates(pem: str) -> str:
    """Only the certificates of a PEM text (RFC 7468 section 5).

    Bundles carry comments, which may not be ASCII, and a careless one a private key: neither is for
    the TLS library, a pod or a result.
    """
    return "".join(f"{block}\n" for block in _CERTIFICATE.findall(pem))


def ca_problem(pem: str) -> str | None:
    """Why `pem` is no CA bundle, as the end of a sentence; `None` when it is one."""
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
