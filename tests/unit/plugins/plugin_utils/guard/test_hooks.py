# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hooks Helm waits for, and when."""

from __future__ import annotations

from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.hooks import (
    AFTER_ROLLBACK,
    AFTER_UPGRADE,
    waited_for,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import Ref
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision


def hook(kind: str, name: str, *moments: str) -> dict[str, Any]:
    manifest = f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\n"
    return {"manifest": manifest, "events": list(moments)}


def test_a_job_or_a_pod_is_waited_for_at_its_moments_and_nothing_else_is() -> None:
    made = revision(
        hooks=[
            hook("Job", "migrate", "pre-upgrade"),
            hook("Job", "smoke", "post-install", AFTER_UPGRADE, AFTER_ROLLBACK),
            hook("Pod", "test", AFTER_UPGRADE),
            hook("Ingress", "web", AFTER_UPGRADE),
        ]
    )
    assert waited_for(AFTER_UPGRADE, made, "apps") == [Ref("Job", "smoke"), Ref("Pod", "test")]
    assert waited_for(AFTER_ROLLBACK, made, "apps") == [Ref("Job", "smoke")]
