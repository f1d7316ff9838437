# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ConfigMaps and Secrets hold, as texts. Pure: API objects in."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret

_DATA = frozenset({"f:data", "f:binaryData", "f:stringData"})


def decoded(value: str) -> str:
    """What a value of a Secret, or a binary one of a ConfigMap, holds. What is no text is kept as PEP 383 does."""
    return base64.b64decode(value).decode("utf-8", "surrogateescape")


def texts(kind: str, thing: Mapping[str, Any] | None) -> dict[str, str]:
    """Everything that a ConfigMap or Secret holds, by its keys; nothing when there is no such object."""
    found = thing or {}
    data = {key: str(value) for key, value in (found.get("data") or {}).items()}
    if kind == "Secret":
        return {key: decoded(value) for key, value in data.items()}
    binary = found.get("binaryData") or {}
    return {**data, **{key: decoded(value) for key, value in binary.items()}}


def values(kind: str, thing: Mapping[str, Any] | None) -> Mapping[str, str | Secret]:
    """The same as `texts` by type: what a Secret holds is secret, whatever it is, and is never shown."""
    found = texts(kind, thing)
    return {key: Secret(text) for key, text in found.items()} if kind == "Secret" else found


def changed_at(thing: Mapping[str, Any] | None) -> datetime | None:
    """When what a ConfigMap or Secret holds was last changed, by the API server's clock.

    `None` when nothing tells. Labels and annotations do not count.
    """
    metadata = (thing or {}).get("metadata") or {}
    times = [metadata.get("creationTimestamp")]
    times += [
        entry.get("time")
        for entry in metadata.get("managedFields") or []
        if _DATA & (entry.get("fieldsV1") or {}).keys()
    ]
    return max((datetime.fromisoformat(time) for time in times if time), default=None)
