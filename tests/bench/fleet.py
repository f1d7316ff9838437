# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Thirty releases in one run, against thirty times the bare commands: the CPU that the controller spends.

`python -m tests.cluster run -- python -m tests.bench.fleet` measures it alone.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.apps.invitations.release import Release
from tests.bench import vendor
from tests.harness.lab import USER, WITHOUT_MAIL, Lab
from tests.harness.playbook import play, write_inputs

PLAYBOOK = "mailops.smtp.configure"
RELEASES = 30
TUNED = f"forks = {RELEASES}\ninternal_poll_interval = 0.05\n"
"""What README.md advises for many releases: Ansible waits for its workers in a loop, and without a worker for
each release in one that hardly pauses."""


class FleetBenchError(Exception):
    """A run did not do what was to be measured; the text says what it did."""


@dataclass(frozen=True)
class Cost:
    """What a run has taken.

    :ivar cpu: seconds of it and of the processes that it has started and waited for.
    :ivar wall: seconds by the clock.
    """

    cpu: float
    wall: float

    def __str__(self) -> str:
        return f"{self.cpu:.1f} s of CPU in {self.wall:.0f} s"


@dataclass(frozen=True)
class Costs:
    """Of everything that is compared."""

    change: Cost
    tuned: Cost
    bare: Cost
    nothing: Cost
    nothing_for_one: Cost

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """What was measured, and the aims beside it."""
        further = (self.nothing.cpu - self.nothing_for_one.cpu) / (RELEASES - 1)
        return [
            (
                f"{RELEASES} releases with a change",
                str(self.change),
                f"bare commands {self.bare}",
                f"{self.change.cpu / self.bare.cpu:.2f} times the CPU",
                "at most 1.3 times",
            ),
            (
                "the same with the settings of README.md",
                str(self.tuned),
                f"bare commands {self.bare}",
                f"{self.tuned.cpu / self.bare.cpu:.2f} times the CPU",
                "at most 1.3 times",
            ),
            (
                f"{RELEASES} releases, nothing to do",
                str(self.nothing),
                f"one release {self.nothing_for_one}",
                f"{further:.2f} s of CPU for each further one",
                "at most 1 s",
            ),
        ]


def measured(lab: Lab, folder: Path, report: Callable[[str], None]) -> Costs:
    """Configures the releases by the playbook, once more with nothing to do, and then by hand.

    :param folder: for the inputs of both.
    """
    releases = [lab.release(f"bench-fleet-{number}") for number in range(RELEASES)]
    with installed(releases, report):
        descriptions = {each.name: lab.description(each) for each in releases}
        some = next(iter(descriptions.values()))
        lab.relay.set_user(USER, some["smtp_password"])
        inventory, _ = write_inputs(folder, descriptions)
        values = vendor.write_values(
            folder / "fleet.yaml", WITHOUT_MAIL, {**some, "smtp_from_address": "bare@example.com"}
        )

        def configure(changed: int, *arguments: str, defaults: str = "") -> None:
            played = play(PLAYBOOK, inventory, lab.kubeconfig, *arguments, defaults=defaults)
            if (played.returncode, played.changed) != (0, changed):
                raise FleetBenchError(f"expected was changed={changed}:\n{played.output}")

        def by_hand() -> None:
            for release in releases:
                vendor.configure(release, values)

        change = _cost(lambda: configure(RELEASES))
        report(f"the playbook, with a change: {change}")
        for each in descriptions.values():
            each["smtp_from_address"] = "tuned@example.com"
        write_inputs(folder, descriptions)
        tuned = _cost(lambda: configure(RELEASES, defaults=TUNED))
        report(f"the same with the settings of README.md: {tuned}")
        nothing = _cost(lambda: configure(0))
        report(f"the playbook, nothing to do: {nothing}")
        one = _cost(lambda: configure(0, "--limit", releases[0].name))
        report(f"the same for one release: {one}")
        bare = _cost(by_hand)
        report(f"the bare commands, with a change: {bare}")
    return Costs(change, tuned, bare, nothing, one)


@contextmanager
def installed(releases: Sequence[Release], report: Callable[[str], None]) -> Iterator[None]:
    """The releases without mail, ready, as long as the context lasts."""
    try:
        for release in releases:
            release.upgrade(WITHOUT_MAIL)
        for number, release in enumerate(releases, 1):
            release.wait()
            if number % 10 == 0:
                report(f"{number} of {len(releases)} releases are ready")
        yield
    finally:
        for release in releases:
            release.remove()


def _cost(act: Callable[[], None]) -> Cost:
    before, start = _children(), time.perf_counter()
    act()
    return Cost(_children() - before, time.perf_counter() - start)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="mailops-bench-") as name:

        def report(text: str) -> None:
            print(f"  {text}", flush=True)

        for row in measured(Lab.open(Path(name), report), Path(name), report).rows:
            print("  ".join(row))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
