# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of tags and values, as DKIM keys (RFC 6376 section 3.2) and DMARC records have them."""

from __future__ import annotations


def parse(record: str) -> dict[str, str]:
    """Return the tags in their order. Raises ValueError for what is no such list."""
    tags: dict[str, str] = {}
    for part in record.split(";"):
        if not part.strip():
            continue
        name, equals, value = part.partition("=")
        name = name.strip()
        if not equals or not name:
            raise ValueError(f"'{part.strip()}' is no tag with a value")
        if name in tags:
            raise ValueError(f"the tag {name} stands there twice")
        tags[name] = value.strip()
    return tags
