# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe as a command: options in, a page or JSON out, and an exit code for a monitor.

It needs nothing but Python and this folder, whatever the system. No option takes a password: an
argument list is seen by everybody on the machine.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING

from .fleet import CONCURRENCY, PER_RELAY, probe_all
from .message import Message
from .mistake import told
from .report import page
from .request import SECURITIES, UNTIL, ProbeRequest
from .sasl import MECHANISMS
from .secret import Secret
from .terminal import line as in_one_line
from .tls import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

    from .result import ProbeResult

# What Nagios and its relatives make of an exit code.
OK, WARNING, CRITICAL, UNKNOWN = range(4)
INTERRUPTED = 130

_PORTS = {"tls": 465}
_USUAL_PORT = 587

_OPTIONS = {
    "smtp_ca_path": "--ca",
    "smtp_ca_pem": "--ca",
    "smtp_ehlo_name": "--ehlo-name",
    "smtp_proxy": "--proxy-from",
    "smtp_security": "--security",
    "smtp_timeout": "--timeout",
}
# With the colon that YAML has between a variable and its value.
_VARIABLE = re.compile(rf"\b({'|'.join(_OPTIONS)})\b(:\s)?")

_WIDTH = 98
_PROGRAM = "smtp_probe"
_ABOUT = "Walk to mail relays step by step; say what stops mail, why, and how to mend it."
_MORE = """\
SOURCE says where a secret comes from: stdin (a line for each secret), prompt, env:NAME or
file:PATH. Exit codes: 0 ok, 1 warnings, 2 errors, 3 bad input or no report, 130 interrupted.
"""


def main(arguments: Sequence[str]) -> int:
    """Probe what the arguments name, print what was seen; return the exit code."""
    # A relay's words may have characters that this terminal lacks.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _main(arguments)
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED
    except Exception as error:
        # A monitor is to know that nobody knows.
        _complain(told(error))
        return UNKNOWN


def _main(arguments: Sequence[str]) -> int:
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        requests = _requests(given)
    except (ValueError, argparse.ArgumentTypeError) as error:
        parser.error(str(error))
    except EOFError:
        return INTERRUPTED
    results = probe_all(requests, concurrency=given.concurrency, per_relay=given.per_relay)
    code = max(map(exit_code, results))
    text = _json(results, code) if given.json else _text(results, transcript=given.transcript)
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader has seen enough.
        pass
    except OSError as error:
        _complain(f"the report cannot be written: {error.strerror}")
        code = UNKNOWN
    # Otherwise the interpreter complains at its end of what is left to be written.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _complain(problem: str) -> None:
    sys.stderr.write(f"{_PROGRAM}: {in_one_line(problem)}\n")


def exit_code(result: ProbeResult) -> int:
    """Return what a monitor is to make of a result."""
    if any(finding.code == "request-invalid" for finding in result.findings):
        return UNKNOWN
    severities = {finding.severity for finding in result.findings}
    return CRITICAL if "error" in severities else WARNING if "warning" in severities else OK


def _told(result: ProbeResult) -> dict[str, Any]:
    """Return a result as data whose findings name the options of this command, and no variables."""
    data = result.as_dict()
    data["findings"] = [
        {**finding, "message": in_options(finding["message"]), "fix": in_options(finding["fix"])}
        for finding in data["findings"]
    ]
    data["msg"] = in_options(data["msg"])
    return data


def in_options(text: str) -> str:
    """Return a text with each variable of the collection as the option of this command."""
    text = text.replace("smtp_ca_path or smtp_ca_pem", _OPTIONS["smtp_ca_path"])
    return _VARIABLE.sub(lambda match: _OPTIONS[match[1]] + (" " if match[2] else ""), text)


def _text(results: Sequence[ProbeResult], *, transcript: bool) -> str:
    pages = []
    for result in results:
        lines = [f"  {in_one_line(line)}" for line in result.transcript] if transcript else []
        pages.append("\n".join([page(_told(result)), *lines]))
    return "\n\n".join(pages)


def _json(results: Sequence[ProbeResult], code: int) -> str:
    import json  # noqa: PLC0415  # only for who wants data

    data = {"exit_code": code, "relays": [_told(result) for result in results]}
    return json.dumps(data, indent=2)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the input, with a monitor's code for it."""
        self.print_usage(sys.stderr)
        self.exit(UNKNOWN, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=_PROGRAM,
        description=_ABOUT,
        epilog=_MORE,
        argument_default=argparse.SUPPRESS,
        # Without a width, each option asks how wide the terminal is.
        formatter_class=partial(argparse.HelpFormatter, width=_WIDTH),
    )
    add = parser.add_argument
    add("relay", nargs="+", metavar="HOST[:PORT]", help="port 587, or 465 with --security tls")
    add("--security", choices=SECURITIES, help="default: auto, which finds out")
    add("--until", choices=UNTIL, help="last stage; only data sends a mail (default: rcpt)")
    add("--from", dest="from_address", metavar="ADDRESS", help="sender")
    add("--to", dest="recipients", action="append", metavar="ADDRESS", help="as often as needed")
    add("--ehlo-name", metavar="NAME")
    add("--expected-size", type=int, metavar="BYTES", help="compared with what the relay takes")
    add("--foreign-recipient", metavar="ADDRESS", help="an open relay takes it without a login")
    add("--timeout", type=float, metavar="SECONDS", help="for each wait (default: 10)")
    add("--retries", type=int, metavar="N", help="after failures that may pass")
    add("--retry-seconds", type=float, metavar="SECONDS")
    add("--proxy-from", metavar="SOURCE", help="socks5://[user:password@]host:port or http://...")
    add("--concurrency", type=_count, default=CONCURRENCY, metavar="N", help="probes at once")
    add("--per-relay", type=_count, default=PER_RELAY, metavar="N", help="connections at once")
    add("--json", action="store_true", default=False, help="print data")
    add("--transcript", action="store_true", default=False, help="print the dialogue too")
    login = parser.add_argument_group("login").add_argument
    login("--username", metavar="NAME")
    login("--password-from", metavar="SOURCE", help="default: prompt")
    login("--token-from", metavar="SOURCE", help="an OAuth access token, in place of a password")
    login(
        "--mechanism",
        choices=MECHANISMS,
        help="default: PLAIN first over TLS, else the strongest that is offered",
    )
    tls = parser.add_argument_group("TLS").add_argument
    tls("--ca", dest="ca_pem", type=_file, metavar="FILE", help="trusted besides the system's")
    tls("--no-verify", dest="validate_certs", action="store_false", help="only warn")
    tls("--server-name", metavar="NAME", help="in the certificate, if it is not the host")
    tls("--tls-min-version", choices=VERSIONS)
    tls("--ciphers", metavar="LIST", help="OpenSSL's, for TLS 1.2 and before")
    tls("--client-cert", type=_file, metavar="FILE", help="PEM, with its chain")
    tls("--client-key-from", metavar="SOURCE", help="PEM; mostly file:PATH")
    tls("--want-chain", action="store_true", help="the relay's certificates, with --json")
    mail = parser.add_argument_group("test mail").add_argument
    mail("--subject", metavar="TEXT")
    mail("--subject-prefix", metavar="TEXT")
    mail("--text", type=_file, metavar="FILE")
    mail("--html", type=_file, metavar="FILE")
    mail("--from-name", metavar="TEXT")
    mail("--reply-to", metavar="ADDRESS")
    mail("--envelope-from", metavar="ADDRESS", help="sender at MAIL, if it is not --from")
    mail("--dsn", action="store_true", help="ask for delivery status notifications")
    return parser


def _requests(given: argparse.Namespace) -> list[ProbeRequest]:
    """Return the requests. Raises ValueError and ArgumentTypeError for what cannot be read."""
    options = vars(given)
    settings = _of(ProbeRequest, options)
    if "recipients" in options:
        settings["recipients"] = tuple(options["recipients"])
    message = _of(Message, options)
    if message:
        settings["message"] = Message(**message)
    if "client_key_from" in options:
        settings["client_key"] = Secret(_secret(options["client_key_from"], whole=True))
    if "proxy_from" in options:
        settings["proxy"] = Secret(_secret(options["proxy_from"]))
    if "username" in options and not {"password_from", "token_from"} & options.keys():
        # A client certificate is the one login without a secret to ask for.
        options["password_from"] = "" if options.get("mechanism") == "EXTERNAL" else "prompt"
    for name, auth in (("password", "password"), ("token", "oauth")):
        source = options.get(f"{name}_from")
        if source:
            settings.update({"auth": auth, name: Secret(_secret(source))})
    port = _PORTS.get(str(settings.get("security")), _USUAL_PORT)
    ends = [_endpoint(relay, port) for relay in options["relay"]]
    return [ProbeRequest(**{**settings, "host": host, "port": port}) for host, port in ends]


def _of(model: type, options: dict[str, Any]) -> dict[str, Any]:
    names = {entry.name for entry in fields(model)}
    return {name: value for name, value in options.items() if name in names}


def _endpoint(text: str, port: int) -> tuple[str, int]:
    """Read ``host``, ``host:port``, ``[IPv6]:port`` or an IPv6 address."""
    if text.startswith("[") != ("]" in text):
        raise ValueError(f"'{text}' has one bracket and not the other")
    host, colon, number = text.rpartition(":")
    is_address = ":" in host and not host.startswith("[")
    # The probe has a finding for a URL.
    if not colon or is_address or text.endswith("]") or "/" in number:
        return text.strip("[]"), port
    if not (number.isascii() and number.isdigit()):
        raise ValueError(f"'{text}' has no number as its port")
    return host.strip("[]"), int(number)


def _secret(source: str, *, whole: bool = False) -> str:
    """Read a secret: a line, or the ``whole`` of a text with several."""
    secret = _read(source, whole=whole)
    # What is given and empty would pass for what is not given.
    if not secret:
        raise ValueError("a SOURCE is empty")
    return secret


def _read(source: str, *, whole: bool) -> str:
    kind, _colon, name = source.partition(":")
    if source == "prompt":
        if not (sys.stdin and sys.stdin.isatty()):
            raise ValueError("there is no terminal to ask at: use --password-from")
        from getpass import getpass  # noqa: PLC0415  # only for who is asked

        return getpass("Secret: ")
    if source == "stdin" and sys.stdin:
        try:
            return sys.stdin.read() if whole else sys.stdin.readline().rstrip("\r\n")
        except UnicodeDecodeError:
            raise ValueError("standard input is no text") from None
    if kind == "env" and name in os.environ:
        return os.environ[name]
    if kind == "file" and name:
        text = _file(name)
        return text if whole else text.rstrip("\r\n")
    # Not quoted: somebody may have written the secret itself.
    raise ValueError("a SOURCE is stdin, prompt, env:NAME (of a variable that is set) or file:PATH")


def _file(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise argparse.ArgumentTypeError(f"{path} cannot be read: {reason}") from None
    # What is given and empty would pass for what is not given.
    if not text:
        raise argparse.ArgumentTypeError(f"{path} is empty")
    return text


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from 1 on")
    return int(text)
