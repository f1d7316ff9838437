# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a refusal's meaning: a verdict about a subject, and the phrases that express it.

A phrase is a line of concepts (see ``vocabulary``), which must come in this order:

* ``login require``: at most two other concepts may stand between the two;
* ``login .. require``: any number may;
* ``login =require``: none may;
* ``sender|domain``: either of them;
* ``!spam``: this concept is nowhere in the reply.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NEAR = 3
"""A concept follows another closely if it is at most so many places behind it."""


@dataclass(frozen=True)
class Verdict:
    """What a refusal says of its subject.

    ``code`` is the finding's. ``permanent``: whether the same walk fails again whatever the reply's
    first digit is; None leaves it to the digit. ``blames_settings``: whether other settings would mend it.
    """

    code: str
    permanent: bool | None
    blames_settings: bool


@dataclass(frozen=True)
class Phrase:
    """One phrase, taken apart. ``parts``: the alternatives, and how far behind the part before they may be."""

    parts: tuple[tuple[frozenset[str], int], ...]
    absent: frozenset[str]

    def fits(self, words: Sequence[str], present: frozenset[str]) -> bool:
        """Return whether the words say it. ``present`` are the words as a set."""
        if self.absent & present or any(part.isdisjoint(present) for part, _far in self.parts):
            return False
        first, _far = self.parts[0]
        starts = [place for place, word in enumerate(words) if word in first]
        return any(self._follows(words, 1, start) for start in starts)

    def _follows(self, words: Sequence[str], number: int, place: int) -> bool:
        if number == len(self.parts):
            return True
        part, far = self.parts[number]
        end = min(place + far, len(words) - 1)
        return any(
            self._follows(words, number + 1, next_place)
            for next_place in range(place + 1, end + 1)
            if words[next_place] in part
        )


_ANYWHERE = 10_000

# A phrase with the left one means the right one too.
_WIDER = {"refuse": ("refuse", "block"), "suspend": ("suspend", "block")}


def phrase(line: str) -> Phrase:
    """Return a phrase from its line."""
    parts: list[tuple[frozenset[str], int]] = []
    absent: set[str] = set()
    far = NEAR
    for piece in line.split():
        if piece == "..":
            far = _ANYWHERE
        elif piece[0] == "!":
            absent.update(piece[1:].split("|"))
        else:
            if piece[0] == "=":
                piece, far = piece[1:], 1  # noqa: PLW2901
            names = (_WIDER.get(name, (name,)) for name in piece.split("|"))
            parts.append((frozenset(chain.from_iterable(names)), far))
            far = NEAR
    return Phrase(tuple(parts), frozenset(absent))


@dataclass(frozen=True)
class Saying:
    """Phrases that express one verdict.

    ``stage`` and ``kind`` (the reply's first digit) limit where they count; empty means everywhere.
    ``login``: ``none`` or ``made`` where it counts whether the walk has logged in. ``port`` likewise.
    """

    subject: str
    verdict: str
    phrases: tuple[Phrase, ...]
    stage: tuple[str, ...] = ()
    kind: int = 0
    login: str = ""
    port: tuple[str, ...] = ()

    def counts(self, stage: str, kind: int, facts: Mapping[str, str]) -> bool:
        """Return whether it is worth a look at this stage of this walk."""
        return (
            (not self.stage or stage in self.stage)
            and (not self.kind or kind == self.kind)
            and (not self.login or (self.login == "made") == bool(facts["username"]))
            and (not self.port or facts["port"] in self.port)
        )

    def fits(self, words: Sequence[str], present: frozenset[str]) -> bool:
        """Return whether the words have one of the phrases."""
        return any(each.fits(words, present) for each in self.phrases)


def saying(subject: str, verdict: str, *lines: str, **limits: object) -> Saying:
    """Return a saying from the lines of its phrases."""
    return Saying(subject, verdict, tuple(map(phrase, lines)), **limits)  # type: ignore[arg-type]
