# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names that the expressions of a profile can use: the description, and what follows from it.

Every name comes in two sets: one with the secrets in plain, for the expressions that a secret goes
into, and one without, for all others. So an expression that is not known to take a secret cannot
yield one, however it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    Description,
    ExistingSecret,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    PRESENT,
    Application,
    SecretSupport,
)

SECRET_NAMES = frozenset({"password", "client_key"})
"""The names that are secrets themselves."""
HOLDERS = frozenset({"oauth", "fallbacks"})
"""The names that have secrets among their parts."""
SECRET_PARTS = frozenset({"password", "client_key", "token", "client_secret"})
"""What the secrets among the parts are called."""

LONGEST_NAME = 63
"""A label of a DNS name (RFC 1123 section 2.1), at which charts cut their full name."""

# The characters of an atom and the space (RFC 5322 section 3.2.3, RFC 6532 section 3.2).
_PHRASE = re.compile(r"[^\x00-\x1f\x7f()<>\[\]:;@\\,.\"]*")


@dataclass(frozen=True)
class Names:
    """The names for one rendering.

    :param full: every name; :param plain: the same without the secrets.
    :param secret: whether any secret is set at all.
    :param sealed: names that are secrets here only, such as a user name that is the password too.
    """

    full: Mapping[str, Any] = field(repr=False)
    plain: Mapping[str, Any]
    secret: bool
    sealed: frozenset[str] = frozenset()


def for_values(description: Description, place: Mapping[str, Any], of: Application) -> Names:
    """The names for what is written. What lies in an existing Secret is empty here."""
    return _names(description, place, of.profile.supports.existing_secret, evidence=False)


def for_evidence(description: Description, place: Mapping[str, Any], of: Application) -> Names:
    """The names for what must be seen. What lies in an existing Secret is `PRESENT` if not given."""
    return _names(description, place, of.profile.supports.existing_secret, evidence=True)


def for_traps(description: Description, names: Names) -> Names:
    """The names for the traps: those for what is written, and the login that is given.

    With an existing Secret the two differ: an application misreads a password wherever it lies.
    """
    username = {"given_username": description.username}
    password = {"given_password": description.password.reveal()}
    shown = {} if description.username_is_secret else username
    return Names(
        {**names.full, **username, **password},
        {**names.plain, **shown},
        names.secret or bool(description.password),
        names.sealed | (password.keys() | username.keys()) - shown.keys(),
    )


def place(of: Application, *, release: str, namespace: str, fullname: str | None) -> dict[str, str]:
    """Where the application is: names that do not come from the description."""
    chart = of.prefix[-1] if of.prefix else next(iter(of.profile.charts), of.profile.name)
    return {
        "release": release,
        "namespace": namespace,
        "fullname": fullname or full_name(release, chart),
    }


def full_name(release: str, chart: str) -> str:
    """What the charts' usual helper calls their objects (the template of ``helm create``)."""
    name = release if chart in release else f"{release}-{chart}"
    return name[:LONGEST_NAME].removesuffix("-")


def mailbox(name: str | None, address: str) -> str:
    """A sender as ``Name <address>`` (RFC 5322 section 3.4), Unicode as it is (RFC 6532)."""
    if not name or not address:
        return address
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    phrase = name if _PHRASE.fullmatch(name) else f'"{escaped}"'
    return f"{phrase} <{address}>"


def _names(
    description: Description,
    place: Mapping[str, Any],
    support: SecretSupport | None,
    *,
    evidence: bool,
) -> Names:
    facts = {**place, "omit": OMIT, "keep": KEEP, "present": PRESENT}
    full = {**_of(description, support, evidence=evidence, secrets=True), **facts}
    plain = {**_of(description, support, evidence=evidence, secrets=False), **facts}
    sealed = frozenset(_sealed(description))
    secret = any(full[name] for name in SECRET_NAMES) or any(_hold(full[name]) for name in HOLDERS)
    return Names(full, plain, secret or bool(sealed), sealed)


def _sealed(description: Description) -> Iterator[str]:
    if description.username_is_secret:
        yield "username"
    if any(entry.username_is_secret for entry in description.fallbacks):
        yield "fallbacks"


def _hold(value: Any) -> bool:
    """Whether a secret is set anywhere in a part of the description."""
    if isinstance(value, Mapping):
        return any(bool(value.get(name)) for name in SECRET_PARTS) or any(
            map(_hold, value.values())
        )
    return isinstance(value, list) and any(map(_hold, value))


def _of(
    description: Description, support: SecretSupport | None, *, evidence: bool, secrets: bool
) -> dict[str, Any]:
    """The fields of a description and what follows from them."""
    given = {entry.name: getattr(description, entry.name) for entry in fields(description)}
    fallbacks = given.pop("fallbacks")
    names = {
        name: _data(value, secrets)
        for name, value in given.items()
        if secrets
        or not (
            isinstance(value, Secret) or (name == "username" and description.username_is_secret)
        )
    }
    hidden = support.keys if support and description.existing_secret else {}
    for name in ("username", "password"):
        if name in names and name in hidden:
            names[name] = (names[name] or PRESENT) if evidence else ""
    local, _at, domain = description.from_address.rpartition("@")
    host = f"[{description.host}]" if ":" in description.host else description.host
    names.update(
        existing_secret=_existing(description.existing_secret, support),
        anonymous=description.anonymous,
        address=f"{host}:{description.port}" if description.host else "",
        from_local=local,
        from_domain=domain,
        sender=mailbox(description.from_name, description.from_address),
        fallbacks=[_of(entry, support, evidence=evidence, secrets=secrets) for entry in fallbacks],
    )
    return names


def _existing(given: ExistingSecret | None, support: SecretSupport | None) -> Any:
    """The existing Secret with the names of its keys: those given, else the profile's."""
    if given is None:
        return None
    keys = support.keys if support else {}
    return {
        "name": given.name,
        **{f"{what}_key": key for what, key in keys.items()},
        "username_key": given.username_key or keys.get("username"),
        "password_key": given.password_key or keys.get("password"),
    }


def _data(value: Any, secrets: bool) -> Any:
    """A field as plain data, with its secrets in plain or without them."""
    if value is None or isinstance(value, (str, int)):  # nearly all
        return value
    if isinstance(value, Secret):
        return value.reveal()
    if is_dataclass(value):
        return {
            entry.name: _data(getattr(value, entry.name), secrets)
            for entry in fields(value)
            if secrets or not isinstance(getattr(value, entry.name), Secret)
        }
    return [_data(entry, secrets) for entry in value] if isinstance(value, tuple) else value
