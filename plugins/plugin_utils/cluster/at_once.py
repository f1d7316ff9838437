# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks an API server for several things at the same time, where that is faster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

FEW = 3
"""So many answers over the connection that is open take no longer than one over a connection that is to be
opened: TCP and TLS take two round trips before the first request."""
PARALLEL = 8

T = TypeVar("T")
R = TypeVar("R")


def at_once(  # noqa: UP047  # ansible-core 2.19 runs on Python 3.11 too
    ask: Callable[[T], R], things: Sequence[T]
) -> list[R]:
    """The answer for each thing, in their order.

    :param ask: one request.
    """
    if len(things) <= FEW:
        return list(map(ask, things))
    with ThreadPoolExecutor(PARALLEL) as pool:
        return list(pool.map(ask, things))
