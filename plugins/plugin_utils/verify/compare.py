# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the description promises against what a container sees. Pure; no secret in what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    PRESENT,
)


@dataclass(frozen=True)
class Difference:
    """A variable that is not as it should be; both sides in words, a secret never shown."""

    variable: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.variable} is {self.found}, expected is {self.expected}"


def compare(expected: Mapping[str, Any], seen: Mapping[str, str]) -> list[Difference]:
    """Every variable of a container that is not as it should be.

    :param expected: variable to text or `Secret`, `OMIT` for must not be there, `PRESENT` for must be
        there, `KEEP` for anything.
    :param seen: the container's environment.
    """
    found = []
    for name, wanted in expected.items():
        value = seen.get(name)
        if wanted is KEEP:
            continue
        if wanted is OMIT:
            if value is not None:
                found.append(Difference(name, "not set", "set"))
            continue
        if wanted is PRESENT:
            if value is None:
                found.append(Difference(name, "set", "not set"))
            continue
        secret = isinstance(wanted, Secret)
        text = wanted.reveal() if isinstance(wanted, Secret) else str(wanted)
        if value != text:
            shown = "another value (not shown)" if secret else repr(value)
            found.append(
                Difference(
                    variable=name,
                    expected="a secret (not shown)" if secret else repr(text),
                    found="not set" if value is None else shown,
                )
            )
    return found
