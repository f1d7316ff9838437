# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception that carries findings to the edge."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding


class FindingError(Exception):
    """Work cannot go on. The action turns it into a failed result with these findings."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = findings
