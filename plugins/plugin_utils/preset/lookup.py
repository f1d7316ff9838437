# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the provider that is meant: by its name, by a host, or by a user name."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import nearest
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.model import Preset
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.table import PRESETS

BY_NAME = {preset.name: preset for preset in PRESETS}
_HOST_IN_TEXT = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LONGEST_TEXT = 1000
"""Characters of a text in which a host is looked for."""
ALSO_CALLED = {other: preset.name for preset in PRESETS for other in preset.also_called}


def named(name: str) -> Preset | None:
    """The provider of that name; upper case, spaces and dashes are as good as the table's spelling."""
    return BY_NAME.get(normal(name))


def normal(name: str) -> str:
    """A provider's name in the table's spelling."""
    return re.sub(r"[\s.-]+", "_", name.strip().lower())


def suggestion(name: str) -> str | None:
    """The provider that was most likely meant by an unknown name."""
    wanted = normal(name)
    return ALSO_CALLED.get(wanted) or nearest(wanted, BY_NAME)


def of_host(host: str) -> Preset | None:
    """The provider that a host belongs to, if it is a known one. A test sink counts only by a host of its own."""
    bare = host.rstrip(".").lower()
    found = [preset for preset in PRESETS if owns(preset, bare)]
    return min(found, key=lambda preset: preset.sink, default=None)


def owns(preset: Preset, host: str) -> bool:
    """Whether a host belongs to the provider."""
    return bool(_hosts(preset.name).fullmatch(host))


def sink_of(provider: str | None, host: str, username: str) -> Preset | None:
    """The test sink that mail goes to: the provider itself, or by a user name that only a sink has."""
    preset = BY_NAME.get(provider or "")
    if preset is not None and preset.sink:
        return preset
    owner = of_host(host)
    for other in PRESETS:
        rule = other.username
        if other.sink and rule and rule.pattern and owner and owns(other, host.lower()):
            own_rule = rule != owner.username
            if own_rule and re.fullmatch(rule.pattern, username):
                return other
    return None


def name_token_host(texts: Iterable[str]) -> bool:
    """Whether one of some texts names a host of a provider whose user name can be the password as well."""
    hosts = {
        host for text in texts if len(text) <= _LONGEST_TEXT for host in _HOST_IN_TEXT.findall(text)
    }
    presets = map(of_host, hosts)
    return any(preset and preset.username and preset.username.is_token for preset in presets)


@functools.cache
def _hosts(name: str) -> re.Pattern[str]:
    """What every host of a provider matches as a whole."""
    preset = BY_NAME[name]
    regions = "|".join(map(re.escape, preset.regions.values())) or preset.region_pattern or ""
    own = re.escape(preset.host).replace(re.escape("{region}"), f"(?:{regions})")
    return re.compile("|".join(filter(None, (own, preset.recognised_by))) or r"(?!)")
