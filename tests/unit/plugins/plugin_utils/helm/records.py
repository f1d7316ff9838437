# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Release records as Helm writes them."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision, decode

DEPLOYMENT = "# Source: qualytics/templates/api.yaml\napiVersion: apps/v1\nkind: Deployment\n"


def file(name: str, content: str) -> dict[str, Any]:
    return {"name": name, "data": base64.b64encode(content.encode()).decode()}


def record(**changes: Any) -> dict[str, Any]:
    """The JSON in a record, with the fields that Helm 3 and 4 write."""
    return {
        "name": "qua",
        "info": {
            "first_deployed": "2026-11-21T09:00:00Z",
            "last_deployed": "2026-11-21T09:00:00Z",
            "deleted": "",
            "description": "Install complete",
            "status": "deployed",
        },
        "chart": {
            "metadata": {
                "name": "qualytics",
                "version": "2026.8.18",
                "apiVersion": "v2",
                "dependencies": [{"name": "ingress-nginx", "version": "4", "repository": "x"}],
            },
            "lock": None,
            "templates": [file("templates/api.yaml", "kind: Deployment\n")],
            "values": {"controlplane": {"smtp": {"enabled": True, "port": "465"}}},
            "schema": None,
            "files": [file("README.md", "# Qualytics\n")],
        },
        "config": {"controlplane": {"smtp": {"port": "587"}}},
        "manifest": f"---\n{DEPLOYMENT}",
        "hooks": [],
        "version": 1,
        "namespace": "apps",
        **changes,
    }


def encoded(data: Any) -> str:
    """``data.release`` of the Secret: Helm's base64 of gzip of JSON, and Kubernetes' base64 of that."""
    packed = gzip.compress(json.dumps(data).encode())
    return base64.b64encode(base64.b64encode(packed)).decode()


def revision(
    number: int = 1, status: str = "deployed", description: str = "Install complete", **changes: Any
) -> Revision:
    info = {"status": status, "description": description}
    labels = {"name": "qua", "owner": "helm", "status": status, "version": str(number)}
    data = encoded(record(version=number, info=info, **changes))
    return decode("qua", labels, data, uid=f"uid-{number}")
