# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook's summary says what each step has found, and what nobody has looked at."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from tools.docs import ROOT

CONFIG = {"msg": "Qualytics", "description": {"enabled": True}}
OFF = {"msg": "Qualytics", "description": {"enabled": False}}
DONE = {"msg": "done"}


def summary(**registered: Any) -> list[str]:
    """What the summary prints after steps with these results."""
    loader = DataLoader()
    [play] = loader.load_from_file(
        str(ROOT / "playbooks" / "configure.yml"), trusted_as_template=True
    )
    [task] = play["post_tasks"]
    given = {f"__smtp_{name}": result for name, result in registered.items()}
    templar = Templar(loader=loader, variables={**given, **task["vars"]})
    lines: list[str] = templar.template(task["ansible.builtin.debug"]["msg"])
    return lines


def test_of_a_whole_run_is_what_the_steps_say() -> None:
    steps = dict.fromkeys(("probe", "release", "verify", "prove"), DONE)
    assert summary(config=CONFIG, **steps) == ["Qualytics", "done", "done", "done", "done"]


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (["release"], "not probed, not proven: whether mail works with these settings is unknown."),
        (["release", "verify"], "not probed, not proven: "),
        (["probe", "release"], "not proven: whether mail works with these settings is unknown."),
    ],
)
def test_of_a_deployment_without_the_proof_says_so(steps: list[str], words: str) -> None:
    said = summary(config=CONFIG, **dict.fromkeys(steps, DONE))
    assert said[-1].startswith(words)


@pytest.mark.parametrize(
    "steps",
    [
        {"config": CONFIG},
        {"config": CONFIG, "probe": DONE},
        {"config": CONFIG, "release": DONE, "prove": {"skipped": True}},
        {"config": OFF, "release": DONE},
    ],
)
def test_says_nothing_of_the_kind_otherwise(steps: dict[str, Any]) -> None:
    assert not any("not proven" in line for line in summary(**steps))
