# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controller side of smtp_read: from values that are there to the description that they mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import READ
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.resolve import errors
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import readable, unchecked
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Given, Target, strangers
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Application
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import written
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading import report
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.read import Reading, read
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.source import read_values
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import Mode, sentence
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.cluster import ClusterAction

UNSURE = {
    "unreadable": "not wholly readable",
    "elsewhere": "decided elsewhere",
    "none": "without settings",
}
"""What cannot be judged by the values alone, in words that follow a number."""


@dataclass(frozen=True)
class Source:
    """Where the values come from.

    :param defaults: the chart's own values; `None` when they are not known.
    """

    name: str
    values: Mapping[str, Any]
    defaults: Mapping[str, Any] | None
    findings: Sequence[Finding] = ()


class ActionModule(ClusterAction):
    """Reads what is configured, and changes nothing."""

    options = READ

    def work(self, raw: Mapping[str, Any], variables: Iterable[str], mode: Mode) -> dict[str, Any]:
        findings = strangers(variables)
        given = Given(raw, findings)
        applications, path = given.applications(), given.text("values_src")
        helm = not applications or applications[0].profile.target == "helm"
        target = given.target(named=helm and path is None)
        if not applications or errors(findings):
            raise FindingError(*findings)
        if path is not None:
            profile, at = applications[0].profile, given.text("document_path")
            defaults: Mapping[str, Any] | None = None if profile.target == "helm" else {}
            source = Source(path, read_values(profile, Path(path), at), defaults)
        elif helm:
            source = self._release(target, applications)
        else:
            title = applications[0].profile.title
            raise FindingError(
                CATALOGUE.finding("values-src-missing", where="smtp_values_src", title=title)
            )
        readings = [(each, _reading(each, source, target)) for each in applications]
        findings += source.findings
        for _application, reading in readings:
            findings += report.findings(reading)
        findings += report.disagreements(readings)
        return _result(source, target, readings, findings)

    def _release(self, target: Target, applications: Sequence[Application]) -> Source:
        """The values that a release is in use with."""
        leaves = [leaf for each in applications for leaf in written(each, Description())]
        deployed, told = readable(self.cluster(target), target.release, applications, leaves)
        name = (
            f"revision {deployed.number} of release {target.release} in namespace "
            f"{target.namespace}, chart {deployed.chart_name} {deployed.chart_version}"
        )
        told += unchecked(deployed, applications)
        return Source(name, deployed.values, deployed.defaults, told)


def _reading(application: Application, source: Source, target: Target) -> Reading:
    return read(
        application,
        source.values,
        source.defaults,
        release=target.release,
        namespace=target.namespace,
        fullname=target.fullname,
    )


def _result(
    source: Source,
    target: Target,
    readings: Sequence[tuple[Application, Reading]],
    findings: Sequence[Finding],
) -> dict[str, Any]:
    """Everything without a secret. What is wrong with the values does not fail the task."""
    place = {
        "smtp_release": target.release,
        "smtp_namespace": target.namespace,
        "smtp_fullname": target.fullname,
    }
    told = [report.told(application, reading) for application, reading in readings]
    for entry in told:
        about = {"smtp_application": entry["application"], **place}
        given = {name: value for name, value in about.items() if value}
        entry["variables"] = {**given, **entry["variables"]} if entry["found"] else {}
    titles = [application.profile.title for application, _reading in readings]
    summaries = [f"{title}: {entry['summary']}" for title, entry in zip(titles, told, strict=True)]
    counted = [
        f"{len(found)} {severity}{'s' if len(found) > 1 else ''}"
        for severity in ("error", "warning")
        if (found := [finding for finding in findings if finding.severity == severity])
    ]
    unsure = [
        f"{len(those)} {words}"
        for state, words in UNSURE.items()
        if (those := [entry for entry in told if entry["state"] == state])
    ]
    whose = f"release {target.release} in namespace {target.namespace}: " if target.release else ""
    return {
        "changed": False,
        "source": source.name,
        "applications": told,
        "msg": f"{'; '.join(summaries)} ({source.name}; {', '.join([*unsure, *counted]) or 'nothing is wrong'})",
        "findings": [finding.as_dict() for finding in findings],
        "warnings": [
            f"{whose}{sentence(finding)}" for finding in findings if finding.severity != "info"
        ],
    }
