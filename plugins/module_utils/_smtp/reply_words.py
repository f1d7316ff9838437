# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of a refusal, in one form for all spellings, inflections and languages.

A reply becomes a list of concepts: ``550-5.7.1 <a@b>: Sender isn't permitted`` becomes ``sender refuse``.
What identifies one mail or host (addresses, names, queue numbers, URLs) is removed first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .vocabulary import DROPPED, IDEOGRAMS, JOINED, SPELLED

if TYPE_CHECKING:
    from .protocol import Reply

# Domains under which the names of hosts in replies are.
_TOP_LEVEL = "com|net|org|info|io|de|uk|fr|ru|cn|edu|example|local|jp|eu|us|ch"

# What is taken off before the words are read. The order counts.
_REMOVED = tuple(
    (re.compile(pattern, flags), replacement)
    for pattern, flags, replacement in (
        # The reply of another server, which a relay quotes, is about that relay and not about this client.
        (r"(?:\bhost \S+ )?\bsaid: .*", re.IGNORECASE, " "),
        (r"\b(?:response|reply|answer) (?:to|from|was)\b.{0,80}?: ?[45]\d\d.*", re.IGNORECASE, " "),
        (r"https?://\S*(?:open|\b)spf\b\S*", re.IGNORECASE, " spf "),
        (r"https?://\S+|\bwww\.\S+", re.IGNORECASE, " "),
        (r"\(?#?\b[245]\.\d{1,3}\.\d{1,3}\b\)?(?![.\d])", 0, " "),
        (r"\(may be forged\)", re.IGNORECASE, " "),
        (r"\bMAIL FROM\b", 0, " mailfrom "),
        (r"\bRCPT TO\b", 0, " recipient "),
        (r"\bReturn-Path\b", re.IGNORECASE, " mailfrom "),
        (r"[\w.+=-]*@[\w.-]*\w", 0, " "),
        (r"\b24[ -]?h(?:ou)?rs?\b|\b24h\b", re.IGNORECASE, " day "),
        (r"\b\d{1,3}(?:\.\d{1,3}){3}\b", 0, " ip "),
        (r"\b(?:[0-9a-f]{0,4}:){3,}[0-9a-f]*|\b[0-9a-f:]+::[0-9a-f:]*", re.IGNORECASE, " ip "),
        (r"n['\u2019]t\b", re.IGNORECASE, " not"),
        (r"\bcannot\b", re.IGNORECASE, "can not"),
        # A host's name: labels with dots between. Sentences without a blank in between keep their words.
        (rf"\b[\w-]+(?:\.[\w-]+)*\.(?:{_TOP_LEVEL})\b", re.IGNORECASE, " "),
    )
)  # fmt: skip

# Policy services answer in the name of RCPT, whatever they are about.
_ENVELOPE = re.compile(r"^(?:\W*<[^>]*>\W*)?Recipient address rejected:?", re.IGNORECASE)
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SHORTEST_STEM = 3

# Characters. Nobody explains a refusal at greater length; a hostile relay shall not keep the probe busy.
_READ = 1000


@dataclass(frozen=True)
class Words:
    """The concepts and codes of a reply.

    ``all`` are the concepts of the whole reply; ``inner`` are those without the envelope of a policy
    service. ``enhanced`` are the enhanced codes, of the reply's class, in any place.
    """

    all: tuple[str, ...]
    inner: tuple[str, ...]
    enhanced: tuple[str, ...]


def read(reply: Reply) -> Words:
    """Return the concepts and enhanced codes of a reply."""
    text = reply.text[:_READ]
    found = [reply.enhanced] if reply.enhanced else []
    found += [code for code in _ENHANCED.findall(text) if code[0] == str(reply.code)[0]]
    whole = concepts(text)
    within = _ENVELOPE.sub(" ", text)
    inner = whole if within == text else concepts(within)
    return Words(whole, inner, tuple(dict.fromkeys(found)))


def concepts(text: str) -> tuple[str, ...]:
    """Return the concepts of a text in their order."""
    for pattern, replacement in _REMOVED:
        text = pattern.sub(replacement, text)
    if not text.isascii():
        for sign, meant in IDEOGRAMS:
            text = text.replace(sign, f" {meant} ")
    words = (_concept(word) for word in _WORD.findall(text.lower()))
    return _joined([word for word in words if word not in DROPPED])


def _concept(word: str) -> str:
    known = SPELLED.get(word)
    if known is not None:
        return known
    # The longest stem counts.
    for length in range(len(word), _SHORTEST_STEM - 1, -1):
        stem = SPELLED.get(f"{word[:length]}*")
        if stem is not None:
            return stem
    return word


def _joined(words: list[str]) -> tuple[str, ...]:
    """Join the pairs that mean one thing; a concept may be joined again with the next."""
    out: list[str] = []
    for each in words:
        word = each
        while out:
            pair = JOINED.get(f"{out[-1]} {word}")
            if pair is None:
                break
            out.pop()
            word = pair
        out.extend(word.split())
    return tuple(out)
