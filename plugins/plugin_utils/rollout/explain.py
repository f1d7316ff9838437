# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at what keeps pods from being ready, and says it: state, events, last log lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.terminal import line
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import is_ready, lives
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout import state, trouble
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.trouble import Object, Trouble
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import environment
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.reader import container_of

LOG_LINES = 5
LONGEST_LINE = 300
"""Characters of a line of a log that are quoted."""
GONE = "unable to retrieve container logs"
"""What a kubelet gives as the log of a container that it has cleared away."""
PODS = 3
"""Of how many pods of a workload the events are looked at: the others have the same trouble."""


@dataclass(frozen=True)
class Explainer:
    """Explains why pods of a release are not ready.

    :param redactor: takes the secrets of this run out of what is said.
    :param secrets_kept: the secrets of earlier runs, which a pod may still have and print in its log;
        asked only then. May raise `ValueError`.
    """

    cluster: Cluster
    release: str
    redactor: Redactor
    secrets_kept: Callable[[], Sequence[Secret]]

    def troubles(self, state_now: Object, pods: Sequence[Object]) -> list[Trouble]:
        """What keeps a workload from coming up, one of each kind; empty when nothing tells.

        :param state_now: the workload.
        """
        found = trouble.of_workload(state_now, pods, self._events(state_now["metadata"]))
        waiting = [pod for pod in pods if lives(pod) and not is_ready(pod)]
        for pod in waiting[:PODS]:
            own = trouble.of_pod(pod, self._events(pod["metadata"]))
            if own and own.code == "probe-fails":
                # The kubelet quotes what the command of a probe has printed.
                words = self.quotable(pod, own.container, own.problem)
                own = replace(own, problem=words or "what it says may hold a secret")
            if own and own.code not in {each.code for each in found}:
                found.append(own)
        return found

    def findings(
        self,
        workload: Workload,
        state_now: Object,
        pods: Sequence[Object],
        troubles: Iterable[Trouble],
        *,
        seconds: float,
    ) -> list[Finding]:
        """A finding for each trouble, or one that says that there is none to be seen.

        :param seconds: how long was waited.
        """
        ready = sum(map(is_ready, pods))
        quiet = Trouble("rollout-not-ready", f"{ready} of {state.wanted(state_now)} pods are ready")
        by_name = {pod["metadata"]["name"]: pod for pod in pods}
        return [
            CATALOGUE.finding(
                each.code,
                where=str(workload),
                workload=workload,
                resource=f"{workload.kind.lower()}/{workload.name}",
                seconds=f"{seconds:.0f}",
                release=self.release,
                namespace=self.cluster.namespace,
                pod=each.pod,
                container=each.container,
                problem=self.redactor.clean(each.problem),
                log=self._last_words(by_name.get(each.pod), each),
            )
            for each in (list(troubles) or [quiet])
        ]

    def _events(self, metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
        try:
            events = self.cluster.events(metadata["name"])
        except FindingError:
            # Events need a right of their own; without it the state still speaks.
            return []
        # A pod of a StatefulSet has the name of its predecessor.
        return [event for event in events if event["involvedObject"].get("uid") == metadata["uid"]]

    def _last_words(self, pod: Object | None, found: Trouble) -> str:
        """The end of a container's log, as the end of a sentence; empty when there is none."""
        if pod is None or not found.container:
            return ""
        try:
            text = self.cluster.log(
                found.pod, found.container, lines=LOG_LINES, previous=found.crashed
            ).strip()
        except FindingError:
            # Logs need a right of their own, and a log may be gone with its container.
            return ""
        if text.startswith(GONE):
            return ""
        lines = [
            line(each, LONGEST_LINE)
            for each in self.quotable(pod, found.container, text).splitlines()[-LOG_LINES:]
        ]
        return f" Last log lines: {' | '.join(lines)}" if lines else ""

    def quotable(self, pod: Object, container: str, text: str) -> str:
        """What a container has printed, without the secrets that it may know; empty when these cannot be told."""
        try:
            # An application may print its environment, which is not always the one wanted here.
            given = environment.from_secrets(
                container_of(pod["spec"], container), self.cluster.secret
            )
            given += self.secrets_kept()
        except (FindingError, ValueError):
            # Secrets need rights of their own, and a record may be damaged.
            return ""
        return Redactor(given).clean(self.redactor.clean(text))
