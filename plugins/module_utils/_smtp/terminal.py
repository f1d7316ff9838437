# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make text safe to display: what others wrote can neither steer a terminal nor forge a line.

Everything that a person sees passes through here: findings when they are made, progress, and each
text of a result. What is replaced is shown as an escape, so that nothing is lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

# C0 and C1 controls but the tab (ECMA-48), line and paragraph separators, bidirectional embeddings,
# overrides and isolates (UAX #9), invisible format characters, and lone surrogates, which no terminal
# can be sent. The joiners and marks that some scripts need stay: they move nothing but a neighbour.
_CONTROLS = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff"
)
_IN_A_LINE = re.compile(f"[\n{_CONTROLS}]")
# A carriage return before a line feed moves nothing that the line feed does not.
_IN_LINES = re.compile(f"(?!\r\n)[{_CONTROLS}]")
_NAMES = {"\n": r"\n", "\r": r"\r"}

# A message longer than this is not read by anybody.
LONGEST = 10_000


class Page(str):
    """Lines of our own, each of them safe. Any other text is one line."""

    __slots__ = ()


def line(text: str, longest: int = LONGEST) -> str:
    """Return a text as one line without control characters, cut to ``longest`` characters."""
    if len(text) > longest:
        text = f"{text[:longest]}…"
    return _IN_A_LINE.sub(_escaped, text) if _IN_A_LINE.search(text) else text


def page(texts: Iterable[str]) -> Page:
    """Return several texts, each as one line."""
    return Page("\n".join(map(line, texts)))


def message(text: str) -> str:
    """Return a page as plain text, and any other text as one line."""
    return str(text) if isinstance(text, Page) else line(text)


def data(thing: Any) -> Any:
    """Return nested dictionaries, lists and texts without control characters.

    Line ends stay: who shows data shows them quoted. A text that needs no change is returned as it is.
    """
    if isinstance(thing, str):
        return _IN_LINES.sub(_escaped, thing) if _IN_LINES.search(thing) else thing
    if isinstance(thing, dict):
        return {
            data(key) if isinstance(key, str) else key: data(item) for key, item in thing.items()
        }
    if isinstance(thing, (list, tuple)):
        return [data(item) for item in thing]
    return thing


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    code = ord(character)
    return _NAMES.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
