# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the changes of a rollback may be made: what the release has had in this cluster. Pure.

The record of the revision that it goes back to is input. What decides is the evidence, and the templates
that the cluster keeps of the workloads (ReplicaSets, ControllerRevisions), which nobody writes who may
only write Secrets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard import judge
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import Change
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.compare import (
    Path,
    bare,
    differences,
    touch,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.mail_places import (
    is_config,
    is_variable_of_mail,
    loads_code,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    CONFIG_KINDS,
    Object,
    Ref,
)

_TEMPLATE: Path = ("spec", "template")
_SET_BY_OTHERS: tuple[Path, ...] = (("spec", "replicas"), ("spec", "paused"))
"""Fields of a workload that an autoscaler sets, or that hold it; neither is code."""


@dataclass(frozen=True)
class Past:
    """What the cluster knows of the workloads that a rollback changes.

    :param templates: those that each workload has had.
    :param after: the objects as they would be.
    """

    templates: Mapping[Ref, Sequence[Object]] = field(repr=False)
    after: Mapping[Ref, Object] = field(repr=False)

    def has_had(self, change: Change) -> bool:
        """Whether a pod template of the workload has had at this place what it would have again."""
        if change.path[:2] != _TEMPLATE:
            return False
        would = _template(self.after.get(change.ref, {}))
        inside = change.path[2:]
        return any(
            not any(touch(each.path, inside) for each in differences(template, would))
            for template in self.templates.get(change.ref, ())
        )


def _template(thing: Object) -> Any:
    return (thing.get("spec") or {}).get("template")


def findings(
    found: judge.Sorted,
    past: Past,
    clean: Callable[[str], str],
    facts: Mapping[str, Any],
    reasons: Mapping[Ref, str],
) -> list[Finding]:
    """Return what stands against a rollback, and warnings; the parameters are those of `judge.judge`."""
    told = [("change-outside-release", change) for change in found.guarded]
    told += [("change-allowed", change) for change in found.allowed]
    told += _told(found.open, past)
    return list(judge.told_of(told, clean, {**facts, "action": "rollback"}, reasons))


def _told(changes: Iterable[Change], past: Past) -> Iterable[tuple[str, Change]]:
    for change in changes:
        refusal = judge.refusal(change)
        if refusal:
            yield refusal, change
        elif not (
            _is_config(change)
            or change.path in _SET_BY_OTHERS
            or is_variable_of_mail(change)
            or past.has_had(change)
        ):
            yield "rollback-changes-other", change


def _is_config(change: Change) -> bool:
    """Whether it is configuration that no runtime takes code from, or something that goes."""
    if change.kind == "deleted":
        return True
    if change.ref.kind not in CONFIG_KINDS:
        return False
    if change.kind == "new":
        return is_config(change.ref, change.after)
    return not any(map(loads_code, map(bare, change.path[1:2])))
