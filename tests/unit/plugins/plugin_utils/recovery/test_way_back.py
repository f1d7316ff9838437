# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is rolled back that the guard does not let pass."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Evidence
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.way_back import (
    Enforce,
    WayBack,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    API,
    deployment,
    environ,
    pod,
    secret,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.releases import (
    Release,
    recovery,
)

FACTS: dict[str, Any] = {
    "object": "Role/x",
    "names": "Role/x",
    "release": "qua",
    "action": "rollback",
}


def told(code: str) -> Finding:
    return CATALOGUE.finding(code, where="Role/x", reason="", verb="change", **FACTS)


@pytest.fixture
def release() -> Release:
    return Release([revision(1, "superseded"), revision(2, "failed", "Upgrade failed")])


def way_back(release: Release, *findings: Finding) -> tuple[WayBack, list[int]]:
    """The way back, and the revisions that the guard was asked about."""
    asked: list[int] = []

    plain = recovery(release).way_back

    def approve(good: Revision) -> tuple[Sequence[Finding], Enforce]:
        asked.append(good.number)
        assert release.numbers() == [1, 2]  # nothing was written yet
        if any(finding.severity == "error" for finding in findings):
            raise FindingError(*findings)
        return findings, lambda _before_write: nullcontext(plain.helm)

    back = replace(plain, approve=approve)
    back.lease.take()
    return back, asked


def test_what_the_guard_refuses_is_not_written(release: Release) -> None:
    back, asked = way_back(release, told("change-outside-release"))
    with pytest.raises(FindingError) as caught:
        back.go(release.held[1], release.held[0])
    assert [finding.code for finding in caught.value.findings] == ["change-outside-release"]
    assert (asked, release.numbers()) == ([1], [1, 2])
    assert back.lease.journal() is None


def test_what_it_lets_pass_is_made_and_its_warnings_are_told(release: Release) -> None:
    back, asked = way_back(release, told("change-allowed"))
    done = back.go(release.held[1], release.held[0])
    assert [finding.code for finding in done.findings] == ["change-allowed"]
    assert (asked, release.numbers()) == ([1], [1, 2, 3])


@pytest.mark.parametrize("there", [True, False])
def test_pods_are_not_restarted_whose_successors_would_not_start(
    release: Release, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    creds = {"name": "CREDS", "valueFrom": {"secretKeyRef": {"name": "creds", "key": "key"}}}
    container = {"env": [{"name": "HOST", "value": "old"}, creds]}
    release.states["qua-api"] = deployment(container=container)
    release.pods["qua-api"] = [pod()]
    release.environments["qua-api-1"] = environ(HOST="new")
    found = secret(key="value") if there else None
    monkeypatch.setattr(release, "secret", lambda _name: found)
    plain = recovery(release, workloads=[API]).way_back
    back = replace(plain, evidence={API: Evidence({"HOST": "old"})})
    back.lease.take()

    done = back.go(release.held[1], release.held[1])
    assert release.restarted == (["qua-api"] if there else [])
    told = [(finding.code, finding.severity) for finding in done.findings]
    assert told == ([] if there else [("new-pods-would-lack", "warning")])


def test_a_hook_that_cannot_be_read_is_told_before_anything_is_written(release: Release) -> None:
    back, asked = way_back(release)
    hooks = [{"manifest": "- no object", "events": ["post-rollback"]}]
    good = replace(release.held[0], record={**release.held[0].record, "hooks": hooks})
    with pytest.raises(FindingError) as caught:
        back.go(release.held[1], good)
    assert [finding.code for finding in caught.value.findings] == ["release-unreadable"]
    assert (asked, release.numbers()) == ([], [1, 2])
