# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Secret in the form in which Helm's typed client sends it."""

from __future__ import annotations

from collections.abc import Mapping


def field(number: int, value: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(number: int) -> bytes:
    found = b""
    while number > 0x7F:
        found += bytes([number & 0x7F | 0x80])
        number >>= 7
    return found + bytes([number])


def _map(number: int, entries: Mapping[str, bytes]) -> bytes:
    return b"".join(
        field(number, field(1, key.encode()) + field(2, value)) for key, value in entries.items()
    )


def secret(
    name: str,
    *,
    kind: str = "helm.sh/release.v1",
    labels: Mapping[str, str] | None = None,
    data: Mapping[str, bytes] | None = None,
    more: bytes = b"",
) -> bytes:
    """The envelope with a Secret in it; `more` stands at the end of its metadata."""
    marks = {key: value.encode() for key, value in (labels or {}).items()}
    metadata = field(1, name.encode()) + _map(11, marks) + more
    body = field(1, metadata) + _map(2, data or {}) + field(3, kind.encode())
    type_meta = field(1, b"v1") + field(2, b"Secret")
    return b"k8s\x00" + field(1, type_meta) + field(2, body) + field(3, b"") + field(4, b"")
