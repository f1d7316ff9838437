# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of values in the form that ``--diff`` shows."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.terminal import line
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.values import Change


def shown(header: str, changes: Sequence[Change]) -> dict[str, str]:
    """One diff of Ansible's; the texts of the changes hold no secret."""
    return {
        "before_header": line(f"{header} (in use)"),
        "after_header": line(f"{header} (wanted)"),
        "before": "".join(f"{line(f'{each.key}: {each.before}')}\n" for each in changes),
        "after": "".join(f"{line(f'{each.key}: {each.after}')}\n" for each in changes),
    }
