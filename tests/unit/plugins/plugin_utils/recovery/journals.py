# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of a journal in one line, by what their run does."""

from __future__ import annotations

from typing import Literal

from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import (
    Journal,
    Kind,
    Phase,
    Record,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounted import Mounted

Doing = Literal["upgrade", "roll", "undo", "proof", "done"]

PHASES: dict[str, Phase] = {"proof": "arrived", "done": "closed"}


def record(number: int) -> Record:
    """A revision of the release of the tests, with the uid that its record has."""
    return Record(number, f"uid-{number}")


def entry(
    run: str,
    doing: Doing,
    makes: int,
    good: int | None = None,
    ca: tuple[Mounted, ...] = (),
    *,
    before: Journal | None = None,
) -> Journal:
    """What a run has written down.

    :param doing: its kind while it has begun; ``proof`` when it has arrived, and ``done`` when it is closed.
        A revision that is its own good one is rolled.
    """
    by_numbers: Kind = "roll" if makes == good else "upgrade"
    kind: Kind = by_numbers if doing in ("proof", "done") else doing  # type: ignore[assignment]  # is a Kind
    leaves = makes if kind == "roll" else max(1, makes - 1)
    return Journal(
        run=run,
        kind=kind,
        phase=PHASES.get(doing, "begun"),
        leaves=record(leaves),
        good=None if good is None else record(good),
        makes=makes,
        ca=ca,
        before=before,
    )
