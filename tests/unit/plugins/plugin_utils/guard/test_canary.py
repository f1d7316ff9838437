# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key that the chart does not read is found by a canary in its place, and no other key is taken for one."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.canary import (
    Outcome,
    Reading,
    RefusedError,
    canaries,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    Entries,
    Entry,
    Leaf,
)

Template = Callable[[Mapping[str, Any]], Mapping[str, Any]]
LEAVES = [
    Leaf(("mail", "host"), "mail.example.com"),
    Leaf(("mail", "port"), 587),
    Leaf(("mail", "password"), Secret("a-word"), sensitive=True),
]
MAIL = {leaf.path[1]: leaf.value for leaf in LEAVES}


def config(data: Mapping[str, Any], kind: str = "ConfigMap") -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": kind.lower()}, "data": dict(data)}


@dataclass
class Chart:
    """A chart as what its templates make of the values."""

    template: Template
    count: int = 0
    given: list[Mapping[str, Any]] = field(default_factory=list)

    def __call__(self, given: Mapping[str, Any]) -> Revision:
        self.count += 1
        self.given.append(given)
        made = self.template(given)
        manifest = "\n---\n".join(json.dumps(each) for each in made["objects"])
        hooks = [{"manifest": json.dumps(each)} for each in made.get("hooks", [])]
        return Revision("app", 1, "deployed", {"manifest": manifest, "hooks": hooks})

    def outcome(self, leaves: list[Leaf], defaults: Mapping[str, Any] | None = None) -> Outcome:
        given = values.apply({"other": 1}, leaves, defaults)
        return Reading(self, given, defaults or {}, "apps").outcome(leaves)


def objects(*things: Mapping[str, Any]) -> dict[str, Any]:
    return {"objects": list(things)}


def b64(value: Any) -> str:
    return base64.b64encode(str(value).encode()).decode()


def whole(given: Mapping[str, Any]) -> dict[str, Any]:
    mail = given["mail"]
    return objects(
        config({"host": mail["host"], "port": str(mail["port"])}),
        config({"password": b64(mail["password"])}, "Secret"),
    )


def test_values_that_are_seen_cost_one_rendering() -> None:
    chart = Chart(whole)
    assert chart.outcome(LEAVES) == Outcome()
    assert chart.count == 1
    assert chart.given[0]["other"] == 1
    assert "a-word" not in str(chart.given)
    assert isinstance(chart.given[0]["mail"]["port"], int)


def test_a_key_that_is_not_read_is_named_alone() -> None:
    def template(given: Mapping[str, Any]) -> Mapping[str, Any]:
        mail = {**given["mail"], "port": 25}
        return whole({"mail": mail})

    assert Chart(template).outcome(LEAVES).unread == ("mail.port",)


def test_another_chart_reads_nothing_and_that_takes_three_renderings() -> None:
    chart = Chart(lambda given: objects(config({"other": str(given["other"])})))
    assert chart.outcome(LEAVES).unread == ("mail.host", "mail.port", "mail.password")
    assert chart.count == 3


def test_what_is_random_in_a_chart_is_no_sign_of_reading() -> None:
    count = iter(range(100))
    chart = Chart(lambda _given: objects(config({"word": str(next(count)), "fixed": "1"})))
    assert len(chart.outcome(LEAVES).unread) == 3


def test_a_value_that_only_decides_is_read() -> None:
    def template(given: Mapping[str, Any]) -> Mapping[str, Any]:
        tls = given["mail"].get("security") == "starttls"
        return objects(*whole(given)["objects"], config({"tls": str(tls)}, "Other"))

    leaves = [*LEAVES, Leaf(("mail", "security"), "starttls")]
    assert Chart(template).outcome(leaves) == Outcome()


def test_a_value_that_the_templates_refuse_is_read() -> None:
    def template(given: Mapping[str, Any]) -> Mapping[str, Any]:
        if given["mail"]["host"] != "mail.example.com":
            raise RefusedError(schema=False)
        return objects(config({"port": str(given["mail"]["port"])}))

    assert Chart(template).outcome(LEAVES).unread == ("mail.password",)


def test_of_a_value_that_the_schema_pins_nothing_is_told() -> None:
    def template(given: Mapping[str, Any]) -> Mapping[str, Any]:
        if given["mail"]["host"] != "mail.example.com":
            raise RefusedError(schema=True)
        return whole(given)

    assert Chart(template).outcome(LEAVES) == Outcome((), ("mail.host",))


def test_a_key_among_the_defaults_of_the_chart_is_known_to_it() -> None:
    chart = Chart(lambda _given: objects(config({})))
    assert chart.outcome(LEAVES, {"mail": {"host": ""}}).unread == ("mail.port", "mail.password")


def test_a_value_is_seen_in_a_hook_and_in_a_file_within_a_secret() -> None:
    def template(given: Mapping[str, Any]) -> Mapping[str, Any]:
        text = "".join(f"{key} = {value}\n" for key, value in given["mail"].items())
        return {"objects": [], "hooks": [config({"app.ini": b64(text)}, "Secret")]}

    assert Chart(template).outcome(LEAVES) == Outcome()


@pytest.mark.parametrize("value", [True, False, "true", "", None, OMIT, KEEP, {}, []])
def test_a_switch_and_what_is_empty_have_no_canary(value: Any) -> None:
    assert canaries([Leaf(("a",), value)]) == []


def test_an_entry_of_a_list_keeps_the_key_by_which_it_is_known() -> None:
    entry = Entry("HOST", {"name": "HOST", "value": "mail.example.com"})
    [canary] = canaries([Leaf(("env",), Entries("name", (entry,)))])
    [changed] = canary.changed.value.of
    assert (changed.key, changed.value["name"]) == ("HOST", "HOST")
    assert changed.value["value"] in canary.words


def test_entries_of_others_stay_in_a_list_and_ours_are_replaced() -> None:
    leaf = Leaf(("secrets",), Entries(None, (Entry("ours", "ours"),)))
    chart = Chart(lambda given: objects(config({"all": json.dumps(given["secrets"])})))
    given = values.apply({"secrets": ["theirs"]}, [leaf])
    assert Reading(chart, given, {}, "apps").outcome([leaf]) == Outcome()
    assert chart.given[0]["secrets"][0] == "theirs"
    assert "ours" not in chart.given[0]["secrets"]


def test_a_text_of_several_lines_stays_a_document_with_a_comment() -> None:
    [canary] = canaries([Leaf(("file",), "host: a\nport: 1\n")])
    assert canary.changed.value.startswith("host: a\nport: 1\n# mailops")
