# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is worth knowing about a description that is sound: warnings and caveats."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.policy import unidentified
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.work import Work
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset import lookup
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.model import Preset

TLS_SETTINGS = ("ca_pem", "ca_path", "client_cert", "server_name")


PLACEHOLDERS = frozenset(
    {"none", "null", "nil", "undefined", "changeme", "change-me", "change_me", "todo", "tbd", "xxx"}
)
"""What templates and surveys leave where a value is missing, in lower case."""


def advice(work: Work, description: Description, preset: Preset | None) -> Iterator[Finding]:
    """The findings, the weightiest first."""
    yield from _security(work, description)
    yield from _placeholders(work, description)
    yield from _region(work, preset)
    if preset is not None:
        yield from _relay(work, description, preset)
        yield from _login(work, description, preset)
    sink = lookup.sink_of(description.provider, description.host, description.username)
    if sink is not None:
        yield work.finding("preset-sink", "provider", title=sink.title)
    for known in {entry.name: entry for entry in (preset, sink) if entry}.values():
        for caveat in known.caveats:
            if description.auth in caveat.auth:
                username = description.username or "ADDRESS"
                yield work.finding(caveat.entry.code, "provider", username=username)


def _security(work: Work, description: Description) -> Iterator[Finding]:
    if unidentified(description):
        yield work.finding("anonymous-relay", "auth", host=description.host)
    if description.security != "none":
        if not description.validate_certs:
            yield work.finding("verification-off", "validate_certs", host=description.host)
    else:
        if description.auth != "none":
            yield work.finding(
                "credentials-unencrypted-allowed",
                "security",
                policy=work.place("policy.allow_unencrypted_credentials"),
            )
        for name in TLS_SETTINGS:
            if name in work.fields:
                yield work.finding("tls-setting-unused", name)
    for name in ("from_address", "envelope_from", "reply_to"):
        value = getattr(description, name)
        if value and not value.isascii():
            yield work.finding("address-internationalised", name, value=value)


def _placeholders(work: Work, description: Description) -> Iterator[Finding]:
    given = {"username": description.username, "password": description.password.reveal()}
    for name, value in given.items():
        if value.strip("<>").lower() in PLACEHOLDERS:
            yield work.finding("login-placeholder", name)


def _region(work: Work, preset: Preset | None) -> Iterator[Finding]:
    if "region" not in work.fields:
        return
    reason = None
    if preset is None:
        reason = "smtp_provider is not given"
    elif not preset.has_regions:
        reason = f"{preset.title} has one relay for all"
    elif "host" in work.fields:
        reason = "smtp_host is given"
    if reason is not None:
        yield work.finding("preset-region-unused", "region", reason=reason)


def _relay(work: Work, description: Description, preset: Preset) -> Iterator[Finding]:
    """Where what is given departs from what the provider lists."""
    security, port = description.security, description.port
    if preset.host and not lookup.owns(preset, description.host.lower()):
        yield work.finding(
            "preset-host-foreign",
            "host",
            host=description.host,
            title=preset.title,
            usual=preset.host.replace("{region}", "REGION"),
        )
    if port not in preset.ports.get(security, ()):
        yield work.finding(
            "preset-port-unlisted",
            "port",
            port=port,
            security=security,
            title=preset.title,
            listed=pairs(preset),
        )
    if description.auth not in preset.auth:
        listed = ", ".join(preset.auth)
        facts = {"auth": description.auth, "title": preset.title, "listed": listed}
        yield work.finding("preset-auth-unlisted", "auth", **facts)


def _login(work: Work, description: Description, preset: Preset) -> Iterator[Finding]:
    """Where the credentials do not look like the provider's."""
    rule, username = preset.username, description.username
    right = rule and (rule.pattern or (rule.literal and re.escape(rule.literal)))
    if rule and right and username and not re.fullmatch(right, username):
        shown = "" if description.username_is_secret else f" {username!r}"
        facts = {"username": shown, "title": preset.title, "meaning": rule.meaning}
        yield work.finding("preset-username-unlikely", "username", **facts)
    password = description.password.reveal()
    for mistake in preset.mistakes if password else ():
        if re.fullmatch(mistake.pattern, password):
            facts = {"title": preset.title, "meaning": mistake.meaning, "remedy": mistake.fix}
            yield work.finding("preset-password-unlikely", "password", **facts)


def pairs(preset: Preset) -> str:
    """The provider's ports for a sentence: ``starttls on 587 or 25, tls on 465``."""
    return ", ".join(
        f"{security} on {' or '.join(map(str, ports))}" for security, ports in preset.ports.items()
    )
