# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A probe that fails ends the role, unless a killed run waits for the deployment that follows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ansible_collections.mailops.smtp.tests.unit.roles.played import played

ROLES = ("mailops.smtp.probe", "mailops.smtp.deploy")


def follows(
    tags: Sequence[str] = ("all",), skipped: Sequence[str] = (), roles: Sequence[str] = ROLES
) -> bool:
    """Whether the probe is told that the deployment follows.

    :param tags: of the run, as Ansible has them.
    """
    task, templar = played("probe", tags, skipped, roles)
    told = templar.template(task["mailops.smtp.smtp_probe"]["deployment_follows"])
    assert isinstance(told, bool)
    return told


def test_it_fails_with_the_probe_and_in_its_words() -> None:
    assert "failed_when" not in played("probe", ["all"], [], ROLES)[0]


@pytest.mark.parametrize("tags", [["all"], ["tagged"], ["probe", "deploy"], ["mail"]])
def test_it_goes_on_to_the_deployment_when_a_killed_run_waits_for_that(tags: list[str]) -> None:
    assert follows(tags)


@pytest.mark.parametrize("tags", [["probe"], ["probe", "verify", "prove"]])
def test_it_fails_when_the_tags_leave_the_deployment_out(tags: list[str]) -> None:
    assert not follows(tags)


def test_it_fails_when_the_deployment_is_skipped_or_not_in_the_play() -> None:
    assert not follows(skipped=["deploy"])
    assert not follows(roles=["mailops.smtp.probe"])
