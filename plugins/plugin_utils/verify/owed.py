# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which containers do not have what their successors would have, so that a restart is owed.

What a container was started with is held against what the cluster would give it now. Where it does
not show, because a process reads a file at its start or nothing can be run in the container, the
times count: a container that was started before its configuration was last changed is owed one.
The clocks of the nodes and of the API server must agree for this to about a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import config
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Evidence,
    FileEvidence,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import revealed
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import compare, origin
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.environment import (
    Environment,
    Value,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.reader import (
    Configuration,
    Seen,
    container_of,
)


@dataclass(frozen=True)
class Owed:
    """A container that does not have what its successor would have; the reasons hold no secret."""

    seen: Seen
    reasons: tuple[str, ...]


def owed(
    live: Mapping[Workload, Mapping[str, Any]],
    seen: Sequence[Seen],
    evidence: Mapping[Workload, Evidence],
    configuration: Configuration,
) -> list[Owed]:
    """The containers that are behind.

    One that already has what the cluster would give it now is not, even if that is not what is
    wanted: a restart would change nothing.

    :param live: each workload as it is.
    """
    found = []
    for entry in seen:
        spec = live[entry.workload]["spec"]["template"]["spec"]
        wanted = evidence[entry.workload]
        container = container_of(spec, entry.workload.container)
        reasons = (
            *_variables(entry, configuration.environment(container, wanted)),
            *_files(entry, configuration.files(spec, container, wanted), wanted),
            *_newer(entry, spec, container, wanted, configuration),
        )
        if reasons:
            found.append(Owed(entry, reasons))
    return found


def _variables(entry: Seen, would: Environment) -> Iterator[str]:
    for name, value in would.items():
        if name in entry.environment and revealed(entry.environment[name]) != revealed(value):
            yield f"variable {name} has its former value"


def _files(entry: Seen, would: Environment, wanted: Evidence) -> Iterator[str]:
    for file in wanted.files:
        if file.path in entry.files and file.path in would:
            has, gets = entry.files[file.path], would[file.path]
            if _missing(file, has) != _missing(file, gets):
                yield f"file {file.path} has its former lines"


def _missing(file: FileEvidence, content: Value | None) -> list[str]:
    return [difference.expected for difference in compare.lines(file, content)]


def _newer(
    entry: Seen,
    spec: Mapping[str, Any],
    container: Mapping[str, Any],
    wanted: Evidence,
    configuration: Configuration,
) -> Iterator[str]:
    """What has changed after the container was started, and may have been read only then."""
    sources = set()
    if entry.way == "specification":
        sources |= {place[:2] for place in origin.of_variables(container, wanted.env)}
    if entry.workload.rolls != "all":
        files = {
            place[:2]
            for file in wanted.files
            for place in origin.of_file(spec, container, file.path)
        }
        files |= {
            ("Secret", secret.name)
            for secret in wanted.secrets
            if origin.mounted(spec, container, secret.name)
        }
        sources |= {
            source for source in files if source[0] == "Secret" or entry.workload.rolls == "none"
        }
    for kind, name in sorted(sources):
        changed = config.changed_at(configuration.read(kind, name))
        if changed and entry.started and entry.started < changed:
            yield f"{kind} {name} was changed after it was started"
