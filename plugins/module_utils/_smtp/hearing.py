# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a refusal's words and codes to a verdict: what tells the cause comes first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .reply_words import read
from .sayings import PLAIN, TELLING
from .verdicts import BY_ENHANCED, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .protocol import Reply
    from .refusal import Saying, Verdict
    from .reply_words import Words


_LOGIN_REJECTED = VERDICTS["login", "rejected"]
# A relay speaks of the password whatever it was given.
_TOKEN_MECHANISMS = ("XOAUTH2", "OAUTHBEARER")


@dataclass(frozen=True)
class Heard:
    """A verdict and where it comes from.

    ``hedged``: the words do not tell the cause. ``by_code``: nothing but an enhanced code does.
    """

    verdict: Verdict
    hedged: bool = False
    by_code: bool = False


def hear(stage: str, reply: Reply, facts: Mapping[str, str]) -> Heard | None:
    """Return what a refusal says, or None where it says no more than its basic code."""
    said = read(reply)
    verdict = _said(TELLING, said, stage, reply, facts)
    if verdict is not None:
        is_token = verdict is _LOGIN_REJECTED and facts["mechanism"] in _TOKEN_MECHANISMS
        return Heard(VERDICTS["login", "token rejected"] if is_token else verdict)
    for subject, name, pattern, stages in BY_ENHANCED:
        if stage in stages and any(re.fullmatch(pattern, code[2:]) for code in said.enhanced):
            return Heard(VERDICTS[subject, name], hedged=True, by_code=True)
    verdict = _said(PLAIN, said, stage, reply, facts)
    return None if verdict is None else Heard(verdict, hedged=True)


def _said(
    sayings: Sequence[Saying], said: Words, stage: str, reply: Reply, facts: Mapping[str, str]
) -> Verdict | None:
    """Return the verdict of the first saying that fits, best without a policy service's envelope."""
    heard = [each for each in sayings if each.counts(stage, reply.kind, facts)]
    for words in dict.fromkeys((said.inner, said.all)):
        present = frozenset(words)
        for each in heard:
            if each.fits(words, present):
                return VERDICTS[each.subject, each.verdict]
    return None
