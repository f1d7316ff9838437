# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credentials of a kubeconfig on their way to the API server, and never on any other. Pure."""

from __future__ import annotations

import re

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import MASK

_VALUE = re.compile(r"[\t\x20-\x7e]*")
"""What a header may hold (RFC 9110 section 5.5), without the bytes that no credential has."""
_LOGIN = re.compile(r"(?<=//)[^\s'\"<>]*@")
"""User name and password before the host of a URL; greedy, because a password may hold a slash or an @."""


def header(value: str) -> str:
    """Return the value of a header that says who asks, without the line end that a file has given it.

    :raises ValueError: when no header can hold it. It does not quote the value.
    """
    stripped = value.strip()
    if not _VALUE.fullmatch(stripped):
        raise ValueError("its token has a character that no header can hold, such as a line end")
    return stripped


def without_logins(text: str) -> str:
    """Return a text with the login of each URL in it replaced."""
    return _LOGIN.sub(f"{MASK}@", text)


def without_login(url: str) -> str:
    """Return a URL without the login that it may hold."""
    return _LOGIN.sub("", url)
