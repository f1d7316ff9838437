# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm's records of a release and the journal beside them, read in one list; and the writes of the journal.

The run that holds the lease claims the journal. From then on each write builds on its last one, by
``resourceVersion``: when somebody else has written the journal, this run stops.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import (
    ConflictError,
    Kept,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import (
    Revision,
    in_use,
    newest,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import unreadable
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery import journal as journals
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import (
    CLAIMED_BY,
    Journal,
    Noted,
    Record,
)


class Store(Protocol):
    """Where the records of a namespace are kept."""

    namespace: str

    def kept(self, release: str) -> Kept: ...

    def write_journal(self, journal: Mapping[str, Any]) -> dict[str, Any]: ...

    def claim_journal(
        self, name: str, version: str, annotations: Mapping[str, str]
    ) -> dict[str, Any]: ...


class JournalTakenError(Exception):
    """Another run has written the journal since this one did."""


class Records:
    """What is kept of one release, as it was read last.

    :ivar noted: what the journal says: of this run, once it has claimed it.
    :ivar found: what was noted when it was read first, and the revisions that were kept then.
    """

    def __init__(self, store: Store, release: str, run: str) -> None:
        """
        :param run: the name of this run.
        """
        self.noted = Noted()
        self.found: tuple[Noted, list[Revision]] | None = None
        self._store = store
        self._release = release
        self._run = run
        self._claimed = False
        self._version: str | None = None
        self._owner: Record | None = None

    def read(self) -> list[Revision]:
        """Return all revisions of the release.

        :raises FindingError: when the API server cannot be reached, or one of them cannot be read.
        """
        kept = self._read()
        if not self._claimed:
            self._take_over(kept)
        self.found = self.found or (self.noted, kept.revisions)
        return kept.revisions

    def claim(self) -> None:
        """Makes the journal this run's, so that a run which still writes it stops.

        :raises ConflictError: when somebody was faster.
        :raises FindingError: as `read`.
        """
        kept = self._read()
        if kept.journal is not None and not journals.is_writable(kept.journal):
            name = journals.name_of(self._release)
            raise FindingError(
                CATALOGUE.finding(
                    "journal-not-writable",
                    where=f"release {self._release}",
                    name=name,
                    namespace=self._store.namespace,
                )
            )
        self._take_over(kept)
        if self._version is not None:
            name, annotations = journals.name_of(self._release), {CLAIMED_BY: self._run}
            written = self._store.claim_journal(name, self._version, annotations)
            self._version = str(written["metadata"]["resourceVersion"])
        self._claimed = True

    def write(self, journal: Journal) -> None:
        """Writes the journal.

        :raises JournalTakenError: when another run has written it since.
        :raises FindingError: when the API server cannot be reached, or refuses.
        """
        if self._owner is None:
            self._read()
        owner = self._owner or journal.leaves
        body = journals.secret(journal, self._release, owner, self._run)
        if self._version is not None:
            body["metadata"]["resourceVersion"] = self._version
        try:
            written = self._store.write_journal(body)
            self._version = str(written["metadata"]["resourceVersion"])
        except ConflictError:
            # By somebody else; or by this run, if an answer got lost on its way.
            found = self._read().journal
            if found is None or not _same(found, body):
                raise JournalTakenError from None
            self._version = found["metadata"]["resourceVersion"]
        self.noted = Noted(journal)

    def _read(self) -> Kept:
        try:
            kept = self._store.kept(self._release)
        except ValueError as error:
            raise FindingError(unreadable(self._release, self._store.namespace, error)) from None
        used = in_use(kept.revisions) or newest(kept.revisions)
        self._owner = Record.of(used) if used else None
        return kept

    def _take_over(self, kept: Kept) -> None:
        self.noted = journals.read(kept.journal, kept.revisions)
        self._version = kept.journal["metadata"]["resourceVersion"] if kept.journal else None


def _same(found: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Return whether a Secret is what this run has written."""
    claims = [each["metadata"].get("annotations") or {} for each in (found, body)]
    same_run = claims[0].get(CLAIMED_BY) == claims[1].get(CLAIMED_BY)
    return same_run and found.get("data") == body["data"]
