# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file with several mappings of the same name: only the application's own is edited or read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.action import smtp_config, smtp_read
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import perform
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import RAW

GRAFANA = """\
apiVersion: radm.k8s.io/v1beta1
spec:
  grafana:
    smtp:
      enabled: false
      host: grafana-relay.example.net:587
"""
BOTH = f"""\
{GRAFANA}\
  smtp:
    enabled: false
    smtp_address: ""
    port: 25
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def configured(path: Path, **more: Any) -> dict[str, Any]:
    arguments = {**RAW, "application": "rafay-radm", "values_dest": str(path), **more}
    return perform(smtp_config.ActionModule, arguments, folder=path.parent)[1]


def read(path: Path, **more: Any) -> dict[str, Any]:
    arguments = {"application": "rafay-radm", "values_src": str(path), **more}
    return perform(smtp_read.ActionModule, arguments, folder=path.parent)[1]


class TestAMappingOfSomebodyElse:
    @pytest.mark.parametrize("inside", ["", "{}", "{enabled: false}", "{host: a, user: b}"])
    @pytest.mark.parametrize("place", ["grafana", "alerts"])
    def test_is_refused_and_stays_as_it_is(self, path: Path, place: str, inside: str) -> None:
        text = f"spec:\n  {place}:\n    smtp: {inside or '{port: 25}'}\n"
        path.write_text(text)
        [finding] = configured(path)["findings"]
        assert finding["code"] == "document-block-of-others"
        assert f"spec.{place}.smtp" in finding["message"]
        assert "smtp_address" in finding["fix"]
        assert path.read_text() == text

    def test_is_not_taken_for_the_settings_in_use(self, path: Path) -> None:
        path.write_text(GRAFANA)
        [finding] = read(path)["findings"]
        assert (finding["code"], finding["where"]) == (
            "document-block-of-others",
            "smtp_values_src",
        )

    def test_is_refused_also_when_its_path_is_given_unless_it_is_empty(self, path: Path) -> None:
        path.write_text(GRAFANA)
        [finding] = configured(path, document_path="spec.grafana.smtp")["findings"]
        assert finding["code"] == "document-block-of-others"
        path.write_text("spec:\n  mail: {}\n")
        assert configured(path, document_path="spec.mail")["changed"]


class TestTheOwnBlock:
    def test_is_known_by_its_keys_among_others_of_that_name(self, path: Path) -> None:
        path.write_text(BOTH)
        found = configured(path)
        spec = yaml.safe_load(path.read_text())["spec"]
        assert spec["smtp"]["smtp_address"] == "mail.example.com"
        assert spec["grafana"] == yaml.safe_load(GRAFANA)["spec"]["grafana"]
        assert "spec.smtp.smtp_address: " in found["diff"][0]["after"]
        assert "\nsmtp_address: " not in found["diff"][0]["after"]

    def test_is_the_one_that_is_read(self, path: Path) -> None:
        path.write_text(BOTH)
        configured(path)
        assert read(path)["applications"][0]["variables"]["smtp_host"] == "mail.example.com"

    def test_is_ambiguous_when_there_are_two(self, path: Path) -> None:
        path.write_text("a:\n  smtp: {smtp_address: a}\nb:\n  smtp: {smtp_address: b}\n")
        [finding] = configured(path)["findings"]
        assert finding["code"] == "document-block-ambiguous"
