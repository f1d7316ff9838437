# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of the changes may be made, and what to say of the others. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.cause import Cause, Causes
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import Change, Kind
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.compare import (
    MISSING,
    bare,
    spelt,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.explain import (
    Explanation,
    is_checksum,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.mail_places import (
    MailPlaces,
    is_config,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import CONFIG_KINDS, Ref
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.references import Reference

# What only tells a tool who made an object. Other annotations act, such as those of an Ingress.
_FOR_TOOLS = re.compile(
    r"(helm\.sh|meta\.helm\.sh|app\.kubernetes\.io)/.*|chart|heritage|release"
    r"|kubectl\.kubernetes\.io/(last-applied-configuration|restartedAt)"
)
_NO_DRY_RUN = re.compile("does not support dry run", re.IGNORECASE)

_MANY = 3
"""From more places than that on, the object is named and not each of them."""

_BY_KIND: Mapping[Kind, str] = {
    "conflict": "upgrade-conflicts",
    "immutable": "upgrade-immutable",
    "forbidden": "upgrade-right-missing",
    "refused": "upgrade-refused",
}
_VERBS: Mapping[Kind, str] = {"new": "create", "deleted": "delete"}
_BY_CAUSE: Mapping[Cause, str] = {
    "random": "upgrade-changes-random",
    "chart": "chart-not-the-same",
    "settings": "upgrade-changes-other",
    "drift": "upgrade-undoes-drift",
}
_NEVER_ALLOWED: frozenset[Kind] = frozenset({"immutable", "forbidden", "refused"})
"""What fails whoever allows it."""


@dataclass(frozen=True)
class Sorted:
    """The changes of a trial, by what is to be done with them.

    :param ours: what follows from the mail settings, and what holds a workload.
    :param allowed: what smtp_allow_changes names.
    :param harmless: labels and annotations for tools.
    :param guarded: what needs an exact name in smtp_allow_changes, and has none there.
    :param open: everything else.
    """

    ours: tuple[Change, ...]
    allowed: tuple[Change, ...]
    harmless: tuple[Change, ...]
    guarded: tuple[Change, ...]
    open: tuple[Change, ...]

    @property
    def has_unknown_causes(self) -> bool:
        """Whether it takes another rendering to say why something would change."""
        return any(change.kind in ("new", "deleted", "changed") for change in self.open)

    @property
    def takes_fields_over(self) -> bool:
        """Whether a conflict is no obstacle, so that the upgrade has to be told to go over it."""
        return any(change.kind == "conflict" for change in (*self.ours, *self.allowed))

    @property
    def has_open_conflicts(self) -> bool:
        return any(change.kind == "conflict" for change in (*self.open, *self.guarded))


def sort(
    changes: Iterable[Change],
    explanation: Explanation,
    allowed: Sequence[str],
    held: Collection[str] = (),
    guarded: Collection[Ref] = (),
) -> Sorted:
    """The changes, sorted.

    :param allowed: names as `Change.name` gives them, or of a whole object; ``*`` stands for anything.
    :param held: those of the fields by which a run of this collection has held workloads.
    :param guarded: the objects for which ``*`` does not count.
    """
    every = list(changes)
    config_changes = any(change.ref.kind in CONFIG_KINDS for change in every)
    patterns = [_pattern(name) for name in allowed]
    exact = [_pattern(name) for name in allowed if "*" not in name]
    found: dict[str, list[Change]] = {each.name: [] for each in fields(Sorted)}
    for change in every:
        if change.ref in guarded and not _fails(change):
            found["allowed" if _allows(exact, change) else "guarded"].append(change)
        elif change.name in held or explanation.covers(change, config_changes=config_changes):
            found["ours"].append(change)
        elif _allows(patterns, change):
            found["allowed"].append(change)
        elif _is_harmless(change):
            found["harmless"].append(change)
        else:
            found["open"].append(change)
    return Sorted(**{name: tuple(each) for name, each in found.items()})


@dataclass(frozen=True)
class Verdict:
    """What may be done.

    :param ours: the changes that follow from the mail settings, and those that are allowed: the diff.
    :param findings: an error for everything that must not happen.
    """

    ours: tuple[Change, ...]
    findings: tuple[Finding, ...]


def judge(
    found: Sorted,
    causes: Causes | None,
    clean: Callable[[str], str],
    facts: Mapping[str, Any],
    reasons: Mapping[Ref, str] = MappingProxyType({}),
    *,
    restores: Collection[Reference] = (),
) -> Verdict:
    """What may be done, and everything that must not.

    :param causes: wanted when `found` has unknown causes.
    :param clean: takes secrets out of the API server's words.
    :param facts: what findings name besides: release, chart.
    :param reasons: why an object needs an exact name.
    :param restores: what somebody has deleted, and may come back as it was.
    """
    ours = list(found.ours)
    told: list[tuple[str, Change]] = []
    for change in found.open:
        code = _code(change, causes, reasons)
        if code == _BY_CAUSE["drift"] and _restores(change, restores):
            code = None
        if code is None:
            ours.append(change)
        else:
            told.append((code, change))
    told += [("change-outside-release", change) for change in found.guarded]
    told += [("upgrade-undoes-labels", change) for change in found.harmless]
    told += [("change-allowed", change) for change in found.allowed]
    return Verdict((*ours, *found.allowed), tuple(told_of(told, clean, facts, reasons)))


def refusal(change: Change) -> str | None:
    """Return the finding for what the API server refuses; `None` for what it takes."""
    if change.kind == "refused" and _NO_DRY_RUN.search(change.words):
        return "upgrade-not-tried"
    return _BY_KIND.get(change.kind)


def _code(change: Change, causes: Causes | None, foreign: Collection[Ref]) -> str | None:
    """The finding for a change; `None` when it follows from the mail settings after all."""
    refused = refusal(change)
    if refused:
        return refused
    if causes is None:
        raise ValueError("the causes are not known")
    places = MailPlaces(causes.wanted, causes.said, foreign)
    cause = causes.of(change)
    if cause == "settings":
        if change.kind == "changed":
            is_mail = is_checksum(change) or places.has(change)
            return None if is_mail else "upgrade-changes-other"
        if change.kind == "new":
            return None if is_config(change.ref, change.after) else "upgrade-creates"
    return "upgrade-deletes" if change.kind == "deleted" else _BY_CAUSE[cause]


def _restores(change: Change, restores: Collection[Reference]) -> bool:
    """Whether a change brings back an object or keys of one that is to be restored, and replaces nothing."""
    which = Reference(change.ref.kind, change.ref.name)
    if change.ref.namespace or which not in {each.whole for each in restores}:
        return False
    of_data = len(change.path) in (1, 2) and change.path[0] in ("data", "binaryData")
    return change.kind == "new" or (of_data and change.before is MISSING)


def _of_template(change: Change) -> bool:
    return change.path[-4:-1] == ("template", "metadata", "annotations")


def _is_harmless(change: Change) -> bool:
    of_object = change.path[:1] == ("metadata",) and len(change.path) == 3
    return (
        change.kind == "changed"
        and (of_object or _of_template(change))
        and bool(_FOR_TOOLS.fullmatch(bare(change.path[-1])))
    )


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(re.escape(name.strip()).replace(r"\*", ".*"))


def _fails(change: Change) -> bool:
    """Whether it fails whoever allows it."""
    return change.kind in _NEVER_ALLOWED and not _NO_DRY_RUN.search(change.words)


def may_vary(names: Iterable[str], change: Change) -> bool:
    """Return whether a place may be rendered in another way each time.

    :param names: as ``smtp_allow_changes`` gives them.
    """
    return _is_harmless(change) or is_checksum(change) or _allows(map(_pattern, names), change)


def _allows(patterns: Iterable[re.Pattern[str]], change: Change) -> bool:
    if _fails(change):
        return False
    steps = [
        str(change.ref),
        *(f"{change.ref}:{spelt(change.path[:end])}" for end in _ends(change)),
    ]
    return any(pattern.fullmatch(step) for pattern in patterns for step in steps)


def _ends(change: Change) -> range:
    """A name of a place allows what lies in it."""
    return range(1, len(change.path) + 1)


def told_of(
    told: Iterable[tuple[str, Change]],
    clean: Callable[[str], str],
    facts: Mapping[str, Any],
    reasons: Mapping[Ref, str] = MappingProxyType({}),
) -> Iterable[Finding]:
    """Return one finding for each object and problem; the parameters are those of `judge`."""
    grouped: dict[tuple[str, Ref], list[Change]] = {}
    for code, change in told:
        grouped.setdefault((code, change.ref), []).append(change)
    for (code, which), changes in grouped.items():
        names = dict.fromkeys(change.name for change in changes)
        places = dict.fromkeys(spelt(change.path) for change in changes if change.path)
        words = dict.fromkeys(clean(change.words) for change in changes if change.words)
        yield CATALOGUE.finding(
            code,
            where=str(which),
            object=which,
            places=", ".join(places) or "the whole",
            names=", ".join(names) if len(names) <= _MANY else which,
            words="; ".join(words),
            reason=reasons.get(which, ""),
            # An exact name is a name of the object, whatever of it changes.
            verb=_VERBS.get(changes[0].kind, "change"),
            **{"action": "upgrade", **facts},
        )
