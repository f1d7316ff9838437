# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a release can be worked on: found, deployed, and of a chart that the profile is for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import nearest
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import record, values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.fit import chart_version
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Application, Leaf


class Releases(Protocol):
    """Where the records of releases are read."""

    @property
    def namespace(self) -> str: ...

    def revisions(self, release: str) -> list[record.Revision]: ...

    def releases(self) -> list[str]: ...


def usable(
    releases: Releases,
    release: str,
    applications: Sequence[Application],
    leaves: Sequence[Leaf],
) -> record.Revision:
    """The revision that is in use.

    :param leaves: tell which values of the release are secret, because Helm quotes them in its record.
    :raises FindingError: when there is none, when the newest one is pending or failed, and when the
        chart is not the profile's.
    """
    revisions = _revisions(releases, release)
    newest, deployed = revisions[-1], record.in_use(revisions)
    wrong = _other_charts(deployed or newest, applications)
    if deployed is None or newest.number != deployed.number:
        raise FindingError(_stuck(releases, revisions, leaves), *wrong)
    if wrong:
        raise FindingError(*wrong)
    return deployed


def readable(
    releases: Releases,
    release: str,
    applications: Sequence[Application],
    leaves: Sequence[Leaf],
) -> tuple[record.Revision, list[Finding]]:
    """The revision that is in use, also when a newer one is pending or has failed: that is a warning.

    :raises FindingError: when none is in use, or the chart is not the profile's.
    """
    revisions = _revisions(releases, release)
    newest, deployed = revisions[-1], record.in_use(revisions)
    if deployed is None:
        raise FindingError(_stuck(releases, revisions, leaves))
    wrong = _other_charts(deployed, applications)
    if wrong:
        raise FindingError(*wrong)
    if newest.number == deployed.number:
        return deployed, []
    return deployed, [
        CATALOGUE.finding(
            "release-newer-revision",
            where=f"release {release}",
            release=release,
            newest=newest.number,
            status=newest.status,
            revision=deployed.number,
        )
    ]


def _revisions(releases: Releases, release: str) -> list[record.Revision]:
    """Every revision of a release that is there, the newest last."""
    where = f"release {release}"
    facts: dict[str, Any] = {"release": release, "namespace": releases.namespace}
    try:
        found = sorted(releases.revisions(release), key=lambda revision: revision.number)
    except ValueError as error:
        raise FindingError(unreadable(release, releases.namespace, error)) from None
    if not found or found[-1].status == "uninstalled":
        hint = "; it was uninstalled" if found else _hint(release, releases.releases())
        raise FindingError(CATALOGUE.finding("release-not-found", where=where, hint=hint, **facts))
    return found


@contextmanager
def decodable(release: str, namespace: str) -> Iterator[None]:
    """Tells of a record whose manifest or hooks cannot be read.

    :raises FindingError: in place of a ValueError.
    """
    try:
        yield
    except ValueError as error:
        raise FindingError(unreadable(release, namespace, error)) from error


def unreadable(release: str, namespace: str, problem: ValueError) -> Finding:
    """What to say about a release whose record is damaged."""
    return CATALOGUE.finding(
        "release-unreadable",
        where=f"release {release}",
        release=release,
        namespace=namespace,
        problem=problem,
    )


def _stuck(
    releases: Releases, revisions: Sequence[record.Revision], leaves: Sequence[Leaf]
) -> Finding:
    """What to say about a release whose newest revision is not in use."""
    newest = revisions[-1]
    where = f"release {newest.release}"
    facts: dict[str, Any] = {"release": newest.release, "namespace": releases.namespace}
    facts["way_back"] = _way_back(record.last_good(revisions), **facts)
    facts["revision"] = newest.number
    if newest.status in record.PENDING:
        return CATALOGUE.finding(
            "release-busy", where=where, status=newest.status, since=_since(newest), **facts
        )
    # Helm's words can quote the object that failed.
    redactor = Redactor(values.known_secrets(newest.values, leaves))
    words = redactor.clean(newest.description)
    return CATALOGUE.finding("release-failed", where=where, description=words, **facts)


def _since(revision: record.Revision) -> str:
    """When the operation began that made a revision, as Helm has written it, to the second."""
    time = str((revision.record.get("info") or {}).get("last_deployed") or "an unknown time")
    return re.sub(r"\.\d+", "", time)


def _other_charts(deployed: record.Revision, applications: Sequence[Application]) -> list[Finding]:
    """A finding for each application whose profile is not for the chart of the release."""
    charts = [(application, chart_of(deployed, application)[0]) for application in applications]
    return [
        CATALOGUE.finding(
            "release-other-chart",
            where=f"release {deployed.release}",
            chart=chart,
            application=application.name,
            charts=" or ".join(application.profile.charts),
            release=deployed.release,
        )
        for application, chart in charts
        if chart is not None and chart not in application.profile.charts
    ] + [
        CATALOGUE.finding(
            "release-chart-of-others",
            where=f"release {deployed.release}",
            chart=deployed.chart_name,
            addresses=" and ".join(deployed.chart_addresses),
            application=application.name,
            homes=" or ".join(_homes(application)),
            release=deployed.release,
        )
        for application, chart in charts
        if not application.prefix
        and chart in application.profile.charts
        and not any(
            entry.chart == chart and entry.is_from(deployed.chart_addresses)
            for entry in application.profile.checked
        )
    ]


def _homes(application: Application) -> list[str]:
    return list(dict.fromkeys(home for each in application.profile.checked for home in each.home))


def unchecked(deployed: record.Revision, applications: Sequence[Application]) -> Iterator[Finding]:
    """A warning for each chart whose version the profile was not held against."""
    for application in applications:
        chart, version = chart_of(deployed, application)
        finding = chart and version and chart_version(application.profile, chart, version)
        if finding:
            yield finding


def chart_of(deployed: record.Revision, application: Application) -> tuple[str | None, str | None]:
    """The chart that an application is and its version, as far as the record tells them.

    Below a key of the values it is the subchart of that name or alias. Of the subcharts of subcharts
    a record tells nothing, and of one with an alias Helm keeps that instead of the name: only the lock
    can tell which it is.
    """
    if not application.prefix:
        return deployed.chart_name, deployed.chart_version
    name, *deeper = application.prefix
    if deeper:
        return None, None
    metadata = deployed.chart_metadata.get("dependencies") or []
    locked = (deployed.chart.get("lock") or {}).get("dependencies") or []
    named = [entry for entry in metadata if name in (entry.get("alias"), entry.get("name"))]
    if not named:
        return f"{deployed.chart_name} without a subchart {name}", None
    aliased = bool(named[0].get("alias"))
    charts = application.profile.charts if aliased else (name,)
    known = [
        (entry["name"], entry.get("version")) for entry in locked if entry.get("name") in charts
    ]
    if len(known) == 1:
        return known[0]
    return (None if aliased else name), None


def _way_back(good: record.Revision | None, *, release: str, namespace: str) -> str:
    if good is None:
        return (
            "remove it, because no revision of it has ever worked, and install it again: "
            f"helm uninstall {release} --namespace {namespace}"
        )
    return (
        "go back to the last good revision: "
        f"helm rollback {release} {good.number} --namespace {namespace}"
    )


def secrets_kept(releases: Releases, release: str, leaves: Sequence[Leaf]) -> list[Secret]:
    """Every secret that a revision of the release still holds: what a pod may have been started with.

    :raises ValueError: for a record that cannot be read.
    """
    return [
        secret
        for revision in releases.revisions(release)
        for secret in values.known_secrets(revision.values, leaves)
    ]


def _hint(release: str, others: list[str]) -> str:
    if not others:
        return "; there is none at all"
    near = nearest(release, others)
    return f"; the nearest is {near}" if near else f"; there are: {', '.join(others)}"
