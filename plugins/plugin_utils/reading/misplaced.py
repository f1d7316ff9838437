# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that were probably meant for a value of the profile: misspelt, or at another place. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.values import get
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import OMIT, Path
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.findings import CATALOGUE

ALIKE = 0.82
"""So alike are two keys of which one is a misspelling of the other: enable and enabled, but not user and use_tls."""


def misplaced(
    title: str, places: Sequence[Path], given: Mapping[str, Any], defaults: Mapping[str, Any]
) -> Iterator[Finding]:
    """Yield a finding for each key that stands near a place of the profile and means nothing there.

    :param places: where the profile writes.
    :param defaults: the chart's own values: a key among them is known.
    """
    known = {place[:end] for place in places for end in range(1, len(place) + 1)}
    free = [place for place in places if get(given, place) is OMIT]
    # What stands on the top of the values is of the whole chart, and alike by chance.
    for parent in sorted({place[:-1] for place in places if len(place) > 1}):
        inside = get(given, parent)
        for key in inside if isinstance(inside, Mapping) else ():
            here = (*parent, str(key))
            if here in known or get(defaults, here) is not OMIT:
                continue
            meant = _meant(here, free)
            if meant is not None:
                code = "key-misspelt" if meant[:-1] == parent else "key-misplaced"
                yield CATALOGUE.finding(
                    code, where=".".join(here), title=title, meant=".".join(meant)
                )


def _meant(here: Path, free: Sequence[Path]) -> Path | None:
    """The place that a key was probably meant for; `None` when there is none, or several."""
    alike = [place for place in free if place[:-1] == here[:-1] and _alike(place[-1], here[-1])]
    same = [place for place in free if len(here[-1]) > 4 and place[-1] == here[-1]]
    found = same or alike
    return found[0] if len(found) == 1 else None


def _alike(left: str, right: str) -> bool:
    one, other = (key.lower().replace("_", "").replace("-", "") for key in (left, right))
    return one == other or SequenceMatcher(None, one, other).ratio() >= ALIKE
