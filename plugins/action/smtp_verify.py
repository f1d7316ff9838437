# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controller side of smtp_verify: looks into every ready pod of every workload, changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    OPTIONS,
    RELEASED,
    Option,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import Mode
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.cluster import ClusterStep
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.seen import verified


class ActionModule(ClusterStep):
    """Asserts what the pods really see."""

    options: ClassVar[Mapping[str, Option]] = {**OPTIONS, RELEASED.name: RELEASED}

    def work(self, raw: Mapping[str, Any], variables: Iterable[str], mode: Mode) -> dict[str, Any]:
        released = self._task.args.get(RELEASED.name) or {}
        return dict(released.get("verified") or {}) or super().work(raw, variables, mode)

    def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        self.require_release(plan)
        cluster = self.cluster(plan.target)
        workloads = self.workloads(cluster, plan, plan.redactor)
        return verified(plan, cluster, self.inspect(plan, cluster, workloads))
