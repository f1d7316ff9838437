# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of plain data that others wrote: each takes a value and its place, and returns it typed. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

Check = Callable[[Any, str], Any]


class ShapeError(ValueError):
    """A value is not what it has to be. The text names its place and never quotes it."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place or 'it'} {problem}")


def text(longest: int, pattern: str = "", clean: Callable[[str], str] = str) -> Check:
    """Return a check for a text of at most so many characters.

    :param pattern: what the whole text must match.
    :param clean: what the text passes through once it is known to be short enough.
    """
    shape = re.compile(pattern)

    def check(value: Any, place: str) -> str:
        if not isinstance(value, str):
            raise ShapeError(place, "is no text")
        if len(value) > longest:
            raise ShapeError(place, f"is longer than {longest} characters")
        if pattern and not shape.fullmatch(value):
            raise ShapeError(place, "has another form")
        return clean(value)

    return check


def one_of(choices: Collection[str]) -> Check:
    """Return a check for one of a few texts."""

    def check(value: Any, place: str) -> Any:
        if not isinstance(value, str) or value not in choices:
            raise ShapeError(place, "is none of the known values")
        return value

    return check


def flag(value: Any, place: str) -> bool:
    """Check a boolean."""
    if not isinstance(value, bool):
        raise ShapeError(place, "is neither true nor false")
    return value


def whole(lowest: int, highest: int) -> Check:
    """Return a check for a whole number within limits."""

    def check(value: Any, place: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            raise ShapeError(place, f"is no whole number from {lowest} to {highest}")
        return value

    return check


def seconds(highest: float) -> Check:
    """Return a check for a time span."""

    def check(value: Any, place: str) -> float:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not 0 <= value <= highest:
            raise ShapeError(place, f"is no number of seconds up to {highest:g}")
        return float(value)

    return check


def moment(value: Any, place: str) -> datetime:
    """Check a time with its zone (RFC 3339)."""
    try:
        found = datetime.fromisoformat(text(40)(value, place))
    except ShapeError:
        raise
    except ValueError:
        raise ShapeError(place, "is no time") from None
    if found.tzinfo is None:
        raise ShapeError(place, "has no time zone")
    return found


def optional(check: Check) -> Check:
    """Return a check for a value that may be null."""
    return lambda value, place: None if value is None else check(value, place)


def listed(check: Check, most: int) -> Check:
    """Return a check for a list of at most so many values."""

    def check_all(value: Any, place: str) -> list[Any]:
        if not isinstance(value, list):
            raise ShapeError(place, "is no list")
        if len(value) > most:
            raise ShapeError(place, f"has more than {most} entries")
        return [check(each, f"{place}[{number}]") for number, each in enumerate(value)]

    return check_all


def mapping(key: Check, check: Check, most: int) -> Check:
    """Return a check for a mapping of at most so many entries with names of others' choice."""

    def check_all(value: Any, place: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ShapeError(place, "is no mapping")
        if len(value) > most:
            raise ShapeError(place, f"has more than {most} entries")
        return {
            key(name, f"a name in {place}"): check(each, f"an entry of {place}")
            for name, each in value.items()
        }

    return check_all


def fields(checks: Mapping[str, Check]) -> Check:
    """Return a check for a mapping with exactly these names."""

    def check_all(value: Any, place: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ShapeError(place, "is no mapping")
        missing = [name for name in checks if name not in value]
        if missing:
            raise ShapeError(place, f"is without {missing[0]}")
        if len(value) > len(checks):
            raise ShapeError(place, "has entries that are not known")
        within = f"{place}." if place else ""
        return {name: check(value[name], f"{within}{name}") for name, check in checks.items()}

    return check_all
