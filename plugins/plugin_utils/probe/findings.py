# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with where a probe runs, as data. What it sees of the relay is in module_utils."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="probe-pod-unavailable",
            severity="error",
            meaning="The probe was to run in a pod, and no pod of the release can run it.",
            message="The relay cannot be probed from a pod of release {release}: {problem}.",
            fix=(
                "The user needs the right to create pods/exec, and the container needs Python 3.7 or "
                "newer; or set smtp_probe_from: controller."
            ),
        ),
        Entry(
            code="probe-from-controller",
            severity="info",
            meaning="The probe ran on the controller because no pod of the release can run it.",
            message=(
                "The relay was probed from the controller and not from the network of the release: "
                "{problem}."
            ),
            fix="Relays may treat the pods' addresses otherwise; send a mail from the application.",
        ),
        Entry(
            code="relay-unproven",
            severity="warning",
            meaning=(
                "The controller does not reach the relay. The pods may: relays are often reachable "
                "from the cluster only."
            ),
            message="The relay is unproven, because the controller does not reach it: {problem}",
            fix="Send a mail from the application after this run.",
        ),
    )
)
