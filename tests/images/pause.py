# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pause image: the process that keeps a pod's network namespace open."""

from __future__ import annotations

from tests.images.build import Image

PAUSE = Image(
    name="mailops.test/pause:1",
    packages=("busybox-static",),
    command=("/bin/busybox", "sleep", "2147483647"),
    user="65534:65534",
)
