# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail is broken behind a run's back: what the run says is what the application itself can do.

Every run sends a test mail, and lets the application send one where the profile knows how: a run that
changes nothing and sends nothing cannot promise that a mail arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.harness.lab import Lab
from tests.harness.sabotage import PROPERTY, Sabotage, commit
from tests.harness.sabotages import SABOTAGES
from tests.harness.scene import Application, Postfix, Scene, Setup

pytestmark = pytest.mark.node

Scenes = Callable[[Application, Setup], Scene]


@pytest.fixture(scope="module")
def scenes(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scenes]:
    """The application with mail that works; the cases share it, and what they break is installed anew."""
    postfix = Postfix(lab, tmp_path_factory.mktemp("relay"))
    known: dict[tuple[str, str], Scene] = {}

    def scene(application: Application, setup: Setup) -> Scene:
        key = (application.name, setup.name)
        if key not in known:
            folder = tmp_path_factory.mktemp("scene")
            known[key] = Scene(lab, postfix, application, setup, folder)
        return known[key]

    postfix.restore()
    yield scene
    postfix.restore()
    for each in known.values():
        each.tear_down()


def _case(sabotage: Sabotage) -> object:
    marks = [] if sabotage.is_short else [pytest.mark.faults]
    if sabotage.fault:
        marks.append(pytest.mark.xfail(reason=sabotage.fault, strict=True, raises=AssertionError))
    return pytest.param(sabotage, marks=marks, id=str(sabotage))


@pytest.mark.parametrize("sabotage", [_case(each) for each in SABOTAGES])
def test_what_the_run_says_is_what_the_application_can_do(
    sabotage: Sabotage, scenes: Scenes, record_property: Callable[[str, object], None]
) -> None:
    if not sabotage.application.is_there:
        pytest.skip(f"the chart of {sabotage.application.name} is not on this machine")
    scene = scenes(sabotage.application, sabotage.setup)
    outcome = commit(scene, sabotage, SABOTAGES.index(sabotage))
    record_property(PROPERTY, outcome.end.value)
    assert not outcome.complaints, str(outcome)
