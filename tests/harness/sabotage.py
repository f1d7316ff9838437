# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways in which mail is broken behind a run's back, and the judge of what the run then says.

The table is in tests/harness/sabotages.py. A run that ends well promises that the application can
send; a run that fails promises that mail is as it was, or says that it is worse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from tests.harness.playbook import Played
from tests.harness.scene import HUB, LOGIN, PASSWORD, Application, Scene, Sent, Setup

PROPERTY = "what came of it"
"""The property of a test that has the end of its case."""


class When(Enum):
    """When mail is broken."""

    BEFORE = "before a change"
    DURING = "during a change"
    AFTER = "after a change, before an unchanged run"


class End(Enum):
    """What came of a case: what the run says, and what the application can do."""

    SENDS = "green, and the application sends"
    WAITS = "green, and the run says that the relay's temporary error is the reason"
    RED_AND_SENDS = "red, and the application sends"
    AS_BEFORE = "red, and mail is as it was before the run"
    WORSE = "red, mail is worse, and the run says so"
    SILENT = "GREEN, and the application cannot send"
    WORSE_UNSAID = "RED, mail is worse, and the run does not say so"

    @property
    def is_fault(self) -> bool:
        """Whether the run has promised what is not so."""
        return self in (End.SILENT, End.WORSE_UNSAID)


@dataclass(frozen=True)
class Sabotage:
    """One way in which mail is broken.

    :param do: breaks it.
    :param undo: puts right what a new release does not; without it, the release is installed anew.
    :param changes: the variables of the run that differ; a run before or during which mail is broken
        changes the sender besides.
    :param moment: for one during a run, the number of the write after which it happens, and what is
        in the paths of the writes that count.
    :param must: how it must end; without it, any end that is no fault will do.
    :param says: what the run must say where mail is worse after it, one of them in small letters.
    :param is_temporary: whether the relay's answer is a temporary error, with which a run may end well
        when it says so.
    :param by_run: whether it needs what only a run of the playbook leaves.
    :param is_short: whether it belongs to the selection of `make test`.
    :param fault: why it is known to fail; it is then expected to.
    """

    name: str
    when: When
    do: Callable[[Scene], object]
    undo: Callable[[Scene], object] | None = None
    application: Application = HUB
    setup: Setup = LOGIN
    changes: Mapping[str, Any] = field(default_factory=dict)
    moment: tuple[int, str] = (1, "/deployments/")
    must: frozenset[End] = frozenset()
    says: tuple[str, ...] = ()
    is_temporary: bool = False
    by_run: bool = False
    is_short: bool = False
    fault: str = ""

    def __str__(self) -> str:
        moment = self.when.name.lower()
        return f"{self.application.name}, {moment}: {self.name}".replace("/", " ")


@dataclass(frozen=True)
class Outcome:
    """One case: what was seen, and the judgement."""

    sabotage: Sabotage
    before: Sent
    played: Played = field(repr=False)
    after: Sent

    @property
    def end(self) -> End:
        """What came of it."""
        output = self.played.output.lower()
        if self.played.returncode == 0:
            if self.after:
                return End.SENDS
            said = "warning" in output and self.sabotage.is_temporary
            return End.WAITS if said else End.SILENT
        if self.after:
            return End.RED_AND_SENDS
        if not self.before:
            return End.AS_BEFORE
        said = any(words.lower() in output for words in self.sabotage.says)
        return End.WORSE if said else End.WORSE_UNSAID

    @property
    def complaints(self) -> list[str]:
        """What is wrong with the run; empty when nothing is."""
        found = [self.end.value] if self.end.is_fault else []
        must = self.sabotage.must
        if must and self.end not in must:
            found.append(f"{self.end.value}; right would be: {_either(must)}")
        if "Traceback" in self.played.output or "Please report" in self.played.output:
            found.append("the run takes it for a fault of its own")
        if PASSWORD in self.played.output:
            found.append("the run shows the password")
        return found

    def __str__(self) -> str:
        lines = self.played.output.splitlines()[-60:]
        return "\n".join(
            [
                f"{self.sabotage}: {'; '.join(self.complaints) or self.end.value}",
                f"the application before the run: {self.before.why or 'sends'}",
                f"the application after it: {self.after.why or 'sends'}",
                f"the run (exit code {self.played.returncode}):",
                *lines,
            ]
        )


def commit(scene: Scene, sabotage: Sabotage, number: int) -> Outcome:
    """Break mail in one way, run the playbook, and let the application send.

    :param number: makes the sender of a run that changes it unlike that of any other.
    """
    scene.set_up(by_run=sabotage.by_run)
    changed = {"smtp_from_address": f"hub-{number}@example.com"}
    changes = {**({} if sabotage.when is When.AFTER else changed), **sabotage.changes}
    try:
        if sabotage.when is When.DURING:
            before = Sent()
            after, to = sabotage.moment
            during = (after, to, lambda: sabotage.do(scene))
            played = scene.play(during=during, **changes)
        else:
            sabotage.do(scene)
            before = scene.sends()
            played = scene.play(**changes)
        return Outcome(sabotage, before, played, scene.sends())
    finally:
        if sabotage.undo:
            sabotage.undo(scene)
        if not sabotage.undo or not scene.is_as_before or not scene.sends():
            scene.tear_down()


def summary(ends: Iterable[str]) -> list[str]:
    """How many cases came to each end, a line each.

    :param ends: what :data:`PROPERTY` was of each.
    """
    counts = Counter(ends)
    return [f"{counts[end.value]:4}  {end.value}" for end in End if counts[end.value]]


def _either(ends: Iterable[End]) -> str:
    return ", or ".join(sorted(end.value for end in ends))
