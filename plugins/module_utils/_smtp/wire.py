# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection: a socket, the clock, and the dialogue on it."""

from __future__ import annotations

import socket
import ssl
import sys
from typing import TYPE_CHECKING

from .protocol import TRANSITIONS, Capabilities, Dialogue, Reply, State, Verb
from .secret import MASK
from .tls import explain, lost

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    # A verb and its argument.
    Command = tuple[Verb, str]

_CHUNK = 16384


class WireError(Exception):
    """The connection failed.

    ``kind``: ``timeout`` (for one wait), ``deadline`` (for the whole probe), ``closed``,
    ``reset``; during a handshake those of :class:`~.tls.TlsFailure`, with its ``verify_code``.
    """

    def __init__(self, kind: str, detail: str = "", verify_code: int = 0) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.verify_code = verify_code


class Clock:
    """Time limits: each wait its own, and one for everything."""

    def __init__(self, now: Callable[[], float], timeout: float, total: float) -> None:
        self.now = now
        self.timeout = timeout
        self._end = now() + total

    def within(self, limit: float) -> Clock:
        """Return a clock for what must end at a limit as a whole."""
        return Clock(self.now, self.timeout, min(limit, self._end) - self.now())

    def limit(self, seconds: float | None = None) -> float:
        """Return when a wait that begins now must end. Raises WireError when it is too late."""
        now = self.now()
        if now >= self._end:
            raise WireError("deadline", "the whole probe has taken too long")
        return min(now + (self.timeout if seconds is None else seconds), self._end)

    def wait(self) -> float:
        """Return how many seconds a wait that begins now may take. Raises WireError."""
        return self.remaining(self.limit())

    def remaining(self, limit: float) -> float:
        """Return the seconds left until a limit. Raises WireError when there are none."""
        seconds = limit - self.now()
        if seconds <= 0:
            raise WireError("deadline" if limit >= self._end else "timeout", "no answer")
        return seconds


class Wire:
    """A connection to a relay. Every method raises WireError and ProtocolError.

    ``certificate_der`` is the relay's certificate, verified or not; empty without TLS. ``clock``
    limits the waits.
    """

    def __init__(
        self, connection: socket.socket, clock: Clock, transcript: Callable[[str], None]
    ) -> None:
        self.dialogue = Dialogue()
        self.certificate_der = b""
        self.clock = clock
        self._socket = connection
        self._transcript = transcript

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def capabilities(self) -> Capabilities:
        """What the last EHLO reply offered."""
        return self.dialogue.capabilities or Capabilities()

    @property
    def local_address(self) -> str:
        """This side's address."""
        return str(self._socket.getsockname()[0])

    @property
    def is_over(self) -> bool:
        """Whether the dialogue has ended."""
        return self.dialogue.state is State.CLOSED

    @property
    def usable(self) -> bool:
        """Whether QUIT can still be sent."""
        dialogue = self.dialogue
        return dialogue.awaits_nothing and Verb.QUIT in TRANSITIONS[dialogue.state]

    def read(self, seconds: float | None = None) -> Reply:
        """Wait for the awaited reply, as a whole within ``seconds`` (or the usual timeout)."""
        limit = self.clock.limit(seconds)
        while True:
            reply = self.dialogue.next_reply()
            if reply is not None:
                self._note_reply(reply)
                return reply
            self._receive(limit)

    def send(self, commands: Sequence[Command], seconds: float | None = None) -> None:
        """Send commands in one write; the reply to each is still to be read."""
        data = b"".join([self.dialogue.send(verb, argument) for verb, argument in commands])
        for verb, argument in commands:
            self._note_command(verb, argument)
        self._write(data, seconds)

    def exchange(self, verb: Verb, argument: str = "", seconds: float | None = None) -> Reply:
        """Send a command and wait for its reply."""
        self.send([(verb, argument)], seconds)
        return self.read(seconds)

    def deliver(self, mail: bytes) -> Reply:
        """Send a mail, once the relay has asked for it, and wait for the reply."""
        data = self.dialogue.send_content(mail)
        self._transcript(f"C: (a mail of {len(mail)} bytes)")
        self._write(data)
        return self.read()

    def start_tls(
        self, context: ssl.SSLContext, server_name: str, seconds: float | None = None
    ) -> None:
        """Do the handshake; of STARTTLS or, before anything was read, of implicit TLS."""
        if self.dialogue.state is State.HANDSHAKE:
            self.dialogue.start_tls()
        limit = self.clock.limit(seconds)
        try:
            self._socket.settimeout(self.clock.remaining(limit))
            # In two steps: in one, a connection that is lost by now passes without a handshake.
            secured = context.wrap_socket(
                self._socket, server_hostname=server_name, do_handshake_on_connect=False
            )
            self._socket = secured
            secured.do_handshake()
            self.certificate_der = secured.getpeercert(binary_form=True) or b""
        except (OSError, ValueError) as error:
            self.close()
            if isinstance(error, ValueError) and not isinstance(error, OSError):
                # The ssl module's refusal of a name that cannot be sent as SNI.
                raise WireError("server-name", str(error)) from error
            failure = explain(error)
            raise WireError(failure.kind, failure.detail, failure.verify_code) from error
        self._transcript(f"-- {self.tls_version} {self.tls_cipher}")

    @property
    def tls_version(self) -> str:
        """The protocol's version, such as ``TLSv1.3``, or empty without TLS."""
        if not isinstance(self._socket, ssl.SSLSocket):
            return ""
        return self._socket.version() or ""

    @property
    def tls_cipher(self) -> str:
        """The cipher suite's name, or empty without TLS."""
        cipher = self._socket.cipher() if isinstance(self._socket, ssl.SSLSocket) else None
        return cipher[0] if cipher else ""

    @property
    def chain_pem(self) -> str:
        """The certificates as the relay sent them, its own first; that one alone before Python 3.10."""
        connection = self._socket
        if not isinstance(connection, ssl.SSLSocket):
            return ""
        if sys.version_info >= (3, 13):
            return "".join(map(ssl.DER_cert_to_PEM_cert, connection.get_unverified_chain()))
        # The same was there three versions long before it became public.
        private = vars(connection).get("_sslobj")
        chain = getattr(private, "get_unverified_chain", None)
        if chain is None:
            return ssl.DER_cert_to_PEM_cert(self.certificate_der)
        return "".join(certificate.public_bytes() for certificate in chain())

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def send_raw(self, data: bytes, limit: float) -> None:
        """Send bytes to what is there before the relay: a proxy."""
        try:
            self._socket.settimeout(self.clock.remaining(limit))
            self._socket.sendall(data)
        except OSError as error:
            raise _failure(error) from error

    def read_raw(self, size: int, limit: float) -> bytes:
        """Return exactly as many bytes from what is there before the relay."""
        data = b""
        while len(data) < size:
            data += self._recv(size - len(data), limit)
        return data

    def _write(self, data: bytes, seconds: float | None = None) -> None:
        limit = self.clock.limit(seconds)
        try:
            self._socket.settimeout(self.clock.remaining(limit))
            self._socket.sendall(data)
        except ConnectionError:
            # The relay may have said why before it closed: whoever reads next will see.
            return
        except OSError as error:
            raise _failure(error) from error

    def _receive(self, limit: float) -> None:
        self.dialogue.receive(self._recv(_CHUNK, limit))

    def _recv(self, size: int, limit: float) -> bytes:
        try:
            self._socket.settimeout(self.clock.remaining(limit))
            data = self._socket.recv(size)
        except socket.timeout:
            # Which of the two limits it was, the clock knows.
            self.clock.remaining(limit)
            raise WireError("timeout", "no answer") from None
        except OSError as error:
            raise _failure(error) from error
        if not data:
            raise WireError("closed", "the relay closed the connection")
        return data

    def _note_command(self, verb: Verb, argument: str) -> None:
        if verb is Verb.AUTH:
            mechanism, _space, initial = argument.partition(" ")
            argument = f"{mechanism} {MASK}" if initial else mechanism
        elif verb is Verb.RESPONSE:
            argument = MASK
        word = "" if verb is Verb.RESPONSE else verb.value
        self._transcript("C: " + " ".join(part for part in (word, argument) if part))

    def _note_reply(self, reply: Reply) -> None:
        if self.dialogue.state is State.CHALLENGED:
            # A challenge: it tells nobody anything, and may repeat what was sent.
            self._transcript(f"S: {reply.code} {MASK}")
            return
        *first, last = reply.lines
        enhanced = reply.enhanced + " " if reply.enhanced else ""
        for line in first:
            self._transcript(f"S: {reply.code}-{enhanced}{line}")
        self._transcript(f"S: {reply.code} {enhanced}{last}".rstrip())


def _failure(error: OSError) -> WireError:
    if isinstance(error, socket.timeout):
        return WireError("timeout", "no answer")
    if isinstance(error, ssl.SSLError):
        failure = explain(error)
        return WireError(failure.kind, failure.detail, failure.verify_code)
    if lost(error):
        return WireError("reset", "the relay reset the connection")
    return WireError("closed", error.strerror or str(error))
