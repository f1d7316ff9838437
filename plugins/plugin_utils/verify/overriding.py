# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a container goes before the settings of a profile: variables, and places in files. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Evidence
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.override import Bound, in_file
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.environment import (
    Environment,
    Read,
    names,
    of_successor,
)


def files(wanted: Evidence) -> list[str]:
    """The files of a container that may hold something that goes before the settings."""
    paths = (bound.override.file for bound in wanted.overrides)
    return list(dict.fromkeys(path for path in paths if path))


def chosen(wanted: Evidence, variables: Iterable[str]) -> list[str]:
    """The variables that an override is about. What the evidence names is compared on its own."""
    return [
        name
        for name in variables
        if name not in wanted.env and any(bound.matches(name) for bound in wanted.overrides)
    ]


def of_specification(
    container: Mapping[str, Any], wanted: Evidence, secret: Read, config_map: Read
) -> Environment:
    """The variables of a specification that an override is about; `None` for a value that cannot be told.

    :param container: the container in the pod, or in its template.
    """
    if not any(bound.override.env for bound in wanted.overrides):
        return {}  # nothing is read for it
    about = chosen(wanted, names(container, secret, config_map))
    told = of_successor(container, about, secret, config_map)
    return {name: told.get(name) for name in about if name not in told or told[name] is not None}


def findings(
    wanted: Evidence,
    environment: Environment,
    contents: Environment,
    container: str,
) -> Iterator[Finding]:
    """Yield what to say about each place of a container that goes before the settings.

    :param environment: the variables that an override is about.
    :param contents: the files, by path; `None` for one that is missing.
    :param container: the container, for people.
    """
    for name, value in environment.items():
        about: list[Bound] = [bound for bound in wanted.overrides if bound.matches(name)]
        finding = about[0].judge(f"variable {name} of {container}", value, (name,))
        if finding is not None:
            yield finding
    for bound in wanted.overrides:
        text = contents.get(bound.override.file)
        if text:
            yield from in_file(bound, f"file {bound.override.file} of {container}", text)
