# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""For an application that is no release a person is told how the settings reach it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load
from ansible_collections.mailops.smtp.plugins.plugin_utils.target.way import way
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.target.targets import profile


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("file", "write mail.yaml to smtp_values_dest"),
        ("document", "edit the block smtp"),
        ("api", "by PUT /v1/smtp"),
        ("form", "the form under Settings, Mail"),
        ("env", "Set the variables"),
    ],
)
def test_each_target_has_a_way_of_its_own(tmp_path: Path, kind: str, words: str) -> None:
    assert words in way(load(profile(tmp_path, kind)))
