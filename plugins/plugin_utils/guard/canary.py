# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which values a chart reads: each is replaced by a canary, and the canaries are looked for.

A chart of the same name, or of another version, renders without an error and ignores a key that it does
not know. One rendering tells of nearly all values. A value that is not seen in it may still decide about
a condition of the chart, so it is read when another value in its place changes the rendering, or makes
the chart refuse it. Switches (true or false) are left as they are, because they hide the others. A key among the
chart's own values is known to it, also where the others leave it without effect.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.config import texts
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.compare import (
    Path,
    differences,
    touch,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    CONFIG_KINDS,
    Object,
    Ref,
    compared,
    of_manifest,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    Entries,
    Leaf,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import revealed

FIRST_NUMBER, LAST_NUMBER = 40961, 65000
"""Ports that no relay uses."""


class RefusedError(Exception):
    """The chart does not render with these values.

    :param schema: whether it is its schema of the values that refuses them.
    """

    def __init__(self, *, schema: bool) -> None:
        super().__init__("refused by the schema" if schema else "refused")
        self.schema = schema


class Render(Protocol):
    """Renders the chart with some values."""

    def __call__(self, given: Mapping[str, Any]) -> Revision:
        """:raises RefusedError: when the chart does not render with them."""


@dataclass(frozen=True)
class Canary:
    """A leaf with other values in it, and the words that are looked for.

    :param words: each text and number that stands in a value's place.
    """

    leaf: Leaf
    words: tuple[str, ...]
    changed: Leaf = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """What the renderings have shown.

    :param unread: the keys that the chart does not read.
    :param untold: the keys of which a schema lets nothing be told.
    """

    unread: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()


def canaries(leaves: Iterable[Leaf]) -> list[Canary]:
    """Return a canary for each leaf that has a text or a number in it."""
    numbers = itertools.count(FIRST_NUMBER, 8)
    found = []
    for leaf in leaves:
        words: list[str] = []
        changed = replace(leaf, value=_changed(leaf.value, numbers, words))
        if words:
            found.append(Canary(leaf, tuple(words), changed))
    return found


def _changed(value: Any, numbers: Iterator[int], words: list[str]) -> Any:
    """A value with a word of its own in the place of each text and number."""
    plain = revealed(value) if isinstance(value, Secret) else value
    if isinstance(plain, Entries):
        entries = tuple(_entry(plain, entry, numbers, words) for entry in plain.of)
        return replace(plain, of=entries)
    if isinstance(plain, bool) or plain in (None, "", OMIT, KEEP):
        return plain
    if isinstance(plain, Mapping):
        return {key: _changed(inner, numbers, words) for key, inner in plain.items()}
    if isinstance(plain, list):
        return [_changed(inner, numbers, words) for inner in plain]
    number = next(numbers)
    if isinstance(plain, (int, float)):
        words.append(str(number))
        return number
    text = str(plain)
    if text.lower() in ("true", "false"):
        return text  # a switch in quotes
    words.append(str(number) if text.isdigit() else f"mailops{number}canary")
    # What has several lines is a document of its own, which the chart may read.
    return f"{text.rstrip()}\n# {words[-1]}\n" if "\n" in text else words[-1]


def _entry(entries: Entries, entry: Any, numbers: Iterator[int], words: list[str]) -> Any:
    """An entry of a list: the key by which it is known stays as it is."""
    if entry.value is OMIT:
        return entry
    if entries.by is None:
        value = _changed(entry.value, numbers, words)
        return replace(entry, key=str(value), value=value)
    body = {key: inner for key, inner in entry.value.items() if key != entries.by}
    changed = _changed(body, numbers, words)
    return replace(entry, value={entries.by: entry.value[entries.by], **changed})


@dataclass
class Reading:
    """The search for the values that a chart does not read.

    :param given: the values of the release, with the settings that are wanted in them.
    :param defaults: the chart's own.
    :param namespace: the release's.
    """

    render: Render
    given: Mapping[str, Any] = field(repr=False)
    defaults: Mapping[str, Any] = field(repr=False)
    namespace: str
    _control: Mapping[Ref, Object] | None = field(default=None, repr=False)
    _random: dict[Ref, list[Path]] = field(default_factory=dict, repr=False)

    def outcome(self, leaves: Sequence[Leaf]) -> Outcome:
        """Return which of the leaves the chart does not read."""
        unread: list[str] = []
        untold: list[str] = []
        self._look(canaries(leaves), unread, untold)
        known = {leaf.key for leaf in leaves if values.get(self.defaults, leaf.path) is not OMIT}
        return Outcome(tuple(key for key in unread if key not in known), tuple(untold))

    def _look(self, chosen: Sequence[Canary], unread: list[str], untold: list[str]) -> None:
        """Looks for the canaries, and for what they change, in ever smaller parts."""
        if not chosen:
            return
        try:
            rendered = self._rendered(chosen)
        except RefusedError as error:
            if len(chosen) > 1:
                self._halves(chosen, unread, untold)
            elif error.schema:
                untold.append(chosen[0].leaf.key)
            return  # else the chart has looked at the value, and does not like it
        hidden = [canary for canary in chosen if not _is_seen(canary, rendered)]
        if not hidden:
            return
        if len(hidden) < len(chosen):
            self._look(hidden, unread, untold)
        elif not self._differs(rendered):
            unread += [canary.leaf.key for canary in hidden]
        elif len(hidden) > 1:
            self._halves(hidden, unread, untold)

    def _halves(self, chosen: Sequence[Canary], unread: list[str], untold: list[str]) -> None:
        middle = len(chosen) // 2
        self._look(chosen[:middle], unread, untold)
        self._look(chosen[middle:], unread, untold)

    def _rendered(self, chosen: Sequence[Canary]) -> dict[Ref, Object]:
        gone = [
            replace(canary.leaf, value=_without(canary.leaf.value))
            for canary in chosen
            if isinstance(canary.leaf.value, Entries)
        ]
        bare = values.apply(self.given, gone, self.defaults)
        given = values.apply(bare, [canary.changed for canary in chosen], self.defaults)
        return self._objects(self.render(given))

    def _objects(self, revision: Revision) -> dict[Ref, Object]:
        manifests = [revision.manifest]
        manifests += [hook.get("manifest") or "" for hook in revision.record.get("hooks") or []]
        return {
            which: thing
            for manifest in manifests
            for which, thing in of_manifest(manifest, self.namespace).items()
        }

    def _differs(self, rendered: Mapping[Ref, Object]) -> bool:
        """Whether a rendering differs from that of the wanted values, beyond what is random."""
        if self._control is None:
            self._control = self._objects(self.render(self.given))
            self._random = _differing(self._control, self._objects(self.render(self.given)))
        for which, paths in _differing(self._control, rendered).items():
            known = self._random.get(which, [])
            if any(not any(touch(path, each) for each in known) for path in paths):
                return True
        return False


def _without(value: Entries) -> Entries:
    """Entries of plain texts that must not be there; others are known by their key and replaced."""
    if value.by is not None:
        return replace(value, of=())
    return replace(value, of=tuple(replace(entry, value=OMIT) for entry in value.of))


def _differing(before: Mapping[Ref, Object], after: Mapping[Ref, Object]) -> dict[Ref, list[Path]]:
    found: dict[Ref, list[Path]] = {}
    for which in {*before, *after}:
        if which in before and which in after:
            pairs = differences(compared(before[which]), compared(after[which]))
            paths = [each.path for each in pairs]
        else:
            paths = [()]
        if paths:
            found[which] = paths
    return found


def _is_seen(canary: Canary, rendered: Mapping[Ref, Object]) -> bool:
    """Whether any word of a canary stands in the objects."""
    words = (rf"(?<!\d){word}(?!\d)" if word.isdigit() else word for word in canary.words)
    pattern = re.compile("|".join(words), re.IGNORECASE)
    return any(pattern.search(text) for thing in rendered.values() for text in _texts(thing))


def _texts(thing: Any) -> Iterator[str]:
    """Every text and number of an object; what a Secret holds, decoded."""
    if isinstance(thing, Mapping):
        kind = thing.get("kind")
        if kind in CONFIG_KINDS:
            yield from texts(str(kind), thing).values()
        for key, inner in thing.items():
            yield str(key)
            yield from _texts(inner)
    elif isinstance(thing, list):
        for inner in thing:
            yield from _texts(inner)
    elif isinstance(thing, (str, int, float)):
        yield str(thing)
