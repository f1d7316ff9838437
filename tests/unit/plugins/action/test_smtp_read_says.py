# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit says of many releases: whose it is, how much is not known, and how it is mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.action import smtp_read
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import perform

ROOT = Path(__file__).resolve().parents[4]
REFERENCE = (
    "grafana.ini: {smtp: {enabled: true, host: 'r.example:587', user: '${U}', password: '${P}', "
    "from_address: a@example.org, startTLS_policy: MandatoryStartTLS}}"
)


def read(folder: Path, text: str, application: str = "grafana", **more: Any) -> dict[str, Any]:
    path = folder / "values.yaml"
    path.write_text(text, encoding="utf-8")
    arguments = {"application": application, "values_src": str(path), **more}
    return perform(smtp_read.ActionModule, arguments, folder=folder)[1]


@pytest.mark.parametrize(
    ("application", "text", "words"),
    [
        ("grafana", REFERENCE, "1 not wholly readable, 2 warnings"),
        ("airflow", "env: [{name: AIRFLOW__SMTP__SMTP_HOST, value: r}]", "1 decided elsewhere"),
        ("qualytics", "image: x", "1 without settings"),
    ],
)
def test_what_is_not_known_is_counted_and_never_called_right(
    tmp_path: Path, application: str, text: str, words: str
) -> None:
    found = read(tmp_path, text, application)
    assert words in found["msg"]
    assert "nothing is wrong" not in found["msg"]
    assert not any(each["severity"] == "error" for each in found["findings"])


def test_a_warning_carries_the_name_of_the_release(tmp_path: Path) -> None:
    found = read(tmp_path, REFERENCE, release="dashboards", namespace="monitoring")
    head = "release dashboards in namespace monitoring: "
    assert found["warnings"]
    assert all(text.startswith(head) for text in found["warnings"])


def test_the_failure_of_the_audit_lists_the_fixes() -> None:
    [play] = yaml.safe_load((ROOT / "playbooks" / "audit.yml").read_text(encoding="utf-8"))
    said = play["tasks"][-1]
    assert "fixes" in said["ansible.builtin.assert"]["fail_msg"]
    assert "attribute='fix'" in said["vars"]["fixes"]
