# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which changes follow from the mail settings: what the evidence of the profiles names. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import Change
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.compare import MISSING, bare
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    CONFIG_KINDS,
    Object,
    containers,
    decoded,
    pod_spec,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Evidence, Marker
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import revealed
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import origin
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.origin import Place

_CHECKSUM = re.compile(r"checksum|sha\d|hash(?!i)", re.IGNORECASE)
"""In the name of an annotation; ``vault.hashicorp.com/…`` is none."""
_DIGEST = re.compile(r"[\w+/=:.-]*")
_TEMPLATE_ANNOTATION = ("template", "metadata", "annotations")


@dataclass(frozen=True)
class Explanation:
    """What the mail settings may change.

    :param variables: environment variables, in whatever container.
    :param entries: entries of ConfigMaps and Secrets that are for mail as a whole.
    :param lines: entries that are files of an application, with the lines in them that are for mail.
    """

    variables: frozenset[str]
    entries: frozenset[Place]
    lines: Mapping[Place, frozenset[str]] = field(repr=False)

    def covers(self, change: Change, *, config_changes: bool) -> bool:
        """Whether the evidence explains the change.

        :param config_changes: whether a ConfigMap or Secret of the release changes, which is what the
            checksums in the annotations of pods are made of.
        """
        if change.kind in ("new", "deleted"):
            whole = change.after if change.kind == "new" else change.before
            return change.ref.kind in CONFIG_KINDS and self._covers_data(change, whole)
        if change.kind != "changed":
            return False
        if change.ref.kind in CONFIG_KINDS:
            return self._covers_entry(change)
        return self._covers_variable(change) or (config_changes and is_checksum(change))

    def _covers_data(self, change: Change, whole: Object) -> bool:
        places = [
            (change.ref.kind, change.ref.name, key)
            for group in ("data", "binaryData")
            for key in whole.get(group) or {}
        ]
        return bool(places) and all(place in self.entries for place in places)

    def _covers_entry(self, change: Change) -> bool:
        if len(change.path) < 2 or change.path[0] not in ("data", "binaryData"):
            return False
        place = (change.ref.kind, change.ref.name, bare(change.path[1]))
        if place in self.entries:
            return True
        secret = change.ref.kind == "Secret"
        before, after = (_lines(each, secret) for each in (change.before, change.after))
        return place in self.lines and _only(self.lines[place], before, after)

    def _covers_variable(self, change: Change) -> bool:
        if "env" not in change.path:
            return False
        rest = change.path[change.path.index("env") + 1 :]
        return bool(rest) and bare(rest[0]) in self.variables


def explanation(evidence: Iterable[Evidence], objects: Iterable[Object]) -> Explanation:
    """What the evidence explains in these objects.

    :param evidence: of every workload.
    :param objects: whatever makes pods: as it is, and as it would be.
    """
    every = list(evidence)
    variables = frozenset(name for entry in every for name in entry.env)
    entries = {
        ("Secret", secret.name, key)
        for entry in every
        for secret in entry.secrets
        for key in secret.keys
    }
    files: dict[str, set[str]] = {}
    for entry in every:
        for file in entry.files:
            files.setdefault(file.path, set()).update(_texts(file.lines))
    lines: dict[Place, set[str]] = {}
    for thing in objects:
        entries |= _referred(thing, variables)
        for path, wanted in files.items():
            for place in _mounted(thing, path):
                lines.setdefault(place, set()).update(wanted)
    sealed = {place: frozenset(texts) for place, texts in lines.items()}
    return Explanation(variables, frozenset(entries), sealed)


def _referred(thing: Object, variables: frozenset[str]) -> set[Place]:
    """The entries that the variables of the containers come from."""
    every = (origin.of_variables(container, variables) for container in containers(thing))
    return set().union(*every)


def _mounted(thing: Object, path: str) -> Iterator[Place]:
    """The entries of ConfigMaps and Secrets that stand as a file at a path of some container."""
    for container in containers(thing):
        yield from origin.of_file(pod_spec(thing), container, path)


def is_checksum(change: Change) -> bool:
    """An annotation of the pods that sums up their configuration, so that they roll with it."""
    place, rest = _TEMPLATE_ANNOTATION, change.path
    named = rest[-4:-1] == place and bool(_CHECKSUM.search(rest[-1]))
    return named and (change.after is MISSING or bool(_DIGEST.fullmatch(str(change.after))))


def _lines(value: Any, secret: bool) -> Counter[str]:
    text = "" if value is MISSING else decoded(value) if secret else str(value)
    return Counter(line.strip() for line in text.splitlines() if line.strip())


def _only(wanted: frozenset[str], before: Counter[str], after: Counter[str]) -> bool:
    """Whether no line comes or goes but those wanted, and those that set the same as one of them."""
    settings = {_setting(line) for line in wanted}
    touched = {*(after - before), *(before - after)}
    return all(line in wanted or _setting(line) in settings for line in touched)


def _setting(line: str) -> str:
    """What a line of a configuration file sets: the word before ``=`` or ``:``."""
    return re.split(r"[=:]", line, maxsplit=1)[0].strip(" \t\"'")


def _texts(lines: Iterable[Any]) -> Iterator[str]:
    for line in lines:
        if not isinstance(line, Marker):
            yield str(revealed(line)).strip()
