# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The private CA to go back to: what is noted of it, and when certificates go that nobody needs any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import Journal
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.unfinished import Unfinished
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import patch

Live = Mapping[Workload, Mapping[str, Any]]
Ca = tuple[Mapping[str, Any], ...]
"""Workloads with what mounts a private CA, as they are to be applied."""


def before(
    cluster: Cluster, journal: Journal | None, left: Unfinished | None, live: Live, ca: Ca
) -> Ca:
    """The private CA as it was before all that nobody has seen to be right, and then what it was since.

    What only an earlier change needed to be undone goes: that one is final now.

    :param journal: the last word of the runs before.
    :param left: what one of them has left, if anything.
    :param live: the workloads as they are.
    :param ca: those whose private CA is to change now, as they have it.
    """
    known = journal.ca if journal else ()
    if journal is not None and (left or not journal.seen):
        return (*known, *ca)
    # With a CA in use, the right to delete one was asked for.
    if any(map(patch.config_map_of, live.values())):
        discard(cluster, known, live, kept=ca)
    return ca


def finish(cluster: Cluster, journal: Journal, live: Live) -> Ca:
    """The private CA as it was before a change that was seen to be right; what nobody needs of it goes.

    :param journal: what was noted of the change.
    """
    bare = {patch.place(now) for now in live.values() if not patch.config_map_of(now)}
    first = {patch.place(body): body for body in reversed(journal.ca)}
    ca = tuple(first.values()) if journal.good is not None else ()
    kept = tuple(body for body in ca if patch.place(body) not in bare)
    discard(cluster, journal.ca, live, kept=kept)
    return ca


def discard(cluster: Cluster, ca: Ca, live: Live, kept: Ca = ()) -> None:
    """Deletes certificates that nobody mounts, and that nobody would go back to."""
    names = set(map(patch.config_map_of, ca)) - set(map(patch.config_map_of, kept))
    for name in names - set(map(patch.config_map_of, live.values())):
        if name:
            cluster.delete_config_map(name)
