# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application's own mail log, quoted without secrets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import ExecError
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Sending, Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof import words
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.reader import Quotable, Seen

LINES = 200
"""So much of a log is looked through for lines about mail."""
PODS = 3
"""Of how many containers the log is looked at."""


@dataclass(frozen=True)
class Quote:
    """The last lines about mail in a log.

    :param path: of the file; empty for what the container prints.
    """

    pod: str
    container: str
    path: str
    lines: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """As plain data."""
        return {**asdict(self), "lines": list(self.lines)}

    def finding(self, namespace: str) -> Finding:
        """The same for a person."""
        here = f"--namespace {namespace} {self.pod} -c {self.container}"
        command = f"kubectl exec {here} -- cat {self.path}" if self.path else f"kubectl logs {here}"
        return CATALOGUE.finding(
            "mail-log-quoted",
            where=f"pod {self.pod}, container {self.container}",
            pod=self.pod,
            container=self.container,
            lines=" | ".join(self.lines),
            command=command,
        )


def quotes(
    cluster: Cluster, quotable: Quotable, seen: Sequence[Seen], sendings: Sequence[Sending]
) -> Iterator[Quote]:
    """What each container has logged about mail: the one that sends, if it is known, else the first ones."""
    logs: dict[Workload, str] = {each.workload: each.log or "" for each in sendings}
    senders = [each for each in seen if each.workload in logs]
    for each in (senders or list(seen))[:PODS]:
        container, path = each.workload.container, logs.get(each.workload, "")
        try:
            pod, text = cluster.pod(each.pod), _read(cluster, each.pod, container, path)
        except (ExecError, FindingError):
            # A log needs rights of its own; what has failed is told without it, too.
            continue
        lines = words.about_mail(quotable(pod, container, text)) if pod else []
        if lines:
            yield Quote(each.pod, container, path, tuple(lines))


def _read(cluster: Cluster, pod: str, container: str, path: str) -> str:
    if not path:
        return cluster.log(pod, container, lines=LINES)
    done = cluster.execute(pod, container, ("tail", "-n", str(LINES), path))
    return done.stdout.decode("utf-8", "replace")
