# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One mail transaction: the sender, every recipient, and the mail itself where one is asked for."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from .login import log_in
from .message import write
from .pipeline import Pipeline
from .protocol import Verb
from .result import Recipient
from .session import reopen
from .walk import GOODBYE_SECONDS, Fault, Refused

if TYPE_CHECKING:
    from .message import Mail, Message
    from .walk import Walk
    from .wire import Command, Wire

# RFC 5321 section 4.3.2. A relay may use another 2yz code for "accepted, and thrown away".
RCPT_ACCEPTED = (250, 251, 252)
_DATA_ACCEPTED = (250,)


class Envelope:
    """A transaction as far as the request goes. What is not sent is taken back by RSET.

    Every recipient is tried, also after one was refused.
    """

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        request = walk.request
        self._recipients = tuple(dict.fromkeys(request.recipients)) if walk.goes_to("rcpt") else ()
        self._mailboxes: dict[str, str] = {}
        self._unusable: dict[str, Fault] = {}
        self._mail: Mail | None = None
        self._too_big = ""

    def run(self) -> None:
        """Go through the transaction. Raises Stop."""
        walk = self._walk
        pipeline = self._name_sender()
        if walk.goes_to("rcpt") and not self._recipients:
            walk.skip("rcpt", "no recipient is given")
        for recipient in self._recipients:
            self._name_recipient(pipeline, recipient)
        if not walk.goes_to("data"):
            walk.part("rset", lambda: pipeline.next_reply(GOODBYE_SECONDS))
            return
        accepted = any(each.result == "accepted" for each in walk.result.recipients)
        if accepted and not self._too_big:
            self._send()
            return
        why = "the mail is larger than the relay takes" if accepted else "no recipient was accepted"
        walk.skip("data", why)
        walk.part("rset", lambda: walk.connection.exchange(Verb.RSET, seconds=GOODBYE_SECONDS))

    def _name_sender(self) -> Pipeline:
        walk = self._walk
        with walk.stage("mail") as stage:
            commands = self._commands()
            pipeline = Pipeline(walk, commands, lambda limit: _again(walk, limit))
            reply = pipeline.next_reply()
            if reply.kind != 2:
                pipeline.drain()
                raise Refused(reply)
            stage.detail = walk.clean(f"{walk.request.sender}: {reply}")
            if self._too_big:
                stage.result = "failed"
                stage.detail = f"{walk.request.sender}: {self._too_big}"
            if not walk.goes_to("data"):
                walk.find("sender-unproven", where=walk.where("mail"))
        return pipeline

    def _name_recipient(self, pipeline: Pipeline, recipient: str) -> None:
        walk = self._walk
        walk.facts["recipient"] = recipient
        outcome, answer = "refused", ""
        with walk.stage("rcpt", survives=(Refused, Fault)) as stage:
            stage.detail = recipient
            try:
                if recipient in self._unusable:
                    raise self._unusable[recipient]
                reply = pipeline.next_reply()
                answer = walk.clean(str(reply))
                if reply.code not in RCPT_ACCEPTED:
                    raise Refused(reply)
                stage.detail, outcome = f"{recipient}: {answer}", "accepted"
            finally:
                walk.result.recipients.append(Recipient(recipient, outcome, answer))

    def _send(self) -> None:
        walk, mail = self._walk, self._mail
        if mail is None:
            raise RuntimeError("a mail is sent only where one was written")
        with walk.stage("data") as stage:
            reply = walk.connection.exchange(Verb.DATA)
            if reply.kind != 3:
                raise Refused(reply)
            reply = walk.connection.deliver(mail.content)
            if reply.code not in _DATA_ACCEPTED:
                raise Refused(reply)
            answer = walk.clean(str(reply))
            stage.detail = f"{mail.message_id}: {answer}"
            walk.result.recipients = [
                Recipient(each.address, "sent", answer) if each.result == "accepted" else each
                for each in walk.result.recipients
            ]

    # -- what is sent ---------------------------------------------------------------------

    def _commands(self) -> list[Command]:
        walk = self._walk
        sender = mailbox(walk, walk.request.sender)
        for recipient in self._recipients:
            try:
                self._mailboxes[recipient] = mailbox(walk, recipient)
            except Fault as fault:
                self._unusable[recipient] = fault
        message = walk.request.mail
        utf8 = any(not each.isascii() for each in (sender, *self._mailboxes.values()))
        if walk.goes_to("data") and message and self._mailboxes:
            utf8 = self._write(message, utf8=utf8)
        dsn = message is not None and message.dsn
        if dsn and "DSN" not in walk.capabilities:
            walk.find("dsn-not-offered", where=walk.where("mail"))
            dsn = False
        words = [f"FROM:<{sender}>", *self._size(), *(["SMTPUTF8"] if utf8 else [])]
        if self._mail and self._mail.eight_bit:
            words.append("BODY=8BITMIME")
        if dsn and message:
            words += ["RET=HDRS", *([f"ENVID={message.token}"] if message.token else [])]
        commands: list[Command] = [(Verb.MAIL, " ".join(words))]
        notify = " NOTIFY=SUCCESS,DELAY,FAILURE" if dsn else ""
        commands += [(Verb.RCPT, f"TO:<{each}>{notify}") for each in self._mailboxes.values()]
        if not walk.goes_to("data"):
            commands.append((Verb.RSET, ""))
        return commands

    def _write(self, message: Message, *, utf8: bool) -> bool:
        """Write the mail; return whether it needs SMTPUTF8."""
        walk = self._walk
        author = mailbox(walk, walk.request.from_address)
        reply_to = mailbox(walk, message.reply_to) if message.reply_to else ""
        utf8 = utf8 or not author.isascii() or not reply_to.isascii()
        self._mail = write(
            message,
            author=author,
            reply_to=reply_to,
            recipients=tuple(self._mailboxes.values()),
            capabilities=walk.capabilities,
            utf8=utf8,
            now=datetime.now(timezone.utc),
        )
        walk.result.message_id, walk.result.token = self._mail.message_id, message.token
        return utf8

    def _size(self) -> list[str]:
        """Return the parameter SIZE (RFC 1870), or nothing where the relay could only refuse it."""
        walk = self._walk
        size = len(self._mail.content) if self._mail else walk.request.expected_size
        limit = walk.capabilities.size_limit
        if limit is not None and size > limit:
            self._too_big = f"{size} bytes, and {limit} are allowed"
            walk.find("message-over-limit", where=walk.where("mail"), detail=self._too_big)
            return []
        return [f"SIZE={size}"] if size and "SIZE" in walk.capabilities else []


def _again(walk: Walk, limit: float) -> Wire:
    """Return a second connection in which MAIL may be sent.

    To log in once more is no second attempt: the relay has accepted these credentials.
    """
    wire = reopen(walk, limit)
    if walk.result.mechanism:
        try:
            log_in(walk, wire)
        except BaseException:
            wire.close()
            raise
    return wire


def mailbox(walk: Walk, address: str) -> str:
    """Return an address as MAIL and RCPT take it (RFC 6531 where it is not ASCII)."""
    if not _local_part(address).isascii() and "SMTPUTF8" not in walk.capabilities:
        raise Fault("smtputf8-not-offered", address)
    return address


def _local_part(address: str) -> str:
    return address.rpartition("@")[0]
