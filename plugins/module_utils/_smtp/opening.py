# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a name to a greeted relay: resolve, connect, banner, EHLO, STARTTLS, TLS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .network import NetworkError
from .protocol import ProtocolError, Reply, State
from .second_look import most_lenient, plaintext_offer, tls_answer, without_verification
from .session import ask_for_tls, greeting, say_hello, shake_hands
from .trust import judge_certificate
from .walk import AT_ONCE, Fault
from .wire import Wire, WireError

if TYPE_CHECKING:
    from .network import Address
    from .result import Stage
    from .walk import Walk

IMPLICIT_TLS_PORTS = (465, 2465)

# RFC 8996.
_OLD_VERSIONS = ("SSLv3", "TLSv1", "TLSv1.1")

# What Cisco's firewalls make of a greeting.
_MASKED_BANNER = "****"


def connect(walk: Walk) -> None:
    """Connect to an address of the relay, or have a proxy do so. Raises Stop, as all stages do."""
    if walk.proxy is None:
        with walk.stage("resolve") as stage:
            addresses = _resolve(walk, stage, walk.request.host, walk.request.port)
        with walk.stage("connect") as stage:
            _connect(walk, stage, addresses)
        return
    with walk.stage("proxy") as stage:
        _connect(walk, stage, _resolve(walk, stage, walk.proxy.host, walk.proxy.port))
    walk.find("proxied", where=walk.where("proxy"))
    with walk.stage("connect") as stage:
        walk.pass_proxy(walk.connection, walk.proxy)
        stage.detail = f"through {walk.proxy}"


def greet(walk: Walk) -> None:
    """Get to a greeted relay on a connection as secure as asked for."""
    if walk.result.security == "auto" and walk.request.port in IMPLICIT_TLS_PORTS:
        walk.result.security = "tls"
    if walk.result.security == "tls" and _open_tls(walk):
        return
    if not _open_plaintext(walk):
        _open_tls(walk)


def _open_tls(walk: Walk) -> bool:
    """Open with implicit TLS; return False when ``auto`` may go on in plaintext."""
    if not _handshake(walk):
        return False
    judge_certificate(walk)
    _banner(walk)
    _ehlo(walk)
    return True


def _open_plaintext(walk: Walk) -> bool:
    """Open in plaintext, with STARTTLS if so; return False when ``auto`` may go on in TLS."""
    if not _banner(walk):
        return False
    _ehlo(walk)
    offered = "STARTTLS" in walk.capabilities
    _look_for_traces(walk)
    if walk.result.security == "auto":
        walk.result.security = "starttls" if offered else "none"
    if walk.result.security == "none":
        return True
    walk.result.capabilities_before_tls = walk.result.capabilities
    with walk.stage("starttls"):
        ask_for_tls(walk.connection)
    _handshake(walk)
    judge_certificate(walk)
    _ehlo(walk)
    return True


def _look_for_traces(walk: Walk) -> None:
    """Say what an EHLO reply in plaintext tells of the way to the relay, and of its set-up."""
    where, capabilities, banner = walk.where("ehlo"), walk.capabilities, walk.result.banner
    masked = [*capabilities.masked, *([banner] if _MASKED_BANNER in banner else [])]
    if masked:
        walk.find("smtp-inspected", where=where, detail=", ".join(masked))
    if capabilities.mechanisms and "STARTTLS" in capabilities:
        walk.find("auth-offered-in-clear", where=where)


def _resolve(walk: Walk, stage: Stage, host: str, port: int) -> list[Address]:
    addresses = walk.network.resolve(host, port, walk.clock.wait())
    stage.detail = ", ".join(address.host for address in addresses)
    searched = addresses[0].name if addresses else ""
    # With the search list's domain behind it: of a short name of a Service that is what is wanted.
    if searched.lower().startswith(f"{host.lower()}.") and _is_a_name_by_itself(walk, host, port):
        walk.find("relay-name-searched", where=walk.where("resolve"), names=searched)
    return addresses


def _is_a_name_by_itself(walk: Walk, host: str, port: int) -> bool:
    """Return whether a name exists without the search list too."""
    if host.endswith("."):
        return False
    try:
        return bool(walk.network.resolve(f"{host}.", port, walk.clock.wait()))
    except NetworkError:
        return False


def _connect(walk: Walk, stage: Stage, addresses: list[Address]) -> None:
    connection, attempts = walk.network.connect(addresses, walk.clock.wait(), walk.clock.now)
    walk.result.attempts = attempts
    failed = [attempt for attempt in attempts if attempt.result != "connected"]
    walk.facts["attempts"] = ", ".join(f"{each.address}: {each.result}" for each in failed)
    if connection is None:
        # A missing IPv6 route tells less than what the other addresses met.
        telling = [attempt for attempt in failed if attempt.result != "no-route"] or failed
        raise NetworkError(telling[0].result if telling else "no-route")
    walk.wire = Wire(connection, walk.clock, walk.note)
    results = [attempt.result for attempt in attempts]
    walk.address = addresses[results.index("connected")]
    stage.detail = walk.address.host
    for attempt in failed:
        code = "address-no-route" if attempt.result == "no-route" else "address-dead"
        address = f"{attempt.address} ({attempt.result})"
        finding = walk.find(code, where=walk.where(stage.name), address=address)
        if finding.severity == "warning":
            stage.result = "warning"


def _banner(walk: Walk) -> bool:
    """Read the greeting; return False when ``auto`` is to go on in TLS."""
    with walk.stage("banner") as stage:
        if walk.connection.tls_version:
            reply = walk.connection.read()
        else:
            found = _plaintext_banner(walk)
            if found is None:
                stage.detail = "the port speaks TLS from the first byte"
                walk.result.security = "tls"
                walk.reconnect()
                return False
            reply = found
        walk.facts["greeting"] = reply.text
        stage.detail = walk.result.banner = walk.clean(greeting(reply).text)
    return True


def _plaintext_banner(walk: Walk) -> Reply | None:
    """Wait for the greeting; return None when ``auto`` is to go on in TLS.

    A port that speaks TLS first is silent too, so half of the time goes to asking it in TLS,
    on a second connection; the first one is heard out.
    """
    limit = walk.clock.limit()
    try:
        return walk.connection.read(walk.clock.timeout / 2)
    except WireError as error:
        if error.kind != "timeout":
            raise
        answer = tls_answer(walk, limit)
        if answer != "tls":
            return _late_banner(walk, limit, answer)
    except ProtocolError as error:
        if error.kind != "tls-bytes":
            raise
    if walk.request.security == "auto":
        return None
    raise Fault("speaks-tls")


def _late_banner(walk: Walk, limit: float, answer: str) -> Reply:
    """Hear a silent port out that has given an answer to a TLS hello, in plaintext or none."""
    try:
        return walk.connection.read(max(limit - walk.clock.now(), AT_ONCE))
    except WireError as error:
        # An SMTP server may answer so before its own late greeting; only whoever has none is no relay.
        if error.kind == "timeout" and answer == "plaintext":
            detail = "no greeting, and plain text once it was spoken to, as a web server does"
            raise Fault("not-smtp", detail) from error
        raise


def _ehlo(walk: Walk) -> None:
    with walk.stage("ehlo") as stage:
        say_hello(walk, walk.connection)
        walk.facts["greeting"] += f" {walk.capabilities.greeting}"
        walk.result.capabilities = {
            walk.clean(keyword): [walk.clean(value) for value in values]
            for keyword, values in walk.capabilities.keywords.items()
        }
        walk.result.extensions = walk.capabilities.extensions
        walk.result.size_limit = walk.capabilities.size_limit
        walk.result.relay_saw = walk.capabilities.client_address
        stage.detail = " ".join(walk.result.capabilities)


def _handshake(walk: Walk) -> bool:
    """Shake hands; return False when ``auto`` is to go on in plaintext."""
    implicit = walk.connection.dialogue.state is State.CONNECTED
    with walk.stage("tls") as stage:
        try:
            shake_hands(walk, walk.connection, verify=True)
        except WireError as error:
            if error.kind == "not-tls" and implicit:
                if walk.request.security == "auto":
                    stage.detail = "the port answers in plaintext"
                    walk.result.security = "auto"
                    walk.reconnect()
                    return False
                walk.facts["use"] = plaintext_offer(walk)
                raise Fault("speaks-plaintext", error.detail) from error
            _explain(walk, error)
        wire = walk.connection
        walk.result.tls_version, walk.result.tls_cipher = wire.tls_version, wire.tls_cipher
        walk.result.chain_pem = wire.chain_pem if walk.request.want_chain else ""
        stage.detail = f"{wire.tls_version} {wire.tls_cipher}"
        if wire.tls_version in _OLD_VERSIONS:
            stage.result = "warning"
            walk.find("tls-version-old", where=walk.where("tls"), detail=wire.tls_version)
    return True


def _explain(walk: Walk, error: WireError) -> None:
    """Look a second time at a handshake that failed.

    A certificate that does not verify ends the first try; a connection without verification shows
    it, so that it can be explained, and takes the first one's place. Raises WireError otherwise.
    """
    if error.kind in ("version", "cipher"):
        spoken = most_lenient(walk)
        if spoken:
            detail = f"{error.detail}; the relay speaks {spoken}"
            kind = "version" if spoken.split()[0] in _OLD_VERSIONS else error.kind
            raise WireError(kind, detail) from error
    unverified = without_verification(walk) if error.kind == "verify" else None
    if unverified is None:
        raise error
    walk.wire, walk.distrust = unverified, error
