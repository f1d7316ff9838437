# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is to say about the proof from the pods, as data. What is seen of the relay is in module_utils."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="login-of-pod-unseen",
            severity="info",
            meaning=(
                "The login that a container has cannot be told from its variables, files and Secrets, "
                "so that the relay was asked with the one of the description."
            ),
            message=(
                "What {container} of pod {pod} logs in with cannot be told; the relay was asked with "
                "what is given."
            ),
            fix="Send a mail from the application to see its own login: {proof}",
        ),
        Entry(
            code="proof-deferred",
            severity="warning",
            meaning=(
                "Pods still have former settings because smtp_restart says so. What they send proves "
                "nothing of the new ones, so nothing was asked and nothing sent."
            ),
            message="The proof waits for the restart that smtp_restart: {restart} has put off ({pods}).",
            fix="Run the configure playbook with smtp_restart: auto when the service may be interrupted.",
        ),
        Entry(
            code="proof-left-open",
            severity="error",
            meaning=(
                "The probe has failed, and the playbook has gone on so that what a killed run has brought "
                "in is proved or undone. The proof from the pods has come to no end either way, so nothing "
                "is undone, and it stays owed."
            ),
            message="The proof could not tell whether the probe is right, which has found: {problem}",
            fix="Mend what the probe has found, or wait until it has passed, and run again.",
        ),
        Entry(
            code="login-not-proven",
            severity="error",
            meaning=(
                "The application logs in, and the relay has said neither yes nor no to its login in this "
                "run: the connection broke, the relay put the login off, or the credentials cannot be "
                "read. The settings stay, nothing is undone, and the proof stays owed."
            ),
            message="Nobody knows whether the relay accepts the login: it was not tried to its end.",
            fix="Run again. The next run tries the login and undoes the change if the relay rejects it.",
        ),
        Entry(
            code="proof-still-owed",
            severity="warning",
            meaning=(
                "The relay has neither taken the mail nor rejected the settings, so the change is not "
                "proved. The next run proves it."
            ),
            message="The change is in place and not proved.",
            fix="Run again when what is named beside this has passed.",
        ),
        Entry(
            code="proof-not-noted",
            severity="warning",
            meaning=(
                "The change is proved, and that could not be written into the journal of the release. So the "
                "next run takes it for one that is still to be proved."
            ),
            message="The proof has succeeded, and that could not be written down: {problem}",
            fix=(
                "Nothing needs to be done: the next run proves it again, with another test mail. If a "
                "right is missing, give it (docs/rights.md, configure)."
            ),
        ),
        Entry(
            code="application-cannot-send",
            severity="error",
            meaning=(
                "The application's own command for a test mail has failed, although the relay takes "
                "mail from its pod with its login."
            ),
            message="{application} cannot send to {recipient}: {command} ended with exit code {returncode}{output}.",
            fix=(
                "Run it again by hand: kubectl exec --namespace {namespace} {pod} -c {container} -- "
                "{command}"
            ),
        ),
        Entry(
            code="application-mail-deferred",
            severity="warning",
            meaning="The relay has put off the application's own test mail; it may take it later.",
            message="The relay has put off the test mail of {application} to {recipient}, {tries} times{output}.",
            fix=(
                "Try again later: kubectl exec --namespace {namespace} {pod} -c {container} -- {command}"
            ),
        ),
        Entry(
            code="application-proof-not-run",
            severity="warning",
            meaning=(
                "The application's own command for a test mail could not be run, or nobody knows what "
                "became of it. It says nothing about the settings."
            ),
            message="{application}'s own test mail to {recipient} is unproven: {command}: {problem}.",
            fix="Send a mail from the application: {proof}",
        ),
        Entry(
            code="mail-log-quoted",
            severity="info",
            meaning="The last lines about mail in the application's log, when the proof has failed.",
            message="{container} of pod {pod} logs about mail: {lines}",
            fix="See the whole log: {command}",
        ),
        Entry(
            code="proof-cut-off",
            severity="error",
            meaning="The API server went away in the middle of the proof.",
            message="The proof of release {release} was cut off. {place}, and nobody knows yet whether mail works.",
            fix="Run again when the API server answers: the next run proves what is in place.",
        ),
    )
)
