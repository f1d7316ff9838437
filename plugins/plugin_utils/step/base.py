# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every action does the same: reads its options, runs one step, and answers with findings."""

from __future__ import annotations

import gc
import os
import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.mailops.smtp.plugins.module_utils._smtp import terminal
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.description import convert
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    OPTIONS,
    Option,
    nearest,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.resolve import read_text
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan, make
from ansible_collections.mailops.smtp.plugins.plugin_utils.step import template
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.findings import (
    CATALOGUE as STEP_CATALOGUE,
)

PATHS = ("ca_dest", "ca_path", "kubeconfig", "values_dest", "values_src")
"""Options that are always paths; `chart` and `application` may be a name or a path."""


@dataclass(frozen=True)
class Mode:
    """How the task was called."""

    check: bool
    diff: bool


class Action(ActionBase):  # type: ignore[misc]  # ansible-core has no types
    """Base of the actions. An option that the task does not give is taken from ``smtp_<option>``."""

    options: ClassVar[Mapping[str, Option]] = OPTIONS

    _supports_check_mode = True
    _supports_async = False
    _requires_connection = False

    def work(self, raw: Mapping[str, Any], variables: Iterable[str], mode: Mode) -> dict[str, Any]:
        """The work of one action: its result, without secrets.

        What is done so far goes into `self.partial`, which is returned also when the rest fails.

        :param raw: every option that is given, by its name.
        :param variables: the names of all variables of the host.
        :raises FindingError: when it cannot be done.
        """
        raise NotImplementedError

    def run(
        self, tmp: str | None = None, task_vars: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        self.partial: dict[str, Any] = {}
        # What was there before the task outlives it. To look through all of it for garbage would copy it into
        # this worker, which takes longer than many a task.
        gc.freeze()
        try:
            self._refuse_unknown_options()
            mode = Mode(self._task.check_mode, self._task.diff)
            variables = task_vars or {}
            result.update(self.work(self._options(variables), variables, mode))
        except FindingError as error:
            result.update(self.partial)
            result.update(failure(error.findings))
        except Exception as error:
            # The edge: whatever it is, a person gets a finding and no traceback.
            result.update(self.partial)
            result.update(failure([self._internal(error)]))
        finally:
            gc.unfreeze()
        return displayable(result)

    def progress(self, text: str) -> None:
        """Says on the screen, at once, what takes long."""
        self._display.display(terminal.line(f"{self._task.action.rpartition('.')[2]}: {text}"))

    def _options(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Every option that is given, by the task or else by a variable, templated.

        Relative paths are relative to the playbook's folder, as everywhere in Ansible; with a
        playbook of a collection, whose folder is no place for a user's files, to the current one.
        """
        raw: dict[str, Any] = {}
        for option in self.options.values():
            value = self._task.args.get(option.name)
            if convert.unset(value) and option.inherited and option.variable in variables:
                value = self._evaluated(option, variables[option.variable], variables)
            if convert.unset(value):
                continue
            raw[option.name] = self._absolute(option.name, value)
        return raw

    def _absolute(self, name: str, value: Any) -> Any:
        """The value of an option, made absolute when it is a path; ``~`` is the user's home."""
        if name == "application" and isinstance(value, (str, list)):
            return [self._absolute_path(name, entry) for entry in convert.entries(value)]
        return self._absolute_path(name, value)

    def _absolute_path(self, name: str, value: Any) -> Any:
        if name not in (*PATHS, "chart", "application") or not isinstance(value, str):
            return value
        playbook = Path(self._loader.get_basedir())
        base = Path.cwd() if "ansible_collections" in playbook.parts else playbook
        path = base / os.path.expanduser(value)
        is_path = (
            name in PATHS
            or value.startswith(("~", "./", "../", "/"))
            or (name == "application" and "/" in value)
            or (name == "chart" and path.exists())
        )
        return str(path) if is_path else value

    def flag(self, option: Option) -> bool:
        """An option of this action alone, as the task gives it; false by default.

        :raises FindingError: when it is no boolean.
        """
        try:
            return bool(convert.convert(option, self._task.args.get(option.name)))
        except convert.ConversionError as error:
            raise FindingError(
                CATALOGUE.finding("value-invalid", where=option.name, problem=error)
            ) from None

    def _evaluated(self, option: Option, value: Any, variables: Mapping[str, Any]) -> Any:
        """A variable's value, templated; `None` for ``default(omit)``."""
        where = option.variable
        if template.loses_a_comment(value, variables):
            raise FindingError(
                CATALOGUE.finding(
                    "value-holds-comment",
                    where=where,
                    begin="{#",
                    end="#}",
                    unsafe=template.UNSAFE,
                )
            )
        try:
            return self._templar.template(value)
        except template.OMITTED:
            return None
        except AnsibleError as error:
            if template.cannot_be_decrypted(value, variables):
                raise FindingError(CATALOGUE.finding("value-not-decrypted", where=where)) from None
            # Ansible's own error quotes the line of the file; its words quote what stands in the
            # braces. A password with two braces in it is such a line.
            problem = "" if option.holds_secret else f": {' '.join(str(error).split())}"
            raise FindingError(
                CATALOGUE.finding(
                    "value-not-evaluated",
                    where=where,
                    problem=problem,
                    marks=template.MARKS,
                    unsafe=template.UNSAFE,
                )
            ) from None

    def _refuse_unknown_options(self) -> None:
        strangers = sorted(set(self._task.args) - set(self.options))
        if strangers:
            action = self._task.action
            raise FindingError(
                *(
                    CATALOGUE.finding(
                        "option-unknown",
                        where=name,
                        action=action,
                        hint=_hint(nearest(name, self.options)),
                    )
                    for name in strangers
                )
            )

    def _internal(self, error: Exception) -> Finding:
        # The error's own text may quote a value; its type and place are enough to report it.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        return STEP_CATALOGUE.finding(
            "internal-error", where=self._task.action, kind=type(error).__name__, place=place
        )


class Step(Action):
    """An action that works from a description."""

    def work(self, raw: Mapping[str, Any], variables: Iterable[str], mode: Mode) -> dict[str, Any]:
        return self.step(make(raw, variables, self._read), mode)

    def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        """The work, as `Action.work`, from what is wanted."""
        raise NotImplementedError

    def _read(self, path: str) -> str:
        """The text of a file of the controller that a description names, also deep inside."""
        return read_text(self._absolute("ca_path", path))


def _hint(near: str | None) -> str:
    return f" {near} was probably meant." if near else ""


def displayable(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result that nothing in it can make forge a line or steer a terminal.

    A ``msg`` of several lines is a `terminal.Page`. The rest is data, whose line ends stay.
    """
    shown: dict[str, Any] = terminal.data(result)
    if isinstance(result.get("msg"), str):
        shown["msg"] = terminal.message(result["msg"])
    if "warnings" in result:
        shown["warnings"] = [terminal.line(warning) for warning in result["warnings"]]
    return shown


def failure(findings: Sequence[Finding]) -> dict[str, Any]:
    """A failed result: the errors in words, and every finding as data."""
    errors = [finding for finding in findings if finding.severity == "error"]
    return {
        "failed": True,
        "msg": terminal.page(sentence(finding) for finding in errors),
        "findings": [finding.as_dict() for finding in findings],
        "warnings": warnings(findings),
    }


def findings_of(result: Mapping[str, Any]) -> list[Finding]:
    """The findings in a result, which may be that of any module, with something else by that name."""
    told, names = result.get("findings"), Finding.__annotations__
    return [
        Finding(**{name: entry[name] for name in names})
        for entry in (told if isinstance(told, list) else [])
        if isinstance(entry, Mapping) and all(isinstance(entry.get(name), str) for name in names)
    ]


def warnings(findings: Sequence[Finding]) -> list[str]:
    """The warnings among the findings, as Ansible shows them."""
    return [sentence(finding) for finding in findings if finding.severity == "warning"]


def sentence(finding: Finding) -> str:
    """A finding for a person: what is wrong, then how to mend it."""
    return f"{finding.message} Fix: {finding.fix}"
