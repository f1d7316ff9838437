# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can stand against a change before anything is changed, as data."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="right-missing",
            severity="error",
            meaning="The user of the kubeconfig lacks a right that the run will need.",
            message="The user of the kubeconfig may not {verbs} {resource}{place}: needed to {why}.",
            fix=(
                "Add this rule to {role} of that user (docs/rights.md has whole Roles, one for each "
                "kind of work): {rule}"
            ),
        ),
        Entry(
            code="right-wanted",
            severity="warning",
            meaning=(
                "The user of the kubeconfig lacks a right without which the run can do its work, but "
                "sees less."
            ),
            message="The user of the kubeconfig may not {verbs} {resource}{place}: wanted to {why}.",
            fix="If the run shall do that, add this rule to {role} of that user: {rule}",
        ),
        Entry(
            code="release-owned",
            severity="error",
            meaning=(
                "Something in the cluster keeps the release as it is written down elsewhere, and would "
                "silently set a change back."
            ),
            message=(
                "Release {release} is kept by {owner} ({sign}), which would silently set a change back."
            ),
            fix=(
                "Have the values written (smtp_values_dest, and the configure playbook with --tags "
                "render), and commit them {place}; the password belongs into a Secret that is named "
                "there. Nothing was changed."
            ),
        ),
        Entry(
            code="release-object-missing",
            severity="warning",
            meaning=(
                "A Secret or ConfigMap that the chart makes, or a key of one, was deleted. The pods that "
                "run still work; new ones would not start."
            ),
            message="Release {release} should have {objects}, which is not there.",
            fix=(
                "A run without --check restores it with the chart and the values in use. Find out who "
                "deletes it. Do not restart the pods before it is restored."
            ),
        ),
    )
)
