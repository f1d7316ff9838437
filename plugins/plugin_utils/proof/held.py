# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The login that a container really has, found where the profile says that it lies. Pure.

A profile is rendered with a marker in the place of the user name and of the password. What the
container has in a marker's place is what its application logs in with, whatever the description says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.merge import merge
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Application,
    Evidence,
    Marker,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import revealed
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.marker import TEXT, pattern

PARTS = ("username", "password")


@dataclass(frozen=True)
class Held:
    """A login with a password."""

    username: str
    password: Secret


@dataclass(frozen=True)
class Place:
    """What a container has.

    :param environment: variable to value; :param files: path to content; `None` for not there.
    :param secrets: name of a Secret to what its keys hold.
    """

    environment: Mapping[str, str | None] = field(repr=False)
    files: Mapping[str, str | None] = field(repr=False)
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)


def marked(
    applications: Sequence[Application],
    description: Description,
    *,
    release: str,
    namespace: str,
    fullname: str | None,
) -> Mapping[Workload, Evidence]:
    """The evidence of each workload with markers where the login stands."""
    unknown = replace(
        description,
        username=TEXT["username"],
        password=Secret(TEXT["password"]),
        test_recipients=(),
    )
    place: dict[str, Any] = {"release": release, "namespace": namespace, "fullname": fullname}
    return merge([(each, render(each, unknown, **place)) for each in applications]).evidence


def held(description: Description, wanted: Evidence, marks: Evidence, there: Place) -> Held | None:
    """The login of a container; `None` when it cannot be told.

    :param wanted: what the description promises of it; :param marks: the same with markers.
    """
    found, expected = _read(marks, there), _read(marks, _promised(wanted))
    given = {"username": description.username, "password": description.password.reveal()}
    login: dict[str, str] = {}
    for part in PARTS:
        value = found.get(part)
        if not value:
            return None
        if given[part]:
            # In some places it is written in another way than it is given, such as in quotes.
            if value == expected.get(part):
                value = given[part]
            elif given[part] != expected.get(part):
                return None
        login[part] = value
    return Held(login["username"], Secret(login["password"]))


def _read(marks: Evidence, there: Place) -> dict[str, str]:
    """What stands in the markers' places."""
    found: dict[str, str] = {}
    for name, form in marks.env.items():
        _note(found, form, [there.environment.get(name)])
    for file in marks.files:
        lines = [line.strip() for line in (there.files.get(file.path) or "").splitlines()]
        for line in file.lines:
            _note(found, line, list(filter(None, lines)))
    for secret in marks.secrets:
        for key, form in secret.keys.items():
            _note(found, form, [there.secrets.get(secret.name, {}).get(key)])
    return found


def _note(found: dict[str, str], form: Any, texts: Sequence[str | None]) -> None:
    """Adds what a form tells of the one text that fits; of several nobody knows which is meant."""
    known = None if isinstance(form, Marker) else pattern(str(revealed(form)).strip())
    if known is None:
        return
    fits = [fields for text in texts if text is not None and (fields := known.extract(text))]
    if len(fits) == 1:
        for name, value in fits[0].items():
            found.setdefault(name, value)


def _promised(wanted: Evidence) -> Place:
    """A container that has exactly what is promised."""
    return Place(
        dict(_texts(wanted.env)),
        {file.path: "\n".join(str(revealed(line)) for line in file.lines) for file in wanted.files},
        {secret.name: dict(_texts(secret.keys)) for secret in wanted.secrets},
    )


def _texts(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if not isinstance(value, Marker):
            yield name, str(revealed(value))
