# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with what the pods see, as data."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="environment-differs",
            severity="error",
            meaning=(
                "A container does not see what the description says: a variable is missing, has "
                "another value, or is left over, such as credentials for an anonymous relay, or a "
                "line is missing in a file."
            ),
            message="Container {container} of pod {pod} sees other settings: {differences}.",
            fix=(
                "Run the configure playbook. If it says that nothing changes, the chart does not "
                "pass a setting on (check that smtp_application fits the chart), or something else "
                "sets the variable: kubectl set env --list {workload} --namespace {namespace}"
            ),
        ),
        Entry(
            code="restart-owed",
            severity="error",
            meaning=(
                "The cluster has the right settings, and a container still runs with those that it "
                "was started with. With smtp_restart set to defer or never it is a warning."
            ),
            message=(
                "Container {container} of pod {pod} still runs with what it was started with: "
                "{reasons}."
            ),
            fix=(
                "Run the configure playbook with smtp_restart: auto, or kubectl rollout restart "
                "{workload} --namespace {namespace}"
            ),
        ),
        Entry(
            code="secret-differs",
            severity="error",
            meaning="A Secret of the namespace does not hold what the description says.",
            message="{difference}.",
            fix=(
                "Run the configure playbook. If it says that nothing changes, somebody else writes "
                "this Secret: kubectl get secret --show-managed-fields names who."
            ),
        ),
        Entry(
            code="evidence-unproven",
            severity="warning",
            meaning=(
                "A part of what shows that a container is configured cannot be told from outside: "
                "nothing can be run in it, and its specification does not say."
            ),
            message="Nothing tells what container {container} of pod {pod} has of {places}{problem}.",
            fix=(
                "Send a mail from the application. Where the right to create pods/exec is missing, "
                "it helps to give it."
            ),
        ),
        Entry(
            code="container-answers-strangely",
            severity="warning",
            meaning=(
                "A command in a container was started, and no usable answer came back: too much was "
                "printed, it took too long, or the connection broke. The container is judged by its "
                "specification instead."
            ),
            message="Container {container} of pod {pod} gave no usable answer to cat: {problem}.",
            fix=(
                "Run the playbook again. If the finding stays, check who may change this container and "
                "whether its cat is that of the image."
            ),
        ),
        Entry(
            code="pod-of-older-revision",
            severity="warning",
            meaning="Pods run that were made from an older template of their workload.",
            message="Of {workload} these pods are of an older revision: {pods}.",
            fix=(
                "Wait until the roll has come to its end: kubectl rollout status. With the update "
                "strategy OnDelete, delete them one by one; with a partition, lower that."
            ),
        ),
        Entry(
            code="new-pods-would-lack",
            severity="error",
            meaning=(
                "The pods of a workload refer to a Secret, a ConfigMap or a key that does not exist, so "
                "that new ones would not start. It is a warning while nothing is to be rolled."
            ),
            message="A new pod of {workload} would not start, because {objects} does not exist.",
            fix=(
                "Create what it names, or correct the values that name it (smtp_existing_secret, if it "
                "is the Secret with the credentials). Do not restart the pods before."
            ),
        ),
    )
)
