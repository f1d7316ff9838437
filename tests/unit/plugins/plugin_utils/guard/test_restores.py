# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody has deleted of a release comes back as it was, and nothing else does with it."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.cause import causes
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.explain import explanation
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.hooks import Hook
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.judge import judge, sort
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.lacking import would_lack
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import Ref
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import Write
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.references import Reference
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.guard.things import (
    EVIDENCE,
    NAMESPACE,
    changes,
    deployment,
    made,
    patched,
    secret,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision

WHOLE = secret(password="x", jwt="y")
GONE = {Reference("Secret", "hub-mail")}
KEY_GONE = {Reference("Secret", "hub-mail", "password")}


def codes(
    write: Write, restores: Collection[Reference], *, again: dict[str, Any] | None = None
) -> list[str]:
    """What stands against a write.

    :param again: as the chart renders the values in use now.
    """
    stored, now = json.dumps(WHOLE), json.dumps(again or WHOLE)
    known = causes(
        revision(manifest=stored), revision(manifest=now), revision(manifest=now), NAMESPACE
    )
    found = sort(changes(write), explanation([EVIDENCE], [deployment()]), ())
    facts = {"release": "hub", "chart": "hub 1"}
    return [each.code for each in judge(found, known, str, facts, restores=restores).findings]


def test_an_object_that_was_deleted_comes_back() -> None:
    assert codes(made(WHOLE), GONE) == []


def test_one_that_nobody_misses_does_not() -> None:
    assert codes(made(WHOLE), ()) == ["upgrade-undoes-drift"]
    assert codes(made(WHOLE), {Reference("Secret", "other")}) == ["upgrade-undoes-drift"]


def test_one_of_another_kind_or_namespace_does_not() -> None:
    elsewhere = secret(jwt="y")
    elsewhere["metadata"]["namespace"] = "other"
    assert codes(made(elsewhere), GONE) != []
    assert codes(made({**WHOLE, "kind": "ConfigMap"}), GONE) != []


def test_one_that_the_chart_renders_in_another_way_each_time_does_not() -> None:
    again = secret(password="x", jwt="another")
    assert codes(made(again), GONE, again=again) == ["chart-not-the-same"]


def test_the_keys_that_were_deleted_come_back() -> None:
    assert codes(patched(secret(), WHOLE), KEY_GONE) == []
    assert codes(patched({**secret(), "data": None}, WHOLE), KEY_GONE) == []


def test_a_value_that_somebody_has_changed_is_not_set_back_with_them() -> None:
    live = secret(jwt="of somebody else")
    assert codes(patched(live, WHOLE), KEY_GONE) == ["upgrade-undoes-drift"]


APP = Workload("Deployment", "hub-app", "app")


class TestWhatNewPodsWouldLack:
    def codes(self, there: Collection[str], hook: dict[str, Any] | None = None) -> list[str]:
        which = Ref("Secret", "hub-mail") if hook and hook["kind"] == "Secret" else Ref("Job", "j")
        hooks = {which: Hook(which, ("pre-upgrade",), hook)} if hook else {}
        things = {name: {"data": {"password": "eA=="}} for name in there}
        live = {APP: deployment()}
        found = would_lack(live, {}, hooks, lambda _kind, name: things.get(name))
        return [each.code for each in found]

    def test_is_nothing_when_everything_is_there(self) -> None:
        assert self.codes(["hub-mail", "hub-config"]) == []

    @pytest.mark.parametrize("there", [["hub-mail"], ["hub-config"], []])
    def test_is_told_once_for_a_workload(self, there: list[str]) -> None:
        assert self.codes(there) == ["new-pods-would-lack"]

    def test_is_not_what_a_hook_brings(self) -> None:
        assert self.codes(["hub-config"], secret(password="x")) == []

    def test_is_not_known_where_a_pod_of_a_hook_may_make_it(self) -> None:
        pods = {"spec": {"containers": [{"name": "make"}]}}
        assert self.codes([], {"kind": "Job", "spec": {"template": pods}}) == []
