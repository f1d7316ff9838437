# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-playbook as a user would, with nothing of the caller's configuration."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
COLLECTIONS = ROOT / ".build" / "collections"
VENV = ROOT / ".build" / "venv"
OLDEST = ROOT / ".build" / "venv-oldest"
"""The oldest versions that the collection supports."""

_RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=\d+\s+failed=(\d+)", re.M)
_RESULT = re.compile(r"^(?:ok|changed|fatal): \[.*?\](?:: FAILED!)? => (\{.*\})$", re.M)


@dataclass(frozen=True)
class Played:
    """How a run ended."""

    returncode: int
    output: str = field(repr=False)

    @property
    def changed(self) -> int:
        """How many tasks changed something, over all hosts."""
        return sum(int(match[3]) for match in _RECAP.finditer(self.output))

    @property
    def results(self) -> list[dict[str, Any]]:
        """What each task has returned; of those that went well only with ``-v``."""
        return [json.loads(match[1]) for match in _RESULT.finditer(self.output)]

    @property
    def failed(self) -> int:
        """How many hosts failed."""
        return sum(int(match[4]) for match in _RECAP.finditer(self.output))


def environment(
    kubeconfig: Path, collections: Path = COLLECTIONS, venv: Path = VENV
) -> dict[str, str]:
    """The environment of a run: the tools first, one collections path, no configuration file."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    return {
        **kept,
        "PATH": f"{venv / 'bin'}:{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "MAILOPS_TEST_KUBECONFIG": str(kubeconfig),
    }


def write_inputs(folder: Path, hosts: Mapping[str, Mapping[str, Any]]) -> tuple[Path, Path]:
    """An inventory of releases, and beside it the variables of each, as files of a user.

    JSON is YAML. Where a text would be a template, it carries the tag that a user would write; and
    only there, because ``!unsafe`` makes a quoted "off" a boolean.
    """
    (folder / "host_vars").mkdir(parents=True, exist_ok=True)
    inventory = folder / "inventory.yml"
    inventory.write_text(
        json.dumps({"all": {"hosts": {name: {"ansible_connection": "local"} for name in hosts}}})
    )
    for name, variables in hosts.items():
        lines = [
            f"{key}: {'!unsafe ' if '{{' in str(value) else ''}{json.dumps(value)}"
            for key, value in variables.items()
        ]
        path = folder / "host_vars" / f"{name}.yml"
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return inventory, folder / "host_vars"


def start(
    playbook: str,
    inventory: Path,
    kubeconfig: Path,
    *arguments: str,
    collections: Path = COLLECTIONS,
    venv: Path = VENV,
    defaults: str = "",
) -> subprocess.Popen[str]:
    """Begins to run a playbook of the collection by name, or one by path.

    :param venv: the Python environment whose ansible-playbook runs.
    :param defaults: lines of ansible.cfg.
    """
    # Found before the one in the caller's home.
    (inventory.parent / "ansible.cfg").write_text(f"[defaults]\n{defaults}")
    return subprocess.Popen(
        [str(venv / "bin" / "ansible-playbook"), playbook, "-i", str(inventory), *arguments],
        env=environment(kubeconfig, collections, venv),
        cwd=inventory.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def play(
    playbook: str,
    inventory: Path,
    kubeconfig: Path,
    *arguments: str,
    collections: Path = COLLECTIONS,
    venv: Path = VENV,
    defaults: str = "",
) -> Played:
    """Runs a playbook to its end, as `start` begins it."""
    with start(
        playbook,
        inventory,
        kubeconfig,
        *arguments,
        collections=collections,
        venv=venv,
        defaults=defaults,
    ) as run:
        return ended(run)


def ended(run: subprocess.Popen[str], seconds: float = 600) -> Played:
    """How a run ends; one that does not end is killed.

    :raises subprocess.TimeoutExpired: when it was.
    """
    try:
        output, _ = run.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        run.kill()
        raise
    return Played(run.returncode, output)


def says(run: subprocess.Popen[str], words: str) -> None:
    """Returns when a run has said something; all until then is read, and is no output of its end."""
    assert run.stdout
    assert any(words in line for line in run.stdout), f"the run does not say {words}"
