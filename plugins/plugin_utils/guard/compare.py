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

    Entries of a list are matched by their ``name`` where all have one, as Kubernetes does with
    containers, variables and volumes; else by their position, and a list of another length is one
    difference.
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            old, new = before.get(key, MISSING), after.get(key, MISSING)
            yield from differences(old, new, (*path, step(str(key))))
    elif isinstance(before, list) and isinstance(after, list):
        if _named(before) and _named(after):
            pairs = ({f"[{entry['name']}]": entry for entry in each} for each in (before, after))
            left, right = pairs
            for name in dict.fromkeys([*left, *right]):
                yield from differences(
                    left.get(name, MISSING), right.get(name, MISSING), (*path, name)
                )
        elif len(before) == len(after):
            for position, (old, new) in enumerate(zip(before, after, strict=True)):
                yield from differences(old, new, (*path, f"[{position}]"))
        else:
            yield Difference(path, before, after)
    elif not (_same(before, after) or (_nothing(before) and _nothing(after))):
        yield Difference(path, before, after)


def _named(entries: Sequence[Any]) -> bool:
    names = [entry.get("name") if isinstance(entry, Mapping) else None for entry in entries]
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)


def _same(before: Any, after: Any) -> bool:
    return before == after and isinstance(before, bool) is isinstance(after, bool)


def _nothing(value: Any) -> bool:
    """What Kubernetes leaves out as if it were not given."""
    return value is MISSING or value is None or value in ({}, [])
