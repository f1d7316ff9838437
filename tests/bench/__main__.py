# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: the playbook against the bare commands, on the cluster that MAILOPS_TEST_KUBECONFIG names.

Nothing here fails for being slow: it prints what was measured beside what is aimed at.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.apps.invitations.release import WORKLOADS, Release
from tests.bench import config, fleet, guard, probe, vendor
from tests.bench.pairs import Pairs, Way, measure, spread
from tests.cluster.errors import ClusterError
from tests.harness.lab import USER, WITHOUT_MAIL, Lab
from tests.harness.playbook import Played, play, write_inputs

PLAYBOOK = "mailops.smtp.configure"
EMPTY_PLAYBOOK = "- hosts: all\n  gather_facts: false\n"
ROUNDS = 5


class BenchError(Exception):
    """A run did not do what was to be measured; the text says what it did."""


class Bench:
    """Two releases of the same: one for the playbook, one for the bare commands."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self._kubeconfig = lab.kubeconfig
        self._ours = lab.release("bench-playbook")
        self._bare = lab.release("bench-bare")
        # The bare commands run as the administrator, too; and each round makes the namespace anew.
        self._description = description = lab.description(
            self._ours, smtp_kubeconfig=str(lab.kubeconfig)
        )
        lab.relay.set_user(USER, description["smtp_password"])
        self._inventory, _ = write_inputs(folder, {self._ours.name: description})
        self._values = vendor.write_values(folder / "values.yaml", WITHOUT_MAIL, description)
        self._empty = folder / "empty.yml"
        self._empty.write_text(EMPTY_PLAYBOOK, encoding="utf-8")

    def first_configuration(self, report: Callable[[str], None]) -> Pairs:
        """From a release without mail to one that is configured and looked at."""
        ours = Way("playbook", lambda: self._configure(changes=True), lambda: _renew(self._ours))
        bare = Way(
            "bare commands",
            lambda: vendor.configure(self._bare, self._values),
            lambda: _renew(self._bare),
        )
        pairs = measure(ours, bare, ROUNDS, report)
        if _settings(self._ours) != _settings(self._bare):
            raise BenchError("the two ways do not end with the same settings in the pods")
        return pairs

    def look_before(self) -> tuple[str, ...]:
        """The row that tells what of the first configuration is the look before it."""
        _renew(self._ours)
        looks, guards = guard.measured(self._description, ROUNDS)
        title = "first configuration, before any change"
        return title, f"look {spread(looks)} s", f"guard {spread(guards)} s", "", ""

    def nothing_to_do(self, report: Callable[[str], None]) -> Pairs:
        """The playbook on what it has configured."""
        _renew(self._ours)
        self._configure(changes=True)
        ours = Way("playbook", lambda: self._configure(changes=False))
        empty = Way("empty playbook", lambda: self._expect(self._play(str(self._empty)), 0))
        return measure(ours, empty, ROUNDS, report)

    def end(self) -> None:
        """Takes the releases away, for a cluster that goes on living."""
        for release in (self._ours, self._bare):
            release.remove()

    def _configure(self, *, changes: bool) -> None:
        self._expect(self._play(PLAYBOOK), int(changes))

    def _play(self, playbook: str) -> Played:
        return play(playbook, self._inventory, self._kubeconfig)

    def _expect(self, played: Played, changed: int) -> None:
        if (played.returncode, played.changed) != (0, changed):
            raise BenchError(f"expected was changed={changed}:\n{played.output}")


def _renew(release: Release) -> None:
    """The release without mail, as it is after a first installation, with nothing going on any more."""
    release.kubectl.run("delete", "namespace", release.namespace, "--ignore-not-found")
    release.upgrade(WITHOUT_MAIL)
    release.wait()
    # The kubelet looks at its containers once a second: a way that always began at the same moment of that
    # second would be lucky, or unlucky, in every round.
    time.sleep(random.random())  # noqa: S311  # nothing secret


def _settings(release: Release) -> list[dict[str, str]]:
    """What the pods of each workload see of mail."""
    return [
        {
            name: value
            for name, value in release.environ(workload).items()
            if name.startswith(("SMTP_", "VERIFY_"))
        }
        for workload in WORKLOADS
    ]


def table(first: Pairs, nothing: Pairs, more: Sequence[tuple[str, ...]]) -> str:
    """What was measured, and the aims beside it.

    :param more: further rows.
    """
    rows: list[tuple[str, ...]] = [
        ("median (min to max)", "playbook", "compared with", "pair by pair", "aim"),
        (
            "first configuration",
            f"{spread(first.ours)} s",
            f"bare commands {spread(first.bare)} s",
            f"{spread(first.ratios)} times",
            "at most 1.5 times",
        ),
        (
            "nothing to do",
            f"{spread(nothing.ours)} s",
            f"empty playbook {spread(nothing.bare)} s",
            f"{spread(nothing.differences)} s over",
            "at most 3 s over",
        ),
        ("", "", "", f"{spread(nothing.ratios)} times", ""),
        *more,
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def reason(error: Exception) -> str:
    """What went wrong, with the words of the command that failed."""
    if isinstance(error, subprocess.CalledProcessError):
        return f"{error} {error.stderr}"
    return str(error)


def run(folder: Path, report: Callable[[str], None]) -> str:
    """Measures both, and returns the table."""
    print("Preparing:", flush=True)
    lab = Lab.open(folder, report)
    bench = Bench(lab, folder)
    try:
        print("First configuration, from a fresh release each time:", flush=True)
        first = bench.first_configuration(report)
        before = bench.look_before()
        print("Nothing to do:", flush=True)
        nothing = bench.nothing_to_do(report)
        print("The probe, at the same Postfix:", flush=True)
        probe.measured(probe.postfix(lab.relay), folder, report)
        print("smtp_config:", flush=True)
        calls = config.run(folder, report)
        print(f"{fleet.RELEASES} releases:", flush=True)
        many = fleet.measured(lab, folder / "fleet", report)
        return table(first, nothing, [before, *many.rows, *calls])
    finally:
        bench.end()


MISTAKES = (
    BenchError,
    ClusterError,
    config.ConfigBenchError,
    fleet.FleetBenchError,
    probe.ProbeBenchError,
    subprocess.CalledProcessError,
)
"""What ends a bench early."""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="mailops-bench-") as name:
        try:
            measured = run(Path(name), lambda text: print(f"  {text}", flush=True))
        except MISTAKES as error:
            print(f"\nThe bench stopped: {reason(error)}", file=sys.stderr)
            return 1
    print(f"\n{measured}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
