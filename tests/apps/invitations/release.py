# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample application as a Helm release: what a person would do with the bare tools."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.cluster.kubectl import Kubectl

CHART = Path(__file__).parent / "chart"
WORKLOADS = ("api", "cmd")


@dataclass(frozen=True)
class Answer:
    """The application's answer to a request."""

    status: int
    body: dict[str, str]


@dataclass(frozen=True)
class Release:
    """One release of the chart. Its Secret has a fixed name: one release in a namespace."""

    name: str
    namespace: str
    kubectl: Kubectl
    kubeconfig: Path
    helm: Path

    def upgrade(self, values: Mapping[str, Any]) -> None:
        """``helm upgrade --install`` with these values alone, waiting for nothing.

        :raises subprocess.CalledProcessError: Helm failed; ``stderr`` says why.
        """
        subprocess.run(
            [
                *(self.helm, f"--kubeconfig={self.kubeconfig}", f"--namespace={self.namespace}"),
                *("upgrade", "--install", "--create-namespace", self.name, CHART, "--values=-"),
            ],
            input=json.dumps(values),
            capture_output=True,
            text=True,
            check=True,
        )

    def restart(self) -> None:
        """Roll both workloads, which new credentials alone do not."""
        self._kubectl("rollout", "restart", *self._deployments())

    def wait(self) -> None:
        """Return when both workloads have rolled out, within a minute each."""
        for deployment in self._deployments():
            self._kubectl("rollout", "status", deployment, "--timeout=60s")

    def invite(self, email: str) -> Answer:
        """Ask the application to send its invitation mail; the host reaches it by its Service."""
        address = self._kubectl(
            "get", "service", f"{self.name}-api", "-o", "jsonpath={.spec.clusterIP}"
        )
        connection = HTTPConnection(address, 8000, timeout=30)
        try:
            connection.request("POST", "/api/invitations", json.dumps({"email": email}))
            response = connection.getresponse()
            return Answer(response.status, json.loads(response.read()))
        finally:
            connection.close()

    def _deployments(self) -> list[str]:
        return [f"deployment/{self.name}-{workload}" for workload in WORKLOADS]

    def _kubectl(self, *arguments: str) -> str:
        return self.kubectl.run("-n", self.namespace, *arguments, timeout=70)
