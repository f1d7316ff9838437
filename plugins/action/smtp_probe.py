# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controller side of smtp_probe: chooses where the probe runs, and judges what it saw."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from ansible.errors import AnsibleError

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import SystemClock
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    DEPLOYMENT_FOLLOWS,
    OPTIONS,
    Option,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import usable
from ansible_collections.mailops.smtp.plugins.plugin_utils.names import client as names_client
from ansible_collections.mailops.smtp.plugins.plugin_utils.names import domain as names_domain
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.check import check
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.findings import (
    CATALOGUE as NAMES_CATALOGUE,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.report import Question
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.resolver import LookupFailed
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import (
    Plan,
    make,
    without_application,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe import judge, place, policies
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.book import Files
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.login import (
    Login,
    ReadSecret,
    login,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.options import IN_CLUSTER
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.place import Probed
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.request import (
    before_change,
    request_for,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile import load
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.records import Records
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.unfinished import (
    Unfinished,
    find,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import (
    Mode,
    failure,
    findings_of,
    warnings,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.cluster import ClusterStep
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.probed import (
    KILLED_RUN_WAITS,
    goes_on,
)


@dataclass(frozen=True)
class Outcome:
    """What the probes saw.

    :param probed: the relay and its fallbacks, in their order; empty when no place could be had.
    :param findings: what there is to say about the place.
    :param second_best: whether it was the controller for want of the network of the release.
    """

    probed: tuple[Probed, ...]
    findings: tuple[Finding, ...] = ()
    second_best: bool = False


class ActionModule(ClusterStep):
    """Proves that the relay takes the mail, or says why it does not."""

    options: ClassVar[Mapping[str, Option]] = {
        **OPTIONS,
        DEPLOYMENT_FOLLOWS.name: DEPLOYMENT_FOLLOWS,
    }

    def work(self, raw: Mapping[str, Any], variables: Iterable[str], mode: Mode) -> dict[str, Any]:
        plan_of = make if "application" in raw else without_application
        return self.step(plan_of(raw, variables, self._read), mode)

    def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        deployment_follows = self.flag(DEPLOYMENT_FOLLOWS)
        try:
            result = self._judged(plan, mode)
        except FindingError as error:
            result = failure(error.findings)
        if not result.get("failed") or not goes_on(self._left(plan), result):
            return result
        findings = findings_of(result)
        problem = " ".join(each.message for each in findings if each.severity == "error")
        release = plan.target.release
        findings.append(
            CATALOGUE.finding(
                KILLED_RUN_WAITS, where=f"release {release}", release=release, problem=problem
            )
        )
        return {
            **result,
            "failed": not deployment_follows,
            "findings": [finding.as_dict() for finding in findings],
            "warnings": warnings(findings),
        }

    def _judged(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        """What the relay and its fallbacks do, as a result.

        :raises FindingError: when they cannot be asked.
        """
        description, options = plan.description, plan.run.probe
        if not description.enabled:
            return {"changed": False, "findings": [], "msg": ""}
        relays = (description, *description.fallbacks)
        logins = [
            login(each, plan.rendered.secrets, self._secret_of(plan), options.until)
            for each in relays
        ]
        requests = [
            request_for(each, options, its, check=mode.check)
            for each, its in zip(relays, logins, strict=True)
        ]
        if options.security == "auto":
            requests = [replace(each, security="auto") for each in requests]
        outcome = self._probe(plan, requests, mode)
        findings = [*outcome.findings, *_said_before(logins, plan, mode)]
        for number, probed in enumerate(outcome.probed):
            seen = judge.findings(probed, second_best=outcome.second_best, fallback=number > 0)
            findings += judge.for_runtimes(
                seen, [each.profile.runtime for each in plan.applications]
            )
            configured = bool(plan.applications) and number == 0
            findings += judge.detected(relays[number], probed, configured=configured)
        findings += self._egress(plan, outcome)
        report: dict[str, Any] = {}
        if options.names:
            report, of_names = _names(plan, outcome)
            findings += of_names
        result = {
            "changed": options.from_ == "ephemeral" and bool(outcome.probed),
            "findings": [finding.as_dict() for finding in findings],
            **_data(outcome, report),
        }
        msg = judge.text(outcome.probed, findings)
        if any(finding.severity == "error" for finding in findings):
            return {**result, **failure(findings), "msg": msg}
        return {**result, "msg": msg, "warnings": warnings(findings)}

    # -- where ------------------------------------------------------------------------------

    def _probe(self, plan: Plan, requests: list[ProbeRequest], mode: Mode) -> Outcome:
        """The probes from where they were asked for, and what there is to say about that."""
        wanted = plan.run.probe.from_
        if wanted == "controller":
            return Outcome(place.from_controller(requests, self._book))
        if wanted == "host":
            return self._on_host(plan, requests)
        if not plan.applications:
            if wanted in IN_CLUSTER:
                raise FindingError(load.missing())
            return Outcome(place.from_controller(requests, self._book))
        if wanted in IN_CLUSTER:
            self.require_release(plan)
        if not _has_release(plan):
            problem = f"{plan.title} is not configured through a Helm release"
            return self._from_controller(requests, "smtp_application", problem)
        # A login at the relay for a release that is not there would tell the wrong story.
        cluster = self.cluster(plan.target)
        require_usable(cluster, plan)
        where = f"release {plan.target.release}"
        if mode.check and wanted in ("ephemeral", "job"):
            return self._from_controller(requests, where, "check mode adds nothing to the cluster")
        try:
            there = place.in_network(
                cluster,
                plan.rendered.workloads,
                plan.run.probe,
                place.Patience(SystemClock(), plan.run.rollout_timeout),
                self.known_secrets(plan, cluster),
            )
            return Outcome(
                place.from_place(
                    there, [before_change(each, plan.trust) for each in requests], self._book
                )
            )
        except place.PlaceError as error:
            if wanted == "auto":
                return self._from_controller(requests, where, str(error), began=error.began)
            # What only the controller could try is proved when it is in the pods, or else undone.
            if not error.forbidden and plan.run.back_out and self._left(plan):
                problem = f"{error}, and what a killed run has left is to be mended first"
                instead = self._from_controller(requests, where, problem, began=error.began)
                noted = (replace(each, severity="warning") for each in instead.findings)
                return replace(instead, findings=tuple(noted))
            code = "probe-not-allowed" if error.forbidden else "probe-pod-unavailable"
            finding = CATALOGUE.finding(
                code, where=where, release=plan.target.release, problem=str(error)
            )
            if error.forbidden:
                return Outcome((), (finding,))
            raise FindingError(finding) from error

    def _on_host(self, plan: Plan, requests: list[ProbeRequest]) -> Outcome:
        variables = self._templar.available_variables
        name = str(self._task.delegate_to or variables.get("inventory_hostname", "host"))
        where = f"host {name}"
        connection = self._connection
        if connection.transport.rpartition(".")[2] == "local":
            note = CATALOGUE.finding("probe-host-is-controller", where=where, host=name)
            return Outcome(place.from_controller(requests, self._book), (note,))
        try:
            if not connection.has_pipelining:
                problem = f"the connection {connection.transport} hands no standard input on"
                raise place.PlaceError(problem)
            python = self._interpreter(name, variables)
            host = place.Host(name, python, self._command, lambda: plan.resolved.secrets)
            return Outcome(place.from_place(host, requests, self._book))
        except (place.PlaceError, AnsibleError) as error:
            problem = " ".join(str(error).split()).rstrip(".")
            raise FindingError(
                CATALOGUE.finding("probe-host-unavailable", where=where, host=name, problem=problem)
            ) from error

    def _interpreter(self, host: str, variables: Mapping[str, Any]) -> str:
        """The host's Python, as its variables say; by default the first on its path."""
        own = (variables.get("ansible_delegated_vars") or {}).get(host) or variables
        given = self._templar.template(own.get("ansible_python_interpreter"))
        return "python3" if not given or str(given).startswith("auto") else str(given)

    def _command(self, line: str, stdin: bytes) -> tuple[int, str]:
        done = self._low_level_execute_command(line, in_data=stdin)
        return done["rc"], done["stdout"]

    def _from_controller(
        self, requests: list[ProbeRequest], where: str, problem: str, *, began: bool = False
    ) -> Outcome:
        notes = judge.instead(where, problem, began=began)
        return Outcome(place.from_controller(requests, self._book), tuple(notes), second_best=True)

    @property
    def _book(self) -> Files:
        """What this run knows of logins: over all hosts, the same one is tried once."""
        return Files(Path(self.temporary) / "smtp-logins")

    # -- what else --------------------------------------------------------------------------

    def _left(self, plan: Plan) -> Unfinished | None:
        """What a run has left that was killed; nothing where that cannot be read."""
        if not _has_release(plan):
            return None
        try:
            return unfinished(self.cluster(plan.target), plan.target.release)
        except FindingError:
            return None

    def _secret_of(self, plan: Plan) -> ReadSecret:
        return lambda name: self.cluster(plan.target).secret(name)

    def _egress(self, plan: Plan, outcome: Outcome) -> list[Finding]:
        """The NetworkPolicies that are in the way; nothing where the pods were let out."""
        unproven = outcome.second_best or not all(map(judge.reached, outcome.probed))
        asked = plan.run.probe.from_ in ("auto", *IN_CLUSTER)
        if not _has_release(plan) or not asked or (outcome.probed and not unproven):
            return []
        description = plan.description
        seen = tuple(each["address"] for each in _addresses(outcome))
        relay = policies.Relay(description.host, description.port, seen)
        return policies.blocked(self.cluster(plan.target), plan.rendered.workloads, relay)


def _has_release(plan: Plan) -> bool:
    return bool(plan.applications) and plan.profile.target == "helm"


def _addresses(outcome: Outcome) -> list[dict[str, Any]]:
    return outcome.probed[0].result["addresses"] if outcome.probed else []


def _said_before(logins: list[Login], plan: Plan, mode: Mode) -> list[Finding]:
    """What there is to say about the requests themselves."""
    found = [each.finding for each in logins if each.finding is not None]
    if mode.check and plan.run.probe.until == "data":
        found.append(CATALOGUE.finding("test-mail-not-sent", where="smtp_probe_until"))
    return found


def _names(plan: Plan, outcome: Outcome) -> tuple[dict[str, Any], list[Finding]]:
    """What the DNS says of the names behind the mail."""
    description = plan.description
    problem = names_client.IMPORT_ERROR or names_domain.IMPORT_ERROR
    if problem is not None:
        missing = NAMES_CATALOGUE.finding(
            "names-library-missing", where="controller", python=sys.executable, problem=problem
        )
        return {}, [missing]
    question = Question(
        description.from_address,
        description.host,
        description.envelope_from or "",
        plan.run.probe.dkim_selector,
        outcome.probed[0].result["banner"] if outcome.probed else "",
    )
    try:
        report = check(question, names_client.Client())
    except LookupFailed as error:
        return {}, [NAMES_CATALOGUE.finding("names-not-looked-up", where="DNS", problem=error)]
    plain = report.as_dict()
    del plain["findings"]
    return {"names": plain}, report.findings


def _data(outcome: Outcome, report: dict[str, Any]) -> dict[str, Any]:
    """What was seen, as data; the findings stand beside it."""
    if not outcome.probed:
        return report
    plain = [
        {key: value for key, value in each.result.items() if key not in ("findings", "msg")}
        for each in outcome.probed
    ]
    return {
        "probed_from": outcome.probed[0].where,
        "relay": plain[0],
        "fallbacks": plain[1:],
        **report,
    }


def require_usable(cluster: Cluster, plan: Plan) -> None:
    """Refuses a release that cannot be configured; one that a killed run has left is mended before it is.

    :raises FindingError: that says what is wrong with it.
    """
    release = plan.target.release
    try:
        usable(cluster, release, plan.applications, plan.rendered.leaves)
    except FindingError as error:
        stuck = any(
            finding.code in ("release-busy", "release-failed") for finding in error.findings
        )
        if not stuck or not unfinished(cluster, release):
            raise


def unfinished(cluster: Cluster, release: str) -> Unfinished | None:
    """Return what a run has left that did not finish.

    :raises FindingError: when the API server cannot be reached, or a record cannot be read.
    """
    records = Records(cluster, release, run="")
    revisions = records.read()
    return find(revisions, records.noted.journal)
