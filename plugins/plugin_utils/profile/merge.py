# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several applications of one release, made into one change."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Application,
    Evidence,
    Leaf,
    Path,
    Rendered,
    Workload,
)


def merge(parts: Sequence[tuple[Application, Rendered]]) -> Rendered:
    """What all of the applications want together, in their order.

    :raises FindingError: when two of them want different things of one value.
    """
    evidence: dict[Workload, Evidence] = {}
    for _application, rendered in parts:
        for workload, wanted in rendered.evidence.items():
            known = evidence.get(workload, Evidence())
            evidence[workload] = Evidence(
                env={**known.env, **wanted.env},
                files=(*known.files, *wanted.files),
                secrets=(*known.secrets, *wanted.secrets),
                overrides=(*known.overrides, *wanted.overrides),
            )
    every = [rendered for _application, rendered in parts]
    return Rendered(
        leaves=_leaves(parts),
        evidence=evidence,
        shared={key: entry for rendered in every for key, entry in rendered.shared.items()},
        secrets=tuple(dict.fromkeys(wanted for rendered in every for wanted in rendered.secrets)),
        sendings=tuple(sending for rendered in every for sending in rendered.sendings),
        overrides=tuple(bound for rendered in every for bound in rendered.overrides),
        findings=tuple(dict.fromkeys(finding for each in every for finding in each.findings)),
    )


def _leaves(parts: Sequence[tuple[Application, Rendered]]) -> tuple[Leaf, ...]:
    owners: dict[Path, tuple[Application, Leaf]] = {}
    findings: list[Finding] = []
    for application, rendered in parts:
        for leaf in rendered.leaves:
            others = [
                owner
                for path, (owner, known) in owners.items()
                if owner is not application
                and _touch(path, leaf.path)
                and not (path == leaf.path and known.value == leaf.value)
            ]
            if others:
                findings.append(
                    CATALOGUE.finding(
                        "applications-overlap",
                        where=leaf.key,
                        first=others[0].name,
                        second=application.name,
                    )
                )
            owners.setdefault(leaf.path, (application, leaf))
    if findings:
        raise FindingError(*findings)
    return tuple(leaf for _owner, leaf in owners.values())


def _touch(left: Path, right: Path) -> bool:
    """Whether one place lies in the other."""
    short, long = sorted((left, right), key=len)
    return long[: len(short)] == short
