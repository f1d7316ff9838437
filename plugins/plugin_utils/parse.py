# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads files, YAML and JSON that others have written, within limits of size, count and depth.

A YAML alias repeats what it names, so a kilobyte can stand for a terabyte: what a text expands to is
counted before anything is made of it. No error quotes what was read, because it may hold a secret.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

MIB = 2**20


class UnreadableError(ValueError):
    """What was read is not what it should be; the text ends a sentence, and quotes nothing.

    :param words: the library's own, which may quote what was read: for what holds no secret.
    :param line: where it is, if that is known.
    """

    def __init__(self, text: str, words: str = "", line: int | None = None) -> None:
        super().__init__(text)
        self.words, self.line = words, line


@dataclass(frozen=True)
class Limits:
    """How much is read.

    :param size: in bytes, and in characters of a text.
    :param values: how many keys and values there may be, with all aliases expanded.
    :param depth: how many levels deep they may be.
    """

    size: int
    values: int
    depth: int = 100


FILE = Limits(2 * MIB, 50_000)
"""Of a values file or a configuration file. Helm keeps values in a Secret, which holds at most 1 MiB."""
DOCUMENT = Limits(MIB, 10_000)
"""Of a configuration file that is edited, which takes its library fifty times as long as reading it."""
PROFILE = Limits(MIB // 4, 10_000)
"""Of a profile: twenty times the largest that is shipped."""
RECORD = Limits(32 * MIB, 1_000_000)
"""Of what Helm keeps of a release. It is at most 1 MiB when packed, and unpacks to about ten times as much."""
MANIFEST = Limits(16 * MIB, 200_000)
"""Of the objects that a chart renders."""

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_LONGEST_NUMBER = 400
"""Digits: more than any number has, and fewer than make Python slow or refuse."""
_LONGEST_PLAIN = 2 * MIB
"""Characters of a text without quotes: PyYAML matches it with expressions that take 80 times as much memory."""
_MERGE = "tag:yaml.org,2002:merge"
_NUMBERS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("int", "float", "timestamp"))
_SURROGATE = re.compile("[\ud800-\udfff]")
_IN_QUOTES = re.compile(r'"(?:[^"\\]++|\\.)*+"')
_OPENS = "[{,"
_SCALARS = (str, bool, int, float, date, type(None))

# A constructor of PyYAML raises whatever its conversion raises.
_NO_YAML = (yaml.YAMLError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError)


def read_file(path: Path, limits: Limits = FILE) -> bytes:
    """Return what a regular file holds. A pipe or a device is not waited for.

    :raises OSError: when it cannot be read.
    :raises UnreadableError: when it is no regular file, or too large.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as stream:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(21, "Is a directory")
        if not stat.S_ISREG(mode):
            raise UnreadableError("it is no regular file")
        data = stream.read(limits.size + 1)
    if len(data) > limits.size:
        raise _too_large(limits)
    return data


class InOrder(Loader):  # type: ignore[misc]  # the class is one of two
    """Reads merge keys as Helm does: what comes later in a mapping wins, merged or not.

    By YAML's own rule what is merged never wins (yaml.org/type/merge.html).
    """

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Put in place of each merge key what it merges."""
        pairs: list[tuple[yaml.Node, yaml.Node]] = []
        for key, value in node.value:
            if key.tag != _MERGE:
                pairs.append((key, value))
                continue
            # Of several that are merged by one key, the first wins.
            sources = reversed(value.value) if isinstance(value, yaml.SequenceNode) else (value,)
            for source in sources:
                if not isinstance(source, yaml.MappingNode):
                    raise yaml.constructor.ConstructorError(
                        problem="what is merged is no mapping", problem_mark=source.start_mark
                    )
                self.flatten_mapping(source)
                pairs += source.value
        node.value = pairs


def yaml_documents(text: str, limits: Limits = FILE, loader: Any = Loader) -> list[Any]:
    """Return the documents in a YAML text as plain data.

    :param loader: `InOrder` for what Helm reads.
    :raises UnreadableError: when it is no YAML, or more than the limits.
    """
    try:
        require_bounds(text, limits)
        documents = list(yaml.load_all(text, Loader=loader))  # it is a safe one
    except UnreadableError:
        raise
    except _NO_YAML as error:
        mark = getattr(error, "problem_mark", None)
        line, words = mark.line + 1 if mark else None, getattr(error, "problem", None) or ""
        text = f"it is no YAML on line {line}" if line else "it is no YAML"
        raise UnreadableError(text, words, line) from None
    _require_plain(documents, limits)
    return documents


def yaml_document(text: str, limits: Limits = FILE) -> Any:
    """Return the one document in a YAML text; `None` when there is none.

    :raises UnreadableError: as `yaml_documents`, and when there are several.
    """
    documents = yaml_documents(text, limits)
    if len(documents) > 1:
        raise UnreadableError("it holds more than one YAML document")
    return documents[0] if documents else None


def json_document(text: str, limits: Limits = FILE) -> Any:
    """Return what a JSON text says.

    :raises UnreadableError: when it is no JSON, or more than the limits.
    """
    if len(text) > limits.size:
        raise _too_large(limits)
    if _opened(text) > limits.values and _opened(_IN_QUOTES.sub("", text)) > limits.values:
        raise _too_many(limits)
    try:
        tree = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"it is no JSON on line {error.lineno}") from None
    except ValueError:
        raise UnreadableError(f"a number has more than {_LONGEST_NUMBER} digits") from None
    except RecursionError:
        raise _too_deep(limits) from None
    _require_plain([tree], limits)
    return tree


def _opened(text: str) -> int:
    return sum(map(text.count, _OPENS))


def require_bounds(text: str, limits: Limits) -> None:
    """Count what a YAML text expands to, without making it.

    :raises UnreadableError: when it is more than the limits.
    :raises yaml.YAMLError: when it is no YAML.
    """
    if len(text) > limits.size:
        raise _too_large(limits)
    count = _Count(limits)
    for event in yaml.parse(text, Loader=Loader):
        count.take(event)


@dataclass
class _Open:
    """A list or mapping that has begun: its anchor, what it holds so far, and how deep that is."""

    anchor: str | None
    values: int = 1
    height: int = 1


@dataclass
class _Count:
    """What the events of a YAML text come to so far.

    :param known: the values and the height of what each anchor of the document stands for.
    :param above: the lists and mappings that are open.
    """

    limits: Limits
    values: int = 0
    known: dict[str | None, tuple[int, int]] = field(default_factory=dict)
    above: list[_Open] = field(default_factory=list)

    def take(self, event: yaml.Event) -> None:
        """:raises UnreadableError: when it is more than the limits now."""
        if isinstance(event, yaml.DocumentStartEvent):
            self.known = {}
        elif isinstance(event, yaml.CollectionStartEvent):
            self.above.append(_Open(event.anchor))
            self._add(1, 0)
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = self.above.pop()
            self.known[closed.anchor] = closed.values, closed.height
            self._hold(closed.values, closed.height)
        elif isinstance(event, yaml.ScalarEvent):
            _require_short(event)
            self.known[event.anchor] = 1, 1
            self._add(1, 1)
            self._hold(1, 1)
        elif isinstance(event, yaml.AliasEvent):
            if any(entry.anchor == event.anchor for entry in self.above):
                raise UnreadableError("an alias stands for what it is in")
            # One that stands for nothing is the parser's to complain about.
            values, height = self.known.get(event.anchor, (0, 0))
            self._add(values, height)
            self._hold(values, height)

    def _add(self, values: int, height: int) -> None:
        self.values += values
        if len(self.above) + height > self.limits.depth:
            raise _too_deep(self.limits)
        if self.values > self.limits.values:
            raise _too_many(self.limits)

    def _hold(self, values: int, height: int) -> None:
        """Notes that what is open holds something."""
        if self.above:
            self.above[-1].values += values
            self.above[-1].height = max(self.above[-1].height, height + 1)


def _require_short(event: yaml.ScalarEvent) -> None:
    """:raises UnreadableError: for what PyYAML would take its time for, or Python refuse, as a number."""
    if len(event.value) <= _LONGEST_NUMBER:
        return
    plain = event.tag is None and event.implicit[0]
    if plain and len(event.value) > _LONGEST_PLAIN:
        raise UnreadableError("a text without quotes is larger than 2 MiB")
    if event.tag in _NUMBERS or (plain and _is_number(event.value)):
        raise UnreadableError(f"a number has more than {_LONGEST_NUMBER} digits")


def _is_number(text: str) -> bool:
    bare = text.lstrip("+-")
    if bare[:2] in ("0x", "0X", "0b", "0B"):
        return not bare[2:].strip("0123456789abcdefABCDEF_")
    return bare[:1].isdigit() and not bare.strip("0123456789_:.eE+-")


def _require_plain(documents: list[Any], limits: Limits) -> None:
    """See that data has only the types of JSON and dates, and is within the limits.

    :raises UnreadableError: when it is not.
    """
    level, depth, count = documents, 0, 0
    while level:
        depth, count = depth + 1, count + len(level)
        if depth > limits.depth:
            raise _too_deep(limits)
        if count > limits.values:
            raise _too_many(limits)
        level = [inner for value in level for inner in _inside(value)]


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key in value:
            _require_scalar(key)
        yield from value.values()
    elif isinstance(value, list):
        yield from value
    else:
        _require_scalar(value)


def _require_scalar(value: Any) -> None:
    if not isinstance(value, _SCALARS):
        raise UnreadableError(f"it holds a {type(value).__name__}, which no values can have")
    if isinstance(value, str) and not value.isascii() and _SURROGATE.search(value):
        raise UnreadableError("it holds half of a Unicode character")


def _too_large(limits: Limits) -> UnreadableError:
    size = f"{limits.size // MIB} MiB" if limits.size >= MIB else f"{limits.size // 1024} KiB"
    return UnreadableError(f"it is larger than {size}")


def _too_many(limits: Limits) -> UnreadableError:
    return UnreadableError(f"it holds more than {limits.values} values, with all aliases expanded")


def _too_deep(limits: Limits) -> UnreadableError:
    return UnreadableError(f"it is nested deeper than {limits.depth} levels")
