# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Postfix as a workload of the test cluster: deploy it, give it users, read what it delivered.

Ports: 587 (STARTTLS and AUTH required), 465 (implicit TLS, AUTH required) and 25 (anonymous, for
clients of ``networks`` only). Mail to any domain is delivered into one maildir in the pod. Senders
of the domain refused.example are refused.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from string import Template
from typing import Protocol

from tests.cluster.kubectl import Kubectl
from tests.images.build import build
from tests.relays.authority import Authority
from tests.relays.image import POSTFIX
from tests.relays.message import LOCAL_REALM, Message

_HERE = Path(__file__).parent
_NAMESPACE = "mail"
_STORE = "/var/lib/relay"
_TLS_SECRET = "relay-tls"
_POLL_SECONDS = 0.2

PRIVATE_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
"""Addresses that pods and nodes have (RFC 1918, RFC 6598). Loopback is not among them, so that a
client inside the relay's own pod can show how a stranger is refused."""


class LoadsImages(Protocol):
    """A node that takes container images from docker-archive tars."""

    def load(self, tar: Path) -> object:
        """Make the image known to the node; quick when it is there already."""


class MessageNotDeliveredError(Exception):
    """The awaited mail did not arrive in time; the message quotes the relay's log."""


class Relay:
    """The relay of a cluster, where :meth:`deploy` has put it.

    :param folder: where :attr:`ca_path` writes its file.
    """

    hosts = ("relay", "relay.mail", "relay.mail.svc", "relay.mail.svc.cluster.local")
    """The names of the certificate, which pods resolve (the first one in the namespace mail)."""

    def __init__(self, kubectl: Kubectl, folder: Path = Path(".build/relay")) -> None:
        self._kubectl = kubectl
        self._folder = folder

    @classmethod
    def deploy(
        cls,
        kubectl: Kubectl,
        node: LoadsImages,
        *,
        networks: Sequence[str] = PRIVATE_NETWORKS,
        folder: Path = Path(".build/relay"),
    ) -> Relay:
        """Run the relay and return when all its ports answer; nothing changes the second time.

        :param networks: who may send on port 25 without a password (CIDR).
        """
        relay = cls(kubectl, folder)
        archive = build(POSTFIX)
        node.load(archive)
        kubectl.run("apply", "-f", str(_HERE / "service.yaml"))
        relay._ensure_certificate()
        deployment = Template((_HERE / "postfix.yaml").read_text(encoding="utf-8")).substitute(
            image=POSTFIX.name, image_digest=archive.stem, networks=" ".join(networks)
        )
        kubectl.run("apply", "-f", "-", stdin=deployment)
        relay._run("rollout", "status", "deployment/relay", "--timeout=90s", timeout=100)
        return relay

    @cached_property
    def address(self) -> str:
        """The Service's address, which pods and the host reach; the certificate names it too."""
        return self._run("get", "service", "relay", "-o", "jsonpath={.spec.clusterIP}")

    @cached_property
    def ca_pem(self) -> str:
        """Certificate (PEM) of the private CA that has signed the relay's certificate."""
        encoded = self._run("get", "secret", _TLS_SECRET, "-o", r"jsonpath={.data.ca\.crt}")
        return base64.b64decode(encoded).decode("ascii")

    @cached_property
    def ca_path(self) -> Path:
        """A file that holds :attr:`ca_pem`; each authority has a file of its own."""
        digest = hashlib.sha256(self.ca_pem.encode()).hexdigest()
        path = self._folder.resolve() / f"ca-{digest[:12]}.pem"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.ca_pem, encoding="ascii")
        return path

    def set_user(self, name: str, password: str) -> None:
        """Add a user who may log in, or change the password.

        :raises ValueError: the password holds a character that no line can carry.
        """
        if not password or any(character in password for character in "\r\n\0"):
            raise ValueError("a password of the relay is one line, and not empty")
        self._sasldb("-p", "-c", name=name, stdin=password)

    def remove_user(self, name: str) -> None:
        """Take a user away, who must exist."""
        self._sasldb("-d", name=name)

    def messages(self, to: str | None = None) -> list[Message]:
        """What has been delivered, oldest first; only for the address ``to`` when it is given."""
        archive = self._exec("sh", "-c", f"cd {_STORE}/mail && tar -cf - inbox/new | base64")
        with tarfile.open(fileobj=io.BytesIO(base64.b64decode(archive))) as maildir:
            members = sorted(filter(tarfile.TarInfo.isfile, maildir), key=_arrival)
            streams = (maildir.extractfile(member) for member in members)
            messages = [Message.parse(stream.read()) for stream in streams if stream]
        return [message for message in messages if to in (None, message.to)]

    def wait_for_message(
        self,
        to: str,
        predicate: Callable[[Message], bool] = lambda _: True,
        timeout: float = 20.0,
    ) -> Message:
        """The first mail for the address ``to`` that satisfies the predicate, once it is there.

        :param timeout: seconds.
        :raises MessageNotDeliveredError: it did not arrive in time.
        """
        deadline = time.monotonic() + timeout
        while True:
            messages = self.messages(to)
            for message in messages:
                if predicate(message):
                    return message
            if time.monotonic() > deadline:
                raise MessageNotDeliveredError(
                    f"no such mail for {to} within {timeout:g} s ({len(messages)} others for this"
                    f" address). See what the relay did with it:\n{self.log(tail=20)}"
                )
            time.sleep(_POLL_SECONDS)

    def log(self, tail: int = -1) -> str:
        """The mail log: its last ``tail`` lines, or all of it."""
        return self._run("logs", "deployment/relay", f"--tail={tail}")

    def _ensure_certificate(self) -> None:
        if self._run("get", "secret", _TLS_SECRET, "--ignore-not-found", "-o", "name"):
            return
        authority = Authority()
        server = authority.issue([*self.hosts, self.address])
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "kubernetes.io/tls",
            "metadata": {"name": _TLS_SECRET, "namespace": _NAMESPACE},
            "stringData": {
                "ca.crt": authority.certificate,
                "tls.crt": server.certificate,
                "tls.key": server.key,
            },
        }
        self._kubectl.run("create", "-f", "-", stdin=json.dumps(secret))

    def _sasldb(self, *options: str, name: str, stdin: str | None = None) -> None:
        realm = () if "@" in name else ("-u", LOCAL_REALM)
        self._exec(
            "saslpasswd2", *options, "-f", f"{_STORE}/sasldb2", *realm, "--", name, stdin=stdin
        )

    def _exec(self, *command: str, stdin: str | None = None) -> str:
        interactive = () if stdin is None else ("-i",)
        return self._run("exec", *interactive, "deployment/relay", "--", *command, stdin=stdin)

    def _run(self, *arguments: str, stdin: str | None = None, timeout: float = 30.0) -> str:
        return self._kubectl.run("-n", _NAMESPACE, *arguments, stdin=stdin, timeout=timeout)


def _arrival(member: tarfile.TarInfo) -> tuple[int, int]:
    """Seconds and microseconds of a maildir file's name, ``<seconds>.V…M<microseconds>.<host>``."""
    seconds, unique, _ = Path(member.name).name.split(".", 2)
    return int(seconds), int(unique.rpartition("M")[2])
