# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data as YAML that every parser reads the same.

YAML 1.1 and 1.2, PyYAML and the parsers of Go know different bare words as numbers and booleans
(``1e3``, ``0o17``, ``off``), so no text is left bare, and a key only when nobody misreads it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

_NEVER = 2**31 - 1  # columns after which a text is broken

_BARE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])


class _Quoted(str):
    """A text that is always written in quotes."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Makes no anchors: what is the same twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(
    _Quoted,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"'),
)


def dump(data: Any) -> str:
    """Plain data as a YAML document, in its own order."""
    text: str = yaml.dump(
        _quoted(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_NEVER
    )
    return text


def _quoted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_key(key): _quoted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_quoted(inner) for inner in value]
    return _Quoted(value) if isinstance(value, str) else value


def _key(key: str) -> str:
    return key if may_be_bare(key) else _Quoted(key)


def may_be_bare(key: str) -> bool:
    """Whether every parser reads a key as a text, also without quotes."""
    return bool(_BARE_KEY.fullmatch(key)) and key.lower() not in _WORDS
