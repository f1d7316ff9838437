# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Postfix as a workload of the test cluster: deploy it, give it users, read what it delivered.

Ports: 587 (STARTTLS and AUTH required), 465 (implicit TLS, AUTH required) and 25 (anonymous, for
clients of ``networks`` only); and those that are wrong on purpose, see :class:`Wrong`. Mail to any
domain is delivered into one maildir in the pod, with the exceptions that configuration/postfix
lists in sender_access and recipient_access.
"""

from __future__ import annotations

import base64
import io
import tarfile
import time
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path

from tests.cluster.kubectl import Kubectl
from tests.relays.image import POSTFIX
from tests.relays.message import LOCAL_REALM, Message
from tests.relays.workload import LoadsImages, Workload

_STORE = "/var/lib/relay"
_POLL_SECONDS = 0.2

PRIVATE_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
"""Addresses that pods and nodes have (RFC 1918, RFC 6598). Loopback is not among them, so that a
client inside the relay's own pod can show how a stranger is refused."""


class Wrong(IntEnum):
    """Ports that show what administrators meet (see configuration/postfix/master.cf)."""

    CLOSES = 2501
    """Accepts a connection and hangs up, as a load balancer without back ends does."""
    TLS_BROKEN = 2502
    """Offers STARTTLS, and its key is missing."""
    TLS_OLD = 2503
    """Knows nothing newer than TLS 1.2."""
    TLS_CIPHERS = 2504
    """Knows TLS 1.2 and one cipher that its certificate does not fit."""
    TLS_CLIENT = 2505
    """Demands a client's certificate."""
    SELF_SIGNED = 2506
    """Has a certificate that has signed itself."""
    ONE_LOGIN = 2507
    """Takes one AUTH a minute."""
    ONE_MAIL = 2508
    """Takes one mail a minute."""
    SMALL = 2509
    """Takes mails of 1000 bytes at most, and does not say so beforehand."""
    NOBODY = 2510
    """Nothing listens."""


class MessageNotDeliveredError(Exception):
    """The awaited mail did not arrive in time; the message quotes the relay's log."""


class Relay(Workload):
    """The relay of a cluster, where :meth:`deploy` has put it.

    :param folder: where :attr:`ca_path` writes its file.
    """

    name = "relay"
    image = POSTFIX
    command = "relay"
    ports = (25, 465, 587, *Wrong)

    def __init__(self, kubectl: Kubectl, folder: Path = Path(".build/relay")) -> None:
        super().__init__(kubectl, folder)

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
        relay._deploy(node, {"RELAY_NETWORKS": " ".join(networks)})
        return relay

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

    def _sasldb(self, *options: str, name: str, stdin: str | None = None) -> None:
        realm = () if "@" in name else ("-u", LOCAL_REALM)
        self._exec(
            "saslpasswd2", *options, "-f", f"{_STORE}/sasldb2", *realm, "--", name, stdin=stdin
        )


def _arrival(member: tarfile.TarInfo) -> tuple[int, int]:
    """Seconds and microseconds of a maildir file's name, ``<seconds>.V…M<microseconds>.<host>``."""
    seconds, unique, _ = Path(member.name).name.split(".", 2)
    return int(seconds), int(unique.rpartition("M")[2])
