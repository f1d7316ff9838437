# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every chart reads every value of its profile, as real Helm renders it; another chart of its name does not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.canary import (
    Outcome,
    Reading,
    RefusedError,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Rendered
from tests.harness import rendered
from tests.harness.rendered import MAJORS, template
from tests.integration.test_charts import (
    BEFORE,
    CHARTS,
    NAMESPACE,
    OPTIONAL,
    RELEASE,
    Chart,
    descriptions,
    helm,
    refusals,
    usual,
    written,
)


class Renderings:
    """Renders a chart by real Helm, and counts."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0

    def __call__(self, given: Mapping[str, Any]) -> Revision:
        self.count += 1
        try:
            made = template(
                helm(MAJORS[0]),
                self.folder,
                given,
                release=RELEASE,
                namespace=NAMESPACE,
                files=sorted((self.folder / "example").glob("*.yaml"), reverse=True),
            )
        except rendered.RefusedError as error:
            raise RefusedError(schema="schema" in str(error)) from error
        manifest = "\n---\n".join(json.dumps(each, default=str) for each in made.documents)
        return Revision(RELEASE, 1, "deployed", {"config": given, "manifest": manifest})


def outcome(renderings: Renderings, profile: str, wanted: Rendered) -> Outcome:
    defaults = yaml.safe_load((renderings.folder / "values.yaml").read_text(encoding="utf-8"))
    given = values.apply(BEFORE.get(profile, {}), wanted.leaves, defaults)
    return Reading(renderings, given, defaults, NAMESPACE).outcome(wanted.leaves)


LOOKED_AT = (
    "disabled",
    "password-starttls-public_ca",
    "anonymous-none",
    "existing_secret-tls-skip_verify",
)
"""The descriptions that differ the most; the whole matrix takes minutes."""


@pytest.mark.parametrize("chart", CHARTS, ids=str)
def test_a_chart_reads_all_that_its_profile_writes(chart: Chart) -> None:
    profile = load(chart.profile)
    every = dict(descriptions(profile))
    full = {name: value for name, value in OPTIONAL.items() if name in profile.supports.fields}
    cases = {name: every[name] for name in LOOKED_AT}
    for name, description in {**cases, "optional": replace(usual(profile), **full)}.items():
        wanted = written(profile, description)
        if refusals(profile, description, wanted):
            continue
        renderings = Renderings(chart.folder)
        found = outcome(renderings, chart.profile, wanted)
        assert found.unread == (), name
        assert renderings.count <= 12, name


def test_another_chart_of_the_same_name_reads_nothing(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: grafana\nversion: 12.11.1\n")
    (tmp_path / "values.yaml").write_text("image: x\nsmtp: {}\n")
    (tmp_path / "templates" / "it.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: it}\ndata: {image: '{{ .Values.image }}'}\n"
    )
    profile = load("grafana")
    wanted = written(profile, usual(profile))
    renderings = Renderings(tmp_path)
    found = outcome(renderings, "grafana", wanted)
    assert "grafana.ini.smtp.host" in found.unread
    assert "envRenderSecret.SMTP_PASSWORD" in found.unread
    assert renderings.count == 3
