# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the application logs in, and whether what is given for that fits together."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    AUTHS,
    MECHANISMS,
    Auth,
    ExistingSecret,
    OAuth,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.work import Work
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.model import Preset

OPTIONS = ("auth", "username", "password", "oauth", "existing_secret")
"""What is only worth a word when all of it is sound."""

_SECRET_NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
"""A name of a Kubernetes Secret: a DNS subdomain (RFC 1123)."""
_SECRET_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_LONGEST = 253
_TENANT = re.compile(r"[A-Za-z0-9.-]+")
_TOKEN_URL = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"  # noqa: S105  # an address, and no password
"""Where Microsoft Entra ID gives tokens to programs (its OAuth 2.0 client credentials flow)."""


@dataclass(frozen=True)
class Login:
    """The fields of a description that a login is made of."""

    auth: Auth
    mechanism: str | None
    username: str
    password: Secret
    oauth: OAuth | None
    existing_secret: ExistingSecret | None


def login(work: Work, preset: Preset | None) -> Login:
    """The login that is given; the kind follows from it, and a user name that all have from the provider."""
    chosen: Auth | None = work.choose("auth", AUTHS)
    oauth, existing = _oauth(work, preset), _existing_secret(work)
    password: Secret = work.take("password", Secret(""))
    username: str = work.take("username", "")
    there = {
        "username": bool(username),
        "password": bool(password),
        "existing_secret": existing is not None,
        "oauth": oauth is not None,
    }
    given = [name for name, is_there in there.items() if is_there]
    auth = chosen or _default(work, given, preset)
    rule = preset.username if preset else None
    if preset and rule and rule.literal and auth == "password" and password and not username:
        username = rule.literal
        work.provenance["username"] = f"preset {preset.name}"
        given.append("username")
    if work.is_sound(*OPTIONS):
        _check(work, auth, given, chosen=chosen is not None)
    mechanism = _mechanism(work, auth)
    return Login(auth, mechanism, username, password, oauth, existing)


def _default(work: Work, given: list[str], preset: Preset | None) -> Auth:
    if given:
        work.provenance["auth"] = f"follows from {given[-1]}"
        return "oauth" if "oauth" in given else "password"
    if preset is None:
        return "none"
    work.provenance["auth"] = f"preset {preset.name}"
    return preset.auth[0]


def _check(work: Work, auth: Auth, given: list[str], *, chosen: bool) -> None:
    """Complains about what does not belong to this kind of login, or else about what it lacks."""
    fitting = {
        "none": (),
        "password": ("username", "password", "existing_secret"),
        "oauth": ("username", "oauth"),
    }[auth]
    foreign = [name for name in given if name not in fitting]
    if foreign and not chosen:
        names = " and ".join(map(work.place, [*foreign, "oauth"]))
        work.complain("credentials-twice", "oauth", given=names)
    elif foreign:
        names = " and ".join(map(work.place, foreign))
        other = "oauth" if "oauth" in foreign else "password"
        work.complain("credentials-contradiction", "auth", auth=auth, given=names, other=other)
    elif auth == "oauth":
        if "oauth" not in given:
            work.complain("oauth-incomplete", "oauth", missing=work.place("oauth"))
        elif "username" not in given:
            work.complain("oauth-username-missing", "username")
    elif auth == "password" and "existing_secret" not in given:
        missing = [name for name in ("username", "password") if name not in given]
        if len(missing) > 1:
            work.complain("credentials-missing", "auth")
        for name in missing if given else []:
            has = " and ".join(map(work.place, given))
            work.complain("credentials-incomplete", name, given=has, missing=work.place(name))


def _mechanism(work: Work, auth: Auth) -> str | None:
    every = [name for names in MECHANISMS.values() for name in names]
    mechanism: str | None = work.choose("mechanism", every)
    if mechanism is None or not work.is_sound(*OPTIONS):
        return mechanism
    if mechanism not in MECHANISMS[auth]:
        [fitting] = [kind for kind, names in MECHANISMS.items() if mechanism in names]
        work.complain(
            "mechanism-contradiction",
            "mechanism",
            mechanism=mechanism,
            auth=auth,
            fitting=fitting,
            choices=", ".join(MECHANISMS[auth]),
        )
    elif mechanism == "EXTERNAL" and "client_cert" not in work.fields:
        work.complain("mechanism-without-certificate", "mechanism")
    return mechanism


def _oauth(work: Work, preset: Preset | None) -> OAuth | None:
    value: dict[str, Any] | None = work.take("oauth")
    if value is None:
        return None
    oauth = OAuth(**value)
    if oauth.tenant is not None and not _TENANT.fullmatch(oauth.tenant):
        problem = "holds characters that no tenant's name or ID has"
        work.complain("value-invalid", "oauth", ".tenant", problem=problem)
    if oauth.token_url is None and oauth.tenant is not None:
        oauth = replace(oauth, token_url=_TOKEN_URL.format(tenant=oauth.tenant))
    if oauth.scope is None and preset is not None:
        oauth = replace(oauth, scope=preset.oauth_scope)
    needed = {
        "token_url": oauth.token_url,
        "client_id": oauth.client_id,
        "client_secret": oauth.client_secret,
    }
    missing = [f"{work.place('oauth')}.{name}" for name, there in needed.items() if not there]
    if oauth.token and (oauth.client_id or oauth.client_secret):
        work.complain("oauth-twice", "oauth")
    elif not oauth.token and missing:
        work.complain("oauth-incomplete", "oauth", missing=" and ".join(missing))
    elif oauth.token_url is not None and not _is_https(oauth.token_url):
        problem = "must be an https:// URL without a user name"
        work.complain("value-invalid", "oauth", ".token_url", problem=problem)
    return oauth


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def _existing_secret(work: Work) -> ExistingSecret | None:
    value: dict[str, str] | None = work.take("existing_secret")
    if value is None:
        return None
    name = value.get("name", "")
    if not name:
        work.complain("value-invalid", "existing_secret", ".name", problem="is not given")
    elif not _SECRET_NAME.fullmatch(name) or len(name) > _LONGEST:
        problem = f"is {name!r}, which is no name of a Secret: lower-case letters, digits, dashes and dots"
        work.complain("value-invalid", "existing_secret", ".name", problem=problem)
    for key in value.keys() & {"username_key", "password_key"}:
        text = value[key]
        if not _SECRET_KEY.fullmatch(text) or len(text) > _LONGEST:
            problem = f"is {text!r}, which is no key of a Secret: letters, digits, dashes, dots and underscores"
            work.complain("value-invalid", "existing_secret", f".{key}", problem=problem)
    return ExistingSecret(**{"name": "", **value})
