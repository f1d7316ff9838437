# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a description as one application wants it. Pure: no file, no network, no cluster.

Expressions are native Jinja2 in a sandbox, evaluated once. What an expression yields is never read
again as YAML, as Python or as a template: a password that holds ``{{`` or looks like a number
stays as it is, and a port that is made text stays text.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, meta
from jinja2.nativetypes import NativeCodeGenerator, NativeTemplate
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import nearest
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    Leaf,
    Marker,
    Path,
    Profile,
    Rendered,
)

SECRET_NAMES = frozenset({"password"})


def _single_or_joined(parts: Iterable[Any]) -> Any:
    """The value of a template: the one value as it is, or several joined as text.

    Jinja2's own native concatenation parses text again (``"587"`` becomes 587, ``"1e3"`` a float).
    """
    values = list(parts)
    if len(values) == 1:
        return values[0]
    if any(isinstance(value, Marker) for value in values):
        raise TypeError("omit and keep stand alone")
    return "".join(str(value) for value in values)


class _CodeGenerator(NativeCodeGenerator):
    def _output_const_repr(self, group: Iterable[Any]) -> str:
        # Jinja2's own makes text of what it can work out beforehand, and parses it again later.
        return repr(_single_or_joined(group))


class _Environment(ImmutableSandboxedEnvironment):
    code_generator_class = _CodeGenerator
    concat = staticmethod(_single_or_joined)


class _Template(NativeTemplate):
    environment_class = _Environment  # type: ignore[assignment]  # it only needs its concat


_Environment.template_class = _Template
_ENVIRONMENT = _Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)


@functools.cache
def _compile(source: str) -> tuple[Any, frozenset[str]]:
    """The compiled expression, and the names that go into it."""
    names = meta.find_undeclared_variables(_ENVIRONMENT.parse(source))
    return _ENVIRONMENT.from_string(source), frozenset(names)


def _takes_secret(source: Any) -> bool:
    """Whether a secret goes into any expression of a value that could be evaluated."""
    if isinstance(source, Mapping):
        return any(map(_takes_secret, source.values()))
    if isinstance(source, list):
        return any(map(_takes_secret, source))
    return isinstance(source, str) and bool(_compile(source)[1] & SECRET_NAMES)


def render(profile: Profile, description: Description, *, release: str, namespace: str) -> Rendered:
    """The description as this application's values, environment and workloads.

    :raises FindingError: when an expression of the profile is wrong.
    """
    context = _context(description, release, namespace)

    def evaluate(where: str, source: Any) -> Any:
        return _evaluate(profile, context, where, source)

    leaves = tuple(
        Leaf(path, evaluate(".".join(("values", *path)), source), _takes_secret(source))
        for path, source in _leaves(profile.values)
    )
    env = {name: evaluate(f"evidence.env.{name}", source) for name, source in profile.env.items()}
    workloads = tuple(
        replace(workload, name=evaluate("workloads.name", workload.name))
        for workload in profile.workloads
    )
    return Rendered(leaves=leaves, env=env, workloads=workloads)


def _context(description: Description, release: str, namespace: str) -> dict[str, Any]:
    context = {entry.name: getattr(description, entry.name) for entry in fields(description)}
    context.update(
        password=description.password.reveal(),
        anonymous=description.anonymous,
        release=release,
        namespace=namespace,
        omit=OMIT,
        keep=KEEP,
    )
    return context


def _leaves(tree: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is no dictionary, with its place. A list is one value: Helm replaces it whole."""
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _evaluate(profile: Profile, context: Mapping[str, Any], where: str, source: Any) -> Any:
    if isinstance(source, (Mapping, list)):
        return _evaluate_inside(profile, context, where, source)
    if not isinstance(source, str):
        return source

    def wrong(problem: str) -> FindingError:
        place = f"{profile.source}, {where}"
        text = f"the expression {source!r} {problem}"
        return FindingError(CATALOGUE.finding("profile-invalid", where=place, problem=text))

    try:
        template, names = _compile(source)
    except TemplateSyntaxError as error:
        raise wrong(f"is no Jinja2 expression: {error.message}") from None
    for name in sorted(names - context.keys()):
        near = nearest(name, context)
        hint = f"{near} was probably meant" if near else f"known are {', '.join(sorted(context))}"
        raise wrong(f"takes {name}, which is not known; {hint}")
    try:
        return _finished(template.render(context), bool(names & SECRET_NAMES))
    except Exception as error:  # the expression is a user's: it can fail in any way
        # The error's own text may quote the value, which may be the password.
        raise wrong(f"cannot be evaluated ({type(error).__name__})") from None


def _evaluate_inside(
    profile: Profile, context: Mapping[str, Any], where: str, source: Mapping[str, Any] | list[Any]
) -> Any:
    """A list, or a dictionary in a list, with its expressions evaluated; `OMIT` leaves an entry out."""
    items = source.items() if isinstance(source, Mapping) else enumerate(source)
    found: dict[Any, Any] = {}
    for key, entry in items:
        value = _evaluate(profile, context, f"{where}.{key}", entry)
        if value is KEEP:
            place = f"{profile.source}, {where}.{key}"
            problem = "keep cannot stand in a list, because Helm replaces a list as a whole"
            raise FindingError(CATALOGUE.finding("profile-invalid", where=place, problem=problem))
        if value is not OMIT:
            found[key] = value
    return found if isinstance(source, Mapping) else list(found.values())


def _finished(value: Any, secret: bool) -> Any:
    """What an expression yielded, as data that a values file can hold, its secret texts sealed.

    :raises TypeError: when it is none, such as an undefined attribute.
    """
    if isinstance(value, str):
        return Secret(value) if secret else str(value)
    if isinstance(value, Mapping):
        return {str(key): _finished(entry, secret) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finished(entry, secret) for entry in value]
    if value is None or isinstance(value, (bool, Marker)):
        return value
    if isinstance(value, (int, float)) and not secret:
        return value
    raise TypeError(type(value).__name__)
