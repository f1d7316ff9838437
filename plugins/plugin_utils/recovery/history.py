# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The revisions of a release, and the waiting for them: for others at work on it, and for the API server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import Clock
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.refusal import is_away
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import (
    PENDING,
    Revision,
    newest,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery import unfinished
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.unfinished import Unfinished
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.way_back import WayBack

OTHERS_SECONDS = 60
"""So long an operation of somebody else's is waited for, from its beginning."""
API_SECONDS = 60
"""So long the API server is waited for, before a change is given up half done."""
POLL_SECONDS = 1.0


@dataclass(frozen=True)
class History:
    """The revisions of one release that are kept, as they are when they are asked for."""

    way_back: WayBack
    clock: Clock

    def read(self) -> list[Revision]:
        """All of them.

        :raises FindingError: when the API server cannot be reached, or one of them cannot be read.
        """
        return self.way_back.lease.records.read()

    def at_last(self) -> list[Revision]:
        """All of them, when the API server can be reached again.

        :raises FindingError: when it cannot for too long, or one of them cannot be read.
        """
        start = self.clock.now()
        while True:
            try:
                return self.read()
            except FindingError as error:
                if not is_away(error) or self.clock.now() - start >= API_SECONDS:
                    raise
            self.clock.sleep(POLL_SECONDS)

    def unfinished(self, revisions: Sequence[Revision]) -> Unfinished | None:
        """What a run has left that nobody has seen to be right."""
        return unfinished.find(revisions, self.way_back.lease.journal())

    def after_others(self) -> Unfinished | None:
        """Waits for an operation of somebody else's; what a run of ours has left, if one has.

        :raises FindingError: as `read`.
        """
        said = False
        while True:
            revisions = self.read()
            left, last = self.unfinished(revisions), newest(revisions)
            if left or last is None or last.status not in PENDING:
                return left
            if (datetime.now(UTC) - last.begun).total_seconds() >= OTHERS_SECONDS:
                return None
            if not said:
                said = True
                self.way_back.workloads.progress(
                    f"waiting for somebody else's operation on release {last.release}: revision "
                    f"{last.number} is {last.status} since {last.begun:%H:%M:%S}"
                )
            self.clock.sleep(POLL_SECONDS)
