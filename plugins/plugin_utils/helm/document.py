# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The values as a values.yaml for people and for version control."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile import yaml_text
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Leaf


def values_yaml(title: str, leaves: Sequence[Leaf], *, include_secrets: bool) -> str:
    """The SMTP values of a release as a YAML document with a comment on top."""
    tree = values.apply({}, leaves) if include_secrets else values.without_secrets(leaves)
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
    return "\n".join((*lines, "---", yaml_text.dump(tree)))
