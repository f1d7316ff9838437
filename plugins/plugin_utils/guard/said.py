# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a place that the mail settings change is for mail: whether it says what they say. Pure.

The chart decides what becomes of the settings, and not all of it is in the evidence. What comes is
theirs. What goes, or changes, is theirs when one of their texts stands there; else it is somebody
else's, and the chart has given it up for them. A text that says nothing of its own, such as a truth
value or a number, is theirs only where the place speaks of mail, or with its key before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import Change
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.compare import (
    bare,
    differences,
    is_nothing,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import decoded

_ANYBODYS = re.compile(r"true|false|yes|no|on|off|none|\d+", re.IGNORECASE)
"""A text that any setting may have."""
_MOST_PAIRS = 10_000_000
"""So many pairs of pieces are held against each other, which takes a second. A file of 3,000 lines has fewer."""
_NAMELESS = "value"
"""The key of such a text where it says nothing either: the entry has its name beside it."""
MAIL = re.compile(r"smtp|mail", re.IGNORECASE)


@dataclass(frozen=True)
class Texts:
    """Some texts of the settings.

    :param own: finds those that only they have, and the others with the key that they are the value of.
    :param anybodys: finds those that other settings may have as well.
    """

    own: re.Pattern[str] = field(repr=False)
    anybodys: re.Pattern[str] = field(repr=False)

    def are_in_full(self, text: str) -> bool:
        """Whether a text is one of them and nothing else."""
        return bool(self.own.fullmatch(text) or self.anybodys.fullmatch(text))

    def stand_in(self, pieces: Iterable[str], *, of_mail: bool) -> bool:
        """Whether one of them stands in one of the pieces.

        :param of_mail: whether the place itself speaks of mail; else the piece has to.
        """
        return any(
            self.own.search(piece)
            or ((of_mail or MAIL.search(piece)) and self.anybodys.search(piece))
            for piece in pieces
        )


@dataclass(frozen=True)
class Said:
    """The texts of the settings that change, secrets among them.

    :param before: those that go; :param after: those that come.
    """

    before: Texts
    after: Texts

    def explains(self, change: Change) -> bool:
        """Whether everything that goes at a place goes for mail.

        A list, and a text of several lines, is looked at piece by piece; neighbours that change
        together are one piece.
        """
        old, new = (_pieces(change, side) for side in (change.before, change.after))
        if len(old) * len(new) > _MOST_PAIRS:
            return False
        hunks = SequenceMatcher(None, old, new).get_opcodes()
        of_mail = any(map(MAIL.search, change.path[-2:]))  # steps before may have a release's name
        return all(
            self.before.stand_in(old[low:high], of_mail=of_mail)
            or self.after.stand_in(new[new_low:new_high], of_mail=of_mail)
            for kind, low, high, new_low, new_high in hunks
            if kind != "equal" and any(map(str.strip, old[low:high]))
        )


def said(before: Mapping[str, Any], after: Mapping[str, Any], gone: Iterable[str]) -> Said:
    """What the change of values from `before` to `after` says.

    :param gone: the names of objects that it makes go.
    """
    changes = list(differences(before, after))
    old = [each for change in changes for each in _leaves(bare(change.path[-1]), change.before)]
    new = [each for change in changes for each in _leaves(bare(change.path[-1]), change.after)]
    return Said(_found([*old, *((_NAMELESS, name) for name in gone)]), _found(new))


def _found(leaves: Iterable[tuple[str, str]]) -> Texts:
    """:param leaves: texts, each with the key that it is the value of."""
    lines = {(key, line.strip()) for key, text in leaves for line in text.splitlines()}
    anybodys = {(key, line) for key, line in lines if _ANYBODYS.fullmatch(line)}
    own = {re.escape(line) for _key, line in lines - anybodys if line}
    named = {rf"(?<![.-]){re.escape(key)}\W+{line}" for key, line in anybodys if key != _NAMELESS}
    return Texts(_pattern(own | named), _pattern(line for _key, line in anybodys))


def _pattern(texts: Iterable[str]) -> re.Pattern[str]:
    """Finds each of the texts, where it is no part of a longer word.

    :param texts: as regular expressions.
    """
    each = "|".join(sorted(texts, key=len, reverse=True))
    return re.compile(rf"(?<!\w)({each})(?!\w)" if each else r"(?!)", re.IGNORECASE)


def _leaves(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every single value in a tree of values, as a chart writes it, with its key."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(str(name), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(key, inner)
    elif not is_nothing(value):
        yield key, value if isinstance(value, str) else json.dumps(value)


def _pieces(change: Change, value: Any) -> Sequence[str]:
    """What stands at a place: lines of a text, entries of a list, or all of it."""
    if is_nothing(value):
        return []
    if not isinstance(value, str):
        parts = value if isinstance(value, list) else [value]
        return [json.dumps(part, ensure_ascii=False, default=str) for part in parts]
    encoded = change.ref.kind == "Secret" or change.path[0] == "binaryData"
    return (decoded(value) if encoded else value).splitlines()
