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

from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.nativetypes import NativeCodeGenerator, NativeTemplate
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
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
    return values[0] if len(values) == 1 else "".join(str(value) for value in values)


class _Environment(ImmutableSandboxedEnvironment):
    code_generator_class = NativeCodeGenerator
    concat = staticmethod(_single_or_joined)


class _Template(NativeTemplate):
    environment_class = _Environment  # type: ignore[assignment]  # it only needs its concat


_Environment.template_class = _Template
_ENVIRONMENT = _Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)


@functools.cache
def _compile(source: str) -> tuple[Any, bool]:
    """The compiled expression, and whether a secret goes into it."""
    names = meta.find_undeclared_variables(_ENVIRONMENT.parse(source))
    return _ENVIRONMENT.from_string(source), bool(names & SECRET_NAMES)


def render(profile: Profile, description: Description, *, release: str, namespace: str) -> Rendered:
    """The description as this application's values, environment and workloads.

    :raises FindingError: when an expression of the profile is wrong.
    """
    context = _context(description, release, namespace)

    def evaluate(where: str, source: Any) -> Any:
        return _evaluate(profile, context, where, source)

    leaves = tuple(
        Leaf(path, evaluate(".".join(("values", *path)), source))
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
    """Every value that is no dictionary, with its place. A list is one value: Helm replaces lists whole."""
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key), value


def _evaluate(profile: Profile, context: Mapping[str, Any], where: str, source: Any) -> Any:
    if isinstance(source, list):
        return [_evaluate(profile, context, where, entry) for entry in source]
    if not isinstance(source, str):
        return source
    try:
        template, secret = _compile(source)
        value = template.render(context)
    except (TemplateError, TypeError, ValueError) as error:
        finding = CATALOGUE.finding(
            "profile-invalid",
            where=f"{profile.source}, {where}",
            # The error's own text may quote the value, which may be the password.
            problem=f"the expression {source!r} cannot be evaluated ({type(error).__name__})",
        )
        raise FindingError(finding) from None
    if secret and not isinstance(value, Marker):
        return Secret(value if isinstance(value, str) else str(value))
    return value
