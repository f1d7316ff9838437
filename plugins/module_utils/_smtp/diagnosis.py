# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was seen to a finding: the first row that fits counts, the provider's own rows first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .observation import Row
from .providers import recognise
from .relay_catalogue import CATALOGUE
from .reply_meaning import meaning
from .verdicts import BLAMES_SETTINGS, NEVER_PASSES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .finding import Finding, Severity
    from .observation import Observation
    from .protocol import Reply

_MAIL = ("mail", "rcpt", "data")
_NOT_NOW = (432, 450, 451, 452, 454, 455)
# What a server may mean by a refusal: beyond, no code is in use. 500 to 504 are about the protocol, and
# tell nothing of the client, the sender, the recipient or the message.
_REFUSED = tuple(range(501, 580))
_NO_MAIL = tuple(range(505, 580))

# What holds for every relay. The particular comes before the general.
TABLE: tuple[Row, ...] = (
    # Of the probe itself, wherever it has come to.
    Row("probe-too-slow", failure=("deadline",)),
    Row("open-files-limit", failure=("no-descriptor",), transient=True),
    # -- a proxy, which fails in the relay's place at any stage that connects ----------------------
    Row("proxy-login-rejected", failure=("proxy-login",)),
    Row("proxy-denied", failure=("proxy-denied",)),
    Row("proxy-relay-unreachable", failure=("proxy-relay",)),
    Row("proxy-broken", failure=("proxy-broken",)),
    Row("proxy-unreachable", stage=("proxy",)),
    Row(
        "proxy-silent",
        stage=("connect",),
        failure=("timeout", "closed", "reset"),
        given={"proxy": ".+"},
    ),
    # -- resolve and connect ------------------------------------------------------------------
    Row("relay-name-not-found", stage=("resolve",), failure=("name-not-found",)),
    Row("resolver-failed", stage=("resolve",), transient=True),
    Row("port-25-timeout", stage=("connect",), failure=("timeout",), given={"port": "25"}),
    Row("relay-timeout", stage=("connect",), failure=("timeout",)),
    Row("relay-refused", stage=("connect",), failure=("refused",)),
    Row("relay-unreachable", stage=("connect",), failure=("unreachable",)),
    Row("relay-no-route", stage=("connect",), failure=("no-route",)),
    Row("connect-denied", stage=("connect",), failure=("denied",)),
    Row("connect-failed", stage=("connect",)),
    # -- protocol -----------------------------------------------------------------------------
    Row("relay-speaks-tls-first", failure=("speaks-tls",)),
    Row("relay-speaks-plaintext-first", failure=("speaks-plaintext",)),
    Row("starttls-answered-in-plaintext", stage=("tls",), failure=("not-tls",)),
    Row("relay-silent", stage=("banner",), failure=("timeout",)),
    Row("not-smtp", failure=("not-smtp",)),
    Row("starttls-injection", failure=("injected",)),
    Row(
        "protocol-broken",
        # Bytes of TLS in the place of a greeting are "speaks-tls"; later they are as wrong as others.
        failure=("line-too-long", "reply-too-long", "code-changed", "unsolicited", "tls-bytes"),
    ),
    # -- TLS; the verify codes are OpenSSL's X509_V_ERR_ numbers ------------------------------
    Row("certificate-issuer-not-valid-now", failure=("verify-issuer",)),
    Row("certificate-expired", failure=("verify",), verify=(10,)),
    Row("certificate-not-yet-valid", failure=("verify",), verify=(9,)),
    Row("certificate-self-signed", failure=("verify",), verify=(18,)),
    Row("certificate-unknown-issuer", failure=("verify",), verify=(2, 19, 20, 21, 27)),
    Row("certificate-name-mismatch", failure=("verify",), verify=(62, 64)),
    Row("certificate-weak", failure=("verify",), verify=(66, 67, 68)),
    Row("certificate-invalid", failure=("verify",)),
    Row("tls-version-unsupported", failure=("version",)),
    Row("tls-cipher-mismatch", failure=("cipher",)),
    Row("tls-renegotiation-unsafe", failure=("renegotiation",)),
    Row("tls-server-name-unknown", failure=("server-name",)),
    Row("client-certificate-required", failure=("client-certificate",)),
    Row("client-certificate-rejected", failure=("client-certificate-rejected",)),
    Row("starttls-not-offered", failure=("starttls-not-offered",)),
    Row("starttls-stripped", failure=("starttls-stripped",)),
    Row("credentials-withheld", failure=("credentials-withheld",)),
    Row("tls-failed", failure=("tls", "not-tls")),
    # -- authentication, this side ------------------------------------------------------------
    Row("auth-not-offered", failure=("auth-not-offered",)),
    Row("mechanism-not-offered", failure=("mechanism-not-offered",)),
    Row(
        "windows-login-only",
        failure=("mechanism-unknown",),
        given={"offered": r"(NTLM|GSSAPI|GSS-SPNEGO|X-EXPS|[ ,])+"},
    ),
    Row("mechanism-unknown", failure=("mechanism-unknown",)),
    Row("mechanism-unavailable", failure=("digest-unavailable",)),
    Row("credentials-unusable", failure=("credentials-unusable",)),
    Row("auth-server-unproven", failure=("server-unproven",)),
    Row("auth-challenge-malformed", failure=("challenge-malformed", "challenge-unexpected")),
    Row("smtputf8-not-offered", failure=("smtputf8-not-offered",)),
    # -- the connection, at any stage ---------------------------------------------------------
    Row("reply-timeout", failure=("timeout",)),
    Row(
        "connection-lost",
        stage=("banner",),
        failure=("closed", "reset"),
        transient=True,
        hint="Before the greeting it is often not the relay that hung up: the sidecar of a service "
        "mesh or an egress gateway that may not go on to {relay} (Istio: annotation "
        "traffic.sidecar.istio.io/excludeOutboundPorts, or the name tcp-smtp for the port of the "
        "relay's Service), or a load balancer without a relay behind it; the relay itself does so "
        "when it blocks this address.",
    ),
    Row("connection-lost", failure=("closed", "reset"), transient=True),
    # -- replies that name no subject, by code and stage alone ---------------------------------
    Row("client-refused", stage=("banner",), reply=_NO_MAIL),
    Row("ehlo-rejected", stage=("ehlo",), reply=(500, 502)),
    Row("ehlo-name-rejected", stage=("ehlo",), reply=_REFUSED),
    Row("starttls-required", reply=(523, 538)),
    Row("starttls-rejected", stage=("starttls",), reply=(*_NOT_NOW, *_REFUSED)),
    Row(
        "token-rejected",
        stage=("auth",),
        reply=_REFUSED,
        given={"mechanism": "XOAUTH2|OAUTHBEARER"},
    ),
    Row("mechanism-rejected", stage=("auth",), reply=(500, 501, 502, 503, 504, 534)),
    Row("credentials-rejected", stage=("auth",), reply=_REFUSED),
    Row("auth-failed-temporarily", stage=("auth",), reply=(432, 450, 451, 454)),
    Row("auth-required", stage=_MAIL, reply=(530,), given={"username": ""}),
    Row("sender-rejected", stage=("mail",), reply=_NO_MAIL),
    Row("recipient-rejected", stage=("rcpt",), reply=_NO_MAIL),
    Row("message-rejected", stage=("data",), reply=_NO_MAIL),
    # -- what is left: an empty failure is that of a reply ------------------------------------
    Row("relay-unavailable", reply=(421,)),
    Row("reply-unknown", failure=("",)),
    Row("failure-unknown"),
)


@dataclass(frozen=True)
class Judgement:
    """What was seen means.

    ``permanent``: whether the same walk, repeated within the run, fails again. ``blames_settings``:
    whether other settings would mend it. ``hedged``: the reply's words do not tell the cause; it is
    concluded from the subject that they name, from codes, or from the stage.
    """

    code: str
    permanent: bool
    blames_settings: bool
    hedged: bool
    row: Row | None = None


def judge(seen: Observation, facts: Mapping[str, str]) -> Judgement:
    """Return what was seen means: the provider's own replies, words, a specific enhanced code, the stage."""
    provider = recognise(facts)
    own = next((row for row in provider.rows if row.fits(seen, facts)), None) if provider else None
    if own is not None:
        return _of_row(own, seen, known=True)
    if seen.reply is not None and seen.reply.kind in (4, 5):
        judgement = _of_words(seen.stage, seen.reply, facts)
        if judgement is not None:
            return judgement
    return _of_row(next(row for row in TABLE if row.fits(seen, facts)), seen)


def diagnose(
    seen: Observation,
    *,
    where: str,
    facts: Mapping[str, str],
    severity: Severity | None = None,
    clean: Callable[[str], str] = str,
) -> Finding:
    """Return the finding for what was seen.

    ``facts`` are those of ``relay_catalogue.FACTS`` that the caller knows; stage, detail, reply
    and meaning come from ``seen``. ``clean`` takes secrets out of the relay's words; the finding's
    own words are never cleaned, as every gap in a known sentence would tell what stood there.
    """
    judged = judge(seen, facts)
    filled = {
        **facts,
        "stage": seen.stage,
        "failure": seen.failure,
        "detail": clean(seen.detail or seen.failure or str(seen.reply or "")),
    }
    if seen.reply is not None:
        filled.update(reply=clean(str(seen.reply)), meaning=meaning(seen.reply))
    finding = CATALOGUE.finding(judged.code, where=where, severity=severity, **filled)
    return replace(finding, fix=" ".join([finding.fix, *_more(judged, filled)]))


def transient(seen: Observation, facts: Mapping[str, str]) -> bool:
    """Return whether repeating the walk within the run can help."""
    return not judge(seen, facts).permanent


def _more(judged: Judgement, facts: Mapping[str, str]) -> list[str]:
    """Return what is added to a finding's fix."""
    more = []
    # Who does not know the words must not pass for knowing the cause.
    if judged.hedged and judged.code != "reply-unknown":
        more.append("The reply gives no cause that is known here; by the standards, {meaning}.")
    row, provider = judged.row, recognise(facts)
    if provider is not None and row in provider.rows and row.hint:
        more.append(f"{provider.name}: {row.hint}")
    else:
        more += [row.hint] if row is not None and row.hint else []
        if provider is not None and judged.code in provider.hints:
            more.append(f"{provider.name}: {provider.hints[judged.code]}")
    return [words.format_map(facts) for words in more]


def _of_words(stage: str, reply: Reply, facts: Mapping[str, str]) -> Judgement | None:
    # The vocabulary is large, and read only where a relay has refused something.
    from .hearing import hear  # noqa: PLC0415

    heard = hear(stage, reply, facts)
    if heard is None:
        return None
    verdict = heard.verdict
    # What was concluded from a code alone is as lasting as the reply's first digit says.
    by_digit = verdict.permanent is None or heard.by_code
    lasting = reply.kind != 4 if by_digit else bool(verdict.permanent)
    return Judgement(verdict.code, lasting, verdict.blames_settings, heard.hedged)


def _of_row(row: Row, seen: Observation, *, known: bool = False) -> Judgement:
    """Return what a row says. ``known``: it is about one provider's replies, whose codes tell as much as words."""
    passes = row.transient
    if passes is None:
        by_words = (known or row.knows_words) and row.code in NEVER_PASSES
        passes = seen.reply is not None and seen.reply.kind == 4 and not by_words
    hedged = seen.reply is not None and not known and not row.knows_words
    return Judgement(row.code, not passes, row.code in BLAMES_SETTINGS, hedged, row)
