# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits one block of a YAML file that belongs to somebody else: all the rest of it stays as it is."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path as FilePath
from typing import Any

from yaml import YAMLError as PyYAMLError

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils import parse
from ansible_collections.mailops.smtp.plugins.plugin_utils.description import convert
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.values import (
    get,
    require_room,
    same,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    Block,
    Leaf,
    Path,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import revealed
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.yaml_text import may_be_bare
from ansible_collections.mailops.smtp.plugins.plugin_utils.target.block import at_place, find
from ansible_collections.mailops.smtp.plugins.plugin_utils.target.findings import CATALOGUE

NEVER = 2**31 - 1
"""Columns after which a text is broken."""


@dataclass(frozen=True)
class Edited:
    """A file before and after.

    :param place: where the block is.
    :param block: what stood in the block, as plain data; secrets may be among it.
    """

    text: str
    place: Path
    block: Mapping[str, Any]


def edit(
    source: FilePath, text: str, block: Block, at: str | None, leaves: Sequence[Leaf]
) -> Edited:
    """The text with the leaves written into its block.

    :param source: the file, for what is said about it.
    :param block: the mapping; :param at: its place as keys with dots, if it is given.
    :param leaves: their places are below the block; secrets among them are written in plain.
    :raises FindingError: when the block is not there or not unique, the file cannot be edited, or
        something else would be lost.
    """
    try:
        from ruamel.yaml import YAML  # noqa: PLC0415  # slow, and needed by few
        from ruamel.yaml.constructor import DuplicateKeyError  # noqa: PLC0415  # slow, and needed by few
        from ruamel.yaml.error import YAMLError  # noqa: PLC0415  # slow, and needed by few
    except ImportError as error:
        raise FindingError(
            CATALOGUE.finding(
                "document-library-missing",
                where="smtp_values_dest",
                python=sys.executable,
                problem=error,
            )
        ) from None
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = NEVER

    def written(documents: Sequence[Any]) -> str:
        stream = io.StringIO()
        yaml.dump_all(documents, stream)
        return stream.getvalue()

    def means(text: str) -> Any:
        """What a text says to the library, as plain data; `None` when it is no YAML."""
        try:
            return convert.plain(list(yaml.load_all(text)))
        except YAMLError:
            return None

    try:
        with contextlib.suppress(PyYAMLError):  # it knows YAML 1.1 alone
            parse.require_bounds(text, parse.DOCUMENT)
        documents = list(yaml.load_all(text))
        place, found = find(source, documents, block, at)
        before, (column, depth) = convert.plain(found), _column(documents, place, found)
        require_room(before, leaves, {})
        yaml.map_indent = column // depth if column else None
        unedited = written(documents)
        for leaf in leaves:
            _write(found, leaf)
        edited = written(documents)
        at_rest = list(yaml.load_all(unedited))
        shift = column - _column(at_rest, place, at_place(at_rest, place)[-1])[0]
        in_layout = _in_layout(text, unedited, edited, shift)
        # The layout is worth keeping, and what the file means is worth more.
        kept = in_layout is not None and means(in_layout) == means(edited)
    except parse.UnreadableError as error:
        raise FindingError(_invalid(source, str(error))) from None
    except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError):
        raise FindingError(_invalid(source, "it is no YAML")) from None
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" on line {mark.line + 1}" if mark else ""
        # The library's own words can quote what stands there, and so a password.
        twice = isinstance(error, DuplicateKeyError)
        problem = "a key stands twice" if twice else "it is no YAML"
        raise FindingError(_invalid(source, f"{problem}{line}")) from None
    return Edited(in_layout if kept and in_layout is not None else edited, place, before)


def _invalid(source: FilePath, problem: str) -> Finding:
    return CATALOGUE.finding(
        "document-invalid", where="smtp_values_dest", path=source, problem=problem
    )


def _column(documents: Sequence[Any], place: Path, found: Any) -> tuple[int, int]:
    """Where the lines of a block begin, and how many levels deep that is; in braces, its key."""
    if found and not found.fa.flow_style():
        return found.lc.col, len(place)
    *above, key = place
    holders = at_place(documents, tuple(above))
    [column] = [each.lc.key(key)[1] for each in holders if each.get(key) is found]
    return column, len(above)


def _write(block: Any, leaf: Leaf) -> None:
    """Puts one value into the block, and touches nothing that is as it should be."""
    *parents, last = leaf.path
    value = revealed(leaf.value)
    before = get(block, leaf.path)
    if value is KEEP or before is value or same(convert.plain(before), value):
        return
    for key in parents:
        if not isinstance(block.get(key), Mapping):
            if value is OMIT:
                return
            block[_key(block, key)] = type(block)()
        block = block[key]
    if value is OMIT:
        block.pop(last, None)
        if not block:
            block.fa.set_flow_style()  # the library writes an empty block where no value can stand
    else:
        block[_key(block, last)] = _styled(value, before)


def _key(block: Any, key: str) -> str:
    """A key as it is there, or else in quotes where a parser would take it for something else."""
    return key if key in block or may_be_bare(key) else _styled(key, None)


def _styled(value: Any, before: Any) -> Any:
    """A text in the quotes of the one before it, and never bare: other parsers know other words."""
    from ruamel.yaml.scalarstring import (  # noqa: PLC0415  # as the library itself
        DoubleQuotedScalarString,
        SingleQuotedScalarString,
    )

    if not isinstance(value, str):
        return value
    single = isinstance(before, SingleQuotedScalarString)
    return (SingleQuotedScalarString if single else DoubleQuotedScalarString)(value)


def _in_layout(text: str, unedited: str, edited: str, shift: int) -> str | None:
    """The file as it was, with only those lines changed that differ between two others.

    The library keeps comments, but not the blanks between a key and its value or the width of an
    indentation, and it takes what introduces the next key for a part of the one before.

    :param unedited: the file as the library writes it; :param edited: the same with our values.
    :param shift: columns that the block stands deeper in the file.
    """
    lines = text.splitlines(keepends=True)
    before, after = (entry.splitlines() for entry in (unedited, edited))
    ending = "\r\n" if "\r\n" in text else "\n"
    place_of = {
        left + step: right + step
        for left, right, size in SequenceMatcher(
            None, list(map(_bare, before)), list(map(_bare, lines)), autojunk=False
        ).get_matching_blocks()
        for step in range(size)
    }
    hunks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for kind, low, high, new_low, new_high in reversed(hunks):
        if kind == "equal":
            continue
        replaced = [place_of.get(number) for number in range(low, high)]
        start = replaced[0] if replaced else place_of.get(low - 1, -1) + 1
        if start is None or replaced != list(range(start, start + len(replaced))):
            return None
        new = [" " * shift + line + ending for line in after[new_low:new_high]]
        while not replaced and start and _says_nothing(lines[start - 1]):
            start -= 1
        old = lines[start : start + len(replaced)]
        bare = set(map(_bare, new))
        kept = [line for line in old if _says_nothing(line) and _bare(line) not in bare]
        lines[start : start + len(replaced)] = new + kept
    return "".join(lines)


def _bare(line: str) -> str:
    return "".join(line.split())


def _says_nothing(line: str) -> bool:
    """Whether a line is blank or a comment."""
    return not line.strip() or line.lstrip().startswith("#")
