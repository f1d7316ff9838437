# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The envelope of a mail: the sender, every recipient, and RSET."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .login import log_in
from .pipeline import Pipeline
from .protocol import Verb
from .session import reopen
from .walk import GOODBYE_SECONDS, Fault, Refused

if TYPE_CHECKING:
    from .walk import Walk
    from .wire import Command, Wire

# RFC 5321 section 4.3.2. A relay may use another 2yz code for "accepted, and thrown away".
_RCPT_ACCEPTED = (250, 251, 252)


def name_all(walk: Walk) -> None:
    """Name the sender and, as far as the request goes, every recipient; then take it back.

    Every recipient is tried, also after one was refused. Raises Stop.
    """
    recipients = walk.request.recipients if walk.goes_to("rcpt") else ()
    if walk.goes_to("rcpt") and not recipients:
        walk.skip("rcpt", "no recipient is given")
    unusable: dict[str, Fault] = {}
    with walk.stage("mail") as stage:
        commands: list[Command] = [(Verb.MAIL, _mail(walk))]
        for recipient in recipients:
            try:
                commands.append((Verb.RCPT, f"TO:<{_mailbox(walk, recipient)}>"))
            except Fault as fault:
                unusable[recipient] = fault
        commands.append((Verb.RSET, ""))
        pipeline = Pipeline(walk, commands, lambda limit: _again(walk, limit))
        reply = pipeline.next_reply()
        if reply.kind != 2:
            pipeline.drain()
            raise Refused(reply)
        stage.detail = walk.clean(f"{walk.request.from_address}: {reply}")
        walk.find("sender-unproven", where=walk.where("mail"))
    for recipient in recipients:
        walk.facts["recipient"] = recipient
        with walk.stage("rcpt", survives=(Refused, Fault)) as stage:
            stage.detail = recipient
            if recipient in unusable:
                raise unusable[recipient]
            reply = pipeline.next_reply()
            if reply.code not in _RCPT_ACCEPTED:
                raise Refused(reply)
            stage.detail = walk.clean(f"{recipient}: {reply}")
    walk.part("rset", lambda: pipeline.next_reply(GOODBYE_SECONDS))


def _again(walk: Walk, limit: float) -> Wire:
    """Return a second connection in which MAIL may be sent.

    To log in once more is no second attempt: the relay has accepted these credentials.
    """
    wire = reopen(walk, limit)
    if walk.result.mechanism:
        try:
            log_in(walk, wire)
        except BaseException:
            wire.close()
            raise
    return wire


def _mail(walk: Walk) -> str:
    """Return the argument of MAIL, with the parameters that the relay understands."""
    request, capabilities = walk.request, walk.capabilities
    words = [f"FROM:<{_mailbox(walk, request.from_address)}>"]
    addresses = (request.from_address, *request.recipients)
    if "SMTPUTF8" in capabilities and any(not _local_part(each).isascii() for each in addresses):
        words.append("SMTPUTF8")
    return " ".join(words)


def _mailbox(walk: Walk, address: str) -> str:
    """Return an address as MAIL and RCPT take it (RFC 6531 where it is not ASCII)."""
    domain = address.rpartition("@")[2]
    if not _local_part(address).isascii():
        if "SMTPUTF8" not in walk.capabilities:
            raise Fault("smtputf8-not-offered", address)
        return address
    if domain.isascii():
        return address
    try:
        return f"{_local_part(address)}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise Fault("smtputf8-not-offered", address) from error


def _local_part(address: str) -> str:
    return address.rpartition("@")[0]
