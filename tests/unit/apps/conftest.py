# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the sample application importable as it is in its image: from its own folder."""

from __future__ import annotations

import sys
from pathlib import Path

_APP = Path(__file__).parents[2] / "apps" / "invitations" / "app"

if str(_APP) not in sys.path:
    sys.path.append(str(_APP))
