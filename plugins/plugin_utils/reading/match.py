# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds rendered leaves against the values that are there. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils import parse
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    Entries,
    Leaf,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import revealed
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.marker import (
    NUMBER,
    Pattern,
    pattern,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.reference import is_reference

SECRETS = frozenset({"password", "client_key", "oauth.token", "oauth.client_secret"})
"""The markers that stand for a secret."""


TOLD = frozenset(
    {"from_name", "reply_to", "envelope_from", "subject_prefix", "ehlo_name", "name", "comment"}
)
"""The markers of what is told to people and relays, which some applications also take without quotes."""

_HOST = re.compile(r"[A-Za-z0-9._-]+")


class Cost(IntEnum):
    """How much a difference speaks against an explanation of the values."""

    REFERENCE = 0
    """A reference to a value, where a value can stand."""
    FORM = 1
    """The field in another form, such as without the quotes that the profile puts around it."""
    INLINE = 3
    """A value itself, where the profile writes a reference."""
    TYPE = 2
    """The right value in a wrong type, such as ``"true"`` for true."""
    EMPTY = 4
    """An empty text where a field is to stand."""
    UNTOLD = 5
    """No secret where there should be one: what can be shown to people leaves it out."""
    EXTRA = 6
    """A value where there should be none."""
    UNSET = 7
    """No value where an empty text should be, which most charts have by default."""
    PORTLESS = 8
    """A host alone, where host and port should be."""
    MISSING = 10
    """No value where there should be one."""
    REFERRED = 16
    """A reference to a value where there should be none: it says that there is one."""
    LOGIN = 17
    """A part of a login where there should be none."""
    OTHER = 20
    """Another value."""


@dataclass(frozen=True)
class Difference:
    """One place where the values are not as an explanation wants them.

    :param wanted: the literal value that is wanted; `OMIT` for none, `KEEP` for one that is free.
    :param sensitive: whether what is there may be a secret.
    """

    cost: Cost
    key: str
    found: Any
    wanted: Any
    sensitive: bool


@dataclass
class Match:
    """What the markers were found to be and where, and where the values differ."""

    fields: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)

    @property
    def cost(self) -> int:
        return sum(difference.cost for difference in self.differences)

    def bind(self, name: str, value: Any, place: str) -> bool:
        """Notes a field; whether that agrees with what is known of it. Empty is known the least."""
        if self.fields.get(name, "") == "":
            self.fields[name], self.places[name] = value, place
        return value == "" or bool(self.fields[name] == value)


def match(leaves: Iterable[Leaf], given: Mapping[str, Any], defaults: Mapping[str, Any]) -> Match:
    """Holds every leaf against the values.

    :param defaults: the chart's own values, which count where nothing is given.
    """
    result = Match()
    for leaf in leaves:
        result = match_leaf(leaf, given, defaults, result)
    return result


def match_leaf(
    leaf: Leaf, given: Mapping[str, Any], defaults: Mapping[str, Any], into: Match
) -> Match:
    """Holds one leaf against the values, and adds to what is known."""
    found, default = values.get(given, leaf.path), values.get(defaults, leaf.path)
    wanted = leaf.value
    if wanted is KEEP or (wanted is OMIT and (found is OMIT or values.same(found, default))):
        return into
    _Holding(leaf, into).hold(leaf.key, default if found is OMIT else found, wanted)
    return into


@dataclass
class _Holding:
    leaf: Leaf
    into: Match

    def differ(self, cost: Cost, key: str, found: Any, wanted: Any) -> None:
        self.into.differences.append(Difference(cost, key, found, wanted, self.leaf.sensitive))

    def hold(self, key: str, found: Any, wanted: Any) -> None:
        if isinstance(wanted, Entries):
            self.hold_entries(key, found, wanted)
        elif wanted is OMIT:
            self.differ(Cost.REFERRED if is_reference(found) else Cost.EXTRA, key, found, OMIT)
        elif isinstance(wanted, Mapping):
            self.hold_mapping(key, found, wanted)
        elif isinstance(wanted, list):
            self.hold_list(key, found, wanted)
        elif (inside := document(revealed(wanted))) is not None:
            self.hold_document(key, found, inside)
        else:
            self.hold_single(key, found, revealed(wanted))

    def hold_single(self, key: str, found: Any, wanted: Any) -> None:
        form = pattern(wanted) if isinstance(wanted, str) else None
        free = form is not None or (wanted in NUMBER.values() and not isinstance(wanted, bool))
        if found is OMIT or (found is None and wanted is not None):
            untold = form is not None and SECRETS.issuperset(form.names)
            cost = Cost.UNTOLD if untold else Cost.UNSET if wanted == "" else Cost.MISSING
            self.differ(cost, key, found, KEEP if free else wanted)
        elif form is not None:
            text, exact = _text(found)
            fields = None if text is None else form.extract(text)
            if fields is None:
                self.hold_otherwise(key, found, text, form)
                return
            if not exact:
                self.differ(Cost.TYPE, key, found, "")
            self.bind(key, found, fields)
        elif free:
            number, exact = _number(found)
            if number is None:
                cost = Cost.REFERENCE if is_reference(found) else Cost.OTHER
                self.differ(cost, key, found, KEEP)
                return
            if not exact:
                self.differ(Cost.TYPE, key, found, 0)
            name = next(name for name, marker in NUMBER.items() if marker == wanted)
            self.bind(key, found, {name: str(number)})
        elif not values.same(found, wanted):
            alike = Cost.TYPE if _alike(found, wanted) else Cost.OTHER
            if is_reference(found):
                alike = Cost.REFERRED if wanted == "" else Cost.REFERENCE
            elif is_reference(wanted) and isinstance(found, str) and found:
                alike = Cost.INLINE
            self.differ(alike, key, found, wanted)

    def hold_otherwise(self, key: str, found: Any, text: str | None, form: Pattern) -> None:
        """A value that does not have the form that the profile writes."""
        if is_reference(found):
            self.differ(Cost.REFERENCE, key, found, KEEP)
        elif text and form.names == ("host", "port") and _HOST.fullmatch(text):
            self.differ(Cost.PORTLESS, key, found, KEEP)
            self.into.bind("host", text, key)
        elif text and len(form.names) == 1 and form.names[0] in TOLD and not form.base64:
            self.differ(Cost.FORM, key, found, KEEP)
            self.into.bind(form.names[0], text, key)
        else:
            empty = found == "" and len(form.names) > 1
            self.differ(Cost.EMPTY if empty else Cost.OTHER, key, found, KEEP)

    def bind(self, key: str, found: Any, fields: Mapping[str, str]) -> None:
        for name, value in fields.items():
            if not self.into.bind(name, value, key):
                self.differ(Cost.OTHER, key, found, KEEP)
            elif value == "":
                self.differ(Cost.EMPTY, key, found, KEEP)

    def hold_mapping(self, key: str, found: Any, wanted: Mapping[str, Any]) -> None:
        if not isinstance(found, Mapping):
            cost = Cost.MISSING if found is OMIT else Cost.OTHER
            self.differ(cost, key, found, KEEP)
            return
        for name, inner in wanted.items():
            self.hold(f"{key}.{name}", found.get(name, OMIT), inner)
        for name in found.keys() - wanted.keys():
            self.differ(Cost.EXTRA, f"{key}.{name}", found[name], OMIT)

    def hold_list(self, key: str, found: Any, wanted: list[Any]) -> None:
        if not isinstance(found, list) or len(found) != len(wanted):
            cost = Cost.MISSING if found is OMIT else Cost.OTHER
            self.differ(cost, key, found, KEEP)
            return
        for number, (there, inner) in enumerate(zip(found, wanted, strict=True)):
            self.hold(f"{key}.{number}", there, inner)

    def hold_document(self, key: str, found: Any, wanted: Mapping[str, Any]) -> None:
        """A text that holds YAML: what counts is the document, not its layout."""
        inside = document(f"{found}\n") if isinstance(found, str) else None
        if inside is None:
            self.differ(Cost.MISSING if found is OMIT else Cost.OTHER, key, found, KEEP)
        else:
            self.hold_mapping(key, inside, wanted)

    def hold_entries(self, key: str, found: Any, wanted: Entries) -> None:
        """Only the entries that are ours; a name that is a marker fits any entry."""
        there = found if isinstance(found, list) else []
        for entry in wanted.of:
            own = [item for item in there if _is(wanted, item, entry.key)]
            place = f"{key}.{entry.key}"
            if entry.value is OMIT:
                if own and pattern(entry.key) is None:
                    self.differ(Cost.EXTRA, place, own[0], OMIT)
            elif own:
                self.hold(place, own[0], entry.value)
            else:
                self.differ(Cost.MISSING, place, OMIT, KEEP)


def document(text: Any) -> Mapping[str, Any] | None:
    """The YAML document of a text that ends as one does; `None` when it is no mapping."""
    if not isinstance(text, str) or not text.endswith("\n"):
        return None
    try:
        inside = parse.yaml_document(text)
    except parse.UnreadableError:
        return None
    return inside if isinstance(inside, Mapping) else None


def _is(entries: Entries, item: Any, key: str) -> bool:
    known = entries.key_of(item)
    form = pattern(key)
    if form is None:
        return known == key
    return known is not None and form.extract(known) is not None


def _text(found: Any) -> tuple[str | None, bool]:
    """A found value as text, and whether it is one."""
    if isinstance(found, str):
        return found, True
    if isinstance(found, (int, float)) and not isinstance(found, bool):
        return str(found), False
    return None, False


def _number(found: Any) -> tuple[int | None, bool]:
    """A found value as a whole number, and whether it is one."""
    if isinstance(found, bool):
        return None, False
    if isinstance(found, (int, float)) and found == int(found):
        return int(found), True
    if isinstance(found, str) and found.isascii() and found.isdigit():
        return int(found), False
    return None, False


def _alike(found: Any, wanted: Any) -> bool:
    """Whether two values differ in their type only."""
    if isinstance(found, (Mapping, list)):
        return False
    return str(found).lower() == str(wanted).lower()
