# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take secrets out of text that others will see."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from .secret import MASK, Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A shorter secret is replaced only where it stands alone: starring every "off" would maim
# "office365" and so tell everybody what the password is.
SHORT = 4

# What may not touch a short secret on either side. A full stop counts only inside a name.
_BEFORE = r"(?<![\w@/+%-])(?<!\w\.)"
_AFTER = r"(?![\w@/+%-])(?!\.\w)"

# The characters of base64 in either alphabet (RFC 4648 sections 4 and 5).
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]")
_BASE64_REST = re.compile(r"[A-Za-z0-9+/_-]*=*")


class Redactor:
    """Replaces each of some secrets, in the forms that tools give them, by ``********``.

    The forms: plain; base64 at each of the three alignments in both alphabets; URL-encoded;
    escaped as JSON (also of Go), Python and HTML do; quoted for a shell or YAML. Pure.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        values = [secret.reveal() for secret in secrets]
        # The longest first, so that no form eats a part of another and leaves the rest.
        self._cores = sorted(
            {core for value in values for core in _base64_cores(value)}, key=len, reverse=True
        )
        forms = dict(form for value in values for form in _text_forms(value))
        self._forms = sorted(forms.items(), key=lambda item: len(item[0]), reverse=True)

    def clean(self, text: str) -> str:
        """Return ``text`` with every secret replaced."""
        for core in self._cores:
            if core in text:
                text = _without_base64(text, core)
        for form, pattern in self._forms:
            # Nearly always absent, and looking is cheap; compiling the pattern is not.
            if form in text:
                text = re.sub(pattern, MASK, text)
        return text

    def clean_data(self, data: Any) -> Any:
        """Return nested dictionaries, lists and strings cleaned.

        Keys stay: they are names that programs choose and look for. A :class:`Secret` becomes the
        mask; other types are returned as they are.
        """
        if isinstance(data, str):
            return self.clean(data)
        if isinstance(data, Secret):
            return MASK
        if isinstance(data, dict):
            return {key: self.clean_data(item) for key, item in data.items()}
        if isinstance(data, (list, tuple)):
            return [self.clean_data(item) for item in data]
        return data


def _text_forms(value: str) -> Iterator[tuple[str, str]]:
    """Yield the forms of one secret as text, each with the regular expression to replace."""
    if len(value) >= SHORT:
        for form in _escaped(value):
            yield form, re.escape(form)
    elif value:
        encoded = _encode(value)
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            form = encode(encoded).decode("ascii")
            yield form, _BEFORE + re.escape(form) + _AFTER
        yield value, _BEFORE + re.escape(value) + _AFTER


def _base64_cores(value: str) -> Iterator[str]:
    """Yield what base64 text must contain that holds the secret, from whichever byte on.

    A character carries six bits, so those at the secret's ends depend on its neighbours; a core
    is what lies between.
    """
    if len(value) < SHORT:
        return
    encoded = _encode(value)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for offset in range(3):
            first = -(-8 * offset // 6)
            last = 8 * (offset + len(encoded)) // 6
            yield encode(b"\0" * offset + encoded).decode("ascii")[first:last]


def _without_base64(text: str, core: str) -> str:
    """Return the text with the whole of each base64 text around ``core`` replaced.

    Not one regular expression: that takes quadratic time on a long base64 text without ``core``.
    """
    kept: list[str] = []
    position = 0
    while True:
        start = text.find(core, position)
        if start < 0:
            return "".join((*kept, text[position:]))
        rest = _BASE64_REST.match(text, start + len(core))
        end = rest.end() if rest else start + len(core)
        while start > position and _BASE64.match(text, start - 1):
            start -= 1
        kept += [text[position:start], MASK]
        position = end


def _escaped(value: str) -> set[str]:
    """Return the plain text and its escaped, quoted and URL-encoded forms."""
    as_json = json.dumps(value)[1:-1]
    forms = {
        value,
        as_json,
        json.dumps(value, ensure_ascii=False)[1:-1],
        # Go's encoding/json escapes these three too.
        as_json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"),
        json.dumps(as_json)[1:-1],
        repr(value)[1:-1],
        ascii(value)[1:-1],
        shlex.quote(value),
        value.replace("'", "'\\''"),
        value.replace("'", "''"),
        html.escape(value),
    }
    encoded = _encode(value)
    for url_form in (
        quote(encoded, safe=""),
        quote(encoded),
        quote_plus(encoded),
        quote_plus(encoded, safe="/"),
    ):
        forms.add(url_form)
        forms.add(re.sub("%[0-9A-F]{2}", lambda match: match.group().lower(), url_form))
    return forms


def _encode(value: str) -> bytes:
    # Lone surrogates stand for undecodable bytes of the environment or a file (PEP 383).
    return value.encode("utf-8", "surrogateescape")
