# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the description promises against what a container sees. Pure; no secret in what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import KEEP, OMIT


def compare(
    expected: Mapping[str, Any], seen: Mapping[str, str], *, pod: str, container: str
) -> list[Finding]:
    """Every variable of a container that is not as it should be.

    :param expected: variable to text or `Secret`, `OMIT` for must not be there, `KEEP` for anything.
    :param seen: the container's environment.
    """
    findings = []
    for name, wanted in expected.items():
        found = seen.get(name)
        if wanted is KEEP or (wanted is OMIT and found is None):
            continue
        facts: dict[str, Any] = {"name": name, "pod": pod, "container": container}
        where = f"pod {pod}, container {container}, {name}"
        if wanted is OMIT:
            findings.append(CATALOGUE.finding("variable-left-over", where=where, **facts))
            continue
        secret = isinstance(wanted, Secret)
        text = wanted.reveal() if isinstance(wanted, Secret) else str(wanted)
        facts["expected"] = "a secret value" if secret else repr(text)
        if found is None:
            findings.append(CATALOGUE.finding("variable-missing", where=where, **facts))
        elif found != text:
            facts["found"] = "another value (not shown)" if secret else repr(found)
            findings.append(CATALOGUE.finding("variable-differs", where=where, **facts))
    return findings
