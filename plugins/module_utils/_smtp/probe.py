# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe: walk through the stages of a relay, and say what was seen.

resolve → connect → banner → EHLO → STARTTLS → TLS → certificate → EHLO → AUTH → MAIL → RCPT → RSET
→ QUIT; with implicit TLS the handshake comes before the banner. DATA is never sent. A stage that
fails ends the walk, except that every recipient is tried.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .envelope import name_recipients, name_sender
from .login import authenticate
from .network import Network
from .opening import Opening
from .protocol import ProtocolError, State, Verb
from .result import ProbeResult, Stage
from .walk import GOODBYE_SECONDS, Stop, Walk
from .wire import Clock, WireError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .request import ProbeRequest
    from .wire import Wire

# All waits together may take this many times the timeout of one.
TOTAL_WAITS = 4


def probe(
    request: ProbeRequest,
    *,
    network: Network | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> ProbeResult:
    """Walk through the stages that ``request`` asks for, and return all that was seen.

    Never raises for what a relay or a network does. ``network`` and ``clock`` (seconds, monotonic)
    are the ways to the outside.
    """
    limits = Clock(clock, request.timeout, TOTAL_WAITS * request.timeout)
    walk = Walk(request, network or Network(), limits)
    for name, problem in request.problems():
        walk.find("request-invalid", where=name, detail=f"{name} {problem}")
    if walk.result.ok:
        try:
            _go(walk)
        except Stop:
            # Written down where it happened; what was seen so far is the result.
            _goodbye(walk)
        else:
            _goodbye(walk)
    return walk.result


def _go(walk: Walk) -> None:
    opening = Opening(walk)
    opening.connect()
    if not walk.goes_to("tls"):
        return
    opening.greet()
    if not walk.goes_to("auth"):
        return
    authenticate(walk)
    if not walk.goes_to("mail"):
        return
    if not walk.request.from_address:
        walk.skip("mail", "no from address is given")
        return
    name_sender(walk)
    if walk.goes_to("rcpt"):
        name_recipients(walk)


def _goodbye(walk: Walk) -> None:
    """End the dialogue in good order where it still can be."""
    wire = walk.wire
    if wire is None:
        return
    if walk.goes_to("tls"):
        if wire.usable and wire.dialogue.state in (State.SENDER, State.RECIPIENTS):
            _parting(walk, "rset", wire, Verb.RSET)
        if wire.usable:
            _parting(walk, "quit", wire, Verb.QUIT)
    wire.close()


def _parting(walk: Walk, name: str, wire: Wire, verb: Verb) -> None:
    stage = Stage(name)
    walk.result.stages.append(stage)
    started = walk.clock.now()
    try:
        stage.detail = walk.clean(str(wire.exchange(verb, seconds=GOODBYE_SECONDS)))
    except (WireError, ProtocolError) as error:
        stage.result, stage.detail = "warning", error.kind
    stage.seconds = round(walk.clock.now() - started, 6)
