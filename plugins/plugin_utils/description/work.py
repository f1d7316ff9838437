# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rules work on: merged settings, with what is known and said about each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import without_login
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.address import (
    address_problem,
    ascii_domain,
    ascii_host,
    host_problem,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.layers import Merged
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    DESCRIPTION,
    PREFIX,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.read import UNUSABLE
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.findings import (
    CATALOGUE as PRESET_CATALOGUE,
)

ReadFile = Callable[[str], str]

DEFAULT = "default"
"""The origin of what nobody gave and nothing led to."""

_MEANT = {option.name: option.meant for option in DESCRIPTION}
_VARIABLE = re.compile(rf"\b{PREFIX}({'|'.join(option.name for option in DESCRIPTION)})\b")


def located(finding: Finding, place: Callable[[str], str]) -> Finding:
    """The finding with each variable named by the place where it really stands."""

    def placed(text: str) -> str:
        return _VARIABLE.sub(lambda match: place(match[1]), text)

    return replace(
        finding,
        where=placed(finding.where),
        message=placed(finding.message),
        fix=placed(finding.fix),
    )


@dataclass
class Work:
    """One pass over merged settings; the rules (relay.py, login.py, tls.py) settle field after field.

    :param place: where a setting that is not given would stand, by its name.
    """

    merged: Merged
    place_of: Callable[[str], str]
    read_file: ReadFile
    findings: list[Finding] = field(default_factory=list)
    provenance: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fields = self.merged.fields
        self.unsound = {name for name, entry in self.fields.items() if entry.value is UNUSABLE}
        """Options that an error is known about: nothing that follows from them is worth a word."""

    def place(self, name: str) -> str:
        """Where a setting stands, or would stand."""
        entry = self.fields.get(name)
        return self.place_of(name) if entry is None else entry.place

    def finding(self, code: str, name: str, inside: str = "", **facts: Any) -> Finding:
        """A finding about a setting."""
        catalogue = CATALOGUE if code in CATALOGUE else PRESET_CATALOGUE
        where = self.place(name) + inside
        return located(catalogue.finding(code, where=where, **facts), self.place)

    def complain(self, code: str, name: str, inside: str = "", **facts: Any) -> None:
        """Makes a finding that is an error, after which the setting is unsound."""
        self.findings.append(self.finding(code, name, inside, **facts))
        self.unsound.add(name)

    def is_sound(self, *names: str) -> bool:
        """Whether no error is known about any of these settings."""
        return not self.unsound & set(names)

    def get(self, name: str) -> Any:
        """The value given, or `None` when there is none that can be used."""
        return self.fields[name].value if name in self.fields and self.is_sound(name) else None

    def note(self, name: str, of: str | None = None, *, otherwise: str = DEFAULT) -> None:
        """Notes where a field comes from: what is given (as `of`), else `otherwise`."""
        entry = self.fields.get(of or name)
        self.provenance[name] = otherwise if entry is None else entry.origin

    def take(self, name: str, default: Any = None) -> Any:
        """The value given or the default, its origin noted."""
        self.note(name)
        value = self.get(name)
        return default if value is None else value

    def choose(self, name: str, choices: Sequence[str]) -> Any:
        """The same for one of some words, in their own spelling; without a default."""
        value: str | None = self.take(name)
        if value is None:
            return None
        for choice in choices:
            if choice.lower() == value.lower():
                return choice
        meant = _MEANT.get(name, {}).get(value.lower())
        self.complain(
            "value-not-a-choice",
            name,
            value=without_login(value),
            hint=f"; {meant} was probably meant" if meant else "",
            choices=", ".join(choices),
        )
        return None

    def number(self, name: str, low: int, high: int, default: int | None = None) -> Any:
        """The same for a number within bounds."""
        value: int | None = self.take(name, default)
        if value is None or low <= value <= high:
            return value
        self.complain("number-out-of-range", name, value=value, low=low, high=high)
        return default

    def host(self, name: str) -> str | None:
        """The same for a host, in ASCII; without a default."""
        value: str | None = self.take(name)
        if value is None:
            return None
        detail = host_problem(value)
        if detail is None:
            return ascii_host(value)
        self.complain("host-invalid", name, value=without_login(value), detail=detail)
        return None

    def addresses(self, name: str, values: Iterable[str]) -> tuple[str, ...]:
        """Those of some mail addresses that are one, with the domain in ASCII."""
        found = []
        for value in values:
            problem = address_problem(value)
            if problem is None:
                found.append(ascii_domain(value))
            else:
                self.complain("address-invalid", name, value=without_login(value), problem=problem)
        return tuple(found)
