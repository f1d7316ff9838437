# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read, as plain data without secrets: for a result, and to be pasted into an inventory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import (
    Redactor,
    without_login,
    without_logins,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    DESCRIPTION,
    PREFIX,
    Kind,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.words import in_words
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Application, Profile
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.read import Reading

_NUMBERS = frozenset(option.name for option in DESCRIPTION if option.kind is Kind.INTEGER)


def told(application: Application, reading: Reading) -> dict[str, Any]:
    """One application as it is configured."""
    description, found = reading.resolved.description, bool(reading.settings)
    redactor = _redactor(reading)
    return {
        "application": application.name,
        "found": found,
        "state": reading.state,
        "summary": redactor.clean(without_logins(summary(reading))),
        "description": redactor.clean_data(_bare(description.redacted())) if found else {},
        "combination": _combination(description, unread=reading.login_unread) if found else {},
        "variables": {PREFIX + name: value for name, value in _open(reading)},
        "secrets": list(_secrets(application.profile, reading)),
    }


ELSEWHERE = "decided outside these values"
UNREAD_LOGIN = "with a login that cannot be read here"


def summary(reading: Reading) -> str:
    """What the values mean, in words."""
    if not reading.settings:
        return ELSEWHERE if reading.state == "elsewhere" else "no SMTP settings"
    description = reading.resolved.description
    if not description.enabled:
        off = in_words(description)
        return f"{off} in these values, and {ELSEWHERE}" if reading.state == "elsewhere" else off
    if not reading.login_unread:
        return in_words(description)
    anonymous = replace(description, auth="none", username="", existing_secret=None)
    return in_words(anonymous).replace("without a login", UNREAD_LOGIN)


def disagreements(readings: Sequence[tuple[Application, Reading]]) -> Iterator[Finding]:
    """A warning for each application that is set otherwise than the first of the same release."""
    there = [(application, reading) for application, reading in readings if reading.settings]
    for application, reading in there[1:]:
        first, settings = there[0][0], there[0][1].settings
        both = settings.keys() & reading.settings.keys()
        names = sorted(name for name in both if settings[name] != reading.settings[name])
        if names:
            yield CATALOGUE.finding(
                "applications-disagree",
                where=application.name,
                first=first.profile.title,
                second=application.profile.title,
                names=", ".join(PREFIX + name for name in names),
            )


def findings(reading: Reading) -> list[Finding]:
    """What there is to say, with no secret that was read in any word."""
    redactor = _redactor(reading)
    return [
        replace(finding, message=redactor.clean(finding.message), fix=redactor.clean(finding.fix))
        for finding in reading.findings
    ]


def _bare(value: Any) -> Any:
    """Plain data without the login in any URL."""
    if isinstance(value, Mapping):
        return {key: _bare(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_bare(inner) for inner in value]
    return without_login(value) if isinstance(value, str) else value


def _redactor(reading: Reading) -> Redactor:
    return Redactor([*reading.resolved.description.secrets(), *reading.hidden])


def _combination(description: Description, *, unread: bool) -> dict[str, Any]:
    """Which cell of the table in docs/applications.md it is.

    :param unread: whether the login cannot be read.
    """
    if not description.enabled:
        return {"enabled": False}
    login: str = "anonymous" if description.auth == "none" else description.auth
    if unread:
        login = "unreadable"
    trust = "private CA" if description.ca_pem else "public CA"
    return {
        "enabled": True,
        "login": "existing Secret" if description.existing_secret and not unread else login,
        "security": description.security,
        "trust": trust if description.validate_certs else "skip verify",
    }


def _open(reading: Reading) -> Iterator[tuple[str, Any]]:
    """The settings that hold no secret, as a person would write them."""
    for name, value in reading.settings.items():
        if reading.login_unread and name in ("existing_secret", "auth"):
            continue
        if name == "username" and _username_is_secret(reading):
            continue
        if isinstance(value, Mapping):
            yield name, {key: part for key, part in value.items() if not isinstance(part, Secret)}
        elif name in _NUMBERS and str(value).isdecimal():
            yield name, int(value)
        elif isinstance(value, str):
            yield name, without_login(value)
        elif not isinstance(value, Secret):
            yield name, value


def _username_is_secret(reading: Reading) -> bool:
    description = reading.resolved.description
    return description.username_is_secret or Secret(description.username) in reading.hidden


def _secrets(profile: Profile, reading: Reading) -> Iterator[dict[str, str]]:
    """Each secret that is there, by the variable that would take it, and where it lies."""
    description = reading.resolved.description
    hidden = {"username"} if _username_is_secret(reading) else set()
    for name, place in reading.places.items():
        option, _dot, part = name.partition(".")
        value = reading.settings.get(option)
        value = value.get(part) if part and isinstance(value, Mapping) else value
        if isinstance(value, Secret) or (name in hidden and value):
            yield {"variable": PREFIX + name, "place": place}
    given, support = description.existing_secret, profile.supports.existing_secret
    if reading.login_unread:
        return
    if given is not None and support is not None:
        key = given.password_key or support.keys.get("password") or support.keys.get("url")
        yield {"variable": f"{PREFIX}password", "place": f"Secret {given.name}, key {key}"}
