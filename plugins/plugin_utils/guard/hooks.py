# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hooks of a release that an upgrade or a rollback runs. Pure.

Hooks are not in the manifest, and Helm keeps no watch over what they have made: it deletes and makes
them anew, whether anything in them has changed or not (helm.sh/docs/topics/charts_hooks).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import Change, changed
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    Object,
    Ref,
    things,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision

ON_UPGRADE = ("pre-upgrade", "post-upgrade")
ON_ROLLBACK = ("pre-rollback", "post-rollback")
AFTER_UPGRADE, AFTER_ROLLBACK = "post-upgrade", "post-rollback"
WAITED_FOR = ("Job", "Pod")
"""The kinds whose end Helm waits for (helm.sh/docs/topics/charts_hooks)."""


@dataclass(frozen=True)
class Hook:
    """An object that Helm makes at certain moments.

    :param moments: those of an operation at which it runs.
    """

    ref: Ref
    moments: tuple[str, ...]
    object: Object = field(repr=False)

    def __str__(self) -> str:
        return f"{self.ref} ({', '.join(self.moments)})"


def of_upgrade(revision: Revision, namespace: str) -> dict[Ref, Hook]:
    """The hooks that run when this revision is made by an upgrade.

    :raises ValueError: for a hook that is no YAML.
    """
    return _at(ON_UPGRADE, revision, namespace)


def waited_for(moment: str, revision: Revision, namespace: str) -> list[Ref]:
    """The hooks of a moment that Helm waits for; they may wait themselves for the pods of this revision.

    :raises ValueError: for a hook that is no YAML.
    """
    return [which for which in _at((moment,), revision, namespace) if which.kind in WAITED_FOR]


def _at(moments: Sequence[str], revision: Revision, namespace: str) -> dict[Ref, Hook]:
    return {hook.ref: hook for hook in every(moments, revision, namespace)}


def every(moments: Sequence[str], revision: Revision, namespace: str) -> Iterator[Hook]:
    """Return each hook that runs at one of these moments, also those that share a name.

    :raises ValueError: for a hook that is no YAML.
    """
    for entry in revision.record.get("hooks") or []:
        own = tuple(moment for moment in moments if moment in (entry.get("events") or []))
        if own:
            for which, thing in things(entry.get("manifest") or "", namespace):
                yield Hook(which, own, thing)


def changes(before: dict[Ref, Hook], after: dict[Ref, Hook]) -> Iterator[Change]:
    """What is new in the hooks. One that is gone does not run, and what it made stays."""
    for which, hook in after.items():
        known = before.get(which)
        if known is None:
            yield Change("new", which, after=hook.object)
        else:
            yield from changed(which, known.object, hook.object)
