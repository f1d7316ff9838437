# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks into containers, all at once: by running ``cat`` in them, else by their specification."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.terminal import line
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import config
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import SystemClock
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import lives, started
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.repeat import repeated
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import ExecError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Evidence, Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import origin, overriding
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.environment import (
    ENVIRON,
    Environment,
    Read,
    Value,
    may_be_secret,
    of_successor,
    parse,
)

PARALLEL = 8

Pod = Mapping[str, Any]
Way = Literal["container", "specification"]
Quotable = Callable[[Mapping[str, Any], str, str], str]
"""What a container of a pod has printed, without secrets; empty when these cannot be told."""

LONGEST_PROBLEM = 300
"""Characters of what a container has complained of."""


@dataclass(frozen=True)
class Seen:
    """What one container sees, of what is asked for.

    :param files: path to content; `None` for not there. A file that cannot be told is missing.
    :param overriding: the variables that go before the settings of the profile.
    :param way: whether the container itself was read. Else it is what a container with this
        specification gets now, which is more than this one has if that was changed after `started`.
    :param problem: why it was not the container itself.
    :param strange: whether the container has answered, and with something else than what was asked for.
    """

    workload: Workload
    pod: str
    environment: Environment = field(repr=False)
    files: Environment = field(default_factory=dict, repr=False)
    overriding: Environment = field(default_factory=dict, repr=False)
    way: Way = "container"
    problem: str = ""
    strange: bool = False
    started: datetime | None = None


class Configuration:
    """The ConfigMaps and Secrets of a namespace, each read once."""

    def __init__(self, cluster: Cluster) -> None:
        self.secret: Read = functools.cache(cluster.secret)
        self.config_map: Read = functools.cache(cluster.config_map)

    def read(self, kind: str, name: str) -> dict[str, Any] | None:
        """A ConfigMap or Secret; `None` when it is not there."""
        return (self.secret if kind == "Secret" else self.config_map)(name)

    def environment(self, container: Mapping[str, Any], wanted: Evidence) -> Environment:
        """What a container with this specification gets now of the variables that are wanted."""
        return of_successor(container, wanted.env, self.secret, self.config_map)

    def files(
        self, spec: Mapping[str, Any], container: Mapping[str, Any], wanted: Evidence
    ) -> dict[str, Value | None]:
        """Likewise of the files.

        :param spec: of the pods.
        """
        found: dict[str, Value | None] = {}
        for path in _paths(wanted):
            places = origin.of_file(spec, container, path)
            texts = [self._text(place) for place in places]
            if texts:
                found[path] = next((text for text in reversed(texts) if text is not None), None)
        return found

    def _text(self, place: origin.Place) -> Value | None:
        kind, name, key = place
        return config.values(kind, self.read(kind, name)).get(key)


def _paths(wanted: Evidence) -> list[str]:
    """The files of a container that are looked into."""
    return list(dict.fromkeys([file.path for file in wanted.files] + overriding.files(wanted)))


def container_of(spec: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A container of a pod's specification by its name; empty when it is not there."""
    return next((entry for entry in spec["containers"] if entry["name"] == name), {})


@dataclass(frozen=True)
class Reader:
    """Reads what is wanted of the containers of a namespace.

    :param evidence: what is asked for, by workload.
    :param quotable: takes the secrets that a container may know out of what it has printed.
    """

    cluster: Cluster
    configuration: Configuration
    evidence: Mapping[Workload, Evidence]
    quotable: Quotable

    def read(self, places: Sequence[tuple[Workload, Pod]]) -> list[Seen]:
        """The named container of each pod. A pod that goes away meanwhile is left out.

        :raises FindingError: when the cluster does not let its configuration be read.
        """
        with ThreadPoolExecutor(PARALLEL) as pool:
            results = list(pool.map(lambda place: self._one(*place), places))
        return [seen for seen in results if seen is not None]

    def _one(self, workload: Workload, pod: Pod) -> Seen | None:
        name, wanted = pod["metadata"]["name"], self.evidence[workload]
        container = container_of(pod["spec"], workload.container)
        try:
            there = parse(self._cat(pod, workload.container, ENVIRON[1]))
        except ExecError as error:
            still = self.cluster.pod(name)
            if still is None or not lives(still):
                return None
            return Seen(
                workload,
                name,
                self.configuration.environment(container, wanted),
                self.configuration.files(pod["spec"], container, wanted),
                overriding.of_specification(
                    container, wanted, self.configuration.secret, self.configuration.config_map
                ),
                "specification",
                line(str(error), LONGEST_PROBLEM),
                error.began,
                started(pod, workload.container),
            )
        paths = _paths(wanted)
        files = self.configuration.files(pod["spec"], container, wanted) if paths else {}
        for path in paths:
            try:
                content = self._cat(pod, workload.container, path)
                text = content.decode("utf-8", "surrogateescape")
                sealed = origin.may_be_secret(pod["spec"], container, path)
                files[path] = Secret(text) if sealed else text
            except NotThereError:
                files[path] = None
            except ExecError:
                # Its user may not read it, so what is mounted there counts, if anything is.
                continue
        sealed_names = may_be_secret(container, wanted.env)
        return Seen(
            workload,
            name,
            {
                variable: Secret(there[variable])
                if variable in sealed_names and variable in there
                else there.get(variable)
                for variable in wanted.env
            },
            files,
            {variable: Secret(there[variable]) for variable in overriding.chosen(wanted, there)},
            started=started(pod, workload.container),
        )

    def _cat(self, pod: Pod, container: str, path: str) -> bytes:
        """What a file of a container holds.

        :raises NotThereError: when there is no such file.
        :raises ExecError: when it cannot be read.
        """
        # It only reads, so that it may run twice.
        done = repeated(
            lambda: self.cluster.execute(pod["metadata"]["name"], container, (ENVIRON[0], path)),
            ExecError,
            lambda error: 0.0 if error.broken else None,
            SystemClock(),
        )
        if done.returncode == 0:
            return done.stdout
        words = done.stderr.decode("utf-8", "replace").strip()
        kind = NotThereError if "No such file" in words else ExecError
        shown = self.quotable(pod, container, words) if words else ""
        raise kind(shown or f"{ENVIRON[0]} ended with {done.returncode}")


class NotThereError(ExecError):
    """The container has no such file."""
