# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a first configuration spends on looking before anything is changed: preflight and guard, by themselves."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.guard import Guard
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.runner import Helm
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan, make
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.look import Look, look
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from tests.bench.pairs import Way


class Share:
    """Looks at one release that has no mail yet, as often as wanted, and changes nothing."""

    def __init__(self, description: Mapping[str, Any], folder: str) -> None:
        """
        :param description: the variables of the release.
        :param folder: of this user alone.
        """
        self._plan: Plan = make(
            {name.removeprefix("smtp_"): value for name, value in description.items()}
        )
        target = self._plan.target
        self._cluster = Cluster(target.kubeconfig, None, target.namespace, folder)
        self._helm = Helm(target.helm, target.release, target.namespace, folder, target.kubeconfig)
        self._found: Look

    def _live(self) -> dict[Workload, dict[str, Any]]:
        return {
            workload: self._cluster.workload(workload.kind, workload.name) or {}
            for workload in self._plan.rendered.workloads
        }

    def look(self) -> None:
        """All that is looked at before the trial."""
        release = self._plan.target.release
        self._found = look(
            self._plan,
            self._cluster,
            self._helm,
            self._live,
            lambda: self._cluster.revisions(release),
        )

    def guard(self) -> None:
        """The trial, and what is made of it, after a look."""
        plan, found = self._plan, self._found
        deployed = found.deployed
        wanted = values.apply(deployed.values, plan.rendered.leaves, deployed.defaults)
        secrets = tuple(plan.description.secrets())
        guard = Guard(self._helm, self._cluster, plan.evidence, (), secrets)
        with self._helm.chart(deployed, found.source) as chart:
            guard.approve(deployed, chart, wanted, found.live, from_source=bool(found.source))


def measured(
    description: Mapping[str, Any], rounds: int
) -> tuple[Sequence[float], Sequence[float]]:
    """The seconds of the look and of the guard, round by round."""
    with tempfile.TemporaryDirectory() as folder:
        share = Share(description, folder)
        ways = Way("look", share.look), Way("guard", share.guard)
        seconds = [tuple(way.seconds() for way in ways) for _round in range(rounds)]
    looks, guards = zip(*seconds, strict=True)
    return looks, guards
