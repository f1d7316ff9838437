# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-test sanity on a copy of what the collection ships.

The tests and their charts are not shipped, and are no integration targets of ansible-test, whose
rules they would break by being templates of Helm; ruff and mypy check them.

ansible-test wants the collection below ansible_collections, and refuses a link. Its home is a folder
of our own, where its first step, which fetches an installer for pip, finds one that needs no network.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from ansible_test._internal.python_requirements import get_venv_packages

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".build" / "sanity"
COPY = HOME / "ansible_collections" / "mailops" / "smtp"
INSTALLER = "import ensurepip\nensurepip.bootstrap(upgrade=True, default_pip=True)\n"


def tracked() -> list[Path]:
    """The files that are or may be committed, without the tests."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", ":!tests"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [Path(name) for name in listing.split("\0") if name and (ROOT / name).is_file()]


def main(arguments: list[str]) -> int:
    """Copies, then runs ansible-test with what is given."""
    shutil.rmtree(COPY, ignore_errors=True)
    for path in tracked():
        (COPY / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, COPY / path)
    # ansible-test asks git for the files.
    subprocess.run(["git", "init", "--quiet"], cwd=COPY, check=True)
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    pip = get_venv_packages(SimpleNamespace(version=python))["pip"]
    (cache / f"get_pip_{pip.replace('.', '_')}.py").write_text(INSTALLER)
    environment = {**os.environ, "HOME": str(HOME), "ANSIBLE_COLLECTIONS_PATH": str(HOME)}
    command = ["ansible-test", "sanity", "--color", "no", "--python", python, *arguments]
    return subprocess.run(command, cwd=COPY, env=environment, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
