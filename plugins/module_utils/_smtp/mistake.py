# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a program says of an exception that nobody foresaw."""

from __future__ import annotations

import os


def told(error: Exception) -> str:
    """Return one line for who is to report it: its kind, and where in the code it came up.

    Not its text, which may quote what was given, and so a password.
    """
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = trace and f" in {os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"
    return f"a mistake of this program, to be reported: {type(error).__name__}{where or ''}"
