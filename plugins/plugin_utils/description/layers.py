# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Named descriptions that build on each other, and what comes out of them for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    CONNECTION,
    LAYER,
    hint,
    nearest,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.policy import loosened
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.read import (
    UNUSABLE,
    Complain,
    Field,
    Fields,
    read_closed,
)

Merge = Literal["block", "field", "whole"]
MERGES: tuple[Merge, ...] = get_args(Merge)

NEAREST = "variables"
"""The name of the layer that the options beside the list make."""

ABOUT_THE_LAYER = ("name", "parent", "merge")
BLOCK = frozenset(option.name for option in CONNECTION)
POLICY = "policy."


@dataclass(frozen=True)
class Layer:
    """One layer as it was given."""

    name: str
    place: str
    parent: str | None
    merge: Merge
    fields: Fields


@dataclass(frozen=True)
class Merged:
    """What several layers say together.

    :param replaced: the field by which the connection of a farther layer was replaced last.
    """

    fields: Fields
    replaced: Field | None = None


class Layers:
    """All layers, with whom each builds on."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._by_name = {layer.name: layer for layer in layers}
        is_tree = any(layer.parent is not None for layer in layers)
        before: list[str | None] = [None, *(layer.name for layer in layers)]
        self._parent = {
            layer.name: layer.parent if is_tree else previous
            for layer, previous in zip(layers, before, strict=False)
        }

    def __iter__(self) -> Iterator[Layer]:
        return iter(self._by_name.values())

    def check(self, complain: Complain) -> None:
        """Complains about parents that do not exist and about loops."""
        for layer in self._by_name.values():
            if layer.parent is not None and layer.parent not in self._by_name:
                complain(
                    "layer-parent-unknown",
                    f"{layer.place}.parent",
                    layer=layer.name,
                    value=layer.parent,
                    hint=hint(nearest(layer.parent, self._by_name)),
                    choices=", ".join(self._by_name),
                )
        told: set[str] = set()
        for name in self._by_name:
            loop = self._loop(name)
            if loop and not told & set(loop):
                told |= set(loop)
                place = f"{self._by_name[loop[0]].place}.parent"
                complain("layer-loop", place, loop=" → ".join(loop))

    def _loop(self, name: str) -> list[str]:
        """The layers from `name` back to itself; empty when there is no way back."""
        path = [name]
        while (parent := self._parent.get(path[-1])) is not None and parent not in path:
            path.append(parent)
        return [*path, name] if parent == name else []

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def merged(self, name: str, complain: Complain) -> Merged:
        """What the layer and all that it builds on say together."""
        chain: list[Layer] = []
        wanted: str | None = name
        while wanted is not None:
            chain.insert(0, self._by_name[wanted])
            wanted = self._parent[wanted]
        result = Merged({})
        for layer in chain:
            result = merged(result, layer.fields, layer.merge, complain)
        return result


def read_layers(
    entries: Sequence[Mapping[str, Any]], place: str, complain: Complain
) -> list[Layer]:
    """The entries of the list, each complaint made; those without a usable name are left out."""
    layers: list[Layer] = []
    for number, entry in enumerate(entries):
        here = f"{place}[{number}]"
        given = entry.get("name")
        origin = str(given) if isinstance(given, str) else here
        fields = read_closed(LAYER, entry, f"{here}.", origin, complain)
        about = {name: fields[name].value for name in ABOUT_THE_LAYER if name in fields}
        name, parent = about.get("name"), about.get("parent")
        how = _how(about.get("merge", "block"), f"{here}.merge", complain)
        if name is None:
            complain("layer-unnamed", f"{here}.name")
        elif name == NEAREST or name in [layer.name for layer in layers]:
            complain("layer-name-taken", f"{here}.name", value=name, nearest=NEAREST)
        elif name is not UNUSABLE:
            settings = {key: field for key, field in fields.items() if key not in about}
            layers.append(Layer(name, here, None if parent is UNUSABLE else parent, how, settings))
    return layers


def _how(merge: Any, place: str, complain: Complain) -> Merge:
    for way in MERGES:
        if merge is UNUSABLE or way == merge.lower():
            return way
    complain("value-not-a-choice", place, value=merge, hint="", choices=", ".join(MERGES))
    return "block"


def merged(base: Merged, fields: Fields, how: Merge, complain: Complain) -> Merged:
    """`base` with a nearer layer on it.

    A policy is no setting of a relay: whatever the way, it is merged by key, and can only become
    stricter.
    """
    if not fields:
        return base
    connection = [field for name, field in fields.items() if name in BLOCK]
    lost: set[str] = set()
    if how == "whole":
        lost = {name for name in base.fields if not name.startswith(POLICY)}
    elif how == "block" and connection:
        lost = {*BLOCK, "fallbacks"} & base.fields.keys()
    kept = {name: field for name, field in base.fields.items() if name not in lost}
    because = next(iter([*connection, *fields.values()]))
    replaced = because if lost & BLOCK else base.replaced
    for name in sorted(fields.keys() & kept.keys()):
        if name.startswith(POLICY) and loosened(
            name.removeprefix(POLICY), kept[name].value, fields[name].value
        ):
            complain("policy-loosened", fields[name].place, layer=kept[name].origin)
    return Merged({**kept, **fields}, replaced)
