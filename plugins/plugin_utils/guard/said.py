# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a place that the mail settings change is for mail: whether it says what they say. Pure.

The chart decides what becomes of the settings, and not all of it is in the evidence. What comes is
theirs. What goes, or changes, is theirs when one of their texts stands there; else it is somebody
else's, and the chart has given it up for them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.config import decoded
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import Change
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.compare import (
    differences,
    is_nothing,
)


@dataclass(frozen=True)
class Said:
    """The texts of the settings that change, secrets among them.

    :param before: those that go; :param after: those that come.
    """

    before: re.Pattern[str] = field(repr=False)
    after: re.Pattern[str] = field(repr=False)

    def explains(self, change: Change) -> bool:
        """Whether everything that goes at a place goes for mail.

        A list, and a text of several lines, is looked at piece by piece; neighbours that change
        together are one piece.
        """
        old, new = (_pieces(change, side) for side in (change.before, change.after))
        hunks = SequenceMatcher(None, old, new).get_opcodes()
        return all(
            _found(self.before, old[low:high]) or _found(self.after, new[new_low:new_high])
            for kind, low, high, new_low, new_high in hunks
            if kind != "equal" and any(map(str.strip, old[low:high]))
        )


def said(before: Mapping[str, Any], after: Mapping[str, Any], gone: Iterable[str]) -> Said:
    """What the change of values from `before` to `after` says.

    :param gone: the names of objects that it makes go.
    """
    changes = list(differences(before, after))
    old = [text for each in changes for text in _texts(each.before)]
    new = [text for each in changes for text in _texts(each.after)]
    return Said(_pattern([*old, *gone]), _pattern(new))


def _pattern(texts: Iterable[str]) -> re.Pattern[str]:
    """Finds each of the texts, where it is no part of a longer word."""
    lines = {line.strip() for text in texts for line in text.splitlines()} - {""}
    each = "|".join(map(re.escape, sorted(lines, key=len, reverse=True)))
    return re.compile(rf"(?<!\w)({each})(?!\w)" if each else r"(?!)", re.IGNORECASE)


def _texts(value: Any) -> Iterator[str]:
    """Every single value in a tree of values, as a chart writes it."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif not is_nothing(value):
        yield value if isinstance(value, str) else json.dumps(value)


def _pieces(change: Change, value: Any) -> Sequence[str]:
    """What stands at a place: lines of a text, entries of a list, or all of it."""
    if is_nothing(value):
        return []
    if not isinstance(value, str):
        parts = value if isinstance(value, list) else [value]
        return [json.dumps(part, ensure_ascii=False, default=str) for part in parts]
    encoded = change.ref.kind == "Secret" or change.path[0] == "binaryData"
    return (decoded(value) if encoded else value).splitlines()


def _found(pattern: re.Pattern[str], pieces: Iterable[str]) -> bool:
    return any(pattern.search(piece) for piece in pieces)
