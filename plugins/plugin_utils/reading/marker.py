# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Markers: texts and numbers that stand for what is not known yet, and are found again in a rendering.

A profile is rendered with a marker in each free field. What the real values have in a marker's place is
the field. So a profile says once how a field is written, and that is also how it is read.
"""

from __future__ import annotations

import base64
import binascii
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote

LOCAL, DOMAIN = "from_address.local", "from_address.domain"
"""The two halves of the sender's address: some applications want them apart."""

_TEXTS = (
    "host",
    "username",
    "password",
    LOCAL,
    DOMAIN,
    "from_name",
    "envelope_from",
    "reply_to",
    "subject_prefix",
    "name",
    "comment",
    "ehlo_name",
    "server_name",
    "proxy",
    "ca_pem",
    "client_cert",
    "client_key",
    "existing_secret.name",
    "existing_secret.username_key",
    "existing_secret.password_key",
    "oauth.token",
    "oauth.token_url",
    "oauth.tenant",
    "oauth.client_id",
    "oauth.client_secret",
    "oauth.scope",
)

# The plus sign shows whether a marker has been percent-encoded; a rendering may change the case.
TEXT: Mapping[str, str] = MappingProxyType(
    {name: f"zq{number:02d}+qz" for number, name in enumerate(_TEXTS)}
)
"""Each free text and its marker."""
NUMBER: Mapping[str, int] = MappingProxyType({"port": 40951, "timeout": 40961})
"""Each free number and its marker: ports that no relay uses, and no timeout is."""

_MARKER = re.compile(r"zq(\d\d)(\+|%2B)qz|(40951|40961)", re.IGNORECASE)
_NUMBER_NAMES = {str(number): name for name, number in NUMBER.items()}

# What can stand in a marker's place when more text stands beside it.
_SHAPES = {
    "host": r"\[[^\]]*\]|[^\s:/@,\[\]]*",
    "port": r"[0-9]*",
    "timeout": r"[0-9]*",
    LOCAL: r"[^@<>\s]*",
    DOMAIN: r"[^@<>\s,]*",
}
_ENCODED_SHAPE = r"[^/@\s]*?"
_ANY_SHAPE = r".*?"


@dataclass(frozen=True)
class Pattern:
    """A rendered text as what a real text is held against.

    :param expression: its groups are the markers, in order. :param names: whose they are.
    :param encoded: which of them are percent-encoded. :param base64: whether the whole text is base64.
    """

    expression: re.Pattern[str]
    names: tuple[str, ...]
    encoded: tuple[bool, ...]
    base64: bool

    def extract(self, text: str) -> dict[str, str] | None:
        """What stands in the markers' places; `None` when the text does not fit."""
        if self.base64:
            decoded = _decoded(text)
            if decoded is None:
                return None
            text = decoded
        found = self.expression.fullmatch(text)
        if found is None:
            return None
        fields: dict[str, str] = {}
        for name, encoded, value in zip(self.names, self.encoded, found.groups(), strict=True):
            plain = unquote(value) if encoded else value
            if name == "host":
                plain = plain.removeprefix("[").removesuffix("]")
            elif name == "from_name" and LOCAL in self.names:
                plain = _unquoted(plain)
            if fields.setdefault(name, plain) != plain:
                return None
        return fields


@functools.lru_cache(maxsize=4096)
def pattern(rendered: str) -> Pattern | None:
    """The pattern of a rendered text; `None` when there is no marker in it."""
    if _MARKER.search(rendered):
        return _compiled(rendered, base64=False)
    decoded = _decoded(rendered)
    if decoded is not None and _MARKER.search(decoded):
        return _compiled(decoded, base64=True)
    return None


def _compiled(rendered: str, *, base64: bool) -> Pattern:
    parts: list[str] = []
    names: list[str] = []
    encoded: list[bool] = []
    end = 0
    for marker in _MARKER.finditer(rendered):
        number, plus, digits = marker.groups()
        name = _NUMBER_NAMES[digits] if digits else _TEXTS[int(number)]
        alone = marker.span() == (0, len(rendered))
        encoded.append(bool(plus) and plus != "+")
        shape = _ENCODED_SHAPE if encoded[-1] else _SHAPES.get(name, _ANY_SHAPE)
        parts += [re.escape(rendered[end : marker.start()]), f"({'.*' if alone else shape})"]
        names.append(name)
        end = marker.end()
    expression = re.compile("".join(parts) + re.escape(rendered[end:]), re.DOTALL)
    return Pattern(expression, tuple(names), tuple(encoded), base64)


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def _unquoted(name: str) -> str:
    """The name beside an address, out of a quoted string (RFC 5322 section 3.2.4)."""
    if len(name) < 2 or name[0] != '"' or name[-1] != '"':
        return name
    return re.sub(r"\\(.)", r"\1", name[1:-1])
