# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide docs/add-your-application.md as data: its files, and the mistakes that it shows."""

from __future__ import annotations

import re
from pathlib import Path

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "add-your-application.md"
PROFILE = "profiles/notes.yml"
VARIABLES = "vars.yml"
CHART = "notes"

_FILE = re.compile(r"^```yaml (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_MISTAKE = re.compile(
    r"^```diff\n-(.*?)\n\+(.*?)\n```\n\n```text\n(.*?)\n```$", re.MULTILINE | re.DOTALL
)


def write_files(folder: Path) -> Path:
    """Puts every file of the guide where the guide says; returns the profile."""
    for name, text in _FILE.findall(GUIDE.read_text(encoding="utf-8")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    # What no guide has to show: the name of a chart.
    chart = f"apiVersion: v2\nname: {CHART}\nversion: 1.0.0\n"
    (folder / CHART / "Chart.yaml").write_text(chart, encoding="utf-8")
    return folder / PROFILE


def mistakes() -> list[tuple[str, str, str]]:
    """Each mistake of the guide: the line that is right, the wrong one, and what a person is told."""
    return _MISTAKE.findall(GUIDE.read_text(encoding="utf-8"))
