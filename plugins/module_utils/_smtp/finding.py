# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding: what is wrong (or worth knowing), where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .terminal import line

if TYPE_CHECKING:  # Literal is newer than the oldest Python that a pod may have
    from typing import Literal

    Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """One finding. ``code`` is stable; the texts are for people and free of secrets.

    Each text is one line without control characters, whoever wrote a part of it.
    """

    code: str
    severity: Severity
    where: str
    message: str
    fix: str

    def __post_init__(self) -> None:
        for name in ("where", "message", "fix"):
            object.__setattr__(self, name, line(getattr(self, name)))

    def as_dict(self) -> dict[str, str]:
        """Return the finding as plain data."""
        return {
            "code": self.code,
            "severity": self.severity,
            "where": self.where,
            "message": self.message,
            "fix": self.fix,
        }

    def __str__(self) -> str:
        text = f"{self.severity}: {self.where} [{self.code}] {self.message}"
        return f"{text} Fix: {self.fix}" if self.fix else text
