# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two applications of one release, one of them a subchart: Alertmanager and Grafana by one change."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import application
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.merge import merge
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render
from tests.harness.rendered import MAJORS, differences, find, template

CHART = Path(__file__).parents[1] / "apps" / "charts" / "kube-prometheus-stack"
APPLICATIONS = tuple(map(application, ("kube-prometheus-stack", "grafana@grafana")))
RELEASE, NAMESPACE = "mon", "monitoring"
ON = Description(
    host="relay.example.com",
    port=587,
    security="starttls",
    auth="password",
    username="hub",
    password=Secret("correct-horse"),
    from_address="hub@example.com",
)


@pytest.mark.parametrize("program", MAJORS)
@pytest.mark.parametrize("description", [ON, Description(enabled=False)], ids=["on", "off"])
def test_both_get_what_their_evidence_promises(program: str, description: Description) -> None:
    helm = find(program)
    if helm is None:
        pytest.skip(f"{program} is neither in MAILOPS_TEST_BIN nor in PATH")
    wanted = merge(
        [
            (each, render(each, description, release=RELEASE, namespace=NAMESPACE))
            for each in APPLICATIONS
        ]
    )
    given = values.apply({}, wanted.leaves)
    manifests = template(helm, CHART, given, release=RELEASE, namespace=NAMESPACE)
    assert {str(workload) for workload in wanted.evidence} == {
        "StatefulSet alertmanager-mon-kube-prometheus-stack-alertmanager",
        "Deployment mon-grafana",
    }
    for workload, evidence in wanted.evidence.items():
        assert differences(evidence, workload, manifests) == []


def test_each_keeps_to_its_own_keys() -> None:
    alertmanager, grafana = (
        values.apply({}, render(each, ON, release=RELEASE).leaves) for each in APPLICATIONS
    )
    assert (set(alertmanager), set(grafana)) == ({"alertmanager"}, {"grafana"})
