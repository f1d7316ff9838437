# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a probe is asked to do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from .message import TOKEN, Message
from .proxy import parse
from .sasl import MECHANISMS
from .secret import Secret
from .tls import VERSIONS, Identity, client_context

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ssl import SSLContext

SECURITIES = ("none", "starttls", "tls", "auto")
AUTHS = ("none", "password", "oauth")
UNTIL = ("connect", "tls", "auth", "mail", "rcpt", "data")

# A day. Much longer waits are more than a system's clock takes.
MAX_SECONDS = 86400

# Lone surrogates stand for bytes that are no UTF-8 (PEP 383); they can be neither sent nor shown.
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NO_HOST = re.compile(r"[@/*\[\]]")
# fe80::/10 (RFC 4291 section 2.5.6).
_LINK_LOCAL = re.compile(r"fe[89ab][0-9a-f]:", re.IGNORECASE)
# Quoted local parts (RFC 5321 section 4.1.2) with spaces or an @ are not taken.
_MAILBOX = re.compile(r"[^@\s<>\x00-\x1f\x7f\ud800-\udfff]+")
# With all that ends a line in Unicode, which the header of a mail cannot have.
_NO_HEADER = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_NOT_ASCII = "has a name that is not in ASCII, as the DNS has it (xn--…)"
_UNUSABLE = "holds a control character, such as a line end, or bytes that are no UTF-8"


def _no_secret() -> Secret:
    return Secret("")


@dataclass(frozen=True)
class ProbeRequest:
    """One relay, how to talk to it, and how far to go.

    ``security``: ``none``, ``starttls``, ``tls`` (implicit) or ``auto`` (find out).
    ``auth``: ``none`` (anonymous relay), ``password`` or ``oauth`` (``token`` is an access token);
    ``mechanism`` empty lets the probe choose. ``EXTERNAL`` is a mechanism of ``auth`` none, with
    the client certificate; ``username`` is the authorisation identity then. ``client_cert`` and
    ``client_key`` are PEM texts, presented whenever the relay asks.

    ``validate_certs`` false turns a certificate's errors into warnings. ``server_name`` is the
    name that the certificate must carry when it is not ``host``. ``ciphers`` is OpenSSL's list for
    TLS 1.2 and before. ``want_chain`` puts the chain as PEM into the result. ``ehlo_name`` empty
    stands for this machine's qualified name, else its address. ``proxy`` is
    ``socks5://[user:password@]host:port`` or ``http://…``.

    ``ignore_roots_in`` is a folder: variables of the environment that name roots in it do not count.

    ``until`` names the last stage; only ``data`` sends a mail, which is ``message``.
    ``expected_size`` (bytes, 0: not known) is compared with what the relay takes.
    ``foreign_recipient`` is tried without a login first: an open relay accepts it.
    ``timeout`` is in seconds and for each wait. ``retries`` says how often the walk is repeated
    after a transient failure, ``retry_seconds`` how long to wait before that.
    """

    host: str
    port: int
    security: str = "auto"
    auth: str = "none"
    mechanism: str = ""
    username: str = ""
    username_is_secret: bool = False
    password: Secret = field(default_factory=_no_secret)
    token: Secret = field(default_factory=_no_secret)
    client_cert: str = ""
    client_key: Secret = field(default_factory=_no_secret)
    from_address: str = ""
    recipients: tuple[str, ...] = ()
    message: Message | None = None
    expected_size: int = 0
    foreign_recipient: str = ""
    ehlo_name: str = ""
    validate_certs: bool = True
    ca_pem: str = ""
    ignore_roots_in: str = ""
    server_name: str = ""
    tls_min_version: str = "1.2"
    ciphers: str = ""
    want_chain: bool = False
    proxy: Secret = field(default_factory=_no_secret)
    timeout: float = 10.0
    retries: int = 0
    retry_seconds: float = 10.0
    until: str = "rcpt"

    @property
    def logs_in(self) -> bool:
        """Whether the walk has an AUTH command."""
        return self.auth != "none" or self.mechanism == "EXTERNAL"

    @property
    def credential(self) -> Secret:
        """What proves who ``username`` is, for the mechanisms that send it."""
        return self.token if self.auth == "oauth" else self.password

    @property
    def shown_username(self) -> str:
        """The user name for people, unless it is a secret; one that is the password too is a server token."""
        if self.username_is_secret:
            return "(a user name from a Secret)"
        is_password = bool(self.password) and Secret(self.username) == self.password
        return "(a token)" if is_password else self.username

    @property
    def mail(self) -> Message | None:
        """The mail that the envelope is for, if there is to be one."""
        return self.message or (Message() if self.until == "data" else None)

    @property
    def sender(self) -> str:
        """The address for MAIL."""
        return (self.message and self.message.envelope_from) or self.from_address

    def context(self, *, verify: bool, legacy: bool = False) -> SSLContext:
        """Return the TLS context that is asked for. Raises ValueError for what cannot be used.

        ``legacy`` allows everything that OpenSSL still knows, to find out what a relay speaks.
        """
        identity = Identity(self.client_cert, self.client_key) if self.client_cert else None
        return client_context(
            verify=verify,
            ca_pem=self.ca_pem,
            min_version=self.tls_min_version,
            ciphers=self.ciphers,
            identity=identity,
            legacy=legacy,
        )

    def to_wire(self) -> str:
        """Return one line of JSON **with all secrets**: for standard input, nothing else."""
        import json  # noqa: PLC0415  # only for a probe that runs elsewhere

        data = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        for name, value in data.items():
            if isinstance(value, Secret):
                data[name] = value.reveal()
            elif isinstance(value, Message):
                data[name] = {entry.name: getattr(value, entry.name) for entry in fields(value)}
        return json.dumps(data)

    @classmethod
    def from_wire(cls, line: str) -> ProbeRequest:
        """Read what :meth:`to_wire` wrote. Raises ValueError that quotes no value."""
        import json  # noqa: PLC0415  # only for a probe that runs elsewhere

        try:
            data = json.loads(line)
        except (ValueError, RecursionError):
            # Not chained: the decoder's error carries the text, and so the password.
            raise ValueError("the request is not JSON") from None
        if not isinstance(data, dict):
            raise ValueError("the request is not a JSON object")
        for name in ("host", "port"):
            if name not in data:
                raise ValueError(f"the request has no {name}")
        message = data.get("message")
        typed = _typed(cls, data, "the request")
        if message is not None:
            typed["message"] = Message(**_typed(Message, message, "the request's message"))
        return cls(**typed)

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield (field, what is wrong with it) for what cannot be tried at all."""
        yield from self._range_problems()
        yield from self._text_problems()
        yield from self._login_problems()
        yield from self._mail_problems()
        yield from self._tls_problems()

    def _range_problems(self) -> Iterator[tuple[str, str]]:
        if not 1 <= self.port <= 65535:
            yield "port", f"is {self.port}, outside of 1 to 65535"
        if not 0 < self.timeout <= MAX_SECONDS:
            yield "timeout", f"is no number of seconds above 0, up to {MAX_SECONDS}"
        if not 0 <= self.retry_seconds <= MAX_SECONDS:
            yield "retry_seconds", f"is no number of seconds from 0 to {MAX_SECONDS}"
        for name in ("retries", "expected_size"):
            if getattr(self, name) < 0:
                yield name, "is negative"
        for name, choices in (
            ("security", SECURITIES),
            ("auth", AUTHS),
            ("mechanism", ("", *MECHANISMS)),
            ("tls_min_version", VERSIONS),
            ("until", UNTIL),
        ):
            if getattr(self, name) not in choices:
                yield name, "is none of " + ", ".join(choice for choice in choices if choice)

    def _text_problems(self) -> Iterator[tuple[str, str]]:
        if not self.host:
            yield "host", "is missing"
        for name in ("host", "username", "ehlo_name", "server_name"):
            if _FORBIDDEN.search(getattr(self, name)):
                yield name, _UNUSABLE
        for name in ("password", "token", "proxy"):
            if _FORBIDDEN.search(getattr(self, name).reveal()):
                yield name, _UNUSABLE
        if self.proxy and not _FORBIDDEN.search(self.proxy.reveal()):
            try:
                parse(self.proxy.reveal())
            except ValueError as error:
                yield "proxy", str(error)
        yield from self._name_problems()
        if _LINK_LOCAL.match(self.host) and "%" not in self.host:
            yield "host", "is an address of one link, which needs its interface, as in fe80::1%eth0"
        for name in ("host", "server_name"):
            if not _is_host(getattr(self, name)):
                yield name, "is no plain name or address: it has a user, a scheme, a port or a *"

    def _name_problems(self) -> Iterator[tuple[str, str]]:
        for name in ("host", "ehlo_name", "server_name"):
            text = getattr(self, name)
            if " " in text:
                yield name, "holds a space"
            if not (text.isascii() or _FORBIDDEN.search(text)):
                yield name, _NOT_ASCII

    def _login_problems(self) -> Iterator[tuple[str, str]]:
        external = self.mechanism == "EXTERNAL"
        needed = {"password": ("username", "password"), "oauth": ("username", "token")}
        wanted = needed.get(self.auth, ("username",) if external else ())
        given = [name for name in ("username", "password", "token") if getattr(self, name)]
        excess = [name for name in given if name not in wanted]
        if excess:
            yield "auth", f"is {self.auth}, which takes no {' and no '.join(excess)}"
        if self.auth in needed and not set(wanted) <= set(given):
            yield "auth", f"is {self.auth}, which needs both {' and '.join(wanted)}"
        known = MECHANISMS.get(self.mechanism)
        if known and known.auth != self.auth:
            yield "mechanism", f"is {self.mechanism}, which is none of auth: {self.auth}"
        if external and not self.client_cert:
            yield "mechanism", "is EXTERNAL, which needs client_cert and client_key"

    def _mail_problems(self) -> Iterator[tuple[str, str]]:
        message = self.message or Message()
        for name, address in (
            ("from_address", self.from_address),
            ("foreign_recipient", self.foreign_recipient),
            ("message", message.envelope_from),
            ("message", message.reply_to),
            *(("recipients", recipient) for recipient in self.recipients),
        ):
            if address and not _is_mailbox(address):
                yield name, "is not an address of the form name@domain"
            elif not address.rpartition("@")[2].isascii():
                yield name, _NOT_ASCII
        for line in (message.subject_prefix, message.subject, message.from_name):
            if _NO_HEADER.search(line):
                yield "message", f"{_UNUSABLE}, in its header"
        if _SURROGATES.search(message.text + message.html):
            yield "message", "holds bytes that are no UTF-8"
        if not TOKEN.fullmatch(message.token):
            yield "message", "has a token with other characters than letters, digits, . _ and -"
        if self.until == "data":
            for name in ("from_address", "recipients"):
                if not getattr(self, name):
                    yield name, "is missing, and until: data sends a mail"

    def _tls_problems(self) -> Iterator[tuple[str, str]]:
        if bool(self.client_cert) != bool(self.client_key):
            yield "client_cert", "and client_key are needed together"
            return
        identity = Identity(self.client_cert, self.client_key)
        parts: dict[str, dict[str, Any]] = {
            "ca_pem": {"verify": True, "ca_pem": self.ca_pem},
            "ciphers": {"verify": False, "ciphers": self.ciphers},
            "client_cert": {"verify": False, "identity": identity},
        }
        for name, options in parts.items():
            if getattr(self, name):
                try:
                    client_context(**options)
                except ValueError as error:
                    yield name, f"cannot be used: {error}"


def _is_host(text: str) -> bool:
    """Return whether a text may be a name or an address; what a resolver does not know it tells."""
    return is_ipv6(text) if ":" in text else not _NO_HOST.search(text)


def is_ipv6(text: str) -> bool:
    """Return whether a text is an IPv6 address, which stands in brackets before a port (RFC 3986, 3.2.2)."""
    try:
        return ip_address(text).version == 6
    except ValueError:
        return False


def _is_mailbox(text: str) -> bool:
    """Return whether a text has the form of a mail address; the relay knows the rest."""
    local, _at, domain = text.partition("@")
    parts = (local, *domain.removesuffix(".").split("."))
    return all(_MAILBOX.fullmatch(part) for part in parts)


def _typed(cls: type, data: Any, what: str) -> dict[str, Any]:
    """Return the values for the fields of a dataclass, in their types. Raises ValueError."""
    if not isinstance(data, dict):
        raise ValueError(f"{what} has the wrong type")
    readers = {entry.name: _READERS[str(entry.type)] for entry in fields(cls)}
    typed = {}
    for name, value in data.items():
        if name not in readers:
            raise ValueError(f"{what} has an unknown field, {name}")
        types, read = readers[name]
        # A bool is an int, and no number here.
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise ValueError(f"{what}'s {name} has the wrong type")
        typed[name] = read(value)
    return typed


def _texts(values: list[Any]) -> tuple[str, ...]:
    if not all(isinstance(value, str) for value in values):
        raise ValueError("the request's recipients has the wrong type")
    return tuple(values)


# What a field's type is in JSON, and how it is read.
_READERS: Mapping[str, tuple[tuple[type, ...], Any]] = {
    "str": ((str,), str),
    "int": ((int,), int),
    "float": ((int, float), float),
    "bool": ((bool,), bool),
    "Secret": ((str,), Secret),
    "tuple[str, ...]": ((list,), _texts),
    "Message | None": ((dict, type(None)), lambda value: value),
}
