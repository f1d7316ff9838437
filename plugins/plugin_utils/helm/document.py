# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values as a values.yaml for people and for version control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import indent
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile import yaml_text
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Leaf, Path


def values_yaml(title: str, leaves: Sequence[Leaf], *, include_secrets: bool) -> str:
    """The SMTP values of a release as a YAML document, with a comment on top and on each value.

    :param title: the applications, for people.
    """
    left_out = [] if include_secrets else values.secret_keys(leaves)
    lines = [
        f"# SMTP settings of {title}, for helm upgrade --values. Other values are not in this file."
    ]
    if include_secrets and values.secret_keys(leaves):
        lines.append("# It holds a password: do not commit it.")
    if left_out:
        lines.append(
            "# It holds no secret. Give these values in another way: " + ", ".join(left_out)
        )
    tree = values.apply({}, leaves) if include_secrets else values.without_secrets(leaves)
    return commented_yaml(lines, tree, {leaf.path: leaf.comment for leaf in leaves})


def commented_yaml(
    head: Sequence[str], tree: Mapping[str, Any], comments: Mapping[Path, str]
) -> str:
    """A tree as a YAML document with comments: on top, and on the values at some places."""
    return "\n".join((*head, "---", *_lines(tree, comments, ()))) + "\n"


def _lines(tree: Mapping[str, Any], comments: Mapping[Path, str], path: Path) -> Iterator[str]:
    if not tree and not path:
        yield "{}"
    for key, value in tree.items():
        place = (*path, key)
        if place not in comments and isinstance(value, Mapping):
            yield yaml_text.dump({key: None}).removesuffix(" null\n")
            yield from (indent(line, "  ") for line in _lines(value, comments, place))
            continue
        if comments.get(place):
            yield "# " + " ".join(comments[place].split())
        yield yaml_text.dump({key: value}).removesuffix("\n")
