# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Relays on the loopback interface, for the tests of the probe: real sockets, real TLS."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import trustme

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret

SERVER_TIMEOUT = 20.0


@dataclass
class Relay:
    """A small SMTP server that logs in for real, and answers otherwise as a test says.

    ``replies`` maps a verb (or ``banner``) to the raw reply that takes the place of the usual
    one; ``None`` means silence, a list is used up before the usual one comes. ``"."`` stands for
    the reply to a mail, which is then in ``mails``. ``grouped`` says what becomes of commands that came together with
    the first one: ``answered``, ``lost``, or ``closed`` upon. ``seen`` holds every line that a
    client sent.
    """

    security: str = "starttls"
    tls: ssl.SSLContext | None = None
    mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256")
    username: str = "user@example.org"
    password: str = "correct horse"
    auth_required: bool = False
    extensions: tuple[str, ...] = ()
    grouped: str = "answered"
    replies: dict[str, bytes | list[bytes] | None] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    port: int = 0

    def serve(self, connection: socket.socket) -> None:
        """Talk to one client until it leaves."""
        with Peer(connection) as peer:
            if self.security == "tls":
                self._secure(peer)
            self._talk(peer)

    def _talk(self, peer: Peer) -> None:
        authenticated = False
        if not self._answer(peer, "banner", b"220 relay.example.org ESMTP\r\n"):
            return
        lines = peer.lines()
        for line in lines:
            self.seen.append(line)
            if self.grouped != "answered" and peer.forget() and self.grouped == "closed":
                return
            verb = line.partition(" ")[0].partition(":")[0].upper()
            if verb == "STARTTLS" and verb not in self.replies:
                peer.send(b"220 2.0.0 Ready\r\n")
                self._secure(peer)
            elif verb == "AUTH" and verb not in self.replies:
                authenticated = self._login(peer, line)
            elif verb in ("MAIL", "RCPT") and self.auth_required and not authenticated:
                self._answer(peer, verb, b"530 5.7.0 Authentication required\r\n")
            elif not self._answer(peer, verb, self._usual(verb, peer.encrypted)):
                return
            if verb == "DATA" and verb not in self.replies:
                self.mails.append("\r\n".join(iter(lambda: next(lines), ".")))
                if not self._answer(peer, ".", b"250 2.0.0 Ok: queued as 4242\r\n"):
                    return
            if verb == "QUIT":
                return

    def _secure(self, peer: Peer) -> None:
        assert self.tls is not None
        peer.connection = self.tls.wrap_socket(peer.connection, server_side=True)

    def _answer(self, peer: Peer, verb: str, usual: bytes) -> bool:
        """Send the reply to a verb; return whether the dialogue goes on."""
        reply = self.replies.get(verb, usual)
        if isinstance(reply, list):
            reply = reply.pop(0) if reply else usual
        if reply is None:
            peer.wait_for_end()
            return False
        peer.send(reply)
        return not reply.startswith(b"421")

    def _usual(self, verb: str, encrypted: bool) -> bytes:
        if verb in ("EHLO", "HELO"):
            lines = ["relay.example.org at your service, [127.0.0.1]", "SIZE 10240000"]
            if self.security == "starttls" and not encrypted:
                lines.append("STARTTLS")
            if self.mechanisms and (encrypted or self.security == "none"):
                lines.append("AUTH " + " ".join(self.mechanisms))
            lines += ["ENHANCEDSTATUSCODES", *self.extensions]
            heads = ["250-"] * (len(lines) - 1) + ["250 "]
            return "".join(f"{head}{text}\r\n" for head, text in zip(heads, lines)).encode()
        usual = {"QUIT": b"221 2.0.0 Bye\r\n", "DATA": b"354 Go on\r\n"}
        return usual.get(verb, b"250 2.1.0 Ok\r\n")

    def _login(self, peer: Peer, line: str) -> bool:
        words = line.split(" ")
        initial = base64.b64decode(words[2].strip("=") + "==") if len(words) > 2 else None
        good = LOGINS[words[1]](self, peer, initial)
        peer.send(
            b"235 2.7.0 Welcome\r\n" if good else b"535 5.7.8 Error: authentication failed\r\n"
        )
        return good


class Peer:
    """The server's end of a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._buffer = b""

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *exception: object) -> None:
        self.connection.close()

    @property
    def encrypted(self) -> bool:
        return isinstance(self.connection, ssl.SSLSocket)

    def send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def lines(self) -> Iterator[str]:
        while True:
            while b"\r\n" not in self._buffer:
                data = self.connection.recv(4096)
                if not data:
                    return
                self._buffer += data
            line, self._buffer = self._buffer.split(b"\r\n", 1)
            yield line.decode()

    def forget(self) -> bool:
        """Lose what has come beyond the last line; return whether there was anything."""
        lost, self._buffer = bool(self._buffer), b""
        return lost

    def challenge(self, message: bytes) -> bytes:
        """Send a SASL challenge and return the response."""
        self.send(b"334 " + base64.b64encode(message) + b"\r\n")
        return base64.b64decode(next(self.lines()))

    def wait_for_end(self) -> None:
        while self.connection.recv(4096):
            continue


def _plain(relay: Relay, peer: Peer, initial: bytes | None) -> bool:
    message = peer.challenge(b"") if initial is None else initial
    return message == b"\0".join((b"", relay.username.encode(), relay.password.encode()))


def _login(relay: Relay, peer: Peer, initial: bytes | None) -> bool:
    username = peer.challenge(b"Username:")
    password = peer.challenge(b"Password:")
    return (username.decode(), password.decode()) == (relay.username, relay.password)


def _cram_md5(relay: Relay, peer: Peer, initial: bytes | None) -> bool:
    challenge = b"<1896.697170952@relay.example.org>"
    digest = hmac.new(relay.password.encode(), challenge, "md5").hexdigest()
    return peer.challenge(challenge).decode() == f"{relay.username} {digest}"


def _scram(digest: str) -> Callable[[Relay, Peer, bytes | None], bool]:
    def mac(key: bytes, message: bytes) -> bytes:
        return hmac.new(key, message, digest).digest()

    def login(relay: Relay, peer: Peer, initial: bytes | None) -> bool:
        assert initial is not None
        bare = initial.decode()[len("n,,") :]
        nonce = bare.partition(",r=")[2] + "server"
        server_first = f"r={nonce},s={base64.b64encode(b'salt').decode()},i=4096"
        client_final = peer.challenge(server_first.encode()).decode()
        without_proof, _comma, proof = client_final.rpartition(",p=")
        salted = hashlib.pbkdf2_hmac(digest, relay.password.encode(), b"salt", 4096)
        message = ",".join((bare, server_first, without_proof)).encode()
        client_key = mac(salted, b"Client Key")
        signature = mac(hashlib.new(digest, client_key).digest(), message)
        expected = bytes(a ^ b for a, b in zip(client_key, signature))
        if base64.b64decode(proof) != expected:
            return False
        proof_of_server = mac(mac(salted, b"Server Key"), message)
        return peer.challenge(b"v=" + base64.b64encode(proof_of_server)) == b""

    return login


def _oauth(message: str, end: bytes) -> Callable[[Relay, Peer, bytes | None], bool]:
    def login(relay: Relay, peer: Peer, initial: bytes | None) -> bool:
        good = message.format(user=relay.username, token=relay.password, port=relay.port)
        if (peer.challenge(b"") if initial is None else initial) == good.encode():
            return True
        reason = b'{"status":"invalid_token","scope":"mail.send"}'
        assert peer.challenge(reason) == end
        return False

    return login


def _external(relay: Relay, peer: Peer, initial: bytes | None) -> bool:
    assert isinstance(peer.connection, ssl.SSLSocket)
    return bool(peer.connection.getpeercert()) and initial == b""


LOGINS: dict[str, Callable[[Relay, Peer, bytes | None], bool]] = {
    "PLAIN": _plain,
    "LOGIN": _login,
    "CRAM-MD5": _cram_md5,
    "SCRAM-SHA-1": _scram("sha1"),
    "SCRAM-SHA-256": _scram("sha256"),
    "XOAUTH2": _oauth("user={user}\x01auth=Bearer {token}\x01\x01", b""),
    "OAUTHBEARER": _oauth(
        "n,a={user},\x01host=127.0.0.1\x01port={port}\x01auth=Bearer {token}\x01\x01", b"\x01"
    ),
    "EXTERNAL": _external,
}


@dataclass
class Authority:
    """A private CA and what it signs for 127.0.0.1 and relay.example.org."""

    ca: trustme.CA
    pem: str

    @classmethod
    def new(cls) -> Authority:
        """Return one that nobody knows yet."""
        ca = trustme.CA()
        return cls(ca, ca.cert_pem.bytes().decode())

    def context(self, *names: str, days: int = 90) -> ssl.SSLContext:
        """Return a server's context with a certificate for some names."""
        identities = names or ("127.0.0.1", "relay.example.org")
        expiry = datetime.now(timezone.utc) + timedelta(days=days)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*identities, not_after=expiry).configure_cert(context)
        return context

    def context_for(self, clients: ssl.VerifyMode) -> ssl.SSLContext:
        """Return a server's context that asks its clients for a certificate."""
        context = self.context()
        self.ca.configure_trust(context)
        context.verify_mode = clients
        return context

    def identity(self, name: str) -> dict[str, Any]:
        """Return the certificate and key of a client, as a request takes them."""
        issued = self.ca.issue_cert(name)
        chain = b"".join(pem.bytes() for pem in issued.cert_chain_pems)
        key = Secret(issued.private_key_pem.bytes().decode())
        return {"client_cert": chain.decode(), "client_key": key}
