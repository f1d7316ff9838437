# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is to say of what was seen in the pods of a release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import failure, warnings
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.cluster import Inspected
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.check import Verdict
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.reader import (
    Seen,
    Way,
)

WAYS: Mapping[Way, str] = {
    "container": "",
    "specification": " (by its specification: nothing can be run in it)",
}
"""How a pod was read, in words."""


def verified(plan: Plan, cluster: Cluster, found: Inspected) -> dict[str, Any]:
    """The result of smtp_verify."""
    evidence, verdict, seen = plan.rendered.evidence, found.verdict, found.seen
    older = {
        workload: names
        for workload, now in found.live.items()
        if (names := revision.older(cluster, now, found.pods[workload]))
    }
    findings = [*verdict.findings, *_of_older(older)]
    result = {
        "changed": False,
        "pods": [_pod(entry, older) for entry in seen],
        "variables": _names(name for wanted in evidence.values() for name in wanted.env),
        "files": _names(file.path for wanted in evidence.values() for file in wanted.files),
        "secrets": _names(each.name for wanted in evidence.values() for each in wanted.secrets),
        "differences": list(_differences(verdict)),
        "findings": [finding.as_dict() for finding in findings],
    }
    if any(finding.severity == "error" for finding in findings):
        return {**result, **failure(findings)}
    return {**result, "msg": _msg(plan, result, seen), "warnings": warnings(findings)}


def _names(names: Iterable[str]) -> list[str]:
    return sorted(set(names))


def _pod(entry: Seen, older: Mapping[Workload, Sequence[str]]) -> dict[str, Any]:
    return {
        "workload": str(entry.workload),
        "pod": entry.pod,
        "container": entry.workload.container,
        "read_from": entry.way,
        "reason": entry.problem,
        "older_revision": entry.pod in older.get(entry.workload, ()),
    }


def _of_older(older: Mapping[Workload, Sequence[str]]) -> Iterator[Finding]:
    for workload, names in older.items():
        yield CATALOGUE.finding(
            "pod-of-older-revision", where=str(workload), workload=workload, pods=", ".join(names)
        )


def _differences(verdict: Verdict) -> Iterator[dict[str, Any]]:
    for deviation in verdict.deviations:
        place = {"pod": deviation.seen.pod, "container": deviation.seen.workload.container}
        for difference in deviation.differences:
            yield {**place, **asdict(difference)}
    for difference in verdict.secrets:
        yield {"pod": "", "container": "", **asdict(difference)}


def in_words(variables: int, files: int, secrets: int, *, right: bool) -> str:
    """Return the beginning of a sentence about what was read, and whether all of it is right."""
    counts = {"variables": variables, "files": files, "Secrets": secrets}
    what = ", ".join(
        f"{count} {name if count > 1 else name[:-1]}" for name, count in counts.items() if count
    )
    if not right:
        return f"{what} in"
    is_right = "are as they should be" if sum(counts.values()) > 1 else "is as it should be"
    return f"verified: {what} {is_right} in"


def _msg(plan: Plan, result: Mapping[str, Any], seen: Sequence[Seen]) -> str:
    counts = [len(result[name]) for name in ("variables", "files", "secrets")]
    head = in_words(*counts, right=not result["findings"])
    by_way = {way: [entry.pod for entry in seen if entry.way == way] for way in WAYS}
    places = "; ".join(f"{', '.join(pods)}{WAYS[way]}" for way, pods in by_way.items() if pods)
    parts = [f"{head} {places or 'no pod'}"]
    read = {entry.workload for entry in seen}
    parts += [
        f"unproven: {workload}, which is scaled to no pod"
        for workload in plan.rendered.workloads
        if workload not in read
    ]
    return "; ".join(parts)
