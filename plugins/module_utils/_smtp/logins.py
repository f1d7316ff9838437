# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One login for one run: the same credentials are tried at the same host once, so that a fleet
that shares a wrong password locks nobody's account.

One probe claims the login and goes all the way. The others go as far as TLS at the same time, and
then learn what became of it. What is known is kept in a book, by a digest: the one here serves the
threads of one process; the controller has one of files for all its processes.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
import time
from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

from .relay_catalogue import CATALOGUE
from .request import UNTIL
from .result import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .finding import Finding
    from .request import ProbeRequest

_POLL_SECONDS = 0.02

Result = TypeVar("Result")


@dataclass(frozen=True)
class Known:
    """What a run knows of some credentials at one host.

    ``busy``: a probe is on its way to try them. ``accepted``: the ports at which they were. Of the
    others there is at most one: ``stopped`` is ``rejected``, or ``undecided`` where the relay gave no
    final answer; ``port`` is where. Both hold for all ports of the host: an account has one lock.
    """

    busy: bool = False
    accepted: tuple[int, ...] = ()
    stopped: str = ""
    port: int = 0

    def of(self, port: int) -> str:
        """Return what is known of a port: ``accepted``, ``rejected``, ``undecided`` or nothing."""
        return self.stopped or ("accepted" if port in self.accepted else "")

    def after(self, port: int, login: str) -> Known:
        """Return what is known once the try at a port has ended so."""
        if login == "accepted":
            return replace(self, busy=False, accepted=(*self.accepted, port))
        return replace(self, busy=False, stopped=login, port=port if login else 0)


class Book(ABC):
    """What is known, by a digest that tells nothing of the credentials."""

    @abstractmethod
    def digest(self, text: str) -> str:
        """Return the digest of a text that holds a password."""

    @abstractmethod
    @contextmanager
    def page(self, digest: str) -> Iterator[Page]:
        """Open a page for one reader and writer; what it ``holds`` at the end is kept."""


@dataclass
class Page:
    """What is known of some credentials at one host, to be read and replaced."""

    holds: Known


class Memory(Book):
    """A book for the threads of this process."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._pages: dict[str, Page] = {}

    def digest(self, text: str) -> str:
        """Return a digest with a key that never leaves this process."""
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()

    @contextmanager
    def page(self, digest: str) -> Iterator[Page]:
        """Open a page; all others wait."""
        with self._lock:
            yield self._pages.setdefault(digest, Page(Known()))


class Once(Generic[Result]):
    """Runs probes so that the same credentials are tried once.

    ``run`` probes; ``read`` returns of its result whether it passed, and what became of the login (as
    :class:`ProbeResult` names it). ``seconds`` is how long to wait for another's login. ``again`` logs
    in once more with what the relay has taken: to see that it does so from elsewhere, too.
    """

    def __init__(
        self,
        book: Book,
        run: Callable[[ProbeRequest], Result],
        read: Callable[[Result], tuple[bool, str]],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        *,
        again: bool = False,
    ) -> None:
        self._again = again
        self._book = book
        self._run = run
        self._read = read
        self._clock = clock
        self._sleep = sleep

    def probe(self, request: ProbeRequest, seconds: float) -> tuple[Result, str]:
        """Probe; return the result, and what another's login has shown if there was none here.

        That is ``accepted``, ``rejected`` or ``undecided``, to be told by :func:`shared`.
        """
        if request.auth == "none" or UNTIL.index(request.until) < UNTIL.index("auth"):
            return self._run(request), ""
        digest = self._book.digest(
            json.dumps(
                [request.host.lower().rstrip("."), request.username, request.credential.reveal()]
            )
        )
        end = self._clock() + seconds
        without: Result | None = None
        while True:
            known = self._claim(digest, request.port)
            if known == "mine":
                return self._try(digest, request), ""
            if known == "accepted" and (self._again or request.until == "data"):
                # What the relay takes locks nobody out.
                return self._repeat(digest, request), ""
            if without is None:
                without = self._run(replace(request, until="tls"))
            passed, _login = self._read(without)
            if not passed:
                return without, ""
            if known != "busy":
                return without, known
            if self._clock() >= end:
                return without, "undecided"
            self._sleep(_POLL_SECONDS)

    def _claim(self, digest: str, port: int) -> str:
        with self._book.page(digest) as page:
            known = page.holds.of(port)
            if known:
                return known
            if page.holds.busy:
                return "busy"
            page.holds = replace(page.holds, busy=True)
            return "mine"

    def _try(self, digest: str, request: ProbeRequest) -> Result:
        # Whoever is stopped on the way may have sent the password.
        login = "undecided"
        try:
            result = self._run(request)
            _passed, login = self._read(result)
            return result
        finally:
            with self._book.page(digest) as page:
                page.holds = page.holds.after(request.port, login)

    def _repeat(self, digest: str, request: ProbeRequest) -> Result:
        result = self._run(request)
        _passed, login = self._read(result)
        if login in ("rejected", "undecided"):
            # It is no longer good: the account was locked by others, or its password changed.
            with self._book.page(digest) as page:
                page.holds = replace(page.holds, stopped=login, port=request.port)
        return result


def shared(request: ProbeRequest, login: str) -> tuple[Stage, Finding]:
    """Return what to add to a result whose login was another's."""
    code, outcome = {
        "accepted": ("login-shared", "skipped"),
        "rejected": ("login-stopped", "failed"),
        "undecided": ("login-undecided", "skipped"),
    }[login]
    host = f"[{request.host}]" if ":" in request.host else request.host
    finding = CATALOGUE.finding(
        code,
        where=f"{host}:{request.port} auth",
        host=request.host,
        username=request.shown_username,
    )
    return Stage("auth", outcome, detail=finding.code), finding
