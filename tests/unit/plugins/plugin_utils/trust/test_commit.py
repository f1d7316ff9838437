# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where somebody else keeps a release, what mounts the CA is written into a folder, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.owner import Owner
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import bundle, patch
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.commit import Outcome, commit
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.kustomize import (
    ALSO_KUSTOMIZATION,
    CONFIG_MAPS,
    KUSTOMIZATION,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounts import Mount
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import RUNTIMES
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    API,
    deployment,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    codes,
    the_finding,
)
from tools.application_pages import PRIVATE_CA

FILES = {"api.pem": bundle.text(PRIVATE_CA)}
MOUNT = Mount(
    deployment(),
    patch.config_map(deployment(), FILES),
    patch.mounting(deployment(), {API: RUNTIMES["node"]}, FILES),
)
OWNER = Owner("Argo CD, Application mail", "a sign", "somewhere")


def committed(folder: Path | None, *, release: str = "hub", check: bool = False) -> Outcome:
    return commit([MOUNT], OWNER, "apps", release, str(folder) if folder else None, check=check)


def test_the_files_are_written_once_into_a_folder_of_their_own(tmp_path: Path) -> None:
    first, second = committed(tmp_path / "ca"), committed(tmp_path / "ca")
    assert (first.changed, second.changed) == (True, False)
    assert {path.name for path in (tmp_path / "ca").iterdir()} == {KUSTOMIZATION, CONFIG_MAPS}
    assert codes(first.findings) == codes(second.findings) == ["ca-to-commit"]
    assert "is written" in first.findings[0].message


def test_check_mode_writes_nothing_and_says_what_would_be(tmp_path: Path) -> None:
    found = committed(tmp_path / "ca", check=True)
    assert found.changed
    assert "would be written" in found.findings[0].message
    assert list(tmp_path.iterdir()) == []


def test_without_a_folder_it_is_asked_for() -> None:
    [finding] = committed(None).findings
    assert (finding.code, finding.where) == ("ca-dest-wanted", "smtp_ca_dest")
    assert "Argo CD, Application mail" in finding.message


def test_nothing_is_written_when_all_of_it_has_come_to_the_cluster(tmp_path: Path) -> None:
    there = replace(MOUNT, there=True)
    found = commit([there], OWNER, "apps", "hub", str(tmp_path / "ca"), check=False)
    assert found == Outcome()
    assert list(tmp_path.iterdir()) == []


def test_what_installs_a_chart_and_patches_nothing_is_told_so() -> None:
    found = commit([MOUNT], None, "apps", "hub", "/nowhere", check=False)
    assert codes(found.findings) == ["ca-not-for-the-owner"]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("name", [KUSTOMIZATION, CONFIG_MAPS, *ALSO_KUSTOMIZATION])
def test_a_file_of_somebody_else_is_left_as_it_is(tmp_path: Path, name: str, check: bool) -> None:
    theirs = tmp_path / name
    theirs.write_text("resources: [chart.yaml]\n")
    finding = the_finding(lambda: committed(tmp_path, check=check))
    assert finding.code == "ca-dest-unwritable"
    assert name in finding.message
    assert [path.read_text() for path in tmp_path.iterdir()] == ["resources: [chart.yaml]\n"]


def test_the_folder_of_another_release_is_left_as_it_is(tmp_path: Path) -> None:
    committed(tmp_path / "ca")
    before = {path: path.read_text() for path in (tmp_path / "ca").iterdir()}
    finding = the_finding(lambda: committed(tmp_path / "ca", release="hub2"))
    assert finding.code == "ca-dest-unwritable"
    assert {path: path.read_text() for path in (tmp_path / "ca").iterdir()} == before


@pytest.mark.parametrize("check", [True, False])
def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path, check: bool) -> None:
    finding = the_finding(lambda: committed(tmp_path / "no" / "ca", check=check))
    assert (finding.code, finding.where) == ("ca-dest-unwritable", "smtp_ca_dest")
