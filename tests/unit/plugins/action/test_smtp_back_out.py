# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has failed in the block is told first, whatever module it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.action.smtp_back_out import ActionModule
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import (
    ARGUMENTS,
    perform,
)

OURS = Finding("credentials-rejected", "error", "relay", "The relay refuses the login.", "Mend it.")


@pytest.mark.parametrize(
    "theirs", [[{"id": 7, "severity": "high"}], ["a text"], [{"code": 3}], "a text", {"a": 1}, 5]
)
def test_findings_of_other_modules_are_left_alone(theirs: Any, tmp_path: Path) -> None:
    failed = {"msg": "3 images are vulnerable", "findings": theirs}
    variables = {"ansible_failed_result": failed}
    result = perform(ActionModule, ARGUMENTS, variables, folder=tmp_path)[1]
    assert result["failed"]
    assert result["msg"] == "3 images are vulnerable"
    assert result["findings"] == []


def test_those_of_this_collection_are_told_again(tmp_path: Path) -> None:
    failed = {"msg": OURS.message, "findings": [OURS.as_dict()]}
    variables = {"ansible_failed_result": failed}
    result = perform(ActionModule, ARGUMENTS, variables, folder=tmp_path)[1]
    assert result["findings"] == [OURS.as_dict()]
