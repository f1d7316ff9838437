# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The private CA to go back to: what is noted of it, and when certificates go that nobody needs any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import (
    MOST_WORKLOADS,
    Journal,
    Phase,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.unfinished import Unfinished
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import patch
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounted import Mounted

Live = Mapping[Workload, Mapping[str, Any]]
Ca = tuple[Mounted, ...]
"""What workloads have of a private CA, or had."""


def before(
    cluster: Cluster, journal: Journal | None, left: Unfinished | None, live: Live, ca: Ca
) -> Ca:
    """Return the private CA as it was before all that nobody has seen to be right, and then what it was since.

    What only an earlier change needed to be undone goes: that change is final now.

    :param journal: the last word of the runs before.
    :param left: what one of them has left, if anything.
    :param live: the workloads as they are.
    :param ca: what those have whose private CA is to change now.
    """
    known = journal.ca if journal else ()
    if journal is not None and (left or not journal.seen):
        every = (*known, *ca)
        return every if len(every) <= MOST_WORKLOADS else (*_first(known), *ca)
    # With a CA in use, the right to delete one was asked for.
    if any(map(patch.config_map_of, live.values())):
        discard(cluster, known, live, kept=ca)
    return ca


def finish(cluster: Cluster, journal: Journal, live: Live, phase: Phase) -> Ca:
    """Return the private CA as it was before a change that was seen to be right; what nobody needs of it goes.

    :param journal: what was noted of the change.
    :param phase: in which the change is then. While its proof is owed, it may have to be undone, and
        nothing goes that the rollback would mount again.
    """
    ca = _first(journal.ca) if journal.good is not None else ()
    discard(cluster, journal.ca, live, kept=ca if phase == "arrived" else _of_mounting(ca, live))
    return ca


def proved(cluster: Cluster, journal: Journal, live: Live) -> None:
    """Deletes the certificates that nobody needs any more once a change is proved.

    :param journal: what was noted of the change.
    """
    discard(cluster, journal.ca, live, kept=_of_mounting(journal.ca, live))


def _of_mounting(ca: Ca, live: Live) -> Ca:
    """Return the entries of workloads that mount a private CA: another one may have to go back to them."""
    bare = {patch.place(now) for now in live.values() if not patch.config_map_of(now)}
    return tuple(each for each in ca if (each.kind, each.name) not in bare)


def _first(ca: Ca) -> Ca:
    """Return the first entry of each workload."""
    return tuple({(each.kind, each.name): each for each in reversed(ca)}.values())


def discard(cluster: Cluster, ca: Ca, live: Live, kept: Ca = ()) -> None:
    """Deletes certificates that no workload mounts, and that no rollback needs.

    Only ConfigMaps of this collection's go: by their name, their label and their owner, a workload of the
    release.
    """
    in_use = {each.config_map for each in kept} | set(map(patch.config_map_of, live.values()))
    states = {patch.place(now): now for now in live.values()}
    for each in dict.fromkeys(ca):
        state, name = states.get((each.kind, each.name)), each.config_map
        if name is None or state is None or name in in_use:
            continue
        found = cluster.config_map(name)
        if found is not None and patch.is_ours(found, state):
            cluster.delete_config_map(found)
