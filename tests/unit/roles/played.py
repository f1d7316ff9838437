# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one task of a role, as a run of a play sees it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

ROOT = Path(__file__).parents[3]


def played(
    role: str, tags: Sequence[str], skipped: Sequence[str], roles: Sequence[str], **variables: Any
) -> tuple[dict[str, Any], Templar]:
    """The task, and what evaluates its expressions.

    :param tags, skipped: of the run, as Ansible has them.
    :param roles: all of the play.
    :param variables: besides those of Ansible.
    """
    loader = DataLoader()
    path = ROOT / "roles" / role / "tasks" / "main.yml"
    [task] = loader.load_from_file(str(path), trusted_as_template=True)
    own = {
        "ansible_run_tags": list(tags),
        "ansible_skip_tags": list(skipped),
        "ansible_play_role_names": list(roles),
    }
    return task, Templar(loader=loader, variables={**variables, **own})
