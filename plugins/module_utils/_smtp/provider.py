# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the diagnosis knows about one mail provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .observation import Row


@dataclass(frozen=True)
class Provider:
    """One provider.

    ``host`` is a pattern of its relays' names. ``greeting`` is one of its banner and EHLO reply, by
    which it is recognised behind another name (a CNAME). ``rows`` come before the general ones.
    ``hints`` are added to the fix of a finding, by its code.
    """

    name: str
    host: str
    greeting: str
    source: str = ""
    rows: tuple[Row, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)
