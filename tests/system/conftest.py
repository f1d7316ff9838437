# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab of the system tests: the cluster, the relay, and the playbook run as a user runs it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apps.invitations.release import Release
from tests.cluster.environment import KUBECONFIG_VARIABLE
from tests.harness.lab import USER, WITHOUT_MAIL, Lab
from tests.harness.playbook import Played, play, write_inputs
from tests.harness.sabotage import PROPERTY, summary

PLAYBOOK = "mailops.smtp.configure"

Configure = Callable[..., Played]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Show how many cases of the sabotage suite came to which end."""
    reports = [each for found in terminalreporter.stats.values() for each in found]
    ends = [
        str(value)
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == PROPERTY
    ]
    if ends:
        terminalreporter.section("sabotage")
        for line in summary(ends):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    if KUBECONFIG_VARIABLE not in os.environ:
        pytest.skip(f"{KUBECONFIG_VARIABLE} names no cluster: run `make test`")
    return Lab.open(tmp_path_factory.mktemp("lab"))


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder for a TMPDIR of Ansible: it has a socket there, whose path is at most 107 bytes long (unix(7))."""
    with tempfile.TemporaryDirectory(prefix="mailops-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def release(lab: Lab) -> Iterator[Release]:
    """The application, installed without mail; the tests of a module share it."""
    release = lab.release()
    release.upgrade(WITHOUT_MAIL)
    release.wait()
    yield release
    release.remove()


@pytest.fixture
def configure(lab: Lab, tmp_path: Path) -> Configure:
    """Runs the playbook on one release.

    :param known: whether the relay gets to know the user with the password that is given.
    """

    def run(release: Release, *arguments: str, known: bool = True, **changes: Any) -> Played:
        variables = lab.description(release, **changes)
        if known and "smtp_password" in variables:
            lab.relay.set_user(USER, variables["smtp_password"])
        inventory, _ = write_inputs(tmp_path, {release.name: variables})
        return play(PLAYBOOK, inventory, lab.kubeconfig, *arguments)

    return run
