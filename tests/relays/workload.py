# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail server as a workload of the test cluster: its image, name, certificate and log."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from string import Template
from typing import ClassVar, Protocol

from tests.cluster.kubectl import Kubectl
from tests.images.build import Image, build
from tests.relays.authority import Authority, Identity

CLIENT = "client.example.org"
"""Common name of the certificate that a client may show."""

_HERE = Path(__file__).parent
_NAMESPACE = "mail"


class LoadsImages(Protocol):
    """A node that takes container images from docker-archive tars."""

    def load(self, tar: Path) -> object:
        """Make the image known to the node; quick when it is there already."""


class Workload:
    """One mail server of a cluster, where :meth:`_deploy` has put it.

    :param folder: where :attr:`ca_path` writes its file.
    """

    name: ClassVar[str]
    image: ClassVar[Image]
    command: ClassVar[str]
    """Of the image: ``COMMAND serve`` is the server, ``COMMAND ready`` succeeds when it answers."""
    ports: ClassVar[tuple[int, ...]]
    """Of the Service; the container's are the same."""

    def __init__(self, kubectl: Kubectl, folder: Path) -> None:
        self._kubectl = kubectl
        self._folder = folder

    @classmethod
    def hosts(cls) -> list[str]:
        """The names of the certificate, which pods resolve (the first one in the namespace mail)."""
        service = f"{cls.name}.{_NAMESPACE}"
        return [cls.name, service, f"{service}.svc", f"{service}.svc.cluster.local"]

    @cached_property
    def address(self) -> str:
        """The Service's address, which pods and the host reach; the certificate names it too."""
        return self._run("get", "service", self.name, "-o", "jsonpath={.spec.clusterIP}")

    @cached_property
    def ca_pem(self) -> str:
        """Certificate (PEM) of the private CA that has signed the server's certificate."""
        return self._read_secret("ca.crt")

    @cached_property
    def ca_path(self) -> Path:
        """A file that holds :attr:`ca_pem`; each authority has a file of its own."""
        digest = hashlib.sha256(self.ca_pem.encode()).hexdigest()
        path = self._folder.resolve() / f"ca-{digest[:12]}.pem"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.ca_pem, encoding="ascii")
        return path

    @cached_property
    def client(self) -> Identity:
        """A client's certificate of the same CA; its common name is :data:`CLIENT`."""
        return Identity(self._read_secret("client.crt"), self._read_secret("client.key"))

    def log(self, tail: int = -1) -> str:
        """The mail log: its last ``tail`` lines, or all of it."""
        return self._run("logs", f"deployment/{self.name}", f"--tail={tail}")

    def _deploy(self, node: LoadsImages, environment: Mapping[str, str]) -> None:
        """Run the server and return when all its ports answer; nothing changes the second time."""
        archive = build(self.image)
        node.load(archive)
        ports = [{"name": f"port-{port}", "port": port} for port in self.ports]
        self._apply("service.yaml", name=self.name, ports=json.dumps(ports))
        self._ensure_certificate()
        self._apply(
            "workload.yaml",
            name=self.name,
            image=self.image.name,
            image_digest=archive.stem,
            command=self.command,
            environment=json.dumps(
                [{"name": name, "value": value} for name, value in environment.items()]
            ),
        )
        deployment = f"deployment/{self.name}"
        self._run("rollout", "status", deployment, "--timeout=90s", timeout=100)

    def _apply(self, template: str, **values: str) -> None:
        text = (_HERE / template).read_text(encoding="utf-8")
        self._kubectl.apply(Template(text).substitute(values))

    def _ensure_certificate(self) -> None:
        if self._run("get", "secret", self._secret, "--ignore-not-found", "-o", "name"):
            return
        authority = Authority()
        server = authority.issue([*self.hosts(), self.address])
        client = authority.issue_client(CLIENT)
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "kubernetes.io/tls",
            "metadata": {"name": self._secret, "namespace": _NAMESPACE},
            "stringData": {
                "ca.crt": authority.certificate,
                "tls.crt": server.certificate,
                "tls.key": server.key,
                "client.crt": client.certificate,
                "client.key": client.key,
            },
        }
        self._kubectl.run("create", "-f", "-", stdin=json.dumps(secret))

    def _read_secret(self, key: str) -> str:
        escaped = key.replace(".", r"\.")
        path = f"jsonpath={{.data.{escaped}}}"
        encoded = self._run("get", "secret", self._secret, "-o", path)
        return base64.b64decode(encoded).decode("ascii")

    @property
    def _secret(self) -> str:
        return f"{self.name}-tls"

    def _exec(self, *command: str, stdin: str | None = None) -> str:
        interactive = () if stdin is None else ("-i",)
        deployment = f"deployment/{self.name}"
        return self._run("exec", *interactive, deployment, "--", *command, stdin=stdin)

    def _run(self, *arguments: str, stdin: str | None = None, timeout: float = 30.0) -> str:
        return self._kubectl.run("-n", _NAMESPACE, *arguments, stdin=stdin, timeout=timeout)
