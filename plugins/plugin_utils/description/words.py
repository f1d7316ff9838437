# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A description in one sentence, without secrets."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description


def in_words(description: Description) -> str:
    """Which relay, how the connection is protected, who logs in, and who sends."""
    if not description.enabled:
        return "mail is switched off"
    host = f"[{description.host}]" if ":" in description.host else description.host
    relay = f"{host}:{description.port} with security {description.security}"
    sender = f", from {description.from_address}" if description.from_address else ""
    return f"{relay}, {_login(description)}{sender}"


def _login(description: Description) -> str:
    if description.auth == "none":
        return "without a login"
    if description.username_is_secret:
        return "with a token for both user name and password"
    user = f"as {description.username}" if description.username else "as the user"
    if description.existing_secret is not None:
        return f"{user} with the login in Secret {description.existing_secret.name}"
    return f"{user} with OAuth" if description.auth == "oauth" else user
