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

from .envelope import name_all
from .login import authenticate
from .network import Network
from .opening import connect, greet
from .protocol import Verb
from .walk import GOODBYE_SECONDS, Stop, Walk
from .wire import Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from .request import ProbeRequest
    from .result import ProbeResult

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
    connect(walk)
    if not walk.goes_to("tls"):
        return
    greet(walk)
    if not walk.goes_to("auth"):
        return
    authenticate(walk)
    if not walk.goes_to("mail"):
        return
    if walk.request.from_address:
        name_all(walk)
    else:
        walk.skip("mail", "no from address is given")


def _goodbye(walk: Walk) -> None:
    """End the dialogue in good order where it still can be."""
    wire = walk.wire
    if wire is None:
        return
    if walk.goes_to("tls") and wire.usable:
        walk.part("quit", lambda: wire.exchange(Verb.QUIT, seconds=GOODBYE_SECONDS))
    wire.close()
