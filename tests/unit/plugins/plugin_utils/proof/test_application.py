# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application sends by its own command: what became of it is told, and no secret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import ExecError, Executed
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.place import Patience
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Sending
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof.application import Sender, Sent
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof.log import quotes
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.reader import Seen
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    API,
    Clock,
    ScriptedCluster,
    deployment,
    pod,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    DESCRIPTION,
    PASSWORD,
    codes,
)

SENDING = Sending(API, ("app", "send", "a@b.org"), "a@b.org", "/var/log/mail.log")
GREYLISTED = Executed(1, b"", b"refused: 450 4.2.0 Greylisted\n")
DONE = Executed(0, b"sent\n", b"")


@dataclass
class Commands(ScriptedCluster):
    """A cluster whose container ends its commands one after the other as a test says."""

    ends: list[Executed | ExecError] = field(default_factory=list)
    ran: list[Sequence[str]] = field(default_factory=list)

    def execute(
        self, pod: str, container: str, argv: Sequence[str], *, seconds: float = 0
    ) -> Executed:
        self.ran.append(argv)
        end = self.ends.pop(0)
        if isinstance(end, ExecError):
            raise end
        return end


def cluster(*ends: Executed | ExecError) -> Commands:
    return Commands(states={"qua-api": deployment()}, pods_of={"qua-api": [pod()]}, ends=list(ends))


def quotable(_pod: Mapping[str, Any], _container: str, text: str) -> str:
    return Redactor([Secret(PASSWORD)]).clean(text)


def send(there: Commands, clock: Clock | None = None) -> Sent:
    sender = Sender(
        cluster=cast(Cluster, there),
        description=DESCRIPTION,
        title="Hub",
        proof="Invite somebody.",
        quotable=quotable,
        patience=Patience(clock or Clock(), 60),
        retries=2,
        retry_seconds=7,
    )
    return sender.send(SENDING)


def test_a_command_that_ends_well_has_sent() -> None:
    there = cluster(DONE)
    sent = send(there)
    assert (sent.returncode, sent.output, sent.findings) == (0, ("sent",), ())
    assert there.ran == [SENDING.command]


def test_what_the_relay_puts_off_is_tried_again_after_a_pause() -> None:
    clock = Clock()
    sent = send(cluster(GREYLISTED, GREYLISTED, DONE), clock)
    assert (sent.returncode, sent.tries, clock.time) == (0, 3, 14)


def test_what_it_puts_off_to_the_end_is_a_warning() -> None:
    sent = send(cluster(*[GREYLISTED] * 3))
    assert codes(sent.findings) == ["application-mail-deferred", "greylisted"]
    assert {finding.severity for finding in sent.findings} == {"warning"}


def test_what_it_refuses_is_told_as_the_probe_tells_it_and_not_tried_again() -> None:
    there = cluster(Executed(1, b"535 5.7.8 authentication failed\n", b""))
    sent = send(there)
    assert codes(sent.findings) == ["application-cannot-send", "credentials-rejected"]
    assert {finding.severity for finding in sent.findings} == {"error"}
    assert len(there.ran) == 1


def test_a_failure_of_which_no_relay_speaks_is_one_of_the_application() -> None:
    sent = send(cluster(Executed(3, b"", b"NoMethodError\n")))
    [finding] = sent.findings
    assert (finding.code, finding.severity) == ("application-cannot-send", "error")
    assert "exit code 3: NoMethodError" in finding.message


@pytest.mark.parametrize(
    "end",
    [
        ExecError('exec: "app": executable file not found in $PATH'),
        ExecError("the command did not end within 180 s", began=True),
        Executed(127, b"", b"sh: app: not found\n"),
    ],
)
def test_what_could_not_be_run_proves_nothing(end: Executed | ExecError) -> None:
    sent = send(cluster(end))
    [finding] = sent.findings
    assert (finding.code, finding.severity) == ("application-proof-not-run", "warning")
    assert "not found" in finding.message or "did not end" in finding.message
    assert "Invite somebody." in finding.fix


def test_without_a_ready_pod_nothing_is_run() -> None:
    there = cluster()
    there.pods_of = {}
    [finding] = send(there).findings
    assert finding.code == "application-proof-not-run"
    assert "has no ready pod" in finding.message


def test_no_secret_is_in_what_is_told() -> None:
    words = f"535 5.7.8 {PASSWORD} is wrong, said {PASSWORD}\n".encode()
    assert PASSWORD not in repr(send(cluster(Executed(1, words, words))))


def test_the_log_of_the_container_that_sends_is_quoted() -> None:
    there = cluster(Executed(0, f"mail for {PASSWORD}\nelse\n".encode(), b""))
    seen = [Seen(API, "qua-api-1", {})]
    [quote] = quotes(cast(Cluster, there), quotable, seen, [SENDING])
    assert there.ran == [("tail", "-n", "200", "/var/log/mail.log")]
    assert quote.lines == ("mail for ********",)
    assert "-- cat /var/log/mail.log" in quote.finding("apps").fix


def test_else_what_the_containers_print_is_quoted() -> None:
    there = cluster()
    there.logs = {"qua-api-1": "GET /\nsmtp: refused\n"}
    seen = [Seen(API, "qua-api-1", {})]
    [quote] = quotes(cast(Cluster, there), quotable, seen, [])
    assert (quote.path, quote.lines) == ("", ("smtp: refused",))


def test_a_log_that_may_not_be_read_is_left_out() -> None:
    there = cluster()
    there.may_look = False
    assert list(quotes(cast(Cluster, there), quotable, [Seen(API, "qua-api-1", {})], [])) == []


FLOOD = b"\n".join([b"mail \x1b[2K\r ok: [forged] " + b"y" * 100_000] * 40)


class TestAnApplicationOfAnAttacker:
    @pytest.mark.parametrize("code", [0, 1, 127, -1, 10**6])
    def test_is_quoted_in_few_short_lines_without_a_secret(self, code: int) -> None:
        output = FLOOD + f"\n{PASSWORD}\n535 5.7.8 {PASSWORD} no\x9b\u202e".encode()
        sent = send(cluster(*[Executed(code, output, PASSWORD.encode())] * 3))
        said = [*sent.output, *(str(finding) for finding in sent.findings)]
        assert said
        for each in said:
            assert PASSWORD not in each
            assert each.isprintable()
            assert len(each) < 5_000

    def test_has_its_log_quoted_likewise(self) -> None:
        there = cluster(Executed(0, FLOOD + f"\nmail {PASSWORD}".encode(), b""))
        seen = Seen(API, "qua-api-1", {})
        [quote] = quotes(cast(Cluster, there), quotable, [seen], [SENDING])
        assert all(len(each) < 400 and each.isprintable() for each in quote.lines)
        assert PASSWORD not in str(quote.finding("apps"))
