# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controller side of smtp_config: no network, no cluster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.words import in_words
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.parse import UnreadableError
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    PRESENT,
    Evidence,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import holds_secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import Mode, Step, warnings
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.diff import shown
from ansible_collections.mailops.smtp.plugins.plugin_utils.target import content, file
from ansible_collections.mailops.smtp.plugins.plugin_utils.target.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.findings import (
    CATALOGUE as TRUST,
)

HOLDS = {
    "url": "smtp://USERNAME:PASSWORD@HOST:PORT, percent-encoded",
}
"""What a key of an existing Secret must hold, where its name does not say it all."""


@dataclass(frozen=True)
class Written:
    """What became of the file that was asked for."""

    changes: tuple[values.Change, ...] = ()
    changed: bool = False
    findings: tuple[Finding, ...] = ()


class ActionModule(Step):
    """Validates the description and shows it as the application wants it."""

    def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        self.partial = _result(plan)
        path = plan.run.values_dest
        written = _write(plan, Path(path), mode) if path else Written()
        findings = [*plan.findings, *written.findings, *_beside(plan)]
        return {
            **self.partial,
            "changed": written.changed,
            "diff": [shown(str(path), written.changes)] if written.changed else [],
            "msg": _msg(plan),
            "findings": [finding.as_dict() for finding in findings],
            "warnings": warnings(findings),
        }


def _beside(plan: Plan) -> list[Finding]:
    """What is mounted beside a release, and so stands in no file that is written."""
    path = plan.run.values_dest
    if not path or not plan.trust.runtimes:
        return []
    return [TRUST.finding("ca-not-in-the-values", where="smtp_values_dest", path=path)]


def _write(plan: Plan, path: Path, mode: Mode) -> Written:
    """Writes what is rendered where it is asked for.

    :raises FindingError: when it cannot be written.
    """
    include, own = plan.run.values_include_secrets, plan.profile.block is None
    secret = include and any(holds_secret(leaf.value) for leaf in plan.rendered.leaves)
    try:
        if secret:
            file.require_own(path)
        before = file.read(path)
        made = content.content(plan, path, before)
        seen_by_others = include and file.seen_by_others(path)
        told = list(_left_out(plan, path, made))
        if made.text.encode() == before and not (own and seen_by_others):
            return Written(findings=tuple(told))
        if mode.check:
            file.require_writable(path)
        else:
            exact = file.SECRET_MODE if own and include else None
            file.replace(path, made.text, exact, secret=secret)
    except file.UnsafeFileError as error:
        raise FindingError(
            CATALOGUE.finding(
                "values-dest-not-own", where="smtp_values_dest", path=path, problem=error
            )
        ) from None
    except UnreadableError as error:
        raise FindingError(
            CATALOGUE.finding(
                "values-dest-unwritable", where="smtp_values_dest", path=path, problem=error
            )
        ) from None
    except OSError as error:
        raise FindingError(
            CATALOGUE.finding(
                "values-dest-unwritable",
                where="smtp_values_dest",
                path=path,
                problem=error.strerror,
            )
        ) from error
    if seen_by_others and not own:
        told.append(
            CATALOGUE.finding("secret-readable-by-others", where="smtp_values_dest", path=path)
        )
    return Written(tuple(made.changes), True, tuple(told))


def _left_out(plan: Plan, path: Path, made: content.Content) -> Iterator[Finding]:
    """The secrets that the file lacks, which is not to be noticed only when a login fails."""
    if made.left_out:
        edited = plan.profile.block is not None
        yield CATALOGUE.finding(
            "secret-not-written",
            where="smtp_values_dest",
            path=path,
            keys=" and ".join(made.left_out),
            title=plan.title,
            instead="what stood there before" if edited else "nothing",
        )


def _result(plan: Plan) -> dict[str, Any]:
    """Everything that later steps work from, without a secret."""
    profiles = [application.profile for application in plan.applications]
    return {
        "description": plan.description.redacted(),
        "provenance": dict(plan.resolved.provenance),
        "effective": {name: dict(entry) for name, entry in plan.resolved.effective.items()},
        "application": ",".join(application.name for application in plan.applications),
        "target": plan.profile.target,
        **content.shown(plan),
        "secret_keys": values.secret_keys(plan.rendered.leaves),
        "secrets": [
            {
                "name": wanted.name,
                "namespace": plan.target.namespace,
                "type": "Opaque",
                "data": {key: HOLDS.get(what, f"the {what}") for key, what in wanted.keys},
            }
            for wanted in plan.rendered.secrets
        ],
        "workloads": [asdict(workload) for workload in plan.rendered.workloads],
        "evidence": [_evidence(workload, wanted) for workload, wanted in plan.evidence.items()],
        "proof": " ".join(profile.proof for profile in profiles),
        "log": " ".join(profile.log for profile in profiles if profile.log) or None,
    }


def _evidence(workload: Workload, wanted: Evidence) -> dict[str, Any]:
    """What the container of a workload must see."""
    return {
        "workload": str(workload),
        "container": workload.container,
        "env": {name: _shown(value) for name, value in wanted.env.items()},
        "files": [
            {"path": file.path, "lines": [_shown(line) for line in file.lines]}
            for file in wanted.files
        ],
        "secrets": [
            {
                "name": secret.name,
                "data": {key: _shown(value) for key, value in secret.keys.items()},
            }
            for secret in wanted.secrets
        ],
    }


def _shown(value: Any) -> str:
    if value is OMIT:
        return "(must not be set)"
    if value is KEEP:
        return "(any)"
    if value is PRESENT:
        return "(must be set)"
    return "(secret)" if isinstance(value, Secret) else str(value)


def _msg(plan: Plan) -> str:
    place, target = plan.title, plan.target
    if target.release:
        place += f", release {target.release} in namespace {target.namespace}"
    return f"{place}: {in_words(plan.description)}"
