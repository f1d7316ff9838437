# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds the one block of a YAML file that an application's mail settings are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.values import get
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Block, Path
from ansible_collections.mailops.smtp.plugins.plugin_utils.target.findings import CATALOGUE


def find(
    source: FilePath,
    documents: Sequence[Any],
    block: Block,
    at: str | None,
    where: str = "smtp_values_dest",
) -> tuple[Path, Any]:
    """Return the one mapping that is meant, with its place.

    :param source: the file, and `where` the option that names it, for the findings.
    :param at: its place as keys with dots, if it is given.
    :raises FindingError: when it is missing, not unique, or somebody else's.
    """
    if at is not None:
        place = tuple(at.split("."))
        named = [(place, mapping) for mapping in at_place(documents, place)]
        found = [entry for entry in named if not entry[1] or _is_own(block, entry[1])]
    else:
        named = [entry for document in documents for entry in _named(document, block.name)]
        found = [entry for entry in named if _is_own(block, entry[1])]
    if len(found) == 1:
        return found[0]
    code = "document-block-ambiguous" if found else "document-block-missing"
    if named and not found:
        code = "document-block-of-others"
    raise FindingError(
        CATALOGUE.finding(
            code,
            where=where,
            path=source,
            block=at or block.name,
            places=", ".join(".".join(place) for place, _mapping in found or named),
            keys=" or ".join(block.keys),
            name=block.name,
        )
    )


def _is_own(block: Block, mapping: Mapping[str, Any]) -> bool:
    """Whether a mapping is the application's own, by its keys."""
    return not block.keys or not mapping.keys().isdisjoint(block.keys)


def at_place(documents: Sequence[Any], place: Path) -> list[Any]:
    """The mappings at a place, of all documents of a file."""
    found = [get(document, place) for document in documents if isinstance(document, Mapping)]
    return [mapping for mapping in found if isinstance(mapping, Mapping)]


def _named(tree: Any, name: str, place: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every mapping that stands under a key of that name; those in lists have no place that can be given."""
    for key, inner in tree.items() if isinstance(tree, Mapping) else ():
        if key == name and isinstance(inner, Mapping):
            yield (*place, name), inner
        yield from _named(inner, name, (*place, str(key)))
