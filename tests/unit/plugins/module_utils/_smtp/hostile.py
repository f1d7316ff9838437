# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A relay on the loopback interface that keeps to the protocol up to a stage, and there attacks.

An attack is a function of the server's end of a connection. What it sends takes the place of the
reply of that stage; then the dialogue goes on, if there is still somebody to talk to. Every
connection meets the same, a second look too.
"""

from __future__ import annotations

import base64
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    SERVER_TIMEOUT,
    Peer,
)

STAGES = (
    *("banner", "ehlo", "starttls", "tls", "ehlo-again", "auth", "challenge"),
    *("mail", "rcpt", "data", "end-of-data", "rset", "quit"),
)
"""Where a relay may attack, for a walk over STARTTLS with a login by LOGIN. RSET comes only where no
mail is sent."""

Attack = Callable[[Peer], None]

_PROMPT = b"334 VXNlcm5hbWU6\r\n"


@dataclass
class Hostile:
    """A relay that attacks at a stage (of ``STAGES``); it has seen the lines in ``seen``.

    ``offers`` are its capabilities, ``offers_in_tls`` those under TLS.
    """

    tls: ssl.SSLContext
    stage: str = ""
    attack: Attack = lambda peer: None
    implicit: bool = False
    offers: Sequence[str] = ("STARTTLS", "SIZE 1000000")
    offers_in_tls: Sequence[str] = ("AUTH PLAIN LOGIN", "SIZE 1000000")
    seen: list[str] = field(default_factory=list)

    def serve(self, connection: socket.socket) -> None:
        """Talk to one client until it leaves."""
        with Peer(connection) as peer:
            if self.implicit:
                self._secure(peer)
            self._answer(peer, "banner", "220 relay.example.org ESMTP")
            lines = peer.lines()
            for line in lines:
                self.seen.append(line)
                verb = line.partition(" ")[0].upper()
                if verb == "EHLO":
                    self._greet(peer)
                elif verb == "STARTTLS":
                    self._answer(peer, "starttls", "220 2.0.0 Ready")
                    self._secure(peer)
                elif verb == "AUTH":
                    self._log_in(peer, lines)
                elif verb == "DATA":
                    self._take_mail(peer, lines)
                else:
                    self._answer(peer, verb.lower(), "250 2.0.0 Ok")

    def _secure(self, peer: Peer) -> None:
        # Not before the client has begun: what came earlier would be an attack on STARTTLS.
        peer.connection.recv(1, socket.MSG_PEEK)
        if self.stage == "tls":
            self.attack(peer)
        peer.connection = self.tls.wrap_socket(peer.connection, server_side=True)

    def _greet(self, peer: Peer) -> None:
        offers = self.offers_in_tls if peer.encrypted else self.offers
        *first, last = ("relay.example.org at your service", *offers)
        reply = "".join(f"250-{line}\r\n" for line in first) + f"250 {last}"
        self._answer(peer, "ehlo-again" if peer.encrypted and not self.implicit else "ehlo", reply)

    def _log_in(self, peer: Peer, lines: Iterator[str]) -> None:
        """Ask for user name and password, and take any."""
        for stage, prompt in (("auth", b"Username:"), ("challenge", b"Password:")):
            self._answer(peer, stage, "334 " + base64.b64encode(prompt).decode())
            if self.stage == stage:
                return
            self.seen.append(next(lines))
        peer.send(b"235 2.7.0 Welcome\r\n")

    def _take_mail(self, peer: Peer, lines: Iterator[str]) -> None:
        self._answer(peer, "data", "354 End with a dot")
        if self.stage == "data":
            return
        for line in lines:
            if line == ".":
                self._answer(peer, "end-of-data", "250 2.0.0 Queued")
                return

    def _answer(self, peer: Peer, stage: str, usual: str) -> None:
        if stage == self.stage:
            self.attack(peer)
        else:
            peer.send(usual.encode() + b"\r\n")


# -- attacks ---------------------------------------------------------------------------------------


def silence(peer: Peer) -> None:
    """Say nothing until the client leaves."""
    peer.wait_for_end()


def drip(peer: Peer) -> None:
    """Send one byte a second, and never a line's end."""
    # By one thread: an SSL object is not for two at once.
    peer.connection.settimeout(1.0)
    while True:
        peer.send(b"2")
        try:
            peer.wait_for_end()
        except TimeoutError:
            continue
        return


def says(data: bytes) -> Attack:
    """Send some bytes."""
    return lambda peer: peer.send(data)


def floods(data: bytes, times: int) -> Attack:
    """Send the same bytes again and again."""

    def send(peer: Peer) -> None:
        for _ in range(times):
            peer.send(data)
        peer.wait_for_end()

    return send


def closes(peer: Peer) -> None:
    """Close the connection."""
    peer.connection.close()


def resets(peer: Peer) -> None:
    """Reset the connection (RST instead of FIN)."""
    peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # Past TLS, which would say goodbye.
    socket.socket(fileno=peer.connection.detach()).close()


def asks_on(peer: Peer) -> None:
    """Send one challenge after the other, whatever the client answers."""
    peer.send(_PROMPT)
    for _line in peer.lines():
        peer.send(_PROMPT)


ten_megabytes = floods(b"220-" + b"x" * 1018 + b"\r\n", 10 * 1024)
thousand_lines = floods(b"220-x\r\n", 1000)
endless_line = floods(b"x" * 1024, 10 * 1024)


def alert(description: int) -> Attack:
    """Send a fatal TLS alert (RFC 8446 section 6) in plaintext."""
    return says(bytes((21, 3, 3, 0, 2, 2, description)))


# -- running ---------------------------------------------------------------------------------------


@contextmanager
def listening(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve connections on a port of the loopback interface, each in a thread of its own."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(SERVER_TIMEOUT)
            try:
                handle(self.request)
            except (OSError, ValueError):
                # The client has left, or the attack has closed the connection.
                return

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
