# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One plan comes of what was given, or every error in it at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils import plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import OPTIONS
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    PASSWORD,
    RAW,
    codes,
    findings_of,
)

GIVEN = {**RAW, "application": "qualytics", "release": "qua", "namespace": "apps"}


def made(**raw: Any) -> plan.Plan:
    return plan.make({**GIVEN, **raw})


def refused(*variables: str, **raw: Any) -> tuple[Finding, ...]:
    return findings_of(lambda: plan.make({**GIVEN, **raw}, variables))


def test_the_smallest_input_makes_a_plan_with_every_default() -> None:
    found = made()
    assert found.profile.name == "qualytics"
    assert found.target == plan.Target("qua", "apps", None, None, None, "helm")
    assert found.run == plan.Run(None, False, "auto", 300)
    assert found.rendered.workloads[0].name == "qua-api"
    assert found.findings == ()


def test_what_surveys_send_makes_the_same_plan() -> None:
    survey = {name: "" for name in OPTIONS if name not in GIVEN}
    assert plan.make({**GIVEN, **survey, "port": "587", "enabled": "yes"}) == made()


def test_options_of_the_run_are_converted() -> None:
    found = made(rollout_timeout="60", values_include_secrets="yes", probe_from="pod", helm="h4")
    assert found.run == plan.Run(None, True, "pod", 60)
    assert found.target.helm == "h4"


def test_a_plan_cleans_the_password_out_of_texts_and_does_not_show_it() -> None:
    found = made()
    assert PASSWORD not in found.redactor.clean(f"login with {PASSWORD} failed")
    assert PASSWORD not in repr(found)


@pytest.mark.parametrize(
    ("raw", "code", "where"),
    [
        ({"application": None}, "application-missing", "smtp_application"),
        ({"application": "qualitics"}, "profile-not-found", "smtp_application"),
        ({"application": ["qualytics"]}, "value-invalid", "smtp_application"),
        ({"release": ""}, "release-not-named", "smtp_release"),
        ({"namespace": None}, "release-not-named", "smtp_namespace"),
        ({"release": {}}, "value-invalid", "smtp_release"),
        ({"release": "Qua_1"}, "value-invalid", "smtp_release"),
        ({"release": "--debug"}, "value-invalid", "smtp_release"),
        ({"release": "q" * 54}, "value-invalid", "smtp_release"),
        ({"namespace": "apps/../x"}, "value-invalid", "smtp_namespace"),
        ({"namespace": "a.b"}, "value-invalid", "smtp_namespace"),
        ({"probe_from": "moon"}, "value-not-a-choice", "smtp_probe_from"),
        ({"rollout_timeout": "soon"}, "value-invalid", "smtp_rollout_timeout"),
        ({"rollout_timeout": 0}, "number-out-of-range", "smtp_rollout_timeout"),
        ({"rollout_timeout": 86401}, "number-out-of-range", "smtp_rollout_timeout"),
        ({"values_include_secrets": "maybe"}, "value-invalid", "smtp_values_include_secrets"),
        ({"port": 2525, "security": "tls"}, "application-port-unsupported", "smtp_port"),
    ],
)
def test_one_error_is_one_finding_with_its_place(
    raw: dict[str, Any], code: str, where: str
) -> None:
    [finding] = refused(**raw)
    assert (finding.code, finding.where) == (code, where)


@pytest.mark.parametrize("release", ["qua", "qua-1", "a.b", "q" * 53])
def test_a_release_is_named_as_helm_does(release: str) -> None:
    assert made(release=release).target.release == release


def test_a_misspelt_variable_stops_and_an_unknown_one_warns() -> None:
    [finding] = refused("smtp_prot", "ansible_host")
    assert finding.code == "variable-misspelt"
    assert finding.message == "smtp_prot is not a variable of this collection; smtp_port is."
    [finding] = plan.make(GIVEN, ["smtp_colour"]).findings
    assert (finding.code, finding.severity) == ("variable-unknown", "warning")


def test_all_errors_are_told_at_once() -> None:
    found = refused(
        "smtp_prot",
        host=None,
        port="x",
        application="qualitics",
        release=None,
        namespace="A",
        probe_from="moon",
        rollout_timeout=0,
    )
    assert codes(found) == [
        "variable-misspelt",
        "value-invalid",
        "host-missing",
        "release-not-named",
        "value-invalid",
        "value-not-a-choice",
        "number-out-of-range",
        "profile-not-found",
    ]


def test_warnings_of_every_part_are_in_the_plan() -> None:
    found = made(username="", password="", validate_certs=False)
    assert codes(found.findings) == [
        "anonymous-relay",
        "verification-off",
        "application-verification-off",
    ]


@given(
    st.dictionaries(
        st.sampled_from([name for name in OPTIONS if name not in ("password", "ca_path")]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    ),
    st.sampled_from([PASSWORD, [PASSWORD], f"{PASSWORD}\r", f"{PASSWORD}\udcff"]),
)
def test_any_input_makes_a_plan_or_findings_that_never_tell_the_password(
    raw: dict[str, Any], password: Any
) -> None:
    try:
        found = plan.make({**GIVEN, **raw, "password": password}).findings
    except FindingError as error:
        found = error.findings
    assert PASSWORD not in repr(found)
