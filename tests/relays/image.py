# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image of the Postfix relay."""

from __future__ import annotations

from pathlib import Path

from tests.images.build import Image

_CONFIGURATION = Path(__file__).parent / "configuration"

POSTFIX = Image(
    name="mailops.test/postfix:1",
    packages=(
        "busybox-static",
        "libsasl2-modules",
        "libsasl2-modules-db",
        "openssl",
        "postfix",
        "sasl2-bin",
    ),
    setup=(
        "/bin/busybox --install -s",
        # What the maintainer scripts of postfix and base-passwd would do.
        "printf '%s\n' root:x:0:0::/root:/bin/sh postfix:x:101:101::/var/spool/postfix:/bin/false"
        " nobody:x:65534:65534::/nonexistent:/bin/false > /etc/passwd",
        "printf '%s\n' root:x:0: postfix:x:101: postdrop:x:102: nogroup:x:65534: > /etc/group",
        "cp /usr/share/postfix/dynamicmaps.cf /etc/postfix/",
        "chown -R postfix:postfix /var/lib/postfix",
        "chgrp postdrop /usr/sbin/postdrop /usr/sbin/postqueue",
        "chmod g+s /usr/sbin/postdrop /usr/sbin/postqueue",
    ),
    files={
        "/etc/postfix/main.cf": _CONFIGURATION / "main.cf",
        "/etc/postfix/master.cf": _CONFIGURATION / "master.cf",
        "/etc/postfix/sasl/smtpd.conf": _CONFIGURATION / "smtpd.conf",
        "/etc/postfix/sender_access": _CONFIGURATION / "sender_access",
        "/usr/local/bin/relay": _CONFIGURATION / "relay",
    },
    command=("/usr/local/bin/relay",),
    env={"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
)
