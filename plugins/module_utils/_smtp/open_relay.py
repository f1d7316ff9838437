# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the relay takes mail for anybody from anybody: tried only when that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .envelope import RCPT_ACCEPTED, mailbox
from .protocol import Verb
from .walk import GOODBYE_SECONDS, Refused

if TYPE_CHECKING:
    from .walk import Walk


def try_foreign(walk: Walk) -> None:
    """Name a foreign recipient before the login, and take it back. Raises Stop."""
    request, wire = walk.request, walk.connection
    with walk.stage("open-relay") as stage:
        sender = mailbox(walk, request.from_address) if request.from_address else ""
        recipient = mailbox(walk, request.foreign_recipient)
        reply = wire.exchange(Verb.MAIL, f"FROM:<{sender}>")
        opened = accepted = reply.kind == 2
        if opened:
            reply = wire.exchange(Verb.RCPT, f"TO:<{recipient}>")
            accepted = reply.code in RCPT_ACCEPTED
        if wire.is_over:
            raise Refused(reply)
        stage.detail = walk.clean(f"{request.foreign_recipient}: {reply}")
        if accepted:
            stage.result = "warning"
            where = walk.where("open-relay")
            walk.find("open-relay", where=where, recipient=request.foreign_recipient)
        if opened:
            reply = wire.exchange(Verb.RSET, seconds=GOODBYE_SECONDS)
            # With a transaction that stays open, nothing can follow.
            if reply.kind != 2:
                raise Refused(reply)
