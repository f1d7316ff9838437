# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read against what is promised: every deviation a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.terminal import line
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import config
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    Evidence,
    SecretEvidence,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify import compare, overriding
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.compare import Difference
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.environment import Environment
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.owed import Owed, owed
from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.reader import (
    Configuration,
    Quotable,
    Seen,
    container_of,
)

LONGEST = 200
"""Characters of a value that are shown; a container may answer with a megabyte."""


@dataclass(frozen=True)
class Deviation:
    """A container that sees other settings than the description says.

    :param mended: whether a restart of it would mend them all.
    """

    seen: Seen
    differences: Sequence[Difference]
    mended: bool


@dataclass(frozen=True)
class Verdict:
    """What the comparison has come to.

    :param secrets: the differences of Secrets, which are nobody's container's.
    """

    deviations: Sequence[Deviation]
    secrets: Sequence[Difference]
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Check:
    """Holds containers against their evidence.

    :param quotable: takes the secrets that a container may know out of what it has answered, which may
        be them in the place of a value.
    :param restarts: whether restarts are the business of this run. If not, one that is owed is a
        warning, because somebody wants it so.
    """

    namespace: str
    configuration: Configuration
    evidence: Mapping[Workload, Evidence]
    quotable: Quotable
    restarts: bool = True

    def verdict(self, live: Mapping[Workload, Mapping[str, Any]], seen: Sequence[Seen]) -> Verdict:
        """Compares everything that is promised with what was read.

        :param live: each workload as it is.
        :raises FindingError: when the cluster does not let its Secrets be read.
        """
        deviations = list(self._deviations(live, seen))
        secrets = list(self._secrets())
        behind = owed(live, seen, self.evidence, self.configuration)
        findings = [
            *(self._differs(each) for each in deviations if not each.mended),
            *(CATALOGUE.finding("secret-differs", where=f"Secret {each.name}", difference=each)
              for each in secrets),
            *self._overridden(seen),
            *self._owed(deviations, behind),
            *self._unproven(seen),
            *(self._finding("container-answers-strangely", each, problem=each.problem)
              for each in seen if each.strange),
        ]  # fmt: skip
        return Verdict(deviations, secrets, findings)

    def _deviations(
        self, live: Mapping[Workload, Mapping[str, Any]], seen: Sequence[Seen]
    ) -> Iterator[Deviation]:
        for entry in seen:
            wanted = self.evidence[entry.workload]
            found = _differences(wanted, entry.environment, entry.files)
            if not found:
                continue
            spec = live[entry.workload]["spec"]["template"]["spec"]
            container = container_of(spec, entry.workload.container)
            would = self.configuration.environment(container, wanted)
            files = self.configuration.files(spec, container, wanted)
            told = all(each.name in (would if each.kind == "variable" else files) for each in found)
            mended = told and not _differences(wanted, would, files)
            pod = live[entry.workload]["spec"]["template"]
            yield Deviation(entry, [self._shown(pod, entry, each) for each in found], mended)

    def _shown(self, pod: Mapping[str, Any], seen: Seen, difference: Difference) -> Difference:
        """A difference without the secrets that a container may have put in a value's place."""
        if difference.found in compare.OWN_WORDS:
            return difference
        found = self.quotable(pod, seen.workload.container, difference.found)
        return replace(difference, found=line(found, LONGEST) if found else compare.NOT_SHOWN)

    def _secrets(self) -> Iterator[Difference]:
        known: list[SecretEvidence] = []
        for secret in (secret for entry in self.evidence.values() for secret in entry.secrets):
            if secret not in known:
                known.append(secret)
                data = config.values("Secret", self.configuration.secret(secret.name))
                yield from compare.keys(secret, data)

    def _overridden(self, seen: Sequence[Seen]) -> Iterator[Finding]:
        for entry in seen:
            where = f"container {entry.workload.container} of pod {entry.pod}"
            wanted = self.evidence[entry.workload]
            yield from overriding.findings(wanted, entry.overriding, entry.files, where)

    def _differs(self, deviation: Deviation) -> Finding:
        return self._finding(
            "environment-differs", deviation.seen, differences=_joined(deviation.differences)
        )

    def _owed(self, deviations: Sequence[Deviation], behind: Sequence[Owed]) -> Iterator[Finding]:
        known = {(each.seen.workload, each.seen.pod): each for each in deviations}
        for each in behind:
            deviation = known.pop((each.seen.workload, each.seen.pod), None)
            if deviation is None or deviation.mended:
                reasons = deviation.differences if deviation else each.reasons
                yield self._finding(
                    "restart-owed",
                    each.seen,
                    severity="error" if self.restarts else "warning",
                    reasons=_joined(reasons),
                )

    def _unproven(self, seen: Sequence[Seen]) -> Iterator[Finding]:
        for entry in seen:
            wanted = self.evidence[entry.workload]
            places = [
                f"variable {name}"
                for name, value in wanted.env.items()
                if value is not KEEP and name not in entry.environment
            ]
            places += [
                f"file {file.path}"
                for file in wanted.files
                if file.lines and file.path not in entry.files
            ]
            if places:
                yield self._finding(
                    "evidence-unproven",
                    entry,
                    places=", ".join(places),
                    problem=f": {entry.problem}" if entry.problem else "",
                )

    def _finding(self, code: str, seen: Seen, **facts: Any) -> Finding:
        workload = seen.workload
        return CATALOGUE.finding(
            code,
            where=f"pod {seen.pod}, container {workload.container}",
            container=workload.container,
            pod=seen.pod,
            workload=f"{workload.kind.lower()}/{workload.name}",
            namespace=self.namespace,
            **facts,
        )


def _differences(
    wanted: Evidence, environment: Environment, files: Environment
) -> list[Difference]:
    return [
        *compare.variables(wanted.env, environment),
        *(
            difference
            for file in wanted.files
            if file.path in files
            for difference in compare.lines(file, files[file.path])
        ),
    ]


def _joined(parts: Sequence[Any]) -> str:
    return "; ".join(map(str, parts))
