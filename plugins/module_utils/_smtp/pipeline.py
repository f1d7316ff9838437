# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands of a mail transaction: together where the relay offers PIPELINING (RFC 2920).

A relay may announce it and break under it, or something in between does. So when commands that
were sent together go wrong in a way that this explains, they are sent once more, one by one, on a
second connection, before anything is blamed. Half of the time for a reply goes to that; the first
connection is heard out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .protocol import ProtocolError
from .walk import AT_ONCE, GOODBYE_SECONDS, TROUBLE, Refused
from .wire import WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .protocol import Reply
    from .walk import Walk
    from .wire import Command, Wire

# What a relay answers to a command of which it lost a part, or the one before.
_MISREAD = (500, 501, 502, 503)
_NAMED = re.compile("pipelin", re.IGNORECASE)


class Pipeline:
    """Some commands, and their replies one after the other.

    ``reopen`` takes a limit (as of the clock), and returns a second connection in the state in
    which the first one was before these commands.
    """

    def __init__(
        self, walk: Walk, commands: Sequence[Command], reopen: Callable[[float], Wire]
    ) -> None:
        self._walk = walk
        self._commands = commands
        self._reopen = reopen
        self._replies: list[Reply] = []
        self._together = len(commands) > 1 and "PIPELINING" in walk.capabilities
        self._doubtful = True

    def next_reply(self, seconds: float | None = None) -> Reply:
        """Return the reply to the next command. Raises WireError and ProtocolError.

        With ``seconds`` that is the only wait, and pipelining is not doubted.
        """
        reply = self._next(seconds)
        self._replies.append(reply)
        return reply

    def drain(self) -> None:
        """Hear the rest of what was sent together, so that the dialogue can go on."""
        # A 421 is the last reply, whatever else was asked.
        while not self._is_answered and not self._walk.connection.is_over:
            try:
                self.next_reply(GOODBYE_SECONDS)
            except (WireError, ProtocolError) as error:
                self._walk.note(f"-- not every command was answered ({error.kind})")
                return

    @property
    def _is_answered(self) -> bool:
        """Whether nothing is left to hear of what was sent together."""
        return not self._together or len(self._replies) == len(self._commands)

    def _next(self, seconds: float | None) -> Reply:
        wire, clock = self._walk.connection, self._walk.clock
        if not self._together:
            return wire.exchange(*self._commands[len(self._replies)], seconds=seconds)
        if not self._replies:
            wire.send(self._commands)
        if seconds is not None or not self._doubtful:
            return wire.read(seconds)
        limit = clock.limit()
        try:
            reply = wire.read(clock.timeout / 2)
        except (WireError, ProtocolError) as error:
            return self._doubt(error, limit)
        if reply.code in _MISREAD or _NAMED.search(reply.text):
            return self._doubt(Refused(reply), limit)
        return reply

    def _doubt(self, trouble: WireError | ProtocolError | Refused, limit: float) -> Reply:
        """Return the reply to the command alone, unless pipelining is not to blame."""
        self._doubtful = False
        first = self._walk.connection
        alone = self._ask_alone(limit)
        if isinstance(trouble, WireError) and trouble.kind == "timeout":
            seconds = AT_ONCE if alone else limit - self._walk.clock.now()
            try:
                reply = first.read(max(seconds, AT_ONCE))
            except (WireError, ProtocolError) as error:
                trouble = error
            else:
                # It was slow, and nothing else.
                _close(alone)
                return reply
        if alone is None or (isinstance(trouble, Refused) and trouble.reply.code == alone[1].code):
            _close(alone)
            if isinstance(trouble, Refused):
                return trouble.reply
            raise trouble
        first.close()
        self._walk.wire, reply = alone
        self._walk.wire.clock = self._walk.clock
        self._together = False
        self._walk.find("pipelining-broken", where=self._walk.where("mail"), detail=str(trouble))
        return reply

    def _ask_alone(self, limit: float) -> tuple[Wire, Reply] | None:
        """Send the commands so far one by one; return the last reply and where it came."""
        self._walk.note("-- commands sent together went wrong; connecting again to send them alone")
        wire = None
        try:
            wire = self._reopen(limit)
            for number, command in enumerate(self._commands):
                reply = wire.exchange(*command)
                if number == len(self._replies):
                    return wire, reply
                if reply.kind != self._replies[number].kind:
                    raise Refused(reply)
        except TROUBLE as error:
            self._walk.note(f"-- they could not be tried alone ({error})")
        if wire is not None:
            wire.close()
        return None


def _close(alone: tuple[Wire, Reply] | None) -> None:
    if alone is not None:
        alone[0].close()
