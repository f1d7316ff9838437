# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the steps go on after a probe that has failed: for the sake of a killed run alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery import cause
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.unfinished import Unfinished
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import findings_of

KILLED_RUN_WAITS = "killed-run-waits"
"""The finding of a probe that has failed, and after which the steps go on."""


PASSES_OR_OTHERS = frozenset({"account-locked", "login-stopped", "relay-denied"})
"""What passes, or is as much about the recipients of a test mail, which no application is given: where only
the proof is owed, that does not make the settings in use wrong."""


def goes_on(left: Unfinished | None, result: Mapping[str, Any]) -> bool:
    """Whether the deployment follows a probe that has failed.

    Where only the proof is owed, it does when the relay will never take the settings, so that the proof
    may undo them. What may pass is waited for, and so is what may be a hiccup of the relay's DNS.

    :param left: what a killed run has left.
    :param result: of the probe.
    """
    if left is None:
        return False
    if left.half_written or left.unseen:
        return True
    relay = result.get("relay", {})
    errors = {finding.code for finding in findings_of(result) if finding.severity == "error"}
    errors -= PASSES_OR_OTHERS | set(relay.get("unconfirmed", ()))
    return cause.is_ours(errors) and not relay.get("transient")


def passed_over(result: Mapping[str, Any], release: str) -> list[Finding]:
    """The errors of a probe after which the steps have gone on; empty when it has not failed.

    :param result: of the probe, if there was one.
    :param release: the one that the steps are for; a play may have probed another before.
    """
    found = findings_of(result)
    if (KILLED_RUN_WAITS, f"release {release}") not in {(each.code, each.where) for each in found}:
        return []
    return [finding for finding in found if finding.severity == "error"]
