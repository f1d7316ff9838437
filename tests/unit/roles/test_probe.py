# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A probe that fails ends the role, unless a killed run waits for the deployment that follows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.mailops.smtp.tests.unit.roles.played import played

ROLES = ("mailops.smtp.probe", "mailops.smtp.deploy")
WAITS = {"failed": True, "findings": [{"code": "relay-refused"}, {"code": "killed-run-waits"}]}
REFUSED = {"failed": True, "findings": [{"code": "relay-refused"}]}
BROKEN = {"failed": True, "msg": "Something else is wrong."}
FINE = {"changed": False, "findings": []}


def fails(
    result: dict[str, Any],
    tags: Sequence[str] = ("all",),
    skipped: Sequence[str] = (),
    roles: Sequence[str] = ROLES,
) -> bool:
    """Whether the role fails with a result of smtp_probe.

    :param tags: of the run, as Ansible has them.
    """
    task, templar = played("probe", tags, skipped, roles, __smtp_probe=result)
    told = templar.evaluate_conditional(task["failed_when"])
    assert isinstance(told, bool)
    return told


@pytest.mark.parametrize(("result", "failed"), [(FINE, False), (REFUSED, True), (BROKEN, True)])
def test_it_fails_with_the_probe(result: dict[str, Any], failed: bool) -> None:
    assert fails(result) is failed


@pytest.mark.parametrize("tags", [["all"], ["tagged"], ["probe", "deploy"], ["mail"]])
def test_it_goes_on_to_the_deployment_when_a_killed_run_waits_for_that(tags: list[str]) -> None:
    assert not fails(WAITS, tags)


@pytest.mark.parametrize("tags", [["probe"], ["probe", "verify", "prove"]])
def test_it_fails_when_the_tags_leave_the_deployment_out(tags: list[str]) -> None:
    assert fails(WAITS, tags)


def test_it_fails_when_the_deployment_is_skipped_or_not_in_the_play() -> None:
    assert fails(WAITS, skipped=["deploy"])
    assert fails(WAITS, roles=["mailops.smtp.probe"])
