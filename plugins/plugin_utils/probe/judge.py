# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a probe's findings mean where it ran. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.report import advice, steps
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.terminal import Page, page
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.place import Probed

PROVEN_ANYWHERE = frozenset({"auth"})
"""The stages whose failure counts wherever it was seen: a rejected password is wrong for the pods too."""


STRICTER: Mapping[str, frozenset[str | None]] = {
    "certificate-refused-by-go": frozenset({"go", None}),
    # What rustls takes its roots from is called openssl in a profile.
    "certificate-refused-by-rustls": frozenset({"openssl", None}),
}
"""Findings about TLS libraries that refuse what OpenSSL takes, with the runtimes that may use one."""


def findings(probed: Probed, *, second_best: bool, fallback: bool) -> list[Finding]:
    """What was seen of one relay, as serious as it is for the application.

    :param second_best: whether it ran on the controller for want of the network of the release, so
        that a failure proves nothing.
    :param fallback: whether the relay is one that is used only when the first does not answer.
    """
    seen = [Finding(**finding) for finding in probed.result["findings"]]
    if second_best and probed.failed and not probed.failed & PROVEN_ANYWHERE:
        seen = [_unproven(finding) for finding in seen]
    if fallback:
        seen = [_milder(finding) for finding in seen]
    return seen


def for_runtimes(seen: Sequence[Finding], runtimes: Sequence[str | None]) -> list[Finding]:
    """What is said of TLS libraries that are stricter than the probe's, as it concerns these applications.

    :param runtimes: the words of their profiles; `None` for one that does not say. Empty without an
        application: then everything is told.
    """
    if not runtimes:
        return list(seen)
    told = []
    for finding in seen:
        concerned = STRICTER.get(finding.code)
        if concerned is None or not set(runtimes).isdisjoint(concerned):
            certain = concerned is not None and set(runtimes) & concerned == {"go"}
            told.append(replace(finding, severity="error") if certain else finding)
    return told


def detected(description: Description, probed: Probed, *, configured: bool) -> list[Finding]:
    """What to say of the security that was found out, which may be another than the declared one.

    :param configured: whether an application is to be configured with the declared one.
    """
    found = probed.result["security"]
    # Auto is what it stays where nothing could be found out.
    if found in ("auto", description.security):
        return []
    finding = CATALOGUE.finding(
        "security-differs",
        where=probed.result["relay"],
        found=found,
        port=description.port,
        declared=description.security,
    )
    return [finding if configured else _milder(finding)]


def instead(where: str, problem: str, *, began: bool) -> list[Finding]:
    """What to say when only the controller could probe.

    :param problem: why not the network of the release, as the end of a sentence.
    :param began: whether a probe was started there, and its answer cannot be used.
    """
    told = [CATALOGUE.finding("probe-from-controller", where=where, problem=problem)]
    if began:
        told.append(CATALOGUE.finding("probe-answer-unusable", where=where, problem=problem))
    return told


def reached(probed: Probed) -> bool:
    """Whether a connection to the relay came about."""
    return not probed.failed & {"resolve", "connect"}


def _unproven(finding: Finding) -> Finding:
    if finding.severity != "error":
        return finding
    return CATALOGUE.finding(
        "relay-unproven", where=finding.where, problem=finding.message, fix=finding.fix
    )


def _milder(finding: Finding) -> Finding:
    return replace(finding, severity="warning") if finding.severity == "error" else finding


def text(probed: Sequence[Probed], seen: Sequence[Finding]) -> Page:
    """One page for a person: each relay, step by step, then every finding with its fix."""
    lines = [line for each in probed for line in steps(each.result, each.where)]
    return page([*lines, *advice(finding.as_dict() for finding in seen)])
