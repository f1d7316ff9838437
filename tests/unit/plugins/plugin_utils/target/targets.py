# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile for each kind of target, as a user would write it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

SUPPORTS = {
    "security": {"starttls": [], "tls": [], "none": []},
    "auth": ["none", "password"],
    "fields": ["from_name"],
    "disabled": True,
}
VALUES = {
    "host": "{{ host }}",
    "port": "{{ port }}",
    "on": "{{ enabled }}",
    "login": {"user": "{{ username or omit }}", "password": "{{ password if password else omit }}"},
    "name": "{{ from_name or '' }}",
}
FLAT = {
    "HOST": "{{ host }}",
    "PORT": "{{ port }}",
    "ON": "{{ enabled }}",
    "PASSWORD": "{{ password or omit }}",
}
FORM = {
    "Host": "{{ host }}",
    "Port": "{{ port }}",
    "TLS": "{{ security != 'none' }}",
    "Name": "{{ from_name or '' }}",
    "Note": "{{ omit }}",
    "Other": "{{ keep }}",
    "Password": "{{ password if password else omit }}",
}
TARGETS: Mapping[str, Mapping[str, Any]] = {
    "file": {"values": VALUES, "file": {"name": "mail.yaml", "format": "yaml"}},
    "json": {"values": VALUES, "file": {"name": "mail.json", "format": "json"}},
    "document": {"values": VALUES, "document": {"block": "smtp"}},
    "api": {
        "values": VALUES,
        "api": {
            "method": "PUT",
            "path": "/v1/smtp",
            "check": {"method": "POST", "path": "/v1/try"},
        },
    },
    "form": {
        "values": FORM,
        "form": {"where": "Settings, Mail", "who": "an administrator", "note": "Press Save."},
        "log": "the page Logs",
    },
    "env": {"values": FLAT, "supports": {**SUPPORTS, "fields": []}},
}


def profile(folder: Path, kind: str, **changes: Any) -> str:
    """The path of a profile of that kind."""
    document = {
        "name": "notes",
        "title": "Notes",
        "target": {"json": "file"}.get(kind, kind),
        "supports": SUPPORTS,
        "proof": "Press Test.",
        **TARGETS[kind],
        **changes,
    }
    path = folder / f"{kind}.profile.yml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return str(path)
