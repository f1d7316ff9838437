# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The envelope of a mail: sender and recipients. DATA is never sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .protocol import Verb
from .walk import Fault, Refused, Stop

if TYPE_CHECKING:
    from .walk import Walk

# RFC 5321 section 4.3.2. A relay may use another 2yz code for "accepted, and thrown away".
_RCPT_ACCEPTED = (250, 251, 252)


def name_sender(walk: Walk) -> None:
    """Open a mail transaction. Raises Stop."""
    with walk.stage("mail") as stage:
        mailbox = _mailbox(walk, walk.request.from_address)
        addresses = (walk.request.from_address, *walk.request.recipients)
        utf8 = any(not address.rpartition("@")[0].isascii() for address in addresses)
        parameters = " SMTPUTF8" if utf8 and "SMTPUTF8" in walk.capabilities else ""
        reply = walk.connection.exchange(Verb.MAIL, f"FROM:<{mailbox}>{parameters}")
        if reply.kind != 2:
            raise Refused(reply)
        stage.detail = walk.clean(f"{walk.request.from_address}: {reply}")
        walk.find("sender-unproven", where=walk.where("mail"))


def name_recipients(walk: Walk) -> None:
    """Try every recipient, also after one was refused. Raises Stop when the connection is lost."""
    if not walk.request.recipients:
        walk.skip("rcpt", "no recipient is given")
    for recipient in walk.request.recipients:
        walk.facts["recipient"] = recipient
        try:
            with walk.stage("rcpt") as stage:
                stage.detail = recipient
                reply = walk.connection.exchange(Verb.RCPT, f"TO:<{_mailbox(walk, recipient)}>")
                if reply.code not in _RCPT_ACCEPTED:
                    raise Refused(reply)
                stage.detail = walk.clean(f"{recipient}: {reply}")
        except Stop:
            if not walk.connection.usable:
                raise


def _mailbox(walk: Walk, address: str) -> str:
    """Return an address as MAIL and RCPT take it (RFC 6531 where it is not ASCII)."""
    local, _at, domain = address.rpartition("@")
    if not local.isascii():
        if "SMTPUTF8" not in walk.capabilities:
            raise Fault("smtputf8-not-offered", address)
        return address
    if domain.isascii():
        return address
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise Fault("smtputf8-not-offered", address) from error
