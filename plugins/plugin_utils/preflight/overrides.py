# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would go before the settings of a plan, looked for before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.override import (
    coalesced,
    in_values,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import overriding
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.reader import (
    Configuration,
    container_of,
)

Live = Mapping[Workload, Mapping[str, Any]]


def overrides(plan: Plan, cluster: Cluster, deployed: Revision, live: Live) -> list[Finding]:
    """Return what goes before the settings: in the values as they will be, and in the workloads.

    A variable that the values set is told by its place in the values alone.

    :param deployed: the revision in use.
    :raises FindingError: when the cluster does not let a Secret or ConfigMap be read.
    """
    rendered = plan.rendered
    if not rendered.overrides:
        return []
    wanted = values.apply(deployed.values, rendered.leaves, deployed.defaults)
    found = list(
        in_values(rendered.overrides, coalesced(wanted, deployed.defaults), rendered.leaves)
    )
    # What hides is read in the workloads.
    told = [finding for finding, _name in found if finding.code != "mail-source-unread"]
    known = {name.strip("[]") for _finding, name in found}
    told += _of_workloads(plan, cluster, live, known)
    return list(dict.fromkeys(told))


def _of_workloads(plan: Plan, cluster: Cluster, live: Live, known: set[str]) -> Iterator[Finding]:
    configuration = Configuration(cluster)
    for workload, now in live.items():
        wanted = plan.rendered.evidence[workload]
        container = container_of(now["spec"]["template"]["spec"], workload.container)
        environment = overriding.of_specification(
            container, wanted, configuration.secret, configuration.config_map
        )
        new = {name: value for name, value in environment.items() if name not in known}
        where = f"container {workload.container} of {workload}"
        yield from overriding.findings(wanted, new, {}, where)
