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
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Protocol

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import ConflictError
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import Clock
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery import journal as journals
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import Journal

SECONDS = 30
"""A run that has not renewed its lease for so long is dead."""
RENEW_SECONDS = 5
POLL_SECONDS = 0.5
SAY_SECONDS = 5


class Leases(Protocol):
    """Where the leases of a namespace are kept."""

    def lease(self, name: str) -> tuple[dict[str, Any] | None, datetime]: ...

    def write_lease(self, lease: Mapping[str, Any]) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Holder:
    """Who has a lease, and how long ago it was heard of."""

    identity: str
    since: datetime
    renewed: datetime
    seconds: int

    def expires(self) -> datetime:
        return self.renewed + timedelta(seconds=self.seconds)


def holder_of(lease: Mapping[str, Any] | None) -> Holder | None:
    """Who has a lease; `None` when it is free."""
    spec = (lease or {}).get("spec") or {}
    if not spec.get("holderIdentity") or not spec.get("renewTime"):
        return None
    renewed = datetime.fromisoformat(spec["renewTime"])
    return Holder(
        identity=spec["holderIdentity"],
        since=datetime.fromisoformat(spec["acquireTime"]) if spec.get("acquireTime") else renewed,
        renewed=renewed,
        seconds=spec.get("leaseDurationSeconds") or SECONDS,
    )


def left(leases: Leases, release: str) -> Journal | None:
    """What the last run that worked on a release has written down."""
    lease, _now = leases.lease(name_of(release))
    return _journal(lease)


def proved(leases: Leases, release: str, run: str) -> None:
    """Writes down that the change of a run is proved, if that is owed. Takes no lease.

    What a later run has left open stays so.

    :param run: the name of the run that has begun the change.
    :raises FindingError: when the API server cannot be reached, or refuses.
    """
    while True:
        lease, now = leases.lease(name_of(release))
        holder, journal = holder_of(lease), _journal(lease)
        owing = journal.owing(run) if journal else None
        lives = holder is not None and holder.expires() > now
        # Who is at work and has written something down takes over what is owed.
        if lease is None or journal is None or owing is None or (lives and owing is not journal):
            return
        done = replace(owing, doing="done")
        told = done if owing is journal else replace(journal, before=done)
        with suppress(ConflictError):  # somebody was faster
            leases.write_lease(_noting(lease, told.annotations()))
            return


def name_of(release: str) -> str:
    """The name of the lease of a release."""
    return f"mailops-smtp-{release}"


def _journal(lease: Mapping[str, Any] | None) -> Journal | None:
    return journals.of((lease or {}).get("metadata", {}).get("annotations") or {})


def _noting(lease: Mapping[str, Any], annotations: Mapping[str, str]) -> dict[str, Any]:
    """A lease with more annotations."""
    metadata = lease["metadata"]
    every = {**(metadata.get("annotations") or {}), **annotations}
    return {**lease, "metadata": {**metadata, "annotations": every}}


def me(run: str) -> str:
    """This run, for people."""
    try:
        user = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may run as a user that it does not know
        user = str(os.getuid())
    return f"{user}@{platform.node()}, process {os.getpid()}, run {run}"


class Lease:
    """The lease of one release. It is taken when :meth:`take` is called, and given back at the end of the context.

    A run that is killed does not give it back: that, and what :attr:`journal` says, is how the next
    one knows.
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
        """What the last run that had the lease has written down; of this run, once it has."""
        if not self._held:
            self._lease, _now = self._leases.lease(self._name)
        return _journal(self._lease)

    def take(self) -> None:
        """Takes the lease, if this run does not have it yet; and keeps it until the end of the context.

        That of a run that seems to be dead is waited for until it has expired.

        :raises FindingError: when another run has it and lives.
        """
        if self._held:
            return
        first: Holder | None = None
        said: float | None = None
        while True:
            lease, now = self._leases.lease(self._name)
            holder = holder_of(lease)
            if holder is None or holder.expires() <= now:
                try:
                    self._begin(lease, now)
                except ConflictError:
                    continue  # somebody was faster, and has it now
                return
            if first is None:
                first = holder
            elif holder != first:
                raise FindingError(self._in_the_hands_of(holder))
            if said is None or self._clock.now() - said >= SAY_SECONDS:
                said = self._clock.now()
                left = (holder.expires() - now).total_seconds()
                self._progress(
                    f"release {self._release} is in the hands of {holder.identity}, since "
                    f"{holder.since:%H:%M:%S} UTC; waiting whether it lives (at most {left:.0f} s)"
                )
            self._clock.sleep(POLL_SECONDS)

    def require_free(self) -> None:
        """Sees that no run has the lease that may still live. Waits for nothing, and takes nothing.

        :raises FindingError: when one has.
        """
        lease, now = self._leases.lease(self._name)
        holder = holder_of(lease)
        if holder is not None and holder.expires() > now:
            raise FindingError(self._in_the_hands_of(holder))

    def _in_the_hands_of(self, holder: Holder) -> Finding:
        return CATALOGUE.finding(
            "release-held",
            where=f"release {self._release}",
            release=self._release,
            holder=holder.identity,
            since=f"{holder.since:%Y-%m-%d %H:%M:%S} UTC",
            lease=self._name,
            seconds=holder.seconds,
        )

    def _begin(self, lease: dict[str, Any] | None, now: datetime) -> None:
        self._offset = now.timestamp() - self._clock.now()
        metadata = (lease or {}).get("metadata") or {
            "name": self._name,
            "labels": {"app.kubernetes.io/managed-by": "mailops.smtp"},
        }
        before = (lease or {}).get("spec") or {}
        spec = {
            "holderIdentity": me(self.run),
            "leaseDurationSeconds": SECONDS,
            "acquireTime": self._time(),
            "renewTime": self._time(),
            "leaseTransitions": before.get("leaseTransitions", -1) + 1,
        }
        self._alive_at = self._clock.now()
        self._lease = self._leases.write_lease(
            {
                "apiVersion": "coordination.k8s.io/v1",
                "kind": "Lease",
                "metadata": metadata,
                "spec": spec,
            }
        )
        self._held = True
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
        self._write(journal.annotations())
        self.check()

    def withdraw(self) -> None:
        """Takes back what was noted last, because it will not be done: what was noted before counts again.

        :raises FindingError: as `note`.
        """
        journal = self.journal()
        if journal is not None:
            self.note(journal.before or replace(journal, doing="done"))

    def renew(self) -> None:
        """Tells that this run lives.

        :raises FindingError: when the API server cannot be reached, or refuses.
        """
        self._write({})

    def _write(self, annotations: Mapping[str, str], **spec: Any) -> None:
        with self._writing:
            started = self._clock.now()
            lease = self._lease or {}
            try:
                self._lease = self._leases.write_lease(self._changed(lease, annotations, spec))
            except ConflictError:
                # By somebody else; or by this run, if an answer got lost on its way.
                found, _now = self._leases.lease(self._name)
                holder = holder_of(found)
                if found is None or holder is None or holder.identity != me(self.run):
                    by = holder.identity if holder else "nobody"
                    self._lost = f"it is in the hands of {by} now"
                    return
                self._lease = self._leases.write_lease(self._changed(found, annotations, spec))
            self._alive_at = started

    def _changed(
        self, lease: Mapping[str, Any], annotations: Mapping[str, str], spec: Mapping[str, Any]
    ) -> dict[str, Any]:
        spec = {**lease["spec"], "renewTime": self._time(), **spec}
        return {**_noting(lease, annotations), "spec": spec}

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
        if not self._held or self._lost:
            return
        self._held = False
        try:
            self._write({}, holderIdentity=None)
        except FindingError as problem:
            self._progress(
                f"the lease of release {self._release} expires by itself in {SECONDS} s, because it "
                f"could not be given back: {problem}"
            )
