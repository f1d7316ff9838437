# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is to say of what was changed in a release, or would be. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.values import Change
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan, Target
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.drift import Drift
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.findings import (
    CATALOGUE as ROLLOUT,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounts import Due
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.lacking import text
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.references import Reference


def shared_settings(plan: Plan, changes: Sequence[Change]) -> list[Finding]:
    """A finding for every changed value that is not for mail alone."""
    shared = plan.rendered.shared
    return [
        CATALOGUE.finding(
            "shared-setting-changes",
            where=change.key,
            before=change.before,
            after=change.after,
            reach=shared[change.key].reach,
            variable=shared[change.key].variable,
        )
        for change in changes
        if change.key in shared and change.effective
    ]


def restarts_left(owed: Sequence[Workload], target: Target, drift: Drift) -> Finding:
    """What to say of restarts that are not made.

    :param drift: what new pods would lack; nobody is advised to restart pods that would not come back.
    """
    places = ", ".join(map(str, owed))
    lacking = drift.of(owed)
    if lacking:
        return ROLLOUT.finding("restart-left-unsafe", where=places, objects=text(lacking))
    return ROLLOUT.finding("restart-left", where=places, namespace=target.namespace)


def message(
    plan: Plan,
    deployed: Revision,
    changes: Sequence[Change],
    due: Due,
    restarting: Sequence[Workload],
    *,
    restored: Collection[Reference],
    made_up: str,
    check: bool,
) -> str:
    """All of it in one line.

    :param deployed: the revision that is in use then.
    :param due: what was done about the private CA.
    :param restored: what the upgrade has brought back that somebody had deleted.
    :param made_up: what of a killed run this one has made up for; empty when nothing.
    :param check: whether it was only seen, and nothing changed.
    """
    release = f"release {plan.target.release}"
    would = "would be " if check else ""
    parts = []
    if changes:
        number = "" if check else f" to revision {deployed.number}"
        parts.append(f"{would}upgraded{number} ({', '.join(change.key for change in changes)})")
    if restored:
        number = "" if check or changes else f" by revision {deployed.number}"
        parts.append(f"{would}restored{number}: {text(restored)}")
    parts += [f"private CA {would}{change}" for change in due.changes]
    if due.left_held:
        parts.append(f"{would}let go, as a run that was killed has left it held: {due.left}")
    if restarting:
        parts.append(f"{would}restarted: {', '.join(map(str, restarting))}")
    if made_up:
        parts.append(made_up)
    return f"{release}: " + ("; ".join(parts) or f"nothing to change (revision {deployed.number})")
