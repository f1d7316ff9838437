# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inputs that many tests start from, and how findings are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Application,
    Profile,
    Rendered,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render

PASSWORD = "Xk9-unmistakable-Qz7"

RAW: Mapping[str, Any] = {
    "host": "mail.example.com",
    "username": "qualytics",
    "password": PASSWORD,
    "from_address": "no-reply@example.com",
}
"""The smallest description with a login, as a person writes it."""

DESCRIPTION = Description(
    host="mail.example.com",
    port=587,
    security="starttls",
    auth="password",
    username="qualytics",
    password=Secret(PASSWORD),
    from_address="no-reply@example.com",
)

# What no YAML, JSON or environment can hold as text is refused, and so is not among these.
PASSWORDS = st.text(
    st.characters(
        exclude_categories=["Cs"], exclude_characters="".join(map(chr, range(32))) + "\x7f"
    ),
    min_size=1,
)

HOSTILE = (
    "p@ss{{word}}'\"%",
    "{{ x }}",
    "{% raw %}",
    "{# #}",
    "${y}",
    "$(y)",
    "$HOME",
    "0123456",
    "off",
    "no",
    "null",
    "~",
    "1e3",
    "0o17",
    "0x1F",
    "1_000",
    "12:30:45",
    ".inf",
    "2026-11-21",
    "true",
    "=",
    "<<",
    "- a",
    "a: b",
    "# no comment",
    "&anchor",
    "*alias",
    "!tag",
    "---",
    "päss",
    "🔑",
    "\u2028\u0085\ufeff",
    " leading and trailing ",
    "-dash",
    "\\n\\",
    "'",
    '"',
    "x" * 2000,
    "many words " * 200,
)
"""Passwords that YAML, Jinja2, a shell or Helm might read as something else."""


def codes(findings: Iterable[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def findings_of(work: Callable[[], object]) -> tuple[Finding, ...]:
    """The findings with which `work` gives up."""
    with pytest.raises(FindingError) as caught:
        work()
    assert caught.value.findings
    return caught.value.findings


def the_finding(work: Callable[[], object]) -> Finding:
    """The one finding with which `work` gives up."""
    [finding] = findings_of(work)
    return finding


def profile_with(**changes: Any) -> Profile:
    """The shipped profile of Qualytics with some fields of its own."""
    return replace(load("qualytics"), source=Path("own.yml"), **changes)


def application_with(**changes: Any) -> Application:
    return Application(profile_with(**changes))


def rendered(description: Description = DESCRIPTION, **changes: Any) -> Rendered:
    return render(application_with(**changes), description, release="qua", namespace="apps")
