# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuses an upgrade whose chart does not read the settings, by the same rendering as the guard's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.canary import (
    Reading,
    RefusedError,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import Upstream
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.trial import of_upgrade
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.runner import Helm
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Leaf

REFUSED = "upgrade-would-fail"
SCHEMA = "meet the specifications of the schema"
"""Helm's words when the values do not fit the chart's schema (pkg/chartutil/jsonschema.go)."""


@dataclass(frozen=True)
class _Trials:
    """Renders by the trial of an upgrade, which changes nothing."""

    helm: Helm
    upstream: Upstream
    chart: Sequence[str]
    secrets: Sequence[Secret] = field(repr=False)

    def __call__(self, given: Mapping[str, Any]) -> Revision:
        try:
            return of_upgrade(
                self.helm, self.upstream, self.chart, given, secrets=self.secrets
            ).revision
        except FindingError as error:
            refusal = next((each for each in error.findings if each.code == REFUSED), None)
            if refusal is None:
                raise
            raise RefusedError(schema=SCHEMA in refusal.message) from None


def require_read(
    helm: Helm,
    upstream: Upstream,
    chart: Sequence[str],
    deployed: Revision,
    *,
    leaves: Sequence[Leaf],
    secrets: Sequence[Secret],
) -> list[Finding]:
    """Sees that the chart reads every setting that is written into its values.

    :param chart: the arguments of Helm that name the chart.
    :param deployed: the revision in use.
    :param leaves: the settings.
    :param secrets: what must not show in Helm's words.
    :returns: warnings.
    :raises FindingError: for the keys that the chart does not read.
    """
    given = values.apply(deployed.values, leaves, deployed.defaults)
    trials = _Trials(helm, upstream, chart, secrets)
    outcome = Reading(trials, given, deployed.defaults, helm.namespace).outcome(leaves)
    where, chart_name = f"release {helm.release}", f"{deployed.chart_name} {deployed.chart_version}"
    found = [
        CATALOGUE.finding(code, where=where, keys=", ".join(keys), chart=chart_name)
        for code, keys in (
            ("values-not-read", outcome.unread),
            ("values-read-unknown", outcome.untold),
        )
        if keys
    ]
    if outcome.unread:
        raise FindingError(*found)
    return found
