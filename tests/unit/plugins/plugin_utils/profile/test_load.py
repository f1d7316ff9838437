# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile is found by its name or path, and a wrong one is told by file, key and what is expected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import (
    FOLDER,
    load,
    shipped,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import the_finding


def document() -> dict[str, Any]:
    """The shipped profile of Qualytics as data, for tests to spoil."""
    data: dict[str, Any] = yaml.safe_load((FOLDER / "qualytics.yml").read_text(encoding="utf-8"))
    return data


def written(folder: Path, data: Any) -> str:
    path = folder / "own.yml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return str(path)


def spoilt(place: str, value: Any) -> dict[str, Any]:
    """The document with another value at a place; a part of the place that is not there is made."""
    data = document()
    *parents, last = place.split(".")
    inner = data
    for name in parents:
        inner = inner.setdefault(name, {})
    inner[last] = value
    return data


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_profile_loads_under_its_name(name: str) -> None:
    assert load(name).name == name


def test_qualytics_is_shipped() -> None:
    assert "qualytics" in shipped()


def test_a_profile_of_ones_own_is_equal_to_a_shipped_one(tmp_path: Path) -> None:
    own = load(written(tmp_path, document()))
    assert own.source == "own.yml"
    assert own.values == load("qualytics").values


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_an_application_the_choices_are_listed(nothing: str | None) -> None:
    finding = the_finding(lambda: load(nothing))
    assert finding.code == "application-missing"
    assert "qualytics" in finding.fix


def test_a_misspelt_profile_is_answered_with_the_nearest() -> None:
    finding = the_finding(lambda: load("qualitics"))
    assert finding.code == "profile-not-found"
    assert finding.message == "There is no profile 'qualitics'; the nearest is qualytics."
    assert "qualytics" in finding.fix


@pytest.mark.parametrize("name", ["zzz", "./missing.yml", "~nobody/x.yml", "/"])
def test_a_profile_that_is_not_there_is_named(name: str) -> None:
    finding = the_finding(lambda: load(name))
    assert finding.code == "profile-not-found"
    assert repr(name) in finding.message


@pytest.mark.parametrize("text", ["a: [", "\t- x", "!!python/object:os.system {}"])
def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.yml"
    path.write_text(text)
    finding = the_finding(lambda: load(str(path)))
    assert finding.code == "profile-invalid"
    assert finding.where == "own.yml"


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_bytes(b"\xff\xfe\x00")
    assert the_finding(lambda: load(str(path))).code == "profile-invalid"


@pytest.mark.parametrize("data", [None, "text", [1], {1: "x"}])
def test_a_file_that_is_no_dictionary_is_refused(tmp_path: Path, data: Any) -> None:
    finding = the_finding(lambda: load(written(tmp_path, data)))
    assert finding.message == "own.yml: a dictionary with text keys is expected."


@pytest.mark.parametrize("key", [key for key in document() if key != "shared"])
def test_a_missing_key_is_named(tmp_path: Path, key: str) -> None:
    data = document()
    del data[key]
    finding = the_finding(lambda: load(written(tmp_path, data)))
    assert finding.message == f"own.yml, {key}: this key is missing."


def test_shared_values_need_not_be_there(tmp_path: Path) -> None:
    data = document()
    del data["shared"]
    assert load(written(tmp_path, data)).shared == {}


@pytest.mark.parametrize(
    ("place", "value", "where", "expected"),
    [
        ("workload", [], "workload", "workloads was probably meant"),
        ("colour", 1, "colour", "this key is not known; known are name, title,"),
        ("name", 1, "name", "a text is expected"),
        ("title", "", "title", "a text is expected"),
        ("proof", None, "proof", "a text is expected"),
        ("charts", "qualytics", "charts", "a list of texts is expected"),
        ("charts", [1], "charts", "a text is expected"),
        ("values", [], "values", "a dictionary with text keys is expected"),
        ("values.mail", {1: "x"}, "values.mail", "a dictionary with text keys is expected"),
        ("values.mail", {"x": [{1: 2}]}, "values.mail.x.0", "a dictionary with text keys"),
        ("workloads", [], "workloads", "a list of at least one workload is expected"),
        ("workloads", ["x"], "workloads", "a dictionary with text keys is expected"),
        ("workloads", [{"kind": "Pod"}], "workloads.kind", "one of Deployment, StatefulSet,"),
        ("workloads", [{"kin": 1}], "workloads.kin", "kind was probably meant"),
        ("workloads", [{"kind": "Deployment"}], "workloads.name", "a text is expected"),
        ("evidence", {"file": {}}, "evidence.file", "this key is not known"),
        ("evidence", {}, "evidence.env", "a dictionary with text keys is expected"),
        ("evidence.env.SMTP_PORT", 25, "evidence.env.SMTP_PORT", "a text is expected"),
        ("supports", None, "supports", "a dictionary with text keys is expected"),
        ("supports.security", None, "supports.security", "a dictionary with text keys"),
        ("supports.security.ssl", [1], "supports.security.ssl", "known are none, starttls, tls"),
        ("supports.security.tls", 465, "supports.security.tls", "a list of port numbers"),
        ("supports.security.tls", [True], "supports.security.tls", "a list of port numbers"),
        ("supports.fields", ["from_nam"], "supports.fields", "one of from_name, reply_to"),
        ("supports.anonymous", "yes", "supports.anonymous", "true or false is expected"),
        ("supports.verifies.tls", "maybe", "supports.verifies.tls", "one of yes, no, undocumented"),
        (
            "supports.verifies.tls",
            True,
            "supports.verifies.tls",
            "undocumented is expected, in quotes",
        ),
        ("supports.private_ca", None, "supports.private_ca", "true or false is expected"),
        ("supports.skip_verify", False, "supports.skip_verify", "a text is expected"),
        ("shared.x", "y", "shared.x", "a dictionary with text keys is expected"),
        ("shared.x", {"reach": "y"}, "shared.x.variable", "a text is expected"),
    ],
)
def test_a_wrong_key_is_told_by_file_key_and_what_is_expected(
    tmp_path: Path, place: str, value: Any, where: str, expected: str
) -> None:
    finding = the_finding(lambda: load(written(tmp_path, spoilt(place, value))))
    assert finding.code == "profile-invalid"
    assert finding.where == f"own.yml, {where}"
    assert expected in finding.message


def test_a_value_that_json_cannot_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.yml"
    path.write_text(yaml.safe_dump(spoilt("values", {})) + "\n", encoding="utf-8")
    path.write_text(path.read_text().replace("values: {}", "values: {since: 2026-01-01}"))
    finding = the_finding(lambda: load(str(path)))
    assert finding.where == "own.yml, values.since"
    assert "a text, number, true, false or null is expected" in finding.message
