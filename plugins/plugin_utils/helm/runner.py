# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm as a command: an argument list, values on standard input, nothing secret in what comes back."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import chart as charts
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision


@dataclass(frozen=True)
class Completed:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


LEAD_ELSEWHERE = ("HELM_KUBE", "HELM_NAMESPACE", "HELM_DEBUG")

Runner = Callable[[Sequence[str], str], Completed]
"""Runs an argument list with a text on standard input."""


def run(argv: Sequence[str], stdin: str) -> Completed:
    """Runs a command and waits for its end.

    :raises OSError: when there is no such command, or it cannot be run.
    """
    # These would name another cluster than the one that is read here, or print the values.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(LEAD_ELSEWHERE)
    }
    done = subprocess.run(
        list(argv),
        input=stdin,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return Completed(done.returncode, done.stdout, done.stderr)


MEANWHILE = (
    "another operation (install/upgrade/rollback) is in progress",
    "release: already exists",
)
"""What Helm says when a second upgrade begins while a first is under way."""


@dataclass(frozen=True)
class Helm:
    """The helm command for one release.

    :param command: name or path of the executable.
    :param temporary: a folder of this user alone.
    """

    command: str
    release: str
    namespace: str
    temporary: str
    kubeconfig: str | None = None
    context: str | None = None
    runner: Runner = run

    def upgrade(
        self,
        deployed: Revision,
        values: Mapping[str, Any],
        *,
        source: str | None,
        description: str,
        redactor: Redactor,
    ) -> None:
        """Upgrades the release to `values`, with the chart version that is deployed.

        Does not wait for the workloads: with ``--wait`` Helm would want to read every kind of the chart.

        :param source: where the chart is had when the release record is not whole.
        :raises FindingError: when the chart is missing or is another version, or Helm fails.
        """
        with tempfile.TemporaryDirectory(prefix="chart-", dir=self.temporary) as folder:
            if charts.whole(deployed):
                chart = [self._written(deployed, Path(folder))]
            else:
                chart = self._source(deployed, source)
            self._call(
                [
                    "upgrade",
                    self.release,
                    *chart,
                    "--reset-values",
                    "--values",
                    "-",
                    "--description",
                    description,
                ],
                stdin=json.dumps(values),
                redactor=redactor,
            )

    def check(self, deployed: Revision, *, source: str | None) -> None:
        """Finds out what an upgrade would stumble over before it writes anything.

        :raises FindingError: when helm cannot be run, or the chart is missing or another version.
        """
        if charts.whole(deployed):
            self._call(["version", "--short"], stdin="", redactor=Redactor(()))
        else:
            self._source(deployed, source)

    def _written(self, deployed: Revision, folder: Path) -> str:
        """The folder, with the chart of the release record in it."""
        try:
            charts.write(deployed, folder)
        except ValueError as error:
            raise FindingError(
                CATALOGUE.finding(
                    "release-unreadable",
                    where=f"release {self.release}",
                    release=self.release,
                    namespace=self.namespace,
                    problem=error,
                )
            ) from error
        return str(folder)

    def _source(self, deployed: Revision, source: str | None) -> list[str]:
        """The arguments that name the chart at `source`, checked to be the deployed version."""
        if not source:
            raise FindingError(
                CATALOGUE.finding(
                    "chart-needed",
                    where="smtp_chart",
                    release=self.release,
                    subcharts=", ".join(charts.subcharts_in_use(deployed)) or "its templates",
                    chart=deployed.chart_name,
                    version=deployed.chart_version,
                )
            )
        local = Path(source).expanduser()
        arguments = (
            [str(local.resolve())]
            if local.exists()
            else [source, "--version", deployed.chart_version]
        )
        shown = self._call(["show", "chart", *arguments], stdin="", redactor=Redactor(()))
        name, version = _name_and_version(shown)
        if (name, version) != (deployed.chart_name, deployed.chart_version):
            raise FindingError(
                CATALOGUE.finding(
                    "chart-differs",
                    where="smtp_chart",
                    source=source,
                    found=f"{name} {version}",
                    release=self.release,
                    deployed=f"{deployed.chart_name} {deployed.chart_version}",
                )
            )
        return arguments

    def _call(self, arguments: Sequence[str], *, stdin: str, redactor: Redactor) -> str:
        argv = [os.path.expanduser(self.command), *arguments, "--namespace", self.namespace]
        if self.kubeconfig:
            argv += ["--kubeconfig", self.kubeconfig]
        if self.context:
            argv += ["--kube-context", self.context]
        try:
            done = self.runner(argv, stdin)
        except OSError as error:
            raise FindingError(
                CATALOGUE.finding(
                    "helm-missing", where="smtp_helm", command=self.command, problem=error.strerror
                )
            ) from error
        if done.returncode != 0:
            words = redactor.clean(done.stderr.strip() or done.stdout.strip())
            meanwhile = any(sign in words for sign in MEANWHILE)
            raise FindingError(
                CATALOGUE.finding(
                    "release-changed-meanwhile" if meanwhile else "helm-failed",
                    where=f"release {self.release}",
                    action=arguments[0],
                    release=self.release,
                    namespace=self.namespace,
                    text=words or f"it said nothing, and ended with exit code {done.returncode}",
                )
            )
        return done.stdout


def _name_and_version(chart_yaml: str) -> tuple[str, str]:
    """What a Chart.yaml says of itself."""
    try:
        chart = yaml.safe_load(chart_yaml)
    except yaml.YAMLError:
        chart = None
    if not isinstance(chart, dict):
        return "no chart", "at all"
    return str(chart.get("name")), str(chart.get("version"))
