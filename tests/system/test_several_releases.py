# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run on several releases: each is done or undone for itself, and it is said which."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.apps.brittle.release import CHART, CRASHES, MAIL, history, install, seen
from tests.apps.invitations.release import Release
from tests.harness.lab import Lab
from tests.harness.playbook import Played, play, write_inputs
from tests.system.conftest import PLAYBOOK

pytestmark = pytest.mark.node

REFERENCE = "CHG0012345"


@pytest.fixture(scope="module")
def releases(lab: Lab) -> Iterator[list[Release]]:
    """Three of the brittle application, without mail."""
    every = [replace(lab.release(), chart=CHART) for _count in range(3)]
    try:
        for release in every:
            install(release)
        yield every
    finally:
        for release in every:
            release.remove()


@pytest.fixture(scope="module")
def played(lab: Lab, releases: list[Release], tmp_path_factory: pytest.TempPathFactory) -> Played:
    """A run that brings mail into all of them, and a relay that the second one cannot work with."""
    hosts = {
        release.name: lab.description(release, **MAIL, smtp_change_reference=REFERENCE)
        for release in releases
    }
    hosts[releases[1].name] |= {"smtp_host": CRASHES, "smtp_rollout_timeout": 10}
    inventory, _ = write_inputs(tmp_path_factory.mktemp("several"), hosts)
    return play(PLAYBOOK, inventory, lab.kubeconfig, "--tags", "deploy")


def failed(played: Played, release: Release) -> int:
    """How many tasks failed for a release, by the recap."""
    found = re.search(rf"^{release.name}\s+:.* failed=(\d+)", played.output, re.M)
    assert found, played.output
    return int(found[1])


def test_one_that_fails_is_undone_and_named(releases: list[Release], played: Played) -> None:
    wrong = releases[1]
    assert (played.returncode, failed(played, wrong)) == (2, 1), played.output
    told = [each["msg"] for each in played.results if "The change was undone" in each["msg"]]
    assert told
    assert all(f"{wrong.name}-app" in each for each in told)
    assert set(seen(wrong)) == {""}


def test_the_others_are_done(releases: list[Release], played: Played) -> None:
    for release in (releases[0], releases[2]):
        assert failed(played, release) == 0
        assert history(release)[-1] == "deployed"
        assert set(seen(release)) == {"correct horse"}


def test_the_change_reference_stands_in_the_history_of_each(
    releases: list[Release], played: Played
) -> None:
    for release in releases:
        assert REFERENCE in release.run_helm("history", release.name), played.output


def test_a_release_of_two_hosts_is_told_as_such(
    lab: Lab, releases: list[Release], played: Played, tmp_path: Path
) -> None:
    """The first host is at work until its pods have failed; by then the second has given up."""
    assert played.failed, played.output
    wrong = lab.description(releases[1], **MAIL) | {
        "smtp_host": CRASHES,
        "smtp_rollout_timeout": 20,
    }
    inventory, _ = write_inputs(tmp_path, {"one": wrong, "two": wrong})
    again = play(PLAYBOOK, inventory, lab.kubeconfig, "--tags", "deploy")
    told = [each for result in again.results for each in result.get("findings", ())]
    assert "release-of-two-hosts" in {each["code"] for each in told}, again.output
    assert "smtp_release: Another host of this run, " in again.output
