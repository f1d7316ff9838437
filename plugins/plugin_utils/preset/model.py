# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known about a mail provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Entry
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    AUTHS,
    Auth,
    Security,
)


@dataclass(frozen=True)
class UserName:
    """What the user name is. `meaning` ends the sentence "The user name is …".

    :param literal: the one user name that everybody has.
    :param pattern: what every user name matches as a whole.
    :param is_token: whether it can be a token that is the password as well.
    """

    meaning: str
    literal: str | None = None
    pattern: str | None = None
    is_token: bool = False


@dataclass(frozen=True)
class Mistake:
    """A password that is most likely something else: it matches `pattern` as a whole.

    `meaning` ends the sentence "The password …", and says nothing that a password would tell.
    """

    pattern: str
    meaning: str
    fix: str


@dataclass(frozen=True)
class Caveat:
    """Something to know before the first mail; told for these kinds of login."""

    entry: Entry
    auth: tuple[Auth, ...] = AUTHS


@dataclass(frozen=True)
class Preset:
    """One provider.

    :param host: its relay, in which ``{region}`` may stand; empty when everybody has their own.
    :param ports: for each security the ports, the usual one first; the usual security first.
    :param auth: how one logs in, the usual way first.
    :param source: where the facts come from.
    :param regions: for each region what stands for ``{region}``; the usual one first.
    :param region_pattern: instead, what a region's name matches: it stands for itself, and has no default.
    :param region_example: a region's name for such a pattern.
    :param recognised_by: a pattern of further host names that belong to it.
    :param oauth_scope: what a token is asked for.
    :param sink: whether mail is kept or dropped and reaches nobody.
    :param test_recipients: addresses that may always be tried.
    :param also_called: names under which people look for it.
    """

    name: str
    title: str
    host: str
    ports: Mapping[Security, tuple[int, ...]]
    auth: tuple[Auth, ...]
    source: str
    regions: Mapping[str, str] = field(default_factory=dict)
    region_pattern: str | None = None
    region_example: str = ""
    recognised_by: str | None = None
    username: UserName | None = None
    mistakes: tuple[Mistake, ...] = ()
    tls_min_version: str = "1.2"
    oauth_scope: str | None = None
    sink: bool = False
    test_recipients: tuple[str, ...] = ()
    also_called: tuple[str, ...] = ()
    caveats: tuple[Caveat, ...] = ()

    @property
    def has_regions(self) -> bool:
        return "{region}" in self.host
