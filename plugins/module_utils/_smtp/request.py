# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a probe is asked to do."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from .sasl import MECHANISMS
from .secret import Secret
from .tls import VERSIONS, client_context

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SECURITIES = ("none", "starttls", "tls", "auto")
AUTHS = ("none", "password")
UNTIL = ("connect", "tls", "auth", "mail", "rcpt")

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f]")
_NO_MAILBOX = re.compile(r"[\s<>]")


@dataclass(frozen=True)
class ProbeRequest:
    """One relay, how to talk to it, and how far to go.

    ``security``: ``none``, ``starttls``, ``tls`` (implicit) or ``auto`` (find out).
    ``auth``: ``none`` (anonymous relay) or ``password``; ``mechanism`` empty lets the probe choose.
    ``validate_certs`` false turns a certificate's errors into warnings. ``server_name`` is the
    name that the certificate must carry when it is not ``host``. ``ehlo_name`` empty stands for
    this machine's qualified name, else its address. ``timeout`` is in seconds and for each wait.
    ``until`` names the last stage; ``rcpt`` leaves out DATA too: no mail is ever sent.
    """

    host: str
    port: int
    security: str = "auto"
    auth: str = "none"
    mechanism: str = ""
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    from_address: str = ""
    recipients: tuple[str, ...] = ()
    ehlo_name: str = ""
    validate_certs: bool = True
    ca_pem: str = ""
    server_name: str = ""
    tls_min_version: str = "1.2"
    timeout: float = 10.0
    until: str = "rcpt"

    def to_wire(self) -> str:
        """Return one line of JSON **with the password**: for standard input, nothing else."""
        data = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        data["password"] = self.password.reveal()
        data["recipients"] = list(self.recipients)
        return json.dumps(data)

    @classmethod
    def from_wire(cls, line: str) -> ProbeRequest:
        """Read what :meth:`to_wire` wrote. Raises ValueError that quotes no value."""
        try:
            data = json.loads(line)
        except ValueError:
            # Not chained: the decoder's error carries the text, and so the password.
            raise ValueError("the request is not JSON") from None
        if not isinstance(data, dict):
            raise ValueError("the request is not a JSON object")
        known = {entry.name for entry in fields(cls)}
        for name in data:
            if name not in known:
                raise ValueError(f"the request has an unknown field, {name}")
        for name in ("host", "port"):
            if name not in data:
                raise ValueError(f"the request has no {name}")
        for name, value in data.items():
            if not _has_type(name, value):
                raise ValueError(f"the request's {name} has the wrong type")
        return cls(**_typed(data))

    def problems(self) -> Iterator[tuple[str, str]]:
        """Yield (field, what is wrong with it) for what cannot be tried at all."""
        yield from self._range_problems()
        yield from self._text_problems()
        if self.auth == "password" and not (self.username and self.password):
            yield "auth", "is password, which needs both username and password"
        if self.auth == "none" and (self.username or self.password):
            yield "auth", "is none, which takes neither username nor password"
        if self.ca_pem:
            try:
                client_context(verify=True, ca_pem=self.ca_pem)
            except ValueError as error:
                yield "ca_pem", f"cannot be used: {error}"

    def _range_problems(self) -> Iterator[tuple[str, str]]:
        if not 1 <= self.port <= 65535:
            yield "port", f"is {self.port}, outside of 1 to 65535"
        if self.timeout <= 0:
            yield "timeout", "is not a positive number of seconds"
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
                yield name, "holds a control character, such as a line end"
        if _FORBIDDEN.search(self.password.reveal()):
            yield "password", "holds a control character, such as a line end"
        for name in ("host", "ehlo_name", "server_name"):
            if " " in getattr(self, name):
                yield name, "holds a space"
        for name, address in (
            ("from_address", self.from_address),
            *(("recipients", recipient) for recipient in self.recipients),
        ):
            if address and (_NO_MAILBOX.search(address) or "@" not in address[1:-1]):
                yield name, "is not an address of the form name@domain"


_TYPES: Mapping[str, tuple[type, ...]] = {
    "port": (int,),
    "timeout": (int, float),
    "validate_certs": (bool,),
    "recipients": (list,),
}


def _has_type(name: str, value: Any) -> bool:
    types = _TYPES.get(name, (str,))
    if name == "recipients" and isinstance(value, list):
        return all(isinstance(recipient, str) for recipient in value)
    # A bool is an int, and no number here.
    return isinstance(value, types) and (bool in types or not isinstance(value, bool))


def _typed(data: dict[str, Any]) -> dict[str, Any]:
    typed = dict(data)
    if "password" in typed:
        typed["password"] = Secret(typed["password"])
    if "recipients" in typed:
        typed["recipients"] = tuple(typed["recipients"])
    return typed
