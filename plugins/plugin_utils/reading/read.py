# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the values that are there to the description that they mean. Pure.

The profile is its own inverse. It is rendered with markers for the free fields, once for each way that
the others can be; the way that explains the values best is what they mean, and what it leaves
unexplained is wrong with them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import without_login
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    SECURITY_OF,
    Auth,
    Description,
    ExistingSecret,
    OAuth,
    Security,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.resolve import (
    Resolved,
    errors,
    resolve,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.values import texts_of_secrets
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset import lookup
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.expression import takes
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.fit import fit
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    Application,
    Leaf,
    Profile,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import (
    traps,
    unescaped,
    written,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import (
    names_password,
    revealed,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.marker import (
    DOMAIN,
    LOCAL,
    NUMBER,
    TEXT,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.match import (
    SECRETS,
    Cost,
    Difference,
    Match,
    match_leaf,
)

UNNAMED = "unknown"
"""The name of an existing Secret where the values refer to its keys only."""

_SENDER = {"from_address", "from_local", "from_domain", "sender"}


@dataclass(frozen=True)
class Reading:
    """What values mean.

    :param settings: the options that lead to the same values, by name, as a person would write them.
    :param resolved: the description that these options mean.
    :param findings: what is wrong with the values, and with the description for this application.
    :param hidden: every text that stood where a secret stands, or had the shape of one.
    :param places: for each of the options that has one of its own, the value where it was found.
    """

    settings: Mapping[str, Any]
    resolved: Resolved
    findings: tuple[Finding, ...]
    places: Mapping[str, str] = field(default_factory=dict)
    hidden: Sequence[Secret] = ()


@dataclass(frozen=True)
class _Way:
    """One way that the values may have come about.

    :param optional: the optional fields that were given.
    """

    enabled: bool = True
    security: Security = "none"
    auth: Auth = "none"
    secret: bool = False
    verify: bool = True
    ca: bool = False
    mechanism: str | None = None
    optional: frozenset[str] = frozenset()

    def description(self) -> Description:
        """The description of this way, with a marker in each free field."""
        if not self.enabled:
            return Description(enabled=False)
        fields: dict[str, Any] = {
            name: int(NUMBER[name]) if name in NUMBER else TEXT[name]
            for name in self.optional
            if name in TEXT or name in NUMBER
        }
        if "client_cert" in self.optional:
            fields["client_key"] = Secret(TEXT["client_key"])
        if self.auth == "password" and not self.secret:
            fields |= {"username": TEXT["username"], "password": Secret(TEXT["password"])}
        elif self.auth == "password":
            fields |= {"username": TEXT["username"], "existing_secret": _EXISTING}
        elif self.auth == "oauth":
            fields |= {"username": TEXT["username"], "oauth": _OAUTH}
        return Description(
            host=TEXT["host"],
            port=NUMBER["port"],
            security=self.security,
            auth=self.auth,
            mechanism=self.mechanism,
            from_address=f"{TEXT[LOCAL]}@{TEXT[DOMAIN]}",
            validate_certs=self.verify,
            ca_pem=TEXT["ca_pem"] if self.ca else None,
            **fields,
        )


_EXISTING = ExistingSecret(
    name=TEXT["existing_secret.name"],
    username_key=TEXT["existing_secret.username_key"],
    password_key=TEXT["existing_secret.password_key"],
)
_OAUTH = OAuth(
    token=Secret(TEXT["oauth.token"]),
    token_url=TEXT["oauth.token_url"],
    tenant=TEXT["oauth.tenant"],
    client_id=TEXT["oauth.client_id"],
    client_secret=Secret(TEXT["oauth.client_secret"]),
    scope=TEXT["oauth.scope"],
)


def read(
    application: Application,
    values: Mapping[str, Any],
    defaults: Mapping[str, Any],
    *,
    release: str = "",
    namespace: str = "",
    fullname: str | None = None,
) -> Reading:
    """The description that the values of an application mean.

    :param values: what was given to the chart; for other targets the document itself.
    :param defaults: the chart's own values, where they are known.
    :raises FindingError: when the profile itself is wrong.
    """

    @functools.cache
    def leaves(way: _Way) -> tuple[Leaf, ...]:
        return written(
            application,
            way.description(),
            release=release,
            namespace=namespace,
            fullname=fullname,
        )

    profile, title = application.profile, application.profile.title
    values, defaults = unescaped(application, values), unescaped(application, defaults)
    way, match = _Search(profile, values, defaults, leaves).best()
    costs = {each.cost for each in match.differences}
    if costs and costs <= {Cost.MISSING, Cost.UNSET, Cost.UNTOLD} and not match.fields:
        nothing = CATALOGUE.finding("values-without-mail", where=application.name, title=title)
        return Reading({}, Resolved(Description()), (nothing,))
    settings = dict(_settings(profile, way, match.fields))
    resolved = resolve(revealed(settings))
    findings = [_finding(title, each) for each in match.differences]
    # An application whose sender is set elsewhere has none here, and lacks nothing.
    silent = () if takes(profile.values) & _SENDER else ("from-address-missing",)
    findings += [finding for finding in resolved.findings if finding.code not in silent]
    if not errors(findings):
        findings += fit(profile, resolved.description)
    if not errors(findings):
        # What to know before the first mail is for those who describe; here is what goes wrong.
        findings += errors(
            traps(
                application,
                resolved.description,
                release=release,
                namespace=namespace,
                fullname=fullname,
            )
        )
    hidden = [Secret(text) for text in _hidden(resolved.description, leaves(way), values)]
    return Reading(settings, resolved, tuple(dict.fromkeys(findings)), match.places, hidden)


def _hidden(
    description: Description, leaves: Sequence[Leaf], values: Mapping[str, Any]
) -> Iterator[str]:
    """The texts that must not show: at the places of secrets, and a user name that is a token."""
    for leaf in leaves:
        yield from texts_of_secrets(leaf, values)
    preset = lookup.of_host(description.host)
    if preset is not None and preset.username is not None and preset.username.is_token:
        yield description.username


@dataclass(frozen=True)
class _Search:
    """The search for the way that explains the values best."""

    profile: Profile
    values: Mapping[str, Any]
    defaults: Mapping[str, Any]
    leaves: Callable[[_Way], tuple[Leaf, ...]]

    def best(self) -> tuple[_Way, Match]:
        """The best way, and how the values match it."""
        optional = frozenset(self.profile.supports.fields) & (TEXT.keys() | NUMBER.keys())
        on = self.switched()
        weighed = [
            (self.cheapest(way, replace(way, optional=optional)), way)
            for way in self.ways()
            if on in (None, way.enabled)
        ]
        least = min(cost for cost, _way in weighed)
        tied = [way for cost, way in weighed if cost == least]
        found = [self.refined(replace(way, optional=optional)) for way in tied]
        return min(found, key=lambda pair: (pair[1].cost, self.strangeness(*pair)))

    def ways(self) -> Iterator[_Way]:
        """Every way, without optional fields."""
        supports = self.profile.supports
        if supports.disabled:
            yield _Way(enabled=False)
        logins: list[tuple[Any, bool]] = [(auth, False) for auth in supports.auth]
        if supports.existing_secret is not None:
            logins.append(("password", True))
        verifies = (True, False) if supports.skip_verify is not None else (True,)
        authorities = (False, True) if supports.private_ca else (False,)
        for security, (auth, secret), verify, ca in product(
            supports.ports, logins, verifies, authorities
        ):
            yield _Way(True, security, auth, secret, verify, ca)

    def switched(self) -> bool | None:
        """Whether the values switch mail on, where the application has a switch of its own.

        That is what they mean, whatever else stands beside it.
        """
        if not self.profile.supports.disabled:
            return None
        every = [self.leaves(way) for way in self.ways() if way.enabled]
        said: set[bool] = set()
        for off, *on in zip(self.leaves(_Way(enabled=False)), *every, strict=True):
            if off.value is False and all(leaf.value is True for leaf in on):
                said |= {leaf.value for leaf in (off, on[0]) if self._stands(leaf)}
        return said.pop() if len(said) == 1 else None

    def _stands(self, leaf: Leaf) -> bool:
        """Whether the values have what a leaf wants, though perhaps in another type."""
        alone = match_leaf(leaf, self.values, self.defaults, Match())
        return all(each.cost is Cost.TYPE for each in alone.differences)

    def match(self, way: _Way) -> Match:
        result = Match()
        for leaf in self.leaves(way):
            match_leaf(leaf, self.values, self.defaults, result)
        if not way.enabled:
            # What is switched off may have anything else beside it.
            result.differences = [
                each for each in result.differences if each.cost is not Cost.EXTRA
            ]
        return result

    def cheapest(self, bare: _Way, full: _Way) -> int:
        """What the values differ at least, leaf by leaf, whichever optional fields were given."""
        pairs = zip(self.leaves(bare), self.leaves(full), strict=True)
        return sum(min(self._alone(left, bare), self._alone(right, full)) for left, right in pairs)

    def _alone(self, leaf: Leaf, way: _Way) -> int:
        alone = match_leaf(leaf, self.values, self.defaults, Match())
        return sum(
            each.cost for each in alone.differences if way.enabled or each.cost is not Cost.EXTRA
        )

    def refined(self, way: _Way) -> tuple[_Way, Match]:
        """The way with only those optional fields, and the mechanism, that explain more."""
        best, match = way, self.match(way)
        for name in sorted(way.optional):
            other = replace(best, optional=best.optional - {name})
            found = self.match(other)
            unseen = found.cost == match.cost and not match.fields.get(name)
            if found.cost < match.cost or unseen:
                best, match = other, found
        for mechanism in self.profile.supports.mechanisms if way.auth != "none" else ():
            other = replace(best, mechanism=mechanism)
            found = self.match(other)
            if found.cost < match.cost:
                best, match = other, found
        return best, match

    def strangeness(self, way: _Way, match: Match) -> tuple[bool, ...]:
        """How unusual a way is, where several explain the values equally well.

        A reference to a Secret also fits where a password can stand; the other way round it does not.
        """
        port = _port(match.fields)
        ports = self.profile.supports.ports.get(way.security, ())
        usual = port in ports if ports else SECURITY_OF.get(port or 0, "starttls") == way.security
        return (not way.enabled, not way.secret, not usual, not way.verify, way.ca)


def _port(fields: Mapping[str, Any]) -> int | None:
    text = str(fields.get("port", ""))
    return int(text) if text.isdigit() else None


def _settings(profile: Profile, way: _Way, fields: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The options of a way, with the fields that were found."""
    yield "enabled", way.enabled
    if not way.enabled:
        return
    for name in ("host", "port", "username", "password", *sorted(way.optional)):
        if fields.get(name):
            yield name, _sealed(name, fields[name])
    if fields.get(LOCAL) or fields.get(DOMAIN):
        yield "from_address", f"{fields.get(LOCAL, '')}@{fields.get(DOMAIN, '')}"
    if fields.get("client_key"):
        yield "client_key", _sealed("client_key", fields["client_key"])
    if fields.get("ca_pem"):
        yield "ca_pem", fields["ca_pem"]
    yield "security", way.security
    yield "auth", way.auth
    if way.mechanism:
        yield "mechanism", way.mechanism
    if profile.supports.skip_verify is not None:
        yield "validate_certs", way.verify
    for holder, usual in (("existing_secret", _usual_keys(profile)), ("oauth", {})):
        parts = {
            name.partition(".")[2]: _sealed(name, value)
            for name, value in fields.items()
            if name.startswith(f"{holder}.") and value
        }
        if holder == "existing_secret" and way.secret:
            parts.setdefault("name", UNNAMED)
        if parts:
            yield holder, {name: value for name, value in parts.items() if value != usual.get(name)}


def _sealed(name: str, value: str) -> Any:
    return Secret(value) if name in SECRETS else value


def _usual_keys(profile: Profile) -> dict[str, str]:
    """The keys of an existing Secret that are taken when none are named."""
    support = profile.supports.existing_secret
    return {f"{what}_key": key for what, key in support.keys.items()} if support else {}


def _finding(title: str, difference: Difference) -> Finding:
    code = {
        Cost.TYPE: "value-type-wrong",
        Cost.EMPTY: "value-contradiction",
        Cost.EXTRA: "value-left-over",
        Cost.MISSING: "value-missing",
        Cost.UNSET: "value-missing",
        Cost.UNTOLD: "value-missing",
        Cost.OTHER: "value-contradiction",
    }[difference.cost]
    wanted = _kind(difference.wanted) if difference.cost is Cost.TYPE else _wanted(difference)
    secret = difference.sensitive or names_password(difference.key)
    found = "(a secret)" if secret and difference.found else _shown(difference.found)
    return CATALOGUE.finding(
        code, where=difference.key, severity=None, title=title, found=found, wanted=wanted
    )


def _wanted(difference: Difference) -> str:
    if difference.wanted is KEEP:
        return "a value"
    return "(a secret)" if difference.sensitive and difference.wanted else _shown(difference.wanted)


def _shown(value: Any) -> str:
    if value is OMIT:
        return "not set"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (Mapping, list)):
        # Anything may stand in it, where a single value is wanted.
        return "a mapping" if isinstance(value, Mapping) else "a list"
    return repr(without_login(value)) if isinstance(value, str) else repr(value)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a boolean without quotes"
    return "text in quotes" if isinstance(value, str) else "a number without quotes"
