# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a place of a release would change that the evidence does not explain. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard import hooks
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import Change
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.compare import (
    Path,
    bare,
    differences,
    entries,
    touch,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    Object,
    Ref,
    compared,
    of_manifest,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.said import Said, said
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision

Cause = Literal["random", "chart", "settings", "drift"]
"""``random``: the chart renders this place in another way each time. ``chart``: it renders it in
another way than the chart that was installed. ``settings``: the values that are given now are why.
``drift``: somebody has changed it past Helm."""

Places = Mapping[Ref, list[Path]]


@dataclass(frozen=True)
class Causes:
    """Three renderings of a chart held against each other.

    :param by_itself: what differs between two renderings of the values in use.
    :param by_settings: what differs between the values in use and those wanted.
    :param wanted: the objects as the chart renders them now.
    :param said: what the settings say that change.
    """

    by_itself: Places = field(repr=False)
    by_settings: Places = field(repr=False)
    wanted: Mapping[Ref, Object] = field(repr=False)
    said: Said

    def of(self, change: Change) -> Cause:
        """Why this change would come about."""
        settings = _meets(self.by_settings, change) or self._is_derived(change)
        if _meets(self.by_itself, change):
            return "random" if settings else "chart"
        return "settings" if settings else "drift"

    def _is_derived(self, change: Change) -> bool:
        """Whether the chart does not give this field, so that the API server made it of another."""
        return (
            change.ref in self.by_settings
            and change.ref in self.wanted
            and not _is_given(self.wanted[change.ref], change.path)
        )


def causes(stored: Revision, again: Revision, wanted: Revision, namespace: str) -> Causes:
    """
    :param stored: the revision in use, as it was rendered when it was made.
    :param again: its values, rendered now.
    :param wanted: the new values, rendered now.
    :raises ValueError: for a manifest that is no YAML.
    """
    was, is_, will = (_objects(each, namespace) for each in (stored, again, wanted))
    says = said(stored.values, wanted.values, (which.name for which in is_.keys() - will.keys()))
    return Causes(_differing(was, is_), _differing(is_, will), will, says)


def _objects(revision: Revision, namespace: str) -> dict[Ref, Object]:
    own = of_manifest(revision.manifest, namespace)
    of_hooks = hooks.of_upgrade(revision, namespace)
    return {**own, **{which: hook.object for which, hook in of_hooks.items()}}


def _differing(before: Mapping[Ref, Object], after: Mapping[Ref, Object]) -> dict[Ref, list[Path]]:
    found: dict[Ref, list[Path]] = {}
    for which in {*before, *after}:
        if which in before and which in after:
            pairs = differences(compared(before[which]), compared(after[which]))
            paths = [each.path for each in pairs]
        else:
            paths = [()]
        if paths:
            found[which] = paths
    return found


def _meets(places: Places, change: Change) -> bool:
    return any(touch(path, change.path) for path in places.get(change.ref, []))


def _is_given(thing: Any, path: Path) -> bool:
    """Whether an object as the chart renders it says something about a place."""
    for step in path:
        of_list = isinstance(thing, list)
        thing = entries(thing).get(step) if of_list else (thing or {}).get(bare(step))
        if not isinstance(thing, (Mapping, list)):
            return thing is not None
    return True
