# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A revision is known as one of this collection's by its label, and only that one revision."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.marker import (
    LABEL,
    flags,
    new_run,
    run_of,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision


def test_a_revision_is_of_the_run_that_has_marked_it() -> None:
    run = new_run()
    option, value = flags(run, 7)
    assert option == "--labels"
    name, _, marker = value.partition("=")
    assert run_of(replace(revision(7), labels={name: marker}), [revision(6)]) == run


@pytest.mark.parametrize(
    "labels", [{}, {LABEL: "abc-6"}, {LABEL: "abc"}, {LABEL: "-7"}, {LABEL: ""}, {"other": "abc-7"}]
)
def test_a_revision_without_a_marker_of_its_own_number_is_of_somebody_else(
    labels: dict[str, str],
) -> None:
    assert run_of(replace(revision(7), labels=labels), []) is None


def test_a_revision_is_of_its_run_also_when_somebody_else_has_come_before() -> None:
    late = replace(revision(8), labels={LABEL: "abc-7"})
    assert run_of(late, [revision(7), late]) == "abc"


def test_a_revision_that_has_inherited_the_marker_is_of_somebody_else() -> None:
    marked, late = (replace(revision(each), labels={LABEL: "abc-7"}) for each in (7, 8))
    assert run_of(late, [marked, late]) is None
    assert run_of(late, [late]) is None  # the marked one is not kept any more


def test_every_run_has_a_name_of_its_own() -> None:
    assert len({new_run() for _ in range(100)}) == 100
