# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide "my mail does not arrive" leads to findings that exist, and to every error of a relay."""

from __future__ import annotations

import re

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.relay_catalogue import (
    CATALOGUE as RELAY,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.findings import (
    CATALOGUE as NAMES,
)
from tools.docs import ROOT

GUIDE = (ROOT / "docs" / "mail-does-not-arrive.md").read_text(encoding="utf-8")
LINKS = re.findall(r"\[([^\]]*)\]\(([^)]*)\)", GUIDE)
HEADINGS = set(
    re.findall(r"^### (\S+)$", (ROOT / "docs" / "findings.md").read_text(encoding="utf-8"), re.M)
)


@pytest.mark.parametrize(("words", "target"), sorted(set(LINKS)))
def test_a_link_leads_to_the_finding_that_it_names(words: str, target: str) -> None:
    assert target == f"findings.md#{words}"
    assert words in HEADINGS


@pytest.mark.parametrize(
    "code", [entry.code for entry in RELAY if entry.severity == "error"] + [e.code for e in NAMES]
)
def test_every_error_of_a_relay_and_of_the_names_is_reached_from_the_guide(code: str) -> None:
    assert code in {words for words, _target in LINKS}
