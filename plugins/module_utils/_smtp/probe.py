# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe: walk through the stages of a relay, and say what was seen.

resolve → connect → banner → EHLO → STARTTLS → TLS → certificate → EHLO → AUTH → MAIL → RCPT → RSET
→ QUIT; with implicit TLS the handshake comes before the banner. DATA takes the place of RSET only
where a mail is asked for. A stage that fails ends the walk, except that every recipient is tried.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from .envelope import Envelope
from .login import authenticate
from .message import new_token
from .network import Network
from .open_relay import try_foreign
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
    sleep: Callable[[float], None] = time.sleep,
) -> ProbeResult:
    """Walk through the stages that ``request`` asks for, and return all that was seen.

    The walk is repeated, as often as the request allows, while nothing but transient failures end
    it; the result is that of the last one. A refusal whose words say "never" and whose code says
    "not now" is asked for once more. A login that failed is never tried again, and a mail that may
    have been taken is never sent again.

    Never raises for what a relay or a network does. ``network``, ``clock`` (seconds, monotonic) and
    ``sleep`` are the ways to the outside.
    """
    request = _with_token(request)
    started = clock()
    network = network or Network()
    put_off: list[str] = []
    doubtful: set[str] = set()
    while True:
        limits = Clock(clock, request.timeout, TOTAL_WAITS * request.timeout)
        walk = Walk(request, network, limits)
        _try(walk)
        doubted = {finding.code for finding in walk.doubtful}
        again = walk.may_be_repeated or (walk.may_be_confirmed and not doubted & doubtful)
        if len(put_off) >= request.retries or not again:
            break
        doubtful |= doubted
        put_off.append(walk.failures[-1].message)
        sleep(request.retry_seconds)
    if put_off and walk.result.ok:
        detail = put_off[-1].rstrip(".")
        walk.find("passed-after-retry", where=walk.result.relay, detail=detail)
    walk.result.transient = walk.is_transient
    walk.result.permanent = bool(walk.lasting)
    walk.result.unconfirmed = sorted(doubted - doubtful)
    walk.result.tries = len(put_off) + 1
    walk.result.seconds = round(clock() - started, 6)
    return walk.result


def longest(request: ProbeRequest) -> float:
    """Return the seconds that a probe may take at most, but for what the machine itself takes."""
    one = TOTAL_WAITS * request.timeout + GOODBYE_SECONDS
    return one + request.retries * (one + request.retry_seconds)


def _with_token(request: ProbeRequest) -> ProbeRequest:
    """Return the request with a token for its mail, the same in every try."""
    mail = request.mail
    if mail is None or mail.token:
        return request
    return replace(request, message=replace(mail, token=new_token()))


def _try(walk: Walk) -> None:
    for name, problem in walk.request.problems():
        walk.find("request-invalid", where=name, detail=f"{name} {problem}")
    if not walk.result.ok:
        return
    try:
        _go(walk)
    except Stop:
        # Written down where it happened; what was seen so far is the result.
        _goodbye(walk)
    else:
        _goodbye(walk)


def _go(walk: Walk) -> None:
    connect(walk)
    if not walk.goes_to("tls"):
        return
    greet(walk)
    if not walk.goes_to("auth"):
        return
    if walk.request.foreign_recipient:
        try_foreign(walk)
    authenticate(walk)
    if not walk.goes_to("mail"):
        return
    if walk.request.sender:
        Envelope(walk).run()
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
