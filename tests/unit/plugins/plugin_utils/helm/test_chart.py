# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release's own chart is written out of its record when it is whole there."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.chart import (
    leads_elsewhere,
    subcharts_in_use,
    whole,
    write,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import (
    DEPLOYMENT,
    file,
    record,
    revision,
)

SUBCHART = "# Source: qualytics/charts/ingress-nginx/templates/controller.yaml\nkind: Deployment\n"


def with_chart(**changes: Any) -> Any:
    return revision(chart={**record()["chart"], **changes})


class TestARecord:
    def test_is_whole_when_nothing_comes_from_a_subchart(self) -> None:
        assert whole(revision())
        assert subcharts_in_use(revision()) == []

    def test_is_not_whole_when_an_object_comes_from_a_subchart(self) -> None:
        found = revision(manifest=f"---\n{DEPLOYMENT}---\n{SUBCHART}---\n{SUBCHART}")
        assert not whole(found)
        assert subcharts_in_use(found) == ["ingress-nginx"]

    @pytest.mark.parametrize(
        "hook",
        [
            {"path": "qualytics/charts/jobs/templates/x.yaml", "manifest": "kind: Job"},
            {"path": "", "manifest": "# Source: qualytics/charts/jobs/templates/x.yaml\nkind: Job"},
        ],
    )
    def test_is_not_whole_when_a_hook_comes_from_a_subchart(self, hook: dict[str, str]) -> None:
        assert subcharts_in_use(revision(hooks=[hook])) == ["jobs"]

    def test_may_speak_of_charts_elsewhere(self) -> None:
        text = "# Source: qualytics/templates/charts/x.yaml\ndata: '# Source: a/charts/b/c'\n"
        assert subcharts_in_use(revision(manifest=text)) == []

    def test_without_templates_is_not_whole(self) -> None:
        assert not whole(with_chart(templates=[]))
        assert not whole(with_chart(templates=None))


class TestWriting:
    def test_gives_a_chart_that_names_no_dependency(self, tmp_path: Path) -> None:
        write(revision(), tmp_path)
        metadata = json.loads((tmp_path / "Chart.yaml").read_text())
        assert metadata == {"name": "qualytics", "version": "2026.8.18", "apiVersion": "v2"}
        values = json.loads((tmp_path / "values.yaml").read_text())
        assert values == record()["chart"]["values"]
        assert (tmp_path / "templates" / "api.yaml").read_text() == "kind: Deployment\n"
        assert (tmp_path / "README.md").read_text() == "# Qualytics\n"
        assert not (tmp_path / "values.schema.json").exists()

    def test_keeps_the_schema_and_the_bytes_of_files(self, tmp_path: Path) -> None:
        schema = base64.b64encode(b'{"type": "object"}').decode()
        binary = {"name": "files/logo.png", "data": base64.b64encode(b"\x89PNG\xff").decode()}
        write(with_chart(schema=schema, files=[binary], values=None), tmp_path)
        assert json.loads((tmp_path / "values.schema.json").read_text()) == {"type": "object"}
        assert (tmp_path / "files" / "logo.png").read_bytes() == b"\x89PNG\xff"
        assert json.loads((tmp_path / "values.yaml").read_text()) == {}

    def test_makes_an_empty_file_of_what_helm_writes_as_null(self, tmp_path: Path) -> None:
        write(with_chart(files=[{"name": "empty", "data": None}]), tmp_path)
        assert (tmp_path / "empty").read_bytes() == b""

    @pytest.mark.parametrize("name", ["../out", "/etc/out", "templates/../../out", "..", "."])
    def test_refuses_a_name_that_leads_outside(self, tmp_path: Path, name: str) -> None:
        folder = tmp_path / "chart"
        folder.mkdir()
        with pytest.raises(ValueError, match="names a file outside of itself"):
            write(with_chart(files=[file(name, "x")]), folder)
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        "name", ["charts/x/Chart.yaml", "charts/x.tgz", "templates/../charts/x"]
    )
    def test_holds_no_subchart(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(ValueError, match="of a subchart"):
            write(with_chart(files=[file(name, "x")]), tmp_path)

    @pytest.mark.parametrize(
        ("schema", "elsewhere"),
        [
            ({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}, False),
            ({"properties": {"a": {"$ref": "#/definitions/b"}, "$ref": {"type": "string"}}}, False),
            ({"properties": {"a": {"$ref": "http://169.254.169.254/latest"}}}, True),
            ({"allOf": [{"$ref": "file:///etc/shadow"}]}, True),
            ({"$ref": "other.json#/a"}, True),
            ({"$schema": "https://json-schema.org.example/schema"}, True),
            ({"$dynamicRef": "//example/a"}, True),
        ],
    )
    def test_that_helm_would_look_up_elsewhere_is_known(
        self, tmp_path: Path, schema: Any, elsewhere: bool
    ) -> None:
        text = base64.b64encode(json.dumps(schema).encode()).decode()
        write(with_chart(schema=text), tmp_path)
        assert leads_elsewhere(tmp_path) is elsewhere

    def test_that_comes_as_a_file_is_looked_at_as_well(self, tmp_path: Path) -> None:
        write(with_chart(files=[file("values.schema.json", '{"$ref": "http://x"}')]), tmp_path)
        assert leads_elsewhere(tmp_path)
