# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run is about to do, written down before it does it: what the next one needs if it is killed. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

Doing = Literal["upgrade", "roll", "undo", "proof", "done"]

PREFIX = "mailops.smtp/"
RUN, DOING, REVISION, GOOD, CA, BEFORE = (
    PREFIX + key for key in ("run", "doing", "revision", "good", "ca", "before")
)


@dataclass(frozen=True)
class Journal:
    """The last word of a run, in the annotations of its lease. No secret, and nothing of the settings.

    :param run: its name.
    :param doing: what it was about; `proof` when all of it was seen to be right in the pods, and the
        proof of it is owed; `done` when nothing is owed, or it is undone. A `roll` gives the pods
        something else without a new revision.
    :param revision: the number of the revision that it was about to make; of a roll, of the one in use.
    :param good: the number of the revision whose pods were ready before; `None` when none was. A roll
        stays with its own.
    :param ca: the workloads whose private CA it was about to change, each as it is to be applied to have
        it as before; those that come later for the same workload were never seen to be right.
    :param before: what an earlier run has left open. It counts as long as this run has not come to its
        revision.
    """

    run: str
    doing: Doing
    revision: int
    good: int | None
    ca: tuple[Mapping[str, Any], ...] = ()
    before: Journal | None = None

    @property
    def seen(self) -> bool:
        """Whether all of it was seen to be right in the pods, or is undone."""
        return self.doing in ("proof", "done")

    def reopened(self, ca: tuple[Mapping[str, Any], ...]) -> Journal:
        """The same when the pods get something else once more, before all is done.

        :param ca: as that of the journal, with what changes now.
        """
        doing: Doing = "roll" if self.rolls else "upgrade"
        return replace(self, doing=doing if self.seen else self.doing, ca=ca)

    def owing(self, run: str) -> Journal | None:
        """The part of it by which the change of a run owes its proof, if it does."""
        both = (each for each in (self, self.before) if each)
        return next((each for each in both if (each.run, each.doing) == (run, "proof")), None)

    @property
    def rolls(self) -> bool:
        """Whether it is a roll, or was one: the revision that is in use stays."""
        return self.doing == "roll" or self.revision == self.good

    def annotations(self) -> dict[str, str]:
        """All of it as annotations."""
        good = "" if self.good is None else str(self.good)
        return {
            RUN: self.run,
            DOING: self.doing,
            REVISION: str(self.revision),
            GOOD: good,
            CA: json.dumps(self.ca),
            BEFORE: json.dumps(self.before.annotations()) if self.before else "",
        }


def of(annotations: Mapping[str, str]) -> Journal | None:
    """The journal in the annotations of a lease; `None` when there is none that can be read."""
    doing, revision = annotations.get(DOING), annotations.get(REVISION, "")
    good = annotations.get(GOOD, "")
    if doing not in get_args(Doing) or not revision.isdecimal():
        return None
    try:
        ca = tuple(json.loads(annotations.get(CA, "[]")))
        before = json.loads(annotations.get(BEFORE) or "{}")
    except ValueError:
        return None
    return Journal(
        run=annotations.get(RUN, ""),
        doing=cast(Doing, doing),
        revision=int(revision),
        good=int(good) if good.isdecimal() else None,
        ca=ca,
        before=of(before),
    )
