# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure how well refusals are understood: ``make replies FILE=… [LIST=1|JSON=1]``.

FILE is YAML, a list of replies, each with what a right diagnosis is::

    - id: pf-relay                # any name
      relay_host: ''              # by which a provider is recognised; empty for any relay
      port: 25
      login: none                 # made: credentials are used, at stage auth just now
      stage: rcpt                 # banner, ehlo, starttls, auth, mail, rcpt or data
      reply: '554 5.7.1 <ops@example.net>: Relay access denied'
      want: [relay-denied]        # the acceptable findings, the best first; unknown is reply-unknown
      permanent: true             # whether the same walk, repeated unchanged, fails again

Optional are ``security`` (else by the port) and ``mechanism`` (else PLAIN where a login is made).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.diagnosis import Judgement, judge
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.observation import Observation
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.protocol import Dialogue, Reply
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.relay_catalogue import FACTS

UNKNOWN = "reply-unknown"
COUNTS = (
    "right",
    "best first",
    "unknown",
    "wrong",
    "wrong without a hedge",
    "permanence wrong",
)
_SECURITY = {25: "none", 465: "tls"}


@dataclass(frozen=True)
class Sample:
    """A reply of a corpus, and what is made of it."""

    entry: Mapping[str, Any]
    seen: Observation
    facts: Mapping[str, str]
    judged: Judgement

    @property
    def hedged(self) -> bool:
        """Whether the finding admits that the words do not tell the cause."""
        return self.judged.hedged or self.judged.code == UNKNOWN

    @property
    def counts(self) -> Iterator[str]:
        """The names in ``COUNTS`` that it counts for."""
        want = [UNKNOWN if code == "unknown" else code for code in self.entry["want"]]
        if self.judged.code in want:
            yield "right"
            if self.judged.code == want[0]:
                yield "best first"
        elif self.judged.code == UNKNOWN:
            yield "unknown"
        else:
            yield "wrong"
            if not self.hedged:
                yield "wrong without a hedge"
        if self.judged.permanent != self.entry["permanent"]:
            yield "permanence wrong"

    def __str__(self) -> str:
        entry = self.entry
        said = f"{self.judged.code}{' (hedged)' if self.hedged else ''}"
        return (
            f"{', '.join(self.counts):32} {entry['id']} [{entry['stage']}] "
            f"{' / '.join(entry['reply'].splitlines())}\n{'':32} said {said}, "
            f"{'permanent' if self.judged.permanent else 'passes'}; wanted {', '.join(entry['want'])}, "
            f"{'permanent' if entry['permanent'] else 'passes'}"
        )


def samples(file: Path) -> Iterator[Sample]:
    """Yield every reply of a corpus with the judgement on it."""
    for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
        seen = Observation(entry["stage"], reply=_reply(entry["reply"]))
        facts = _facts(entry)
        yield Sample(entry, seen, facts, judge(seen, facts))


def _reply(text: str) -> Reply:
    """Return a reply from its lines, as the dialogue reads it."""
    dialogue = Dialogue()
    dialogue.receive("".join(f"{line}\r\n" for line in text.splitlines()).encode("utf-8"))
    reply = dialogue.next_reply()
    if reply is None:
        raise ValueError(f"the reply has no last line: {text}")
    return reply


def _facts(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return what the walk knows when the reply comes."""
    host, port, made = (
        entry.get("relay_host") or "relay.example.com",
        entry["port"],
        entry["login"] == "made",
    )
    return {
        **dict.fromkeys(FACTS, ""),
        "host": host,
        "port": str(port),
        "relay": f"{host}:{port}",
        "security": entry.get("security") or _SECURITY.get(port, "starttls"),
        "sender": "app@example.com",
        "recipient": "ops@example.net",
        "username": "user@example.com" if made else "",
        "mechanism": entry.get("mechanism", "PLAIN") if made else "",
    }  # fmt: skip


def main(arguments: list[str]) -> int:
    """Print the counts, the replies that are not right (--list), or one JSON line a reply (--json)."""
    names = [argument for argument in arguments if not argument.startswith("--")]
    if len(names) != 1 or not Path(names[0]).is_file():
        print("usage: make replies FILE=replies.yml [LIST=1|JSON=1]", file=sys.stderr)
        return 2
    found = list(samples(Path(names[0])))
    if "--json" in arguments:
        for each in found:
            judged = each.judged
            print(json.dumps({"id": each.entry["id"], "code": judged.code, "hedged": each.hedged,
                              "permanent": judged.permanent}))  # fmt: skip
        return 0
    counts = Counter(name for each in found for name in each.counts)
    if "--list" in arguments:
        for each in found:
            if not set(each.counts) <= {"right", "best first"}:
                print(each)
    for name in COUNTS:
        print(f"{name} {100 * counts[name] / max(len(found), 1):.1f} %")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
