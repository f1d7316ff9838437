# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records that Helm writes are read in both forms in which it sends them."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.sent import (
    PROTOBUF,
    SentSecret,
    secret,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.guard import protobuf

RECORD = SentSecret(
    "sh.helm.release.v1.hub.v2",
    "helm.sh/release.v1",
    {"status": "pending-upgrade"},
    {"release": base64.b64encode(b"H4sI" * 100).decode()},
)


def test_protobuf_is_read() -> None:
    body = protobuf.secret(RECORD.name, labels=RECORD.labels, data={"release": b"H4sI" * 100})
    assert secret(PROTOBUF, body) == RECORD


def test_json_is_read() -> None:
    metadata = {"name": RECORD.name, "labels": RECORD.labels}
    body = {"metadata": metadata, "type": RECORD.type, "data": RECORD.data}
    assert secret("application/json", json.dumps(body).encode()) == RECORD


def test_fields_of_every_wire_type_are_stepped_over() -> None:
    numbers = protobuf.varint(7 << 3) + protobuf.varint(300)
    fixed = protobuf.varint(8 << 3 | 1) + b"12345678" + protobuf.varint(9 << 3 | 5) + b"1234"
    body = protobuf.secret("keys", kind="Opaque", more=numbers + fixed)
    assert secret(PROTOBUF, body) == SentSecret("keys", "Opaque", {}, {})


@given(st.binary(max_size=200))
def test_what_is_no_secret_is_refused_in_one_way(noise: bytes) -> None:
    for body in (noise, b"k8s\x00" + noise, protobuf.secret("x", data={"release": noise})[:-3]):
        try:
            secret(PROTOBUF, body)
        except ValueError:
            continue


def test_a_damaged_body_is_not_quoted() -> None:
    with pytest.raises(ValueError, match="no Secret") as caught:
        secret("application/json", b'{"metadata": "hush"}')
    assert "hush" not in str(caught.value)
