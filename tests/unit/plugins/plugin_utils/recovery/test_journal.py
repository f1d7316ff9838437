# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run writes down before a change is read back by the next one, whole or not at all."""

from __future__ import annotations

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import (
    BEFORE,
    CA,
    DOING,
    REVISION,
    Journal,
    of,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import patch
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import RUNTIMES
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    API,
    deployment,
)

MOUNTED = patch.mounting(deployment(), {API: RUNTIMES["node"]}, {"api.pem": "certificates"})


@pytest.mark.parametrize(
    "journal",
    [
        Journal("run", "upgrade", 3, 2),
        Journal("run", "upgrade", 3, None, (MOUNTED, patch.bare(deployment("qua-cmd")))),
        Journal("run", "roll", 3, 3, (MOUNTED,)),
        Journal("run", "roll", 3, None),
        Journal("run", "proof", 3, 2),
        Journal("run", "upgrade", 4, 2, (MOUNTED,), Journal("before", "proof", 3, 2, (MOUNTED,))),
    ],
)
def test_it_is_read_back(journal: Journal) -> None:
    assert of(journal.annotations()) == journal


def test_one_of_before_there_were_cas_and_earlier_runs_in_it_is_read_too() -> None:
    annotations = Journal("run", "upgrade", 3, 2).annotations()
    del annotations[CA], annotations[BEFORE]
    assert of(annotations) == Journal("run", "upgrade", 3, 2)


@pytest.mark.parametrize(
    "changed",
    [{DOING: "sleep"}, {REVISION: "three"}, {CA: "[{"}, {BEFORE: "{"}],
    ids=["doing", "revision", "ca", "before"],
)
def test_one_that_cannot_be_read_is_none(changed: dict[str, str]) -> None:
    assert of({**Journal("run", "upgrade", 3, 2).annotations(), **changed}) is None


def test_a_roll_is_told_from_an_upgrade_also_when_it_is_done() -> None:
    assert Journal("run", "roll", 3, 3).rolls
    assert Journal("run", "roll", 3, None).rolls
    assert Journal("run", "done", 3, 3).rolls
    assert Journal("run", "proof", 3, 3).rolls
    assert not Journal("run", "done", 3, 2).rolls
    assert not Journal("run", "upgrade", 3, None).rolls


def test_pods_that_get_something_else_again_are_to_be_seen_again() -> None:
    assert Journal("run", "proof", 3, 2).reopened((MOUNTED,)) == Journal(
        "run", "upgrade", 3, 2, (MOUNTED,)
    )
    assert Journal("run", "proof", 3, 3).reopened(()).doing == "roll"
    assert Journal("run", "upgrade", 3, 2).reopened(()).doing == "upgrade"
