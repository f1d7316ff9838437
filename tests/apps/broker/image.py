# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the message broker of Qualytics' chart.

The worker ``cmd`` of that chart becomes ready when something listens on the broker's port; nothing
in these tests sends a message there.
"""

from __future__ import annotations

from tests.images.build import Image

BROKER = Image(
    name="mailops.test/broker:1",
    packages=("busybox-static",),
    setup=(
        "/bin/busybox --install -s",
        # The command of the chart's startup and liveness probes.
        "mkdir -p /usr/local/bin && cd /usr/local/bin && echo '#!/bin/sh' > rabbitmq-diagnostics",
        "chmod 755 /usr/local/bin/rabbitmq-diagnostics",
    ),
    # The shell is there for SIGTERM, which nc as the first process of a container would not heed.
    command=("sh", "-c", "trap 'exit 0' TERM; nc -ll -p 5672 -e true & wait"),
    env={"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
)
