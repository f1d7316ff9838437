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

    :param half_written: whether it is to be gone back from: not all of its objects are known to be
        there, or what somebody else had set is not, or its run was about to.
    :param good: the revision to go back to; `None` when none is known to have worked.
    :param journal: what its run has written down, if that is known.
    """

    revision: Revision
    half_written: bool
    good: Revision | None
    journal: Journal | None = None

    @property
    def unseen(self) -> bool:
        """Whether also its pods were not seen to be right, and not only its proof is owed."""
        return self.journal is None or not self.journal.seen


def find(revisions: Sequence[Revision], journal: Journal | None) -> Unfinished | None:
    """What is unfinished, if anything is, and if it is this collection's.

    A marker is on the revision of an upgrade, but not on that of a rollback, which has the labels of
    the revision that it goes back to: that one is known by the journal.
    """
    last = newest(revisions)
    if last is None:
        return None
    noted = in_force(journal, revisions)
    if last.status in HALF_WRITTEN and (noted or run_of(last, revisions)):
        good = before(noted, revisions) if noted else None
        return Unfinished(last, True, good or last_good(revisions), noted)
    if noted and noted.phase != "closed" and last.status == "deployed":
        wrong = overtook(noted, last) or last.number < noted.makes
        return Unfinished(last, wrong, before(noted, revisions), noted)
    return None


def in_force(journal: Journal | None, revisions: Sequence[Revision]) -> Journal | None:
    """What counts of what was noted: what was open before, when its run has not come to its revision.

    A private CA may have changed by then.
    """
    if journal is None or made_by(journal, revisions):
        return journal
    earlier = journal.before
    if earlier is None or not made_by(earlier, revisions):
        return None
    return earlier if earlier.ca == journal.ca else earlier.reopened(journal.ca)


def made_by(journal: Journal, revisions: Sequence[Revision]) -> bool:
    """Whether the newest revision is the one that a run has made, or was about to undo or to roll.

    When the run did not come to it, the number that it had expected is somebody else's.
    """
    last = newest(revisions)
    if last is None:
        return False
    if journal.undoes:
        begun = last.number == journal.makes and last.is_rollback
        return begun or last.number == journal.makes - 1
    if journal.rolls:
        return last.number == journal.makes and last.status == "deployed"
    return last.number >= journal.makes and run_of(last, revisions) == journal.run


def overtook(journal: Journal, last: Revision) -> bool:
    """Whether somebody else's revision came before the one that a run has made, which does not know of it."""
    return last.number > journal.makes


def before(journal: Journal, revisions: Sequence[Revision]) -> Revision | None:
    """The revision to go back to from the newest, if it is still kept and has worked."""
    last = newest(revisions)
    good = journal.good.number if journal.good else None
    number = last.number - 1 if last and overtook(journal, last) else good
    found = (entry for entry in revisions if entry.number == number and entry.has_worked)
    return next(found, None)
