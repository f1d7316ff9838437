# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to a profile of one's own says what is true: its profile loads, its mistakes are told so."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils import plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile import check
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import FOLDER, load, shipped
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    RAW,
    findings_of,
)
from tests.harness import guide


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return guide.write_files(tmp_path)


def raw(profile: Path) -> dict[str, Any]:
    return {**RAW, "application": str(profile), "release": "notes", "namespace": "apps"}


def test_the_profile_of_the_guide_is_of_a_chart_that_is_not_shipped(profile: Path) -> None:
    assert load(str(profile)).charts == (guide.CHART,)
    assert guide.CHART not in {chart for name in shipped() for chart in load(name).charts}
    assert check.check(profile, profile.read_text(encoding="utf-8")) == []


def test_the_profile_of_the_guide_makes_a_plan(profile: Path) -> None:
    assert plan.make(raw(profile)).title == "Notes"


def test_the_guide_shows_mistakes() -> None:
    assert len(guide.mistakes()) >= 6


@pytest.mark.parametrize(("right", "wrong", "told"), guide.mistakes())
def test_a_mistake_is_told_as_the_guide_says(
    profile: Path, right: str, wrong: str, told: str
) -> None:
    text = profile.read_text(encoding="utf-8")
    assert text.count(f"{right}\n") == 1
    profile.write_text(text.replace(f"{right}\n", f"{wrong}\n"), encoding="utf-8")
    found = findings_of(partial(plan.make, raw(profile)))
    assert "\n".join(finding.message for finding in found) == told


def test_the_links_of_the_guide_lead_to_pages() -> None:
    for target in re.findall(r"\]\(([^)#]+)", guide.GUIDE.read_text(encoding="utf-8")):
        assert (guide.GUIDE.parent / target).is_file()


def test_the_schema_that_editors_are_told_is_the_one_that_is_used(profile: Path) -> None:
    first = profile.read_text(encoding="utf-8").splitlines()[0]
    assert first.endswith("/profiles/schema.json")
    assert (FOLDER / "schema.json").is_file()


def test_the_place_of_the_guide_that_goes_before_the_settings_is_found(profile: Path) -> None:
    [evidence] = plan.make(raw(profile)).rendered.evidence.values()
    [bound] = evidence.overrides
    assert bound.matches("MAIL_RELAY")
    assert bound.judge("MAIL_RELAY", RAW["host"]) is None
    finding = bound.judge("MAIL_RELAY", "other.example.com")
    assert finding is not None
    assert finding.code == "login-goes-elsewhere"
