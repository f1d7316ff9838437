# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run that did not come to its end has left, as the cluster tells it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import (
    Revision,
    last_good,
    newest,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import Journal
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.marker import run_of

HALF_WRITTEN = ("pending-upgrade", "pending-rollback", "failed")
"""Statuses of a revision whose objects may be there in part."""


@dataclass(frozen=True)
class Unfinished:
    """A revision of this collection's that nobody has seen to be right.

    :param half_written: whether not all of its objects are known to be there.
    :param good: the revision to go back to; `None` when none is known to have worked.
    """

    revision: Revision
    half_written: bool
    good: Revision | None


def find(revisions: Sequence[Revision], journal: Journal | None) -> Unfinished | None:
    """What is unfinished, if anything is, and if it is this collection's.

    A marker is on the revision of an upgrade, but not on that of a rollback, which has the labels of
    the revision that it goes back to: that one is known by the journal.
    """
    last = newest(revisions)
    if last is None:
        return None
    noted = journal if journal and journal.revision == last.number else None
    open_ = noted is not None and noted.doing != "done"
    half_written = last.status in HALF_WRITTEN
    good = worked(revisions, noted.good) if noted else None
    if half_written and (run_of(last) or (open_ and noted and noted.doing == "undo")):
        return Unfinished(last, half_written, good or last_good(revisions))
    if open_ and last.status == "deployed":
        return Unfinished(last, half_written, good)
    return None


def worked(revisions: Sequence[Revision], number: int | None) -> Revision | None:
    """The revision of that number, if it is still kept and has worked."""
    found = (entry for entry in revisions if entry.number == number and entry.has_worked)
    return next(found, None)
