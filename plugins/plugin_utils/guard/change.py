# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the trial of an upgrade would have changed, one typed change for each place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.compare import (
    MAPS,
    MISSING,
    Path,
    differences,
    spelt,
    step,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    Object,
    Ref,
    compared,
    ref,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import Write

Kind = Literal["new", "deleted", "changed", "conflict", "immutable", "forbidden", "refused"]

_IMMUTABLE = re.compile(r"immutable|may not change|updates to \w+ spec for fields other than", re.I)
_FORBIDDEN = re.compile(r'cannot \S+ resource "')
"""In the words of the API server's authorizer; an admission that denies has words of its own."""
_STEP = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")
_KEY_OF_MAP = re.compile(rf"(.*\.(?:{'|'.join(MAPS)}))\.(.+)")
"""The API server writes such a key as it is, with its dots."""
_KEYED = re.compile(r'(\w+)=("[^"]*"|[^,]*)')


@dataclass(frozen=True)
class Change:
    """One place of one object.

    :param path: empty for the whole object.
    :param words: the API server's own, on what it refuses; may quote values.
    """

    kind: Kind
    ref: Ref
    path: Path = ()
    before: Any = field(default=MISSING, repr=False)
    after: Any = field(default=MISSING, repr=False)
    words: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """What the change is called in ``smtp_allow_changes``."""
        return f"{self.ref}:{spelt(self.path)}" if self.path else str(self.ref)


def of_trial(writes: Iterable[Write], namespace: str) -> list[Change]:
    """Every change that the writes of a trial would have made.

    :param namespace: the release's.
    """
    return [change for write in writes for change in _of_write(write, namespace)]


def written(write: Write, namespace: str) -> Ref:
    """Return which object a write is about."""
    if write.live:
        return ref(write.live, namespace)
    if write.refused:
        return ref(write.sent, namespace)
    if write.answer.get("kind") == "Status":  # of a deletion
        details = write.answer.get("details") or {}
        return Ref(str(details.get("kind", "object")), str(details.get("name", "")))
    return ref(write.answer, namespace)


def _of_write(write: Write, namespace: str) -> Iterator[Change]:
    which = written(write, namespace)
    if write.refused:
        yield from _refusals(write, which)
    elif write.method == "DELETE":
        yield Change("deleted", which, before=compared(write.live or {}))
    elif write.live is None:
        yield Change("new", which, after=compared(write.answer))
    else:
        yield from changed(which, write.live, write.answer)


def changed(which: Ref, before: Object, after: Object) -> Iterator[Change]:
    """The changed places of one object."""
    for found in differences(compared(before), compared(after)):
        yield Change("changed", which, found.path, found.before, found.after)


def _refusals(write: Write, which: Ref) -> Iterator[Change]:
    message = str(write.answer.get("message", ""))
    causes = (write.answer.get("details") or {}).get("causes") or []
    if write.status == 403 and _FORBIDDEN.search(message):
        yield Change("forbidden", which, words=message)
        return
    conflicts = [entry for entry in causes if entry.get("reason") == "FieldManagerConflict"]
    for entry in conflicts:
        path, words = steps(entry.get("field", "")), str(entry.get("message", ""))
        yield Change("conflict", which, path, words=words)
    if not conflicts:
        fields = [steps(entry["field"]) for entry in causes if entry.get("field")]
        kind: Kind = "immutable" if _IMMUTABLE.search(message) else "refused"
        yield Change(kind, which, fields[0] if len(fields) == 1 else (), words=message)


def steps(field: str) -> Path:
    """A field in the API server's notation, such as ``.spec.containers[name="api"].image``."""
    of_map = _KEY_OF_MAP.fullmatch(field)
    if of_map:
        return (*steps(of_map[1]), step(of_map[2]))
    found = []
    for inside, word in _STEP.findall(field):
        if word:
            found.append(word)
            continue
        keys = {key: value.strip('"') for key, value in _KEYED.findall(inside)}
        single = keys.get("name") if len(keys) == 1 else None
        every = " ".join(f"{key}={value}" for key, value in keys.items())
        found.append(f"[{single or every or inside}]")
    return tuple(found)
