# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A wrong profile is told by file, line, key, what is expected, and the nearest name."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.check import (
    SCHEMA,
    check,
    line_of,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import FOLDER

TEXT = (FOLDER / "qualytics.yml").read_text(encoding="utf-8")
OWN = Path("own.yml")


def spoilt(place: str, value: Any) -> str:
    """The shipped profile of Qualytics with another value at a place; missing parents are made."""
    data: dict[str, Any] = yaml.safe_load(TEXT)
    *parents, last = place.split(".")
    inner = data
    for name in parents:
        inner = inner.setdefault(name, {})
    inner[last] = value
    return yaml.safe_dump(data)


def the_one(text: str) -> Finding:
    [finding] = check(OWN, text)
    assert finding.code == "profile-invalid"
    return finding


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def described(part: Any, key: str = "") -> list[str]:
    """Every key of the schema's properties that has neither a description nor one it leads to."""
    if isinstance(part, list):
        return [found for each in part for found in described(each, key)]
    if not isinstance(part, dict):
        return []
    found = []
    for name, inner in part.get("properties", {}).items():
        if isinstance(inner, dict) and inner and "const" not in inner and "minItems" not in inner:
            target = schema()["definitions"].get(inner.get("$ref", "").rpartition("/")[2], inner)
            if "description" not in target and "$ref" not in inner:
                found.append(f"{key}.{name}")
    return found + [entry for name, inner in part.items() for entry in described(inner, name)]


class TestTheSchema:
    def test_is_one(self) -> None:
        Draft7Validator.check_schema(schema())

    def test_describes_every_key(self) -> None:
        assert described(schema()) == []

    def test_has_no_name_that_nothing_leads_to(self) -> None:
        text = SCHEMA.read_text(encoding="utf-8")
        unused = [name for name in schema()["definitions"] if f"#/definitions/{name}" not in text]
        assert unused == []


def test_a_profile_that_is_right_gives_no_finding() -> None:
    assert check(OWN, TEXT) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", "expected the node content, but found '<stream end>'"),
        ("\t- x", "found character '\\t' that cannot start any token"),
        ("a: *b", "found undefined alias 'b'"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(text: str, problem: str) -> None:
    finding = the_one(text)
    assert finding.where.startswith("own.yml, line 1")
    assert problem in finding.message


def test_a_tag_that_makes_an_object_is_refused() -> None:
    assert "could not determine a constructor" in the_one("!!python/object:os.system {}").message


@pytest.mark.parametrize("text", ["", "text", "- 1"])
def test_what_is_no_dictionary_is_told(text: str) -> None:
    assert "a dictionary is expected" in the_one(text).message


@pytest.mark.parametrize(
    "key", ["name", "title", "target", "checked", "supports", "values", "workloads", "proof"]
)
def test_a_missing_key_is_named(key: str) -> None:
    data = yaml.safe_load(TEXT)
    del data[key]
    finding = the_one(yaml.safe_dump(data))
    assert finding.where.endswith(f", {key}")
    assert "this key is missing" in finding.message


@pytest.mark.parametrize(
    ("old", "new", "key", "line", "expected"),
    [
        ("titl", "tit1", "tit1e", 6, "this key is not known; title was probably meant; known are"),
        ("uses_mail_for", "use_mail", "use_mail", 11, "uses_mail_for was probably meant"),
        ("  server:", "  $server:", "values.controlplane.smtp.$server", 35, "known are $yaml and"),
        ("rolls: settings", "rolls: setting", "workloads.0.rolls", 53, "settings was probably"),
        ("container: api, ", "", "workloads.0.container", 53, "this key is missing"),
        ("auth: [none", "auth: [anonymous", "supports.auth.0", 21, "one of none, password, oauth"),
        ('"yes"', "maybe", "supports.verifies.tls", 24, "one of yes, no, undocumented"),
        ('"2026.8"', "2026.8", "checked.0.version", 13, "not a number; put it in quotes"),
        ("[465]", "465", "supports.security.tls", 18, "a list is expected"),
        ("[465]", '["465"]', "supports.security.tls.0", 18, "a whole number is expected"),
        ("[465]", "[0]", "supports.security.tls.0", 18, "0 is less than the minimum of 1"),
    ],
)
def test_what_departs_from_the_schema_is_told_by_line_and_key(
    old: str, new: str, key: str, line: int, expected: str
) -> None:
    found = check(OWN, TEXT.replace(old, new, 1))
    places = {finding.where: finding.message for finding in found}
    text = places[f"own.yml, line {line}, {key}"]
    assert expected in text


@pytest.mark.parametrize(
    ("place", "value", "where", "expected"),
    [
        ("name", "Qualytics", "name", "does not match"),
        ("title", "", "title", "this must not be empty"),
        ("proof", None, "proof", "a text is expected"),
        ("checked", [], "checked", "this must not be empty"),
        ("workloads", [], "workloads", "this must not be empty"),
        ("values", {}, "values", "this must not be empty"),
        ("values.mail", [{"$x": 1}], "values.mail.0.$x", "known are $yaml and $entries"),
        ("values.mail", {"$entries": {"by": "name"}}, "values.mail.$entries.of", "is missing"),
        ("values.mail", {"$yaml": {}, "x": 1}, "values.mail.x", "known are $yaml"),
        ("file", {"name": "x", "format": "yaml"}, "file", "does not belong to the target"),
        ("target", "form", "form", "this key is missing"),
        ("supports.disabled", "yes", "supports.disabled", "true or false is expected"),
        ("supports.skip_verify", False, "supports.skip_verify", "a text or null is expected"),
        ("shared.x", {"reach": "y"}, "shared.x.variable", "this key is missing"),
        ("prove", {"command": []}, "prove.command", "this must not be empty"),
        (
            "prove",
            {"command": ["x"], "commnd": ["x"]},
            "prove.commnd",
            "command was probably meant",
        ),
        ("evidence.env.SMTP_PORT", 25, "evidence.env.SMTP_PORT", "a text is expected"),
    ],
)
def test_what_departs_from_the_schema_is_told_by_what_is_expected(
    place: str, value: Any, where: str, expected: str
) -> None:
    finding = the_one(spoilt(place, value))
    assert finding.where.endswith(f", {where}")
    assert expected in finding.message


@pytest.mark.parametrize(
    ("bare", "read"),
    [
        ("off", "true or false"),
        ("Yes", "true or false"),
        ("2026-01-01", "a date"),
        ("012", "another int"),
        ("1_000", "another int"),
        ("12:30", "another int"),
        ("1.5e+3", "another float"),
        (".inf", "another float"),
    ],
)
def test_what_yaml_takes_for_something_else_is_told(bare: str, read: str) -> None:
    finding = the_one(TEXT.replace('"{{ enabled }}"', bare, 1))
    assert finding.where == "own.yml, line 34, values.controlplane.smtp.enabled"
    assert f"YAML reads the bare {bare} as {read}; " in finding.message
    assert "put it in quotes" in finding.message


def test_an_expression_without_quotes_is_told() -> None:
    finding = the_one(TEXT.replace('"{{ enabled }}"', "{{ enabled }}", 1))
    assert "bare braces" in finding.message
    assert "put the expression in quotes" in finding.message


@pytest.mark.parametrize("plain", ["true", "False", "25", "-1", "0", "1.5", "null", "~", '"off"'])
def test_what_yaml_takes_as_it_is_meant_is_right(plain: str) -> None:
    assert check(OWN, TEXT.replace('"{{ enabled }}"', plain, 1)) == []


@pytest.mark.parametrize("key", ["on", "1", "null", "2026-01-01"])
def test_a_key_that_yaml_takes_for_something_else_is_told(key: str) -> None:
    finding = the_one(TEXT.replace("  server:", f"  {key}:", 1))
    assert f"YAML reads the bare key {key} as no text" in finding.message


def test_a_key_that_stands_twice_is_told_with_both_lines() -> None:
    finding = the_one(TEXT.replace("title: Qualytics", "title: A\ntitle: B"))
    assert "this key stands twice, on lines 6 and 7" in finding.message


def test_everything_is_told_at_once() -> None:
    text = TEXT.replace("title:", "titel:").replace("[465]", "465")
    assert len(check(OWN, text)) == 3


def test_without_the_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jsonschema", None)
    [finding] = check(OWN, TEXT)
    assert finding.code == "profile-check-unavailable"
    assert f"{sys.executable} -m pip install jsonschema" in finding.fix


def test_a_place_is_found_by_its_keys() -> None:
    path = FOLDER / "qualytics.yml"
    assert line_of(path, ("name",)) == 5
    assert line_of(path, ("workloads", 1, "name")) == 54
    assert line_of(path, ("values", "controlplane", "nosuch")) == 31
    assert line_of(Path("nosuch.yml"), ("name",)) is None
