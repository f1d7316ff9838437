# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take secrets out of text that others will see."""

from __future__ import annotations

import base64
import re
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from .secret import MASK, Secret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# A shorter secret is replaced only where it stands alone: starring every "off" would maim
# "office365" and so tell everybody what the password is.
SHORT = 4

# What may not touch a short secret on either side. A full stop counts only inside a name.
_BEFORE = r"(?<![\w@/+%-])(?<!\w\.)"
_AFTER = r"(?![\w@/+%-])(?!\.\w)"

# The characters of base64 in either alphabet (RFC 4648 sections 4 and 5).
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]")
_BASE64_REST = re.compile(r"[A-Za-z0-9+/_-]*=*")

# Tools quote each other, and every level of quoting doubles the backslashes: up to three levels.
_BACKSLASHES = r"\\{0,8}"

# A run of what no escaping touches: where the longest one is missing, the secret is.
_UNTOUCHED = re.compile("[A-Za-z0-9]+")
_CHARACTERS = re.compile(r"\\+|[^\\]", re.DOTALL)

# What a character becomes in some language besides the ways that all characters have.
_OWN_FORMS = {
    "\t": ["t"],
    "\n": ["n"],
    "\r": ["r"],
    " ": [r"\+"],
    "&": ["&amp;"],
    "<": ["&lt;"],
    ">": ["&gt;"],
    '"': ["&quot;", '""'],
    # A quote inside of quotes, for YAML and SQL, and for a shell.
    "'": ["''", "'\"'\"'", rf"'{_BACKSLASHES}''"],
}


# A password may hold what ends it in a URL that is well formed, so it goes on to the last @ of the word.
_LOGIN = re.compile(r"(://)[^\s'\"<>]*@")


def without_logins(text: str) -> str:
    """Return a text with the user name and the password of each URL in it replaced."""
    return _LOGIN.sub(rf"\1{MASK}@", text) if "://" in text else text


def without_login(value: str) -> str:
    """Return one value with the login before its host replaced, in a URL or as ``user:password@host``."""
    start, slashes, rest = value.partition("://")
    if not slashes:
        start, rest = "", value
    login, at, host = rest.rpartition("@")
    if not at or not (slashes or ":" in login):
        return value
    return f"{start}{slashes}{MASK}@{host}"


class Redactor:
    """Replaces each of some secrets, in the forms that tools give them, by ``********``.

    The forms: plain; hexadecimal; base64 at each of the three alignments in both alphabets; URL-encoded;
    escaped as JSON, Go, Python and HTML do, each character by itself, so that any mixture is
    found, and one inside of another; quoted for a shell or YAML. Pure.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        values = [secret.reveal() for secret in secrets]
        # The longest first, so that no form eats a part of another and leaves the rest.
        self._cores = sorted(
            {core for value in values for core in _base64_cores(value)}, key=len, reverse=True
        )
        self._forms = [
            (part, cache(pattern))
            for value in sorted(set(values), key=len, reverse=True)
            for part, pattern in _text_forms(value)
        ]

    def clean(self, text: str) -> str:
        """Return ``text`` with every secret replaced."""
        for core in self._cores:
            if core in text:
                text = _without_base64(text, core)
        for part, pattern in self._forms:
            # Nearly always absent, and looking is cheap; making and compiling the pattern is not.
            if part in text:
                text = re.sub(pattern(), MASK, text)
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


def plain_forms(text: str) -> Iterator[str]:
    """Yield a text as it is, in hexadecimal, and what is in base64 of it at each of the alignments."""
    digits = _encode(text).hex()
    yield from (text, digits, digits.upper(), *_base64_cores(text))


def _text_forms(value: str) -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield for one secret as text a part of each form, and what makes the form's regular expression."""
    if len(value) >= SHORT:
        yield max(_UNTOUCHED.findall(value), key=len, default=""), partial(_pattern, value)
        digits = _encode(value).hex()
        for form in (digits, digits.upper()):
            yield form, partial(re.escape, form)
    elif value:
        encoded = _encode(value)
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            form = encode(encoded).decode("ascii")
            yield form, partial(_alone, form)
        yield value, partial(_alone, value)


def _alone(form: str) -> str:
    return _BEFORE + re.escape(form) + _AFTER


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


def _pattern(value: str) -> str:
    """Return a regular expression for the secret in whatever way each of its characters is escaped."""
    parts = []
    before = _BACKSLASHES
    for run in _CHARACTERS.findall(value):
        if run[0] == "\\":
            # With those that escape what follows: two quantifiers in a row would take their time.
            parts.append(rf"(?:\\{{{len(run)},{8 * len(run) + 8}}}|{'(?:%5[cC])' * len(run)})")
            before = ""
        else:
            parts.append(run if _UNTOUCHED.match(run) else before + _character(run))
            before = _BACKSLASHES
    return "".join(parts)


def _character(character: str) -> str:
    code, encoded = ord(character), _encode(character)
    utf16 = character.encode("utf-16-be", "surrogatepass")
    pairs = [utf16[index : index + 2].hex() for index in range(0, len(utf16), 2)]
    escapes = [
        _BACKSLASHES.join(f"u{pair}" for pair in pairs),
        f"U{code:08x}",
        f"x{code:02x}",
        _BACKSLASHES.join(f"x{byte:02x}" for byte in encoded),
        _BACKSLASHES.join(f"{byte:03o}" for byte in encoded),
        "".join(f"%{byte:02x}" for byte in encoded),
        f"&#(?:{code}|x{code:x});",
    ]
    plain = [*_OWN_FORMS.get(character, []), re.escape(character)]
    return f"(?:{'|'.join(plain)}|(?i:{'|'.join(escapes)}))"


def _encode(value: str) -> bytes:
    # Lone surrogates stand for undecodable bytes of the environment or a file (PEP 383).
    return value.encode("utf-8", "surrogateescape")
