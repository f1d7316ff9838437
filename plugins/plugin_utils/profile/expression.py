# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluates the expressions of a profile: native Jinja2 in a sandbox, evaluated once.

What an expression yields is never read again as YAML, as Python or as a template: a password that
holds ``{{`` or looks like a number stays as it is, and a port that is made text stays text.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.nativetypes import NativeCodeGenerator, NativeTemplate
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import nearest
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile import limits
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import PRESENT, Marker
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.names import (
    HOLDERS,
    SECRET_NAMES,
    SECRET_PARTS,
    Names,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import holds_secret


class ExpressionError(Exception):
    """An expression that cannot be evaluated; the text says why, without any value."""


def _single_or_joined(parts: Iterable[Any]) -> Any:
    """The value of a template: the one value as it is, or several joined as text.

    Jinja2's own native concatenation parses text again (``"587"`` becomes 587, ``"1e3"`` a float).
    """
    values = list(parts)
    return values[0] if len(values) == 1 else limits.joined(values)


class _CodeGenerator(NativeCodeGenerator):
    def _output_const_repr(self, group: Iterable[Any]) -> str:
        # Jinja2's own makes text of what it can work out beforehand, and parses it again later.
        return repr(_single_or_joined(group))

    def _output_child_to_const(self, node: nodes.Expr, frame: Any, finalize: Any) -> Any:
        if not isinstance(node, nodes.TemplateData):
            raise nodes.Impossible  # what is worked out here is not limited
        return super()._output_child_to_const(node, frame, finalize)


class _Environment(ImmutableSandboxedEnvironment):
    code_generator_class = _CodeGenerator
    concat = staticmethod(_single_or_joined)
    intercepted_binops = frozenset(ImmutableSandboxedEnvironment.default_binop_table)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        safe = limits.safe_method(obj, attr)
        return super().is_safe_attribute(obj, attr, value) if safe is None else safe

    def wrap_str_format(self, value: Any) -> None:
        """Leaves ``str.format`` to `is_safe_attribute`: it pads without a limit."""

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        limits.operate(operator, left, right)
        return super().call_binop(context, operator, left, right)

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        text, name = getattr(obj, "__self__", None), getattr(obj, "__name__", "")
        if isinstance(text, str) and name == "replace":
            return limits.replaced(text, *args, **kwargs)
        if isinstance(text, str) and name == "join":
            return limits.joined(next(iter(args)), text)
        return super().call(context, obj, *args, **kwargs)


class _Template(NativeTemplate):
    environment_class = _Environment  # type: ignore[assignment]  # it only needs its concat


def _of_known(encode: Callable[[str], str]) -> Callable[[Any], Any]:
    """A filter that leaves a value as it is that holds a marker."""
    return lambda value: value if "\0" in str(value) else encode(str(value))


def _b64encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _percent_encode(text: str) -> str:
    """All but the unreserved characters of a URL (RFC 3986 section 2.3)."""
    return quote(text, safe="")


_Environment.template_class = _Template
_ENVIRONMENT = _Environment(
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    autoescape=False,
    optimized=False,  # an action evaluates each expression once, so it would not pay
)
_ENVIRONMENT.globals = {
    name: thing for name, thing in _ENVIRONMENT.globals.items() if name in limits.GLOBALS
}
_ENVIRONMENT.filters = {
    name: thing for name, thing in _ENVIRONMENT.filters.items() if name in limits.FILTERS
} | dict(limits.CHECKED)
_ENVIRONMENT.filters["b64encode"] = _of_known(_b64encode)
_ENVIRONMENT.filters["percent_encode"] = _of_known(_percent_encode)


@dataclass(frozen=True)
class _Compiled:
    """An expression with the names that go into it, and whether a secret does."""

    template: Any
    names: frozenset[str]
    secret: bool


@functools.cache
def _compile(source: str) -> _Compiled:
    """:raises TemplateSyntaxError: when it is none, or too long or too deep to be compiled."""
    if len(source) > limits.LONGEST_SOURCE:
        raise TemplateSyntaxError(f"it is longer than {limits.LONGEST_SOURCE} characters", 1)
    try:
        return _compiled(_ENVIRONMENT.parse(source))
    except TemplateSyntaxError:
        raise
    except (RecursionError, MemoryError, SyntaxError, ValueError, OverflowError):
        # A number of thousands of digits, or more brackets than the compiler of Python takes.
        raise TemplateSyntaxError("it is nested too deep, or holds too large a number", 1) from None


def _compiled(tree: nodes.Template) -> _Compiled:
    for node in tree.find_all(nodes.Filter):
        # Jinja2 itself tells of one in a condition only when it gets there.
        if node.name not in _ENVIRONMENT.filters:
            hint = _hint(node.name, (name for name in _ENVIRONMENT.filters if name[0] != "_"))
            raise TemplateSyntaxError(f"the filter {node.name} is not known; {hint}", node.lineno)
    found = list(tree.find_all((nodes.Name, nodes.Getattr, nodes.Const)))
    own = {node.name for node in found if isinstance(node, nodes.Name) and node.ctx != "load"}
    named = {node.name for node in found if isinstance(node, nodes.Name)}
    names = frozenset(named - own - _ENVIRONMENT.globals.keys())
    parts = not names.isdisjoint(HOLDERS) and any(map(_names_a_part, found))
    secret = parts or not names.isdisjoint(SECRET_NAMES)
    limited = limits.Limiter().limited(tree)
    limited.set_environment(_ENVIRONMENT)
    return _Compiled(_ENVIRONMENT.from_string(limited), names, secret)


def _names_a_part(node: nodes.Node) -> bool:
    """Whether a secret part is named, as in ``oauth.token`` or ``map(attribute='token')``."""
    if isinstance(node, nodes.Getattr):
        return node.attr in SECRET_PARTS
    text = node.value if isinstance(node, nodes.Const) else None
    return isinstance(text, str) and any(part in text for part in SECRET_PARTS)


def takes(source: Any) -> frozenset[str]:
    """The names that go into a value, through all its expressions that are well formed."""
    if isinstance(source, Mapping):
        return frozenset().union(*map(takes, source.values()))
    if isinstance(source, list):
        return frozenset().union(*map(takes, source))
    if not isinstance(source, str) or "{" not in source:
        return frozenset()
    try:
        return _compile(source).names
    except TemplateSyntaxError:
        return frozenset()


def takes_secret(source: Any) -> bool:
    """Whether a secret goes into any expression of a value that is well formed."""
    if isinstance(source, Mapping):
        return any(map(takes_secret, source.values()))
    if isinstance(source, list):
        return any(map(takes_secret, source))
    if not isinstance(source, str) or "{" not in source:
        return False
    try:
        return _compile(source).secret
    except TemplateSyntaxError:
        return False


def require_known(source: str, names: Names) -> None:
    """Sees that an expression is well formed and takes only known names, without evaluating it.

    :raises ExpressionError: when it is wrong.
    """
    _known(source, names)


def _known(source: str, names: Names) -> _Compiled:
    try:
        compiled = _compile(source)
    except TemplateSyntaxError as error:
        raise ExpressionError(f"is no Jinja2 expression: {error.message}") from None
    for name in sorted(compiled.names - names.full.keys()):
        raise ExpressionError(f"takes {name}, which is not known; {_hint(name, names.full)}")
    return compiled


def evaluate(source: str, names: Names, budget: limits.Budget) -> Any:
    """What an expression yields: data that a values file can hold, its secret texts sealed.

    :param budget: the work that may still be done.
    :raises ExpressionError: when it is wrong, or takes too much.
    """
    if "{" not in source:
        return source
    try:
        budget.spend(limits.COMPILING * limits.PER_STEP)
        compiled = _known(source, names)
    except limits.TooMuchError as error:
        raise ExpressionError(f"{error}, with all before it") from None
    token = limits.BUDGET.set(budget)
    try:
        secret = compiled.secret or not names.sealed.isdisjoint(compiled.names)
        value = compiled.template.render(names.full if secret else names.plain)
        return _sealed(value) if secret and names.secret else _finished(value)
    except limits.TooMuchError as error:
        raise ExpressionError(str(error)) from None
    except Exception as error:  # the expression is a user's: it can fail in any way
        # The error's own text may quote the value, which may be a secret.
        raise ExpressionError(f"cannot be evaluated ({type(error).__name__})") from None
    finally:
        limits.BUDGET.reset(token)


def _hint(name: str, known: Iterable[str]) -> str:
    """The end of a sentence on a name that is not known."""
    every = sorted(known)
    near = nearest(name, every)
    return f"{near} was probably meant" if near else f"known are {', '.join(every)}"


def _finished(value: Any) -> Any:
    """A value as plain data.

    :raises TypeError: when it is none, such as an undefined attribute.
    """
    if isinstance(value, str):
        if str(PRESENT) in value:
            return PRESENT  # nobody knows the whole of it
        if "\0" in value:
            raise TypeError("omit and keep stand alone")
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _finished(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finished(entry) for entry in value]
    if value is None or isinstance(value, (bool, int, float, Marker)):
        return value
    raise TypeError(type(value).__name__)


def _sealed(value: Any) -> Any:
    """A value that a secret has gone into, its texts sealed.

    :raises TypeError: when it is no data, or a number that may come from the secret: beside a
        sealed text it may stand, because what holds one is never shown.
    """
    plain = _finished(value)
    sealed = _with_texts_sealed(plain)
    if _holds_number(plain) and not holds_secret(sealed):
        raise TypeError("a number")
    return sealed


def _with_texts_sealed(value: Any) -> Any:
    if isinstance(value, str):
        return Secret(value)
    if isinstance(value, dict):
        return {key: _with_texts_sealed(entry) for key, entry in value.items()}
    return [_with_texts_sealed(entry) for entry in value] if isinstance(value, list) else value


def _holds_number(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_number, value.values()))
    if isinstance(value, list):
        return any(map(_holds_number, value))
    return isinstance(value, (int, float)) and not isinstance(value, bool)
