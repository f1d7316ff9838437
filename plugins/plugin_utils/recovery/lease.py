# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run at a time for a release: a Lease in its namespace (coordination.k8s.io/v1).

Whoever writes it has read it before: the API server refuses a write that is based on an older
``resourceVersion``. All times are those of the API server's clock, because the clocks of two
controllers need not agree.
"""

from __future__ import annotations

import os
import platform
import pwd
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Protocol

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import ConflictError
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import Clock
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import Journal
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.records import (
    JournalTakenError,
    Records,
    Store,
)

_WORKER = re.compile(r"(?P<place>.*), process (?P<process>\d+) of (?P<parent>\d+), run ")
SECONDS = 30
"""A run that has not renewed its lease for so long is dead, whatever the lease says."""
ATTEMPTS = 3
"""How often a write is tried that somebody else's has overtaken."""
SKEW = 5.0
"""Seconds by which two clocks of controllers may differ before that is told."""
MANY = 2**31 - 1
"""The highest number that the API server takes (an int32)."""
OLD_JOURNAL = "mailops.smtp/doing"
"""The annotation in which older versions kept their journal."""
RENEW_SECONDS = 5
POLL_SECONDS = 0.5
SAY_SECONDS = 5


class Leases(Store, Protocol):
    """Where the leases of a namespace are kept, beside the records of its releases."""

    def set_fence(self, fence: Callable[[], None]) -> None: ...

    def lease(self, name: str) -> tuple[dict[str, Any] | None, datetime]: ...

    def write_lease(self, lease: Mapping[str, Any]) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Holder:
    """Who has a lease, and how long ago it was heard of. All of it is as somebody has written it."""

    identity: str
    since: datetime
    renewed: datetime
    seconds: int

    def expires(self) -> datetime:
        """Return when it is free, if nobody renews it. Never later than a run of ours would let it be."""
        return self.renewed + timedelta(seconds=min(self.seconds, SECONDS))

    def skew(self, now: datetime) -> float:
        """Return the seconds by which its last sign of life lies in the future."""
        return max(0.0, (self.renewed - now).total_seconds())


def holder_of(lease: Mapping[str, Any] | None) -> Holder | None:
    """Return who has a lease; `None` when it is free, or is not what a run of ours writes."""
    spec = (lease or {}).get("spec") or {}
    identity, seconds = spec.get("holderIdentity"), _count(spec.get("leaseDurationSeconds"))
    try:
        renewed = _time_of(spec.get("renewTime"))
        since = _time_of(spec.get("acquireTime") or spec.get("renewTime"))
    except ValueError:
        return None
    if not (isinstance(identity, str) and identity):
        return None
    return Holder(identity, since, renewed, SECONDS if seconds is None else seconds)


def _count(value: Any) -> int | None:
    """Return a number as it is; `None` for what is not one: a truth value is an int in Python."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _time_of(text: Any) -> datetime:
    """:raises ValueError: for what is not a time with a time zone, or none that can be reckoned with."""
    found = datetime.fromisoformat(text) if isinstance(text, str) else None
    if found is None or found.tzinfo is None or not MINYEAR + 1 < found.year < MAXYEAR:
        raise ValueError("no time")
    return found


def proved(leases: Leases, release: str, run: str) -> Journal | None:
    """Writes down that the change of a run is proved, if that is owed. Takes no lease.

    What a later run has left open stays so. A run that is at work now proves the change itself.

    :param run: the name of the run that has begun the change.
    :returns: what was noted of the change; `None` when nothing was written.
    :raises FindingError: when the API server cannot be reached, or refuses.
    """
    for _attempt in range(ATTEMPTS):
        records = Records(leases, release, run)
        records.read()
        journal = records.noted.journal
        owing = journal.owing(run) if journal else None
        if journal is None or owing is None:
            return None
        lease, now = leases.lease(name_of(release))
        holder = holder_of(lease)
        if holder is not None and holder.expires() > now:
            its_own = holder.identity.endswith(_of_run(run))
            if not (its_own and owing is journal):
                return None
        done = replace(owing, phase="closed")
        try:
            records.write(done if owing is journal else replace(journal, before=done))
        except JournalTakenError:
            continue  # somebody was faster: look again
        return done if owing is journal else None
    return None


def _open() -> None:
    """Stops no write."""


def name_of(release: str) -> str:
    """Return the name of the lease of a release."""
    return f"mailops-smtp-{release}"


def me(run: str) -> str:
    """Return what this run is called, for people."""
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run as a user that it does not know
        user = str(os.getuid())
    return f"{user}@{platform.node()}, process {os.getpid()} of {os.getppid()}{_of_run(run)}"


def _of_run(run: str) -> str:
    return f", run {run}"


def is_of_this_playbook(identity: str) -> bool:
    """Whether a holder is another worker of the same ansible-playbook: the work for another host.

    Anybody may write it, so it decides nothing but words.
    """
    there, here = _WORKER.match(identity), _WORKER.match(me(""))
    if there is None or here is None:
        return False
    same = all(there[part] == here[part] for part in ("place", "parent"))
    return same and there["process"] != here["process"]


class Lease:
    """The lease of one release. It is taken when :meth:`take` is called, and given back at the end of the context.

    A run that is killed does not give it back: that, and what :attr:`records` has noted, is how the next
    one knows. The lease itself holds the holder and times only: many may write it.
    """

    def __init__(
        self,
        leases: Leases,
        release: str,
        run: str,
        clock: Clock,
        progress: Callable[[str], None],
    ) -> None:
        """
        :param run: the name of this run.
        """
        self.run = run
        self.records = Records(leases, release, run)
        self._leases = leases
        self._release = release
        self._name = name_of(release)
        self._clock = clock
        self._progress = progress
        self._lease: dict[str, Any] | None = None
        self._held = False
        self._lost = ""
        self._writing = threading.Lock()
        self._end = threading.Event()
        self._renewing: threading.Thread | None = None
        self._alive_at = 0.0
        self._offset = 0.0

    @property
    def held(self) -> bool:
        """Whether this run has it."""
        return self._held

    def journal(self) -> Journal | None:
        """Return what the last run that had the lease has noted, as it was read last; of this run, once it has.

        :raises FindingError: when it was not read yet, and cannot be.
        """
        if self.records.found is None:
            self.records.read()
        return self.records.noted.journal

    def left_by_older_version(self) -> bool:
        """Return whether a run of an older version has left its work unfinished, as the lease says.

        Such a journal is not used: whoever may write leases can have written it.
        """
        lease, _now = self._leases.lease(self._name)
        annotations = ((lease or {}).get("metadata") or {}).get("annotations") or {}
        return bool(annotations.get(OLD_JOURNAL, "done") != "done")

    def take(self) -> None:
        """Takes the lease, if this run does not have it yet; and keeps it until the end of the context.

        That of a run that seems to be dead is waited for until it has expired.

        :raises FindingError: when another run has it and lives.
        """
        if self._held:
            return
        first: Holder | None = None
        begun, said = self._clock.now(), float("-inf")
        while True:
            lease, now = self._leases.lease(self._name)
            holder = holder_of(lease)
            if holder is None or holder.expires() <= now:
                try:
                    self._begin(lease, now)
                except ConflictError:
                    continue  # somebody was faster, and has it now
                self._claim()
                return
            first = first or holder
            waited = self._clock.now() - begun
            # One that is not renewed and does not expire either was not written by a run that has died.
            if holder != first or waited > SECONDS:
                raise FindingError(self._held_by(holder, now))
            if self._clock.now() - said >= SAY_SECONDS:
                said = self._clock.now()
                left = min((holder.expires() - now).total_seconds(), SECONDS - waited)
                by = "Another host of this run, " if is_of_this_playbook(holder.identity) else ""
                self._progress(
                    f"{by}{holder.identity} has been working on release {self._release} since "
                    f"{holder.since:%H:%M:%S} UTC; waiting to see whether that run is alive (at most "
                    f"{left:.0f} s)"
                )
            self._clock.sleep(POLL_SECONDS)

    def _claim(self) -> None:
        for attempt in range(ATTEMPTS):
            try:
                return self.records.claim()
            except ConflictError:
                if attempt == ATTEMPTS - 1:
                    raise
        return None

    def require_free(self) -> None:
        """Sees that no run has the lease that may still live. Waits for nothing, and takes nothing.

        :raises FindingError: when one has.
        """
        lease, now = self._leases.lease(self._name)
        holder = holder_of(lease)
        if holder is not None and holder.expires() > now:
            raise FindingError(self._held_by(holder, now))

    def _held_by(self, holder: Holder, now: datetime) -> Finding:
        skew = holder.skew(now)
        ahead = f" Its last sign of life lies {skew:.0f} s in the future." if skew > SKEW else ""
        same = is_of_this_playbook(holder.identity)
        return CATALOGUE.finding(
            "release-of-two-hosts" if same else "release-held",
            where=f"release {self._release}",
            release=self._release,
            holder=holder.identity,
            since=f"{holder.since:%Y-%m-%d %H:%M:%S} UTC",
            lease=self._name,
            seconds=SECONDS,
            namespace=self._leases.namespace,
            ahead=ahead,
        )

    def _begin(self, lease: dict[str, Any] | None, now: datetime) -> None:
        self._offset = now.timestamp() - self._clock.now()
        times = _count(((lease or {}).get("spec") or {}).get("leaseTransitions"))
        spec = {
            "holderIdentity": me(self.run),
            "leaseDurationSeconds": SECONDS,
            "acquireTime": self._time(),
            "renewTime": self._time(),
            "leaseTransitions": 0 if times is None or times >= MANY else times + 1,
        }
        self._alive_at = self._clock.now()
        self._lease = self._leases.write_lease(self._body(lease, spec))
        self._held = True
        self._leases.set_fence(self.check)
        self._renewing = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._renewing.start()

    def _keep(self) -> None:
        while not self._end.wait(RENEW_SECONDS):
            try:
                self.renew()
            except FindingError:
                continue  # the API server may be back in time; if not, check() tells

    def _time(self) -> str:
        """Now, by the clock of the API server."""
        now = datetime.fromtimestamp(self._clock.now() + self._offset, UTC)
        return f"{now:%Y-%m-%dT%H:%M:%S.%f}Z"

    def check(self) -> None:
        """To be called before each write.

        :raises FindingError: when the lease is not this run's any more, or nobody can know that it is.
        """
        if not self._lost and self._clock.now() - self._alive_at >= SECONDS:
            self._lost = f"it could not be renewed for {SECONDS} s"
        if self._lost:
            raise FindingError(
                CATALOGUE.finding(
                    "lease-lost",
                    where=f"release {self._release}",
                    release=self._release,
                    reason=self._lost,
                )
            )

    def note(self, journal: Journal) -> None:
        """Writes down what this run is about to do, before it does it.

        :raises FindingError: when the lease is lost, or the API server cannot be reached.
        """
        self.check()
        try:
            self.records.write(journal)
        except JournalTakenError:
            self._lost = "another run has taken over its journal"
        self.check()

    def withdraw(self) -> None:
        """Takes back what was noted last, because it will not be done: what was noted before counts again.

        :raises FindingError: as `note`.
        """
        journal = self.journal()
        if journal is not None:
            self.note(journal.before or replace(journal, phase="closed"))

    def renew(self) -> None:
        """Tells that this run lives.

        :raises FindingError: when the API server cannot be reached, or refuses.
        """
        self._write()

    def _write(self, **spec: Any) -> None:
        with self._writing:
            started = self._clock.now()
            lease = self._lease or {}
            try:
                self._lease = self._leases.write_lease(self._changed(lease, spec))
            except ConflictError:
                # By somebody else; or by this run, if an answer got lost on its way.
                found, _now = self._leases.lease(self._name)
                holder = holder_of(found)
                if found is None or holder is None or holder.identity != me(self.run):
                    by = holder.identity if holder else "nobody"
                    self._lost = f"{by} has it now"
                    return
                self._lease = self._leases.write_lease(self._changed(found, spec))
            self._alive_at = started

    def _changed(self, lease: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
        """Return the lease as this run has written it last, renewed.

        :param lease: as it was read last.
        """
        own = (self._lease or lease)["spec"]
        return self._body(lease, {**own, "renewTime": self._time(), **spec})

    def _body(self, lease: Mapping[str, Any] | None, spec: Mapping[str, Any]) -> dict[str, Any]:
        """Return a lease that takes nothing from the one that was read but its version."""
        metadata: dict[str, Any] = {
            "name": self._name,
            "labels": {"app.kubernetes.io/managed-by": "mailops.smtp"},
        }
        if lease is not None:
            metadata["resourceVersion"] = lease["metadata"]["resourceVersion"]
        return {
            "apiVersion": "coordination.k8s.io/v1",
            "kind": "Lease",
            "metadata": metadata,
            "spec": dict(spec),
        }

    def __enter__(self) -> Lease:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end.set()
        if self._renewing:
            self._renewing.join()
            self._leases.set_fence(_open)
        if not self._held or self._lost:
            return
        self._held = False
        try:
            self._write(holderIdentity=None)
        except FindingError as problem:
            self._progress(
                f"the lease of release {self._release} expires by itself in {SECONDS} s, because it "
                f"could not be given back: {problem}"
            )
