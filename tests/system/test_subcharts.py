# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An application that is a part of a larger chart, and a release that its record alone does not make."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.apps.brittle.release import CHART, MOTTO, PROFILE, history, install, seen, wait
from tests.harness.brittle import App
from tests.harness.lab import Lab
from tests.harness.playbook import Played

pytestmark = pytest.mark.node


def codes(played: Played) -> set[str]:
    """The findings that the release step has failed with."""
    assert played.failed == 1, played.output
    return {finding["code"] for finding in played.results[-1]["findings"]}


def umbrella(folder: Path) -> Path:
    """A chart that has the application as a subchart, under another name."""
    chart = folder / "umbrella"
    shutil.copytree(CHART, chart / "charts" / "brittle")
    dependency = {"name": "brittle", "version": "1.0.0", "alias": "hub"}
    metadata = {"apiVersion": "v2", "name": "umbrella", "version": "1.0.0"}
    (chart / "Chart.yaml").write_text(json.dumps({**metadata, "dependencies": [dependency]}))
    (chart / "values.yaml").write_text(json.dumps({"hub": {"mail": {"from": "of@the.chart"}}}))
    return chart


@pytest.mark.parametrize("helm", ["helm", "helm3"])
def test_an_aliased_subchart_gets_its_values_from_the_chart_that_is_named(
    lab: Lab, tmp_path: Path, helm: str
) -> None:
    chart = umbrella(tmp_path)
    release = replace(lab.release(helm=helm), chart=chart)
    try:
        release.upgrade({"hub": {"motto": MOTTO}, "other": "value"})
        wait(release)
        app = App(lab, release, tmp_path)
        part = {"smtp_application": f"{PROFILE}@hub", "smtp_password": "new"}
        refused = app.deploy(**part)
        assert codes(refused) == {"chart-needed"}
        assert "(hub is missing)" in refused.output
        assert history(release) == ["deployed"]
        played = app.deploy(smtp_chart=str(chart), **part)
        assert played.returncode == 0, played.output
        values = release.values()
        assert (values["hub"]["motto"], values["other"]) == (MOTTO, "value")
        assert seen(release) == ["new"]
        again = app.deploy(smtp_chart=str(chart), **part)
        assert (again.returncode, again.changed) == (0, 0), again.output
    finally:
        release.remove()


def test_a_release_that_was_changed_on_its_way_to_the_cluster_is_not_made_anew_without_that(
    lab: Lab, tmp_path: Path
) -> None:
    """Helm keeps no word of a post-renderer; what it has made is in the manifest alone."""
    release = replace(lab.release(helm="helm3"), chart=CHART)
    renderer = tmp_path / "renderer"
    renderer.write_text("#!/bin/sh\nexec sed 's/periodSeconds: 1/periodSeconds: 2/'\n")
    renderer.chmod(0o700)
    try:
        install(release)
        release.run_helm(
            *("upgrade", release.name, str(CHART), "--reuse-values"),
            f"--post-renderer={renderer}",
        )
        wait(release)
        played = App(lab, release, tmp_path).deploy(smtp_password="new")
        assert codes(played) == {"chart-not-the-same"}
        assert "readinessProbe" in played.output
        assert history(release)[-1] == "deployed"
        assert len(history(release)) == 2
    finally:
        release.remove()
