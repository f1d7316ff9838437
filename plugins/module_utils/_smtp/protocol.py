# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client's side of an SMTP dialogue without I/O: bytes in, replies out.

Who owns a connection feeds what it received to :meth:`Dialogue.receive`, asks for replies with
:meth:`Dialogue.next_reply`, and writes the bytes that :meth:`Dialogue.send` returns. What holds:

1. The relay speaks first, and then only when it is asked.
2. The table ``TRANSITIONS`` says which command may be sent in which state, and where its reply
   leads. A reply class that the table does not name leaves the state as it was.
3. One command is outstanding at a time, unless the relay offers PIPELINING: then those of the
   table ``GROUPED`` may be followed by another at once, in the state that their success leads to.
   Replies come in the order of the commands; one whose command has lost its ground, because one
   before it was refused, leaves the state as it was.
4. After 421 (RFC 5321 section 3.8) and after the reply to QUIT the dialogue is over.
5. What the relay said before TLS counts for nothing after it (RFC 3207 section 4.2).
6. A connection sees at most one AUTH command, whatever its outcome, so that no account is locked.
7. What a relay sends is bounded in size, and made printable before anybody reads it.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# RFC 5321 section 4.5.3.1.5 allows 512 octets a line; real relays go somewhat beyond.
MAX_LINE = 4096
MAX_LINES = 200
MAX_REPLY = 64 * 1024

_EXCERPT = 80
_SIZE_DIGITS = 20

_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?\Z", re.DOTALL)
_ENHANCED = re.compile(r"([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:\s+|\Z)")
_ADDRESS_LITERAL = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f.:]+)\]", re.IGNORECASE)
_STOP_FIRST = re.compile(rb"^\.", re.MULTILINE)
_KEYWORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*\Z")

# Letters of Western Europe in one byte each: alone, and within or at the end of a word.
_WESTERN = re.compile(rb"(?:[\x00-\x7f]|(?<=[A-Za-z])[\xc0-\xff](?![\x80-\xff]))*\Z")

# The inspection of SMTP by Cisco's firewalls replaces what it does not know by X, and a letter.
_MASKED = re.compile(r"X{3,}[A-Z]?\Z")

# The first bytes of a TLS record that is a handshake message or an alert (RFC 8446 section 5.1).
_TLS_RECORD = (b"\x15\x03", b"\x16\x03")


class State(Enum):
    """Where the dialogue stands."""

    CONNECTED = "connected"  # the relay's greeting is awaited
    GREETED = "greeted"  # EHLO is due: at the beginning, and again after STARTTLS
    READY = "ready"  # no mail transaction is open
    HANDSHAKE = "handshake"  # TLS is to start: no byte of SMTP may pass
    CHALLENGED = "challenged"  # the relay waits for the next message of a SASL exchange
    SENDER = "sender"  # a mail transaction with a sender
    RECIPIENTS = "recipients"  # a mail transaction with a sender and a recipient
    CONTENT = "content"  # the relay waits for the mail itself
    CLOSED = "closed"


class Verb(Enum):
    """What the client sends. CONNECT, RESPONSE and CONTENT have no word of their own on the wire."""

    CONNECT = ""
    EHLO = "EHLO"
    HELO = "HELO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    RESPONSE = "response"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "content"
    RSET = "RSET"
    QUIT = "QUIT"


_QUIT = {Verb.QUIT: {2: State.CLOSED}}
_HELLO = {Verb.EHLO: {2: State.READY}, Verb.HELO: {2: State.READY}}

# state → what may be sent → first digit of the reply → next state
TRANSITIONS: Mapping[State, Mapping[Verb, Mapping[int, State]]] = {
    State.CONNECTED: {
        Verb.CONNECT: {2: State.GREETED},
        # A relay that greets with 554 waits for QUIT (RFC 5321 section 3.1).
        **_QUIT,
    },
    State.GREETED: {**_HELLO, **_QUIT},
    State.READY: {
        **_HELLO,
        Verb.STARTTLS: {2: State.HANDSHAKE},
        Verb.AUTH: {2: State.READY, 3: State.CHALLENGED},
        Verb.MAIL: {2: State.SENDER},
        Verb.RSET: {2: State.READY},
        **_QUIT,
    },
    # Left by start_tls() alone.
    State.HANDSHAKE: {},
    State.CHALLENGED: {
        Verb.RESPONSE: {
            2: State.READY,
            3: State.CHALLENGED,
            4: State.READY,
            5: State.READY,
        },
    },
    State.SENDER: {
        Verb.RCPT: {2: State.RECIPIENTS},
        Verb.RSET: {2: State.READY},
        **_QUIT,
    },
    State.RECIPIENTS: {
        Verb.RCPT: {2: State.RECIPIENTS},
        Verb.DATA: {3: State.CONTENT},
        Verb.RSET: {2: State.READY},
        **_QUIT,
    },
    State.CONTENT: {
        Verb.CONTENT: {
            2: State.READY,
            4: State.READY,
            5: State.READY,
        },
    },
    State.CLOSED: {},
}

# What need not be the last of a group of commands (RFC 2920 section 3.1).
GROUPED = frozenset((Verb.MAIL, Verb.RCPT, Verb.RSET))


class ProtocolError(Exception):
    """The relay broke the protocol.

    ``kind`` is one of ``tls-bytes`` (it speaks TLS), ``not-smtp``, ``line-too-long``,
    ``reply-too-long``, ``code-changed`` (within one reply), ``unsolicited`` (it spoke without
    being asked) and ``injected`` (bytes after the reply to STARTTLS). ``excerpt`` is printable.
    """

    def __init__(self, kind: str, excerpt: str = "") -> None:
        super().__init__(f"{kind}: {excerpt}")
        self.kind = kind
        self.excerpt = excerpt


class LocalError(Exception):
    """This side broke the protocol: a mistake in the calling code."""


@dataclass(frozen=True)
class Reply:
    """A reply (RFC 5321 section 4.2): ``lines`` are printable and without codes.

    ``enhanced`` is the enhanced status code (RFC 3463) of the first line, or empty.
    """

    code: int
    lines: tuple[str, ...]
    enhanced: str = ""

    @property
    def kind(self) -> int:
        """The first digit: 2 done, 3 go on, 4 not now, 5 no."""
        return self.code // 100

    @property
    def text(self) -> str:
        """The text on one line."""
        return " ".join(line for line in self.lines if line)

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.code), self.enhanced, self.text) if part)


@dataclass(frozen=True)
class Capabilities:
    """What an EHLO reply offers: keywords in upper case, each with its parameters."""

    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    greeting: str = ""

    def __contains__(self, keyword: str) -> bool:
        return keyword in self.keywords

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """The SASL mechanisms on offer, in upper case and the relay's order."""
        return tuple(dict.fromkeys(name.upper() for name in self.keywords.get("AUTH", ())))

    @property
    def size_limit(self) -> int | None:
        """The most bytes that a mail may have (RFC 1870), or None where the relay does not say.

        0 stands for no fixed limit, and so is None too.
        """
        number = next(iter(self.keywords.get("SIZE", ())), "")
        # RFC 1870 section 4: up to 20 digits.
        readable = number.isascii() and number.isdigit() and len(number) <= _SIZE_DIGITS
        return (int(number) or None) if readable else None

    @property
    def masked(self) -> tuple[str, ...]:
        """The keywords that a firewall has overwritten, such as ``XXXXXXXA`` for STARTTLS."""
        return tuple(keyword for keyword in self.keywords if _MASKED.match(keyword))

    @property
    def extensions(self) -> dict[str, bool]:
        """What is offered, for programs: a truth value for each extension that matters here."""
        return {
            "starttls": "STARTTLS" in self,
            "pipelining": "PIPELINING" in self,
            "eight_bit_mime": "8BITMIME" in self,
            "smtputf8": "SMTPUTF8" in self,
            "dsn": "DSN" in self,
            "enhanced_status_codes": "ENHANCEDSTATUSCODES" in self,
            "size": "SIZE" in self,
        }

    @property
    def client_address(self) -> str:
        """The client's address as the relay saw it, or empty where the greeting does not say."""
        for literal in _ADDRESS_LITERAL.findall(self.greeting):
            try:
                return str(ip_address(literal))
            except ValueError:
                continue
        return ""


def parse_capabilities(reply: Reply) -> Capabilities:
    """Read an EHLO reply (RFC 5321 section 4.1.1.1), in any order, with ``AUTH=`` of old."""
    keywords: dict[str, tuple[str, ...]] = {}
    for line in reply.lines[1:]:
        words = line.split()
        # Old servers write "AUTH=LOGIN PLAIN", often beside the proper line.
        if words and words[0].upper().startswith("AUTH="):
            words = ["AUTH", words[0][len("AUTH=") :], *words[1:]]
        if not words or not _KEYWORD.match(words[0]):
            continue
        keyword = words[0].upper()
        known = keywords.get(keyword, ())
        keywords[keyword] = tuple(dict.fromkeys(known + tuple(word for word in words[1:] if word)))
    return Capabilities(keywords, reply.lines[0] if reply.lines else "")


def printable(data: bytes) -> str:
    """Return bytes of a stranger as text that is safe on a terminal and in a log."""
    text = _decoded(data)
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text.replace("\t", " ")
    )


def _decoded(data: bytes) -> str:
    """Return text in UTF-8, or in the encodings of relays that never went over to it."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        encoding = "cp1252" if _WESTERN.match(data) else "gb2312"
    try:
        return data.decode(encoding)
    # A Python without codecs for Chinese knows no such encoding.
    except (UnicodeDecodeError, LookupError):
        return data.decode("utf-8", "backslashreplace")


class Dialogue:
    """One connection's dialogue; see the rules at the top of this file."""

    def __init__(self) -> None:
        self.state = State.CONNECTED
        self.capabilities: Capabilities | None = None
        self._awaited = deque((Verb.CONNECT,))
        self._presumed = State.CONNECTED
        self._auth_sent = False
        self._buffer = bytearray()
        self._lines: list[bytes] = []
        self._size = 0
        self._code = b""

    @property
    def awaits_nothing(self) -> bool:
        """Whether every command has had its reply."""
        return not self._awaited

    def send(self, verb: Verb, argument: str = "") -> bytes:
        """Return the bytes of a command, and await its reply.

        Raises LocalError for a command that the state does not allow or an argument that would
        end the line, and ProtocolError when the relay has spoken without being asked.
        """
        state = self._presumed if self._awaited else self.state
        if self._awaited and not self._may_follow(self._awaited[-1]):
            raise LocalError(f"{verb} before the reply to {self._awaited[-1]}")
        if verb is Verb.CONNECT or verb not in TRANSITIONS[state]:
            raise LocalError(f"{verb} is not allowed in state {state}")
        if verb is Verb.AUTH and self._auth_sent:
            raise LocalError("a second AUTH on one connection")
        if any(char in argument for char in "\r\n\0"):
            raise LocalError(f"{verb} with a line end or NUL in its argument")
        # A 421 that came on its own is read as the reply; anything else is none of ours.
        if self._buffer and not self._awaited and not self._buffer.startswith(b"421"):
            raise ProtocolError("unsolicited", printable(bytes(self._buffer[:_EXCERPT])))
        self._auth_sent = self._auth_sent or verb is Verb.AUTH
        self._awaited.append(verb)
        self._presumed = TRANSITIONS[state][verb].get(2, state)
        line = (
            argument
            if verb is Verb.RESPONSE
            else f"{verb.value} {argument}"
            if argument
            else verb.value
        )
        return line.encode("utf-8") + b"\r\n"

    def send_content(self, mail: bytes) -> bytes:
        """Return the bytes of a mail whose lines end in CR LF, and await the reply to it.

        A line that begins with a full stop gets one more, and a line of one alone ends the mail
        (RFC 5321 section 4.5.2). Raises as :meth:`send` does.
        """
        self.send(Verb.CONTENT)
        stuffed = _STOP_FIRST.sub(b"..", mail)
        return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")

    def receive(self, data: bytes) -> None:
        """Take bytes that came from the relay."""
        self._buffer += data

    def next_reply(self) -> Reply | None:
        """Return the awaited reply, or None when more bytes are needed.

        Raises ProtocolError; the connection is of no more use then.
        """
        if not self._awaited:
            raise LocalError("no reply is awaited")
        if self._buffer.startswith(_TLS_RECORD):
            raise ProtocolError("tls-bytes", printable(bytes(self._buffer[:_EXCERPT])))
        while True:
            line = self._next_line()
            if line is None:
                return None
            if self._add(line):
                return self._finish()

    def start_tls(self) -> None:
        """Note that the TLS handshake begins now.

        Raises ProtocolError ``injected`` when bytes came after the reply to STARTTLS: somebody
        put them there to be taken for a part of the protected dialogue (CVE-2011-0411).
        """
        if self.state is not State.HANDSHAKE:
            raise LocalError("TLS without a positive reply to STARTTLS")
        if self._buffer:
            raise ProtocolError("injected", printable(bytes(self._buffer[:_EXCERPT])))
        self.state = State.GREETED
        self.capabilities = None

    def _may_follow(self, verb: Verb) -> bool:
        """Return whether a command may be sent before the reply to ``verb`` is there."""
        return (
            verb in GROUPED and self.capabilities is not None and "PIPELINING" in self.capabilities
        )

    def _next_line(self) -> bytes | None:
        end = self._buffer.find(b"\n")
        if end > MAX_LINE or (end < 0 and len(self._buffer) > MAX_LINE):
            raise ProtocolError("line-too-long", printable(bytes(self._buffer[:_EXCERPT])))
        if end < 0:
            return None
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        return line

    def _add(self, line: bytes) -> bool:
        """Add a line to the reply; return whether it was the last one."""
        match = _LINE.match(line)
        if match is None:
            raise ProtocolError("not-smtp", printable(line[:_EXCERPT]))
        code, separator, text = match.groups()
        if self._lines and code != self._code:
            raise ProtocolError("code-changed", printable(line[:_EXCERPT]))
        self._code = code
        self._lines.append(text or b"")
        self._size += len(line)
        if len(self._lines) > MAX_LINES or self._size > MAX_REPLY:
            raise ProtocolError("reply-too-long", printable(line[:_EXCERPT]))
        return separator != b"-"

    def _finish(self) -> Reply:
        reply = _reply(int(self._code), [printable(line) for line in self._lines])
        verb = self._awaited.popleft()
        self._lines, self._size = [], 0
        if reply.code == 421:
            self.state = State.CLOSED
            self._awaited.clear()
            return reply
        self.state = TRANSITIONS[self.state].get(verb, {}).get(reply.kind, self.state)
        if reply.kind == 2 and verb is Verb.EHLO:
            self.capabilities = parse_capabilities(reply)
        elif reply.kind == 2 and verb is Verb.HELO:
            self.capabilities = Capabilities(greeting=reply.text)
        return reply


def _reply(code: int, lines: list[str]) -> Reply:
    """Split the enhanced status codes off the lines (RFC 2034 section 4)."""
    enhanced = ""
    texts = []
    for line in lines:
        match = _ENHANCED.match(line)
        # Its class is that of the reply code; otherwise it is a part of the text.
        if match and match.group(1)[0] == str(code)[0]:
            enhanced = enhanced or match.group(1)
            texts.append(line[match.end() :])
        else:
            texts.append(line)
    return Reply(code, tuple(texts), enhanced)
