# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One plan comes of what was given, or every error in it at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils import plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import OPTIONS
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.options import ProbeOptions
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import FOLDER
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
    assert [entry.name for entry in found.applications] == ["qualytics"]
    assert found.target == plan.Target("qua", "apps", None, None, None, None, "helm")
    assert found.run == plan.Run(
        *(None, False, None, "auto", None, ProbeOptions(), (), "auto", 300, None),
        *("on_change", True),
    )
    assert found.rendered.workloads[0].name == "qua-api"
    assert found.findings == ()


def test_what_surveys_send_makes_the_same_plan() -> None:
    survey = {name: "" for name in OPTIONS if name not in GIVEN}
    found = plan.make({**GIVEN, **survey, "port": "587", "enabled": "yes"})
    assert (found.description, found.rendered) == (made().description, made().rendered)


def test_options_of_the_run_are_converted() -> None:
    found = made(
        rollout_timeout="60",
        values_include_secrets="yes",
        probe_from="pod",
        ca_mode="none",
        allow_changes="Secret/keys, Service/*:spec.ports",
        restart="defer",
        change_reference="CHG0012345",
        test_mail="never",
        back_out="no",
        helm="h4",
    )
    allowed = ("Secret/keys", "Service/*:spec.ports")
    assert found.run == plan.Run(
        *(None, True, None, "none", None, ProbeOptions(from_="pod"), allowed, "defer", 60),
        *("CHG0012345", "never", False),
    )
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
        ({"application": {"a": "qualytics"}}, "value-invalid", "smtp_application"),
        ({"release": ""}, "release-not-named", "smtp_release"),
        ({"namespace": None}, "release-not-named", "smtp_namespace"),
        ({"release": {}}, "value-invalid", "smtp_release"),
        ({"release": "Qua_1"}, "value-invalid", "smtp_release"),
        ({"release": "--debug"}, "value-invalid", "smtp_release"),
        ({"release": "q" * 54}, "value-invalid", "smtp_release"),
        ({"namespace": "apps/../x"}, "value-invalid", "smtp_namespace"),
        ({"namespace": "a.b"}, "value-invalid", "smtp_namespace"),
        ({"namespace": "--debug"}, "value-invalid", "smtp_namespace"),
        ({"policy": "chart_from_source"}, "policy-chart-required", "smtp_chart"),
        ({"test_mail": "sometimes"}, "value-not-a-choice", "smtp_test_mail"),
        ({"probe_from": "moon"}, "value-not-a-choice", "smtp_probe_from"),
        ({"restart": "later"}, "value-not-a-choice", "smtp_restart"),
        ({"rollout_timeout": "soon"}, "value-invalid", "smtp_rollout_timeout"),
        ({"rollout_timeout": 0}, "number-out-of-range", "smtp_rollout_timeout"),
        ({"rollout_timeout": 86401}, "number-out-of-range", "smtp_rollout_timeout"),
        ({"change_reference": "x" * 101}, "value-invalid", "smtp_change_reference"),
        ({"back_out": "perhaps"}, "value-invalid", "smtp_back_out"),
        ({"values_include_secrets": "maybe"}, "value-invalid", "smtp_values_include_secrets"),
        ({"port": 2525, "security": "tls"}, "application-port-unsupported", "smtp_port"),
    ],
)
def test_one_error_is_one_finding_with_its_place(
    raw: dict[str, Any], code: str, where: str
) -> None:
    [finding] = refused(**raw)
    assert (finding.code, finding.where) == (code, where)


class TestSeveralApplications:
    @pytest.mark.parametrize(
        "given",
        [
            ["qualytics", "grafana@dashboards"],
            "qualytics,grafana@dashboards",
            "qualytics, grafana@dashboards,",
            "qualytics\ngrafana@dashboards",
        ],
    )
    def test_may_be_a_list_or_a_text(self, given: Any) -> None:
        found = made(application=given)
        assert [entry.name for entry in found.applications] == ["qualytics", "grafana@dashboards"]
        assert found.title == "Qualytics and Grafana"
        assert {leaf.path[0] for leaf in found.rendered.leaves} == {
            "controlplane",
            "secrets",
            "dashboards",
        }
        assert "qua-dashboards" in [entry.name for entry in found.rendered.workloads]

    def test_must_all_be_known_and_fit(self) -> None:
        assert codes(refused(application=["qualitics", "graphana"])) == ["profile-not-found"] * 2
        assert codes(refused(application="grafana,qualytics", port=2525, security="starttls")) == [
            "application-port-unsupported"
        ]

    def test_must_not_set_the_same_value_to_different_things(self, tmp_path: Path) -> None:
        path = tmp_path / "other.yml"
        text = (FOLDER / "qualytics.yml").read_text(encoding="utf-8")
        path.write_text(text.replace('"{{ host if', '"{{ address if'), encoding="utf-8")
        [finding] = refused(application=["qualytics", str(path)])
        assert finding.code == "applications-overlap"
        assert finding.where == "controlplane.smtp.server"

    def test_must_all_be_charts(self) -> None:
        [finding] = refused(application="qualytics,palette")
        assert finding.code == "applications-of-different-targets"
        assert finding.message.startswith("Spectro Cloud Palette is configured by api")


def test_a_policy_that_wants_a_chart_from_its_source_is_content_with_one() -> None:
    found = made(policy="chart_from_source", chart="oci://charts.example/qualytics")
    assert found.description.policy.chart_from_source
    assert not made(policy="chart_from_source=no").description.policy.chart_from_source


def test_an_application_that_is_no_chart_needs_no_release() -> None:
    found = plan.make({**RAW, "application": "palette"})
    assert (found.target.release, found.target.namespace) == ("", "")
    assert found.profile.target == "api"


def test_the_names_of_objects_may_be_given() -> None:
    found = made(application="grafana", fullname="own")
    assert found.rendered.workloads[0].name == "own"


def test_what_a_profile_warns_of_is_in_the_plan_and_an_error_stops() -> None:
    found = made(application="palette")
    assert "palette-login" in codes(found.findings)
    found_ = refused(application="grafana", password="x$__file{y}")
    assert [finding.code for finding in found_ if finding.severity == "error"] == [
        "grafana-password-expanded"
    ]


@pytest.mark.parametrize("release", ["qua", "qua-1", "a.b", "q" * 53])
def test_a_release_is_named_as_helm_does(release: str) -> None:
    assert made(release=release).target.release == release


def test_a_misspelt_variable_stops_and_an_unknown_one_warns() -> None:
    [finding] = refused("smtp_prot", "ansible_host")
    assert finding.code == "variable-misspelt"
    assert finding.message == "smtp_prot is not a variable of this collection; smtp_port is."
    [finding] = plan.make(GIVEN, ["smtp_colour"]).findings
    assert (finding.code, finding.severity) == ("variable-unknown", "warning")


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("smtp_use_tls", "set smtp_security to starttls, or tls"),
        ("smtp_use_ssl", "set smtp_security to starttls, or tls"),
        ("smtp_skip_verify", "set smtp_validate_certs to false"),
    ],
)
def test_a_switch_of_another_tool_stops_with_what_says_the_same(name: str, fix: str) -> None:
    [finding] = refused(name)
    assert (finding.code, finding.severity) == ("variable-said-otherwise", "error")
    assert fix in finding.fix


@pytest.mark.parametrize(
    ("name", "near"), [("smtp_ca_cert", "smtp_ca_path"), ("smtp_ca_file", "smtp_ca_path")]
)
def test_a_name_of_another_tool_stops_with_the_right_one(name: str, near: str) -> None:
    [finding] = refused(name)
    assert finding.code == "variable-misspelt"
    assert f"; {near} is." in finding.message


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
        "profile-not-found",
        "release-not-named",
        "value-invalid",
        "value-not-a-choice",
        "number-out-of-range",
    ]


def test_what_does_not_fit_is_told_where_it_stands() -> None:
    [finding] = refused(layers=[{"name": "team", "from_name": "Team"}])
    assert finding.code == "application-field-unsupported"
    assert finding.where == "smtp_layers[0].from_name"
    assert finding.fix == "Remove smtp_layers[0].from_name for this release."


def test_secrets_of_layers_that_are_not_wanted_are_cleaned_out_too() -> None:
    other = {
        "name": "other",
        "host": "other.example.com",
        "username": "u",
        "password": "Far-sEcr3t",
    }
    found = made(layers=[other, {"name": "wanted"}])
    assert "Far-sEcr3t" not in found.redactor.clean("login with Far-sEcr3t failed")
    assert "Far-sEcr3t" not in repr(found)


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
