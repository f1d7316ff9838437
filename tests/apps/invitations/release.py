# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample application as a Helm release: what a person would do with the bare tools."""

from __future__ import annotations

import json
import subprocess
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.cluster.kubectl import Kubectl

CHART = Path(__file__).parent / "chart"
WORKLOADS = ("api", "cmd")
SECRET = "qualytics-creds"


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
    chart: Path = CHART
    service: str = "{release}-api"

    def upgrade(self, values: Mapping[str, Any]) -> None:
        """``helm upgrade --install`` with these values alone, waiting for nothing.

        :raises subprocess.CalledProcessError: Helm failed; ``stderr`` says why.
        """
        self.run_helm(
            "upgrade",
            *("--install", "--create-namespace", self.name, str(self.chart), "--values=-"),
            stdin=json.dumps(values),
        )

    def run_helm(self, *arguments: str, stdin: str = "") -> str:
        """Run helm on the namespace, and return what it prints.

        :raises subprocess.CalledProcessError: Helm failed; ``stderr`` says why.
        """
        return subprocess.run(
            self._helm(*arguments), input=stdin, capture_output=True, text=True, check=True
        ).stdout

    def begin_helm(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Begin to run helm on the namespace; what it prints is lost."""
        return subprocess.Popen(
            self._helm(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _helm(self, *arguments: str) -> list[str]:
        flags = (f"--kubeconfig={self.kubeconfig}", f"--namespace={self.namespace}")
        return [str(self.helm), *flags, *arguments]

    def revision(self) -> int:
        """The number of the newest revision."""
        history = json.loads(self.run_helm("history", self.name, "--output=json"))
        return int(history[-1]["revision"])

    def values(self) -> dict[str, Any]:
        """The values of the newest revision, without the chart's defaults."""
        values: dict[str, Any] = json.loads(
            self.run_helm("get", "values", self.name, "--output=json")
        )
        return values

    def secret(self) -> dict[str, str]:
        """What the application's Secret holds, in plain."""
        data = self.kubectl.json("-n", self.namespace, "get", "secret", SECRET)["data"]
        return {key: b64decode(value).decode() for key, value in data.items()}

    def pods(self) -> dict[str, str]:
        """The uid of every pod that lives, by its name."""
        items = self.kubectl.json("-n", self.namespace, "get", "pods")["items"]
        living = (pod["metadata"] for pod in items if "deletionTimestamp" not in pod["metadata"])
        return {metadata["name"]: metadata["uid"] for metadata in living}

    def environ(self, workload: str) -> dict[str, str]:
        """The environment of a workload's container."""
        deployment = f"deployment/{self.name}-{workload}"
        text = self._kubectl("exec", deployment, "-c", workload, "--", "env")
        return dict(line.partition("=")[::2] for line in text.splitlines())

    def remove(self) -> None:
        """Delete the namespace with all that is in it, without waiting for its end."""
        self.kubectl.run(
            "delete", "namespace", self.namespace, "--ignore-not-found", "--wait=false"
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
            *("get", "service", self.service.format(release=self.name)),
            *("-o", "jsonpath={.spec.clusterIP}"),
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
