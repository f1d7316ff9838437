# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What new pods of the workloads would lack, as the cluster is now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import references
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.reader import Configuration
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.references import Reference


def lacking(
    cluster: Cluster, live: Mapping[Workload, Mapping[str, Any]]
) -> dict[Workload, tuple[Reference, ...]]:
    """Return what new pods would lack, by workload; a workload that lacks nothing is left out.

    :raises FindingError: when the cluster does not let Secrets or ConfigMaps be read.
    """
    read = Configuration(cluster).read
    found = {
        workload: tuple(
            references.missing(references.required(now["spec"]["template"]["spec"]), read)
        )
        for workload, now in live.items()
    }
    return {workload: absent for workload, absent in found.items() if absent}


def finding(workload: object, absent: Collection[Reference]) -> Finding:
    """Return the error for a workload whose new pods would not start."""
    return CATALOGUE.finding(
        "new-pods-would-lack", where=str(workload), workload=workload, objects=text(absent)
    )


def text(absent: Collection[Reference]) -> str:
    """Return references as a part of a sentence."""
    return "; ".join(map(str, sorted(absent)))
