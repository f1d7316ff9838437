# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe as a command: a page or data, a monitor's exit codes, and no password among arguments."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp import command
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.command import (
    CRITICAL,
    INTERRUPTED,
    OK,
    UNKNOWN,
    WARNING,
    main,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.relay_catalogue import CATALOGUE
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    Authority,
    Relay,
)

Run = Callable[[Relay], Relay]
PATIENCE = 30.0
SENDER = ("--from", "app@example.org", "--to", "someone@example.org")

# What a Windows server's Python has not got, as far as this one starts without.
NOT_ON_WINDOWS = ("fcntl", "grp", "pwd", "resource", "syslog", "termios", "tty")

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def ca(tmp_path: Path, authority: Authority) -> str:
    path = tmp_path / "ca.pem"
    path.write_text(authority.pem)
    return str(path)


def at(relay: Relay) -> str:
    return f"127.0.0.1:{relay.port}"


def data(capture: Capture) -> Any:
    return json.loads(capture.readouterr().out)


# -- what it says to do ----------------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_fix_names_the_options_of_the_command(
    run_relay: Run, more: tuple[str, ...], capsys: Capture
) -> None:
    relay = run_relay(Relay(security="tls"))
    assert main([at(relay), "--security", "tls", *SENDER, *more]) == CRITICAL
    said = capsys.readouterr().out
    assert "into --ca " in said
    assert "smtp_ca" not in said


def test_every_variable_that_a_finding_names_is_an_option_of_the_command() -> None:
    told = [text for entry in CATALOGUE for text in (entry.message, entry.fix)]
    assert not [text for text in told if "smtp_" in command.in_options(text)]


# -- what it prints, and its exit codes ------------------------------------------------------------


def test_a_relay_that_takes_the_mail_is_ok_and_shown_step_by_step(
    run_relay: Run, ca: str, capsys: Capture
) -> None:
    relay = run_relay(Relay())
    assert main([at(relay), "--ca", ca, *SENDER]) == OK
    shown = capsys.readouterr().out
    assert shown.startswith(f"relay {at(relay)}, starttls, ok")
    assert "  rcpt        ok" in shown


def test_warnings_have_a_code_of_their_own(run_relay: Run, capsys: Capture) -> None:
    assert main([at(run_relay(Relay())), "--no-verify", *SENDER]) == WARNING
    assert "warning: " in capsys.readouterr().out


def test_what_stops_mail_is_critical_and_explained(run_relay: Run, capsys: Capture) -> None:
    relay = run_relay(
        Relay(security="none", replies={"RCPT": b"554 5.7.1 Relay access denied\r\n"})
    )
    assert main([at(relay), *SENDER]) == CRITICAL
    shown = capsys.readouterr().out
    assert "[relay-denied]" in shown
    assert "  Fix: " in shown


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["relay:x"],
        ["relay", "--proxy-from", f"file:{os.devnull}"],
        ["[::1"],
        ["::1]:25"],
        ["relay", "--security", "ssl"],
        ["relay", "--concurrency", "0"],
        ["relay", "--per-relay", "two"],
        ["relay", "--ca", "/no/such/file"],
        ["relay", "--ca", os.devnull],
        ["relay", "--username", "ada", "--password-from", "correct horse"],
        ["relay", "--username", "ada", "--password-from", "env:NO_SUCH_VARIABLE"],
        ["relay", "--username", "ada", "--password-from", "file:/no/such/file"],
    ],
)
def test_input_that_cannot_be_used_is_refused_and_no_secret_quoted(
    arguments: list[str], capsys: Capture
) -> None:
    try:
        code: object = main(arguments)
    except SystemExit as end:
        code = end.code
    assert code == UNKNOWN
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "smtp_probe: " in shown.err
    assert "horse" not in shown.err


@pytest.mark.parametrize(
    "relay", ["relay.example.org:70000", "smtp://relay", "smtp://relay:25", "ada@relay", ""]
)
def test_a_request_that_cannot_be_tried_is_bad_input_with_a_finding(
    relay: str, capsys: Capture
) -> None:
    assert main([relay]) == UNKNOWN
    assert "[request-invalid]" in capsys.readouterr().out


def test_a_mistake_of_the_program_is_told_on_one_line_that_quotes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    def broken(*_arguments: Any, **_options: Any) -> None:
        raise RuntimeError("correct horse")

    monkeypatch.setattr(command, "probe_all", broken)
    assert main(["relay.example.org"]) == UNKNOWN
    shown = capsys.readouterr()
    assert shown.out == ""
    [line] = shown.err.splitlines()
    assert "RuntimeError" in line
    assert "horse" not in line


def test_the_worst_of_many_relays_counts_and_their_order_stays(
    run_relay: Run, capsys: Capture
) -> None:
    good = run_relay(Relay(security="none"))
    bad = run_relay(Relay(security="none", replies={"banner": b"554 No\r\n"}))
    assert main([at(bad), at(good), "--json"]) == CRITICAL
    shown = data(capsys)
    assert shown["exit_code"] == CRITICAL
    assert [relay["relay"] for relay in shown["relays"]] == [at(bad), at(good)]
    assert [relay["ok"] for relay in shown["relays"]] == [False, True]


def test_the_dialogue_is_shown_on_request(run_relay: Run, capsys: Capture) -> None:
    relay = run_relay(Relay(security="none"))
    assert main([at(relay), "--transcript"]) == OK
    assert "  C: EHLO" in capsys.readouterr().out


# -- what it asks for ------------------------------------------------------------------------------


def asked(*arguments: str) -> Any:
    return command._requests(command._parser().parse_args(arguments))


@pytest.mark.parametrize(
    ("relay", "host", "port"),
    [
        ("relay.example.org", "relay.example.org", 587),
        ("relay.example.org:25", "relay.example.org", 25),
        ("192.0.2.7", "192.0.2.7", 587),
        ("2001:db8::7", "2001:db8::7", 587),
        ("[2001:db8::7]", "2001:db8::7", 587),
        ("[2001:db8::7]:25", "2001:db8::7", 25),
    ],
)
def test_a_relay_is_a_host_with_or_without_a_port(relay: str, host: str, port: int) -> None:
    (request,) = asked(relay)
    assert (request.host, request.port) == (host, port)


def test_implicit_tls_has_its_own_usual_port() -> None:
    assert [request.port for request in asked("a", "b:25", "--security", "tls")] == [465, 25]


def test_every_option_has_its_place_in_the_request(tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("Grüße", encoding="utf-8")
    (request,) = asked(
        *("relay", "--until", "data", "--from", "a@example.org", "--to", "b@example.org"),
        *("--to", "c@example.org", "--subject", "S", "--text", str(text), "--dsn"),
        *("--timeout", "2.5", "--retries", "3", "--expected-size", "9", "--no-verify"),
        *("--tls-min-version", "1.3", "--server-name", "mail.example.org", "--want-chain"),
    )
    assert request.recipients == ("b@example.org", "c@example.org")
    assert (request.message.subject, request.message.text, request.message.dsn) == (
        "S",
        "Grüße",
        True,
    )
    assert (request.timeout, request.retries, request.expected_size) == (2.5, 3, 9)
    assert (request.validate_certs, request.tls_min_version) == (False, "1.3")
    assert (request.server_name, request.want_chain) == ("mail.example.org", True)
    assert not list(request.problems())


def test_a_password_comes_from_a_file_a_variable_or_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "password"
    path.write_text("from file \n")
    monkeypatch.setenv("RELAY_PASSWORD", "from variable")
    monkeypatch.setattr(sys, "stdin", io.StringIO("from stdin\n"))
    for source, password in (
        (f"file:{path}", "from file "),
        ("env:RELAY_PASSWORD", "from variable"),
        ("stdin", "from stdin"),
    ):
        (request,) = asked("relay", "--username", "ada", "--password-from", source)
        assert (request.auth, request.password.reveal()) == ("password", password)


def test_a_proxy_with_its_login_comes_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROXY", "socks5://user:pw@proxy:1080")
    (request,) = asked("relay", "--proxy-from", "env:PROXY")
    assert request.proxy.reveal() == "socks5://user:pw@proxy:1080"


def test_a_token_is_a_login_by_oauth_and_a_password_beside_it_a_problem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOKEN", "ya29.token")
    (request,) = asked("relay", "--username", "ada", "--token-from", "env:TOKEN")
    assert (request.auth, request.token.reveal()) == ("oauth", "ya29.token")
    both = ("--token-from", "env:TOKEN", "--password-from", "env:TOKEN")
    (request,) = asked("relay", "--username", "ada", *both)
    assert [name for name, _problem in request.problems()] == ["auth"]


def test_without_a_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(ValueError, match="no terminal"):
        asked("relay", "--username", "ada")


# -- as a program ----------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with a plain copy of the package under another name, as somebody would carry it."""
    shutil.copytree(Path(command.__file__).parent, tmp_path / "smtp_probe")
    return tmp_path


def program(*arguments: str, without: tuple[str, ...] = ()) -> list[str]:
    start = f"import runpy, sys; sys.modules.update(dict.fromkeys({without!r})); "
    run = "sys.argv[0] = 'smtp_probe'; runpy.run_module('smtp_probe', run_name='__main__')"
    return [sys.executable, "-c", start + run, *arguments]


def test_a_plain_copy_runs_with_nothing_but_python_also_where_it_is_windows(
    copy: Path, run_relay: Run, ca: str
) -> None:
    relay = run_relay(Relay())
    login = ("--username", relay.username, "--password-from", "stdin")
    done = subprocess.run(
        program(at(relay), "--ca", ca, *SENDER, *login, without=NOT_ON_WINDOWS),
        cwd=copy,
        env={"PATH": os.environ["PATH"]},
        input=f"{relay.password}\n",
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (OK, "")
    assert "auth        ok" in done.stdout
    assert relay.password not in done.stdout


def test_python_m_with_the_name_of_the_folder_is_the_command(copy: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "smtp_probe", "--help"],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert done.stdout.startswith("usage: smtp_probe ")


def test_ctrl_c_ends_it_at_once_and_without_a_traceback(copy: Path, run_relay: Run) -> None:
    relay = run_relay(Relay(security="none", replies={"EHLO": None}))
    with subprocess.Popen(
        program(at(relay), "--timeout", str(PATIENCE)),
        cwd=copy,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not relay.seen:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
                pytest.fail("it has ended by itself")
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=PATIENCE / 2)
    assert (process.returncode, out) == (INTERRUPTED, "")
    assert errors == "smtp_probe: interrupted\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full device")
def test_a_report_that_cannot_be_written_is_not_taken_for_one(copy: Path, run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run(
            program(at(relay)),
            cwd=copy,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert done.returncode == UNKNOWN
    assert len(done.stderr.splitlines()) == 1


def test_a_reader_who_has_seen_enough_is_no_failure(copy: Path, run_relay: Run) -> None:
    relay = run_relay(Relay(security="none"))
    with subprocess.Popen(
        program(at(relay)), cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(PATIENCE) == OK
