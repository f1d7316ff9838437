# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Helm sends when it writes a Secret: protobuf with its typed client, JSON with the other. Pure.

Only as much of protobuf as a Secret needs (protobuf.dev, "Encoding"; the envelope is that of
k8s.io/apimachinery/pkg/runtime, and the numbers of the fields are those of k8s.io/api/core/v1).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field

PROTOBUF = "application/vnd.kubernetes.protobuf"

_MAGIC = b"k8s\x00"
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_RAW = 2
"""The object in the envelope runtime.Unknown."""
_METADATA, _DATA, _TYPE = 1, 2, 3
"""Of a Secret."""
_NAME, _LABELS = 1, 11
"""Of ObjectMeta."""
_KEY, _VALUE = 1, 2
"""Of an entry of a map."""


@dataclass(frozen=True)
class SentSecret:
    """A Secret as it is written. `data` is base64, as in JSON."""

    name: str
    type: str
    labels: dict[str, str]
    data: dict[str, str] = field(repr=False)


def secret(content_type: str, body: bytes) -> SentSecret:
    """The Secret in the body of a request.

    :raises ValueError: when it is none.
    """
    try:
        return _of_protobuf(body) if content_type.startswith(PROTOBUF) else _of_json(body)
    except (IndexError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no Secret ({type(error).__name__})") from None  # it may quote the data


def _of_json(body: bytes) -> SentSecret:
    found = json.loads(body)
    metadata = found["metadata"]
    return SentSecret(
        name=metadata["name"],
        type=found.get("type", ""),
        labels=metadata.get("labels") or {},
        data=found.get("data") or {},
    )


def _of_protobuf(body: bytes) -> SentSecret:
    if not body.startswith(_MAGIC):
        raise ValueError("no protobuf of Kubernetes")
    found = _values(_one(body[len(_MAGIC) :], _RAW))
    metadata = _values(found[_METADATA][0])
    return SentSecret(
        name=metadata[_NAME][0].decode(),
        type=b"".join(found.get(_TYPE, [])).decode(),
        labels={key: value.decode() for key, value in _map(metadata.get(_LABELS, []))},
        data={key: base64.b64encode(value).decode() for key, value in _map(found.get(_DATA, []))},
    )


def _map(entries: list[bytes]) -> Iterator[tuple[str, bytes]]:
    for entry in entries:
        yield _one(entry, _KEY).decode(), _one(entry, _VALUE)


def _one(message: bytes, number: int) -> bytes:
    """The field of that number; a field that is left out is empty."""
    return (_values(message).get(number) or [b""])[-1]


def _values(message: bytes) -> dict[int, list[bytes]]:
    """The fields of a message that have a length, by number."""
    found: dict[int, list[bytes]] = {}
    position = 0
    while position < len(message):
        tag, position = _varint(message, position)
        number, kind = tag >> 3, tag & 7
        if kind == _LENGTH:
            length, position = _varint(message, position)
            end = position + length
            if end > len(message):
                raise ValueError("the message is cut off")
            found.setdefault(number, []).append(message[position:end])
            position = end
        elif kind == _VARINT:
            _number, position = _varint(message, position)
        elif kind in (_FIXED64, _FIXED32):
            position += 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"wire type {kind} is not known")
    return found


def _varint(message: bytes, position: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = message[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return number, position
        shift += 7
