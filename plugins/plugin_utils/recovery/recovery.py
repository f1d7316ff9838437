# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of smtp_release does about runs that go wrong: the one before it, and itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import Clock
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard import hooks
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import (
    Revision,
    last_good,
    newest,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.runner import keeping
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import decodable
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery import (
    cause,
    certificates,
    marker,
    unfinished,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery import (
    journal as journals,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery import (
    lease as leases,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.certificates import Ca, Live
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.history import History
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import (
    Journal,
    Phase,
    Record,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.unfinished import (
    HALF_WRITTEN,
    Unfinished,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.way_back import Back, WayBack
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout import state
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import patch

GUARDED = frozenset({"change-outside-release", "hook-outside-release", "rollback-changes-other"})
"""The findings with which the guard refuses a rollback."""


@dataclass(frozen=True)
class Recovery:
    """What can be done for one release.

    :param undoes: whether a change that does not work is undone (``smtp_back_out``).
    :param seconds: within which pods must be ready.
    """

    way_back: WayBack
    clock: Clock
    undoes: bool
    seconds: int

    @property
    def release(self) -> str:
        return self.way_back.helm.release

    @property
    def where(self) -> str:
        return f"release {self.release}"

    @property
    def history(self) -> History:
        """The revisions of the release."""
        return History(self.way_back, self.clock)

    def noticed(self) -> list[Finding]:
        """Return what to say of the journal as it was found: gone, not used, or one of an older version.

        :raises FindingError: when the API server cannot be reached.
        """
        lease = self.way_back.lease
        if lease.records.found is None:
            return []
        noted, revisions = lease.records.found
        last = newest(revisions)
        facts: dict[str, Any] = {
            "where": self.where,
            "release": self.release,
            "namespace": self.way_back.helm.namespace,
        }
        if noted.problem:
            name = journals.name_of(self.release)
            return [
                CATALOGUE.finding("journal-not-used", name=name, problem=noted.problem, **facts)
            ]
        if lease.left_by_older_version():
            its = leases.name_of(self.release)
            return [CATALOGUE.finding("journal-of-older-version", lease=its, **facts)]
        if noted.journal is None and last is not None and marker.run_of(last, revisions):
            return [CATALOGUE.finding("journal-missing", revision=last.number, **facts)]
        return []

    def begin(self, *, check: bool) -> list[Finding]:
        """Waits for an operation of somebody else's, and goes back from what a killed run has left half written.

        :returns: what to say about it.
        :raises FindingError: in check mode, when there is something to go back from; when its run lives.
        """
        left = self.history.after_others()
        if left is None or not left.half_written or left.good is None:
            return []
        if check:
            self.way_back.lease.require_free()
            raise FindingError(
                CATALOGUE.finding(
                    "run-unfinished",
                    where=self.where,
                    release=self.release,
                    revision=left.revision.number,
                    status=left.revision.status,
                    good=f"revision {left.good.number}",
                )
            )
        self.way_back.lease.take()
        # Its run may have come to its end by itself.
        left = self.history.unfinished(self.history.read())
        if left is None or not left.half_written or left.good is None:
            return []
        self.way_back.workloads.progress(
            f"revision {left.revision.number} of {self.where} was left {left.revision.status} by a run "
            f"that was killed; going back to revision {left.good.number}"
        )
        # With the CA as before, a workload that was held is what it was, and does not roll for the way back.
        back = self.way_back.go(left.revision, left.good, left.journal.ca if left.journal else ())
        done = (
            f"revision {left.revision.number} was left {left.revision.status}; the release has "
            f"{back.settings}{back.restarts}"
        )
        return [self.resumed(done), *back.findings]

    def resumed(self, done: str) -> Finding:
        """What to say of what was done about a run before, as the end of a sentence."""
        return CATALOGUE.finding("run-resumed", where=self.where, release=self.release, done=done)

    def made_up(self, left: Unfinished | None, *, proof_follows: bool) -> str:
        """What of a run before this one makes up for, as the end of a sentence; empty when nothing.

        :param left: what the run has found.
        :param proof_follows: whether the proof is among it, if that is owed.
        """
        if left is None or not (left.unseen or proof_follows):
            return ""
        revision = f"revision {left.revision.number}"
        if left.unseen:
            return f"the pods of {revision} are not verified yet"
        return f"{revision} is not proved yet"

    def left(self, revisions: Sequence[Revision]) -> Unfinished | None:
        """What a killed run has left to be seen to be right, or to be proved."""
        left = self.history.unfinished(revisions)
        return left if left is not None and not left.half_written else None

    def outcome(self, left: Unfinished | None) -> dict[str, Any]:
        """The `run` that has begun the change, which may be a killed one; and whether the `proof_owed` is.

        :param left: what the run has found.
        """
        lease = self.way_back.lease
        journal = self._noted() if lease.held else left and left.journal
        run = journal.run if journal else lease.run
        return {"run": run, "proof_owed": bool(journal and journal.phase == "arrived")}

    def upgrading(self, deployed: Revision, live: Live, ca: Ca) -> tuple[str, ...]:
        """To be called before the upgrade; returns its flags, which mark the revision and keep the others.

        :param live: the workloads as they are.
        :param ca: those whose private CA is to change with it, as they have it.
        :raises FindingError: when the newest revision is not the one that the run has looked at.
        """
        revisions = self.history.read()
        left = self.history.unfinished(revisions)
        good = Record.of(left.good) if left and left.good else None
        if good is None and all(map(self._is_ready, live.values())):
            good = Record.of(deployed)
        lease, cluster, number = self.way_back.lease, self.way_back.cluster, deployed.number + 1
        before = certificates.before(cluster, lease.journal(), left, live, ca)
        open_ = replace(left.journal, before=None) if left and left.journal else None
        lease.note(
            Journal(
                run=lease.run,
                kind="upgrade",
                phase="begun",
                leaves=Record.of(deployed),
                good=good,
                makes=number,
                ca=before,
                before=open_,
            )
        )
        self.way_back.require_newest(deployed.number)
        return (*marker.flags(lease.run, number), *keeping(revisions))

    def rolling(self, ca: Ca = ()) -> None:
        """To be called before the pods get something else, with an upgrade or without one.

        Where there was none, it is noted, so that nobody goes back to before a revision that an earlier
        run has seen to be right.

        :param ca: the workloads whose private CA is to change, as they have it.
        :raises FindingError: when another run is working on the release, or the lease is lost.
        """
        lease = self.way_back.lease
        lease.take()
        lease.check()
        journal = lease.journal()
        open_ = journal is not None and not journal.undoes  # a rollback is not undone again
        if journal is not None and open_ and journal.run == lease.run:
            return
        revisions, live = self.history.read(), self.way_back.workloads.live()
        last, left = newest(revisions), self.history.unfinished(revisions)
        before = certificates.before(self.way_back.cluster, journal, left, live, ca)
        if left and left.journal and not left.journal.undoes:
            lease.note(left.journal.reopened(before))
        elif last is not None:
            if journal is None or journal.seen:
                ready = all(map(self._is_ready, live.values()))
            else:
                ready = journal.good is not None
            lease.note(
                Journal(
                    run=lease.run,
                    kind="roll",
                    phase="begun",
                    leaves=Record.of(last),
                    good=Record.of(last) if ready else None,
                    makes=last.number,
                    ca=before,
                )
            )

    def upgraded(self) -> None:
        """To be called after the upgrade, which Helm makes of the newest revision that it finds.

        :raises FindingError: when that was not the one that the run has looked at.
        """
        revisions, journal = self.history.read(), self.way_back.lease.journal()
        last = newest(revisions)
        if (
            last
            and journal
            and unfinished.made_by(journal, revisions)
            and unfinished.overtook(journal, last)
        ):
            raise FindingError(
                CATALOGUE.finding(
                    "upgrade-overtook",
                    where=self.where,
                    release=self.release,
                    revision=last.number - 1,
                )
            )

    def _is_ready(self, found: Mapping[str, Any]) -> bool:
        return state.complete(found, self.way_back.cluster.own_pods(found))

    def _noted(self) -> Journal | None:
        """What was written down and counts; that of this run, once it has.

        :raises FindingError: when the API server cannot be reached.
        """
        lease = self.way_back.lease
        journal = lease.journal() if lease.held else None
        if journal is None or journal.before is None or journal.run == lease.run:
            return journal
        return unfinished.in_force(journal, self.history.read())

    @contextmanager
    def undoing(self, *, proof_follows: bool = False) -> Iterator[None]:
        """Undoes the change when what is within fails because of it; else it is seen to be right.

        :param proof_follows: whether it is to be proved yet, in this run or, if that is killed, in a later one.
        :raises FindingError: what has failed first, and then what was undone and what was not.
        """
        try:
            yield
        except FindingError as error:
            raise FindingError(*error.findings, *self.undo(error.findings)) from error
        journal = self._noted()
        if journal is not None and not journal.seen:
            # What was there before a change was proved then, or never will be.
            owes = proof_follows and not journal.undoes
            self._finish(journal, "arrived" if owes else "closed")

    def _finish(self, journal: Journal, phase: Phase) -> None:
        """Notes that a change was seen to be right; the certificates go that nobody needs any more."""
        live = self.way_back.workloads.live() if journal.ca else {}
        before = certificates.finish(self.way_back.cluster, journal, live, phase)
        good = journal.leaves if journal.rolls else journal.good
        self.way_back.lease.note(replace(journal, phase=phase, good=good, ca=before, before=None))

    def let_go(self) -> list[Finding]:
        """Lets the workloads go that a killed run has left held, when this one ends in a failure.

        :returns: which they are, also when they stay held because the lease is not this run's.
        """
        lease = self.way_back.lease
        try:
            trust = self.way_back.trust(())
            if not trust.left_held:
                return []
            if lease.held:
                lease.check()
                trust.let_go()
            else:
                lease.require_free()  # one that lives holds them itself
        except FindingError as error:
            return list(error.findings)
        code = "workload-let-go" if lease.held else "workload-held"
        return [CATALOGUE.finding(code, where=trust.left)]

    def undo(self, failed: Sequence[Finding]) -> list[Finding]:
        """Goes back to the revision before the change, if the change has made the failure.

        :param failed: what has failed.
        :returns: what was undone, and what was not.
        """
        return self._undo(failed, None)

    def back_out(self, failed: Sequence[Finding], run: str) -> list[Finding]:
        """The same for a change that was seen to be right in the pods, when something else fails afterwards.

        :param run: the `run` of the change.
        """
        try:
            self.way_back.lease.take()
        except FindingError as error:
            return [self._not_undone(_end(str(error)), None)]
        return self._undo(failed, run)

    def _undo(self, failed: Sequence[Finding], run: str | None) -> list[Finding]:
        """:param run: of the change; by default one that was not seen to be right yet."""
        try:
            journal = self._noted()
            if journal is None or (run is None and journal.seen):
                return []
            if run not in (None, journal.run):
                reason = f"another run of this collection has changed release {self.release} since"
                return [self._not_undone(reason, None)]
            return self._undone(failed, journal)
        except FindingError as error:
            reason = f"{_end(str(error))}. The next run completes it or undoes it"
            return [self._not_undone(reason, None)]

    def _undone(self, failed: Sequence[Finding], journal: Journal) -> list[Finding]:
        revisions = self.history.at_last()
        last, ours = newest(revisions), unfinished.made_by(journal, revisions)
        if last is None:
            return []
        begun = journal.kind == "upgrade" and journal.phase == "begun"
        written = any(marker.run_of(each, revisions) == journal.run for each in revisions)
        # A private CA may have changed before Helm could write anything, or somebody else was faster.
        if journal.rolls or (begun and not written):
            return self._undo_trust(failed, journal, last)
        if last.number < journal.makes:
            return []  # Helm has written nothing
        if last.number == journal.makes and last.is_rollback and last.status == "deployed":
            return []  # it is undone already
        good = unfinished.before(journal, revisions)
        half_written = last.status in HALF_WRITTEN
        if half_written and good is None:
            good = last_good(revisions)
        refusal = self._refusal(failed, last, good, ours=ours)
        if refusal or good is None:
            return [self._not_undone(refusal, good if ours else None)]
        return self._go(last, good, journal.ca)

    def _undo_trust(
        self, failed: Sequence[Finding], journal: Journal, last: Revision
    ) -> list[Finding]:
        """The same where no revision was made: the private CA alone may have changed."""
        open_ = None if journal.rolls else journal.before
        ca = journal.ca[len(open_.ca) :] if open_ else journal.ca  # what is open stays as it is
        trust = self.way_back.trust(ca)
        if not trust.mounts:
            trust.let_go()
            told: list[Finding] = []
            if not journal.rolls:
                told.append(self._not_written(last))
            elif not journal.ca:
                stay = f"the settings of revision {last.number} were there before, and stay"
                told.append(self._not_undone(f"a restart has nothing to go back to: {stay}", None))
            return [*told, *trust.findings]
        ours = not journal.rolls or last.number == journal.makes
        good = None if journal.good is None else last
        refusal = self._refusal(failed, last, good, ours=ours)
        if refusal and (journal.rolls or not self.undoes):
            return [self._not_undone(refusal, None)]
        return self._go(last, last, ca, open_)

    def _not_written(self, last: Revision) -> Finding:
        self.way_back.lease.withdraw()
        return CATALOGUE.finding(
            "change-not-written", where=self.where, release=self.release, revision=last.number
        )

    def _refusal(
        self, failed: Sequence[Finding], last: Revision, good: Revision | None, *, ours: bool
    ) -> str:
        """Why nothing is undone; empty when it is."""
        if not ours:
            return f"somebody else has changed release {self.release} meanwhile (revision {last.number})"
        new = f"the new settings are in place (revision {last.number}), and"
        if not self.undoes:
            return f"{new} smtp_back_out is false"
        codes = [finding.code for finding in failed if finding.severity == "error"]
        if last.status not in HALF_WRITTEN and not cause.is_ours(codes):
            return f"{new} what has failed says nothing about them"
        if good is None:
            return f"{new} there is no revision before it whose pods were ready"
        return ""

    def _go(
        self, last: Revision, good: Revision, ca: Ca, open_: Journal | None = None
    ) -> list[Finding]:
        """:param open_: what an earlier run has left open, and is so again."""
        way_back, rolls = self.way_back, last.number == good.number
        to = "its private CA from before" if rolls else f"revision {good.number}"
        way_back.workloads.progress(f"undoing the change: {self.where} goes back to {to}")
        facts: dict[str, Any] = {
            "where": self.where,
            "release": self.release,
            "namespace": way_back.helm.namespace,
        }
        back: Back | None = None
        try:
            back = way_back.go(last, good, ca)
            facts |= {"settings": back.settings, "restarted": back.restarts}
            way_back.arrive(self.seconds)
            left = (*ca, *(patch.mounted(mount.state) for mount in back.trust.mounts))
            live = way_back.workloads.live()
            certificates.discard(way_back.cluster, left, live, kept=open_.ca if open_ else ())
            journal = way_back.lease.journal()
            if journal is not None:
                undone = replace(journal, phase="closed", ca=(), before=None)
                way_back.lease.note(open_ or undone)
        except FindingError as error:
            if back is None:
                # What the guard refuses is not to be done by hand either.
                refused = any(finding.code in GUARDED for finding in error.findings)
                by_hand = None if rolls or refused else good
                return [self._not_undone(_end(str(error)), by_hand)]
            problem = CATALOGUE.finding("undo-incomplete", problem=error, **facts)
            return [problem, *back.findings]
        if back.trust.findings:
            problem = CATALOGUE.finding(
                "undo-incomplete", problem=back.trust.findings[0].message, **facts
            )
            return [problem, *back.findings]
        remains = "" if rolls else self._remains(last)
        return [CATALOGUE.finding("change-undone", remains=remains, **facts), *back.findings]

    def _remains(self, undone: Revision) -> str:
        """What a rollback does not undo, as sentences."""
        helm = self.way_back.helm
        with decodable(helm.release, helm.namespace):
            ran = hooks.of_upgrade(undone, helm.namespace).values()
        names = ", ".join(map(str, ran))
        return f" What hooks of the chart have done remains: {names}." if names else ""

    def _not_undone(self, reason: str, good: Revision | None) -> Finding:
        return CATALOGUE.finding(
            "change-not-undone",
            where=self.where,
            reason=reason,
            by_hand=self._by_hand(good),
        )

    def _by_hand(self, good: Revision | None) -> str:
        """How a person goes back, as the end of a sentence."""
        if good is None:
            return "look at helm history and choose the revision, or give the settings from before"
        namespace = self.way_back.helm.namespace
        return (
            f"helm rollback {self.release} {good.number} --namespace {namespace}, and kubectl rollout "
            "restart of its workloads"
        )


def _end(text: str) -> str:
    return text.rstrip(".")
