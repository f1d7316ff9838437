# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The relay: its provider, its host, its port and its security."""

from __future__ import annotations

import re

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import without_login
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.layers import BLOCK
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    PORT_OF,
    SECURITIES,
    SECURITY_OF,
    Security,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import hint, nearest
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.work import Work
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset import lookup
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.model import Preset

OCTAL = (0o25, 0o465)
"""What YAML makes of ``025`` and ``0465``; no relay listens there. (In ``0587`` it sees a text.)"""

_SPEAKS = {
    "tls": "speaks TLS from the first byte (RFC 8314)",
    "starttls": "begins in plain text and changes to TLS with STARTTLS (RFC 6409, RFC 3207)",
    "none": "begins in plain text (RFC 5321)",
}


def provider(work: Work) -> Preset | None:
    """The provider that is named, or else the one that the host belongs to."""
    name: str | None = work.take("provider")
    if name is not None:
        found = lookup.named(name)
        if found is None:
            near = lookup.suggestion(name)
            known = ", ".join(lookup.BY_NAME)
            work.complain(
                "preset-unknown",
                "provider",
                value=without_login(name),
                hint=hint(near),
                choices=known,
            )
        return found
    host: str | None = work.get("host")
    found = lookup.of_host(host) if host and work.is_sound("provider") else None
    if found is not None:
        work.provenance["provider"] = "follows from host"
    return found


def host(work: Work, preset: Preset | None) -> str:
    """The host that is given, or else the provider's."""
    given = work.host("host")
    if given is not None or not work.is_sound("host", "provider"):
        return given or ""
    if preset is not None and preset.host:
        work.provenance["host"] = f"preset {preset.name}"
        return _host_of(work, preset)
    replaced = work.merged.replaced
    if replaced is None:
        work.complain("host-missing", "host")
    else:
        work.complain("connection-replaced", "host", given=replaced.place)
        work.unsound |= BLOCK  # without a relay nothing is to be said about the way in
    return ""


def _host_of(work: Work, preset: Preset) -> str:
    """The provider's host in the region that is given, or else in its usual one."""
    if not preset.has_regions:
        return preset.host
    names = list(preset.regions)
    given: str | None = work.get("region")
    region = given.lower() if given else next(iter(names), None)
    if region is None:
        if work.is_sound("region"):
            example = preset.region_example
            work.complain("preset-region-missing", "region", title=preset.title, example=example)
        return ""
    if region not in names and not re.fullmatch(preset.region_pattern or r"(?!)", region):
        work.complain(
            "preset-region-unknown",
            "region",
            value=region,
            title=preset.title,
            hint=hint(nearest(region, names)),
            choices=f"one of: {', '.join(names)}"
            if names
            else f"a name like {preset.region_example}",
        )
    return preset.host.replace("{region}", preset.regions.get(region, region))


def port_and_security(work: Work, preset: Preset | None) -> tuple[int, Security]:
    """Both as given; where one is missing, what the other means to the provider or to everybody."""
    port: int | None = work.number("port", 1, 65535)
    if port in OCTAL:
        work.complain("port-octal", "port", port=port, written=f"0{port:o}", meant=f"{port:o}")
    if work.get("security") == "auto":
        work.complain("security-not-declared", "security")
    given: Security | None = work.choose("security", SECURITIES)
    if not work.is_sound("port", "security"):
        return 0, "starttls"
    listed = preset.ports if preset else {}
    of_preset = f"preset {preset.name}" if preset else "default"
    if port is None:
        usual: Security = next(iter(listed), "starttls")
        security = given or usual
        if given is None:
            work.provenance["security"] = of_preset
        work.provenance["port"] = of_preset if security in listed else "follows from security"
        return usual_port(security, preset), security
    spoken = [each for each, ports in listed.items() if port in ports]
    known = spoken[0] if spoken else SECURITY_OF.get(port)
    if given is None:
        work.provenance["security"] = of_preset if spoken else "follows from port"
        if known is None:
            work.complain("security-missing", "security", port=port)
        return port, known or "starttls"
    if known is not None and given not in spoken and (known == "tls") != (given == "tls"):
        work.complain(
            "port-security-contradiction",
            "port",
            port=port,
            security=given,
            speaks=_SPEAKS[known],
            suggested=known,
            suggested_port=usual_port(given, preset),
        )
    return port, given


def usual_port(security: Security, preset: Preset | None) -> int:
    """The port that one takes for a security."""
    listed = preset.ports if preset else {}
    return listed[security][0] if security in listed else PORT_OF[security]
