# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role deploy tells whether the proof of a change follows: when in doubt it does, and is owed until then."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ansible_collections.mailops.smtp.tests.unit.roles.played import played

ROLES = ("mailops.smtp.deploy", "mailops.smtp.prove")


def proof_follows(
    tags: Sequence[str], skipped: Sequence[str] = (), roles: Sequence[str] = ROLES
) -> bool:
    """What the role hands to smtp_release.

    :param tags: of the run, as Ansible has them.
    """
    task, templar = played("deploy", tags, skipped, roles)
    told = templar.template(task["mailops.smtp.smtp_release"]["proof_follows"])
    assert isinstance(told, bool)
    return told


@pytest.mark.parametrize("tags", [["all"], ["tagged"], ["prove"], ["deploy", "verify", "prove"]])
def test_it_follows_a_deployment_whose_run_does_not_leave_it_out(tags: list[str]) -> None:
    assert proof_follows(tags)


@pytest.mark.parametrize("tags", [["mail"], ["deploy", "mail"]])
def test_it_may_follow_by_any_tag_that_a_play_of_somebodys_own_gives_its_roles(
    tags: list[str],
) -> None:
    assert proof_follows(tags)


@pytest.mark.parametrize("tags", [["deploy"], ["probe", "render", "deploy", "verify"]])
def test_it_does_not_follow_where_only_the_tags_of_other_steps_are_given(tags: list[str]) -> None:
    assert not proof_follows(tags)


def test_it_does_not_follow_where_its_tag_is_skipped() -> None:
    assert not proof_follows(["all"], ["prove"])


def test_it_does_not_follow_in_a_play_without_its_role() -> None:
    assert not proof_follows(["all"], roles=ROLES[:1])
