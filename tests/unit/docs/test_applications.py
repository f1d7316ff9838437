# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/applications.md says what is true: every cell of the matrix is asked of the collection."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils import plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load, shipped
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import OMIT
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import findings_of
from tools import application_pages, docs

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.fixture(scope="module")
def listed() -> str:
    return (DOCS / "findings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", shipped())
def test_each_cell_renders_or_is_refused_with_a_finding_that_is_listed(
    name: str, listed: str
) -> None:
    profile = load(name)
    for cell in product(
        application_pages.LOGINS, application_pages.SECURITIES, application_pages.TRUST
    ):
        raw = application_pages.description(profile, *cell)
        refused = application_pages.refusals(raw)
        if refused:
            assert all(finding.fix for finding in findings_of(partial(plan.make, raw)))
            assert all(f"# {code}\n" in listed for code in refused)
        else:
            leaves = plan.make(raw).rendered.leaves
            assert any(leaf.value is not OMIT for leaf in leaves)


@pytest.mark.parametrize("name", shipped())
def test_something_can_be_configured_in_every_application(name: str) -> None:
    assert () in application_pages.matrix(load(name)).values()


def test_the_pages_say_what_the_collection_says() -> None:
    pages: Mapping[Path, str] = dict(docs.pages())
    assert (DOCS / "applications.md") in pages
    for path, text in pages.items():
        if path.parent.name == "applications" or path.name == "applications.md":
            assert path.read_text(encoding="utf-8") == text
    kept = {path.stem for path in (DOCS / "applications").iterdir()}
    assert kept == set(shipped())


def test_no_two_findings_have_the_same_code() -> None:
    codes = [trap.code for name in shipped() for trap in load(name).traps]
    assert len(codes) == len(set(codes))
    assert not set(codes) & docs.codes()


@pytest.mark.parametrize("name", shipped())
def test_only_a_chart_is_written_for_helm_upgrade(name: str) -> None:
    page = (DOCS / "applications" / f"{name}.md").read_text(encoding="utf-8")
    assert ("for helm upgrade --values" in page) == (load(name).target == "helm")


@pytest.mark.parametrize("name", shipped())
def test_the_places_that_go_before_the_settings_stand_on_the_page(name: str) -> None:
    page = (DOCS / "applications" / f"{name}.md").read_text(encoding="utf-8")
    places = load(name).overrides
    assert ("## What else decides about mail" in page) == bool(places)
    assert all(f"`{place.env}`" in page for place in places if place.env)
