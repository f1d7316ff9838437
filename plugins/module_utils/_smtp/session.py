# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a session begins on one connection: greeting, EHLO, STARTTLS, TLS.

The stages of a walk take these steps, and so does every second look; they record nothing, and
raise what a walk calls trouble.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING

from .protocol import Reply, State, Verb
from .walk import Fault, Refused

if TYPE_CHECKING:
    from .walk import Walk
    from .wire import Wire


def greeting(reply: Reply) -> Reply:
    """Return the relay's first reply, if it lets the client in."""
    if reply.kind != 2:
        raise Refused(reply)
    return reply


def say_hello(walk: Walk, wire: Wire) -> None:
    """Send EHLO, or HELO to a relay that knows nothing else (RFC 5321 section 3.2)."""
    name = walk.request.ehlo_name or _own_name(wire.local_address)
    walk.facts["ehlo_name"] = name
    reply = wire.exchange(Verb.EHLO, name)
    if reply.code in (500, 502):
        reply = wire.exchange(Verb.HELO, name)
    if reply.kind != 2:
        raise Refused(reply)


def ask_for_tls(wire: Wire) -> None:
    """Send STARTTLS."""
    if "STARTTLS" not in wire.capabilities:
        masked = wire.capabilities.masked
        raise (
            Fault("starttls-stripped", ", ".join(masked))
            if masked
            else Fault("starttls-not-offered")
        )
    reply = wire.exchange(Verb.STARTTLS)
    if reply.kind != 2:
        raise Refused(reply)


def shake_hands(walk: Walk, wire: Wire, *, verify: bool) -> None:
    """Do the TLS handshake as the request wants it, but for ``verify``."""
    wire.start_tls(walk.request.context(verify=verify), walk.server_name)


def go_to_tls(walk: Walk, wire: Wire) -> None:
    """Bring a new connection to where the handshake is due, if the walk's security has one."""
    if walk.result.security == "tls":
        return
    greeting(wire.read())
    say_hello(walk, wire)
    if walk.result.security == "starttls":
        ask_for_tls(wire)


def reopen(walk: Walk, limit: float) -> Wire:
    """Return a further connection, ready for AUTH or MAIL, by a limit of the clock."""
    wire = walk.new_wire(limit)
    try:
        go_to_tls(walk, wire)
        if walk.result.security != "none":
            shake_hands(walk, wire, verify=walk.distrust is None)
        if wire.dialogue.state is State.CONNECTED:
            greeting(wire.read())
        if wire.dialogue.state is State.GREETED:
            say_hello(walk, wire)
    except BaseException:
        wire.close()
        raise
    return wire


def _own_name(local_address: str) -> str:
    """Return this machine's name if it is qualified, else its address literal.

    RFC 5321 section 4.1.4; literals: section 4.1.3. The DNS is not asked: that can take long.
    """
    name = socket.gethostname()
    if "." in name.strip(".") and name.isascii():
        return name
    address = ip_address(local_address.partition("%")[0])
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"
