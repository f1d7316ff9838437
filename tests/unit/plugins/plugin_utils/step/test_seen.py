# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read in the pods is told in a whole sentence."""

from __future__ import annotations

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.step.seen import in_words


@pytest.mark.parametrize(
    ("variables", "files", "secrets", "words"),
    [
        (0, 1, 0, "verified: 1 file is as it should be in"),
        (1, 0, 0, "verified: 1 variable is as it should be in"),
        (6, 0, 0, "verified: 6 variables are as they should be in"),
        (1, 1, 0, "verified: 1 variable, 1 file are as they should be in"),
        (0, 0, 2, "verified: 2 Secrets are as they should be in"),
    ],
)
def test_one_thing_is_and_several_are(variables: int, files: int, secrets: int, words: str) -> None:
    assert in_words(variables, files, secrets, right=True) == words


def test_what_is_not_right_is_only_counted() -> None:
    assert in_words(2, 1, 0, right=False) == "2 variables, 1 file in"
