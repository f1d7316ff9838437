# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects are compared by what people write, and not by what the API server keeps of its own."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import compared


def test_what_the_api_server_counts_is_not_compared() -> None:
    kept = {"example.com/kept": "yes"}
    annotations = {**kept, "deprecated.daemonset.template.generation": "2"}
    metadata = {"uid": "u", "generation": 3, "annotations": annotations}
    found = {"kind": "DaemonSet", "metadata": metadata, "status": {}}
    assert compared(found) == {
        "kind": "DaemonSet",
        "metadata": {"annotations": kept},
    }
