# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with the way to the cluster, as data."""

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
            meaning="The kubeconfig names no cluster that can be used.",
            message="{where} names no cluster that can be used: {problem}.",
            fix=(
                "Set smtp_kubeconfig (and smtp_context) to those of the cluster that runs the "
                "release."
            ),
        ),
        Entry(
            code="name-invalid",
            severity="error",
            meaning=(
                "A name that the run has read, or was given, is not the name of a Kubernetes object. No "
                "request is made with it."
            ),
            message="{name} is not the name of a Kubernetes object.",
            fix=(
                "Correct the name where you have set it. If it comes from the cluster, find out who has "
                "written it there."
            ),
        ),
        Entry(
            code="cluster-environment-unused",
            severity="error",
            meaning=(
                "The environment names a cluster in a variable that the collection does not use, such "
                "as those of AWX's Kubernetes credential. The run would go to another cluster."
            ),
            message="{names} names a cluster in the environment, and the run would use another one.",
            fix=(
                "Set smtp_kubeconfig (and smtp_context) to those of the cluster that runs the release, "
                "or remove {names} from the environment."
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
                "Give the user of smtp_kubeconfig that right in the namespace of the release, with a "
                "Role and a RoleBinding; docs/rights.md lists every right that a run needs."
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
    )
)
