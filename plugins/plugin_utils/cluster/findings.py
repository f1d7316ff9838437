# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with the cluster, a rollout, or what the pods see, as data."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="kubernetes-client-missing",
            severity="error",
            meaning="The Python library kubernetes is missing on the controller, or too old.",
            message="The Python library kubernetes cannot be used by {python}: {problem}.",
            fix=(
                "Install it into the environment that runs ansible-playbook: {python} -m pip "
                "install 'kubernetes>=30.1'"
            ),
        ),
        Entry(
            code="cluster-not-configured",
            severity="error",
            meaning="No cluster can be told from the kubeconfig.",
            message="No cluster can be told from {where}: {problem}",
            fix=(
                "Set smtp_kubeconfig (and smtp_context) to those of the cluster that runs the "
                "release."
            ),
        ),
        Entry(
            code="cluster-unreachable",
            severity="error",
            meaning="The API server of the cluster does not answer.",
            message="The cluster at {where} does not answer: {problem}",
            fix=(
                "Check that the cluster runs and that this controller reaches it: kubectl "
                "version. Set smtp_kubeconfig and smtp_context if it is another one."
            ),
        ),
        Entry(
            code="cluster-rights-missing",
            severity="error",
            meaning="The user of the kubeconfig may not do what is needed.",
            message="The API server refuses: {problem}",
            fix=(
                "Let the user of smtp_kubeconfig have that right in the namespace of the release:"
                " a Role and a RoleBinding."
            ),
        ),
        Entry(
            code="cluster-login-refused",
            severity="error",
            meaning="The API server does not know the user of the kubeconfig.",
            message=(
                "The API server at {where} does not accept the credentials of the kubeconfig (401)."
            ),
            fix="Renew the login or token in smtp_kubeconfig.",
        ),
        Entry(
            code="cluster-error",
            severity="error",
            meaning="The API server answered with an error that has no finding of its own.",
            message="The API server answered {status}: {problem}",
            fix=(
                "Look at the API server's message; kubectl get events shows what happened in the "
                "namespace."
            ),
        ),
        Entry(
            code="workload-not-found",
            severity="error",
            meaning="A workload that the profile names is not there.",
            message="There is no {workload} in namespace {namespace}.",
            fix=(
                "Check that smtp_application is the right profile for release {release}: kubectl "
                "get deployments,statefulsets --namespace {namespace}"
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
                "anything will roll."
            ),
        ),
        Entry(
            code="rollout-not-ready",
            severity="error",
            meaning="The pods of a workload did not become ready within the time limit.",
            message="{workload} did not become ready within {seconds} s. {reason}",
            fix=(
                "Mend what the pod names; the new settings are in place. To go back: helm "
                "rollback {release} --namespace {namespace}, and kubectl rollout restart. A slow "
                "application needs a larger smtp_rollout_timeout."
            ),
        ),
        Entry(
            code="no-ready-pod",
            severity="error",
            meaning="A workload has no ready pod, so nothing can be said about what its pods see.",
            message="{workload} has no ready pod. {reason}",
            fix="Bring the workload up first: kubectl describe pods --namespace {namespace}",
        ),
        Entry(
            code="pod-not-readable",
            severity="error",
            meaning="The environment of a container cannot be read.",
            message=(
                "The environment of container {container} in pod {pod} cannot be read: {problem}"
            ),
            fix=(
                "The user needs the right to create pods/exec in the namespace, and the container"
                " needs cat."
            ),
        ),
        Entry(
            code="evidence-not-read",
            severity="warning",
            meaning="A part of what shows that a container is configured was not looked at.",
            message="Not checked: {places}.",
            fix="Compare it by hand, or send a mail from the application.",
        ),
        Entry(
            code="environment-differs",
            severity="error",
            meaning=(
                "A container does not see what the description says: a variable is missing, has "
                "another value, or is left over, such as credentials for an anonymous relay."
            ),
            message="Container {container} of pod {pod} sees other settings: {differences}.",
            fix=(
                "Run the configure playbook. If it says that nothing changes, the chart does not "
                "pass a setting on (check that smtp_application fits the chart), or something else "
                "sets the variable: kubectl set env --list {workload} --namespace {namespace}"
            ),
        ),
    )
)
