# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a description as one application wants it. Pure: no file, no network, no cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from string import Formatter
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile import names, yaml_text
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.check import (
    LONGEST_QUOTE,
    Keys,
    invalid,
    line_of,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.expression import (
    ExpressionError,
    evaluate,
    require_known,
    takes,
    takes_secret,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.labels import label
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.limits import Budget
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    OMIT,
    PRESENT,
    Application,
    Entries,
    Entry,
    Evidence,
    FileEvidence,
    Leaf,
    Marker,
    Path,
    Profile,
    Rendered,
    SecretEvidence,
    Sending,
    WantedSecret,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.override import Bound
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import (
    holds_secret,
    names_password,
    revealed,
)

YAML = "$yaml"
ENTRIES = "$entries"
OMIT_WHEN = "$omit"
VALUE = "$value"

_HELM_OPENS = "{{"
# A raw text: quotes would be escaped where a chart makes YAML of the value before it calls tpl.
_HELM_ESCAPED = "{{`{{`}}"


def render(
    application: Application,
    description: Description,
    *,
    release: str = "",
    namespace: str = "",
    fullname: str | None = None,
) -> Rendered:
    """The description as this application's values, evidence and workloads.

    :param release, namespace: of the Helm release, for a profile of a chart.
    :param fullname: the full name that the chart's objects have, when it is not the usual one.
    :raises FindingError: naming every expression of the profile that is wrong.
    """
    place = names.place(application, release=release, namespace=namespace, fullname=fullname)
    work = _Rendering(application, description, place)
    overrides = tuple(work.overrides())
    leaves, evidence = tuple(work.leaves()), work.evidence(overrides)
    rendered = Rendered(
        leaves=leaves,
        evidence=evidence,
        shared={
            ".".join((*application.prefix, key)): entry
            for key, entry in application.profile.shared.items()
        },
        secrets=tuple(_wanted(application.profile, description)),
        sendings=tuple(work.sendings(tuple(evidence), description)),
        overrides=overrides,
        findings=tuple(work.traps()),
    )
    work.end()
    return rendered


def _wanted(profile: Profile, description: Description) -> Iterator[WantedSecret]:
    """The shape of the existing Secret that the values refer to."""
    given, support = description.existing_secret, profile.supports.existing_secret
    if given is None or support is None:
        return
    own = {"username": given.username_key, "password": given.password_key}
    keys = ((own.get(what) or key, what) for what, key in support.keys.items())
    yield WantedSecret(given.name, tuple(keys))


def _leaves(tree: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is no dictionary, with its place. A list is one value: Helm replaces it whole."""
    for key, value in tree.items():
        if isinstance(value, Mapping) and value and not value.keys() & {YAML, ENTRIES}:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


@dataclass
class _Rendering:
    """One pass over a profile. What is wrong is collected, so that one run names it all."""

    application: Application
    description: Description
    place: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)

    @property
    def profile(self) -> Profile:
        return self.application.profile

    @cached_property
    def values(self) -> names.Names:
        return names.for_values(self.description, self.place, self.application)

    @cached_property
    def seen(self) -> names.Names:
        return names.for_evidence(self.description, self.place, self.application)

    @cached_property
    def told(self) -> names.Names:
        return names.for_traps(self.description, self.values)

    def end(self) -> None:
        """:raises FindingError: naming every expression of the profile that is wrong."""
        if self.findings:
            raise FindingError(*self.findings)

    def complain(self, keys: Keys, problem: str) -> None:
        source = self.profile.source
        self.findings.append(
            invalid(source, ".".join(map(str, keys)), problem, line_of(source, keys))
        )

    def evaluate(self, keys: Keys, source: Any, known: names.Names) -> Any:
        """A value with its expressions evaluated; `OMIT` leaves an entry of a list out."""
        if isinstance(source, str):
            try:
                return evaluate(source, known, self.budget)
            except ExpressionError as error:
                quoted = source if len(source) <= LONGEST_QUOTE else f"{source[:LONGEST_QUOTE]}…"
                self.complain(keys, f"the expression {quoted!r} {error}")
                if self.budget.steps < 0:
                    self.end()  # nothing more can be evaluated
                return OMIT
        if isinstance(source, Mapping):
            return dict(self._inside(keys, source.items(), known))
        if isinstance(source, list):
            return [value for _place, value in self._inside(keys, enumerate(source), known)]
        return source

    def _inside(
        self, keys: Keys, items: Iterable[tuple[Any, Any]], known: names.Names
    ) -> Iterator[tuple[Any, Any]]:
        for place, source in items:
            value = self.evaluate((*keys, place), source, known)
            if isinstance(value, Marker) and value is not OMIT:
                problem = (
                    f"{value.value} cannot stand in a list, because Helm replaces it as a whole"
                )
                self.complain((*keys, place), problem)
            elif value is not OMIT:
                yield place, value

    def leaves(self) -> Iterator[Leaf]:
        profile, prefix = self.profile, self.application.prefix
        for path, source in _leaves(profile.values):
            key = ".".join(path)
            value = self._leaf(("values", *path), source)
            if value is PRESENT:
                self.complain(("values", *path), "present is for evidence only")
            if _lies_in(key, profile.tpl):
                value = _escaped(value)
            comment = profile.comments.get(key) or label(takes(source))
            sensitive = _sensitive(key, source) or holds_secret(value)
            yield Leaf((*prefix, *path), value, sensitive, comment, "username" in takes(source))

    def _leaf(self, keys: Keys, source: Any) -> Any:
        if isinstance(source, Mapping) and YAML in source:
            return _as_yaml(self.evaluate((*keys, YAML), source[YAML], self.values))
        if isinstance(source, Mapping) and ENTRIES in source:
            by = source[ENTRIES]["by"]
            places = enumerate(source[ENTRIES]["of"])
            of = (self._entry((*keys, ENTRIES, "of", place), by, each) for place, each in places)
            return Entries(by, tuple(filter(None, of)))
        return self.evaluate(keys, source, self.values)

    def _entry(self, keys: Keys, by: str | None, source: Any) -> Entry | None:
        """An entry of a list that is ours; `None` for one that is left out and cannot be known."""
        gone, body = False, source
        if isinstance(source, Mapping):
            omit = source.get(OMIT_WHEN, False)
            gone = self._question((*keys, OMIT_WHEN), omit, self.values)
            body = {key: inner for key, inner in source.items() if key != OMIT_WHEN}
            body = body.get(VALUE, body)
        value = self.evaluate(keys, body, self.values)
        if value is OMIT:
            return None
        key = value.get(by) if isinstance(value, dict) and by is not None else value
        if not isinstance(key, str) or (by is None) != isinstance(value, str):
            wanted = "be a text" if by is None else f"have a text under {by}"
            self.complain(keys, f"an entry of this list must {wanted}, which is no secret")
            return None
        sensitive = takes_secret(body) or holds_secret(value)
        sensitive = sensitive or (by is not None and names_password(key))
        return Entry(key, OMIT if gone else value, sensitive)

    def _question(self, keys: Keys, source: Any, known: names.Names) -> bool:
        answer = self.evaluate(keys, source, known)
        if answer is OMIT:
            return False
        if not isinstance(answer, bool):
            self.complain(keys, f"the expression {source!r} must yield true or false")
        return answer is True

    def overrides(self) -> Iterator[Bound]:
        """The places that decide about mail too, ready to be held against what is found."""
        own = {"found": None, "keys": None}
        known = replace(self.seen, full={**self.seen.full, **own})
        for number, override in enumerate(self.profile.overrides):
            for key in ("agrees", "login"):
                source = getattr(override, key)
                try:
                    require_known(source or "", known)
                except ExpressionError as error:
                    self.complain(("overrides", number, key), f"the expression {source!r} {error}")
            yield Bound(override, self.application.prefix, self.profile.title, self.seen)

    def evidence(self, overrides: Sequence[Bound] = ()) -> dict[Workload, Evidence]:
        """Each workload with its real name, and what its container must see.

        :param overrides: what may go before it.
        """
        profile = self.profile
        wanted = Evidence(
            env=self._seen(("evidence", "env"), profile.evidence.env),
            files=tuple(
                FileEvidence(
                    self._text(("evidence", "files", number, "path"), file.path),
                    tuple(self._lines(("evidence", "files", number, "lines"), file.lines)),
                )
                for number, file in enumerate(profile.evidence.files)
            ),
            secrets=tuple(
                SecretEvidence(
                    self._text(("evidence", "secrets", number, "name"), secret.name),
                    self._seen(("evidence", "secrets", number, "keys"), secret.keys),
                )
                for number, secret in enumerate(profile.evidence.secrets)
            ),
            overrides=tuple(
                bound for bound in overrides if bound.override.env or bound.override.file
            ),
        )
        return {
            replace(
                workload,
                name=self._text(("workloads", number, "name"), workload.name),
                container=self._text(("workloads", number, "container"), workload.container),
            ): wanted
            for number, workload in enumerate(profile.workloads)
        }

    def _seen(self, keys: Keys, sources: Mapping[str, str]) -> dict[str, Any]:
        """Variables or keys. At the place of a secret even an empty text is sealed: it may be full elsewhere."""
        found = {}
        for name, source in sources.items():
            value = self.evaluate((*keys, name), source, self.seen)
            sealed = isinstance(value, str) and (takes_secret(source) or names_password(name))
            found[name] = Secret(value) if sealed else value
        return found

    def _lines(self, keys: Keys, sources: Sequence[str]) -> Iterator[Any]:
        """The lines that can be told; one whose value nobody here knows is none."""
        for number, source in enumerate(sources):
            line = self.evaluate((*keys, number), source, self.seen)
            if not isinstance(line, Marker):
                yield line

    def _text(self, keys: Keys, source: str) -> str:
        value = self.evaluate(keys, source, self.values)
        if not isinstance(value, str):
            if value is not OMIT:
                self.complain(keys, f"the expression {source!r} must yield a text")
            return ""
        return value

    def sendings(
        self, workloads: Sequence[Workload], description: Description
    ) -> Iterator[Sending]:
        """How the application itself sends to each of the test recipients."""
        prove = self.profile.prove
        if prove is None or not description.enabled:
            return
        named = [each for each in workloads if prove.container in (None, each.container)]
        if not named:
            containers = ", ".join(each.container for each in workloads) or "none"
            self.complain(("prove", "container"), f"no workload has it; known are {containers}")
            return
        for recipient in description.test_recipients:
            own = {"recipient": recipient}
            known = replace(
                self.values,
                full={**self.values.full, **own},
                plain={**self.values.plain, **own},
            )
            words = [
                self._word(("prove", "command", number), source, known)
                for number, source in enumerate(prove.command)
            ]
            command = tuple(word for word in words if word is not None)
            yield Sending(named[0], command, recipient, prove.log)

    def _word(self, keys: Keys, source: str, known: names.Names) -> str | None:
        """A word of a command, which everybody on the node can read; `None` for one that is left out."""
        word = self.evaluate(keys, source, known)
        if takes_secret(source) or isinstance(word, Secret):
            self.complain(keys, "a secret cannot stand in a command, which others can read")
            return None
        if word is OMIT:
            return None
        if not isinstance(word, str):
            self.complain(keys, f"the expression {source!r} must yield a text")
            return None
        return word

    def traps(self) -> Iterator[Finding]:
        """What the profile warns of, for this description."""
        for number, trap in enumerate(self.profile.traps):
            keys = ("traps", number)
            if self._question((*keys, "when"), trap.when, self.told):
                yield Finding(
                    code=trap.code,
                    severity=trap.severity,
                    where="smtp_application",
                    message=self._filled((*keys, "message"), trap.message),
                    fix=self._filled((*keys, "fix"), trap.fix),
                )

    def _filled(self, keys: Keys, text: str) -> str:
        """A text with the names in its braces filled in; none of them is a secret."""
        try:
            parts = list(Formatter().parse(text))
        except ValueError as error:
            self.complain(keys, f"{error}; a brace that stands for itself is written twice")
            return ""
        filled = []
        for literal, name, _spec, _conversion in parts:
            filled.append(literal)
            if name is not None and name not in self.values.plain:
                self.complain(keys, f"{{{name}}} is not known, or is a secret")
            elif name is not None:
                filled.append(str(self.values.plain[name]))
        return " ".join("".join(filled).split())


def _sensitive(key: str, source: Any) -> bool:
    """Whether a secret stands at a place of a release, also when this profile puts none there.

    Somebody else may have written a password in plain, where the profile refers to a Secret.
    """
    if takes_secret(source) or names_password(key):
        return True
    return isinstance(source, Mapping) and YAML in source and "pass" in str(source)


def _as_yaml(value: Any) -> Any:
    """A tree as the text of a YAML document, sealed when a secret is in it."""
    if isinstance(value, Marker):
        return value
    text = yaml_text.dump(revealed(value))
    return Secret(text) if holds_secret(value) else text


def _escaped(value: Any) -> Any:
    """A value that Helm's ``tpl`` makes itself again: what opens an action there is escaped."""
    if isinstance(value, Secret):
        return Secret(_escaped(value.reveal()))
    if isinstance(value, str):
        return value.replace(_HELM_OPENS, _HELM_ESCAPED)
    if isinstance(value, dict):
        return {key: _escaped(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_escaped(inner) for inner in value]
    if isinstance(value, Entries):
        return replace(
            value, of=tuple(replace(entry, value=_escaped(entry.value)) for entry in value.of)
        )
    return value


def written(
    application: Application,
    description: Description,
    *,
    release: str = "",
    namespace: str = "",
    fullname: str | None = None,
) -> tuple[Leaf, ...]:
    """Only the values of `render`, for a description that stands for others.

    :raises FindingError: as `render`.
    """
    place = names.place(application, release=release, namespace=namespace, fullname=fullname)
    work = _Rendering(application, description, place)
    leaves = tuple(work.leaves())
    work.end()
    return leaves


def traps(
    application: Application,
    description: Description,
    *,
    release: str = "",
    namespace: str = "",
    fullname: str | None = None,
) -> tuple[Finding, ...]:
    """Only the findings of `render`.

    :raises FindingError: as `render`.
    """
    place = names.place(application, release=release, namespace=namespace, fullname=fullname)
    work = _Rendering(application, description, place)
    found = tuple(work.traps())
    work.end()
    return found


def unescaped(application: Application, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a release as Helm's ``tpl`` leaves them, in the places that pass through it."""
    places = [".".join((*application.prefix, place)) for place in application.profile.tpl]
    return {key: _unescaped(value, key, places) for key, value in values.items()}


def _unescaped(value: Any, key: str, places: Sequence[str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _unescaped(inner, f"{key}.{name}", places) for name, inner in value.items()}
    if isinstance(value, list):
        return [_unescaped(inner, key, places) for inner in value]
    if isinstance(value, str) and _lies_in(key, places):
        return value.replace(_HELM_ESCAPED, _HELM_OPENS)
    return value


def _lies_in(key: str, places: Sequence[str]) -> bool:
    """Whether a place, as keys with dots, is one of some others or lies below one."""
    return any(f"{key}.".startswith(f"{place}.") for place in places)


def overrides(
    application: Application,
    description: Description,
    *,
    release: str = "",
    namespace: str = "",
    fullname: str | None = None,
) -> tuple[Bound, ...]:
    """Only the overrides of `render`.

    :raises FindingError: as `render`.
    """
    place = names.place(application, release=release, namespace=namespace, fullname=fullname)
    work = _Rendering(application, description, place)
    found = tuple(work.overrides())
    work.end()
    return found
