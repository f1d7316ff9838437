# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an application says about its mail: the lines that matter, and the relay's reply in them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.diagnosis import (
    diagnose,
    transient,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.observation import Observation
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.protocol import Reply
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.relay_catalogue import FACTS
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.terminal import line
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description

LINES = 5
"""So many are quoted."""
LONGEST_LINE = 300
"""Characters of a line that are quoted."""
LONGEST_OUTPUT = 1 << 16
"""Characters at the end of an output in which a reply is looked for."""

_ABOUT_MAIL = re.compile(r"smtp|mail|relay|starttls|certificate", re.IGNORECASE)
_ENHANCED = re.compile(
    r"(?<![\w.])([45]\d\d)\b[\s,:\-('\"b]{1,6}(([45])\.\d{1,3}\.\d{1,3})\b[ :]*([^\n]{0,300})"
)
"""A reply with an enhanced status code (RFC 3463), in whatever brackets a language puts it."""
_PLAIN = re.compile(
    r"(?<![\w.])(421|432|45[0-5]|52[13]|53[0458]|55[0-6])\b[\s,\-('\"b]{1,6}([A-Za-z<][^\n]{0,300})"
)
"""One without, of the codes that SMTP alone uses: 500 to 504 may be of HTTP."""
_LOGIN = frozenset({432, 454, 530, 534, 535, 538})
"""Codes of a reply to AUTH (RFC 4954 section 6)."""


def last(text: str, count: int = LINES) -> list[str]:
    """The last lines of a command's output that are not empty."""
    found = [each.strip() for each in text.splitlines() if each.strip()][-count:]
    return [line(each, LONGEST_LINE) for each in found]


def about_mail(log: str) -> list[str]:
    """The last lines of a log that are about mail."""
    return last("\n".join(each for each in log.splitlines() if _ABOUT_MAIL.search(each)))


def reply_in(text: str) -> Reply | None:
    """The last reply of a relay that refuses something, as an application quotes it."""
    text = text[-LONGEST_OUTPUT:]
    found = [
        *((match.start(), Reply(int(match[1]), (match[4].strip(),), match[2]))
          for match in _ENHANCED.finditer(text) if match[1][0] == match[3]),
        *((match.start(), Reply(int(match[1]), (match[2].strip(),)))
          for match in _PLAIN.finditer(text)),
    ]  # fmt: skip
    return max(found, key=lambda each: each[0])[1] if found else None


def meaning(reply: Reply, description: Description, *, where: str, recipient: str) -> Finding:
    """What a relay's reply to the application means; a warning when it may pass."""
    stage = "auth" if reply.code in _LOGIN else "rcpt"
    facts: Mapping[str, str] = {
        **dict.fromkeys(FACTS, ""),
        "host": description.host,
        "port": str(description.port),
        "security": description.security,
        "username": "" if description.username_is_secret else description.username,
        "sender": description.envelope_from or description.from_address,
        "recipient": recipient,
        "stage": stage,
    }
    seen = Observation(stage, reply=reply)
    if transient(seen, facts):
        return diagnose(seen, where=where, facts=facts, severity="warning")
    return diagnose(seen, where=where, facts=facts, severity="error")
