# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has failed in the block is named first, whatever module it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from ansible_collections.mailops.smtp.plugins.action.smtp_back_out import ActionModule
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import (
    ARGUMENTS,
    perform,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.journals import entry
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.leases import lease
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.releases import (
    Release,
    made_by,
    recovery,
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
    assert result["findings"] == []


def test_what_has_failed_is_named_and_its_message_not_printed_twice(tmp_path: Path) -> None:
    failed = {"msg": f"{OURS.message} Fix: {OURS.fix}", "findings": [OURS.as_dict()]}
    variables = {"ansible_failed_result": failed, "ansible_failed_task": {"name": "Send"}}
    result = perform(ActionModule, ARGUMENTS, variables, folder=tmp_path)[1]
    assert result["msg"] == "Task Send has failed; its message is above."


def test_those_of_this_collection_are_told_again(tmp_path: Path) -> None:
    failed = {"msg": OURS.message, "findings": [OURS.as_dict()]}
    variables = {"ansible_failed_result": failed}
    result = perform(ActionModule, ARGUMENTS, variables, folder=tmp_path)[1]
    assert result["findings"] == [OURS.as_dict()]


def undo(
    failed: dict[str, Any],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    released: dict[str, Any],
) -> tuple[dict[str, Any], Release]:
    """What the rescue does after a step that has failed, and the release afterwards."""
    release = Release([revision(4, "superseded"), made_by("first", 5, "deployed")])
    with lease(release.store, "first") as its:
        its.take()
        its.note(entry("first", "proof", 5, 4))
    monkeypatch.setattr(ActionModule, "cluster", lambda *_: cast(Cluster, release))
    monkeypatch.setattr(
        ActionModule, "recovery", lambda _self, _plan, _of, its: recovery(release, its)
    )
    given = {**ARGUMENTS, "released": {**released, "run": "first"}}
    return perform(ActionModule, given, {"ansible_failed_result": failed}, folder=folder)[
        1
    ], release


@pytest.mark.parametrize(
    ("code", "unconfirmed", "undone"),
    [
        ("relay-denied", [], True),
        ("relay-denied", ["relay-denied"], False),
        ("relay-denied", ["sender-rejected"], True),
        # No other settings mend these.
        ("account-locked", [], False),
        ("sending-quota-reached", [], False),
    ],
)
def test_a_refusal_undoes_when_the_settings_have_the_blame_and_it_is_no_hiccup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, unconfirmed: list[str], undone: bool
) -> None:
    finding = Finding(code, "error", "relay", "The relay refuses it.", "Mend it.")
    failed = {
        "msg": finding.message,
        "findings": [finding.as_dict()],
        "proofs": [{"relay": {"unconfirmed": unconfirmed}}],
    }
    result, release = undo(failed, tmp_path, monkeypatch, {"changed": True})
    assert code in {each["code"] for each in result["findings"]}
    assert ("change-undone" in {each["code"] for each in result["findings"]}) is undone
    assert release.numbers() == ([4, 5, 6] if undone else [4, 5])


@pytest.mark.parametrize(
    ("released", "undone"),
    [
        ({"changed": True}, True),
        ({"changed": False, "proof_owed": True}, True),
        ({"changed": False, "proof_owed": False}, False),
        ({"changed": True, "failed": True}, False),
    ],
)
def test_a_change_is_undone_that_is_of_this_run_or_was_still_to_be_proved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, released: dict[str, Any], undone: bool
) -> None:
    failed = {"msg": OURS.message, "findings": [OURS.as_dict()]}
    result, release = undo(failed, tmp_path, monkeypatch, released)
    assert ("change-undone" in {each["code"] for each in result["findings"]}) is undone
    assert release.numbers() == ([4, 5, 6] if undone else [4, 5])
