# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image of the sample application.

Its paths are those of Qualytics' control plane, so that it also runs under Qualytics' own chart.
"""

from __future__ import annotations

from pathlib import Path

from tests.images.build import Image

_APP = Path(__file__).parent / "app"

INVITATIONS = Image(
    name="mailops.test/invitations:1",
    packages=("busybox-static", "ca-certificates", "python3"),
    setup=(
        "/bin/busybox --install -s",
        # What the maintainer scripts of ca-certificates and base-passwd would do.
        "cat /usr/share/ca-certificates/mozilla/*.crt > /etc/ssl/certs/ca-certificates.crt",
        "printf '%s\n' root:x:0:0::/root:/bin/sh app:x:65532:65532::/app:/bin/sh > /etc/passwd",
        "printf '%s\n' root:x:0: app:x:65532: > /etc/group",
    ),
    files={f"/app/{name}": _APP / name for name in ("hub_api.py", "hub_cmd.py", "hub_mail.py")},
    command=("python3", "/app/hub_api.py"),
    env={
        "PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
    },
    user="65532:65532",
)
