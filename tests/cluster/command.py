# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a tool of the system whose failure is the end of what was tried."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence

from tests.cluster.errors import ClusterError


def output(command: Sequence[str], hint: str = "") -> str:
    """Run a command to its end and return its standard output.

    :param hint: what a person can do when it fails.
    :raises ClusterError: it failed; the message holds what it said.
    """
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        advice = f" ({hint})" if hint else ""
        raise ClusterError(f"'{shlex.join(command)}' failed{advice}: {done.stderr.strip()}")
    return done.stdout
