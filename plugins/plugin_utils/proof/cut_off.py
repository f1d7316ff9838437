# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says what is in place when the API server goes away in the middle of a proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.refusal import is_away
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof.findings import CATALOGUE


@contextmanager
def told(release: str, released: Mapping[str, Any]) -> Iterator[None]:
    """Add what is in place to the error of a proof that was cut off.

    :param released: the result of the deployment before; empty when there was none.
    :raises FindingError: the same one, with a finding more.
    """
    try:
        yield
    except FindingError as error:
        if not is_away(error):
            raise
        where = f"release {release}"
        place = _place(released)
        finding = CATALOGUE.finding("proof-cut-off", where=where, release=release, place=place)
        raise FindingError(*error.findings, finding) from error


def _place(released: Mapping[str, Any]) -> str:
    """What is in place, as a sentence."""
    if released.get("changed") and released.get("revision"):
        return f"The settings of this run are in place (revision {released['revision']})"
    return "The settings from before this run are in place"
