# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an application gets to trust the relay's private CA. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    Evidence,
    FileEvidence,
    Profile,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import bundle
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import (
    FOLDER,
    RUNTIMES,
    Runtime,
)

Mode = Literal["auto", "chart", "mount", "none"]
MODES: tuple[Mode, ...] = get_args(Mode)
Way = Literal["chart", "mount", "none"]


@dataclass(frozen=True)
class Decision:
    """How one application gets the CA, and what there is to say about it.

    :param withheld: whether the application verifies certificates, and gets none of the CA.
    """

    way: Way
    findings: tuple[Finding, ...] = ()
    withheld: bool = False


@dataclass(frozen=True)
class Trust:
    """What is mounted into a release: nothing without workloads, and then what was mounted goes.

    :param pem: the certificates of the private CA.
    :param variables: of every workload, whether or not it gets the CA, the variable by which it would be
        told of one.
    :param withheld: whether an application verifies certificates and gets none of the CA, so that a probe
        from its pods trusts only what they trust.
    :param removal_wanted: whether it was said in so many words that what was mounted goes.
    """

    pem: str = ""
    runtimes: Mapping[Workload, Runtime] = field(default_factory=dict)
    variables: Mapping[Workload, str] = field(default_factory=dict)
    withheld: bool = False
    removal_wanted: bool = False

    def evidence(self, known: Mapping[Workload, Evidence]) -> dict[Workload, Evidence]:
        """The evidence of each workload, with that of the CA."""
        return {workload: self._with(workload, wanted) for workload, wanted in known.items()}

    def watched(self, known: Mapping[Workload, Evidence]) -> dict[Workload, Evidence]:
        """The evidence of each workload, and what its variable holds, whatever that is.

        So it shows whether a container has the CA that its successor would have, or none if that has none.
        """
        return {
            workload: replace(wanted, env={self.variables[workload]: KEEP, **wanted.env})
            if workload in self.variables
            else wanted
            for workload, wanted in known.items()
        }

    def _with(self, workload: Workload, wanted: Evidence) -> Evidence:
        runtime = self.runtimes.get(workload)
        if runtime is None:
            return wanted
        path = path_of(workload)
        return replace(
            wanted,
            env={**wanted.env, runtime.variable: runtime.value(path)},
            files=(*wanted.files, FileEvidence(path, bundle.marks(self.pem))),
        )


def file_of(workload: Workload) -> str:
    """The name of the file that a container gets."""
    return f"{workload.container}.pem"


def path_of(workload: Workload) -> str:
    """Where a container has it."""
    return f"{FOLDER}/{file_of(workload)}"


def decide(profile: Profile, description: Description, mode: Mode) -> Decision:
    """How an application gets the CA that a description gives.

    An application that verifies no certificates needs none; one of which it is not known gets it.
    """
    places = list(_places(profile, description))
    if not places:
        return Decision("none")
    place, security = places[0]
    if mode == "none":
        finding = _finding("ca-for-the-probe-only", place, profile)
        # Where nobody knows whether the application verifies, the CA counts for the probe.
        return Decision("none", (finding,), withheld=_verifies(profile, security) == "yes")
    if mode != "mount" and profile.supports.private_ca:
        return Decision("chart")
    if mode == "chart":
        return Decision("none", (_finding("ca-not-by-chart", "smtp_ca_mode", profile),))
    runtime = RUNTIMES.get(profile.runtime or "")
    if profile.target == "helm" and runtime and runtime.variable:
        finding = _finding("ca-mounted", place, profile, variable=runtime.variable)
        return Decision("mount", (finding,))
    if mode == "mount" and profile.target != "helm":
        return Decision("none", (_finding("ca-not-mountable", "smtp_ca_mode", profile),))
    verifies = _verifies(profile, security)
    if verifies == "undocumented" and mode == "auto":
        code = "application-private-ca-undocumented"
    elif profile.target != "helm":
        code = "application-private-ca-unsupported"
    else:
        code = "ca-needs-truststore" if runtime else "ca-runtime-unknown"
    otherwise = "; or switch verification off in so many words: smtp_validate_certs: false"
    return Decision(
        "none",
        (
            _finding(
                code,
                place,
                profile,
                security=security,
                runtimes=", ".join(name for name, known in RUNTIMES.items() if known.variable),
                otherwise=otherwise if profile.supports.skip_verify is not None else "",
            ),
        ),
    )


def mounted(
    description: Description,
    parts: Sequence[tuple[Profile, Decision, Sequence[Workload]]],
    mode: Mode = "auto",
) -> Trust:
    """What is to be mounted for all applications of a release.

    :param parts: each application with what was decided, and its workloads.
    :param mode: as it was given.
    """
    known = {
        workload: (RUNTIMES[profile.runtime], decision)
        for profile, decision, workloads in parts
        if profile.runtime
        for workload in workloads
    }
    runtimes = {
        workload: runtime
        for workload, (runtime, decision) in known.items()
        if decision.way == "mount"
    }
    variables = {
        workload: runtime.variable
        for workload, (runtime, _decision) in known.items()
        if runtime.variable
    }
    blocks = [
        block
        for entry in (description, *description.fallbacks)
        if runtimes and entry.validate_certs and entry.ca_pem
        for block in bundle.each(entry.ca_pem)
    ]
    return Trust(
        pem="".join(dict.fromkeys(blocks)),
        runtimes=runtimes,
        variables=variables,
        withheld=any(decision.withheld for _profile, decision, _workloads in parts),
        removal_wanted=mode == "none" or not description.enabled,
    )


def carried(description: Description, way: Way) -> Description:
    """The description as the chart's values carry it."""
    return description if way == "chart" else replace(description, ca_pem=None)


def _places(profile: Profile, description: Description) -> Iterator[tuple[str, str]]:
    """The settings that give a CA which counts, each with its security."""
    if not description.enabled:
        return
    named = [("smtp_ca_path", description)]
    named += [
        (f"smtp_fallbacks[{number}].ca_path", entry)
        for number, entry in enumerate(description.fallbacks)
    ]
    for place, entry in named:
        verifies = _verifies(profile, entry.security)
        if entry.ca_pem and entry.validate_certs and entry.security != "none" and verifies != "no":
            yield place, entry.security


def _verifies(profile: Profile, security: str) -> str:
    """Return whether an application verifies certificates: ``yes``, ``no`` or ``undocumented``."""
    return str(profile.supports.verifies.get(security, "undocumented"))


def _finding(code: str, where: str, profile: Profile, **facts: Any) -> Finding:
    return CATALOGUE.finding(
        code, where=where, title=profile.title, application=profile.name, **facts
    )
