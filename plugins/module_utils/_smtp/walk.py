# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One walk through a relay's stages: what all of them share, and their tools."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from .network import NetworkError
from .protocol import Capabilities, ProtocolError, Reply
from .proxy import Proxy, ProxyError, parse, tunnel
from .redact import Redactor, plain_forms
from .relay_catalogue import CATALOGUE, FACTS
from .request import UNTIL, is_ipv6
from .result import ProbeResult, Stage
from .sasl import SaslError
from .secret import MASK, Secret
from .wire import Wire, WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .diagnosis import Judgement
    from .finding import Finding, Severity
    from .network import Address, Network
    from .observation import Observation
    from .request import ProbeRequest
    from .wire import Clock

# RSET and QUIT prove nothing: a relay that does not answer them is not waited for.
GOODBYE_SECONDS = 1.0

# The first digit of a reply that asks to come back later.
_NOT_NOW = 4

# How long it may take to read a reply that should have come by now.
AT_ONCE = 0.1


class Stop(Exception):
    """A stage has failed and its finding is written down: nothing more can be tried."""


class Refused(Exception):
    """A reply that is not the one to go on with; ``detail`` is what came with it otherwise."""

    def __init__(self, reply: Reply, detail: str = "") -> None:
        super().__init__(str(reply))
        self.reply = reply
        self.detail = detail


class Fault(Exception):
    """Something that the probe itself sees to be in the way; ``kind`` is a row's failure."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


# What can go wrong on a connection.
TROUBLE = (NetworkError, ProxyError, WireError, ProtocolError, SaslError, Fault, Refused)


class Walk:
    """One walk: the request, what was seen, and the connection.

    ``facts`` fill the texts of findings; a stage adds what it learns. ``address`` is the one that
    works; ``distrust`` is why the certificate does not verify; ``failures`` are the findings that
    ended a stage, ``lasting`` those of them that time alone does not mend. ``doubtful`` are those that
    blame the settings by their words and have a code that says "not now": a look-up that failed once
    reads the same.
    """

    def __init__(self, request: ProbeRequest, network: Network, clock: Clock) -> None:
        self.request = request
        self.network = network
        self.clock = clock
        self.proxy = _proxy(request)
        self.wire: Wire | None = None
        self.address: Address | None = None
        self.distrust: WireError | None = None
        # An interface is this machine's own affair.
        self.server_name = (request.server_name or request.host).partition("%")[0].rstrip(".")
        self.facts = dict.fromkeys(FACTS, "")
        host = f"[{request.host}]" if is_ipv6(request.host) else request.host
        relay = f"{host}:{request.port}"
        self.facts.update(
            relay=relay,
            host=request.host,
            port=str(request.port),
            security=request.security,
            username=request.shown_username,
            sender=request.sender,
            recipient=", ".join(request.recipients),
            server_name=self.server_name,
            timeout=f"{request.timeout:g}",
            names="(not seen)",
            issuer="(not seen)",
        )
        self.result = ProbeResult(relay=relay, security=request.security)
        secrets = [request.password, request.token]
        if request.username_is_secret:
            secrets.append(Secret(request.username))
        if self.proxy:
            self.result.proxy = self.facts["proxy"] = str(self.proxy)
            secrets.append(self.proxy.password)
        self._redactor = Redactor(secrets)
        self._sent_credentials: list[str] = []
        self.failures: list[Finding] = []
        self.lasting: list[Finding] = []
        self.doubtful: list[Finding] = []
        self._passing: list[bool] = []
        self._open: list[bool] = []

    # -- the connection -------------------------------------------------------------------

    @property
    def connection(self) -> Wire:
        """The connection, once there is one."""
        if self.wire is None:
            raise RuntimeError("a stage before connect needs a connection")
        return self.wire

    @property
    def capabilities(self) -> Capabilities:
        """What the last EHLO reply offered."""
        return self.connection.capabilities

    def new_wire(self, limit: float | None = None) -> Wire:
        """Connect once more to the address that works; all waits on it end at the limit."""
        clock = self.clock if limit is None else self.clock.within(limit)
        addresses = [] if self.address is None else [self.address]
        connection, attempts = self.network.connect(addresses, clock.wait(), clock.now)
        if connection is None:
            raise NetworkError(attempts[0].result if attempts else "no-route")
        wire = Wire(connection, clock, self.note)
        if self.proxy:
            try:
                self.pass_proxy(wire, self.proxy)
            except BaseException:
                wire.close()
                raise
        return wire

    def pass_proxy(self, wire: Wire, proxy: Proxy) -> None:
        """Have the proxy at the other end of a new connection connect to the relay."""
        limit = wire.clock.limit()
        tunnel(
            proxy,
            self.request.host,
            self.request.port,
            lambda data: wire.send_raw(data, limit),
            lambda size: wire.read_raw(size, limit),
        )

    def reconnect(self) -> None:
        """Replace the connection by a new one."""
        self.connection.close()
        self.wire = self.new_wire()

    # -- stages and findings --------------------------------------------------------------

    def goes_to(self, stage: str) -> bool:
        """Return whether the request goes as far as ``stage``, one of ``UNTIL``."""
        return UNTIL.index(self.request.until) >= UNTIL.index(stage)

    @contextmanager
    def stage(self, name: str, survives: tuple[type[Exception], ...] = ()) -> Iterator[Stage]:
        """Record a stage; turn trouble within it into a finding and :class:`Stop`.

        After trouble of the kinds in ``survives`` the walk goes on, if the connection still does.
        """
        stage = Stage(name)
        self.result.stages.append(stage)
        started = self.clock.now()
        try:
            yield stage
        except TROUBLE as error:
            stage.result = "failed"
            finding, judged = self.diagnose(name, error)
            self.result.findings.append(finding)
            self.failures.append(finding)
            # After a login nobody knows whether it was counted, nor whether a mail was taken
            # when the reply to it is missing.
            unsafe = name == "auth" or (name == "data" and not isinstance(error, Refused))
            if judged.permanent:
                self.lasting.append(finding)
            doubtful = judged.permanent and judged.blames_settings and _says_not_now(error)
            if doubtful:
                self.doubtful.append(finding)
            self._passing.append(not unsafe and not judged.permanent)
            self._open.append(not unsafe and (doubtful or not judged.permanent))
            stage.detail = stage.detail or finding.code
            if not isinstance(error, survives) or self.connection.is_over:
                raise Stop from error
        finally:
            stage.seconds = round(self.clock.now() - started, 6)

    def part(self, name: str, exchange: Callable[[], Reply]) -> None:
        """Record a stage that proves nothing: trouble in it is no more than noted."""
        stage = Stage(name)
        self.result.stages.append(stage)
        started = self.clock.now()
        try:
            stage.detail = self.clean(str(exchange()))
        except (WireError, ProtocolError) as error:
            stage.result, stage.detail = "warning", error.kind
        stage.seconds = round(self.clock.now() - started, 6)

    @property
    def may_be_repeated(self) -> bool:
        """Whether it failed, only for reasons that may pass, and left nothing behind."""
        sent = any(recipient.result == "sent" for recipient in self.result.recipients)
        return bool(self._passing) and all(self._passing) and not sent

    @property
    def may_be_confirmed(self) -> bool:
        """Whether a second walk shows if what blames the settings is there to stay, and does no harm."""
        sent = any(recipient.result == "sent" for recipient in self.result.recipients)
        return bool(self.doubtful) and all(self._open) and not sent

    @property
    def is_transient(self) -> bool:
        """Whether it failed, only for reasons that may pass; it may not be safe to repeat it now."""
        errors = [finding for finding in self.result.findings if finding.severity == "error"]
        return bool(errors) and not self.lasting and all(each in self.failures for each in errors)

    def skip(self, name: str, why: str) -> None:
        """Record a stage that is left out."""
        self.result.stages.append(Stage(name, "skipped", detail=why))

    def where(self, stage: str) -> str:
        """Return what a finding of a stage is about."""
        return f"{self.result.relay} {stage}"

    def find(
        self, code: str, *, where: str, severity: Severity | None = None, **facts: str
    ) -> Finding:
        """Add a finding that needs no diagnosis; ``facts`` may hold a relay's words."""
        seen = {name: self.clean(fact) for name, fact in facts.items()}
        known = {**self.facts, **seen}
        finding = CATALOGUE.finding(code, where=where, severity=severity, **known)
        self.result.findings.append(finding)
        return finding

    def diagnose(
        self, stage: str, error: Exception, severity: Severity | None = None
    ) -> tuple[Finding, Judgement]:
        """Return the finding for trouble in a stage, and what it means; it is not added."""
        # Its tables are large, and read only where something is wrong.
        from .diagnosis import diagnose, judge  # noqa: PLC0415

        seen, where = _observe(stage, error), self.where(stage)
        finding = diagnose(seen, where=where, facts=self.facts, severity=severity, clean=self.clean)
        return finding, judge(seen, self.facts)

    # -- what others may see --------------------------------------------------------------

    def note(self, line: str) -> None:
        """Add a line to the transcript."""
        self.result.transcript.append(self.clean(line))

    def keep_secret(self, credentials: str) -> None:
        """Take a text that is about to be sent out of all that is written down from now on."""
        self._sent_credentials += plain_forms(credentials)

    def clean(self, text: str) -> str:
        """Return a text without secrets."""
        for credentials in self._sent_credentials:
            text = text.replace(credentials, MASK)
        return self._redactor.clean(text)


def _proxy(request: ProbeRequest) -> Proxy | None:
    try:
        return parse(request.proxy.reveal()) if request.proxy else None
    except ValueError:
        # One of the request's problems, which end the walk before it begins.
        return None


def _says_not_now(error: Exception) -> bool:
    return isinstance(error, Refused) and error.reply.kind == _NOT_NOW


def _observe(stage: str, error: Exception) -> Observation:
    from .observation import Observation  # noqa: PLC0415  # as its reader, diagnosis

    if isinstance(error, Refused):
        return Observation(stage, detail=error.detail, reply=error.reply)
    if isinstance(error, ProtocolError):
        return Observation(stage, error.kind, error.excerpt)
    if isinstance(error, WireError):
        return Observation(stage, error.kind, error.detail, error.verify_code)
    if isinstance(error, (NetworkError, ProxyError, SaslError, Fault)):
        return Observation(stage, error.kind, error.detail)
    raise error
