# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Codes are explained by the standards, as far as they go and no further."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.protocol import Reply
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.reply_meaning import meaning


@pytest.mark.parametrize(
    ("code", "enhanced", "text"),
    [
        (
            550,
            "5.7.26",
            "550 is: refused: the mailbox is not available, or a policy forbids it; "
            "5.7.26 is: several authentication checks of the sender failed",
        ),
        (452, "4.5.3", "452 is: not enough storage, or too many recipients; 4.5.3 is: too many"),
        (535, "", "535 is: the credentials are invalid"),
        # The first two digits speak for a code that no standard lists.
        (459, "", "459 is: not now, may work later, about the mail system"),
        (541, "", "541 is: refused for good"),
        (254, "", "254 is: accepted, about the mail system"),
        # Microsoft's own detail: its subject is all that the standards know.
        (535, "5.7.139", "5.7.139 is: about security or policy (its detail is not registered)"),
        (550, "5.9.1", "5.9.1 is: about something else (its detail is not registered)"),
    ],
)
def test_codes_are_explained(code: int, enhanced: str, text: str) -> None:
    assert text in meaning(Reply(code, ("no",), enhanced))


@given(
    code=st.integers(200, 599),
    subject=st.integers(0, 999),
    detail=st.integers(0, 999),
)
def test_every_code_has_a_meaning(code: int, subject: int, detail: int) -> None:
    enhanced = f"{code // 100}.{subject}.{detail}"
    text = meaning(Reply(code, ("",), enhanced))
    assert text.startswith(f"{code} is: ")
    assert f"; {enhanced} is: " in text
