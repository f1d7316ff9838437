# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The places outside the values of a profile that decide about mail too, and what each one does. Pure.

A setting of ours counts only as far as no such place goes before it. The value that is found there may be
a secret: it goes into expressions that yield true or false, and into no finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils import parse
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.values import get
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.expression import (
    ExpressionError,
    evaluate,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.limits import Budget
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    OMIT,
    Entries,
    Leaf,
    Override,
    Path,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.names import Names
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import revealed

AS_YAML = "$yaml"
"""A step that reads the text at a place as YAML."""
ANY = "*"

CODES = {
    "replaces": "mail-decided-elsewhere",
    "beside": "mail-decided-beside",
    "keeps": "mail-kept-elsewhere",
    "hides": "mail-source-unread",
}
TAKES_LOGIN = "login-goes-elsewhere"
IN_NO_REVIEW = frozenset({"login-goes-elsewhere", "mail-decided-elsewhere"})
"""Findings that stop a change, and are warnings where values are only read."""


@dataclass(frozen=True)
class Bound:
    """An override of a profile, with the description that is held against what is found.

    :param prefix: the key of the subchart.
    :param names: what the expressions may use.
    :param title: of the application.
    """

    override: Override
    prefix: Path
    title: str
    names: Names = field(repr=False, compare=False)

    def matches(self, variable: str) -> bool:
        """Whether this is about the environment variable."""
        return bool(self.override.env) and fnmatchcase(variable, self.override.env)

    def judge(self, place: str, found: Any, keys: Sequence[str] = ()) -> Finding | None:
        """Return what to say about a place; `None` when it is empty or agrees with the description.

        :param place: where it is, for people.
        :param found: what stands there.
        :param keys: the keys on the way to it, which expressions may use.
        """
        override = self.override
        if not override.env and _is_empty(found, switch=override.agrees is None):
            return None
        if override.agrees is not None and self._is_true(override.agrees, found, keys):
            return None
        login = override.login is not None and self._is_true(override.login, found, keys)
        return CATALOGUE.finding(
            TAKES_LOGIN if login else CODES[override.effect],
            where=place,
            title=self.title,
            decides=override.decides,
            fix=override.fix or f"Remove {place}, or give it the same settings.",
        )

    def _is_true(self, source: str, found: Any, keys: Sequence[str]) -> bool:
        """The answer of an expression; one that cannot deal with what is found says no."""
        own = {"found": revealed(found), "keys": list(keys)}
        known = replace(
            self.names, full={**self.names.full, **own}, plain={**self.names.plain, **own}
        )
        try:
            return evaluate(source, known, Budget()) is True
        except ExpressionError:
            return False


def _is_empty(found: Any, *, switch: bool) -> bool:
    """Whether nothing stands at a place of the values.

    :param switch: whether false is nothing.
    """
    if found is False:
        return switch
    return found is None or found is OMIT or found in ({}, []) or not str(found).strip()


def in_values(
    overrides: Sequence[Bound], values: Mapping[str, Any], leaves: Sequence[Leaf]
) -> Iterator[tuple[Finding, str]]:
    """Yield each finding about a place in the values, with the last key of its place.

    :param values: those of the release, with the chart's defaults.
    :param leaves: those of the profile: what stands at these places is its own.
    """
    for bound in overrides:
        steps = bound.override.values
        if not steps or bound.override.file:
            continue
        for path, found in _walk(values, (*bound.prefix, *steps)):
            if not _is_own(path, leaves):
                finding = bound.judge(shown(path), found, path[len(bound.prefix) :])
                if finding is not None:
                    yield finding, path[-1]


def in_file(bound: Bound, place: str, text: str | Secret) -> Iterator[Finding]:
    """Yield each finding about a place in a file of a container that holds YAML or JSON.

    :param place: the file, for people.
    """
    for path, found in _walk(text, (AS_YAML, *bound.override.values)):
        finding = bound.judge(f"{place}, {shown(path)}", found, path)
        if finding is not None:
            yield finding


def shown(path: Sequence[str]) -> str:
    """A place as people write it: ``config.receivers[ops].email_configs[0]``."""
    text = ""
    for step in path:
        if step.startswith("["):
            text += step
        elif "." in step:
            text += f'["{step}"]'
        else:
            text += f".{step}" if text else step
    return text


def _walk(found: Any, steps: Sequence[str]) -> Iterator[tuple[Path, Any]]:
    """Every place that a pattern means, and what stands there."""
    if not steps:
        yield (), found
        return
    step, *rest = steps
    for key, inner in _one(found, step):
        for path, last in _walk(inner, rest):
            yield (*key, *path), last


def _one(found: Any, step: str) -> Iterator[tuple[Path, Any]]:
    """What one step leads to, with the part of the place that it stands for."""
    if step == AS_YAML:
        document = _document(found)
        if document is not None:
            yield (), document
    elif isinstance(found, Mapping):
        for key, inner in found.items():
            if fnmatchcase(str(key), step):
                yield (str(key),), inner
    elif isinstance(found, list):
        by, equals, pattern = step.partition("=")
        for number, inner in enumerate(found):
            name = inner.get(by if equals else "name") if isinstance(inner, Mapping) else None
            known = fnmatchcase(str(name), pattern) if equals else step == ANY
            if known:
                yield (f"[{number if name is None else name}]",), inner


def _document(text: Any) -> Any:
    """The YAML document of a text; `None` when it is none."""
    text = revealed(text)
    if not isinstance(text, str):
        return text if isinstance(text, Mapping) else None
    try:
        return parse.yaml_document(text)
    except parse.UnreadableError:
        return None


def _is_own(path: Path, leaves: Sequence[Leaf]) -> bool:
    """Whether a place is one that the profile writes itself."""
    for leaf in leaves:
        if path[: len(leaf.path)] != leaf.path:
            continue
        if not isinstance(leaf.value, Entries):
            return leaf.value is not OMIT
        rest = path[len(leaf.path) :]
        return bool(rest) and rest[0] in {f"[{key}]" for key in leaf.value.wanted()}
    return False


def coalesced(given: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Values with the chart's defaults below them, as Helm joins them: null takes a default away."""
    result = dict(defaults)
    for key, value in given.items():
        below = get(defaults, (key,))
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(below, Mapping):
            result[key] = coalesced(value, below)
        else:
            result[key] = value
    return result


def as_warnings(findings: Sequence[Finding]) -> list[Finding]:
    """The findings where nothing is changed: what would stop a change is a warning there."""
    return [
        replace(finding, severity="warning") if finding.code in IN_NO_REVIEW else finding
        for finding in findings
    ]
