# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the playbook on an application of the tests, and what must be true of the brittle one afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.apps.brittle.release import CHART, MAIL, MOTTO, history, install, journal, seen
from tests.apps.invitations.release import Release
from tests.harness.door import Door, Write
from tests.harness.lab import Lab
from tests.harness.leaks import descendants
from tests.harness.playbook import Played, ended, start, write_inputs

PLAYBOOK = "mailops.smtp.configure"


@dataclass(frozen=True)
class App:
    """One installation, a folder for the files of its runs, and what their user may do.

    :param settings: the variables that differ from those of the lab.
    :param steps: the tags of what is run; empty for the whole playbook, which asks the relay.
    """

    lab: Lab
    release: Release
    folder: Path
    work: str = "configure"
    settings: Mapping[str, Any] = field(default_factory=lambda: MAIL)
    steps: str = "deploy"

    @property
    def kubeconfig(self) -> Path:
        """That of the user who may configure the release, and no more."""
        return self.lab.user(self.release, self.work).kubeconfig

    def begin(self, kubeconfig: Path, *arguments: str, **changes: Any) -> subprocess.Popen[str]:
        """Begins to bring mail in."""
        variables = self.lab.description(
            self.release, **{**self.settings, **changes, "smtp_kubeconfig": str(kubeconfig)}
        )
        inventory, _ = write_inputs(self.folder, {self.release.name: variables})
        tags = ("--tags", self.steps) if self.steps else ()
        return start(PLAYBOOK, inventory, kubeconfig, *tags, *arguments)

    def deploy(self, *arguments: str, **changes: Any) -> Played:
        """Brings mail in."""
        with self.begin(self.kubeconfig, *arguments, **changes) as run:
            return ended(run)

    def kubectl(self, *arguments: str) -> str:
        """kubectl in the namespace of the release."""
        return self.release.kubectl.run("-n", self.release.namespace, *arguments)

    def disturbed(
        self,
        folder: Path,
        after: int,
        by: Callable[[subprocess.Popen[str]], None] | None = None,
        to: str = "",
        **changes: Any,
    ) -> tuple[Played, Write]:
        """A run to which something is done just after its n-th write; and that write.

        :param by: what is done; by default the run is killed.
        :param to: what the paths of the writes that count have in them.
        """
        writes: list[Write] = []
        running: list[subprocess.Popen[str]] = []

        def disturb(write: Write) -> None:
            writes.append(write)
            (by or kill)(running[0])

        with (
            Door(self.kubeconfig, folder, after=after, to=to, then=disturb) as door,
            self.begin(door.kubeconfig, **changes) as run,
        ):
            running.append(run)
            played = ended(run)
        assert writes, f"there was no write {after}: {played.output}"
        return played, writes[0]

    def is_right(self, password: str, motto: str = MOTTO) -> None:
        """Everything is as it should be after a run that went well.

        :param motto: what somebody else has set.
        """
        self.is_done()
        values = self.release.values()
        assert (values["motto"], values["mail"]["password"]) == (motto, password)
        assert set(seen(self.release)) == {password}

    def is_done(self) -> None:
        """The newest revision is deployed, and no other, and a run has seen it to be right."""
        kept = history(self.release)
        assert (kept[-1], kept.count("deployed")) == ("deployed", 1)
        assert journal(self.release)["phase"] == "closed"


@contextmanager
def installed(
    lab: Lab, folder: Path, helm: str = "helm", *, work: str = "configure", **values: Any
) -> Iterator[App]:
    """The brittle application without mail, ready, as long as the context lasts.

    :param folder: for the files of its runs.
    :param work: what their user may do.
    :param values: of the chart.
    """
    release = replace(lab.release(helm=helm), chart=CHART)
    try:
        install(release, **values)
        yield App(lab, release, folder, work)
    finally:
        release.remove()


@contextmanager
def configured(lab: Lab, folder: Path, helm: str) -> Iterator[App]:
    """The same, installed with mail."""
    with installed(lab, folder, helm) as app:
        played = app.deploy()
        assert played.returncode == 0, played.output
        yield app


def kill(run: subprocess.Popen[str]) -> None:
    """Ends a run and all that it has started, at once and without a warning."""
    # Else what it starts in this moment would live on.
    run.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, run.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
    for process in list(descendants(run.pid)):
        os.kill(int(process.name), signal.SIGKILL)
