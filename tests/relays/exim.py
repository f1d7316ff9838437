# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exim before the relay: another implementation, with GnuTLS, true greylisting and late refusals.

Ports: 25 (anonymous), 587 (STARTTLS) and 465 (implicit TLS), these two with AUTH by password or
client certificate. What it accepts, the relay delivers, which must be there. The domains that it
treats in a way of their own are in configuration/exim/exim4.conf.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from tests.cluster.kubectl import Kubectl
from tests.relays.image import DOVECOT_AND_EXIM
from tests.relays.workload import LoadsImages, Workload


class Exim(Workload):
    """Exim in a cluster, where :meth:`deploy` has put it."""

    name = "exim"
    image = DOVECOT_AND_EXIM
    command = "exim-relay"
    ports = (25, 465, 587)

    @classmethod
    def deploy(cls, kubectl: Kubectl, node: LoadsImages, *, folder: Path) -> Exim:
        """Run the server and return when its ports answer."""
        server = cls(kubectl, folder)
        server._deploy(node, {})
        return server

    def log(self, tail: int = -1) -> str:
        """The mail log: its last ``tail`` lines, or all of it."""
        # Exim writes it as a user who may not open the container's standard output.
        lines = "+1" if tail < 0 else str(tail)
        return self._exec("tail", "-n", lines, "/var/log/exim4/mainlog")

    def set_user(self, name: str, password: str) -> None:
        """Add a user, who must be new; the password has no space at its ends."""
        self._exec("sh", "-c", f"echo {shlex.quote(f'{name}: {password}')} >> /var/lib/relay/users")
