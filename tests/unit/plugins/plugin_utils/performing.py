# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an action as Ansible does, in this process."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.loader import connection_loader
from ansible.template import Templar

from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import Action
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import RAW

ARGUMENTS: Mapping[str, Any] = {
    **RAW,
    "application": "qualytics",
    "release": "qua",
    "namespace": "apps",
}
"""The smallest input of an action."""


def perform[Kind: Action](
    kind: type[Kind],
    arguments: Mapping[str, Any],
    variables: Mapping[str, Any] | None = None,
    *,
    folder: Path,
    check: bool = False,
) -> tuple[Kind, dict[str, Any]]:
    """The action and its result.

    :param folder: where the playbook is.
    """
    loader = DataLoader()
    loader.set_basedir(str(folder))
    context = PlayContext()
    task = Task()
    task.action = "mailops.smtp.smtp_config"
    task.args = dict(arguments)
    task.check_mode, task.diff = check, False
    given = dict(variables or {})
    connection = connection_loader.get("local", context)
    action = kind(task, connection, context, loader, Templar(loader=loader, variables=given), None)
    return action, action.run(task_vars=given)
