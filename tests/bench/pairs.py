# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two ways of doing the same, timed side by side: A B A B, so that both meet the same machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Action = Callable[[], None]
"""Does something once; an exception of it ends the bench."""


@dataclass(frozen=True)
class Way:
    """One way of doing it.

    :ivar prepare: brings the state that ``act`` begins with; not timed.
    """

    name: str
    act: Action
    prepare: Action = field(default=lambda: None)

    def seconds(self) -> float:
        """How long it takes, once."""
        self.prepare()
        start = time.perf_counter()
        self.act()
        return time.perf_counter() - start


@dataclass(frozen=True)
class Pairs:
    """What was measured: the seconds of both ways, round by round."""

    ours: tuple[float, ...]
    bare: tuple[float, ...]

    @property
    def ratios(self) -> list[float]:
        return [a / b for a, b in zip(self.ours, self.bare, strict=True)]

    @property
    def differences(self) -> list[float]:
        """Seconds that our way takes longer."""
        return [a - b for a, b in zip(self.ours, self.bare, strict=True)]


def measure(ours: Way, bare: Way, rounds: int, report: Callable[[str], None]) -> Pairs:
    """Runs both ways by turns; one round before, which does not count, warms every cache."""
    measured: list[tuple[float, float]] = []
    for number in range(rounds + 1):
        a, b = ours.seconds(), bare.seconds()
        title = f"round {number} of {rounds}" if number else "warm-up"
        report(f"{title}: {ours.name} {a:.2f} s, {bare.name} {b:.2f} s")
        if number:
            measured.append((a, b))
    return Pairs(tuple(a for a, _ in measured), tuple(b for _, b in measured))


def spread(numbers: Sequence[float]) -> str:
    """Median, and the least and the greatest in brackets."""
    return f"{statistics.median(numbers):.2f} ({min(numbers):.2f} to {max(numbers):.2f})"
