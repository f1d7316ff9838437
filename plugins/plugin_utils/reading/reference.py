# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that only say where a value is: they are understood, and what they lead to is not known. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_REFERENCE = re.compile(
    r"""
    \$\{[^{}]+\}                 # ${NAME}: grafana.ini, provider files
    | \$__[a-z]+\{[^{}]+\}       # $__file{/path}, $__env{NAME}, $__vault{…}: grafana.ini
    | \$\([A-Za-z_][A-Za-z0-9_]*\)   # $(NAME): variables of a container
    | \$[A-Za-z_][A-Za-z0-9_-]*  # $key: a key of Argo CD's Secret
    """,
    re.VERBOSE,
)


def is_reference(value: Any) -> bool:
    """Whether a value as a whole refers to another place, such as a variable, a file or a Secret."""
    if isinstance(value, Mapping):
        return "valueFrom" in value or value.keys() == {"secretKeyRef"}
    return isinstance(value, str) and _REFERENCE.fullmatch(value.strip()) is not None
