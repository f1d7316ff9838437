# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the trial of an upgrade can bring to light, as data."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="write-not-as-tried",
            severity="error",
            meaning=(
                "Helm was about to write something else than its trial had shown: the record was changed in "
                "between, or the chart renders in another way each time or looks something up. The write was "
                "refused."
            ),
            message=(
                "Helm was about to write something else for release {release} than the guard had approved: "
                "{place}. That was refused."
            ),
            fix=(
                "If nobody has changed the release meanwhile, the chart renders this place in another way "
                "each time. Check it, and if it is meant, name it exactly in smtp_allow_changes: {place}"
            ),
        ),
        Entry(
            code="change-outside-release",
            severity="error",
            meaning=(
                "An upgrade or a rollback would change rights (RBAC), an object of the whole cluster or of "
                "another namespace, or an object that is not the release's. Who may write the release's "
                "record can bring that about, so only an exact name allows it."
            ),
            message=(
                "The {action} would {verb} {object}, {reason}. To allow it, smtp_allow_changes must name "
                "it exactly: {names}"
            ),
            fix=(
                "Check who has written the record of release {release} (helm history {release}). If the "
                "change is wanted, name it without *: smtp_allow_changes: {names}"
            ),
        ),
        Entry(
            code="hook-outside-release",
            severity="error",
            meaning=(
                "A hook of the chart would make rights (RBAC), an object outside of the release, or a pod "
                "that takes more than the live pods of the release do. Who may write the release's record "
                "can bring that about, also when the hook is an old one."
            ),
            message=(
                "The {action} would run hook {object}, {reason}. To allow it, smtp_allow_changes must name "
                "it exactly: {names}"
            ),
            fix=(
                "Set smtp_chart to the chart that was installed: hooks that it has by default are run. Or, "
                "if the hook is right, name it without *: smtp_allow_changes: {names}"
            ),
        ),
        Entry(
            code="rollback-changes-other",
            severity="error",
            meaning=(
                "A rollback would bring something that the release has not had in this cluster and that is "
                "not for mail, so the record of the older revision may be forged."
            ),
            message=(
                "The rollback would also change {places} of {object}, which is not for mail and was not "
                "so before. To allow it, name it in smtp_allow_changes: {names}"
            ),
            fix=(
                "Check who has written the records of release {release} (helm history {release}). If the "
                "change is wanted, allow it by smtp_allow_changes: {names}"
            ),
        ),
        Entry(
            code="live-object-unread",
            severity="error",
            meaning=(
                "A live object could not be read, so what an upgrade or a rollback would do to it is not "
                "known. Nothing was changed."
            ),
            message="The API server did not give {path}: {problem}.",
            fix="Check that the cluster answers (kubectl get --raw /readyz), and run again.",
        ),
        Entry(
            code="trial-without-end",
            severity="error",
            meaning="The trial of an upgrade or a rollback did not end. Nothing was changed.",
            message="The trial of the {action} did not end within {seconds} s.",
            fix=(
                "Check that the cluster answers (kubectl get --raw /readyz) and that the chart can be "
                "had from this controller; release {release} is as it was."
            ),
        ),
        Entry(
            code="trial-without-record",
            severity="error",
            meaning=(
                "Helm reported success when an upgrade or a rollback was tried, and wrote no revision. "
                "Nothing was changed."
            ),
            message="{command} {action} reported success in the trial, and wrote no revision.",
            fix=(
                "Check that smtp_helm is a real helm: {command} version. Release {release} is as it "
                "was."
            ),
        ),
        Entry(
            code="values-not-read",
            severity="error",
            meaning=(
                "The chart does not read a value that the settings are written into: it is another "
                "chart of the same name, or another version. Nothing was changed."
            ),
            message="Chart {chart} does not read {keys}.",
            fix=(
                "Compare the keys with helm show values. For another chart of the same name, copy the "
                "profile, correct its values, and give its path in smtp_application "
                "(docs/add-your-application.md)."
            ),
        ),
        Entry(
            code="values-read-unknown",
            severity="warning",
            meaning=(
                "The schema of the chart's values allows no other value at a place, so a trial cannot "
                "tell whether the templates read it."
            ),
            message="A trial cannot tell whether chart {chart} reads {keys}: its schema forbids other values.",
            fix="Nothing is needed when smtp_verify finds the settings in the pods.",
        ),
        Entry(
            code="upgrade-changes-random",
            severity="error",
            meaning=(
                "The chart makes a value anew at each rendering, such as a random password, so "
                "every upgrade changes it."
            ),
            message=(
                "The upgrade would also change {places} of {object}, because the chart renders it in "
                "another way each time."
            ),
            fix=(
                "Give the chart the present value (its documentation names the key, or an existing "
                "Secret that it takes), by an upgrade of your own; or allow the change by "
                "smtp_allow_changes: {names}"
            ),
        ),
        Entry(
            code="upgrade-changes-other",
            severity="error",
            meaning="The mail settings make the chart change something that is not for mail.",
            message=(
                "With the new values the chart would also change {places} of {object}, which is "
                "not for mail."
            ),
            fix=(
                "Look what the chart does with these values; if the change is wanted, allow it by "
                "smtp_allow_changes: {names}. What is for mail after all belongs into the evidence "
                "of the profile."
            ),
        ),
        Entry(
            code="upgrade-creates",
            severity="error",
            meaning="With the new values the chart makes an object that is not for mail.",
            message="With the new values the chart would also create {object}.",
            fix="If it is wanted, allow it by smtp_allow_changes: {names}",
        ),
        Entry(
            code="upgrade-deletes",
            severity="error",
            meaning="The upgrade would delete an object that holds more than mail settings.",
            message="The upgrade would delete {object}.",
            fix=(
                "Save what is needed of it; if it can go, allow the change by smtp_allow_changes: "
                "{names}"
            ),
        ),
        Entry(
            code="upgrade-undoes-drift",
            severity="error",
            meaning="Somebody has changed the release past Helm, and an upgrade sets it back.",
            message=(
                "{places} of {object} was changed past Helm, and the upgrade would set it back."
            ),
            fix=(
                "Bring the change into the values of the release by an upgrade of your own; or let "
                "it be set back by smtp_allow_changes: {names}"
            ),
        ),
        Entry(
            code="upgrade-undoes-labels",
            severity="warning",
            meaning=(
                "Labels or annotations that only tell a tool who made the object are set to what "
                "the chart says."
            ),
            message="The upgrade also sets {places} of {object} to what the chart says.",
            fix="Nothing needs to be done.",
        ),
        Entry(
            code="upgrade-conflicts",
            severity="error",
            meaning=(
                "Somebody else owns a field that the chart sets, such as an autoscaler or kubectl. "
                "The upgrade would fail there, after a part of it was written."
            ),
            message="The {action} would fail at {places} of {object}: {words}",
            fix=(
                "Take the field out of the chart's values where an autoscaler owns it, or bring the "
                "present value into them; or let the chart take the field over by "
                "smtp_allow_changes: {names}"
            ),
        ),
        Entry(
            code="upgrade-immutable",
            severity="error",
            meaning="The upgrade would change a field that Kubernetes lets nobody change.",
            message="The {action} would fail at {object}: {words}",
            fix=(
                "Mail settings need no such change: bring the release and its objects together "
                "first, by an upgrade of your own; the object may have to be deleted and made anew."
            ),
        ),
        Entry(
            code="upgrade-refused",
            severity="error",
            meaning="The API server, or an admission webhook or policy, refuses a part of the upgrade.",
            message="The {action} would fail at {object}: {words}",
            fix="Mend what is named there. Release {release} is as it was.",
        ),
        Entry(
            code="upgrade-not-tried",
            severity="error",
            meaning=(
                "An admission webhook of the cluster takes no dry run, so what the upgrade would do "
                "cannot be found out."
            ),
            message="What the {action} would do to {object} cannot be found out: {words}",
            fix=(
                "Have the webhook declare sideEffects None or NoneOnDryRun; or upgrade without "
                "that knowledge by smtp_allow_changes: {names}"
            ),
        ),
        Entry(
            code="upgrade-right-missing",
            severity="error",
            meaning="The user of the kubeconfig lacks a right that the upgrade needs.",
            message="The {action} would fail at {object}: {words}",
            fix=(
                "Give the user of smtp_kubeconfig that right in the namespace of the release, with a "
                "Role and a RoleBinding; docs/rights.md lists every right that a run needs."
            ),
        ),
        Entry(
            code="change-allowed",
            severity="warning",
            meaning="A change that is not for mail is made because smtp_allow_changes names it.",
            message="The {action} also changes {object}, as smtp_allow_changes says: {names}",
            fix="Take it out of smtp_allow_changes when it is done, if it was meant for once.",
        ),
        Entry(
            code="hooks-run-again",
            severity="warning",
            meaning=(
                "Hooks of the chart run with every upgrade: Helm deletes what they made and makes "
                "it anew."
            ),
            message="Hooks of the chart run again with the upgrade: {hooks}.",
            fix=(
                "Expect what they do, such as a migration, or an Ingress that is gone for a moment. "
                "It is the chart's way, and the same with an upgrade by hand."
            ),
        ),
        Entry(
            code="chart-not-the-same",
            severity="error",
            meaning=(
                "The chart does not make the objects of the release from the values in use, so it is "
                "not the chart that was installed, or not all of it."
            ),
            message=(
                "From the values in use, the chart renders {places} of {object} in another way than "
                "the chart that the release was made with."
            ),
            fix=(
                "Set smtp_chart to the very chart that was installed: {chart}. If the difference is "
                "wanted, allow it by smtp_allow_changes: {names}"
            ),
        ),
        Entry(
            code="evidence-not-rendered",
            severity="error",
            meaning=(
                "The chart does not pass a setting on to the application, although it was given: it "
                "ignores the key, or the profile is for another version of it."
            ),
            message=(
                "With the new values, container {container} of {workload} would still see other "
                "settings: {differences}."
            ),
            fix=(
                "Check that smtp_application is the profile for chart {chart}, and compare its "
                "values with the chart's documentation; nothing was changed."
            ),
        ),
    )
)
