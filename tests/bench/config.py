# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""smtp_config: what a task of a playbook costs after the start, and 1,000 renderings in one process.

`python -m tests.bench.config` measures without a cluster.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils import plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load, shipped
from tests.bench.pairs import Pairs, Way, measure, spread
from tests.harness.playbook import play
from tools import application_pages

ROUNDS = 3
TASKS = 40
RENDERINGS = 1000

TASK = """\
    - mailops.smtp.smtp_config:
        application: vaultwarden
        release: vault
        namespace: apps
        host: mail.example.com
        username: vault
        password: an-example
        from_address: vault@example.com
"""
NOTHING = """\
    - ansible.builtin.assert: {that: true, quiet: true}
"""
"""An action of ansible-core's own that does next to nothing."""


class ConfigBenchError(Exception):
    """A playbook did not go through; the text is its output."""


def tasks(folder: Path, report: Callable[[str], None]) -> Mapping[str, Pairs]:
    """Playbooks with many tasks beside the same with one: what is between is the price of the tasks."""
    (folder / "inventory").write_text("app ansible_connection=local\n")
    return {
        name: measure(
            _way(folder, f"{TASKS + 1} tasks {name}", task * (TASKS + 1)),
            _way(folder, f"1 task {name}", task),
            ROUNDS,
            report,
        )
        for name, task in (("smtp_config", TASK), ("assert", NOTHING))
    }


def _way(folder: Path, name: str, content: str) -> Way:
    playbook = folder / f"{name.replace(' ', '-')}.yml"
    playbook.write_text(f"- hosts: all\n  gather_facts: false\n  tasks:\n{content}")

    def act() -> None:
        played = play(str(playbook), folder / "inventory", folder / "no-kubeconfig")
        if played.returncode:
            raise ConfigBenchError(played.output)

    return Way(name, act)


def renderings() -> Mapping[str, float]:
    """For each profile the seconds of 1,000 renderings, from the options as they are given."""
    return {name: _seconds(_description(name)) for name in shipped()}


def _description(name: str) -> dict[str, Any]:
    """The first cell of the table in docs/applications.md that the application can do."""
    cells = application_pages.matrix(load(name))
    possible = next(cell for cell, refused in cells.items() if not refused)
    return application_pages.description(load(name), *possible)


def _seconds(raw: Mapping[str, Any]) -> float:
    start = time.perf_counter()
    for _ in range(RENDERINGS):
        plan.make(raw)
    return time.perf_counter() - start


def rows(measured: Mapping[str, Pairs], rendered: Mapping[str, float]) -> list[tuple[str, ...]]:
    """What was measured, and the aims beside it."""
    calls = {
        name: spread([1000 * seconds / TASKS for seconds in pairs.differences])
        for name, pairs in measured.items()
    }
    slowest = max(rendered, key=lambda name: rendered[name])
    return [
        (
            "smtp_config, a task",
            f"{calls['smtp_config']} ms",
            f"assert {calls['assert']} ms",
            "",
            "at most 60 ms",
        ),
        (
            f"{RENDERINGS} renderings",
            f"{statistics.median(rendered.values()):.2f} s",
            f"{slowest}, the slowest, {rendered[slowest]:.2f} s",
            "",
            "at most 2 s",
        ),
    ]


def run(folder: Path, report: Callable[[str], None]) -> list[tuple[str, ...]]:
    """Measures both."""
    return rows(tasks(folder, report), renderings())


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="mailops-bench-") as name:
        for row in run(Path(name), lambda text: print(f"  {text}", flush=True)):
            print("  ".join(filter(None, row)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
