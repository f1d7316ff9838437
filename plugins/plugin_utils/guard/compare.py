# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where two objects differ, field by field. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Path = tuple[str, ...]
"""Field by field. An entry of a list, and a key that is no plain word, stands in brackets."""


class _Missing(Enum):
    MISSING = "missing"


MISSING = _Missing.MISSING
"""There is nothing at this place."""

MAPS = ("annotations", "binaryData", "data", "labels", "matchLabels", "nodeSelector")
"""Fields whose keys are names, and no fields."""

_SOURCES = {"configMapRef": "ConfigMap", "secretRef": "Secret"}
"""What variables are taken from as a whole: such an entry has no other name."""

_WORD = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Difference:
    """One place with something else; `MISSING` on the side where nothing is."""

    path: Path
    before: Any = field(repr=False)
    after: Any = field(repr=False)


def spelt(path: Path) -> str:
    """A path as people write it: ``spec.containers[api].env[SMTP_PORT].value``."""
    parts = (step if step.startswith("[") else f".{step}" for step in path)
    return "".join(parts).removeprefix(".")


def step(key: str) -> str:
    """A key as a step of a path."""
    return key if _WORD.fullmatch(key) else f"[{key}]"


def bare(step: str) -> str:
    """The name in one step of a path, without its brackets."""
    return step[1:-1] if step.startswith("[") else step


def touch(left: Path, right: Path) -> bool:
    """Whether one place is the other, or lies in it."""
    length = min(len(left), len(right))
    return left[:length] == right[:length]


def differences(before: Any, after: Any, path: Path = ()) -> Iterator[Difference]:
    """Every place that differs, as deep as both sides have it.

    What has names of its own (variables, mounts, labels, keys of a Secret) is told one by one, also
    where one side has none of them. Other lists are matched by position, and one of another length is
    one difference.
    """
    pairs = _pairs(before, after, path)
    if pairs is not None:
        old, new = pairs
        for name in dict.fromkeys([*old, *new]):
            yield from differences(old.get(name, MISSING), new.get(name, MISSING), (*path, name))
    elif not (_same(before, after) or (is_nothing(before) and is_nothing(after))):
        yield Difference(path, before, after)


def entries(things: Sequence[Any]) -> dict[str, Any]:
    """The entries of a list by their steps in a path: by name where all have one, else by position.

    Those that share a name, such as a variable that stands twice, are compared as one.
    """
    names = [_name(entry) for entry in things]
    if None in names:
        return {f"[{position}]": entry for position, entry in enumerate(things)}
    found: dict[str, list[Any]] = {}
    for name, entry in zip(names, things, strict=True):
        found.setdefault(f"[{name}]", []).append(entry)
    return {name: each[0] if len(each) == 1 else tuple(each) for name, each in found.items()}


def find(thing: Any, path: Path) -> Any:
    """Return what stands at a place; `MISSING` where nothing does."""
    for each in path:
        if isinstance(thing, list):
            thing = entries(thing).get(each, MISSING)
        elif isinstance(thing, Mapping):
            thing = thing.get(bare(each), MISSING)
        else:
            return MISSING
    return thing


def is_nothing(value: Any) -> bool:
    """Whether it is what Kubernetes leaves out as if it were not given."""
    return value is MISSING or value is None or value in ({}, [])


def _pairs(before: Any, after: Any, path: Path) -> list[dict[str, Any]] | None:
    """The parts of both sides by their steps in a path; `None` where they are compared as a whole."""
    sides = (before, after)
    of_names = bool(path) and path[-1] in MAPS
    maps = [_some(side, {}) if of_names else side for side in sides]
    if all(isinstance(side, Mapping) for side in maps):
        return [{step(str(key)): value for key, value in side.items()} for side in maps]
    lists = [_some(side, []) for side in sides]
    if not all(isinstance(side, list) for side in lists):
        return None
    named = all(_name(entry) is not None for side in lists for entry in side)
    return [entries(side) for side in lists] if named or len(lists[0]) == len(lists[1]) else None


def _some(value: Any, empty: Any) -> Any:
    return empty if is_nothing(value) else value


def _name(entry: Any) -> str | None:
    """What Kubernetes tells an entry of a list by; `None` where it is only its position."""
    if not isinstance(entry, Mapping):
        return None
    for source, kind in _SOURCES.items():
        if source in entry:
            named = entry[source]
            return f"{kind}/{named.get('name') if isinstance(named, Mapping) else named}"
    found = entry.get("mountPath", entry.get("name"))
    return found if isinstance(found, str) else None


def _same(before: Any, after: Any) -> bool:
    return before == after and isinstance(before, bool) is isinstance(after, bool)
