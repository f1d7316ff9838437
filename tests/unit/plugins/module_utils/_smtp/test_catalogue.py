# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue fills texts with facts and knows its own mistakes."""

from __future__ import annotations

import re

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.diagnosis import TABLE
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.relay_catalogue import (
    CATALOGUE,
    FACTS,
)

ENTRY = Entry("host-odd", "warning", "{where} is {value!r}.", "Try {other}.", "An odd host.")


def test_a_finding_is_filled_with_facts_and_where() -> None:
    finding = Catalogue([ENTRY]).finding("host-odd", where="smtp_host", value="{x}", other="y", z=1)
    assert finding == Finding("host-odd", "warning", "smtp_host", "smtp_host is '{x}'.", "Try y.")
    assert finding.as_dict()["severity"] == "warning"


def test_the_severity_can_be_overridden() -> None:
    finding = Catalogue([ENTRY]).finding(
        "host-odd", where="smtp_host", severity="error", value=1, other=2
    )
    assert finding.severity == "error"


def test_an_unlisted_code_and_a_missing_fact_are_key_errors() -> None:
    with pytest.raises(KeyError, match="no-such"):
        Catalogue([ENTRY]).finding("no-such", where="")
    with pytest.raises(KeyError, match="other"):
        Catalogue([ENTRY]).finding("host-odd", where="", value=1)


def test_a_code_is_listed_once() -> None:
    with pytest.raises(ValueError, match="host-odd"):
        Catalogue([ENTRY, ENTRY])


def test_an_entry_names_the_facts_that_it_needs() -> None:
    assert ENTRY.facts == {"value", "other"}


@pytest.mark.parametrize("entry", list(CATALOGUE), ids=lambda entry: entry.code)
def test_every_relay_finding_can_be_rendered_and_says_what_to_do(entry: Entry) -> None:
    finding = CATALOGUE.finding(
        entry.code, where="here", severity=None, **dict.fromkeys(FACTS, "x")
    )
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", finding.code)
    assert finding.message.endswith(".")
    assert finding.fix.endswith(".")
    assert entry.meaning.endswith(".")


def test_every_row_of_the_diagnosis_leads_to_a_listed_finding() -> None:
    assert {row.code for row in TABLE} <= {entry.code for entry in CATALOGUE}
