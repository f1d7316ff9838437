# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what one place says (the variables, a layer, a fallback) by the table of options.

Every value comes out converted, with where it stands and whose it is, so that layers can be merged
and each finding still names the place that a person has to correct.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description import convert
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    ALSO_CALLED,
    PREFIX,
    SAID_OTHERWISE,
    Kind,
    Option,
    hint,
    nearest,
)


class Marker(Enum):
    """Stands for a value that was given and cannot be used; the complaint about it is made."""

    UNUSABLE = "unusable"


UNUSABLE = Marker.UNUSABLE


@dataclass(frozen=True)
class Field:
    """One converted value.

    :param place: where it stands, as a finding names it: ``smtp_port``, ``smtp_layers[1].port``.
    :param origin: whose it is: the layer's name.
    """

    value: Any
    place: str
    origin: str


Fields = Mapping[str, Field]
"""What is given, by the name of the option; the keys of a policy each by itself, as ``policy.fips``."""


class Complain(Protocol):
    """Takes a finding's code, its place and its facts."""

    def __call__(self, code: str, where: str, **facts: Any) -> None: ...


def collecting(findings: list[Finding]) -> Complain:
    """A way to complain that adds to a list of findings."""

    def complain(code: str, where: str, **facts: Any) -> None:
        findings.append(CATALOGUE.finding(code, where=where, **facts))

    return complain


def read(
    options: Iterable[Option], raw: Mapping[str, Any], prefix: str, origin: str, complain: Complain
) -> dict[str, Field]:
    """Every option that `raw` gives, converted. Other keys are left alone."""
    found: dict[str, Field] = {}
    for option in options:
        place = prefix + option.name
        try:
            value = convert.convert(option, raw.get(option.name))
        except convert.ConversionError as error:
            spelling_lost = isinstance(error, convert.NotTextError)
            code = "secret-not-text" if spelling_lost else "value-invalid"
            complain(code, place, problem=str(error))
            value = UNUSABLE
        if option.kind is Kind.DICTIONARY and isinstance(value, dict):
            inner = read_closed(option.keys, value, f"{place}.", origin, complain)
            if option.by_key:
                found |= {f"{option.name}.{name}": field for name, field in inner.items()}
                continue
            values = {name: field.value for name, field in inner.items()}
            value = UNUSABLE if UNUSABLE in values.values() else values
        if value is not None:
            found[option.name] = Field(value, place, origin)
    return found


def read_closed(
    options: Iterable[Option], raw: Mapping[str, Any], prefix: str, origin: str, complain: Complain
) -> dict[str, Field]:
    """The same for a dictionary that may hold these keys and no others."""
    known = [option.name for option in options]
    for key in sorted(raw.keys() - set(known)):
        bare = key.removeprefix(PREFIX)
        called = SAID_OTHERWISE[bare][0] if bare in SAID_OTHERWISE else ALSO_CALLED.get(bare)
        near = called if called in known else nearest(bare, known)
        name = key if re.fullmatch(r"\w+", key, re.ASCII) else repr(key)
        complain("key-unknown", prefix + name, hint=hint(near), choices=", ".join(known))
    return read(options, raw, prefix, origin, complain)


def secrets(value: Any) -> Iterator[Secret]:
    """Every secret that is set in what was read."""
    if isinstance(value, Secret):
        if value:
            yield value
    elif isinstance(value, Field):
        yield from secrets(value.value)
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from secrets(inner)
