# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pods that an upgrade makes would lack to start. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.hooks import Hook
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    Object,
    Ref,
    pod_spec,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout import state
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import references
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.lacking import finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.references import Read


def would_lack(
    live: Mapping[Workload, Object],
    would: Mapping[Ref, Any],
    made: Mapping[Ref, Hook],
    read: Read,
) -> list[Finding]:
    """Return an error for each workload whose new pods would not start.

    :param live: the workloads as they are; those without pods are left out.
    :param would: objects as they would be; `None` for one that would be deleted.
    :param made: the hooks of the upgrade. What a pod of a hook makes cannot be told, so nothing is said
        where there is one.
    :param read: reads a Secret or ConfigMap as it would be.
    """
    if any(pod_spec(hook.object) for hook in made.values()):
        return []

    def there(kind: str, name: str) -> Object | None:
        hook = made.get(Ref(kind, name))
        return hook.object if hook else read(kind, name)

    found: dict[str, Finding] = {}
    for workload, now in live.items():
        thing = would.get(Ref(workload.kind, workload.name)) or now
        lacking = references.missing(references.required(pod_spec(thing)), there)
        if lacking and state.wanted(now) > 0:
            found[str(workload)] = finding(workload, lacking)
    return list(found.values())
