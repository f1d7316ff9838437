# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dovecot's submission service before the relay: the one that knows OAuth and EXTERNAL.

Ports: 587 (STARTTLS) and 465 (implicit TLS). AUTH is required, by password, token or client
certificate. What it accepts, the relay delivers, which must be there.
"""

from __future__ import annotations

import base64
from pathlib import Path

from tests.cluster.kubectl import Kubectl
from tests.relays.image import DOVECOT_AND_EXIM
from tests.relays.token import TokenServer
from tests.relays.workload import LoadsImages, Workload


class Dovecot(Workload):
    """Dovecot in a cluster, where :meth:`deploy` has put it."""

    name = "dovecot"
    image = DOVECOT_AND_EXIM
    command = "dovecot-relay"
    ports = (465, 587)

    @classmethod
    def deploy(
        cls, kubectl: Kubectl, node: LoadsImages, tokens: TokenServer, *, folder: Path
    ) -> Dovecot:
        """Run the server and return when its ports answer; it takes the tokens of ``tokens``."""
        server = cls(kubectl, folder)
        server._deploy(node, {"RELAY_TOKEN_KEY": tokens.key_text})
        return server

    def set_user(self, name: str, password: str) -> None:
        """Add a user, who must be new, with any password."""
        encoded = base64.b64encode(password.encode("utf-8")).decode("ascii")
        # Not by standard input: of `kubectl exec` it is lost now and then when it is short.
        path, line = f"/var/lib/relay/users/{name}", f"{name}:{{PLAIN.b64}}{encoded}"
        self._exec("sh", "-c", 'echo "$1" > "$0"', path, line)
