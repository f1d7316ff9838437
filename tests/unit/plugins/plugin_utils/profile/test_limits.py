# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An expression of a profile ends, soon and with little memory, whatever it was written for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import (
    FOLDER,
    application,
    load,
    shipped,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Application
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import _Rendering, render
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    DESCRIPTION,
    findings_of,
)

SECONDS = 2
MEMORY = 256 * 2**20

DOUBLING = "".join("{% set x = FORM %}" for _ in range(60))

HOSTILE = {
    "repetition": "{{ 'x' * 10 ** 9 }}",
    "repetition of a list": "{{ [0] * 10 ** 9 }}",
    "repetition by a text on the right": "{{ 1000000000 * 'x' }}",
    "power": "{{ 10 ** (10 ** 9) }}",
    "power of a power": "{{ (((9 ** 999) ** 999) ** 999) ** 999 }}",
    "product": "{% set x = 999999999 %}" + DOUBLING.replace("FORM", "x * x") + "{{ x }}",
    "padded number": "{{ '%1000000000d' % 1 }}",
    "padded text": "{{ '%1000000000s' % 'x' }}",
    "padding by an argument": "{{ '%*d' % (1000000000, 1) }}",
    "precision": "{{ '%.1000000000f' % 1 }}",
    "format filter": "{{ '%1000000000d' | format(1) }}",
    "many of the same": "{{ ('%(a)s' * 10000) % {'a': 'x' * 1000000} }}",
    "str.format": "{{ '{:1000000000}'.format(1) }}",
    "ljust": "{{ 'x'.ljust(1000000000) }}",
    "zfill": "{{ 'x'.zfill(1000000000) }}",
    "expandtabs": "{{ '\\t'.expandtabs(1000000000) }}",
    "center": "{{ 'x' | center(1000000000) }}",
    "indent": "{{ 'x\\ny' | indent(1000000000) }}",
    "indent by a text": "{{ ('x\\n' * 50000) | indent('y' * 50000) }}",
    "tojson": "{{ [1] | tojson(indent=1000000000) }}",
    "round": "{{ 1.5 | round(1000000000, 'ceil') }}",
    "to_bytes": "{{ (1).to_bytes(1000000000, 'big') }}",
    "replace": "{{ ('x' * 1000000) | replace('x', 'y' * 1000000) }}",
    "replace method": "{{ ('x' * 1000000).replace('', 'y' * 1000000) }}",
    "join": "{{ ['x' * 100000] * 100 * 100 | join('y' * 100000) }}",
    "join method": "{{ ('y' * 100000).join(['x' * 1000] * 1000) }}",
    "range": "{{ range(100000) | list * 1000 }}",
    "ranges of ranges": "{% for a in range(9999) %}{% for b in range(9999) %}"
    "{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
    "comparisons": "{% for a in range(9999) %}{{ 'x' * 1000000 == 'x' * 1000000 }}{% endfor %}",
    "membership": "{% for a in range(9999) %}{{ 'xy' in 'x' * 1000000 }}{% endfor %}",
    "sorting": "{% for a in range(9999) %}{{ ('xy' * 30000) | list | sort }}{% endfor %}",
    "doubled text": "{% set x = 'x' %}" + DOUBLING.replace("FORM", "x ~ x") + "{{ x }}",
    "doubled sum": "{% set x = 'x' %}" + DOUBLING.replace("FORM", "x + x") + "{{ x }}",
    "doubled list": "{% set x = [0] %}" + DOUBLING.replace("FORM", "[x, x]") + "{{ x }}",
    "doubled tuple": "{% set x = (0,) %}" + DOUBLING.replace("FORM", "(x, x)") + "{{ x == 1 }}",
    "doubled mapping": "{% set x = {} %}"
    + DOUBLING.replace("FORM", "{'a': x, 'b': x}")
    + "{{ x | string }}",
    "doubled block": "{% set x = 'x' %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 60 + "{{ x }}",
    "many large ones": "{% set x = [] %}" + "{% set x = x + ['x' * 1000000] %}" * 500 + "{{ x }}",
    "kept slices": "{% set x = 'x' * 1000000 %}"
    + "".join(f"{{% set y{n} = x[1:] %}}" for n in range(900)),
    "joined at once": "{{ " + " ~ ".join(["'x' * 1000000"] * 1000) + " }}",
    "yielded at once": "{{ 'x' * 1000000 }}" * 1000,
    "nested": "{% set x = [] %}" + "{% set x = [x] %}" * 1100 + "{{ x | string }}",
    "mapped": "{{ range(9999) | map('string') | map('replace', '', 'x' * 100000) | list }}",
    "sum of lists": "{{ [[0] * 1000] * 1000 | sum(start=[]) }}",
    "a macro": "{% macro f(n) %}{{ f(n) }}{{ f(n) }}{% endmacro %}{{ f(1) }}",
    "a recursive loop": "{% for x in [[0]] recursive %}{{ loop([x, x]) }}{% endfor %}",
    "lipsum": "{{ lipsum(n=1000000) }}",
    "brackets": "{{ " + "(" * 9000 + ")" * 9000 + " }}",
    "a long sum": "{{ " + "1 + " * 4000 + "1 }}",
    "digits": "{{ " + "1" * 9000 + " }}",
    "length": "{{ '" + "x" * 30_000 + "' }}",
    "dict": "{{ dict(dict(a='x' * 1000000), b='x' * 1000000) }}",
    "urlencode": "{{ ('%' * 1000000) | percent_encode | percent_encode }}",
}
"""Expressions that would take gigabytes or hours."""


def profile_of(expression: str, folder: Path) -> str:
    """The path of a profile of one's own in which an expression stands."""
    document = yaml.safe_load((FOLDER / "qualytics.yml").read_text(encoding="utf-8"))
    document["values"] = {"x": expression}
    # What no value takes may not be declared.
    document["supports"] |= {"auth": ["none"], "skip_verify": None}
    document["tpl"], document["shared"], document["comments"] = [], {}, {}
    path = folder / "own.yml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return str(path)


SCRIPT = """
import os, resource, sys
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import application
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import DESCRIPTION
seconds, memory, *paths = sys.argv[1:]
for path in paths:
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
        resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
        try:
            render(application(path), DESCRIPTION)
        except FindingError as error:
            print(*(finding.code for finding in error.findings), flush=True)
        else:
            print("rendered", flush=True)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print("killed", flush=True)
"""


def test_expressions_that_take_too_much_are_findings_in_time_and_memory(tmp_path: Path) -> None:
    paths = []
    for number, expression in enumerate(HOSTILE.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        paths.append(profile_of(expression, folder))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(SECONDS), str(MEMORY), *paths],
        capture_output=True,
        text=True,
        check=False,
    )
    told = dict(zip(HOSTILE, done.stdout.splitlines(), strict=True))
    assert told == dict.fromkeys(HOSTILE, "profile-invalid"), done.stderr[-500:]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("{{ 'x' * 3 }}", "xxx"),
        ("{{ '%5d|%-5s|%s' % (1, 'a', [1]) }}", "    1|a    |[1]"),
        ("{{ 'a-b'.replace('-', '_') | upper ~ 1 ~ 'c' }}", "A_B1c"),
        ("{{ [1, 2] | map('string') | join(',') }}", "1,2"),
        ("{% for x in [1, 2] %}={{ x }};{% endfor %}", "=1;=2;"),
        ("{% if host is defined and 'mail' in host %}{{ 2 ** 10 }}{% endif %}", 1024),
        ("{{ ('a,b'.split(',') | last)[0:1] }}", "b"),
        ("{{ {'a': 1} | tojson }}", '{"a": 1}'),
        ("{{ 'a\\nb' | indent(2, first=true) }}", "  a\n  b"),
        ("{{ 2.567 | round(1) }}", 2.6),
        ("{{ {'b': 1, 'a': 2} | dictsort | first | first }}", "a"),
        ("{{ '%s=%s' | format('a', 1) }}", "a=1"),
    ],
)  # fmt: skip
def test_what_an_expression_is_for_it_still_does(
    expression: str, value: Any, tmp_path: Path
) -> None:
    [leaf] = render(application(profile_of(expression, tmp_path)), DESCRIPTION).leaves
    assert leaf.value == value


def test_a_profile_of_very_many_expressions_ends_as_well(tmp_path: Path) -> None:
    document = yaml.safe_load((FOLDER / "qualytics.yml").read_text(encoding="utf-8"))
    document["values"] = {f"k{n}": f"{{{{ {n} }}}}" for n in range(4000)}
    document["tpl"], document["shared"], document["comments"] = [], {}, {}
    path = tmp_path / "own.yml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    [finding] = findings_of(lambda: render(application(str(path)), DESCRIPTION))
    assert "too much work" in finding.message


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_profile_takes_a_fraction_of_what_it_may(name: str) -> None:
    work = _Rendering(
        Application(load(name)), DESCRIPTION, {"release": "r", "namespace": "n", "fullname": "f"}
    )
    before = work.budget.steps
    tuple(work.leaves())
    work.evidence()
    tuple(work.traps())
    assert before - work.budget.steps < before / 3


@given(
    st.lists(
        st.sampled_from(
            ["{{", "}}", "{%", "%}", "host", "port", "'x'", "1", "9999", "|", "*", "**", "%", "+", "~",
             "for", "in", "if", "set", "=", "endfor", "(", ")", "[", "]", ".", "join", "list", "range",
             "format", "omit", "keep", "present", "password", "{", "}", ":", ",", "==", "is", "string",
             "map", "replace", "namespace", "loop", "{#", "-", "/", "//", "not", "oauth"]
        ),
        max_size=14,
    )
)  # fmt: skip
def test_whatever_an_expression_is_it_is_data_or_a_finding(words: list[str]) -> None:
    work = _Rendering(
        Application(load("qualytics")),
        DESCRIPTION,
        {"release": "r", "namespace": "n", "fullname": "f"},
    )
    source = "{{ " + " ".join(words) + " }}"
    for expression in (source, " ".join(words)):
        try:
            work.evaluate(("values", "x"), expression, work.values)
        except FindingError:
            return
