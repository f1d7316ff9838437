# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with a rollout, as data."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="workload-not-found",
            severity="error",
            meaning="A workload that the profile names is not there.",
            message="There is no {workload} in namespace {namespace}.",
            fix=(
                "Check that smtp_application is the right profile for release {release}: kubectl "
                "get deployments,statefulsets,daemonsets --namespace {namespace}"
            ),
        ),
        Entry(
            code="rollout-interrupts",
            severity="warning",
            meaning=(
                "The workload replaces its pods by stopping them first, so its service is "
                "interrupted while it rolls."
            ),
            message="Service is interrupted while these roll: {where} ({reason}).",
            fix=(
                "Choose the time of the run accordingly; --check --diff says beforehand whether "
                "anything will roll. With smtp_restart: defer the restart waits for another run."
            ),
        ),
        Entry(
            code="restart-left",
            severity="warning",
            meaning="A restart is owed, and smtp_restart leaves it to a later run.",
            message="These still run with former settings, and are left so: {where}.",
            fix=(
                "Run again with smtp_restart: auto when the time is right, or kubectl rollout "
                "restart --namespace {namespace}."
            ),
        ),
        Entry(
            code="restart-left-unsafe",
            severity="warning",
            meaning=(
                "A restart is owed and left to a later run, and new pods would not start, because "
                "something that they refer to does not exist."
            ),
            message=(
                "These still run with former settings: {where}. New pods would lack {objects}."
            ),
            fix=(
                "Do not restart them by hand. Restore what is missing, then run again with smtp_restart: "
                "auto."
            ),
        ),
        Entry(
            code="rollout-not-ready",
            severity="error",
            meaning=(
                "The pods of a workload did not become ready within the time limit, and nothing "
                "says why: they may only be slow."
            ),
            message="{workload} did not become ready within {seconds} s: {problem}.{log}",
            fix=(
                "A slow application needs a larger smtp_rollout_timeout. kubectl describe pods "
                "--namespace {namespace} shows what they do."
            ),
        ),
        Entry(
            code="rollout-paused",
            severity="error",
            meaning="A Deployment is paused, so that no change of it rolls.",
            message="{workload} does not roll: {problem}.",
            fix="kubectl rollout resume {resource} --namespace {namespace}, and run again.",
        ),
        Entry(
            code="rollout-deadline-passed",
            severity="error",
            meaning="The cluster itself has given a rollout up: its progressDeadlineSeconds are over.",
            message="{workload} has made no progress: {problem}{log}",
            fix=(
                "Mend what kubectl describe pods --namespace {namespace} shows. A slow application "
                "needs a larger progressDeadlineSeconds of the Deployment."
            ),
        ),
        Entry(
            code="image-not-pulled",
            severity="error",
            meaning="The image of a container cannot be had, so the pod does not start.",
            message=("{workload}: pod {pod} has no image for container {container}: {problem}"),
            fix=(
                "Mail settings choose no image: somebody else has changed it, or the registry has "
                "lost it. Check its name, the imagePullSecrets, and that the node reaches the "
                "registry: kubectl describe pod {pod} --namespace {namespace}"
            ),
        ),
        Entry(
            code="container-crashes",
            severity="error",
            meaning="A container ends again and again after its start.",
            message="{workload}: container {container} of pod {pod} ended with {problem}.{log}",
            fix=(
                "Its last log lines say why. If it is about mail, correct the description; else "
                "the application does not start again with any settings: kubectl logs {pod} "
                "--container {container} --previous --namespace {namespace}"
            ),
        ),
        Entry(
            code="container-out-of-memory",
            severity="error",
            meaning="A container was killed because it used more memory than its limit.",
            message="{workload}: container {container} of pod {pod} ran out of memory: {problem}.",
            fix="Raise the memory limit of container {container} in the values of the release.",
        ),
        Entry(
            code="container-not-started",
            severity="error",
            meaning="A container cannot be started, for a reason of its node or its specification.",
            message="{workload}: pod {pod} does not start: {problem}{log}",
            fix="kubectl describe pod {pod} --namespace {namespace} shows the steps before it.",
        ),
        Entry(
            code="configuration-missing",
            severity="error",
            meaning="A container needs a Secret, a ConfigMap, or a key of one, that is not there.",
            message="{workload}: pod {pod} waits for what is not there: {problem}",
            fix=(
                "Create what it names, or correct the values that name it (smtp_existing_secret, "
                "if it is the Secret with the credentials)."
            ),
        ),
        Entry(
            code="pod-unschedulable",
            severity="error",
            meaning="No node has room for a new pod, or takes it.",
            message="{workload}: pod {pod} finds no node: {problem}",
            fix=(
                "Make room, or add a node. A rolling update needs room for one pod more than there "
                "are."
            ),
        ),
        Entry(
            code="pods-over-quota",
            severity="error",
            meaning="A quota of the namespace forbids the new pod.",
            message="{workload} cannot make its new pod: {problem}",
            fix=(
                "Raise the quota or free some of it: kubectl describe quota --namespace "
                "{namespace}. A rolling update needs room for one pod more than there are."
            ),
        ),
        Entry(
            code="pods-refused",
            severity="error",
            meaning="The API server refuses the new pod: an admission, or a missing service account.",
            message="{workload} cannot make its new pod: {problem}",
            fix=(
                "Mend what it names. The policies of the namespace may have changed since the old "
                "pods were made."
            ),
        ),
        Entry(
            code="probe-fails",
            severity="error",
            meaning="A container runs, and its own probe says that it is not ready.",
            message="{workload}: container {container} of pod {pod} fails its probe: {problem}{log}",
            fix=(
                "Find out what the probe waits for: kubectl logs {pod} --container {container} "
                "--namespace {namespace}. A slow application needs a larger smtp_rollout_timeout."
            ),
        ),
        Entry(
            code="no-ready-pod",
            severity="error",
            meaning="A workload has no ready pod, so nothing can be said about what its pods see.",
            message="{workload} has no ready pod: {problem}.",
            fix="Bring the workload up first: kubectl describe pods --namespace {namespace}",
        ),
    )
)
