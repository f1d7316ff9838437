# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with a release or with Helm, as data."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="release-not-named",
            severity="error",
            meaning="The release that the settings go to is not named.",
            message="{where} is not given.",
            fix="Set {where}; helm list --all-namespaces shows the releases and their namespaces.",
        ),
        Entry(
            code="release-not-found",
            severity="error",
            meaning="There is no Helm release of that name in that namespace.",
            message="There is no Helm release {release} in namespace {namespace}{hint}.",
            fix=(
                "Correct smtp_release or smtp_namespace, or install the application first; helm "
                "list --all-namespaces shows what is there."
            ),
        ),
        Entry(
            code="release-unreadable",
            severity="error",
            meaning="What Helm keeps of the release in the cluster is damaged, or none of Helm's.",
            message="Release {release} cannot be worked on: {problem}.",
            fix=(
                "Look whether helm itself can read it: helm get values {release} --namespace "
                "{namespace}; if it cannot, restore the Secrets sh.helm.release.v1.{release}.*"
            ),
        ),
        Entry(
            code="release-busy",
            severity="error",
            meaning="An operation on the release is under way, or was killed in the middle.",
            message=(
                "Release {release} is {status} (revision {revision}) since {since}: an operation is "
                "under way, or was killed."
            ),
            fix=("If somebody's helm is still running, wait for it. If it is dead, {way_back}"),
        ),
        Entry(
            code="release-failed",
            severity="error",
            meaning=(
                "The last operation on the release failed, so part of it may have been written."
            ),
            message="The newest revision {revision} of release {release} has failed: {description}",
            fix="Mend the release first, or {way_back}",
        ),
        Entry(
            code="release-newer-revision",
            severity="warning",
            meaning="A newer revision of the release is not in use: an operation is under way, or has failed.",
            message=(
                "Revision {newest} of release {release} is {status}; what is told is of revision "
                "{revision}, which is in use."
            ),
            fix="Wait for the operation, or mend the release; then read it again.",
        ),
        Entry(
            code="release-other-chart",
            severity="error",
            meaning="The release was installed from a chart that the profile is not for.",
            message=(
                "Release {release} was installed from chart {chart}, and the profile "
                "{application} is for {charts}."
            ),
            fix="Set smtp_application to the profile of {chart}, or correct smtp_release.",
        ),
        Entry(
            code="release-chart-of-others",
            severity="error",
            meaning=(
                "The release was installed from a chart that has the name of the profile's chart and "
                "comes from somebody else: its values have other keys."
            ),
            message=(
                "Release {release} was installed from a chart {chart} of {addresses}, and the profile "
                "{application} is for that of {homes}."
            ),
            fix=(
                "Copy the profile, correct its values for this chart, name the chart's home under "
                "checked[].home, and give the path in smtp_application (docs/add-your-application.md)."
            ),
        ),
        Entry(
            code="shared-setting-changes",
            severity="warning",
            meaning="A value changes that is not for mail alone.",
            message="{where} changes from {before} to {after}. It also covers {reach}.",
            fix="Set {variable} to keep it as it was.",
        ),
        Entry(
            code="value-of-another-type",
            severity="error",
            meaning=(
                "A value that mail settings go into has another form than they need, so what somebody "
                "has put there would be lost. Nothing was changed."
            ),
            message="{where} is {found}, and the mail settings go into {wanted} there.",
            fix=(
                "Write what stands in {where} as {wanted}, or take it elsewhere: of a release by an "
                "upgrade of your own, of a file by hand; then run again."
            ),
        ),
        Entry(
            code="chart-needed",
            severity="error",
            meaning=(
                "The release record does not hold the whole chart, because Helm does not store "
                "subcharts."
            ),
            message=(
                "The record of release {release} does not hold the whole chart ({subcharts} is "
                "missing), so it cannot be upgraded from it."
            ),
            fix=(
                "Set smtp_chart to chart {chart} {version}: a folder, a packaged chart, a "
                "repository name or an oci:// address."
            ),
        ),
        Entry(
            code="chart-name-invalid",
            severity="error",
            meaning="The name of the chart begins with a dash, so Helm would take it for an option.",
            message="smtp_chart {source} begins with a dash, and names no chart.",
            fix="Give a folder, a packaged chart, a repository name or an oci:// address.",
        ),
        Entry(
            code="chart-not-found",
            severity="error",
            meaning="Helm finds no chart where smtp_chart says that it is. Nothing was changed.",
            message="smtp_chart names no chart that Helm can read: {text}",
            fix=(
                "Set smtp_chart to a folder, a packaged chart, a name of a repository on the controller "
                "(helm repo list) or an oci:// address. Release {release} in namespace {namespace} is as "
                "it was."
            ),
        ),
        Entry(
            code="chart-differs",
            severity="error",
            meaning=(
                "The chart that was given is not the one that is deployed. Changing mail settings"
                " never changes the chart version."
            ),
            message="smtp_chart {source} is {found}, and release {release} runs {deployed}.",
            fix=(
                "Give the deployed version in smtp_chart; upgrade the application in a step of "
                "its own."
            ),
        ),
        Entry(
            code="helm-missing",
            severity="error",
            meaning="The helm command cannot be run on the controller.",
            message="The command {command} cannot be run on the controller: {problem}.",
            fix=(
                "Install Helm 3 or 4 on the controller (in AWX: in the execution environment), or"
                " give its path in smtp_helm."
            ),
        ),
        Entry(
            code="release-changed-meanwhile",
            severity="error",
            meaning="Somebody else worked on the release at the same time; Helm let only one go on.",
            message="Somebody else is changing release {release} at this moment: {text}",
            fix="Wait until that is done, and run again; nothing of this run was written.",
        ),
        Entry(
            code="upgrade-not-recorded",
            severity="error",
            meaning="Helm reported success, and the newest revision does not hold the values given.",
            message=(
                "{command} upgrade reported success, and the newest revision of release {release} "
                "does not hold the new values."
            ),
            fix=(
                "Check that smtp_helm is a real helm, and whether somebody else has upgraded the "
                "release in the same moment: helm history {release} --namespace {namespace}"
            ),
        ),
        Entry(
            code="helm-failed",
            severity="error",
            meaning="Helm ended with an error.",
            message="helm {action} failed: {text}",
            fix=(
                "Mend what Helm names. The release may now be in state failed: helm history "
                "{release} --namespace {namespace} shows it."
            ),
        ),
        Entry(
            code="upgrade-would-fail",
            severity="error",
            meaning=(
                "Helm ended with an error when an upgrade or a rollback was tried. Nothing was changed."
            ),
            message="helm {action} would fail: {text}",
            fix=(
                "Mend what Helm names, and run again. Release {release} in namespace {namespace} is "
                "as it was."
            ),
        ),
    )
)
