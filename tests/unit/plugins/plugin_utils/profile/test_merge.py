# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several applications of one release become one change, unless they are in each other's way."""

from __future__ import annotations

from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.merge import merge
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Application,
    Evidence,
    FileEvidence,
    Rendered,
    Trap,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    DESCRIPTION,
    codes,
    profile_with,
    the_finding,
)


def part(name: str, *prefix: str, **changes: Any) -> tuple[Application, Rendered]:
    application = Application(profile_with(name=name, **changes), prefix)
    return application, render(application, DESCRIPTION, release="mon", namespace="apps")


def merged(*parts: tuple[Application, Rendered]) -> Rendered:
    return merge(parts)


def test_one_application_stays_as_it_is() -> None:
    one = part("a")
    assert merged(one) == one[1]


def test_each_stands_at_its_own_place_in_the_order_in_which_they_are_named() -> None:
    found = merged(part("a", values={"x": 1}), part("b", "sub", values={"x": 2}))
    assert [leaf.path for leaf in found.leaves] == [("x",), ("sub", "x")]
    assert list(found.shared) == [
        "controlplane.egress.verifyTLSCertificates",
        "sub.controlplane.egress.verifyTLSCertificates",
    ]


def test_a_workload_of_two_must_see_what_both_want() -> None:
    workload = Workload("Deployment", "x", "x")
    found = merged(
        part("a", workloads=(workload,), evidence=Evidence({"A": "1"})),
        part(
            "b",
            "sub",
            workloads=(workload, Workload("DaemonSet", "y", "y")),
            evidence=Evidence({"B": "2"}, files=(FileEvidence("/f", ("l",)),)),
        ),
    )
    assert found.evidence[workload].env == {"A": "1", "B": "2"}
    assert found.evidence[workload].files == (FileEvidence("/f", ("l",)),)
    assert [str(entry) for entry in found.workloads] == ["Deployment x", "DaemonSet y"]


def test_the_same_value_twice_is_one() -> None:
    found = merged(
        part("a", values={"x": "{{ password }}"}), part("b", values={"x": "{{ password }}"})
    )
    assert len(found.leaves) == 1


def test_the_same_place_with_other_values_is_refused_with_both_names() -> None:
    finding = the_finding(lambda: merged(part("a", values={"x": 1}), part("b", values={"x": 2})))
    assert finding.code == "applications-overlap"
    assert finding.message == "a and b both set x."


def test_a_place_within_another_is_refused() -> None:
    wide, deep = {"x": ["{{ host }}"]}, {"x": {"y": 1}}
    finding = the_finding(lambda: merged(part("a", values=wide), part("b", values=deep)))
    assert finding.where == "x.y"
    finding = the_finding(lambda: merged(part("a", values=deep), part("b", values=wide)))
    assert finding.where == "x"


def test_what_both_warn_of_is_told_once() -> None:
    trap = Trap("own-trap", "info", "{{ true }}", "m", "f")
    found = merged(part("a", traps=(trap,)), part("b", "sub", traps=(trap,)))
    assert codes(found.findings) == ["own-trap"]
