# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a test mail is sent. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import TestMail


def reason_not_to(
    wanted: TestMail, recipients: Sequence[str], released: Mapping[str, Any], *, check: bool
) -> str:
    """Why no test mail is sent, as the end of a sentence; empty when one is.

    :param wanted: ``smtp_test_mail``.
    :param released: the result of smtp_release in this run, if there is one.
    """
    if not recipients:
        return "smtp_test_recipients is not given"
    if wanted == "never":
        return "smtp_test_mail is never"
    if check:
        return "check mode sends none"
    if wanted == "on_change" and not (released.get("changed") or released.get("proof_owed")):
        return "nothing has changed in this run (smtp_test_mail: always sends one nevertheless)"
    return ""
