# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run Qualytics' own chart on the test node: its values for images of this project.

Both SMTP workloads become ready; what is not about mail is left out or stood in for. The chart
itself is no part of this project.
"""

from __future__ import annotations

from typing import Any

from tests.apps.broker.image import BROKER
from tests.apps.invitations.image import INVITATIONS

IMAGES = (INVITATIONS, BROKER)
"""What the node must have loaded."""

NODE_LABEL = "appNodes=true"
"""The label that the node needs, because the chart's example values select it."""


def stand_in_values() -> dict[str, Any]:
    """Values to put over the chart's example values; they say nothing about mail."""
    application, application_tag = INVITATIONS.name.split(":")
    broker, broker_tag = BROKER.name.split(":")
    resources = {
        "requests": {"memory": "32Mi", "cpu": "10m"},
        "limits": {"memory": "256Mi"},
    }
    return {
        "global": {
            "imagePullSecrets": [],
            "imageUrls": {
                "controlplaneImageUrl": application,
                "dataplaneImageUrl": application,
                "frontendImageUrl": application,
            },
        },
        "controlplaneImage": {"image": {"controlplaneImageTag": application_tag}},
        "frontendImage": {"image": {"frontendImageTag": application_tag}},
        # Only init containers use it, for a shell.
        "busybox": {"image": {"imageUrl": application, "imageTag": application_tag}},
        "rabbitmq": {
            "image": {"imageUrl": broker, "imageTag": broker_tag},
            "resources": resources,
        },
        "dataplane": {"enabled": False},
        "postgres": {"enabled": False},
        "frontend": {"replicas": 0},
        "controlplane": {"replicas": 1, "resources": resources},
        "controlplaneCmd": {"resources": resources},
        # The chart refuses to install with its own defaults of these two.
        "secrets": {
            "auth": {"jwt_signing_secret": "jwt signing secret of a test"},
            "postgres": {"secrets_passphrase": "passphrase of a test"},
        },
    }
