# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One installed sample application: its release, its pods, and its invitation mail."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster.kubectl import Kubectl

CHART = Path(__file__).resolve().parents[1] / "apps" / "invitations" / "chart"

WITHOUT_MAIL: Mapping[str, Any] = {
    "controlplane": {"smtp": {"enabled": False}},
    "secrets": {"auth": {"jwt_signing_secret": "a-signing-secret-of-somebody-else"}},
}
"""What an administrator would install first; the JWT secret must survive everything."""


@dataclass(frozen=True)
class Answer:
    """What the application said to an invitation."""

    status: int
    body: dict[str, Any]


class Application:
    """A release of a chart with the sample image, in a namespace of its own.

    :param helm: name of the helm command, ``helm`` (version 4) or ``helm3``.
    """

    def __init__(
        self, kubectl: Kubectl, kubeconfig: Path, name: str, *, helm: str = "helm"
    ) -> None:
        self.kubectl = kubectl
        self.kubeconfig = kubeconfig
        self.release = self.namespace = name
        self._helm = helm

    def install(self, values: Mapping[str, Any] = WITHOUT_MAIL, *, chart: Path = CHART) -> None:
        """Installs the release and waits until its two workloads run."""
        self.helm(
            "install",
            self.release,
            str(chart),
            "--create-namespace",
            "--values",
            "-",
            stdin=json.dumps(values),
        )
        self.wait()

    def helm(self, *arguments: str, stdin: str = "") -> str:
        """Runs helm on the namespace, and returns what it prints."""
        command = (self._helm, *arguments, "--namespace", self.namespace)
        done = subprocess.run(
            (*command, "--kubeconfig", str(self.kubeconfig)),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(command)} failed: {done.stderr}")
        return done.stdout

    def wait(self) -> None:
        """Waits until both workloads have rolled."""
        for workload in ("api", "cmd"):
            self.run("rollout", "status", f"deployment/{self.release}-{workload}", "--timeout=120s")

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        """Runs kubectl on the namespace."""
        return self.kubectl.run("--namespace", self.namespace, *arguments, stdin=stdin, timeout=150)

    def remove(self) -> None:
        """Takes the whole namespace away, without waiting for its end."""
        self.kubectl.run(
            "delete", "namespace", self.namespace, "--ignore-not-found", "--wait=false"
        )

    def revision(self) -> int:
        """The newest revision of the release."""
        history = json.loads(self.helm("history", self.release, "--output", "json"))
        return int(history[-1]["revision"])

    def values(self) -> dict[str, Any]:
        """The values of the newest revision."""
        found: dict[str, Any] = json.loads(
            self.helm("get", "values", self.release, "--output", "json")
        )
        return found

    def pods(self) -> set[str]:
        """The names of the pods that live."""
        items = self.kubectl.json("--namespace", self.namespace, "get", "pods")["items"]
        return {
            pod["metadata"]["name"] for pod in items if not pod["metadata"].get("deletionTimestamp")
        }

    def environ(self, workload: str) -> dict[str, str]:
        """The environment of the container ``api`` or ``cmd``."""
        text = self.run(
            "exec", f"deployment/{self.release}-{workload}", "-c", workload, "--", "env"
        )
        return dict(line.partition("=")[::2] for line in text.splitlines())

    def invite(self, address: str) -> Answer:
        """Asks the application to send its invitation mail."""
        service = "service/" + self.release + "-api"
        host = self.run("get", service, "--output", "jsonpath={.spec.clusterIP}")
        request = urllib.request.Request(
            f"http://{host}:8000/api/invitations",
            data=json.dumps({"email": address}).encode(),
            headers={"Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as response:
                return Answer(response.status, json.load(response))
        except urllib.error.HTTPError as error:
            return Answer(error.code, json.load(error))
