# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container is read again when the connection to it breaks, and judged by its specification when it stays so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.repeat import PAUSES
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import ExecError, Executed
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Evidence
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.reader import (
    Configuration,
    Reader,
    Seen,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    API,
    ScriptedCluster,
    environ,
    pod,
)


@dataclass
class Shaky(ScriptedCluster):
    """A cluster with so many broken connections before one that works."""

    breaks: int = 0
    broken: bool = True
    tries: int = 0

    def execute(self, pod: str, container: str, argv: Sequence[str]) -> Executed:
        self.tries += 1
        if self.tries <= self.breaks:
            raise ExecError("the connection to the container broke", began=True, broken=self.broken)
        return super().execute(pod, container, argv)


def read(cluster: Shaky) -> Seen:
    there = pod()
    cluster.pods_of = {"qua-api": [there]}
    cluster.environments = {"qua-api-1": environ(HOST="mail")}
    known = cast(Cluster, cluster)
    evidence = {API: Evidence({"HOST": "mail"})}
    reader = Reader(known, Configuration(known), evidence, lambda _pod, _container, text: text)
    [seen] = reader.read([(API, there)])
    return seen


def test_a_connection_that_breaks_is_made_again() -> None:
    seen = read(Shaky(breaks=2))
    assert (seen.way, dict(seen.environment)) == ("container", {"HOST": "mail"})


@pytest.mark.parametrize(("broken", "tries"), [(True, len(PAUSES) + 1), (False, 1)])
def test_the_specification_counts_where_it_stays_broken_or_nothing_can_be_run(
    broken: bool, tries: int
) -> None:
    cluster = Shaky(breaks=99, broken=broken)
    assert read(cluster).way == "specification"
    assert cluster.tries == tries
