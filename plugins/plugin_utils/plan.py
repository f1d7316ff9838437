# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one pure function behind every step: from what was given to what is wanted.

Results of tasks carry no secrets, so no step can take the work of another from its result. Each
calls this instead, and all of them get the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.plugin_utils.description import convert, resolve
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.findings import (
    CATALOGUE as DESCRIPTION_CATALOGUE,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    Description,
    Policy,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    PREFIX,
    PROBE,
    READ,
    RUN,
    SAID_OTHERWISE,
    TARGET,
    unknown_variables,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.resolve import Resolved
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.work import ReadFile
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.findings import (
    CATALOGUE as HELM_CATALOGUE,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe import options as probe_options
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.options import ProbeOptions
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile import load
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.findings import (
    CATALOGUE as PROFILE_CATALOGUE,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.fit import fit
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.merge import merge
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Application,
    Evidence,
    Profile,
    Rendered,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.decide import (
    MODES,
    Mode,
    Trust,
    carried,
    decide,
    mounted,
)

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
"""A label of a DNS name (RFC 1123 section 2.1), as Kubernetes wants the name of a namespace."""
RELEASE_NAME = re.compile(rf"{LABEL.pattern}(\.{LABEL.pattern})*")
"""What Helm takes as the name of a release (chartutil.ValidateReleaseName)."""

Restart = Literal["auto", "defer", "never"]
RESTARTS: tuple[Restart, ...] = get_args(Restart)
TestMail = Literal["on_change", "always", "never"]
TEST_MAILS: tuple[TestMail, ...] = get_args(TestMail)
REFERENCE_LENGTH = 100
"""So that it can be read in a line of ``helm history``."""


@dataclass(frozen=True)
class Target:
    """Which release the settings go to; all of it is empty for what is no chart.

    :param fullname: the full name of the chart's objects, when it is not the usual one.
    :param chart: where the chart is had if the record is not whole.
    """

    release: str
    namespace: str
    fullname: str | None
    kubeconfig: str | None
    context: str | None
    chart: str | None
    helm: str


@dataclass(frozen=True)
class Run:
    """How the work is done. `rollout_timeout` is in seconds.

    :param restart: whether a workload that owes a restart is restarted.
    :param test_mail: when the proof sends a test mail.
    """

    values_dest: str | None
    values_include_secrets: bool
    document_path: str | None
    ca_mode: Mode
    ca_dest: str | None
    probe: ProbeOptions
    allow_changes: tuple[str, ...]
    restart: Restart
    rollout_timeout: int
    change_reference: str | None
    test_mail: TestMail
    back_out: bool


@dataclass(frozen=True)
class Plan:
    """Everything that is wanted for one release."""

    resolved: Resolved
    applications: tuple[Application, ...]
    target: Target
    run: Run
    rendered: Rendered
    trust: Trust
    findings: tuple[Finding, ...]

    @property
    def description(self) -> Description:
        """The mail settings."""
        return self.resolved.description

    @property
    def evidence(self) -> Mapping[Workload, Evidence]:
        """What each container must see: what the chart gives it, and what is mounted beside."""
        return self.trust.evidence(self.rendered.evidence)

    @property
    def watched(self) -> Mapping[Workload, Evidence]:
        """What the chart gives each container, and what it has of a mounted CA, whichever that is."""
        return self.trust.watched(self.rendered.evidence)

    @property
    def redactor(self) -> Redactor:
        """Takes every secret that was given out of a text."""
        return Redactor(self.resolved.secrets)

    @property
    def profile(self) -> Profile:
        """The first profile. Several in one run are all for charts."""
        return self.applications[0].profile

    @property
    def title(self) -> str:
        """The applications by the names that people know."""
        return " and ".join(application.profile.title for application in self.applications)


def make(
    raw: Mapping[str, Any], variables: Iterable[str] = (), read_file: ReadFile = resolve.read_text
) -> Plan:
    """The plan for one release.

    :param raw: option name (without prefix) to its value as given.
    :param variables: the names of all variables of the host, to find misspelt ones.
    :param read_file: how a file on the controller is read.
    :raises FindingError: with every finding, when one of them is an error.
    """
    findings = strangers(variables)
    resolved = resolve.resolve(raw, read_file)
    description = resolved.description
    findings += resolved.findings
    options = Given(raw, findings)
    applications = options.applications()
    helm = not applications or applications[0].profile.target == "helm"
    target = options.target(named=helm)
    if helm:
        options.require_chart(description.policy, target)
    run = options.run()
    if not applications or resolve.errors(findings):
        raise FindingError(*findings)
    decisions = [
        decide(application.profile, description, run.ca_mode) for application in applications
    ]
    for application, decision in zip(applications, decisions, strict=True):
        findings += map(resolved.located, fit(application.profile, description))
        findings += map(resolved.located, decision.findings)
    if resolve.errors(findings):
        raise FindingError(*findings)
    parts = [
        (
            application,
            render(
                application,
                carried(description, decision.way),
                release=target.release,
                namespace=target.namespace,
                fullname=target.fullname,
            ),
        )
        for application, decision in zip(applications, decisions, strict=True)
    ]
    rendered = merge(parts)
    findings += rendered.findings
    if resolve.errors(findings):
        raise FindingError(*findings)
    trust = mounted(
        description,
        [
            (application.profile, decision, part.workloads)
            for decision, (application, part) in zip(decisions, parts, strict=True)
        ],
        run.ca_mode,
    )
    return Plan(resolved, applications, target, run, rendered, trust, tuple(findings))


def without_application(
    raw: Mapping[str, Any], variables: Iterable[str], read_file: ReadFile
) -> Plan:
    """The same as `make` for what only talks to the relay: no application, and no release.

    :raises FindingError: with every finding, when one of them is an error.
    """
    findings = strangers(variables)
    resolved = resolve.resolve(raw, read_file)
    findings += resolved.findings
    options = Given(raw, findings)
    target, run = options.target(named=False), options.run()
    if resolve.errors(findings):
        raise FindingError(*findings)
    return Plan(resolved, (), target, run, Rendered((), {}), Trust(), tuple(findings))


def strangers(names: Iterable[str]) -> list[Finding]:
    """What to say about variables that look like options and are none."""
    return [_stranger(name, near) for name, near in unknown_variables(names).items()]


def _stranger(name: str, near: str | None) -> Finding:
    _option, value = SAID_OTHERWISE.get(name.removeprefix(PREFIX), (None, None))
    if value is not None:
        return DESCRIPTION_CATALOGUE.finding(
            "variable-said-otherwise", where=name, nearest=near, value=value
        )
    return DESCRIPTION_CATALOGUE.finding(
        "variable-misspelt" if near else "variable-unknown", where=name, nearest=near
    )


class Given:
    """The options that are not the description, converted; complaints are collected."""

    def __init__(self, raw: Mapping[str, Any], findings: list[Finding]) -> None:
        self._values: dict[str, Any] = {}
        self._failed: set[str] = set()
        self._findings = findings
        for option in (*TARGET, *RUN, *PROBE, READ["values_src"]):
            try:
                self._values[option.name] = convert.convert(option, raw.get(option.name))
            except convert.ConversionError as error:
                self._failed.add(option.name)
                self._complain("value-invalid", option.variable, problem=str(error))

    def _complain(self, code: str, where: str, **facts: Any) -> None:
        self._findings.append(DESCRIPTION_CATALOGUE.finding(code, where=where, **facts))

    def text(self, name: str) -> str | None:
        value: str | None = self._values.get(name)
        return value

    def applications(self) -> tuple[Application, ...]:
        """Those that are named; none when one of them cannot be loaded."""
        if "application" in self._failed:
            return ()
        found: list[Application] = []
        wrong: list[Finding] = []
        for text in self._values.get("application") or ():
            try:
                found.append(load.application(text))
            except FindingError as error:
                wrong += error.findings
        if not found and not wrong:
            wrong.append(load.missing())
        targets = {application.profile.target for application in found}
        if len(found) > 1 and targets != {"helm"}:
            wrong += [
                PROFILE_CATALOGUE.finding(
                    "applications-of-different-targets",
                    where="smtp_application",
                    title=application.profile.title,
                    target=application.profile.target,
                )
                for application in found
                if application.profile.target != "helm"
            ]
        self._findings += wrong
        return () if wrong else tuple(found)

    def check_name(self, name: str, pattern: re.Pattern[str], longest: int) -> None:
        where, value = f"smtp_{name}", self.text(name)
        if value is None:
            if name not in self._failed:
                self._findings.append(HELM_CATALOGUE.finding("release-not-named", where=where))
        elif len(value) > longest or not pattern.fullmatch(value):
            problem = (
                f"is {value!r}, which is no name of a {name}: at most {longest} lower-case letters, "
                "digits and dashes"
            )
            self._complain("value-invalid", where, problem=problem)

    def target(self, *, named: bool) -> Target:
        if named:
            self.check_name("release", RELEASE_NAME, 53)
            self.check_name("namespace", LABEL, 63)
        return Target(
            release=self.text("release") or "",
            namespace=self.text("namespace") or "",
            fullname=self.text("fullname"),
            kubeconfig=self.text("kubeconfig"),
            context=self.text("context"),
            chart=self.text("chart"),
            helm=self.text("helm") or "helm",
        )

    def require_chart(self, policy: Policy, target: Target) -> None:
        """Complains when the policy wants a chart from its source, and none is given."""
        if policy.chart_from_source and target.release and target.chart is None:
            place = "smtp_policy.chart_from_source"
            self._complain("policy-chart-required", "smtp_chart", policy=place)

    def change_reference(self) -> str | None:
        text = self.text("change_reference")
        if text is not None and len(text) > REFERENCE_LENGTH:
            problem = f"has {len(text)} characters; at most {REFERENCE_LENGTH} are kept"
            self._complain("value-invalid", "smtp_change_reference", problem=problem)
        return text

    def run(self) -> Run:
        probe = probe_options.read(self._values, self._complain)
        seconds = self._values.get("rollout_timeout")
        if seconds is not None and not 1 <= seconds <= 86400:
            self._complain(
                "number-out-of-range", "smtp_rollout_timeout", value=seconds, low=1, high=86400
            )
        restart: Any = self.text("restart") or "auto"
        if restart not in RESTARTS:
            self._complain(
                "value-not-a-choice",
                "smtp_restart",
                value=restart,
                hint="",
                choices=", ".join(RESTARTS),
            )
        ca_mode: Any = self.text("ca_mode") or "auto"
        if ca_mode not in MODES:
            self._complain(
                "value-not-a-choice",
                "smtp_ca_mode",
                value=ca_mode,
                hint="",
                choices=", ".join(MODES),
            )
        test_mail: Any = self.text("test_mail") or "on_change"
        if test_mail not in TEST_MAILS:
            self._complain(
                "value-not-a-choice",
                "smtp_test_mail",
                value=test_mail,
                hint="",
                choices=", ".join(TEST_MAILS),
            )
        return Run(
            values_dest=self.text("values_dest"),
            values_include_secrets=self._values.get("values_include_secrets") or False,
            document_path=self.text("document_path"),
            ca_mode=ca_mode,
            ca_dest=self.text("ca_dest"),
            probe=probe,
            allow_changes=tuple(self._values.get("allow_changes") or ()),
            restart=restart,
            rollout_timeout=300 if seconds is None else seconds,
            change_reference=self.change_reference(),
            test_mail=test_mail,
            back_out=self._values.get("back_out") is not False,
        )
