# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every ``smtp_*`` variable: its name, its type, and whether the collection knows it.

One table. The steps read their input by it, a misspelt variable is found with it, and the unit
tests hold the documentation fragments and the argument specifications of the roles against it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

PREFIX = "smtp_"


class Kind(Enum):
    """What a value must be after conversion."""

    TEXT = "text"
    SECRET = "secret"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TEXTS = "list of texts"


@dataclass(frozen=True)
class Option:
    """One option of the actions; as a variable it carries the prefix ``smtp_``.

    :param inherited: whether a task that does not give it takes the variable. What writes a file is
        done only by the task that asks for it.
    """

    name: str
    kind: Kind = Kind.TEXT
    inherited: bool = True

    @property
    def variable(self) -> str:
        return PREFIX + self.name


DESCRIPTION = (
    Option("enabled", Kind.BOOLEAN),
    Option("host"),
    Option("port", Kind.INTEGER),
    Option("security"),
    Option("auth"),
    Option("mechanism"),
    Option("username"),
    Option("password", Kind.SECRET),
    Option("from_address"),
    Option("from_name"),
    Option("reply_to"),
    Option("ehlo_name"),
    Option("validate_certs", Kind.BOOLEAN),
    Option("ca_path"),
    Option("ca_pem"),
    Option("server_name"),
    Option("tls_min_version"),
    Option("timeout", Kind.INTEGER),
    Option("test_recipients", Kind.TEXTS),
)
"""What the mail settings are."""

TARGET = (
    Option("application"),
    Option("release"),
    Option("namespace"),
    Option("kubeconfig"),
    Option("context"),
    Option("chart"),
    Option("helm"),
)
"""Which release they go to."""

RUN = (
    Option("values_dest", inherited=False),
    Option("values_include_secrets", Kind.BOOLEAN),
    Option("probe_from"),
    Option("rollout_timeout", Kind.INTEGER),
)
"""How the work is done."""

OPTIONS: Mapping[str, Option] = {option.name: option for option in DESCRIPTION + TARGET + RUN}

PLAYBOOK_VARIABLES = frozenset({"smtp_hosts"})
"""Variables that a playbook reads by itself: they are known, and no option of an action."""


ALSO_CALLED: Mapping[str, str] = {
    "address": "host",
    "hostname": "host",
    "relay": "host",
    "server": "host",
    "smarthost": "host",
    "encryption": "security",
    "ssl": "security",
    "starttls": "security",
    "tls": "security",
    "login": "username",
    "from": "from_address",
    "sender": "from_address",
    "ca": "ca_path",
    "verify": "validate_certs",
    "recipients": "test_recipients",
}
"""What other tools call an option, where the name alone would not lead there."""

SHORT_FORM = 4
"""A shorter beginning of a name, such as ``smtp_ca``, means nothing yet."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was most likely meant to be, if any is near enough, or is its long form."""
    names = list(known)
    found = difflib.get_close_matches(name, names, n=1, cutoff=0.7)
    if not found and len(name) >= SHORT_FORM:
        found = [longer for longer in names if longer.startswith(name)]
    return found[0] if len(found) == 1 else None


def unknown_variables(names: Iterable[str]) -> dict[str, str | None]:
    """Variables that begin with ``smtp_`` but mean nothing here, each with the nearest known name.

    Compared without the prefix, which would make any two names look alike.
    """
    known = {option.variable for option in OPTIONS.values()} | PLAYBOOK_VARIABLES
    strangers = sorted({name for name in names if name.startswith(PREFIX)} - known)
    bare = [name[len(PREFIX) :] for name in known]
    guesses = {
        name: ALSO_CALLED.get(name[len(PREFIX) :]) or nearest(name[len(PREFIX) :], bare)
        for name in strangers
    }
    return {name: guess and PREFIX + guess for name, guess in guesses.items()}
