# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controller side of smtp_config: no network, no cluster."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.document import values_yaml
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import KEEP, OMIT
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import Mode, Step, warnings
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.findings import CATALOGUE


class ActionModule(Step):
    """Validates the description and shows it as the application wants it."""

    def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        leaves = plan.rendered.leaves
        return {
            "changed": self._write(plan, mode),
            "description": plan.description.redacted(),
            "application": plan.profile.name,
            "helm_values": values.without_secrets(leaves),
            "secret_keys": values.secret_keys(leaves),
            "evidence": {name: _shown(value) for name, value in plan.rendered.env.items()},
            "workloads": [
                {"kind": workload.kind, "name": workload.name, "container": workload.container}
                for workload in plan.rendered.workloads
            ],
            "proof": plan.profile.proof,
            "msg": _msg(plan),
            "findings": [finding.as_dict() for finding in plan.findings],
            "warnings": warnings(plan.findings),
        }

    def _write(self, plan: Plan, mode: Mode) -> bool:
        """Writes the rendered values where they are asked for; whether the file changes."""
        if plan.run.values_dest is None:
            return False
        path = Path(plan.run.values_dest)
        include = plan.run.values_include_secrets
        text = values_yaml(plan.profile, plan.rendered.leaves, include_secrets=include)
        try:
            seen_by_others = path.is_file() and path.stat().st_mode & 0o077
            if (
                path.is_file()
                and path.read_bytes() == text.encode()
                and not (include and seen_by_others)
            ):
                return False
            if mode.check:
                _require_writable(path.parent)
            else:
                _replace(path, text, 0o600 if include else 0o644)
        except OSError as error:
            raise FindingError(
                CATALOGUE.finding(
                    "values-dest-unwritable",
                    where="smtp_values_dest",
                    path=path,
                    problem=error.strerror,
                )
            ) from error
        return True


def _require_writable(folder: Path) -> None:
    """Raises what writing a file into the folder would raise."""
    if not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _replace(path: Path, text: str, mode: int) -> None:
    """Puts a whole file in place, readable by nobody else before it has its mode."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(
            os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8"
        ) as stream:
            stream.write(text)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _shown(value: Any) -> str:
    if value is OMIT:
        return "(must not be set)"
    if value is KEEP:
        return "(any)"
    return "(secret)" if isinstance(value, Secret) else str(value)


def _msg(plan: Plan) -> str:
    wanted, target = plan.description, plan.target
    place = f"{plan.profile.title}, release {target.release} in namespace {target.namespace}"
    if not wanted.enabled:
        return f"{place}: mail is switched off"
    login = f"as {wanted.username}" if wanted.auth == "password" else "without a login"
    return f"{place}: {wanted.host}:{wanted.port} with security {wanted.security}, {login}, from {wanted.from_address}"
