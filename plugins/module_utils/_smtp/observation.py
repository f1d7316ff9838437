# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was seen when a stage did not pass, and the conditions by which a finding is chosen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .protocol import Reply


@dataclass(frozen=True)
class Observation:
    """What was seen when a stage did not pass.

    ``failure`` is a kind of NetworkError, WireError, ProtocolError or SaslError, or a name of the
    probe's own; empty when it was a ``reply``. ``verify_code`` is OpenSSL's.
    """

    stage: str
    failure: str = ""
    detail: str = ""
    verify_code: int = 0
    reply: Reply | None = None


@dataclass(frozen=True)
class Row:
    """Conditions, all of which must hold, and the finding's code.

    An empty condition holds always. ``enhanced`` must match the whole enhanced code, and each
    pattern of ``given`` the whole fact of that name. ``text`` may match anywhere in the reply;
    ``{sender}`` and ``{recipient}`` in it stand for the addresses of the walk. Case does not count.

    ``hint`` is added to the finding's fix, and filled with facts like it; in a provider's row it is
    what to do at this provider. ``transient`` says whether the same walk may pass if it is repeated
    within the run; None leaves it to the reply's class: 4yz may, and nothing else.
    """

    code: str
    stage: tuple[str, ...] = ()
    failure: tuple[str, ...] = ()
    verify: tuple[int, ...] = ()
    reply: tuple[int, ...] = ()
    enhanced: str = ""
    text: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    transient: bool | None = None

    @property
    def knows_words(self) -> bool:
        """Whether it tells more of a reply than its basic code does."""
        return bool(self.text or self.enhanced)

    def fits(self, seen: Observation, facts: Mapping[str, str]) -> bool:
        """Return whether every condition holds."""
        return (
            (not self.stage or seen.stage in self.stage)
            and (not self.failure or seen.failure in self.failure)
            and (not self.verify or seen.verify_code in self.verify)
            and all(_whole(pattern, facts[name]) for name, pattern in self.given.items())
            and self._fits_reply(seen.reply, facts)
        )

    def _fits_reply(self, reply: Reply | None, facts: Mapping[str, str]) -> bool:
        if reply is None:
            return not (self.reply or self.knows_words)
        return (
            (not self.reply or reply.code in self.reply)
            and (not self.enhanced or _whole(self.enhanced, reply.enhanced))
            and (not self.text or bool(re.search(self._pattern(facts), reply.text, re.IGNORECASE)))
        )

    def _pattern(self, facts: Mapping[str, str]) -> str:
        pattern = self.text
        for name in ("sender", "recipient"):
            addresses = [re.escape(address) for address in facts[name].split(", ") if address]
            # Without an address nothing may match, and not everything.
            anyone = f"(?:{'|'.join(addresses)})" if addresses else "(?!)"
            pattern = pattern.replace(f"{{{name}}}", anyone)
        return pattern


def _whole(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.IGNORECASE) is not None
