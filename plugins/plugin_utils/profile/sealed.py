# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data with secrets in it: each text that a secret goes into is a `Secret`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret

_PASSWORD = re.compile(r"pass(w(or)?d)?$", re.IGNORECASE)


def names_password(key: str) -> bool:
    """Whether a password stands under a key, whoever has put it there: `key` ends as in ``SMTP_PASS``."""
    return bool(_PASSWORD.search(key))


_TOKEN = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{24,}"
    r"|(?=[^0-9]*[0-9])(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])[A-Za-z0-9_+/.=-]{20,}",
)
"""A UUID, a long hexadecimal number, or a long word of figures and of letters in both cases."""


def looks_like_token(text: str) -> bool:
    """Whether a whole text has the shape of a token, such as a server token of Postmark as a user name."""
    return bool(_TOKEN.fullmatch(text.strip()))


def holds_secret(value: Any) -> bool:
    """Whether a secret that is not empty stands anywhere in `value`."""
    if isinstance(value, Mapping):
        return any(map(holds_secret, value.values()))
    if isinstance(value, list):
        return any(map(holds_secret, value))
    return isinstance(value, Secret) and bool(value)


def revealed(value: Any) -> Any:
    """`value` with secrets in plain."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return {key: revealed(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [revealed(entry) for entry in value]
    return value
