# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a test mail is sent, and what is said when none is."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import TestMail
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof.mail import reason_not_to

TO = ("someone@example.org",)


@pytest.mark.parametrize(
    ("wanted", "recipients", "released", "check", "reason"),
    [
        ("on_change", TO, {"changed": True}, False, ""),
        ("always", TO, {}, False, ""),
        ("on_change", TO, {"changed": False}, False, "nothing has changed in this run"),
        ("on_change", TO, {"changed": False, "proof_owed": True}, False, ""),
        ("on_change", TO, {}, False, "nothing has changed in this run"),
        ("never", TO, {"changed": True}, False, "smtp_test_mail is never"),
        ("always", TO, {"changed": True}, True, "check mode sends none"),
        ("always", (), {"changed": True}, False, "smtp_test_recipients is not given"),
    ],
)
def test_a_mail_is_sent_or_it_is_said_why_not(
    wanted: TestMail,
    recipients: tuple[str, ...],
    released: dict[str, Any],
    check: bool,
    reason: str,
) -> None:
    found = reason_not_to(wanted, recipients, released, check=check)
    assert found.startswith(reason)
    assert bool(found) == bool(reason)
