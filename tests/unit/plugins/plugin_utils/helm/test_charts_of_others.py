# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart that has the name of a profile's chart, and comes from somebody else, is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import readable, usable
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import application
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import (
    record,
    revision,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import the_finding


class Releases:
    """One release of a chart."""

    namespace = "apps"

    def __init__(self, name: str, version: str, **metadata: Any) -> None:
        chart = {**record()["chart"]}
        chart["metadata"] = {"name": name, "version": version, **metadata}
        self.revision = revision(chart=chart)

    def revisions(self, release: str) -> list[Revision]:
        return [self.revision]

    def releases(self) -> list[str]:
        return ["qua"]


@pytest.mark.parametrize("look", [usable, readable])
@pytest.mark.parametrize(
    ("profile", "chart", "version", "metadata"),
    [
        ("airflow", "airflow", "1.18.0", {"home": "https://github.com/airflow-helm/charts"}),
        ("airflow", "airflow", "1.18.0", {"sources": ["https://github.com/apache/airflow-site"]}),
        ("grafana", "grafana", "12.11.1", {"home": "https://bitnami.com",
                                           "sources": ["https://github.com/bitnami/charts/tree/main/bitnami/grafana"]}),
        ("gitea", "gitea", "12.6.0", {"home": "https://bitnami.com"}),
        ("argo-cd", "argo-cd", "10.1.0", {"home": "https://bitnami.com"}),
        ("n8n", "n8n", "1.1.0", {"home": "https://github.com/community-charts/helm-charts"}),
    ],
)  # fmt: skip
def test_a_chart_of_somebody_else_is_refused(
    look: Callable[..., Any], profile: str, chart: str, version: str, metadata: dict[str, Any]
) -> None:
    app = application(profile)
    finding = the_finding(lambda: look(Releases(chart, version, **metadata), "qua", [app], []))
    assert finding.code == "release-chart-of-others"
    for address in (metadata.get("home"), *metadata.get("sources", [])):
        assert address is None or address in finding.message


@pytest.mark.parametrize(
    ("profile", "chart", "metadata"),
    [
        ("airflow", "airflow", {"home": "https://airflow.apache.org/",
                                "sources": ["https://github.com/apache/airflow"]}),
        ("airflow", "airflow", {}),
        ("grafana", "grafana", {"home": "https://grafana.com",
                                "sources": ["https://github.com/grafana-community/helm-charts"]}),
        ("argo-cd", "argo-cd", {"sources": ["https://github.com/argoproj/argo-helm/tree/main/charts/argo-cd"]}),
        ("rocketchat", "rocketchat", {"home": "https://rocket.chat/"}),
        ("nextcloud", "nextcloud", {"home": "https://nextcloud.com/",
                                    "sources": ["https://github.com/nextcloud/helm"]}),
        ("qualytics", "qualytics", {"home": "https://anywhere.example"}),
    ],
)  # fmt: skip
def test_the_chart_of_the_profile_is_known_by_its_home_or_a_source(
    profile: str, chart: str, metadata: dict[str, Any]
) -> None:
    assert usable(Releases(chart, "1", **metadata), "qua", [application(profile)], [])


def test_of_a_subchart_nothing_is_known() -> None:
    releases = Releases("qualytics", "1", home="https://anywhere.example",
                        dependencies=[{"name": "grafana", "version": "1"}])  # fmt: skip
    assert usable(releases, "qua", [application("grafana@grafana")], [])
