# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controller side of smtp_prove: mail goes out from the pods, with the login that they really have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.terminal import Page, page
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import config
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import SystemClock
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    OPTIONS,
    PROBED,
    RELEASED,
    Option,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe import judge, place
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.book import Files
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.login import Login, login
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.options import (
    ProbeOptions,
    Until,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.place import Probed
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.request import (
    from_pods,
    request_for,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Evidence,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import revealed
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof import cut_off
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof.application import Sender, Sent
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof.held import (
    Held,
    Place,
    held,
    marked,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof.log import Quote, quotes
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof.mail import reason_not_to
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery import certificates
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.lease import proved
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.explain import Explainer
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import (
    Mode,
    failure,
    warnings,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.cluster import ClusterStep
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.probed import passed_over
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.reader import (
    Configuration,
    Seen,
)

RETRIES = 2
"""At least so often what may pass is tried again: a relay that greylists takes a mail the second time."""


BEHIND = frozenset({"environment-differs", "restart-owed"})
"""Findings of the verification for a pod that has former settings."""


@dataclass(frozen=True)
class Account:
    """A login that containers have, and one of those.

    :param seen: `None` when no pod runs.
    :param own: whether the login was found in the container.
    """

    login: Login
    seen: Seen | None
    own: bool


@dataclass(frozen=True)
class Proof:
    """What the relay has said to a login.

    :param logs_in: whether the application logs in.
    """

    account: Account
    probed: Probed
    findings: tuple[Finding, ...]
    logs_in: bool

    @property
    def logged_in(self) -> bool:
        """Whether the relay has accepted the login, or none is wanted."""
        return not self.logs_in or self.probed.result["login"] == "accepted"

    @property
    def complete(self) -> bool:
        """Whether nothing is left open: the relay takes the login and the mail."""
        return bool(self.probed.result["ok"]) and self.logged_in


class ActionModule(ClusterStep):
    """Proves that mail goes out from the pods, or says why it does not."""

    options: ClassVar[Mapping[str, Option]] = {
        **OPTIONS,
        RELEASED.name: RELEASED,
        PROBED.name: PROBED,
    }

    def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        self.require_release(plan)
        with cut_off.told(plan.target.release, self._task.args.get(RELEASED.name) or {}):
            return self._prove(plan, mode)

    def _prove(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        released = self._task.args.get(RELEASED.name) or {}
        owed = released.get("proof_owed") and not mode.check
        description, run = plan.description, str(released.get("run"))
        if not description.enabled:
            told = self._noted(self.cluster(plan.target), plan, run) if owed else []
            data = [finding.as_dict() for finding in told]
            return {"changed": False, "findings": data, "msg": "", "warnings": warnings(told)}
        recipients = description.test_recipients
        unsent = reason_not_to(plan.run.test_mail, recipients, released, check=mode.check)
        options = _options(plan.run.probe, sends=not unsent)
        cluster = self.cluster(plan.target)
        found = self.inspect(plan, cluster, self.workloads(cluster, plan, plan.redactor))
        behind = [each for each in found.verdict.findings if each.code in BEHIND]
        unproved = self._unproved(plan)
        if behind and plan.run.restart != "auto":
            return _deferred(plan, behind, unproved)
        wrong = [each for each in found.verdict.findings if each.severity == "error"]
        if wrong and released.get("verified"):  # which was when the deployment ended
            return {"changed": False, **failure(wrong)}
        seen = found.seen
        accounts = self._accounts(plan, cluster, seen, options)
        redactor = Redactor(
            [*plan.resolved.secrets, *(account.login.password for account in accounts)]
        )
        explainer = self.workloads(cluster, plan, redactor).explainer
        # One mail is enough: the other logins are asked as far as the recipients.
        proofs = [
            self._probe(
                plan, cluster, account, mode, _options(options, sends=not unsent and number == 0)
            )
            for number, account in enumerate(accounts)
        ]
        findings = [finding for proof in proofs for finding in proof.findings]
        findings += _unlogged(plan, proofs, changed=bool(owed or released.get("changed")))
        sent: list[Sent] = []
        if not all(proof.probed.result["ok"] for proof in proofs):
            failed = any(finding.severity == "error" for finding in findings)
            findings += [] if failed else unproved
        # An application would only send once more what the relay has just refused.
        elif not unsent:
            sent = list(self._send(plan, cluster, explainer, options))
            findings += [finding for each in sent for finding in each.findings]
        logs: list[Quote] = []
        if any(finding.severity == "error" for finding in findings):
            logs = list(quotes(cluster, explainer.quotable, seen, plan.rendered.sendings))
            findings += [each.finding(plan.target.namespace) for each in logs]
        elif owed and all(proof.complete for proof in proofs):
            findings += self._noted(cluster, plan, run)
        elif owed:
            where = f"release {plan.target.release}"
            findings.append(CATALOGUE.finding("proof-still-owed", where=where))
        manual = "" if sent else " ".join(each.profile.proof for each in plan.applications)
        result = {
            "changed": plan.run.probe.from_ == "ephemeral",
            "proofs": [_proof(proof) for proof in proofs],
            "mail_not_sent": unsent,
            "application_mails": [each.as_dict() for each in sent],
            "mail_logs": [each.as_dict() for each in logs],
            "manual_step": manual,
            "findings": [finding.as_dict() for finding in findings],
        }
        msg = _msg(proofs, sent, findings, unsent, manual)
        if any(finding.severity == "error" for finding in findings):
            return {**result, **failure(findings), "msg": msg}
        return {**result, "msg": msg, "warnings": warnings(findings)}

    def _unproved(self, plan: Plan) -> list[Finding]:
        """What to say of a probe that has failed, and that the proof does not answer."""
        release = plan.target.release
        found = passed_over(self._task.args.get(PROBED.name) or {}, release)
        problem = " ".join(finding.message for finding in found)
        where = f"release {release}"
        return [CATALOGUE.finding("proof-left-open", where=where, problem=problem)] if found else []

    # -- the logins -------------------------------------------------------------------------

    def _accounts(
        self, plan: Plan, cluster: Cluster, seen: Sequence[Seen], options: ProbeOptions
    ) -> list[Account]:
        """Every login that a ready container has, once."""
        wanted, configuration = plan.rendered.evidence, Configuration(cluster)
        description, target = plan.description, plan.target
        given = login(description, plan.rendered.secrets, cluster.secret, options.until)
        if description.auth != "password":
            return [Account(given, next(iter(seen), None), own=False)]
        marks = marked(
            plan.applications,
            description,
            release=target.release,
            namespace=target.namespace,
            fullname=target.fullname,
        )
        found: list[tuple[Held, Seen]] = []
        for each in seen:
            promised = wanted[each.workload]
            there = Place(
                revealed(each.environment),
                revealed(each.files),
                _secrets(promised, configuration),
            )
            own = held(description, promised, marks[each.workload], there)
            if own is not None and all(own != known for known, _seen in found):
                found.append((own, each))
        accounts = [
            Account(Login(own.username, own.password), each, own=True) for own, each in found
        ]
        # Where one container tells, the others have what it has: they are held against the same evidence.
        return accounts or [Account(given, next(iter(seen), None), own=False)]

    # -- the relay --------------------------------------------------------------------------

    def _probe(
        self, plan: Plan, cluster: Cluster, account: Account, mode: Mode, options: ProbeOptions
    ) -> Proof:
        """Asks the relay from the pod; from the controller where nothing can be run in it."""
        request = request_for(plan.description, options, account.login, check=mode.check)
        book = Files(Path(self.temporary) / "smtp-logins")
        findings = list(_of_account(plan, account))
        workloads = [account.seen.workload] if account.seen else plan.rendered.workloads
        second_best = False
        try:
            if mode.check and options.from_ in ("ephemeral", "job"):
                raise place.PlaceError("check mode adds nothing to the cluster")
            known = self.known_secrets(plan, cluster)
            there = place.in_network(cluster, workloads, options, _patience(plan), known)
            from_pod = from_pods(request, plan.trust)
            [probed] = place.from_place(there, [from_pod], book, again=True)
        except place.PlaceError as error:
            findings += judge.instead(
                f"release {plan.target.release}", str(error), began=error.began
            )
            second_best = True
            [probed] = place.from_controller([request], book, again=True)
        seen = judge.findings(probed, second_best=second_best, fallback=False)
        seen = judge.for_runtimes(seen, [each.profile.runtime for each in plan.applications])
        if probed.result["transient"]:
            seen = [_milder(finding) for finding in seen]
        logs_in = plan.description.auth != "none"
        return Proof(account, probed, (*findings, *seen), logs_in)

    # -- the journal ------------------------------------------------------------------------

    def _noted(self, cluster: Cluster, plan: Plan, run: str) -> list[Finding]:
        """Writes down that the change of a run is proved; returns what to say when that cannot be done."""
        release = plan.target.release
        try:
            journal = proved(cluster, release, run)
            if journal is not None and journal.ca:
                live = self.workloads(cluster, plan, plan.redactor).live()
                certificates.proved(cluster, journal, live)
        except FindingError as error:
            return [CATALOGUE.finding("proof-not-noted", where=f"release {release}", problem=error)]
        return []

    # -- the application --------------------------------------------------------------------

    def _send(
        self, plan: Plan, cluster: Cluster, explainer: Explainer, options: ProbeOptions
    ) -> Iterator[Sent]:
        """The application's own mails, where it has a command for them."""

        sender = Sender(
            cluster=cluster,
            description=plan.description,
            title=plan.title,
            proof=" ".join(each.profile.proof for each in plan.applications),
            quotable=explainer.quotable,
            patience=_patience(plan),
            retries=options.retries,
            retry_seconds=options.retry_seconds,
        )
        for sending in plan.rendered.sendings:
            self.progress(f"{plan.title} sends a test mail to {sending.recipient}")
            yield sender.send(sending)


def _unlogged(plan: Plan, proofs: Sequence[Proof], *, changed: bool) -> list[Finding]:
    """Return what to say of logins of which the relay has said neither yes nor no.

    :param changed: whether what was changed rests on them.
    """
    open_ = [proof for proof in proofs if proof.probed.result["ok"] and not proof.logged_in]
    if not open_:
        return []
    untried = all(proof.account.login.finding for proof in open_)
    where = f"release {plan.target.release}"
    severe = changed and not untried
    finding = CATALOGUE.finding("login-not-proven", where=where)
    return [finding if severe else _milder(finding)]


def _patience(plan: Plan) -> place.Patience:
    return place.Patience(SystemClock(), plan.run.rollout_timeout)


def _options(options: ProbeOptions, *, sends: bool) -> ProbeOptions:
    """How the relay is asked: with a test mail, or else as far as the recipients.

    Where the probe was to end (``smtp_probe_until``) says nothing about the proof.
    """
    until: Until = "data" if sends else "rcpt"
    return replace(options, until=until, retries=max(options.retries, RETRIES))


def _deferred(plan: Plan, behind: Sequence[Finding], unproved: Sequence[Finding]) -> dict[str, Any]:
    """The result where pods are to keep former settings for now, which would only prove themselves."""
    finding = CATALOGUE.finding(
        "proof-deferred",
        where=f"release {plan.target.release}",
        restart=plan.run.restart,
        pods=", ".join(each.where for each in behind),
    )
    if unproved:
        return {"changed": False, **failure([finding, *unproved])}
    return {
        "changed": False,
        "findings": [finding.as_dict()],
        "msg": finding.message,
        "warnings": warnings([finding]),
    }


def _secrets(wanted: Evidence, configuration: Configuration) -> dict[str, dict[str, str]]:
    return {
        each.name: dict(config.texts("Secret", configuration.secret(each.name)))
        for each in wanted.secrets
    }


def _of_account(plan: Plan, account: Account) -> Iterator[Finding]:
    """What there is to say about where a login comes from."""
    if account.login.finding is not None:
        yield account.login.finding
    elif account.seen and not account.own and plan.description.auth == "password":
        yield CATALOGUE.finding(
            "login-of-pod-unseen",
            where=f"pod {account.seen.pod}, container {account.seen.workload.container}",
            container=account.seen.workload.container,
            pod=account.seen.pod,
            proof=plan.profile.proof,
        )


def _milder(finding: Finding) -> Finding:
    return replace(finding, severity="warning") if finding.severity == "error" else finding


def _proof(proof: Proof) -> dict[str, Any]:
    account = proof.account
    relay = {
        key: value for key, value in proof.probed.result.items() if key not in ("findings", "msg")
    }
    return {
        "pod": account.seen.pod if account.seen else "",
        "container": account.seen.workload.container if account.seen else "",
        "login_from": "pod" if account.own else "description",
        "probed_from": proof.probed.where,
        "relay": relay,
    }


def _msg(
    proofs: Sequence[Proof],
    sent: Sequence[Sent],
    findings: Sequence[Finding],
    unsent: str,
    manual: str,
) -> Page:
    lines = judge.text([proof.probed for proof in proofs], findings).splitlines()
    lines += [
        f"the application has sent a mail to {each.sending.recipient} itself"
        for each in sent
        if each.returncode == 0
    ]
    lines += [f"no test mail: {unsent}"] if unsent else []
    lines += [f"what only the application itself can show: {manual}"] if manual else []
    return page(lines)
