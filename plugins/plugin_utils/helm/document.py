# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values as a values.yaml for people and for version control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Leaf, Profile


class _Text(str):
    """A text that is always written in quotes.

    Helm's parser knows more bare words as numbers and booleans than PyYAML does (``1e3``, ``0o17``),
    so none is left bare.
    """


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(
    _Text,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style='"'),
)


def values_yaml(profile: Profile, leaves: Sequence[Leaf], *, include_secrets: bool) -> str:
    """The SMTP values of one application as a YAML document with a comment on top."""
    tree = values.apply({}, leaves) if include_secrets else values.without_secrets(leaves)
    left_out = [] if include_secrets else values.secret_keys(leaves)
    title = " ".join(profile.title.split())
    lines = [
        f"# SMTP settings of {title}, for helm upgrade --values. Other values are not in this file."
    ]
    if include_secrets and values.secret_keys(leaves):
        lines.append("# It holds a password: do not commit it.")
    if left_out:
        lines.append(
            "# It holds no secret. Give these values in another way: " + ", ".join(left_out)
        )
    body = yaml.dump(_quoted(tree), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1000)
    return "\n".join((*lines, "---", body))


def _quoted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _quoted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_quoted(inner) for inner in value]
    return _Text(value) if isinstance(value, str) else value
