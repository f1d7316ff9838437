# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pods of a release need and the cluster does not have, so that a roll would be an outage."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import Ref, of_manifest
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import unreadable
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout import state
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import references
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.lacking import (
    finding,
    lacking,
    text,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.references import Reference

Live = Mapping[Workload, Mapping[str, Any]]


@dataclass(frozen=True)
class Drift:
    """What is missing of that which new pods need.

    :param lacking: by workload; one without pods is left out.
    :param own: what of it the release should have, by its record. The record is input: it decides what is
        tried, and the guard what is made.
    """

    release: str = ""
    lacking: Mapping[Workload, tuple[Reference, ...]] = field(default_factory=dict)
    own: frozenset[Reference] = frozenset()

    def findings(self, *, upgrades: bool) -> list[Finding]:
        """Return warnings: what a run brings back, and what keeps new pods from starting.

        :param upgrades: whether other values come, after which pods may need something else.
        """
        told = [] if upgrades else self._against(self.lacking)
        found = [replace(each, severity="warning") for each in told]
        if self.own:
            found.append(
                CATALOGUE.finding(
                    "release-object-missing",
                    where=f"release {self.release}",
                    release=self.release,
                    objects=text(self.own),
                )
            )
        return found

    def require(self, rolling: Collection[Workload]) -> None:
        """Refuse to roll workloads whose new pods would not start.

        :raises FindingError: that names what they lack.
        """
        found = self._against(rolling, own=True)
        if found:
            raise FindingError(*found)

    def of(self, workloads: Collection[Workload]) -> set[Reference]:
        """Return what the new pods of these workloads would lack."""
        return {each for workload in workloads for each in self.lacking.get(workload, ())}

    def _against(self, workloads: Collection[Workload], *, own: bool = False) -> list[Finding]:
        """One error for each workload.

        :param own: whether what the release should have counts too.
        """
        found = {
            str(workload): absent
            for workload in workloads
            if (absent := {each for each in self.of([workload]) if own or each not in self.own})
        }
        return [finding(name, absent) for name, absent in found.items()]


def find(cluster: Cluster, live: Live, deployed: Revision) -> Drift:
    """Return what is missing.

    :param deployed: the revision in use.
    :raises FindingError: when the cluster does not let Secrets or ConfigMaps be read.
    """
    wanting = {workload: now for workload, now in live.items() if state.wanted(now) > 0}
    found = lacking(cluster, wanting)
    if not found:
        return Drift(deployed.release)
    try:
        rendered = of_manifest(deployed.manifest, cluster.namespace)
    except ValueError as error:
        raise FindingError(unreadable(deployed.release, cluster.namespace, error)) from None
    every = {each for absent in found.values() for each in absent}
    own = frozenset(each for each in every if _has(rendered.get(Ref(each.kind, each.name)), each))
    return Drift(deployed.release, found, own)


def _has(thing: Mapping[str, Any] | None, reference: Reference) -> bool:
    return thing is not None and (not reference.key or reference.key in references.keys(thing))
