# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many relays at once."""

from __future__ import annotations

import threading
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from .probe import longest, probe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .logins import Book
    from .network import Network
    from .request import ProbeRequest
    from .result import ProbeResult

    Probe = Callable[[ProbeRequest], ProbeResult]

CONCURRENCY = 100
PER_RELAY = 2

# How often a program that waits looks whether it was interrupted.
_WAKE_SECONDS = 0.2


def probe_all(
    requests: Sequence[ProbeRequest],
    *,
    concurrency: int = CONCURRENCY,
    per_relay: int = PER_RELAY,
    book: Book | None = None,
    again: bool = False,
    network: Network | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> list[ProbeResult]:
    """Probe every relay, and return the results in the order of the requests.

    At most ``concurrency`` probes run at once, and ``per_relay`` at the same host and port. The
    same credentials are tried once (see ``logins``); ``book`` is a run's own where it has more
    than this call, and ``again`` makes a login once more that was accepted. Never raises for what
    a relay or a network does.
    """
    probe_one: Probe = partial(probe, network=network, clock=clock)
    if book is not None or len(requests) > 1:
        from . import diagnosis  # noqa: F401, PLC0415  # later there may be no file left to open

        probe_one = _sharing_logins(probe_one, book, clock, again=again)
    queue = _Queue(requests, per_relay)
    results: dict[int, ProbeResult] = {}
    errors: list[BaseException] = []

    def work() -> None:
        for number in iter(queue.take, None):
            try:
                results[number] = probe_one(requests[number])
            except BaseException as error:
                errors.append(error)
            finally:
                queue.done(number)

    # Daemons: an interrupted program does not wait for its slowest relay.
    count = min(concurrency, len(requests))
    threads = [threading.Thread(target=work, daemon=True) for _number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            # Without a limit, Windows would not hear of Ctrl-C.
            thread.join(_WAKE_SECONDS)
    if errors:
        raise errors[0]
    return [results[number] for number in range(len(requests))]


def _sharing_logins(
    probe_one: Probe, book: Book | None, clock: Callable[[], float], *, again: bool
) -> Probe:
    """Return a way to probe by which the same credentials are tried once."""
    from .logins import Memory, Once, shared  # noqa: PLC0415  # only for who has others to share with

    once = Once(
        book or Memory(), probe_one, lambda result: (result.ok, result.login), clock, again=again
    )

    def probe_once(request: ProbeRequest) -> ProbeResult:
        result, login = once.probe(request, longest(request))
        if login:
            stage, finding = shared(request, login)
            result.stages.append(stage)
            result.findings.append(finding)
        return result

    return probe_once


class _Queue:
    """The requests that wait: a relay that has enough connections holds up no other."""

    def __init__(self, requests: Sequence[ProbeRequest], per_relay: int) -> None:
        self._relays = [(request.host.lower(), request.port) for request in requests]
        self._waiting = list(range(len(requests)))
        self._per_relay = per_relay
        self._busy: Counter[tuple[str, int]] = Counter()
        self._changed = threading.Condition()

    def take(self) -> int | None:
        """Wait for the next request whose relay is free; None when none is left."""
        with self._changed:
            while self._waiting:
                for place, number in enumerate(self._waiting):
                    if self._busy[self._relays[number]] < self._per_relay:
                        del self._waiting[place]
                        self._busy[self._relays[number]] += 1
                        return number
                self._changed.wait()
            return None

    def done(self, number: int) -> None:
        """Give a relay free for the next."""
        with self._changed:
            self._busy[self._relays[number]] -= 1
            self._changed.notify_all()
