# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a playbook by ansible-runner, as AWX does, and watches it for secrets."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness.leaks import Leak, Search, Watch
from tests.harness.playbook import environment, write_inputs


@dataclass(frozen=True)
class Watched:
    """What a run left behind, and what was seen of it.

    :ivar leaks: the secrets that were found, also in files that are gone and in processes.
    :ivar programs: the names of the programs that ran.
    :ivar files: the files that were there while it ran, also short-lived ones.
    """

    returncode: int
    output: str
    artifacts: Path
    leaks: frozenset[Leak]
    programs: frozenset[str]
    files: frozenset[Path]

    @property
    def failed(self) -> str:
        """What the first failed task has said; empty when none has failed."""
        for event in self.events():
            if event["event"] == "runner_on_failed":
                return str(event["event_data"]["res"]["msg"])
        return ""

    def events(self) -> list[dict[str, Any]]:
        """The job events in their order."""
        events = [json.loads(path.read_text()) for path in self.artifacts.glob("job_events/*.json")]
        return sorted(events, key=lambda event: int(event["counter"]))


def watch(
    playbook: str,
    hosts: Mapping[str, Mapping[str, Any]],
    search: Search,
    *,
    folder: Path,
    kubeconfig: Path,
    options: str = "",
    extra: str = "",
) -> Watched:
    """Runs a playbook with ``-vvvv --diff``, with every file that it may write inside a folder, and kept.

    :param folder: has to be empty. All of it is searched but the files with variables, the user's own.
    :param options: more options of ansible-playbook.
    :param extra: extra variables as the text of a YAML file.
    """
    home, temporary, private = folder / "home", folder / "tmp", folder / "private"
    for path in (home, temporary, private):
        path.mkdir()
    inventory, variables = write_inputs(folder / "inputs", hosts)
    extra_file = folder / "inputs" / "extra.yml"
    extra_file.write_text(extra or "{}\n", encoding="utf-8")
    with (
        subprocess.Popen(
            [
                *("ansible-runner", "run", str(private), "--playbook", playbook),
                *("--inventory", str(inventory), "--ident", "run"),
                f"--cmdline=-vvvv --diff -e @{extra_file} {options}",
            ],
            env={
                **environment(kubeconfig),
                "HOME": str(home),
                "TMPDIR": str(temporary),
                "ANSIBLE_LOCAL_TEMP": str(temporary / "local"),
                "ANSIBLE_REMOTE_TMP": str(temporary / "remote"),
                "ANSIBLE_LOG_PATH": str(folder / "ansible.log"),
                "ANSIBLE_KEEP_REMOTE_FILES": "1",
            },
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as command,
        Watch(command, search, (home, temporary)) as watch,
    ):
        output = command.communicate()[0]
    allowed = {extra_file, *(variables / f"{name}.yml" for name in hosts)}
    return Watched(
        returncode=command.returncode,
        output=output,
        artifacts=private / "artifacts" / "run",
        leaks=frozenset(
            watch.leaks | search.text("output", output) | search.folder(folder, allowed=allowed)
        ),
        programs=frozenset(watch.programs),
        files=frozenset(watch.files),
    )
