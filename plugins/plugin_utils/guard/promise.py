# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the rendered objects would give the containers what the description promises. Pure.

A key that the chart ignores is found here, before anything is changed and not after the restart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import config
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    Object,
    containers,
    pod_spec,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Evidence, Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import compare, origin
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.compare import Difference
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.environment import (
    Read,
    of_successor,
)


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
            *_of_container(thing, each.container, wanted, secret, config_map),
            *(str(difference) for difference in _of_secrets(wanted, secret)),
        )
        if differences:
            found.append(Broken(each, differences))
    return found


def _of_container(
    thing: Object, name: str, wanted: Evidence, secret: Read, config_map: Read
) -> Iterator[str]:
    container = next((each for each in containers(thing) if each["name"] == name), None)
    if container is None:
        yield f"there is no container {name}"
        return
    would = of_successor(container, wanted.env, secret, config_map)
    yield from map(str, compare.variables(wanted.env, would))
    for file in wanted.files:
        texts = [
            config.values(kind, (secret if kind == "Secret" else config_map)(source)).get(key)
            for kind, source, key in origin.of_file(pod_spec(thing), container, file.path)
        ]
        contents = [text for text in texts if text is not None]
        if contents:
            yield from map(str, compare.lines(file, contents[-1]))


def _of_secrets(wanted: Evidence, secret: Read) -> Iterator[Difference]:
    for entry in wanted.secrets:
        yield from compare.keys(entry, config.values("Secret", secret(entry.name)))
