# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Has the application itself send a mail, by the command that its profile names."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.protocol import Reply
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import ExecError, Executed
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.place import (
    Patience,
    PlaceError,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Sending
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof import words
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.reader import Quotable

SECONDS = 180.0
"""For one command: those that load a whole application take a minute."""
NOT_RUN = (126, 127)
"""Exit codes of a shell for what cannot be run or found (POSIX, Shell Command Language 2.8.2)."""

NOT_NOW = 4
"""The kind of a reply that may be another one later (RFC 5321 section 4.2.1)."""


@dataclass(frozen=True)
class Sent:
    """How a command ended.

    :param returncode: `None` when nobody knows; :param output: its last lines, without secrets.
    """

    sending: Sending
    pod: str
    returncode: int | None
    tries: int
    output: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "recipient": self.sending.recipient,
            "pod": self.pod,
            "container": self.sending.workload.container,
            "command": list(self.sending.command),
            "returncode": self.returncode,
            "tries": self.tries,
            "output": list(self.output),
        }


@dataclass(frozen=True)
class Sender:
    """Runs such commands in the pods of a release.

    :param retries: how often a mail that the relay has put off is tried again.
    :param proof: what a person does instead.
    """

    cluster: Cluster
    description: Description
    title: str
    proof: str
    quotable: Quotable
    patience: Patience
    retries: int
    retry_seconds: int

    def send(self, sending: Sending) -> Sent:
        """Sends one mail, and says what became of it."""
        tries = 0
        try:
            pod = self.patience.ready_pod(self.cluster, sending.workload)
        except PlaceError as error:
            return self._unproven(sending, "", tries, str(error))
        while True:
            tries += 1
            try:
                done = self._run(sending, pod)
            except ExecError as error:
                return self._unproven(sending, pod, tries, self._shown(sending, pod, str(error)))
            text = _text(done)
            if done.returncode in NOT_RUN:
                return self._unproven(sending, pod, tries, self._shown(sending, pod, text))
            if done.returncode == 0:
                lines = words.last(self._shown(sending, pod, text))
                return Sent(sending, pod, 0, tries, tuple(lines))
            reply = words.reply_in(text)
            if reply is None or reply.kind != NOT_NOW or tries > self.retries:
                return self._failed(sending, pod, tries, done)
            self.patience.clock.sleep(self.retry_seconds)

    def _run(self, sending: Sending, pod: str) -> Executed:
        container = sending.workload.container
        return self.cluster.execute(pod, container, sending.command, seconds=SECONDS)

    def _failed(self, sending: Sending, pod: str, tries: int, done: Executed) -> Sent:
        text = _text(done)
        output = tuple(words.last(self._shown(sending, pod, text)))
        found = list(self._of_relay(sending, pod, words.reply_in(text)))
        may_pass = bool(found) and found[0].severity != "error"
        own = self._finding(
            "application-mail-deferred" if may_pass else "application-cannot-send",
            sending,
            pod,
            returncode=done.returncode,
            tries=tries,
            output=f": {' | '.join(output)}" if output else "",
        )
        return Sent(sending, pod, done.returncode, tries, output, (own, *found))

    def _of_relay(self, sending: Sending, pod: str, reply: Reply | None) -> Iterator[Finding]:
        """What the relay has said to the application, as the probe would tell it."""
        if reply is not None:
            quoted = self._shown(sending, pod, reply.text)
            yield words.meaning(
                Reply(reply.code, (quoted,), reply.enhanced),
                self.description,
                where=f"{self.description.host}:{self.description.port}",
                recipient=sending.recipient,
            )

    def _unproven(self, sending: Sending, pod: str, tries: int, problem: str) -> Sent:
        said = " ".join(words.last(problem, 1)).rstrip(".") or "what it says cannot be shown"
        finding = self._finding("application-proof-not-run", sending, pod, problem=said)
        return Sent(sending, pod, None, tries, (), (finding,))

    def _shown(self, sending: Sending, pod: str, text: str) -> str:
        """A text of a container without the secrets that the container may know."""
        there = self.cluster.pod(pod)
        return self.quotable(there, sending.workload.container, text) if there else ""

    def _finding(self, name: str, sending: Sending, pod: str, **facts: Any) -> Finding:
        container = sending.workload.container
        return CATALOGUE.finding(
            name,
            where=f"pod {pod}, container {container}",
            application=self.title,
            recipient=sending.recipient,
            command=shlex.join(sending.command),
            namespace=self.cluster.namespace,
            pod=pod,
            container=container,
            proof=self.proof,
            **facts,
        )


def _text(done: Executed) -> str:
    return b"\n".join((done.stdout, done.stderr)).decode("utf-8", "replace")
