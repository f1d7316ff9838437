# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""smtp_config works alone: it opens no connection, runs no program, and writes no file but the one asked for."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load, shipped

SCRIPT = textwrap.dedent(
    """
    import os
    import sys
    from pathlib import Path

    from ansible_collections.mailops.smtp.plugins.action.smtp_config import ActionModule
    from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import (
        ARGUMENTS,
        perform,
    )
    from tools.application_pages import description, matrix
    from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load

    folder = Path(sys.argv[1])
    perform(ActionModule, ARGUMENTS, folder=folder)  # what Ansible itself does once
    forbidden = []

    def watch(event, arguments):
        writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if event.startswith(("socket.", "subprocess.", "tempfile.", "os.exec", "os.fork", "os.posix_spawn")):
            forbidden.append(event)
        elif writes or event in ("os.mkdir", "os.rename"):
            forbidden.append(f"{event} {arguments[0]}")

    sys.addaudithook(watch)
    for name in sys.argv[2:]:
        cells = matrix(load(name))
        raw = description(load(name), *next(cell for cell in cells if not cells[cell]))
        result = perform(ActionModule, raw, folder=folder)[1]
        assert not result.get("failed"), result
        assert perform(ActionModule, {"application": name}, folder=folder)[1]["failed"]
    print("\\n".join(forbidden))
    forbidden.clear()
    perform(ActionModule, {**ARGUMENTS, "values_dest": "written.yaml"}, folder=folder)
    assert any("written.yaml" in entry for entry in forbidden), "the watch sees nothing"
    """
)


def seen(folder: Path, *names: str) -> list[str]:
    """What a run does that it should not, in a process of its own: an audit hook cannot be taken back."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), *names],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


def test_every_profile_is_rendered_without_network_program_or_file(tmp_path: Path) -> None:
    assert [line for line in seen(tmp_path, *shipped()) if line] == []
    assert [path.name for path in tmp_path.iterdir()] == ["written.yaml"]


@pytest.mark.parametrize("name", shipped())
def test_a_profile_is_data_alone_no_code_knows_its_name(name: str) -> None:
    code = Path(load(name).source).parents[1] / "plugins"
    told = [
        path.name
        for path in code.rglob("*.py")
        if path.parent.name not in ("modules", "doc_fragments", "preset")
        and f'"{name}"' in path.read_text(encoding="utf-8")
    ]
    assert told == []
