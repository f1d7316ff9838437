# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SPF (RFC 7208): whether a domain lets an address send its mail.

The records are read first, with everything that they include; deciding on an address then needs
no further look-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import TYPE_CHECKING

from ansible_collections.mailops.smtp.plugins.plugin_utils.names.resolver import NameNotFound

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    from ansible_collections.mailops.smtp.plugins.plugin_utils.names.resolver import (
        Address,
        Resolver,
    )

# RFC 7208 section 4.6.4: terms that cause look-ups, names of one MX, and answers without a record.
MAX_LOOKUPS = 10
MAX_EXCHANGERS = 10
MAX_VOID_LOOKUPS = 2
# Reading goes on beyond the limit, to tell by how much it is passed; somewhere it must end.
_MAX_READ = 40

_RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_ASKING = ("include", "a", "mx", "ptr", "exists")
_MECHANISMS = ("all", "ip4", "ip6", *_ASKING)
_NEED_VALUE = ("include", "exists", "ip4", "ip6")
_EVERYONE = (ip_network("0.0.0.0/0"), ip_network("::/0"))


class SpfError(Exception):
    """The policy is broken (``permerror``): receivers treat the mail as if it had failed."""


@dataclass(frozen=True)
class Term:
    """A mechanism, with what it stands for. ``evaluated`` is False for macros and ``ptr``."""

    text: str
    result: str
    everyone: bool = False
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    policy: Policy | None = None
    evaluated: bool = True


@dataclass(frozen=True)
class Policy:
    """One domain's record; ``redirect`` is what decides when no term matches."""

    domain: str
    record: str
    terms: tuple[Term, ...]
    redirect: Policy | None = None

    @property
    def domains(self) -> Iterator[str]:
        """This domain, and those whose records are included."""
        yield self.domain
        inner = [term.policy for term in self.terms]
        for policy in (*inner, self.redirect):
            if policy is not None:
                yield from policy.domains

    @property
    def unevaluated(self) -> Iterator[str]:
        """The terms that depend on more than the address."""
        for term in self.terms:
            if not term.evaluated:
                yield f"{term.text} ({self.domain})"
        inner = [term.policy for term in self.terms]
        for policy in (*inner, self.redirect):
            if policy is not None:
                yield from policy.unevaluated

    @property
    def lets_everyone(self) -> bool:
        """Whether it, or what it includes, has ``+all``."""
        return any(
            term.result == "pass"
            and (term.everyone or (term.policy is not None and term.policy.lets_everyone))
            for term in self.terms
        ) or (self.redirect is not None and self.redirect.lets_everyone)

    def result(self, address: Address) -> str:
        """Return ``pass``, ``fail``, ``softfail`` or ``neutral`` (RFC 7208 section 4.6.2)."""
        for term in self.terms:
            if (
                term.everyone
                or any(address in network for network in term.networks)
                or (term.policy is not None and term.policy.result(address) == "pass")
            ):
                return term.result
        return "neutral" if self.redirect is None else self.redirect.result(address)


def records(resolver: Resolver, domain: str) -> tuple[str, ...]:
    """Return the SPF records of a domain: one, if all is well (section 4.5). Raises LookupFailed."""
    try:
        texts = resolver.texts(domain)
    except NameNotFound:
        return ()
    return tuple(text for text in texts if text.lower().split(" ")[0] == "v=spf1")


def with_terms(record: str, terms: Iterable[str]) -> str:
    """Return a record with terms added where they count: before ``all`` and ``redirect``."""
    words = record.split()
    last = [word.lower().lstrip("+-~?") for word in words]
    end = next(
        (at for at, word in enumerate(last) if word == "all" or word.startswith("redirect=")),
        len(words),
    )
    return " ".join([*words[:end], *terms, *words[end:]])


def closed(record: str) -> str:
    """Return a record whose last word is not that everybody may send."""
    words = ["~all" if word.lower() in ("all", "+all") else word for word in record.split()]
    return " ".join(words)


@dataclass
class Reading:
    """Reads a domain's policy and counts the look-ups that a receiver would make."""

    resolver: Resolver
    lookups: int = 0
    void_lookups: int = 0
    _inside: list[str] = field(default_factory=list)

    def policy(self, domain: str) -> Policy | None:
        """Return the policy, or None when there is none.

        Raises SpfError for a broken one, and LookupFailed.
        """
        found = records(self.resolver, domain)
        if not found:
            return None
        if len(found) > 1:
            raise SpfError(f"{domain} has {len(found)} SPF records, and may have one")
        if domain in self._inside:
            raise SpfError(f"{domain} includes itself")
        self._inside.append(domain)
        policy = self._read(domain, found[0])
        self._inside.pop()
        return policy

    def _read(self, domain: str, record: str) -> Policy:
        terms: list[Term] = []
        redirect = ""
        for word in record.split()[1:]:
            name, equals, value = word.partition("=")
            if equals and ":" not in name and "/" not in name:
                # Modifiers (section 6); an unknown one is ignored, as is exp.
                redirect = value if name.lower() == "redirect" else redirect
            else:
                terms.append(self._term(domain, word))
        # Section 6.1: with an "all", redirect counts for nothing.
        if not redirect or any(term.everyone for term in terms):
            return Policy(domain, record, tuple(terms))
        if "%" in redirect:
            unknown = Term(f"redirect={redirect}", "pass", evaluated=False)
            return Policy(domain, record, (*terms, unknown))
        return Policy(domain, record, tuple(terms), self._other(redirect, f"redirect={redirect}"))

    def _term(self, domain: str, word: str) -> Term:
        qualifier, mechanism = (word[0], word[1:]) if word[0] in _RESULTS else ("+", word)
        name, _colon, value = mechanism.partition(":")
        name, slash, lengths = name.partition("/")
        if not slash and name.lower() in ("a", "mx"):
            value, slash, lengths = value.partition("/")
        name, result = name.lower(), _RESULTS[qualifier]
        if name not in _MECHANISMS or (name in _NEED_VALUE and not value):
            raise SpfError(f"{domain} has the unknown term '{word}'")
        if name == "all":
            return Term(word, result, everyone=True)
        if name in ("ip4", "ip6"):
            return Term(word, result, networks=(_network(domain, word, name, value),))
        self._count()
        if "%" in value or name == "ptr":
            return Term(word, result, evaluated=False)
        if name == "include":
            return Term(word, result, policy=self._other(value, word))
        if name == "exists":
            return Term(word, result, networks=_EVERYONE if self._addresses(value) else ())
        target = value or domain
        hosts = self._exchangers(target) if name == "mx" else (target,)
        addresses = [address for host in hosts for address in self._addresses(host)]
        return Term(word, result, networks=tuple(_around(domain, word, lengths, addresses)))

    def _other(self, domain: str, word: str) -> Policy:
        """Return the policy that a term leads to; without one the term is broken (section 5.2)."""
        if word.startswith("redirect="):
            self._count()
        policy = self.policy(domain.rstrip(".").lower())
        if policy is None:
            raise SpfError(f"'{word}' leads to {domain}, which has no SPF record")
        return policy

    def _count(self) -> None:
        self.lookups += 1
        if self.lookups > _MAX_READ:
            raise SpfError(f"it needs more than {_MAX_READ} look-ups")

    def _addresses(self, host: str) -> tuple[Address, ...]:
        try:
            addresses = self.resolver.addresses(host)
        except NameNotFound:
            addresses = ()
        self.void_lookups += not addresses
        return addresses

    def _exchangers(self, domain: str) -> tuple[str, ...]:
        try:
            hosts = self.resolver.exchangers(domain)
        except NameNotFound:
            hosts = ()
        self.void_lookups += not hosts
        if len(hosts) > MAX_EXCHANGERS:
            raise SpfError(f"the MX of {domain} has more than {MAX_EXCHANGERS} hosts")
        return tuple(host for host in hosts if host != ".")


def _network(domain: str, word: str, kind: str, value: str) -> IPv4Network | IPv6Network:
    try:
        network = ip_network(value, strict=False)
    except ValueError as error:
        raise SpfError(f"{domain} has an invalid address in '{word}'") from error
    if network.version != int(kind[-1]):
        raise SpfError(f"{domain} has an address of the wrong family in '{word}'")
    return network


def _around(
    domain: str, word: str, lengths: str, addresses: list[Address]
) -> Iterator[IPv4Network | IPv6Network]:
    """The networks of addresses, with the lengths that follow ``a`` and ``mx`` (section 5.3)."""
    four, _slashes, six = lengths.partition("//") if lengths[:1] != "/" else ("", "", lengths[1:])
    for address in addresses:
        length = four if address.version == 4 else six
        try:
            yield ip_network(f"{address}/{length or address.max_prefixlen}", strict=False)
        except ValueError as error:
            raise SpfError(f"{domain} has an invalid length in '{word}'") from error
