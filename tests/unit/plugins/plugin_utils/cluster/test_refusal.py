# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API server refuses is told in its own words, and without headers."""

from __future__ import annotations

import pytest
from kubernetes.client import ApiException

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import refusal

REFUSED = "Handshake status 403 Forbidden -+-+- {'audit-id': 'x'} -+-+- "


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (f'{REFUSED}{{"message": "pods is forbidden"}}\n', "pods is forbidden"),
        (f"{REFUSED}None", "Handshake status 403 Forbidden"),
        ("timed out", "timed out"),
    ],
)
def test_a_refused_command_is_told_by_the_servers_message(reason: str, words: str) -> None:
    assert refusal.words(ApiException(status=0, reason=reason)) == words
