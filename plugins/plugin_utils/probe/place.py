# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the relay is probed from: a pod of the release, whose network the mails leave from, or here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp import bundle
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import TOTAL_WAITS, probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster, ExecError
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import is_ready
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload

START_SECONDS = 15
"""For the interpreter in a busy pod to come up, on top of the probe's own limit."""


class PlaceError(Exception):
    """No probe can run there; the text says why, as the end of a sentence."""


@dataclass(frozen=True)
class Probed:
    """What a probe saw, as plain data without secrets, and where it ran."""

    where: str
    result: dict[str, Any]

    @property
    def reached(self) -> bool:
        """Whether a connection to the relay came about."""
        failed = {stage["name"] for stage in self.result["stages"] if stage["result"] == "failed"}
        return not failed & {"resolve", "connect"}


def request_for(description: Description) -> ProbeRequest:
    """What the probe must do to prove a description."""
    return ProbeRequest(
        host=description.host,
        port=description.port,
        security=description.security,
        auth=description.auth,
        mechanism=description.mechanism or "",
        username=description.username,
        password=description.password,
        from_address=description.from_address,
        recipients=description.test_recipients,
        ehlo_name=description.ehlo_name or "",
        validate_certs=description.validate_certs,
        ca_pem=description.ca_pem or "",
        server_name=description.server_name or "",
        tls_min_version=description.tls_min_version,
        timeout=float(description.timeout),
    )


def from_controller(request: ProbeRequest) -> Probed:
    """Probes from this machine, in this process."""
    return Probed("controller", probe(request).as_dict())


def from_pod(request: ProbeRequest, cluster: Cluster, workloads: Sequence[Workload]) -> Probed:
    """Probes from the first ready pod that has a Python.

    :raises PlaceError: when there is none.
    """
    problems = []
    for workload in workloads:
        state = cluster.workload(workload.kind, workload.name)
        pods = cluster.pods(state["spec"]["selector"]) if state else []
        names = [pod["metadata"]["name"] for pod in pods if is_ready(pod)]
        if not names:
            problems.append(f"{workload} has no ready pod")
            continue
        try:
            return _run(request, cluster, names[0], workload.container)
        except PlaceError as error:
            problems.append(str(error))
    raise PlaceError("; ".join(problems))


def _run(request: ProbeRequest, cluster: Cluster, pod: str, container: str) -> Probed:
    where = f"pod {pod}, container {container}"
    limit = request.timeout * TOTAL_WAITS + START_SECONDS
    try:
        done = cluster.execute(
            pod, container, bundle.COMMAND, stdin=bundle.feed(request), seconds=limit
        )
    except ExecError as error:
        raise PlaceError(f"{where}: {error}") from None
    try:
        result = json.loads(done.stdout)
        if done.returncode != 0 or "stages" not in result:
            raise ValueError(str(result.get("error", "it gave no result")))
    except (ValueError, AttributeError):
        # What the container printed instead may quote its input, and so the password.
        raise PlaceError(f"{where}: its Python ended with exit code {done.returncode}") from None
    return Probed(where, result)
