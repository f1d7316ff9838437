# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each profile changes in its chart is for mail in the eyes of the guard, over the life of a release."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.cause import causes
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import of_trial
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.explain import explanation
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.judge import judge, sort
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    Object,
    Ref,
    of_manifest,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import Write
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Profile, Rendered
from tests.harness.rendered import MAJORS, template
from tests.integration.test_charts import (
    BEFORE,
    CHARTS,
    NAMESPACE,
    RELEASE,
    Chart,
    descriptions,
    helm,
    refusals,
    usual,
    written,
)

RANDOM = "upgrade-changes-random"
"""True of some charts, and told whatever is changed."""


def life(profile: Profile) -> Iterator[Rendered]:
    """Mail comes, goes by another relay, is switched off where it can be, and comes back."""
    first = usual(profile)
    other = replace(
        first,
        host="smtp.example.net",
        from_address="ops@example.net",
        username="ops@example.net",
        password=Secret("battery-staple"),
    )
    for description in (first, other, dict(descriptions(profile))["disabled"], first):
        wanted = written(profile, description)
        if not refusals(profile, description, wanted):
            yield wanted


def revision(chart: Chart, given: Mapping[str, Any]) -> Revision:
    """What Helm would keep of an upgrade to these values."""
    made = template(
        helm(MAJORS[0]),
        chart.folder,
        given,
        release=RELEASE,
        namespace=NAMESPACE,
        files=sorted((chart.folder / "example").glob("*.yaml"), reverse=True),
    )
    manifest = "\n---\n".join(json.dumps(document, default=str) for document in made.documents)
    return Revision(RELEASE, 1, "deployed", {"config": given, "manifest": manifest})


def write(before: Object | None, after: Object | None) -> Write:
    """What the API server would say to the dry run of a write."""
    if after is None:
        return Write("DELETE", 200, {}, before, {"kind": "Status"})
    return Write("PATCH" if before else "POST", 200, after, before, after)


@pytest.mark.parametrize("chart", CHARTS, ids=str)
def test_the_guard_lets_all_pass_that_a_profile_changes(chart: Chart) -> None:
    before: Mapping[str, Any] = BEFORE.get(chart.profile, {})
    for wanted in life(load(chart.profile)):
        after = values.apply(before, wanted.leaves)
        stored, again, new = (revision(chart, each) for each in (before, before, after))
        was, will = (of_manifest(each.manifest, NAMESPACE) for each in (stored, new))
        refs: set[Ref] = {*was, *will}
        changes = of_trial([write(was.get(ref), will.get(ref)) for ref in refs], NAMESPACE)
        every = explanation(wanted.evidence.values(), [*was.values(), *will.values()])
        verdict = judge(
            sort(changes, every, ()),
            causes(stored, again, new, NAMESPACE),
            str,
            {"release": RELEASE, "chart": chart.profile},
        )
        assert [str(each) for each in verdict.findings if each.code != RANDOM] == []
        before = after
