# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two objects are compared as Kubernetes means them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.compare import (
    MISSING,
    bare,
    differences,
    spelt,
    step,
    touch,
)


def found(before: Any, after: Any) -> dict[str, tuple[Any, Any]]:
    return {spelt(each.path): (each.before, each.after) for each in differences(before, after)}


def test_a_place_is_spelt_as_people_write_it() -> None:
    before = {"spec": {"containers": [{"name": "api", "env": [{"name": "PORT", "value": "25"}]}]}}
    after = {"spec": {"containers": [{"name": "api", "env": [{"name": "PORT", "value": "587"}]}]}}
    assert found(before, after) == {"spec.containers[api].env[PORT].value": ("25", "587")}


def test_keys_with_dots_and_slashes_stand_in_brackets() -> None:
    assert found({"data": {"app.ini": "a"}}, {"data": {"app.ini": "b"}}) == {
        "data[app.ini]": ("a", "b")
    }
    assert bare(step("app.ini")) == "app.ini"
    assert bare(step("app")) == "app"


def test_entries_with_names_are_matched_by_them_and_not_by_their_order() -> None:
    before = [{"name": "a", "value": 1}, {"name": "b", "value": 2}]
    after = [{"name": "b", "value": 2}, {"name": "c", "value": 3}, {"name": "a", "value": 1}]
    assert found({"env": before}, {"env": after}) == {
        "env[c]": (MISSING, {"name": "c", "value": 3})
    }


def test_entries_without_names_are_matched_by_their_place() -> None:
    assert found({"args": ["-a", "-b"]}, {"args": ["-a", "-c"]}) == {"args[1]": ("-b", "-c")}
    assert found({"args": ["-a"]}, {"args": ["-a", "-c"]}) == {"args": (["-a"], ["-a", "-c"])}


def test_entries_of_one_name_are_one_place() -> None:
    twice = [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]
    other = {"name": "b", "value": "3"}
    assert found({"env": [*twice, other]}, {"env": twice}) == {"env[b]": (other, MISSING)}
    assert found({"env": twice}, {"env": twice[:1]}) == {"env[a]": (tuple(twice), twice[0])}


def test_mounts_are_told_by_where_they_are_and_sources_of_variables_by_what_they_are() -> None:
    mounts = [{"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/b"}]
    assert found({"volumeMounts": mounts}, {"volumeMounts": mounts[1:]}) == {
        "volumeMounts[/a]": (mounts[0], MISSING)
    }
    sources = [{"configMapRef": {"name": "x"}}, {"secretRef": {"name": "x"}}]
    assert found({"envFrom": sources}, {"envFrom": [{"secretRef": {"name": "y"}}]}) == {
        "envFrom[ConfigMap/x]": (sources[0], MISSING),
        "envFrom[Secret/x]": (sources[1], MISSING),
        "envFrom[Secret/y]": (MISSING, {"secretRef": {"name": "y"}}),
    }


@pytest.mark.parametrize("none", [{}, None])
def test_what_has_names_is_told_one_by_one_also_when_it_comes_or_goes_as_a_whole(none: Any) -> None:
    env = [{"name": "a", "value": "1"}]
    assert found({"data": none, "env": none}, {"data": {"k": "v"}, "env": env}) == {
        "data.k": (MISSING, "v"),
        "env[a]": (MISSING, env[0]),
    }
    assert found({"securityContext": {"runAsUser": 1}}, {}) == {
        "securityContext": ({"runAsUser": 1}, MISSING)
    }


@pytest.mark.parametrize(("nothing", "less"), [(None, {}), ([], None), ({}, []), (None, [])])
def test_nothing_is_nothing_however_it_is_written(nothing: Any, less: Any) -> None:
    assert found({"a": nothing}, {"a": less}) == {}
    assert found({"a": nothing}, {}) == {}


def test_true_is_not_one_and_an_empty_text_is_something() -> None:
    assert found({"a": True}, {"a": 1}) == {"a": (True, 1)}
    assert found({"a": ""}, {}) == {"a": ("", MISSING)}


def test_a_place_touches_what_lies_in_it() -> None:
    assert touch(("spec",), ("spec", "replicas"))
    assert touch((), ("spec",))
    assert not touch(("spec", "a"), ("spec", "b"))


def test_a_difference_does_not_show_its_values_when_it_is_printed() -> None:
    [difference] = differences({"data": "hush"}, {"data": "other"})
    assert "hush" not in repr(difference)
