# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps for a release refuse what is none before they look for a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.mailops.smtp.plugins.action import smtp_probe, smtp_release, smtp_verify
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import Step
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import perform
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import RAW

ARGUMENTS = {**RAW, "application": "palette", "probe_from": "pod"}


@pytest.mark.parametrize("module", [smtp_release, smtp_verify, smtp_probe])
def test_an_application_that_is_no_release_is_told_its_way(module: object, tmp_path: Path) -> None:
    kind: type[Step] = vars(module)["ActionModule"]
    result = perform(kind, ARGUMENTS, folder=tmp_path)[1]
    assert result["failed"]
    [finding] = result["findings"]
    assert finding["code"] == "target-is-no-release"
    assert "by PUT /v1/system/config/smtp" in finding["fix"]


def test_a_relay_can_be_probed_without_a_release(tmp_path: Path) -> None:
    arguments = {**ARGUMENTS, "probe_from": "auto", "host": "127.0.0.1", "port": 9}
    arguments |= {"security": "none", "timeout": 1, "username": "", "password": ""}
    result = perform(smtp_probe.ActionModule, arguments, folder=tmp_path)[1]
    assert result["probed_from"] == "controller"
    note = result["findings"][0]
    assert note["code"] == "probe-from-controller"
    assert "Spectro Cloud Palette is not configured through a Helm release" in note["message"]
