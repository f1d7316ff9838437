# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every symptom of the vendors' pages has a name here."""

from __future__ import annotations

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.diagnosis import diagnose
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.relay_catalogue import FACTS
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.symptoms import (
    SYMPTOMS,
    Symptom,
)


@pytest.mark.parametrize("symptom", SYMPTOMS, ids=lambda one: f"{one.vendor}: {one.words}")
def test_a_symptom_is_named_with_a_fix(symptom: Symptom) -> None:
    facts = {**dict.fromkeys(FACTS, ""), "host": "mail.example.org", "port": "587", **symptom.facts}
    finding = diagnose(symptom.seen, where="here", facts=facts)
    assert finding.code == symptom.code
    assert finding.fix


def test_a_timeout_on_port_25_says_that_providers_block_it() -> None:
    symptom = next(one for one in SYMPTOMS if one.code == "port-25-timeout")
    facts = {**dict.fromkeys(FACTS, ""), "host": "mail.example.org", **symptom.facts}
    assert "internet providers" in diagnose(symptom.seen, where="here", facts=facts).fix
