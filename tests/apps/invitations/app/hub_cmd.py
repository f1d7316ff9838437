# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample application's worker: it has the mail settings in its environment, and idles."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Wait for SIGTERM or SIGINT."""
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    sys.stdout.write("hub cmd: waiting for work\n")
    sys.stdout.flush()
    signal.sigwait(stop)


if __name__ == "__main__":
    main()
