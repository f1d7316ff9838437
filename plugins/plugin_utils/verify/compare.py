# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the description promises against what is found. Pure; no secret in what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import without_login
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.lookup import name_token_host
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    PRESENT,
    FileEvidence,
    SecretEvidence,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import (
    looks_like_token,
    revealed,
)

_PRESENCE = {"set": "be set", "not set": "not be set"}
Kind = Literal["variable", "file", "secret"]

SET, NOT_SET = "set", "not set"
NOT_SHOWN = "another value (not shown)"
NO_FILE, NO_LINE = "there is no such file", "it has no such line"
OWN_WORDS = frozenset({SET, NOT_SET, NOT_SHOWN, NO_FILE, NO_LINE})
"""What is found, where it is not the value itself."""


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it should be; both sides in words, a secret never shown.

    :param name: of the variable, path of the file, or name of the Secret.
    :param key: of the Secret; empty for others.
    """

    kind: Kind
    name: str
    expected: str
    found: str
    key: str = ""

    def __str__(self) -> str:
        if self.kind == "file":
            return f"{self.name} is without {self.expected}: {self.found}"
        place = f"key {self.key} of Secret {self.name}" if self.key else self.name
        if self.expected in _PRESENCE:
            return f"{place} is {self.found}, and must {_PRESENCE[self.expected]}"
        return f"{place} is {self.found}, expected is {self.expected}"


def variables(
    expected: Mapping[str, Any], seen: Mapping[str, str | Secret | None]
) -> list[Difference]:
    """Every variable of a container that is not as it should be, of those that can be told.

    :param expected: variable to text or `Secret`, `OMIT` for must not be there, `PRESENT` for must be
        there, `KEEP` for anything.
    :param seen: variable to value; `None` for not set. A `Secret` is compared and not shown.
    """
    seen = _with_tokens_sealed(expected, seen)
    return [
        Difference("variable", name, *words)
        for name, wanted in expected.items()
        if name in seen and (words := _words(wanted, seen[name]))
    ]


def _with_tokens_sealed(
    expected: Mapping[str, Any], seen: Mapping[str, str | Secret | None]
) -> Mapping[str, str | Secret | None]:
    """What is seen, with each text sealed that may be a secret: of settings before these, too.

    With some providers the user name is the password as well.
    """
    texts = {name: value for name, value in seen.items() if isinstance(value, str)}
    every = name_token_host(texts.values())
    known = {
        str(revealed(value))
        for name, value in seen.items()
        if value and (isinstance(value, Secret) or isinstance(expected.get(name), Secret))
    }
    return {
        name: Secret(value)
        if isinstance(value, str) and (every or value in known or looks_like_token(value))
        else value
        for name, value in seen.items()
    }


def lines(wanted: FileEvidence, content: str | Secret | None) -> list[Difference]:
    """The lines that are missing in a file, whatever stands around them; `None` when there is no file."""
    there = {line.strip() for line in str(revealed(content or "")).splitlines()}
    found = NO_FILE if content is None else NO_LINE
    return [
        Difference("file", wanted.path, _line(line), found)
        for line in wanted.lines
        if not _parts(line) <= there
    ]


def keys(wanted: SecretEvidence, data: Mapping[str, str | Secret]) -> list[Difference]:
    """The keys of a Secret that are not as they should be.

    :param data: everything that it holds. All of it is secret, also what the profile takes for open.
    """
    return [
        Difference("secret", wanted.name, *words, key=key)
        for key, value in wanted.keys.items()
        if (words := _words(value, _sealed(data.get(key))))
    ]


def _sealed(value: str | Secret | None) -> Secret | None:
    return Secret(value) if isinstance(value, str) else value


def _words(wanted: Any, value: str | Secret | None) -> tuple[str, str] | None:
    """What is expected and what is found; `None` when they agree."""
    if wanted is KEEP:
        return None
    if wanted is OMIT:
        return None if value is None else (NOT_SET, SET)
    if wanted is PRESENT:
        return (SET, NOT_SET) if value is None else None
    text = str(revealed(wanted))
    if revealed(value) == text:
        return None
    secret = isinstance(wanted, Secret)
    hidden = value is not None and (secret or isinstance(value, Secret))
    shown = NOT_SHOWN if hidden else repr(without_login(str(value)))
    expected = "a secret (not shown)" if secret and text else repr(text)
    return expected, NOT_SET if value is None else shown


def _parts(line: Any) -> set[str]:
    return {part.strip() for part in str(revealed(line)).splitlines()} - {""}


def _line(line: Any) -> str:
    return "a line with a secret (not shown)" if isinstance(line, Secret) else f"the line {line!r}"
