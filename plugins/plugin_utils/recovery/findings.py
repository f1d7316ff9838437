# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is to say about runs that fail, are killed, or meet another one, as data."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="release-held",
            severity="error",
            meaning="Another run of this collection is working on the release, and lives.",
            message=(
                "Another run is working on release {release}: {holder}, since {since}.{ahead}"
            ),
            fix=(
                "Wait until that run has ended, and run again. If no such run exists, somebody else has "
                "written the lease: kubectl delete lease {lease} --namespace {namespace}"
            ),
        ),
        Entry(
            code="journal-not-used",
            severity="warning",
            meaning=(
                "The Secret with the journal cannot be read, or is about records that are not there any "
                "more. The run takes nothing from it. A revision that was left half written is rolled back "
                "to the last good one; what is deployed stays."
            ),
            message="The journal of release {release} (Secret {name}) is not used: {problem}.",
            fix=(
                "Compare helm history {release} --namespace {namespace} with what you expect. The next "
                "change writes a new journal."
            ),
        ),
        Entry(
            code="journal-missing",
            severity="info",
            meaning=(
                "A run of this collection made the newest revision, and its journal is gone. So nobody "
                "knows whether that run came to its end."
            ),
            message="The journal of the run that made revision {revision} of release {release} is gone.",
            fix=(
                "Nothing needs to be done if this run verifies the pods and proves the mail. The next "
                "change writes a new journal."
            ),
        ),
        Entry(
            code="journal-not-writable",
            severity="error",
            meaning=(
                "A Secret has the name of the journal, and cannot be replaced by one: its type is another "
                "one, or it is immutable. This collection has not made it."
            ),
            message="Secret {name} has the name of the journal of this release and is something else.",
            fix=(
                "Find out who has made it. Then delete it: kubectl delete secret {name} --namespace "
                "{namespace}"
            ),
        ),
        Entry(
            code="journal-of-older-version",
            severity="warning",
            meaning=(
                "A run of an older version was killed, and its journal is in the Lease of the release. "
                "Whoever may write Leases can have written it, so nothing is taken from it."
            ),
            message=(
                "A run of an older version did not finish its change to release {release}. Its journal in "
                "lease {lease} is not used."
            ),
            fix=(
                "Look at helm history {release} --namespace {namespace} and at the pods. If they are not as "
                "they should be: helm rollback {release} REVISION --namespace {namespace}. Then: kubectl "
                "delete lease {lease} --namespace {namespace}"
            ),
        ),
        Entry(
            code="release-of-two-hosts",
            severity="error",
            meaning=(
                "Two hosts of the inventory have the same release, and this very run is working on it for "
                "the other one."
            ),
            message="This same run is working on release {release} for another host: {holder}, since {since}.",
            fix=(
                "Give each release to one host of the inventory: compare smtp_release, smtp_namespace and "
                "the cluster of the hosts. Another run is not needed."
            ),
        ),
        Entry(
            code="lease-lost",
            severity="error",
            meaning=(
                "The run could not show any more that it is the only one that works on the release, "
                "so it stopped before its next write."
            ),
            message="The lease of release {release} was lost: {reason}.",
            fix=(
                "Check that the API server can be reached, and run again: what is half done is "
                "completed or undone then."
            ),
        ),
        Entry(
            code="upgrade-overtook",
            severity="error",
            meaning=(
                "Somebody else's upgrade came in the moment in which this run's began, so that this one "
                "does not have what that one has changed."
            ),
            message=(
                "Somebody else has upgraded release {release} to revision {revision} in the same moment, "
                "and this run's upgrade has taken that back."
            ),
            fix="Run again, when nobody else works on the release.",
        ),
        Entry(
            code="run-unfinished",
            severity="error",
            meaning=(
                "A run of this collection was killed while it changed the release. Check mode mends "
                "nothing."
            ),
            message=(
                "A run was killed while it changed release {release}: revision {revision} is {status}."
            ),
            fix=(
                "Run without --check: that goes back to {good} first, mends the pods, and goes on from "
                "there."
            ),
        ),
        Entry(
            code="run-resumed",
            severity="warning",
            meaning=(
                "The work of another run is half done, not verified or not proved yet. That run was killed, "
                "has failed and could not undo its change, or still proves it."
            ),
            message="Another run has not finished its change to release {release}: {done}.",
            fix="Nothing needs to be done: this run or the next one finishes what is left.",
        ),
        Entry(
            code="workload-let-go",
            severity="warning",
            meaning=(
                "A run that was killed had left a workload held, so that several changes make one roll. "
                "This run came to no change, and has let it go all the same."
            ),
            message="A run that was killed had left {where} held; that was let go.",
            fix="It rolls if that run had changed it: look at its pods, or run again, which does.",
        ),
        Entry(
            code="workload-held",
            severity="warning",
            meaning=(
                "A run that was killed has left a workload held. This run has ended before it could let it "
                "go, or is in check mode."
            ),
            message="A run that was killed has left {where} held, which does not roll until it is let go.",
            fix="Mend what is named beside this, and run without --check: that lets it go.",
        ),
        Entry(
            code="change-undone",
            severity="error",
            meaning=(
                "The change did not work, so the release was brought back to the revision and the private "
                "CA with which it worked before, and its pods were seen to have the old settings."
            ),
            message=(
                "The change was undone: release {release} has {settings}{restarted}. Its pods are ready "
                "and have the old settings; mail works, or does not, as it did before.{remains}"
            ),
            fix="Mend the cause that is named above, and run again.",
        ),
        Entry(
            code="change-not-written",
            severity="error",
            meaning="The change has failed before Helm wrote anything.",
            message=(
                "Nothing of this run was written: release {release} has the settings of revision "
                "{revision}."
            ),
            fix="Mend the cause that is named above, and run again.",
        ),
        Entry(
            code="change-not-undone",
            severity="error",
            meaning="The change did not work, and it was not undone.",
            message="The change was not undone, because {reason}.",
            fix="Mend the cause that is named above, and run again. To go back by hand: {by_hand}.",
        ),
        Entry(
            code="undo-incomplete",
            severity="error",
            meaning="The release was brought back to the revision before, and its pods are not as before yet.",
            message=(
                "Release {release} has {settings}{restarted}, but its pods are not as before: {problem}"
            ),
            fix=(
                "Look at the pods: kubectl get pods --namespace {namespace}; the next run goes on from "
                "there."
            ),
        ),
        Entry(
            code="pods-behind",
            severity="error",
            meaning="After the way back, a container still has other settings than the cluster holds.",
            message="A container of {workload} still has other settings than the cluster holds.",
            fix="Restart it: kubectl rollout restart {resource} --namespace {namespace}",
        ),
        Entry(
            code="undo-took-over",
            severity="warning",
            meaning=(
                "Somebody else owns a field that the chart sets, so the way back had to take it over."
            ),
            message="On the way back, Helm took over fields that somebody else had set: {words}",
            fix="Look whether they still are as they should be; numbers of replicas were kept.",
        ),
    )
)
