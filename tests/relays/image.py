# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images of the mail servers."""

from __future__ import annotations

from pathlib import Path

from tests.images.build import Image

_CONFIGURATION = Path(__file__).parent / "configuration"
_PATH = {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}

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
        "/etc/postfix/main.cf": _CONFIGURATION / "postfix/main.cf",
        "/etc/postfix/master.cf": _CONFIGURATION / "postfix/master.cf",
        "/etc/postfix/sasl/smtpd.conf": _CONFIGURATION / "postfix/smtpd.conf",
        "/etc/postfix/sender_access": _CONFIGURATION / "postfix/sender_access",
        "/etc/postfix/header_checks": _CONFIGURATION / "postfix/header_checks",
        "/etc/postfix/recipient_access": _CONFIGURATION / "postfix/recipient_access",
        "/usr/local/bin/relay": _CONFIGURATION / "postfix/relay",
    },
    env=_PATH,
)

DOVECOT_AND_EXIM = Image(
    # Debian's packages of these two go together; neither goes with Postfix.
    name="mailops.test/dovecot-and-exim:1",
    packages=("busybox-static", "dovecot-submissiond", "exim4-daemon-light", "openssl"),
    setup=(
        "/bin/busybox --install -s",
        # What the maintainer scripts would do.
        "printf '%s\n' root:x:0:0::/root:/bin/sh dovecot:x:101:101::/nonexistent:/bin/false"
        " dovenull:x:102:102::/nonexistent:/bin/false"
        " Debian-exim:x:103:103::/var/spool/exim4:/bin/false > /etc/passwd",
        "printf '%s\n' root:x:0: dovecot:x:101: dovenull:x:102: Debian-exim:x:103: > /etc/group",
        "mkdir -p /var/lib/exim4 /var/spool/exim4 /var/log/exim4 /run/dovecot /var/lib/dovecot",
        "chown -R Debian-exim:Debian-exim /var/spool/exim4 /var/log/exim4",
    ),
    files={
        "/etc/dovecot/dovecot.conf": _CONFIGURATION / "dovecot/dovecot.conf",
        "/etc/dovecot/oauth2.conf": _CONFIGURATION / "dovecot/oauth2.conf",
        "/etc/exim4/exim4.conf": _CONFIGURATION / "exim/exim4.conf",
        "/usr/local/bin/dovecot-relay": _CONFIGURATION / "dovecot/dovecot-relay",
        "/usr/local/bin/exim-relay": _CONFIGURATION / "exim/exim-relay",
    },
    env=_PATH,
)
