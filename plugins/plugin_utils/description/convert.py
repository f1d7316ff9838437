# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What inventories, extra vars and surveys really send, made into plain Python values.

A survey knows only text, ``-e`` on the command line sends only text, and ansible-core tags its
strings with their origin. Everything behind this module sees exact built-in types.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import without_login
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import Kind, Option

TRUE = frozenset({"true", "yes", "on", "1", "y", "t"})
FALSE = frozenset({"false", "no", "off", "0", "n", "f"})

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")
_LINE_BREAK = re.compile(r"[\r\n]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_OMITTED = re.compile(r"__omit_place_holder__[0-9a-f]{40}\Z")
"""What ansible-core before 2.19 makes of ``default(omit)``."""
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class ConversionError(ValueError):
    """The value cannot be what the option needs. The message never quotes a secret."""


class NotTextError(ConversionError):
    """A secret has become something else than text on its way through YAML."""


def plain(value: Any) -> Any:
    """`value` with exact built-in types all the way down, whatever subclass tagged it.

    PyYAML and json know exact types only, and ``type(x) is str`` fails on a tagged string.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return None if _OMITTED.match(value) else str.__str__(value)
    if hasattr(value, "casefold"):
        return str(
            value
        )  # a text of a vault, which is decrypted when it is asked for its characters
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Mapping):
        return {plain(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, Iterable):
        return [plain(inner) for inner in value]
    return str(value)


def unset(value: Any) -> bool:
    """Whether a value means "not given": ``null``, ``default(omit)``, or a survey's empty text."""
    return value is None or (
        isinstance(value, str) and (value == "" or bool(_OMITTED.match(value)))
    )


def _blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def convert(option: Option, value: Any) -> Any:
    """`value` as the option's kind; `None` when it is not given.

    :raises ConversionError: when it is none.
    """
    value = plain(value)
    if unset(value) or (_blank(value) and option.kind is not Kind.SECRET):
        return None
    return _CONVERTERS[option.kind](option, value)


def _text(option: Option, value: Any) -> str:
    if isinstance(value, bool) and option.meant:
        value = str(value).lower()  # what was meant is told where the choices are
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ConversionError(f"must be text, not {_kind_of(value)}")
    text = str(value)
    _check_text(option, text)
    return text if option.lines else text.strip()


def _check_text(option: Option, text: str) -> None:
    """Refuses what neither SMTP, nor a values file, nor an environment variable can hold."""
    if option.lines:
        return
    if _LINE_BREAK.search(text):
        raise ConversionError("must be one line: it holds a carriage return or a line feed")
    if _CONTROL.search(text):
        raise ConversionError("holds a control character, such as a tab or NUL")
    if _SURROGATE.search(text):
        # Ansible reads bytes of the command line that are no UTF-8 so (PEP 383).
        raise ConversionError("holds what is no Unicode character: it was not written as UTF-8")


def _secret(option: Option, value: Any) -> Secret:
    if not isinstance(value, str):
        raise NotTextError(f"must be text, not {_kind_of(value)}")
    _check_text(option, value)
    return Secret(value)


def _integer(option: Option, value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _INTEGER.match(value.strip()):
        return int(value)
    raise ConversionError(f"must be a whole number, not {_quoted(value)}")


def _boolean(option: Option, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in TRUE:
        return True
    if word in FALSE:
        return False
    raise ConversionError(f"must be true or false, not {_quoted(value)}")


def _texts(option: Option, value: Any) -> list[str]:
    """A list; a survey sends one text with commas or line breaks between the entries."""
    if not isinstance(value, (str, list)):
        raise ConversionError(f"must be a list, not {_kind_of(value)}")
    texts = [_text(option, entry) for entry in entries(value)]
    return [text for text in texts if text]


def entries(value: str | list[Any]) -> list[Any]:
    """The entries of a list, or of the text that a survey sends for one."""
    if isinstance(value, list):
        return value
    return [text.strip() for text in re.split(r"[,\r\n]", value)]


def _dictionary(option: Option, value: Any) -> dict[str, Any] | None:
    """A dictionary whose values are still as they were given; a survey sends one as a text."""
    if isinstance(value, str):
        value = _json(value) if value.lstrip().startswith("{") else _from_text(option, value)
    if not isinstance(value, dict):
        raise ConversionError(f"must be a dictionary, not {_kind_of(value)}")
    return {str(key): inner for key, inner in value.items()} or None


def _from_text(option: Option, text: str) -> Any:
    """What a plain text means where a dictionary is wanted."""
    if option.short is not None:
        return {option.short: text}
    if all(key.kind is Kind.BOOLEAN for key in option.keys):
        flags = [flag.partition("=") for flag in re.split(r"[,\r\n]", text) if flag.strip()]
        return {name.strip(): value if sign else True for name, sign, value in flags}
    raise ConversionError("must be a dictionary, or the same as a JSON text")


def _dictionaries(option: Option, value: Any) -> list[dict[str, Any]] | None:
    """A list of such dictionaries, or the same as a JSON text."""
    entries = _json(value) if isinstance(value, str) else value
    if not isinstance(entries, list):
        raise ConversionError(f"must be a list, not {_kind_of(entries)}")
    for number, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise ConversionError(
                f"has an entry [{number}] that is {_kind_of(entry)} and no dictionary"
            )
    return [{str(key): inner for key, inner in entry.items()} for entry in entries] or None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # Not chained and not quoted: the text may hold a secret.
        raise ConversionError("is a text that is no JSON") from None


def _quoted(value: Any) -> str:
    """A value as a message may quote it: a login may stand in a URL, or among the parts of a dictionary."""
    if isinstance(value, str):
        return repr(without_login(value))
    return _kind_of(value) if isinstance(value, (list, dict)) else repr(value)


def _kind_of(value: Any) -> str:
    names = {
        bool: "a boolean",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a dictionary",
        str: "a text",
        type(None): "null",
    }
    return names.get(type(value), f"a {type(value).__name__}")


_CONVERTERS = {
    Kind.TEXT: _text,
    Kind.SECRET: _secret,
    Kind.INTEGER: _integer,
    Kind.BOOLEAN: _boolean,
    Kind.TEXTS: _texts,
    Kind.DICTIONARY: _dictionary,
    Kind.DICTIONARIES: _dictionaries,
}
