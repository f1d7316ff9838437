# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with the node, as types; the command line turns them into one line and an exit code."""

from __future__ import annotations


class ClusterError(Exception):
    """The node or a command against it failed; the message holds the cause and the next step."""


class RefusalError(ClusterError):
    """This machine lacks something that the node needs; nothing was started."""


class BuildError(ClusterError):
    """A Go component could not be built."""
