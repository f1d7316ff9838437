# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties hold however slow the machine is."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("mailops", deadline=None)
settings.load_profile("mailops")
