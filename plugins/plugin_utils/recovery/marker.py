# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose revision it is: a label on the record, which Helm writes with the first of its writes. Pure."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision

LABEL = "mailops-run"
"""Helm hands the labels of a revision on to every later one, whoever makes it. So the value holds the
number of the revision, too."""


def new_run() -> str:
    """A name for a run that no other run has."""
    return secrets.token_hex(5)


def flags(run: str, revision: int) -> tuple[str, ...]:
    """The flags of ``helm upgrade`` that mark the revision it makes."""
    return ("--labels", f"{LABEL}={run}-{revision}")


def run_of(revision: Revision, revisions: Sequence[Revision]) -> str | None:
    """The run of this collection that has made a revision; `None` when somebody else has.

    The number is higher than the run has expected when somebody else's revision came in between. One
    that has inherited the label is told from that by the earlier one, which has it too.

    :param revisions: all that are kept.
    """
    value = revision.labels.get(LABEL, "")
    run, _dash, number = value.rpartition("-")
    if not run or not number.isdecimal():
        return None
    others = {entry.number for entry in revisions if entry.labels.get(LABEL) != value}
    expected = int(number)
    if expected <= revision.number and others.issuperset(range(expected, revision.number)):
        return run
    return None
