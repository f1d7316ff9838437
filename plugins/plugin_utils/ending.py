# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a child process ended, in words."""

from __future__ import annotations

import signal

LAST_EXIT_CODE = 128
"""A shell adds a signal's number to it (POSIX.1-2017, XCU section 2.8.2); Python makes it negative."""


def signal_of(returncode: int) -> int | None:
    """Return the number of the signal that ended a process; `None` when it ended by itself."""
    if returncode < 0:
        return -returncode
    return returncode - LAST_EXIT_CODE if returncode > LAST_EXIT_CODE else None


def in_words(returncode: int) -> str:
    """Return the end of a sentence about a process that ended with this exit code."""
    number = signal_of(returncode)
    if number is None:
        return f"ended with exit code {returncode}"
    if number == signal.SIGKILL:
        return "was killed (signal 9); the usual reason is that memory ran out"
    return f"was ended by signal {number}"
