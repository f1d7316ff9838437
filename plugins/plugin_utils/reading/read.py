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
from typing import Any, Literal

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
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.values import texts_of_secrets
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset import lookup
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.expression import takes
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.findings import (
    CATALOGUE as PROFILE,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.fit import fit
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    Application,
    Entries,
    Leaf,
    Path,
    Profile,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.override import (
    as_warnings,
    coalesced,
    in_values,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import (
    overrides,
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
    pattern,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.match import (
    SECRETS,
    Cost,
    Difference,
    Match,
    document,
    match_leaf,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.misplaced import misplaced
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.reference import is_reference

UNNAMED = "unknown"
"""The name of an existing Secret where the values refer to its keys only."""

_SENDER = {"from_address", "from_local", "from_domain", "sender"}


State = Literal["set", "off", "unreadable", "elsewhere", "none"]

_LOGIN = frozenset({"username", "password", "existing_secret"})
_RELAY = frozenset({"host", "address"})
_UNREAD = (Cost.REFERENCE, Cost.REFERRED)
_HELD = (*_UNREAD, Cost.INLINE)
_LEFT_OUT = (Cost.MISSING, Cost.UNSET, Cost.UNTOLD)
_ELSEWHERE = frozenset(
    {
        "login-goes-elsewhere",
        "mail-decided-elsewhere",
        "mail-decided-beside",
        "mail-kept-elsewhere",
        "mail-source-unread",
    }
)


@dataclass(frozen=True)
class Reading:
    """What values mean.

    :param settings: the options that lead to the same values, by name, as a person would write them.
    :param resolved: the description that these options mean.
    :param findings: what is wrong with the values, and with the description for this application.
    :param hidden: every text that stood where a secret stands, or had the shape of one.
    :param places: for each of the options that has one of its own, the value where it was found.
    :param state: ``set``, ``off``, ``unreadable`` (a part of it lies where the values only refer to),
        ``elsewhere`` (the values say nothing, and other places do), or ``none``.
    :param login_unread: whether there is a login, or may be one, that cannot be read here.
    """

    settings: Mapping[str, Any]
    resolved: Resolved
    findings: tuple[Finding, ...]
    places: Mapping[str, str] = field(default_factory=dict)
    hidden: Sequence[Secret] = ()
    state: State = "set"
    login_unread: bool = False


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
    given: Mapping[str, Any],
    defaults: Mapping[str, Any] | None,
    *,
    release: str = "",
    namespace: str = "",
    fullname: str | None = None,
) -> Reading:
    """The description that the values of an application mean.

    :param given: what was given to the chart; for other targets the document itself.
    :param defaults: the chart's own values; `None` when they are not known.
    :raises FindingError: when the profile itself is wrong.
    """
    place: dict[str, Any] = {"release": release, "namespace": namespace, "fullname": fullname}

    @functools.cache
    def leaves(way: _Way) -> tuple[Leaf, ...]:
        return written(application, way.description(), **place)

    profile, title = application.profile, application.profile.title
    own, known = unescaped(application, given), unescaped(application, defaults or {})
    unset = _below(application.prefix, profile.unset)
    search = _Search(application, own, coalesced(known, unset), leaves)
    way, match = search.best()
    unread = _unread_login(search, way, match, chart=defaults is not None)
    hidden = [
        each
        for each in match.differences
        if unread and search.is_about(each.key, _LOGIN) and each.cost in _LEFT_OUT
    ]
    differences = [each for each in match.differences if each not in hidden]
    settings = dict(_settings(profile, way, match.fields))
    if unread:
        settings = {**_without_login(settings), "existing_secret": {"name": UNNAMED}}
    costs = {each.cost for each in match.differences}
    silent = bool(costs) and costs <= {Cost.MISSING, Cost.UNSET, Cost.UNTOLD} and not match.fields
    if silent:
        settings = {}
    resolved = resolve(revealed(settings)) if settings else Resolved(Description())
    told = list(
        _decided_elsewhere(application, resolved.description, (own, known), leaves(way), place)
    )
    told += misplaced(title, [leaf.path for leaf in leaves(way)], own, known)
    away = [finding for finding in told if finding.code in _ELSEWHERE]
    absent = silent or (not way.enabled and not search.is_given(leaves(way)))
    if absent and profile.kept_elsewhere and not away:
        away = [_kept(application)]
        told += away
    if silent:
        if not away:
            told.append(
                CATALOGUE.finding("values-without-mail", where=application.name, title=title)
            )
        state: State = "elsewhere" if away else "none"
        return Reading({}, resolved, tuple(dict.fromkeys(told)), state=state)
    unread = unread or (
        resolved.description.auth == "none"
        and (
            any(finding.code == "mail-source-unread" for finding in told)
            or any(each.cost is Cost.LOGIN for each in differences)
        )
    )
    findings = _about_values(search, differences, hidden, chart=defaults is not None)
    # An application whose sender is set elsewhere has none here, and lacks nothing.
    quiet = () if takes(profile.values) & _SENDER else ("from-address-missing",)
    if unread:
        quiet = (*quiet, "anonymous-relay")
    findings += [finding for finding in resolved.findings if finding.code not in quiet]
    if not errors(findings):
        findings += fit(profile, resolved.description)
    if not errors(findings):
        # What to know before the first mail is for those who describe; here is what goes wrong.
        findings += errors(traps(application, resolved.description, **place))
    state = "off" if not way.enabled else "set"
    if way.enabled and (unread or any(each.cost in _UNREAD for each in differences)):
        state = "unreadable"
    elif not way.enabled and away:
        state = "elsewhere"
    every = tuple(dict.fromkeys([*findings, *told]))
    sealed = [Secret(text) for text in _hidden(resolved.description, leaves(way), own)]
    return Reading(settings, resolved, every, match.places, sealed, state, unread)


def _about_values(
    search: _Search, differences: Sequence[Difference], hidden: Sequence[Difference], *, chart: bool
) -> list[Finding]:
    """What to say about the values themselves.

    :param hidden: the parts of a login that are not in the values.
    :param chart: whether the chart's own values are known.
    """
    title = search.profile.title
    found = [_finding(title, each, chart=chart) for each in differences]
    findings = [finding for finding in found if finding is not None]
    keys = [each.key for each in hidden if not isinstance(each.wanted, bool)]
    if keys and not any(each.cost in _HELD for each in differences):
        findings.append(
            CATALOGUE.finding(
                "login-not-in-the-values", where=keys[0], title=title, keys=", ".join(keys)
            )
        )
    if not chart:
        left = [
            each.key
            for each in differences
            if each.cost is Cost.MISSING
            and each.wanted is not False
            and not search.is_about(each.key, _LOGIN)
        ]
        if left:
            findings.append(
                CATALOGUE.finding(
                    "values-left-to-the-chart", where=left[0], title=title, keys=", ".join(left)
                )
            )
    return findings


def _hidden(
    description: Description, leaves: Sequence[Leaf], values: Mapping[str, Any]
) -> Iterator[str]:
    """The texts that must not show: at the places of secrets, and a user name that is a token."""
    for leaf in leaves:
        yield from texts_of_secrets(leaf, values)
    preset = lookup.of_host(description.host)
    if preset is not None and preset.username is not None and preset.username.is_token:
        yield description.username


def _below(prefix: Path, tree: Mapping[str, Any]) -> dict[str, Any]:
    """A tree of values below the key of a subchart."""
    return functools.reduce(lambda inner, key: {key: inner}, reversed(prefix), dict(tree))


def _unread_login(search: _Search, way: _Way, match: Match, *, chart: bool) -> bool:
    """Whether there is a login that the values do not show, or only refer to.

    :param chart: whether the chart's own values are known.
    """
    if not way.enabled or way.secret:
        return False
    if way.auth == "password" and not (
        match.fields.get("username") or match.fields.get("password")
    ):
        return not chart or search.refers_to_login()
    return any(
        each.cost in _HELD and search.is_about(each.key, _LOGIN) for each in match.differences
    )


def _without_login(settings: Mapping[str, Any]) -> dict[str, Any]:
    gone = ("username", "password", "existing_secret", "auth", "mechanism")
    return {name: value for name, value in settings.items() if name not in gone} | {
        "auth": "password"
    }


def _decided_elsewhere(
    application: Application,
    description: Description,
    found: tuple[Mapping[str, Any], Mapping[str, Any]],
    leaves: Sequence[Leaf],
    place: Mapping[str, Any],
) -> list[Finding]:
    """What other places in the values decide about mail. Nothing is changed, so these are warnings.

    :param found: the values, and the chart's own.
    """
    bound = overrides(application, description, **place)
    told = [finding for finding, _key in in_values(bound, coalesced(*found), leaves)]
    return as_warnings(told)


def _kept(application: Application) -> Finding:
    return PROFILE.finding(
        "mail-perhaps-kept-elsewhere",
        where=application.name,
        title=application.profile.title,
        place=application.profile.kept_elsewhere,
    )


@dataclass(frozen=True)
class _Search:
    """The search for the way that explains the values best."""

    application: Application
    values: Mapping[str, Any]
    defaults: Mapping[str, Any]
    leaves: Callable[[_Way], tuple[Leaf, ...]]

    @property
    def profile(self) -> Profile:
        return self.application.profile

    def is_about(self, key: str, names: frozenset[str]) -> bool:
        """Whether any of some names of the description goes into the value at a place."""
        parts = key.split(".")
        places = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
        return any(not self._names.get(place, frozenset()).isdisjoint(names) for place in places)

    @functools.cached_property
    def _names(self) -> Mapping[str, frozenset[str]]:
        """The names that go into each value, by its place."""
        start = len(self.application.prefix)
        return {
            leaf.key: takes(values.get(self.profile.values, leaf.path[start:]))
            for leaf in self.leaves(_Way(enabled=False))
        }

    def is_given(self, leaves: Sequence[Leaf]) -> bool:
        """Whether any value of the profile is given, and not only left to the chart."""
        return any(values.get(self.values, leaf.path) is not OMIT for leaf in leaves)

    def refers_to_login(self) -> bool:
        """Whether a reference stands where a login can stand."""
        return any(
            any(map(is_reference, _singles(self._found(leaf))))
            for leaf in self.leaves(_Way(enabled=False))
            if self.is_about(leaf.key, _LOGIN)
        )

    def _names_relay(self) -> bool:
        """Whether a relay stands in the values."""
        return any(
            found not in (OMIT, None, "", [], {}) and not values.same(found, revealed(leaf.value))
            for leaf in self.leaves(_Way(enabled=False))
            if not isinstance(leaf.value, Entries) and self.is_about(leaf.key, _RELAY)
            for found in (self._found(leaf),)
        )

    def _found(self, leaf: Leaf) -> Any:
        given = values.get(self.values, leaf.path)
        return values.get(self.defaults, leaf.path) if given is OMIT else given

    def best(self) -> tuple[_Way, Match]:
        """The best way, and how the values match it."""
        optional = frozenset(self.profile.supports.fields) & (TEXT.keys() | NUMBER.keys())
        on = self.switched()
        if on is None and self._names_relay():
            on = True  # nothing says that it is off
        secrets = self._secrets()
        weighed = [
            (self.cheapest(way, replace(way, optional=optional)), way)
            for way in self.ways()
            if on in (None, way.enabled) and (way.secret in secrets or not way.enabled)
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
            if _is_switch(off, on):
                said |= {leaf is not off for leaf in (off, on[0]) if self._stands(leaf)}
        return said.pop() if len(said) == 1 else None

    def _secrets(self) -> tuple[bool, ...]:
        """Whether the login may lie in an existing Secret, or must."""
        support = self.profile.supports.existing_secret
        if support is None or support.required:
            return (False, True)
        if self._switched_to_secret():
            return (True,)
        # A Secret of which nothing stands in the values is none.
        way = next(way for way in self.ways() if way.secret)
        seen = any(
            value and name.startswith("existing_secret.")
            for name, value in self.match(way).fields.items()
        )
        return (False, True) if seen else (False,)

    def _switched_to_secret(self) -> bool:
        """Whether the values switch to an existing Secret, where the application has a switch for it."""
        every = [way for way in self.ways() if way.enabled]
        ways = {way.secret: way for way in every}
        if len(ways) < 2:
            return False
        return any(
            secret.value is True and own.value is not True and self._found(secret) is True
            for own, secret in zip(self.leaves(ways[False]), self.leaves(ways[True]), strict=True)
        )

    def _stands(self, leaf: Leaf) -> bool:
        """Whether the values have what a leaf wants, though perhaps in another type."""
        alone = match_leaf(leaf, self.values, self.defaults, Match())
        return all(each.cost is Cost.TYPE for each in alone.differences)

    def match(self, way: _Way) -> Match:
        result = Match()
        for leaf in self._telling(way, self.leaves(way)):
            match_leaf(leaf, self.values, self.defaults, result)
        result.differences = self._weighed(way, result.differences)
        return result

    def _weighed(self, way: _Way, differences: Sequence[Difference]) -> list[Difference]:
        """The differences as they count for a way."""
        if not way.enabled:
            # What is switched off may have anything else beside it.
            return [each for each in differences if each.cost is not Cost.EXTRA]
        if way.auth != "none":
            return list(differences)
        return [
            replace(each, cost=Cost.LOGIN)
            if each.cost is Cost.EXTRA
            and each.found
            and (each.sensitive or self.is_about(each.key, _LOGIN))
            else each
            for each in differences
        ]

    def _telling(self, way: _Way, leaves: Sequence[Leaf]) -> list[Leaf]:
        """The leaves that tell something of a way: without a login a mechanism has no effect, unless the
        application takes another value there for it.
        """
        if way.auth != "none" or not way.enabled or "password" not in self.profile.supports.auth:
            return list(leaves)
        other = self.leaves(replace(way, auth="password"))
        about = frozenset({"mechanism"})
        return [
            replace(leaf, value=KEEP)
            if leaf.value == with_login.value and self.is_about(leaf.key, about)
            else leaf
            for leaf, with_login in zip(leaves, other, strict=True)
        ]

    def cheapest(self, bare: _Way, full: _Way) -> int:
        """What the values differ at least, leaf by leaf, whichever optional fields were given."""
        pairs = zip(
            self._telling(bare, self.leaves(bare)),
            self._telling(full, self.leaves(full)),
            strict=True,
        )
        return sum(min(self._alone(left, bare), self._alone(right, full)) for left, right in pairs)

    def _alone(self, leaf: Leaf, way: _Way) -> int:
        alone = match_leaf(leaf, self.values, self.defaults, Match())
        return sum(each.cost for each in self._weighed(way, alone.differences))

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


def _singles(value: Any) -> Iterator[Any]:
    """A value, or the values of a mapping that it is the text of."""
    inside = document(value)
    yield from inside.values() if inside is not None else (value,)


def _is_switch(off: Leaf, on: Sequence[Leaf]) -> bool:
    """Whether a leaf has one plain value when mail is off, and another one whenever it is on."""
    values_on = [leaf.value for leaf in on]
    first = values_on[0]
    if not all(isinstance(value, (bool, str)) for value in (off.value, first)):
        return False
    if any(pattern(str(value)) for value in (off.value, first)):
        return False
    return off.value != first and all(value == first for value in values_on)


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


def _finding(title: str, difference: Difference, *, chart: bool) -> Finding | None:
    """What to say about a difference; `None` when it does no harm.

    :param chart: whether the chart's own values are known, so that what is not given is not there.
    """
    cost, absent = difference.cost, difference.cost in (Cost.MISSING, Cost.UNSET, Cost.UNTOLD)
    # A switch that is not set is off.
    if cost is Cost.FORM or (absent and (not chart or difference.wanted is False)):
        return None
    code = {
        Cost.REFERENCE: "value-unreadable",
        Cost.REFERRED: "value-unreadable",
        Cost.INLINE: "value-inline",
        Cost.TYPE: "value-type-wrong",
        Cost.EMPTY: "value-contradiction",
        Cost.EXTRA: "value-left-over",
        Cost.LOGIN: "value-left-over",
        Cost.PORTLESS: "value-without-port",
        Cost.MISSING: "value-missing",
        Cost.UNSET: "value-missing",
        Cost.UNTOLD: "value-missing",
        Cost.OTHER: "value-contradiction",
    }[cost]
    wanted = _kind(difference.wanted) if cost is Cost.TYPE else _wanted(difference)
    secret = difference.sensitive or names_password(difference.key)
    found = "(a secret)" if secret and difference.found else _shown(difference.found)
    # A number in quotes, or a text without them, is the same to most charts; a switch is not.
    lenient = cost is Cost.TYPE and not isinstance(difference.wanted, bool)
    severity: Literal["warning"] | None = "warning" if lenient else None
    return CATALOGUE.finding(
        code, where=difference.key, severity=severity, title=title, found=found, wanted=wanted
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
