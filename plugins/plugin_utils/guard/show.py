# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes as texts that hold no secret. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import without_logins
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import Change
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.compare import MISSING, bare
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Evidence
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import looks_like_token

_LONGEST = 200
_WORDS = re.compile(r"[^\s'\"=:,;<>]+")

Text = tuple[str, str, str]
"""Place, before, after."""


@dataclass(frozen=True)
class Shower:
    """How changes are shown.

    :param sensitive: environment variables whose value is a secret.
    :param clean: takes known secrets out of a text, wherever they stand.
    """

    sensitive: Collection[str]
    clean: Callable[[str], str]

    def texts(self, changes: Iterable[Change]) -> Iterator[values.Change]:
        """Each change as one line, or one for each line of a file in a ConfigMap."""
        for change in changes:
            for name, before, after in self._texts(change):
                yield values.Change(name, self.clean(before), self.clean(after), effective=True)

    def _texts(self, change: Change) -> Iterator[Text]:
        if change.kind == "new":
            yield change.name, "(not there)", f"(new, with {_keys(change.after)})"
        elif change.kind == "deleted":
            yield change.name, f"(there, with {_keys(change.before)})", "(not there)"
        elif change.kind != "changed":
            yield change.name, "(of another owner)", "(as the chart has it)"
        elif change.ref.kind == "Secret" and change.path[0] in ("data", "binaryData"):
            yield change.name, _secret(change.before, "old"), _secret(change.after, "new")
        elif change.ref.kind == "ConfigMap" and _has_lines(change):
            yield from self._lines(change)
        elif "annotations" in change.path:
            # A checksum of a Secret lets a short password be found by trying.
            yield change.name, _opaque(change.before, "old"), _opaque(change.after, "new")
        else:
            yield (
                change.name,
                self._value(change, change.before, "old"),
                self._value(change, change.after, "new"),
            )

    def _value(self, change: Change, value: Any, age: str) -> str:
        if value is MISSING:
            return "(not set)"
        plain = _plain(value)
        token = "env" in map(bare, change.path) and looks_like_token(str(plain))
        if (self._is_secret(change) or token) and not _refers(value):
            return f"(secret, {age} value)"
        text = without_logins(json.dumps(plain, ensure_ascii=False, default=str))
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"

    def _is_secret(self, change: Change) -> bool:
        names = [bare(step) for step in change.path]
        if "env" in names and names[-1] != "env":
            variable = names[names.index("env") + 1]
            return variable in self.sensitive or values.speaks_of_secret(variable)
        return values.speaks_of_secret(".".join(names))

    def _lines(self, change: Change) -> Iterator[Text]:
        before, after = (
            [] if value is MISSING else str(value).splitlines()
            for value in (change.before, change.after)
        )
        for line in (Counter(before) - Counter(after)).elements():
            yield change.name, self._line(line, "old"), "(not there)"
        for line in (Counter(after) - Counter(before)).elements():
            yield change.name, "(not there)", self._line(line, "new")

    def _line(self, line: str, age: str) -> str:
        secret = values.speaks_of_secret(line) or any(map(looks_like_token, _WORDS.findall(line)))
        return f"(secret, {age} line)" if secret else repr(without_logins(line.strip()))


def shower(evidence: Iterable[Evidence], clean: Callable[[str], str]) -> Shower:
    """How changes are shown when these variables are for mail."""
    return Shower(
        {
            name
            for entry in evidence
            for name, value in entry.env.items()
            if isinstance(value, Secret)
        },
        clean,
    )


def _has_lines(change: Change) -> bool:
    texts = [value for value in (change.before, change.after) if value is not MISSING]
    return change.path[0] == "data" and all(isinstance(text, str) for text in texts)


def _refers(value: Any) -> bool:
    """Whether a variable, or its origin, only says where its value lies."""
    return isinstance(value, dict) and ("valueFrom" in value or "secretKeyRef" in value)


def _plain(value: Any) -> Any:
    """A variable by its value or origin alone: its name stands in the place already."""
    if isinstance(value, dict) and value.keys() <= {"name", "value", "valueFrom"}:
        return value.get("valueFrom", value.get("value", ""))
    return value


def _keys(thing: Any) -> str:
    data = {**(thing.get("data") or {}), **(thing.get("binaryData") or {})}
    return ", ".join(sorted(data)) or "its specification"


def _secret(value: Any, age: str) -> str:
    return "(not set)" if value is MISSING else f"(secret, {age} value)"


def _opaque(value: Any, age: str) -> str:
    return "(not set)" if value is MISSING else f"({age} value)"
