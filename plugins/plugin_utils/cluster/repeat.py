# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repeats a request after the connection has broken, within a limit. Pure: the request and the clock are handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import Clock

PAUSES = (0.2, 0.4, 0.8, 1.6)
"""Seconds before each repetition; there are no more repetitions than pauses."""
SECONDS = 60.0
"""After that long nothing is begun again: one request that hangs may take half of it."""
LONGEST_PAUSE = 5.0
"""The most that a server is obeyed that asks for a longer pause."""

T = TypeVar("T")
E = TypeVar("E", bound=Exception)


def repeated(  # noqa: UP047  # ansible-core 2.19 runs on Python 3.11 too
    ask: Callable[[], T],
    kind: type[E],
    pause: Callable[[E], float | None],
    clock: Clock,
) -> T:
    """Return the first answer.

    :param ask: one attempt.
    :param kind: the exceptions of an attempt that are looked at.
    :param pause: the least number of seconds before the next attempt; `None` when there must be none.
    :raises Exception: what the last attempt raised.
    """
    start = clock.now()
    for least in PAUSES:
        try:
            return ask()
        except kind as error:  # each attempt is one request
            asked = pause(error)
            if asked is None or clock.now() - start >= SECONDS:
                raise
        clock.sleep(min(max(least, asked), LONGEST_PAUSE))
    return ask()
