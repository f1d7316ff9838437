# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe as a program behind a pipe, also as one that a bare Python is fed with."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp import bundle, remote
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    Authority,
    Relay,
)

Run = Callable[[Relay], Relay]
PASSWORD = "p@ss{{word}}'\"% ключ"


def request(relay: Relay, authority: Authority) -> ProbeRequest:
    return ProbeRequest(
        host="127.0.0.1",
        port=relay.port,
        security="starttls",
        auth="password",
        username=relay.username,
        password=Secret(relay.password),
        from_address="app@example.org",
        recipients=("someone@example.org",),
        ca_pem=authority.pem,
    )


def answer(line: str) -> tuple[int, dict[str, object]]:
    results = io.StringIO()
    code = remote.main(io.BytesIO(line.encode()), results)
    (written,) = results.getvalue().splitlines()
    return code, json.loads(written)


def test_a_request_line_gives_a_result_line(run_relay: Run, authority: Authority) -> None:
    code, result = answer(request(run_relay(Relay()), authority).to_wire() + "\n")
    assert (code, result["ok"]) == (0, True)


def test_a_probe_that_fails_is_a_result_and_no_failure_of_the_program() -> None:
    code, result = answer(ProbeRequest(host="127.0.0.1", port=1).to_wire())
    assert (code, result["ok"]) == (0, False)


def test_a_line_that_is_no_request_is_refused() -> None:
    assert answer('{"password": "hunter22"}') == (2, {"error": "the request has no host"})


def test_a_mistake_of_the_probe_is_told_on_one_line_that_quotes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_request: ProbeRequest) -> None:
        raise RuntimeError(PASSWORD)

    monkeypatch.setattr(remote, "probe", broken)
    code, result = answer(ProbeRequest(host="127.0.0.1", port=1).to_wire())
    assert code == remote.MISTAKE
    assert "RuntimeError" in str(result["error"])
    assert PASSWORD not in str(result)


def test_the_command_is_constant_and_the_program_is_ascii() -> None:
    assert all(isinstance(word, str) for word in bundle.COMMAND)
    assert bundle.source().isascii()
    assert bundle.source() is bundle.source()


def test_a_bare_python_that_is_fed_the_program_logs_in_and_prints_the_result(
    run_relay: Run, authority: Authority
) -> None:
    relay = run_relay(Relay(password=PASSWORD))
    # -I: no site-packages of the user, no environment, no current folder to import from. The
    # pipe stays open until the answer is there, as the exec stream of a pod does.
    with subprocess.Popen(
        [sys.executable, "-I", *bundle.COMMAND[1:]],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd="/",
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(bundle.feed(request(relay, authority)))
        process.stdin.flush()
        result = json.loads(process.stdout.readline())
        assert process.wait(30) == 0
        errors = process.stderr.read()
    assert errors == b""
    assert result["ok"], result["msg"]
    assert PASSWORD not in json.dumps(result, ensure_ascii=False)


@pytest.mark.parametrize("word", ["ansible", "site-packages"])
def test_the_program_knows_nothing_of_where_it_was_built(word: str) -> None:
    assert f"from {word}" not in bundle.source()
    assert f"import {word}" not in bundle.source()
