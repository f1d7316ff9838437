# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the probe logs in with: given, read from the Secret that the application uses, or fetched."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    Description,
    OAuth,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.options import UNTIL, Until
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.token import TokenError, fetch
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import WantedSecret

ReadSecret = Callable[[str], Mapping[str, Any] | None]
"""Reads a Secret of the release's namespace by its name; may raise `FindingError`."""


def _no_secret() -> Secret:
    return Secret("")


@dataclass(frozen=True)
class Login:
    """The credentials, or what there is to say where none can be had.

    :param finding: set when the probe cannot log in, although the application does.
    """

    username: str = ""
    password: Secret = field(default_factory=_no_secret)
    token: Secret = field(default_factory=_no_secret)
    finding: Finding | None = None


def login(
    description: Description,
    secrets: Sequence[WantedSecret],
    read_secret: ReadSecret,
    until: Until,
) -> Login:
    """What is used for a description.

    :param secrets: the shape of its existing Secret, as the application wants it.
    :param until: the last stage; before the login nothing is looked for.
    """
    if UNTIL.index(until) < UNTIL.index("auth"):
        return Login()
    if description.auth == "oauth" and description.oauth is not None:
        return _oauth(description, description.oauth)
    if description.existing_secret is not None and not description.password:
        return _stored(description, secrets, read_secret)
    return Login(description.username, description.password)


def _oauth(description: Description, oauth: OAuth) -> Login:
    if oauth.token:
        return Login(description.username, token=oauth.token)
    try:
        token = fetch(oauth, ca_pem=description.ca_pem, seconds=float(description.timeout))
    except TokenError as error:
        code = "oauth-token-refused" if error.refused else "oauth-token-unavailable"
        return Login(
            finding=CATALOGUE.finding(
                code,
                where="smtp_oauth",
                url=oauth.token_url,
                client=oauth.client_id,
                problem=str(error),
            )
        )
    return Login(description.username, token=token)


def _stored(
    description: Description, secrets: Sequence[WantedSecret], read_secret: ReadSecret
) -> Login:
    found = {"username": description.username, "password": ""}
    try:
        for wanted in secrets:
            data = (read_secret(wanted.name) or {}).get("data") or {}
            found |= {
                what: base64.b64decode(data[key]).decode("utf-8", "replace")
                for key, what in wanted.keys
                if key in data
            }
    except FindingError as error:
        return _unproven("; ".join(finding.message for finding in error.findings))
    missing = [what for what in ("username", "password") if not found[what]]
    if missing:
        names = ", ".join(wanted.name for wanted in secrets)
        if not names:
            return _unproven("only smtp_application tells the keys of the Secret")
        return _unproven(f"{names} holds no {' and no '.join(missing)}")
    return Login(found["username"], Secret(found["password"]))


def _unproven(problem: str) -> Login:
    return Login(
        finding=CATALOGUE.finding(
            "login-unproven", where="smtp_existing_secret", problem=problem.rstrip(".")
        )
    )
