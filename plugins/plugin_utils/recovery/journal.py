# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run is about to do, written down before it does it: what the next one needs if it is killed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

Doing = Literal["upgrade", "undo", "done"]

PREFIX = "mailops.smtp/"
RUN, DOING, REVISION, GOOD = (PREFIX + key for key in ("run", "doing", "revision", "good"))


@dataclass(frozen=True)
class Journal:
    """The last word of a run, in the annotations of its lease. No secret, and nothing of the settings.

    :param run: its name.
    :param doing: what it was about; `done` when all of it was seen to be right, or undone.
    :param revision: the number of the revision that it was about to make.
    :param good: the number of the revision whose pods were ready before; `None` when none was.
    """

    run: str
    doing: Doing
    revision: int
    good: int | None

    def annotations(self) -> dict[str, str]:
        """All of it as annotations."""
        good = "" if self.good is None else str(self.good)
        return {RUN: self.run, DOING: self.doing, REVISION: str(self.revision), GOOD: good}


def of(annotations: Mapping[str, str]) -> Journal | None:
    """The journal in the annotations of a lease; `None` when there is none that can be read."""
    doing, revision = annotations.get(DOING), annotations.get(REVISION, "")
    good = annotations.get(GOOD, "")
    if doing not in get_args(Doing) or not revision.isdecimal():
        return None
    return Journal(
        run=annotations.get(RUN, ""),
        doing=cast(Doing, doing),
        revision=int(revision),
        good=int(good) if good.isdecimal() else None,
    )
