# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An application misreads a password wherever it lies: one given beside an existing Secret is looked at too."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils import plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import codes
from tools import application_pages

MISREAD = {
    "authentik": ("env:HOME", "authentik-password-uri"),
    "discourse": ("a#b", "discourse-password-misread"),
    "gitea": (" blank", "gitea-trimmed-password"),
    "grafana": ("$__file{/etc/passwd}", "grafana-password-expanded"),
    "mastodon": ("off", "mastodon-password-yaml"),
    "n8n": ("'quoted'", "n8n-trimmed-password"),
    "zulip": ("blank ", "zulip-trimmed-password"),
}
HARMLESS_IN_A_SECRET = {
    "rocketchat": ("a$$b", "rocketchat-password-dollar"),
    "sentry": ("a$$b", "sentry-password-dollar"),
    "zulip": ("a$$b", "zulip-variable-in-password"),
}


def told(name: str, password: str, **more: Any) -> list[str]:
    raw = application_pages.description(load(name), "password", "starttls", "public CA")
    try:
        return codes(plan.make({**raw, **more, "password": password}).findings)
    except FindingError as error:
        return codes(error.findings)


@pytest.mark.parametrize("name", MISREAD)
def test_what_the_application_misreads_is_told_of_a_password_in_a_secret(name: str) -> None:
    password, code = MISREAD[name]
    assert code in told(name, password, existing_secret="mail-login")
    assert code not in told(name, "harmless", existing_secret="mail-login")


@pytest.mark.parametrize("name", HARMLESS_IN_A_SECRET)
def test_what_only_values_do_to_a_password_is_not_told_of_one_in_a_secret(name: str) -> None:
    password, code = HARMLESS_IN_A_SECRET[name]
    security = {} if name != "rocketchat" else {"security": "none", "port": 25}
    security |= {"policy": "allow_unencrypted_credentials"} if security else {}
    assert code in told(name, password, **security)
    assert code not in told(name, password, existing_secret="mail-login", **security)
