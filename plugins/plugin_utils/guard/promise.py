# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the rendered objects would give the containers what the description promises. Pure.

A key that the chart ignores is found here, before anything is changed and not after the restart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.explain import mounted
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    Object,
    containers,
    text,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Evidence,
    FileEvidence,
    SecretEvidence,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import revealed
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import environment
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.compare import compare

Read = Callable[[str], dict[str, Any] | None]


@dataclass(frozen=True)
class Broken:
    """A container that would not see what it should; the differences are free of secrets."""

    workload: Workload
    differences: tuple[str, ...]


def broken(
    evidence: Mapping[Workload, Evidence],
    workload: Callable[[str, str], Object | None],
    secret: Read,
    config_map: Read,
) -> list[Broken]:
    """The workloads whose new pods would see other settings.

    What comes from elsewhere, such as a file that an init container writes, cannot be told and is
    not told.

    :param workload: reads a workload by kind and name, as it would be; :param secret: a Secret;
        :param config_map: a ConfigMap.
    """
    found = []
    for each, wanted in evidence.items():
        thing = workload(each.kind, each.name)
        if thing is None:
            continue
        differences = (
            *_of_environment(thing, each.container, wanted, secret, config_map),
            *(text for file in wanted.files for text in _of_file(thing, file, secret, config_map)),
            *(text for entry in wanted.secrets for text in _of_secret(entry, secret)),
        )
        if differences:
            found.append(Broken(each, differences))
    return found


def _of_environment(
    thing: Object, name: str, wanted: Evidence, secret: Read, config_map: Read
) -> Iterator[str]:
    container = next((each for each in containers(thing) if each["name"] == name), None)
    if container is None:
        yield f"there is no container {name}"
        return
    would = environment.of_successor(container, wanted.env, secret, config_map)
    seen = {key: value for key, value in would.items() if value is not None}
    known = {key: value for key, value in wanted.env.items() if key in would}
    yield from map(str, compare(known, seen))


def _of_file(thing: Object, wanted: FileEvidence, secret: Read, config_map: Read) -> Iterator[str]:
    texts = []
    for kind, name, key in mounted(thing, wanted.path):
        source = (secret if kind == "Secret" else config_map)(name)
        texts.append(text({**source, "kind": kind}, key) if source else None)
    contents = [entry for entry in texts if entry is not None]
    if not contents:
        return
    there = {line.strip() for entry in contents for line in entry.splitlines()}
    missing = [line for line in wanted.lines if str(revealed(line)).strip() not in there]
    for line in missing:
        yield f"the line {_shown(line)} is missing in {wanted.path}"


def _of_secret(wanted: SecretEvidence, secret: Read) -> Iterator[str]:
    data = secret(wanted.name)
    values = {key: text({**data, "kind": "Secret"}, key) if data else None for key in wanted.keys}
    seen = {key: value for key, value in values.items() if value is not None}
    for difference in compare(wanted.keys, seen):
        yield f"key {difference.variable} of Secret {wanted.name} is {difference.found}"


def _shown(line: Any) -> str:
    return "with a secret" if isinstance(line, Secret) else repr(line)
