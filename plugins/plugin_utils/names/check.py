# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the names behind the mail: MX, SPF, DKIM and DMARC of the sender, and the relay's PTR."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.providers import (
    Provider,
    recognise,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.names import dkim, dmarc, spf
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.domain import (
    aligned,
    ascii_domain,
    organisational,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.report import (
    DkimFacts,
    DmarcFacts,
    Question,
    Report,
    SpfFacts,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.resolver import (
    Address,
    LookupFailed,
    NameNotFound,
    Resolver,
)

# What the policy of a domain must include for mail through these providers. The others send with
# an envelope sender of their own, or show in their console what is wanted.
_INCLUDES = {
    "Gmail": "_spf.google.com",
    "Google Workspace relay": "_spf.google.com",
    "Microsoft 365": "spf.protection.outlook.com",
    "Fastmail": "spf.messagingengine.com",
    "iCloud": "icloud.com",
    "Scaleway Transactional Email": "_spf.tem.scaleway.com",
}

_KEY_PLACEHOLDER = "v=DKIM1; k=rsa; p=THE-PUBLIC-KEY-THAT-THE-RELAY-OR-PROVIDER-SHOWS"


def check(question: Question, resolver: Resolver) -> Report:
    """Look up the names behind the mail, and say what is wrong with them.

    A part that the DNS gives no answer for is a finding; the others are checked all the same.
    """
    return _Check(question, resolver).run()


class _Check:
    def __init__(self, question: Question, resolver: Resolver) -> None:
        self._resolver = resolver
        self._relay = question.relay.strip("[]").rstrip(".")
        self._provider: Provider | None = recognise(
            {"host": question.relay, "greeting": question.greeting}
        )
        domain = ascii_domain(question.from_address)
        self._report = Report(
            domain=domain,
            organisational_domain=organisational(domain),
            provider=self._provider.name if self._provider else "",
            spf=SpfFacts(ascii_domain(question.envelope_from or question.from_address)),
            dkim=DkimFacts(question.dkim_selector),
        )
        self._addresses: tuple[Address, ...] = ()
        self._missing: set[str] = set()

    def run(self) -> Report:
        report = self._report
        for domain in dict.fromkeys((report.domain, report.spf.domain)):
            with self._part(f"the sender's domain {domain}"):
                self._exchange(domain)
        with self._part(f"the address of the relay {self._relay}"):
            self._addresses = self._own(self._relay)
            report.relay_addresses = [str(address) for address in self._addresses]
        # Of a domain that does not exist there is nothing more to say.
        if report.spf.domain not in self._missing:
            with self._part(f"SPF of {report.spf.domain}"):
                self._spf(report.spf)
        if report.domain not in self._missing:
            with self._part(f"DKIM of {report.domain}"):
                self._dkim(report.dkim)
            with self._part(f"DMARC of {report.domain}"):
                self._dmarc(report.dmarc)
        for address in self._sending():
            with self._part(f"the reverse name of {address}"):
                self._reverse(address)
        return report

    # -- the parts ----------------------------------------------------------------------------

    def _exchange(self, domain: str) -> None:
        where = f"MX of {domain}"
        try:
            exchangers = self._resolver.exchangers(domain)
            # RFC 5321 section 5.1: without an MX record the domain's own address takes its mail.
            reachable = exchangers or self._resolver.addresses(domain)
        except NameNotFound:
            self._missing.add(domain)
            self._find("sender-domain-missing", where, domain=domain)
            return
        if domain == self._report.domain:
            self._report.exchangers = list(exchangers)
        if exchangers == (".",):
            self._find("sender-null-mx", where, domain=domain)
        elif not reachable:
            self._find("sender-without-mx", where, domain=domain)

    def _spf(self, facts: SpfFacts) -> None:
        where = f"SPF of {facts.domain}"
        reading = spf.Reading(self._resolver)
        try:
            policy = reading.policy(facts.domain)
            facts.lookups = reading.lookups
            if reading.void_lookups > spf.MAX_VOID_LOOKUPS:
                raise spf.SpfError(
                    f"{reading.void_lookups} of its look-ups find nothing, and "
                    f"{spf.MAX_VOID_LOOKUPS} may"
                )
        except spf.SpfError as error:
            facts.covers_relay = False
            record = _quoted(facts.domain, *spf.records(self._resolver, facts.domain))
            self._find("spf-broken", where, domain=facts.domain, problem=error, record=record)
            return
        if policy is None:
            facts.covers_relay = False
            wanted = spf.with_terms("v=spf1 ~all", self._wanted())
            record = _quoted(facts.domain, wanted)
            self._find("spf-missing", where, domain=facts.domain, record=record)
            return
        facts.record = policy.record
        if reading.lookups > spf.MAX_LOOKUPS:
            facts.covers_relay = False
            self._find(
                "spf-too-many-lookups",
                where,
                domain=facts.domain,
                lookups=reading.lookups,
                limit=spf.MAX_LOOKUPS,
                record=_quoted(facts.domain, policy.record),
            )
            return
        if policy.lets_everyone:
            record = _quoted(facts.domain, spf.closed(policy.record))
            self._find("spf-lets-everyone", where, domain=facts.domain, record=record)
        if terms := ", ".join(policy.unevaluated):
            self._find("spf-not-evaluated", where, domain=facts.domain, terms=terms)
        self._covers(facts, policy, where)

    def _covers(self, facts: SpfFacts, policy: spf.Policy, where: str) -> None:
        """Say whether the policy lets the relay send."""
        missing: list[str] = []
        if self._provider is None:
            sending = self._sending()
            facts.results = {str(address): policy.result(address) for address in sending}
            missing = [_term(address) for address in sending if policy.result(address) != "pass"]
            known = bool(sending) and not (missing and any(policy.unevaluated))
            why = (
                "terms that could not be evaluated may cover it"
                if sending
                else f"{self._relay} has no public address, and it sends from another one"
            )
        else:
            include = _INCLUDES.get(self._provider.name, "")
            missing = [f"include:{include}"] if include not in policy.domains else []
            known = bool(include)
            why = (
                f"{self._provider.name} sends from other addresses than it is reached at, and often "
                "with an envelope sender of its own"
            )
        if not known:
            self._find("spf-unproven", where, domain=facts.domain, problem=why)
            return
        facts.covers_relay = not missing
        if missing:
            record = _quoted(facts.domain, spf.with_terms(policy.record, missing))
            self._find(
                "spf-relay-missing",
                where,
                domain=facts.domain,
                missing=", ".join(missing),
                record=record,
            )

    def _dkim(self, facts: DkimFacts) -> None:
        report = self._report
        where = f"DKIM of {report.domain}"
        if not facts.selector:
            self._find("dkim-unproven", where, domain=report.domain)
            return
        records: tuple[str, ...] = ()
        for domain in dict.fromkeys((report.domain, report.organisational_domain)):
            try:
                records = self._resolver.texts(dkim.record_name(facts.selector, domain))
            except NameNotFound:
                continue
            if records:
                facts.domain = domain
                break
        name = dkim.record_name(facts.selector, facts.domain or report.domain)
        told = {"name": name, "record": _quoted(name, _KEY_PLACEHOLDER)}
        facts.usable = False
        if not records:
            self._find("dkim-key-missing", where, **told)
            return
        try:
            if len(records) > 1:
                raise dkim.DkimError(f"there are {len(records)} records, and there may be one")
            key = dkim.parse_key(records[0])
        except dkim.DkimError as error:
            self._find("dkim-key-broken", where, problem=error, **told)
            return
        facts.algorithm, facts.bits = key.algorithm, key.bits
        if key.revoked:
            self._find("dkim-key-revoked", where, **told)
            return
        facts.usable = key.algorithm != "rsa" or key.bits >= dkim.LEAST_BITS
        if key.algorithm == "rsa" and key.bits < dkim.GOOD_BITS:
            self._find("dkim-key-weak", where, bits=key.bits, limit=dkim.GOOD_BITS, **told)
        if key.testing:
            self._find("dkim-key-testing", where, **told)

    def _dmarc(self, facts: DmarcFacts) -> None:
        report = self._report
        where = f"DMARC of {report.domain}"
        organisation = report.organisational_domain
        wanted = _quoted(
            dmarc.record_name(organisation),
            f"v=DMARC1; p=none; rua=mailto:postmaster@{organisation}",
        )
        try:
            policy = dmarc.read_policy(self._resolver, report.domain)
        except dmarc.DmarcError as error:
            self._find("dmarc-broken", where, domain=report.domain, problem=error, record=wanted)
            return
        if policy is None:
            self._find("dmarc-missing", where, domain=report.domain, record=wanted)
            return
        facts.domain, facts.record, facts.policy = policy.domain, policy.record, policy.policy
        facts.spf_aligned = aligned(report.spf.domain, report.domain, strict=policy.strict_spf)
        if report.dkim.domain:
            facts.dkim_aligned = aligned(
                report.dkim.domain, report.domain, strict=policy.strict_dkim
            )
        self._passes(facts, where)

    def _passes(self, facts: DmarcFacts, where: str) -> None:
        """Say whether mail passes the policy: SPF or DKIM must be right and aligned."""
        report = self._report
        by_spf = report.spf.covers_relay if facts.spf_aligned else False
        by_dkim = facts.dkim_aligned if report.dkim.usable else report.dkim.usable
        if by_spf or by_dkim:
            return
        unproven = by_spf is None or by_dkim is None
        if facts.policy == "none" and not unproven:
            return
        self._find(
            "dmarc-unproven" if unproven else "dmarc-would-fail",
            where,
            domain=report.domain,
            organisational=report.organisational_domain,
            policy=facts.policy,
            problem=f"{self._why_not_by_spf(facts)}; {self._why_not_by_dkim(facts)}",
        )

    def _why_not_by_spf(self, facts: DmarcFacts) -> str:
        if not facts.spf_aligned:
            return f"SPF is about {self._report.spf.domain}, which is not aligned"
        if self._report.spf.covers_relay is None:
            return "SPF is unproven"
        return "SPF does not cover the relay"

    def _why_not_by_dkim(self, facts: DmarcFacts) -> str:
        found = self._report.dkim
        if found.usable is None:
            return "no DKIM key was looked up"
        if found.usable and not facts.dkim_aligned:
            return f"the DKIM key of {found.domain} is not aligned"
        return "DKIM has no key that can be used"

    def _reverse(self, address: Address) -> None:
        where = f"reverse name of {address}"
        record = f"{address.reverse_pointer}. PTR {self._relay}."
        try:
            names = self._resolver.pointers(address)
        except NameNotFound:
            names = ()
        self._report.reverse_names[str(address)] = list(names)
        if not names:
            self._find("relay-reverse-missing", where, address=address, record=record)
        elif not any(address in self._forward(name) for name in names):
            kind = "A" if address.version == 4 else "AAAA"
            self._find(
                "relay-reverse-differs",
                where,
                address=address,
                names=", ".join(names),
                forward=f"{names[0]}. {kind} {address}",
                record=record,
            )

    # -- tools --------------------------------------------------------------------------------

    @contextmanager
    def _part(self, what: str) -> Iterator[None]:
        """Turn a look-up that fails into a finding of this part."""
        try:
            yield
        except NameNotFound as error:
            self._find("names-not-looked-up", what, problem=f"there is no name {error}.")
        except LookupFailed as error:
            self._find("names-not-looked-up", what, problem=error)

    def _find(self, code: str, where: str, **facts: object) -> None:
        self._report.findings.append(CATALOGUE.finding(code, where=where, severity=None, **facts))

    def _sending(self) -> list[Address]:
        """The addresses that the relay can be taken to send from.

        A provider's senders are others, and a private address is seen by nobody outside.
        """
        if self._provider is not None:
            return []
        return [address for address in self._addresses if address.is_global]

    def _wanted(self) -> list[str]:
        """What an SPF policy needs for this relay, with words where it is not known."""
        if self._provider is None:
            terms = [_term(address) for address in self._sending()]
            return terms or ["ip4:ADDRESS-THAT-THE-RELAY-SENDS-FROM"]
        return [f"include:{_INCLUDES.get(self._provider.name, 'NAME-THAT-THE-PROVIDER-SHOWS')}"]

    def _own(self, host: str) -> tuple[Address, ...]:
        try:
            return (ip_address(host),)
        except ValueError:
            return self._resolver.addresses(host)

    def _forward(self, name: str) -> tuple[Address, ...]:
        try:
            return self._resolver.addresses(name)
        except NameNotFound:
            return ()


def _term(address: Address) -> str:
    return f"ip{address.version}:{address}"


def _quoted(name: str, *records: str) -> str:
    return "; ".join(f'{name}. TXT "{record}"' for record in records)
