# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an upgrade of a release takes beside its values, which pods it rolls, and what it has made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import Ref
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.runner import FORCE_CONFLICTS
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import usable
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.look import wanted_changes
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.recovery import Recovery
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounts import Due

DESCRIPTION = "SMTP settings by mailops.smtp"


def description(reference: str | None) -> str:
    """What stands beside the revision in ``helm history``."""
    return f"{DESCRIPTION} ({reference})" if reference else DESCRIPTION


def known_secrets(plan: Plan, deployed: Revision) -> list[Secret]:
    """What must not show in an error of Helm or in a log: the secrets wanted, and what is in use."""
    return [
        *plan.description.secrets(),
        *values.known_secrets(deployed.values, plan.rendered.leaves),
    ]


def may_roll(
    plan: Plan, live: Mapping[Workload, Mapping[str, Any]]
) -> dict[Workload, Mapping[str, Any]]:
    """The workloads that an upgrade rolls, or the restart after it."""
    restarts = plan.run.restart == "auto"
    return {each: now for each, now in live.items() if restarts or each.rolls != "none"}


def taking_over(deployed: Revision, due: Due, hooks: Sequence[Ref]) -> tuple[str, ...]:
    """The flags with which the upgrade takes back from us what holds the workloads, and lets them roll.

    The guard has seen that there is nothing else to take over.

    :param hooks: those for whose sake nothing is held.
    """
    on_server = deployed.record.get("apply_method") == "ssa"
    return (FORCE_CONFLICTS,) if on_server and due.contested and not hooks else ()


def made(recovery: Recovery, plan: Plan) -> Revision:
    """The revision that the upgrade has made, read back.

    :raises FindingError: when it does not hold the values that were given, or was made of another
        revision than the one that was looked at.
    """
    recovery.upgraded()
    target, cluster = plan.target, recovery.way_back.cluster
    deployed = usable(cluster, target.release, plan.applications, plan.rendered.leaves)
    if wanted_changes(plan, deployed):
        raise FindingError(
            CATALOGUE.finding(
                "upgrade-not-recorded",
                where=f"release {target.release}",
                command=target.helm,
                release=target.release,
                namespace=target.namespace,
            )
        )
    return deployed
