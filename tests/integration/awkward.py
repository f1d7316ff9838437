# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords that quoting, templating, typing or encoding break on their way."""

from __future__ import annotations

AWKWARD_PASSWORDS = {
    "braces_and_quotes": "p@ss{{word}}'\"%",
    "leading_zero": "0123456",
    "yaml_boolean": "off",
    "yaml_float": "1e3",
    "shell_variable": "$HOME",
    "not_ascii": "päss",
    "trailing_space": "trailing ",
    "long": "0123456789" * 20,
    "leading_dash": "-p",
}
