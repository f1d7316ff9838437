# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of the expressions of a profile: how much work they may do, and how large a value may become.

The sandbox of Jinja2 keeps an expression from the system, but not from the processor and the memory.
So a tree is rewritten before it is compiled: whatever makes a value passes it through `WEIGHED`, and
each turn of a loop through `COUNTED`, which charge it to the budget of the rendering. What could make
something huge in one step (repetition, powers, formatting, replacing) is looked at before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from jinja2 import (
    TemplateSyntaxError,
    filters,
    nodes,
    pass_context,
    pass_environment,
    pass_eval_context,
)
from jinja2.visitor import NodeTransformer

LONGEST_SOURCE = 20_000
"""Characters of an expression: forty times the longest of the shipped profiles."""
LARGEST = 2**20
"""How large a value may be, in characters of its texts. Every part of a list or dictionary counts for 16 more."""
PART = 16
MOST_STEPS = 30_000
"""Of one rendering: more than three times what a shipped profile takes, and less than a second."""
PER_STEP = 1000
"""So many characters are as much work as one step."""
COMPILING = 20
"""Steps for an expression, however short it is."""
MOST_BITS = 4096
"""Of a whole number."""
DEEPEST = 100
"""Levels of lists and dictionaries."""
WIDEST = 1000
"""Of a padded number or text, and of an indentation."""

WEIGHED, COUNTED = "_weighed", "_counted"

STATEMENTS = (nodes.Output, nodes.If, nodes.For, nodes.Assign, nodes.AssignBlock, nodes.With)
"""What may stand in braces with a percent sign: conditions, loops and variables."""
_FOR_DATA = (
    "abs attr capitalize count d default dictsort e escape first float format groupby indent int items "
    "join last length list lower map max min reject rejectattr replace reverse round select selectattr "
    "sort string title tojson trim truncate unique upper urlencode wordcount"
)
_OF_TEXTS = (
    "capitalize casefold count endswith find index isalnum isalpha isascii isdecimal isdigit "
    "isidentifier islower isnumeric isprintable isspace istitle isupper join lower lstrip partition "
    "removeprefix removesuffix replace rfind rindex rpartition rsplit rstrip split splitlines "
    "startswith strip swapcase title upper"
)

FILTERS = frozenset(_FOR_DATA.split())
"""The filters of Jinja2 that are for data. The others are for web pages, at random, or only make things larger."""
GLOBALS = frozenset({"dict", "range"})
METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset(_OF_TEXTS.split()),
    dict: frozenset({"get", "items", "keys", "values"}),
    list: frozenset({"count", "index"}),
    tuple: frozenset({"count", "index"}),
    float: frozenset({"is_integer"}),
    int: frozenset({"bit_length"}),
}
"""The methods of values that only ask, or make nothing much larger."""

_SPECIFIER = re.compile(r"%(?:\([^)]*\))?[#0\- +]*(\*|\d*)(?:\.(\*|\d*))?")


class TooMuchError(Exception):
    """An expression takes more work or memory than it may; the text ends a sentence."""


@dataclass
class Budget:
    """The work that the expressions of one rendering may still do."""

    steps: int = MOST_STEPS

    def spend(self, size: int = 0) -> None:
        """:raises TooMuchError: when nothing is left."""
        self.steps -= 1 + size // PER_STEP
        if self.steps < 0:
            raise TooMuchError("does too much work")


BUDGET: ContextVar[Budget] = ContextVar("budget")
"""That of the rendering that is under way."""


def size(value: Any) -> int:
    """How large a value is, at least as far as the limit.

    :raises TooMuchError: when it is larger.
    """
    total, depth, level = 0, 0, [value]
    while level:
        depth += 1
        if depth > DEEPEST:
            raise TooMuchError(f"nests a value deeper than {DEEPEST} levels")
        inner: list[Any] = []
        for part in level:
            total += PART
            if isinstance(part, str):
                total += len(part)
            elif isinstance(part, Mapping):
                inner += part.keys()
                inner += part.values()
            elif isinstance(part, (list, tuple)):
                inner += part
            elif isinstance(part, range):
                total += PART * len(part)
            elif isinstance(part, int):
                _fits_bits(part.bit_length())
            if total + PART * len(inner) > LARGEST:
                raise TooMuchError("makes a value that is too large")
        level = inner
    return total


@pass_context  # so that Jinja2 does not work it out when it compiles
def weighed(_context: Any, value: Any) -> Any:
    """The value, charged to the budget; an iterator, with each of its entries charged."""
    if isinstance(value, Iterator):
        return _entries(value)
    BUDGET.get().spend(size(value))
    return value


def _entries(values: Iterator[Any]) -> Iterator[Any]:
    total = 0
    for value in values:
        weight = size(value)
        total += weight
        if total > LARGEST:
            raise TooMuchError("makes a value that is too large")
        BUDGET.get().spend(weight)
        yield value


@pass_context
def counted(_context: Any, values: Iterable[Any]) -> Iterator[Any]:
    """The entries that a loop goes through, each a step."""
    for value in values:
        BUDGET.get().spend()
        yield value


class Limiter(NodeTransformer):
    """Rewrites the tree of an expression so that whatever it makes is charged."""

    def limited(self, tree: nodes.Template) -> nodes.Template:
        """:raises TemplateSyntaxError: for a statement that no expression needs."""
        for node in tree.find_all(nodes.Stmt):
            if not isinstance(node, STATEMENTS):
                raise TemplateSyntaxError("such a statement is not for profiles", node.lineno)
        for loop in tree.find_all(nodes.For):
            if loop.recursive:
                raise TemplateSyntaxError("a recursive loop is not for profiles", loop.lineno)
        for block in tree.find_all(nodes.AssignBlock):
            if block.filter is not None:
                raise TemplateSyntaxError("a block with a filter is not for profiles", block.lineno)
        self.visit(tree)
        return tree

    def visit_For(self, node: nodes.For) -> nodes.For:
        self.generic_visit(node)
        node.iter = _through(COUNTED, node.iter)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Expr:
        """Two by two, so that not everything is joined before it is weighed."""
        self.generic_visit(node)
        first, *others = node.nodes
        joined: nodes.Expr = _through(WEIGHED, first)
        for other in others:
            joined = _through(WEIGHED, nodes.Concat([joined, other], lineno=node.lineno))
        return joined

    def visit_Compare(self, node: nodes.Compare) -> nodes.Compare:
        self.generic_visit(node)
        node.expr = _through(WEIGHED, node.expr)
        for operand in node.ops:
            operand.expr = _through(WEIGHED, operand.expr)
        return node

    def visit_Test(self, node: nodes.Test) -> nodes.Test:
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name):  # whether it is defined is a question, too
            node.node = _through(WEIGHED, node.node)
        return node

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Expr:
        return self._made(node) if node.ctx == "load" else node

    def _made(self, node: nodes.Expr) -> nodes.Expr:
        self.generic_visit(node)
        return _through(WEIGHED, node)

    visit_Add = visit_Sub = visit_Mul = visit_Div = visit_FloorDiv = visit_Mod = visit_Pow = _made
    visit_Call = visit_Filter = visit_Getitem = visit_List = visit_Dict = _made


def _through(name: str, node: Any) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def joined(parts: Iterable[Any], separator: str = "") -> str:
    """Values joined as text.

    :raises TooMuchError: when that is too large.
    """
    texts, total = [], 0
    for part in parts:
        total += size(part) + len(separator)
        if total > LARGEST:
            raise TooMuchError("makes a text that is too large")
        texts.append(str(part))
    return separator.join(texts)


def operate(operator: str, left: Any, right: Any) -> None:
    """Look at a binary operation before it is made.

    :raises TooMuchError: when what it makes may be too large.
    """
    if operator == "%" and isinstance(left, str):
        _format(left, right)
    elif operator == "*":
        for things, times in ((left, right), (right, left)):
            if isinstance(times, int) and isinstance(things, (str, list, tuple)):
                _fits(size(things) * times)
    elif operator == "**" and isinstance(left, int) and isinstance(right, int):
        _fits_bits(left.bit_length() * right)


def _format(form: str, values: Any) -> None:
    found = _SPECIFIER.findall(form)
    for number in (number for pair in found for number in pair):
        if number == "*" or len(number) > len(str(WIDEST)) or int(number or 0) > WIDEST:
            raise TooMuchError(f"pads a value to more than {WIDEST} characters")
    _fits(len(form) + len(found) * (WIDEST + size(values)))


def _fits_bits(bits: int) -> None:
    if bits > MOST_BITS:
        raise TooMuchError("makes a number that is too large")


def _fits(total: int) -> None:
    if total > LARGEST:
        raise TooMuchError("makes a value that is too large")


def replaced(text: str, old: Any, new: Any, count: int | None = None) -> str:
    """A text with a part of it replaced.

    :raises TooMuchError: when that is too large.
    """
    text, old, new = str(text), str(old), str(new)
    _fits(len(text) + text.count(old) * len(new))
    return text.replace(old, new, -1 if count is None else count)


@pass_environment
def _join(environment: Any, value: Iterable[Any], d: str = "", attribute: Any = None) -> str:
    if attribute is not None:
        value = map(filters.make_attrgetter(environment, attribute), value)
    return joined(value, str(d))


@pass_eval_context
def _json(context: Any, value: Any) -> str:
    return filters.do_tojson(context, value)


def _formatted(value: Any, *args: Any, **kwargs: Any) -> str:
    text = str(value)
    _format(text, kwargs or args)
    return filters.do_format(text, *args, **kwargs)


def _indented(value: str, width: int | str = 4, first: bool = False, blank: bool = False) -> str:
    if (len(width) if isinstance(width, str) else int(width)) > WIDEST:
        raise TooMuchError(f"indents by more than {WIDEST} characters")
    by = len(width) if isinstance(width, str) else max(int(width), 0)
    _fits(len(value) + (len(value.splitlines()) + 1) * by)
    return filters.do_indent(value, width, first, blank)


def _rounded(value: float, precision: int = 0, method: Any = "common") -> float:
    if abs(precision) > WIDEST:
        raise TooMuchError("rounds to more digits than there are")
    return filters.do_round(value, precision, method)


CHECKED: Mapping[str, Callable[..., Any]] = {
    "format": _formatted,
    "indent": _indented,
    "join": _join,
    "replace": replaced,
    "round": _rounded,
    "tojson": _json,
    WEIGHED: weighed,
    COUNTED: counted,
}
"""Filters in place of Jinja2's own, which look at what they are to make before they make it."""


def safe_method(thing: Any, name: str) -> bool | None:
    """Whether a method of a value may be called; `None` for what is no value."""
    known = next((names for kind, names in METHODS.items() if isinstance(thing, kind)), None)
    return None if known is None else name in known
