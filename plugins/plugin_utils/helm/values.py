# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of a release: reading, writing and comparing single places in the tree. Pure."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    Leaf,
    Path,
)

Values = dict[str, Any]

_SECRET_KEY = re.compile(r"pass|secret|token|credential|private|key", re.IGNORECASE)


def get(values: Mapping[str, Any], path: Path) -> Any:
    """The value at `path`; `OMIT` when nothing is there."""
    found: Any = values
    for key in path:
        if not isinstance(found, Mapping) or key not in found:
            return OMIT
        found = found[key]
    return found


def apply(values: Mapping[str, Any], leaves: Iterable[Leaf]) -> Values:
    """A copy of `values` with the leaves written into it; everything else stays as it is.

    Secrets are written in plain: the result is for Helm's standard input only.
    """
    result: Values = copy.deepcopy(dict(values))
    for leaf in leaves:
        if leaf.value is KEEP:
            continue
        if leaf.value is OMIT:
            _delete(result, leaf.path)
        else:
            _set(result, leaf.path, revealed(leaf.value))
    return result


def without_secrets(leaves: Iterable[Leaf]) -> Values:
    """Only the leaves, and of these only the ones that hold no secret."""
    return apply({}, (leaf for leaf in leaves if not holds_secret(leaf.value)))


def secret_keys(leaves: Iterable[Leaf]) -> list[str]:
    """The places that `without_secrets` leaves out."""
    return [leaf.key for leaf in leaves if holds_secret(leaf.value)]


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same for Helm: 1 and true differ, 1 and 1.0 do not.

    Helm reads numbers as 64-bit floats (encoding/json of Go), so an integer and its float are one.
    """
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right
    return type(left) is type(right) and left == right


def holds_secret(value: Any) -> bool:
    """Whether a secret that is not empty stands anywhere in `value`."""
    if isinstance(value, Mapping):
        return any(map(holds_secret, value.values()))
    if isinstance(value, list):
        return any(map(holds_secret, value))
    return isinstance(value, Secret) and bool(value)


def revealed(value: Any) -> Any:
    """`value` with secrets in plain."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return {key: revealed(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [revealed(entry) for entry in value]
    return value


@dataclass(frozen=True)
class Change:
    """One place in the values that becomes another. `before` and `after` are texts without secrets.

    :param effective: whether the chart sees another value, or only writes out what is its default.
    """

    key: str
    before: str
    after: str
    effective: bool


def changes(
    values: Mapping[str, Any], leaves: Iterable[Leaf], defaults: Mapping[str, Any]
) -> list[Change]:
    """What the leaves would change in `values`, without showing a secret.

    :param defaults: the chart's own values, which count where nothing is given.
    """
    found = []
    for leaf in leaves:
        before = get(values, leaf.path)
        after = revealed(leaf.value)
        if after is KEEP or before is after or same(before, after):
            continue
        default = get(defaults, leaf.path)
        seen_before = default if before is OMIT else before
        seen_after = default if after is OMIT else after
        found.append(
            Change(
                key=leaf.key,
                before=_shown(before, default, leaf.sensitive, "old"),
                after=_shown(after, default, leaf.sensitive, "new"),
                effective=not same(seen_before, seen_after),
            )
        )
    return found


def known_secrets(values: Mapping[str, Any], leaves: Iterable[Leaf]) -> Iterable[Secret]:
    """Every text in the values of a release that must not show: at the secret leaves, and elsewhere.

    What a leaf wants there in plain, such as a name beside the secret, is none.
    """
    for leaf in leaves:
        if leaf.sensitive:
            in_plain = set(_texts(leaf.value))
            yield from (
                Secret(text) for text in _texts(get(values, leaf.path)) if text not in in_plain
            )
    yield from secrets(values)


def _texts(values: Any) -> Iterable[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, Mapping):
        for value in values.values():
            yield from _texts(value)
    elif isinstance(values, list):
        for value in values:
            yield from _texts(value)


def secrets(values: Any, under: str = "") -> Iterable[Secret]:
    """Every text in a tree of values that stands under a key that speaks of a secret.

    :param under: the keys on the way.
    """
    if isinstance(values, str):
        if values and _SECRET_KEY.search(under):
            yield Secret(values)
    elif isinstance(values, Mapping):
        for key, value in values.items():
            yield from secrets(value, f"{under}.{key}")
    elif isinstance(values, list):
        for value in values:
            yield from secrets(value, under)


def _shown(value: Any, default: Any, sensitive: bool, age: str) -> str:
    if value is OMIT:
        if default is OMIT or sensitive:
            return "(not set)"
        return f"(not set, the chart's default is {_shown(default, OMIT, False, age)})"
    if sensitive and value != "":
        return f"(secret, {age} value)"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, str) else str(value)


def _set(values: Values, path: Path, value: Any) -> None:
    for key in path[:-1]:
        inner = values.get(key)
        if not isinstance(inner, dict):
            inner = values[key] = {}
        values = inner
    values[path[-1]] = value


def _delete(values: Values, path: Path) -> None:
    parent = get(values, path[:-1])
    if isinstance(parent, dict):
        parent.pop(path[-1], None)
