# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data as JSON that Helm reads the same: Helm reads all as YAML, whose texts have other rules."""

from __future__ import annotations

import json
import re
from typing import Any

# YAML has no pairs of surrogates, and folds the line breaks that JSON does not know
# (YAML 1.2.2 sections 5.4 and 5.7).
_IN_ONE_PLANE = re.compile("[\x7f-\uffff]")


def dump(data: Any) -> str:
    """Plain data as a text that is JSON and YAML, and means the same in both."""
    text = json.dumps(data, ensure_ascii=False)
    return _IN_ONE_PLANE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
