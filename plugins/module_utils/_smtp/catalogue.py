# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The machinery behind the lists of findings: a code, its texts, and the facts they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .finding import Finding
from .redact import without_logins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .finding import Severity


@dataclass(frozen=True)
class Entry:
    """One kind of finding.

    ``message`` and ``fix`` are ``str.format`` templates over facts given by name;
    ``meaning`` explains the code in the reference page, without facts.
    """

    code: str
    severity: Severity
    message: str
    fix: str
    meaning: str

    @property
    def facts(self) -> frozenset[str]:
        """The names of the facts that the templates need (``where`` is always there)."""
        from string import Formatter  # noqa: PLC0415  # only for who writes or checks the pages

        parsed = list(Formatter().parse(self.message)) + list(Formatter().parse(self.fix))
        names = {name for _text, name, _spec, _conversion in parsed if name}
        return frozenset(names - {"where"})


class Catalogue:
    """Entries by code. Iterating gives them in the order in which they were listed."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            if entry.code in self._entries:
                raise ValueError(f"the code {entry.code} is listed twice")
            self._entries[entry.code] = entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __contains__(self, code: str) -> bool:
        return code in self._entries

    def __getitem__(self, code: str) -> Entry:
        return self._entries[code]

    def finding(
        self, code: str, *, where: str, severity: Severity | None = None, **facts: object
    ) -> Finding:
        """Return the finding ``code`` filled with ``facts`` and ``where``; extra facts are ignored.

        A login in a URL among the facts is masked, wherever it comes from.

        ``severity`` overrides the entry's own. Raises KeyError for a code that is not listed or
        a fact that is missing.
        """
        entry = self._entries[code]
        facts = {
            name: without_logins(fact) if isinstance(fact, str) else fact
            for name, fact in facts.items()
        }
        facts["where"] = where
        return Finding(
            code=code,
            severity=severity or entry.severity,
            where=where,
            message=entry.message.format_map(facts),
            fix=entry.fix.format_map(facts),
        )
