# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an application gets to trust a private CA: by its chart, by a mount, or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils import plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load, shipped
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.decide import (
    Decision,
    Mode,
    decide,
    mounted,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import FOLDER, RUNTIMES
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    DESCRIPTION,
    RAW,
    codes,
    profile_with,
    the_finding,
)
from tests.relays.authority import Authority
from tools.application_pages import PRIVATE_CA

TLS: dict[str, Any] = {"security": "tls", "port": 465, "ca_pem": PRIVATE_CA}
OTHER_CA = Authority().certificate


def decided(mode: Mode = "auto", description: dict[str, Any] = TLS, **profile: Any) -> Decision:
    return decide(profile_with(**profile), replace(DESCRIPTION, **description), mode)


def supporting(**changes: Any) -> dict[str, Any]:
    return {"supports": replace(load("qualytics").supports, **changes)}


def test_it_is_mounted_where_the_chart_cannot_carry_it_and_its_reach_is_said() -> None:
    found = decided()
    assert found.way == "mount"
    [finding] = found.findings
    assert (finding.code, finding.severity) == ("ca-mounted", "info")
    assert "SSL_CERT_FILE" in finding.message
    assert "every TLS connection" in finding.message


def test_the_charts_own_way_comes_first() -> None:
    assert decided(**supporting(private_ca=True)) == Decision("chart")
    assert decided("chart", **supporting(private_ca=True)) == Decision("chart")
    assert decided("mount", **supporting(private_ca=True)).way == "mount"


def test_an_application_of_which_nobody_knows_whether_it_verifies_gets_it() -> None:
    assert decided(description={"ca_pem": PRIVATE_CA}).way == "mount"


@pytest.mark.parametrize(
    "description",
    [
        {"ca_pem": None},
        {"security": "none", "port": 25},
        {"validate_certs": False},
        {"enabled": False},
    ],
)
@pytest.mark.parametrize("mode", ["auto", "chart", "mount", "none"])
def test_nothing_is_decided_where_no_private_ca_counts(
    mode: Mode, description: dict[str, Any]
) -> None:
    assert decided(mode, {**TLS, **description}, runtime=None) == Decision("none")


def test_an_application_that_verifies_nothing_gets_none() -> None:
    assert decided(**supporting(verifies={"tls": "no"})) == Decision("none")


def test_with_none_it_counts_for_the_probe_only() -> None:
    found = decided("none")
    assert found.withheld
    assert (found.way, codes(found.findings)) == ("none", ["ca-for-the-probe-only"])


def test_with_none_it_counts_for_a_probe_from_the_pods_unless_the_application_verifies() -> None:
    assert decided("none", **supporting(verifies={"tls": "yes"})).withheld
    assert not decided("none", **supporting(verifies={"tls": "undocumented"})).withheld


@pytest.mark.parametrize(
    ("mode", "profile", "code"),
    [
        ("auto", {"runtime": None}, "ca-runtime-unknown"),
        ("mount", {"runtime": None}, "ca-runtime-unknown"),
        ("auto", {"runtime": "java"}, "ca-needs-truststore"),
        ("chart", {}, "ca-not-by-chart"),
        ("mount", {"target": "form"}, "ca-not-mountable"),
        ("auto", {"target": "form"}, "application-private-ca-unsupported"),
    ],
)
def test_what_is_not_possible_is_refused(mode: Mode, profile: dict[str, Any], code: str) -> None:
    found = decided(mode, **profile)
    assert found.way == "none"
    assert [(finding.code, finding.severity) for finding in found.findings] == [(code, "error")]


def test_where_it_may_not_be_needed_it_is_no_error_that_it_cannot_be_mounted() -> None:
    [finding] = decided(description={"ca_pem": PRIVATE_CA}, runtime=None).findings
    assert (finding.code, finding.severity) == ("application-private-ca-undocumented", "warning")


def test_switching_verification_off_is_named_only_where_it_is_possible() -> None:
    words = "smtp_validate_certs: false"
    [possible] = decided(runtime=None).findings
    [impossible] = decided(runtime=None, **supporting(skip_verify=None)).findings
    assert words in possible.fix
    assert words not in impossible.fix


def test_the_ca_of_another_relay_counts_too_and_is_named_there() -> None:
    fallback = replace(DESCRIPTION, **TLS)
    found = decided("none", {"fallbacks": (DESCRIPTION, fallback)})
    assert [finding.where for finding in found.findings] == ["smtp_fallbacks[1].ca_path"]


def test_the_cas_of_all_relays_are_mounted_each_once() -> None:
    api = Workload("Deployment", "qua-api", "api")
    relays = tuple(replace(DESCRIPTION, **{**TLS, "ca_pem": pem}) for pem in (PRIVATE_CA, OTHER_CA))
    first = replace(DESCRIPTION, **TLS, fallbacks=relays)
    trust = mounted(first, [(load("qualytics"), Decision("mount"), [api])])
    assert trust.pem == PRIVATE_CA + OTHER_CA
    assert trust.runtimes == {api: RUNTIMES["python"]}
    assert not mounted(first, [(load("qualytics"), Decision("none"), [api])]).pem


def test_what_is_mounted_is_part_of_the_evidence_but_not_of_what_the_chart_promises() -> None:
    raw = {**RAW, "application": "qualytics", "release": "qua", "namespace": "apps"}
    made = plan.make({**raw, "port": 465, "ca_pem": PRIVATE_CA})
    for workload, wanted in made.evidence.items():
        path = f"{FOLDER}/{workload.container}.pem"
        assert wanted.env["SSL_CERT_FILE"] == path
        assert [file.path for file in wanted.files] == [path]
        assert set(wanted.files[0].lines) <= set(PRIVATE_CA.splitlines())
        assert "SSL_CERT_FILE" not in made.rendered.evidence[workload].env
    without = plan.make({**raw, "port": 465, "ca_pem": PRIVATE_CA, "ca_mode": "none"})
    assert without.evidence == without.rendered.evidence


def test_values_do_not_carry_a_ca_that_is_not_to_go_that_way() -> None:
    raw = {**RAW, "application": "nextcloud", "release": "cloud", "namespace": "apps"}
    given = {**raw, "ca_pem": PRIVATE_CA}
    assert "BEGIN CERTIFICATE" in str(plan.make(given).rendered.leaves)
    assert "BEGIN CERTIFICATE" not in str(plan.make({**given, "ca_mode": "none"}).rendered.leaves)


def test_a_mode_that_is_none_is_told_with_the_choices() -> None:
    raw = {**RAW, "application": "qualytics", "release": "qua", "namespace": "apps"}
    finding = the_finding(lambda: plan.make({**raw, "ca_mode": "volume"}))
    assert (finding.code, finding.where) == ("value-not-a-choice", "smtp_ca_mode")
    assert "auto, chart, mount, none" in finding.message + finding.fix


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_profile_names_a_runtime_that_is_known_or_none(name: str) -> None:
    profile = load(name)
    assert profile.runtime is None or (profile.target == "helm" and profile.runtime in RUNTIMES)
