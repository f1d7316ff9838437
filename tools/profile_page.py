# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/profiles.md: every key of a profile out of its JSON Schema, and every name of an expression."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.check import SCHEMA
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.labels import LABELS
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.limits import FILTERS

INTRODUCTION = """# Profiles

A profile says how one application wants its SMTP settings. It is data: one YAML file in `profiles/`, or a \
file of your own, whose path (with a `/` in it) goes into `smtp_application`. [Add your \
application](add-your-application.md) shows how one is written. Its form is the JSON Schema \
`profiles/schema.json`; a file of your own is held against it, and what is wrong is told by file, line and \
key.

Several profiles can be named for one release, and `grafana@grafana` is the profile `grafana` below the key \
`grafana` of the values, as a subchart wants it.

## Keys
"""

EXPRESSIONS = """
## Expressions

The leaves of `values`, `evidence`, `traps[].when`, `overrides[].agrees`, `overrides[].login` and the names \
of workloads may be Jinja2 expressions, in a sandbox, with the filters of Jinja2 that are for data, \
`b64encode` and `percent_encode` (everything but the unreserved characters of a URL). They keep their types, \
and what they yield is never read again. A text that a secret goes into is a secret.

An expression may use conditions, loops and variables, the functions `dict` and `range`, and methods of texts \
and dictionaries that make nothing much larger, such as `startswith` and `get`. Macros, `str.format`, `center` \
and `ljust` are rejected. The filters are: {filters}. A value may have a million characters. One rendering may \
take 30,000 steps, more than three times what a shipped profile takes.

| name | what it is |
|---|---|"""

SPECIAL = {
    "omit": "the key must not be there; the variable must not be set",
    "keep": "whatever is there stays, and nothing is expected of it",
    "present": "in evidence: it must be there, whatever it is",
    "found": "in overrides: what stands at the place",
    "keys": "in overrides: the steps to the place, as a list",
    "given_username": "in traps: the user name that is given, also beside an existing Secret",
    "given_password": "in traps: the password that is given, also beside an existing Secret",
}

DIRECTIVES = """
In `values`, a user name and a password that lie in an existing Secret are empty; in `evidence` they are \
what is given beside it, else `present`. Three directives stand in the place of a value: `$yaml` holds a \
tree that is written as one text of YAML; `$entries`, with `by` and `of`, is a list of which only the \
entries known by the key `by` are ours (`null` for plain texts), and the others stay; `$omit` in such an \
entry removes it when its condition is true.
"""


def page(header: str) -> str:
    """The whole page."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    lines = [header, INTRODUCTION, "| key | type | meaning |", "|---|---|---|"]
    lines += _rows(schema, schema, "")
    names = {**LABELS, **SPECIAL}
    filters = ", ".join(f"`{name}`" for name in sorted(FILTERS))
    lines += [
        EXPRESSIONS.replace("{filters}", filters),
        *(f"| `{name}` | {meaning} |" for name, meaning in names.items()),
    ]
    return "\n".join([*lines, DIRECTIVES])


def _rows(schema: Mapping[str, Any], entry: Mapping[str, Any], place: str) -> Iterator[str]:
    """One row for each key below a place."""
    required = entry.get("required", [])
    for name, found in entry.get("properties", {}).items():
        inner = _resolved(schema, found)
        path = f"{place}{name}"
        meaning = found.get("description", inner.get("description", ""))
        if name in required:
            meaning = f"{meaning} (required)"
        yield f"| `{path}` | {_kind(schema, inner)} | {meaning.replace('|', chr(92) + '|').strip()} |"
        yield from _rows(schema, inner, f"{path}.")
        if "items" in inner:
            yield from _rows(schema, _resolved(schema, inner["items"]), f"{path}[].")


def _resolved(schema: Mapping[str, Any], entry: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = entry.get("$ref", "")
    name = reference.rpartition("/")[2]
    found: Mapping[str, Any] = schema["definitions"][name] if name else entry
    return found


def _kind(schema: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    """What a value must be, in words."""
    if "enum" in entry:
        return ", ".join(f"`{choice}`" for choice in entry["enum"])
    if "items" in entry:
        return f"list of {_kind(schema, _resolved(schema, entry['items']))}"
    kinds = entry.get("type", "anything")
    words = {"string": "text", "object": "dictionary", "array": "list", "integer": "number"}
    listed = [kinds] if isinstance(kinds, str) else kinds
    return " or ".join(words.get(kind, kind) for kind in listed)
