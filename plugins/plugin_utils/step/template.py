# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands behind a value that Ansible evaluates: its texts, also those of the variables that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jinja2
from ansible import errors, template
from ansible.errors import AnsibleError
from ansible.utils.unsafe_proxy import AnsibleUnsafe
from jinja2 import meta

OMITTED: type[Exception] | tuple[()] = getattr(errors, "AnsibleValueOmittedError", ())
"""What ansible-core raises for ``default(omit)``; versions before 2.19 give a placeholder instead."""
MARKS = "{{, {% or {#"
"""What begins a template."""
UNSAFE = '{"__ansible_unsafe": "…"}'
"""How JSON, as in ``--extra-vars``, says that a text is not a template."""

OF_ALL = frozenset({"hostvars", "vars"})
"""Variables that hold all variables, of every host: what a template takes of them is not looked through."""

_JINJA = jinja2.Environment(autoescape=True)
_EXPRESSIONS = ("variable_begin", "block_begin")


def cannot_be_decrypted(value: Any, variables: Mapping[str, Any]) -> bool:
    """Return whether a text behind `value` is encrypted with a vault that Ansible has no password for."""
    return any(_is_locked(text) for text in _texts(value, variables, set()))


def loses_a_comment(value: Any, variables: Mapping[str, Any]) -> bool:
    """Return whether a text behind `value` has something between ``{#`` and ``#}``, which goes silently."""
    return any(
        isinstance(text, str) and _is_template(text) and _has_comment(text)
        for text in _texts(value, variables, set())
    )


def _texts(value: Any, variables: Mapping[str, Any], seen: set[str]) -> Iterator[Any]:
    """Yield every text in a value and in the variables that its templates name."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner, variables, seen)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner, variables, seen)
    elif hasattr(value, "casefold"):
        yield value
        for name in sorted(_names(value) - seen - OF_ALL):
            seen.add(name)
            if name in variables:
                yield from _texts(variables[name], variables, seen)


def _names(text: Any) -> set[str]:
    """Return the variables that a template names; none for what is not one."""
    if not (isinstance(text, str) and "{" in text and _is_template(text)):
        return set()
    try:
        return meta.find_undeclared_variables(_JINJA.parse(text))
    except jinja2.TemplateSyntaxError:
        return set()  # Ansible's own error tells about it


def _is_template(text: str) -> bool:
    trusted = getattr(template, "is_trusted_as_template", None)
    if trusted is None:
        return not isinstance(text, AnsibleUnsafe)
    return bool(trusted(text))


def _is_locked(text: Any) -> bool:
    try:
        str(text)
    except AnsibleError:
        return True
    return False


def _has_comment(text: str) -> bool:
    """Return whether a comment stands among plain text. One beside an expression alone is meant so."""
    try:
        tokens = [(kind, part) for _line, kind, part in _JINJA.lex(text)]
    except jinja2.TemplateSyntaxError:
        return False  # Ansible's own error tells about it
    kinds = {kind for kind, _part in tokens}
    plain = any(kind == "data" and part.strip() for kind, part in tokens)
    return "comment_begin" in kinds and (plain or not kinds & set(_EXPRESSIONS))
