# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths of the API, built from names that anybody may have written. Pure.

The HTTP library resolves ``.`` and ``..`` before it sends a request, so a name with a slash in it would
lead to another object. Every name passes `segment`, and every finished path passes `checked`.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
"""A DNS subdomain name, as the names of all objects are that this collection reads or writes
(kubernetes.io/docs/concepts/overview/working-with-objects/names)."""
_VERSION = re.compile(r"([a-z0-9.-]{1,253}/)?v[a-z0-9]{1,20}")
"""An apiVersion: the version alone, or its group before it."""


def is_name(text: object) -> bool:
    """Return whether a text is the name of an object: a DNS subdomain name."""
    return isinstance(text, str) and bool(_NAME.fullmatch(text)) and ".." not in text


def is_version(text: object) -> bool:
    """Return whether a text is an apiVersion, such as ``apps/v1``."""
    return isinstance(text, str) and bool(_VERSION.fullmatch(text)) and ".." not in text


def segment(name: str) -> str:
    """Return the name of an object as one segment of a path.

    :raises FindingError: for a text that is not the name of an object.
    """
    if not is_name(name):
        raise FindingError(_invalid(name))
    return quote(name, safe="")


def checked(path: str) -> str:
    """Return a path as it is, after a look at each of its segments.

    :param path: absolute, without the query.
    :raises FindingError: when a segment is empty, leads elsewhere, or hides a slash.
    """
    for part in path.removeprefix("/").split("/"):
        plain = unquote(part)
        if plain in ("", ".", "..") or re.search(r"[/\\%?#\s\x00-\x1f\x7f]", plain):
            raise FindingError(_invalid(plain))
    return path


def _invalid(name: object) -> Finding:
    return CATALOGUE.finding("name-invalid", where="name of an object", name=repr(name)[:120])
