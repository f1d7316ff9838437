# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what the probe has answered from somewhere else, as somebody else may have written it. Pure.

Who controls a container controls what answers there. So an answer is taken apart by a strict schema
and built again: each text has a limit, and each passes through the redactor once more. What follows
from the rest (whether it is ok, how far it came, the page for people) is not taken from it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.certificate import Certificate
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.relay_catalogue import CATALOGUE
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import (
    MAX_SECONDS,
    SECURITIES,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import (
    Attempt,
    ProbeResult,
    Recipient,
    Stage,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.sasl import MECHANISMS
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.shape import (
    Check,
    ShapeError,
    fields,
    flag,
    listed,
    mapping,
    moment,
    one_of,
    optional,
    seconds,
    text,
    whole,
)

LONGEST = 1 << 20
"""Characters of an answer; one with a chain and a long transcript has a tenth of it."""
FAR_DAYS = 1_000_000
"""More than a time of Python can be away."""

_WORD, _LINE, _TEXT = 100, 1_000, 4_000
_NAME = r"[a-z0-9-]+"
_PEM = r"(-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]{1,76}\n)+-----END CERTIFICATE-----\n?)*"
_SEVERITIES = ("error", "warning", "info")

Clean = Callable[[str], str]


class AnswerError(ValueError):
    """The answer is not that of the probe. The text quotes nothing of it."""


def read(answer: str, clean: Clean) -> ProbeResult:
    """Return the result that an answer is.

    :param clean: takes the secrets that may be in it out of a text.
    :raises AnswerError: for anything that the probe does not write.
    """
    if len(answer) > LONGEST:
        raise AnswerError(f"it is longer than {LONGEST >> 20} MiB")
    try:
        data = json.loads(answer, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise AnswerError("it is no JSON") from None
    try:
        return _result(_schema(clean)(data, ""))
    except ShapeError as error:
        raise AnswerError(str(error)) from None
    except (OverflowError, ValueError):
        raise AnswerError("a time in it is none") from None


def _no_number(_text: str) -> float:
    raise ValueError


def _schema(clean: Clean) -> Check:
    """Return the check for what `ProbeResult.as_dict` writes."""
    word, line, long = (text(size, clean=clean) for size in (_WORD, _LINE, _TEXT))
    name, duration = text(_WORD, _NAME), seconds(MAX_SECONDS)
    codes = one_of([entry.code for entry in CATALOGUE])
    certificate = {
        "subject": line,
        "issuer": line,
        "names": listed(line, 1_000),
        "not_before": moment,
        "not_after": moment,
        "days_left": whole(-FAR_DAYS, FAR_DAYS),
        "sha256": text(64, "[0-9a-f]{64}"),
        "weaknesses": listed(line, 10),
        "verified": optional(flag),
    }
    keywords = mapping(word, listed(line, 100), 200)
    return fields(
        {
            "ok": flag,
            "relay": line,
            "security": one_of((*SECURITIES, "")),
            "mechanism": one_of((*MECHANISMS, "")),
            "login": one_of(("accepted", "rejected", "undecided", "")),
            "proxy": line,
            "reached": text(_WORD),
            "transient": flag,
            "permanent": flag,
            "unconfirmed": listed(codes, 200),
            "tries": whole(1, 10_000),
            "seconds": duration,
            "stages": listed(
                _made(
                    Stage,
                    name=name,
                    result=one_of(("ok", "warning", "failed", "skipped")),
                    seconds=duration,
                    detail=long,
                ),
                1_000,
            ),
            "findings": listed(
                _made(
                    Finding,
                    code=codes,
                    severity=one_of(_SEVERITIES),
                    where=line,
                    message=long,
                    fix=long,
                ),
                200,
            ),
            "addresses": listed(
                _made(Attempt, address=word, family=word, result=name, seconds=duration), 1_000
            ),
            "banner": long,
            "relay_saw": line,
            "capabilities_before_tls": optional(keywords),
            "capabilities": optional(keywords),
            "extensions": optional(mapping(word, flag, 200)),
            "size_limit": optional(whole(0, 10**30)),
            "tls": optional(fields({"version": word, "cipher": word})),
            "certificate": optional(fields(certificate)),
            "chain_pem": text(LONGEST, _PEM),
            "recipients": listed(
                _made(
                    Recipient,
                    address=line,
                    result=one_of(("accepted", "sent", "refused")),
                    reply=long,
                ),
                1_000,
            ),
            "message_id": line,
            "token": word,
            "transcript": listed(long, 5_000),
            "msg": text(LONGEST),
        }
    )


def _made(model: type, **checks: Check) -> Check:
    """Return a check that makes a dataclass of a mapping."""
    check = fields(checks)
    return lambda value, place: model(**check(value, place))


def _result(checked: Mapping[str, Any]) -> ProbeResult:
    """Return the result without what follows from it."""
    own = ("ok", "reached", "msg", "addresses", "tls", "certificate")
    tls, certificate = checked["tls"] or {}, checked["certificate"]
    result = ProbeResult(
        **{name: value for name, value in checked.items() if name not in own},
        attempts=checked["addresses"],
        tls_version=tls.get("version", ""),
        tls_cipher=tls.get("cipher", ""),
    )
    if certificate is not None:
        result.certificate = _certificate(certificate)
        result.certificate_verified = certificate["verified"]
        result.seen_at = certificate["not_after"] - timedelta(days=certificate["days_left"])
    return result


def _certificate(checked: Mapping[str, Any]) -> Certificate:
    names = [(name, _is_address(name)) for name in checked["names"]]
    return Certificate(
        subject=checked["subject"],
        issuer=checked["issuer"],
        common_name="",
        dns_names=tuple(name for name, is_address in names if not is_address),
        ip_addresses=tuple(name for name, is_address in names if is_address),
        not_before=checked["not_before"],
        not_after=checked["not_after"],
        sha256=checked["sha256"],
        weaknesses=tuple(checked["weaknesses"]),
    )


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
