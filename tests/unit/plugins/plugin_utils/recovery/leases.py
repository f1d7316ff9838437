# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The leases and journals of a namespace, kept as the API server keeps them: no write is based on an older one."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import (
    ConflictError,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import (
    Kept as Records,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import (
    Journal,
    name_of,
    read,
    secret,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.lease import Lease
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import Clock

START = datetime(2026, 11, 21, 9, tzinfo=UTC).timestamp()


@dataclass
class Kept:
    """:param answers: whether the API server can be reached.
    :param loses_answer: whether the next write is taken, and its answer lost on the way; the client
        then sends it again by itself.
    """

    clock: Clock
    leases: dict[str, dict[str, Any]] = field(default_factory=dict)
    journals: dict[str, dict[str, Any]] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    namespace: str = "apps"
    answers: bool = True
    loses_answer: bool = False
    before_write: Callable[[], None] = lambda: None
    before_read: Callable[[], None] = lambda: None
    before_journal: Callable[[], None] = lambda: None
    version: int = 0
    fence: Callable[[], None] = field(default=lambda: None)

    def lease(self, name: str) -> tuple[dict[str, Any] | None, datetime]:
        self._reach()
        now = datetime.fromtimestamp(START + int(self.clock.now()), UTC)
        return copy.deepcopy(self.leases.get(name)), now

    def write_lease(self, lease: Mapping[str, Any]) -> dict[str, Any]:
        hook, self.before_write = self.before_write, lambda: None
        hook()
        self._reach()
        written = self._write(self.leases, lease)
        if self.loses_answer:
            self.loses_answer = False
            return self.write_lease(lease)
        return written

    def set_fence(self, fence: Callable[[], None]) -> None:
        self.fence = fence

    def keep(self, journal: Journal) -> None:
        """Has a journal of release qua from before."""
        self.write_journal(secret(journal, "qua", journal.leaves, journal.run))

    def kept(self, release: str) -> Records:
        self.before_read()
        self._reach()
        return Records(list(self.revisions), copy.deepcopy(self.journals.get(name_of(release))))

    def write_journal(self, journal: Mapping[str, Any]) -> dict[str, Any]:
        hook, self.before_journal = self.before_journal, lambda: None
        hook()
        self._reach()
        written = self._write(self.journals, journal)
        if self.loses_answer:
            self.loses_answer = False
            return self.write_journal(journal)
        return written

    def claim_journal(
        self, name: str, version: str, annotations: Mapping[str, str]
    ) -> dict[str, Any]:
        claimed = copy.deepcopy(self.journals[name])
        claimed["metadata"] |= {"resourceVersion": version, "annotations": dict(annotations)}
        return self._write(self.journals, claimed)

    def _write(self, things: dict[str, dict[str, Any]], thing: Mapping[str, Any]) -> dict[str, Any]:
        metadata = thing["metadata"]
        found = (things.get(metadata["name"]) or {"metadata": {}})["metadata"]
        if found.get("resourceVersion") != metadata.get("resourceVersion"):
            problem = "the object has been modified"
            raise ConflictError(
                CATALOGUE.finding("cluster-error", where="api", status=409, problem=problem)
            )
        self.version += 1
        written = copy.deepcopy(dict(thing))
        written["metadata"]["resourceVersion"] = str(self.version)
        things[metadata["name"]] = written
        return copy.deepcopy(written)

    def _reach(self) -> None:
        if not self.answers:
            raise FindingError(CATALOGUE.finding("cluster-unreachable", where="api", problem="no"))

    def spec(self) -> dict[str, Any]:
        """What the only lease says."""
        (lease,) = self.leases.values()
        spec: dict[str, Any] = lease["spec"]
        return spec


def left_in(kept: Kept) -> Journal | None:
    """What the journal of release qua says."""
    found = kept.kept("qua")
    return read(found.journal, found.revisions).journal


def lease(kept: Kept, run: str = "mine", said: list[str] | None = None) -> Lease:
    """The lease of release qua, for a run."""
    heard = [] if said is None else said
    return Lease(kept, "qua", run, kept.clock, heard.append)
