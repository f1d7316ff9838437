# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Explains what is wrong with a profile that somebody has written: file, line, key, what is expected.

The form of a profile is profiles/schema.json and nothing else. What the schema cannot see, because
YAML has already misread it, is looked for in the text.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

import yaml

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils import parse
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import nearest
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.findings import CATALOGUE

SCHEMA = FilePath(__file__).resolve().parents[3] / "profiles" / "schema.json"

LONGEST_QUOTE = 300
"""Characters of a violation in the words of the library, which quotes what it is about as a whole."""

Keys = tuple[str | int, ...]

_EXPECTED = {
    "string": "a text",
    "object": "a dictionary",
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "null",
}
_KINDS = ((bool, "boolean"), (str, "string"), ((int, float), "number"), (list, "array"))
# What YAML 1.1 and YAML 1.2 read as the same.
_PLAIN = {
    "bool": re.compile(r"true|false", re.IGNORECASE),
    "int": re.compile(r"[-+]?(0|[1-9][0-9]*)"),
    "float": re.compile(r"[-+]?[0-9]+\.[0-9]+"),
}
_SAME = frozenset({"str", "null", "merge", "map", "seq"})


def check(source: FilePath, text: str) -> list[Finding]:
    """Everything that is wrong with the form of a profile.

    :param source: its file; :param text: what stands in it.
    """
    try:
        with contextlib.suppress(yaml.YAMLError):  # the next line says more about it
            parse.require_bounds(text, parse.PROFILE)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        problems = list(_misread(root))
        if not problems:
            problems = list(_violations(parse.yaml_document(text, parse.PROFILE)))
    except parse.UnreadableError as error:
        return [invalid(source, "", error.words or str(error), error.line)]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        return [invalid(source, "", " ".join(problem.split()), mark and mark.line + 1)]
    except ImportError as error:
        return [
            CATALOGUE.finding(
                "profile-check-unavailable",
                where=source.name,
                python=sys.executable,
                problem=error,
            )
        ]
    return [
        invalid(source, ".".join(map(str, keys)), problem, _line(root, keys))
        for keys, problem in dict.fromkeys(problems)
    ]


def invalid(source: FilePath, key: str, problem: str, line: int | None = None) -> Finding:
    """The finding for a wrong place in a profile."""
    where = ", ".join(filter(None, (source.name, f"line {line}" if line else "", key)))
    return CATALOGUE.finding("profile-invalid", where=where, problem=problem)


def line_of(source: FilePath, keys: Keys) -> int | None:
    """The line on which a place of a profile stands."""
    try:
        text = parse.read_file(source, parse.PROFILE).decode("utf-8")
        return _line(_composed(text), keys)
    except (OSError, ValueError, yaml.YAMLError):
        return None  # it has gone since it was read, or has become another


@functools.lru_cache(maxsize=4)
def _composed(text: str) -> yaml.Node | None:
    parse.require_bounds(text, parse.PROFILE)
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _line(root: yaml.Node | None, keys: Keys) -> int | None:
    """The line of a place, or of the nearest that is there on the way to it."""
    if root is None:
        return None
    mark, node = root.start_mark, root
    for key in keys:
        if isinstance(node, yaml.MappingNode):
            found = next(
                ((name, inner) for name, inner in node.value if name.value == str(key)), None
            )
            if found is None:
                break
            mark, node = found[0].start_mark, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            node = node.value[key]
            mark = node.start_mark
        else:
            break
    return int(mark.line) + 1


def _misread(node: yaml.Node | None, keys: Keys = ()) -> Iterator[tuple[Keys, str]]:
    """What YAML takes for something else than its writer, and keys that stand twice."""
    if isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        for name, inner in node.value:
            if not isinstance(name, yaml.ScalarNode):
                yield keys, "YAML reads bare braces as a dictionary; put the expression in quotes"
                continue
            place = (*keys, str(name.value))
            if _tag(name) not in ("str", "merge"):
                problem = f"YAML reads the bare key {name.value} as no text; put it in quotes"
                yield place, problem
            first = lines.setdefault(str(name.value), name.start_mark.line + 1)
            if first != name.start_mark.line + 1:
                yield (
                    place,
                    f"this key stands twice, on lines {first} and {name.start_mark.line + 1}",
                )
            yield from _misread(inner, place)
    elif isinstance(node, yaml.SequenceNode):
        for number, inner in enumerate(node.value):
            yield from _misread(inner, (*keys, number))
    elif isinstance(node, yaml.ScalarNode) and node.style is None:
        tag = _tag(node)
        pattern = _PLAIN.get(tag)
        if tag not in _SAME and not (pattern and pattern.fullmatch(node.value)):
            read = {"bool": "true or false", "timestamp": "a date"}.get(tag, f"another {tag}")
            way = "write true or false, or put it" if tag == "bool" else "put it"
            yield keys, f"YAML reads the bare {node.value} as {read}; {way} in quotes"


def _tag(node: yaml.Node) -> str:
    return str(node.tag).rpartition(":")[2]


def _violations(document: Any) -> Iterator[tuple[Keys, str]]:
    """Where a document departs from the schema.

    :raises ImportError: when the library that compares them is missing.
    """
    from jsonschema import Draft7Validator  # noqa: PLC0415  # as slow as all the rest, and for a user's own profile only

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for error in Draft7Validator(schema).iter_errors(document):
        for place, problem in _explained(error):
            yield (*error.absolute_path, *place), problem


def _explained(error: Any) -> Iterable[tuple[Keys, str]]:
    """A violation in words, with the place below the one where it was found."""
    wanted, instance = error.validator_value, error.instance
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, dict) else {}
    meaning = f" ({schema['description']})" if "description" in schema else ""
    if error.validator == "additionalProperties":
        known = list(schema.get("properties", {}))
        return [((name,), _stranger(name, known)) for name in instance if name not in known]
    if error.validator == "required":
        return [((name,), "this key is missing") for name in wanted if name not in instance]
    if error.validator == "type":
        kinds = [wanted] if isinstance(wanted, str) else wanted
        expected = " or ".join(_EXPECTED[kind] for kind in kinds)
        quotes = _quotes("string" in kinds and not isinstance(instance, (list, dict)))
        return [((), f"{expected} is expected{meaning}, not {_kind(instance)}{quotes}")]
    if error.validator == "enum":
        near = nearest(instance, wanted) if isinstance(instance, str) else None
        hint = f"; {near} was probably meant" if near else ""
        quotes = _quotes(isinstance(instance, bool))
        return [((), f"one of {', '.join(wanted)} is expected{meaning}{quotes}{hint}")]
    if error.validator in ("minItems", "minProperties", "minLength"):
        return [((), f"this must not be empty{meaning}")]
    if error.validator == "oneOf":
        return [((), "either env or values must be given, and file only beside values")]
    if error.validator == "not":
        problem = "this key does not belong to the target of this profile"
        return [((name,), problem) for name in wanted["required"]]
    if "propertyNames" in error.absolute_schema_path:
        return [((instance,), "this directive is not known here; known are $yaml and $entries")]
    return [((), f"{textwrap.shorten(error.message, LONGEST_QUOTE)}{meaning}")]


def _stranger(name: str, known: Sequence[str]) -> str:
    near = nearest(name, known)
    hint = f"; {near} was probably meant" if near else ""
    return f"this key is not known{hint}; known are {', '.join(known)}"


def _quotes(needed: bool) -> str:
    return "; put it in quotes" if needed else ""


def _kind(value: Any) -> str:
    for types, name in _KINDS:
        if isinstance(value, types):
            return _EXPECTED[name] if name != "boolean" else "true or false"
    return "null" if value is None else "a dictionary"
