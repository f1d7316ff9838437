# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a profile declares that the application can do must have a place in its values.

Without one a description is accepted and rendered, and a part of it is silently dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.check import Keys
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.expression import takes
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.limits import (
    COMPILING,
    MOST_STEPS,
)

ALSO_BY: Mapping[str, tuple[str, ...]] = {"from_name": ("sender",)}
"""Names that hold a field too."""

ABILITIES: Mapping[str, tuple[str, ...]] = {
    "mechanisms": ("mechanism",),
    "private_ca": ("ca_pem",),
    "skip_verify": ("validate_certs",),
    "existing_secret": ("existing_secret",),
}
"""Other keys under ``supports``, and the names of which the values must take one."""

LOGINS: Mapping[str, tuple[str, ...]] = {
    "password": ("password", "username", "existing_secret"),
    "oauth": ("oauth",),
}


def unused(document: Mapping[str, Any]) -> Iterator[tuple[Keys, str]]:
    """Yield each place that declares what no value takes, with the problem in words.

    :param document: a profile that has the form of the schema.
    """
    if _expressions(document["values"]) * COMPILING > MOST_STEPS:
        return  # the rendering refuses it
    supports, taken = document["supports"], takes(document["values"])

    def problem(declared: str, names: tuple[str, ...]) -> str:
        return f"{declared} is declared, and no value takes {' or '.join(names)}"

    for number, name in enumerate(supports.get("fields", ())):
        names = (name, *ALSO_BY.get(name, ()))
        if taken.isdisjoint(names):
            yield ("supports", "fields", number), problem(name, names)
    for key, names in ABILITIES.items():
        if supports.get(key) and taken.isdisjoint(names):
            yield ("supports", key), problem(key, names)
    for number, kind in enumerate(supports["auth"]):
        names = LOGINS.get(kind, ())
        if names and taken.isdisjoint(names):
            yield ("supports", "auth", number), problem(kind, names)


def _expressions(source: Any) -> int:
    """The number of expressions in a value."""
    if isinstance(source, Mapping):
        return sum(map(_expressions, source.values()))
    if isinstance(source, list):
        return sum(map(_expressions, source))
    return int(isinstance(source, str) and "{" in source)
