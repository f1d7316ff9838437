# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm as a command: an argument list, values on standard input, nothing secret in what comes back."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils import ending, parse
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import chart as charts
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import json_text
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.state import decodable


@dataclass(frozen=True)
class Completed:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


LEAD_ELSEWHERE = ("HELM_KUBE", "HELM_NAMESPACE", "HELM_DRIVER", "HELM_DEBUG")
"""Variables that name another cluster or other records than those that are read here, or that make
Helm print the values."""

FORCE_CONFLICTS = "--force-conflicts"
"""Takes over fields that somebody else owns. Of Helm 4, for releases that it applies on the server."""
WITHOUT_SCHEMAS = "--disable-openapi-validation"
"""The API server holds what is written against the schemas when the upgrade is tried; Helm would load
them all to do the same again, which takes more than half of the time of a small upgrade."""


WITHOUT_SCHEMA_OF_VALUES = "--skip-schema-validation"
"""Helm reads what the schema of a chart refers to, from whatever file or URL. A record may not choose these."""

SELDOM_COLLECTING = {"GOGC": "400"}
"""A run of Helm's is too short for garbage collection to pay: a fifth of its CPU
(pkg.go.dev/runtime#hdr-Environment_Variables)."""


KEPT_BY_DEFAULT = 10


def keeping(revisions: Sequence[Revision]) -> tuple[str, ...]:
    """The flags with which Helm prunes none of a longer history that somebody keeps.

    By default it prunes to ten, or to ``HELM_MAX_HISTORY`` (helm.sh/docs/helm/helm_upgrade).

    :param revisions: all that are kept.
    """
    count = len(revisions)
    return ("--history-max", str(count + 1)) if count > KEPT_BY_DEFAULT else ()


class Runner(Protocol):
    """Runs an argument list with a text on standard input."""

    def __call__(
        self,
        argv: Sequence[str],
        stdin: str,
        environment: Mapping[str, str],
        seconds: float | None,
    ) -> Completed: ...


def run(
    argv: Sequence[str], stdin: str, environment: Mapping[str, str], seconds: float | None
) -> Completed:
    """Runs a command and waits for its end.

    :param environment: variables besides those of this process.
    :param seconds: after which it is killed.
    :raises TimeoutError: when it was killed.
    :raises OSError: when there is no such command, or it cannot be run.
    """
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(LEAD_ELSEWHERE)
    }
    try:
        done = subprocess.run(
            list(argv),
            input=stdin,
            env={**SELDOM_COLLECTING, **kept, **environment},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=seconds,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
    except subprocess.TimeoutExpired:
        # The exception holds the output, and so perhaps the values.
        raise TimeoutError(f"{argv[0]} did not end within {seconds} s") from None
    return Completed(done.returncode, done.stdout, done.stderr)


_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """In the child: lets the kernel kill it when this process dies (prctl(2)).

    A helm that works on for a run that was killed would meet the next run, which takes it for dead.
    """
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


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
    :param environment: variables besides those of this process.
    :param seconds: after which a call is ended; `None` for never.
    :param failure: the code of the finding when Helm ends with an error.
    :param hidden: what must not show in its words, whatever else must not.
    """

    command: str
    release: str
    namespace: str
    temporary: str
    kubeconfig: str | None = None
    context: str | None = None
    runner: Runner = run
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: float | None = None
    failure: str = "helm-failed"
    hidden: tuple[Secret, ...] = ()

    def source(self, deployed: Revision, given: str | None) -> tuple[str, ...]:
        """The arguments that name the chart of the deployed revision; empty when its record holds it.

        :param given: where the chart is had.
        :raises FindingError: when the chart is missing or is another version.
        """
        if given:
            return self._checked(deployed, given)
        if charts.whole(deployed):
            return ()
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

    @contextmanager
    def chart(self, deployed: Revision, source: Sequence[str]) -> Iterator[Sequence[str]]:
        """The arguments that name the chart of the deployed revision, as long as the context lasts.

        :param source: as :meth:`source` gives it.
        :raises FindingError: when the record is damaged.
        """
        if source:
            yield source
        else:
            with tempfile.TemporaryDirectory(prefix="chart-", dir=self.temporary) as folder:
                yield self._written(deployed, Path(folder))

    def upgrade(
        self,
        chart: Sequence[str],
        values: Mapping[str, Any],
        *,
        description: str,
        redactor: Redactor,
        flags: Sequence[str] = (),
    ) -> None:
        """Upgrades the release to `values`.

        Does not wait for the workloads: with ``--wait`` Helm would want to read every kind of the chart.

        :param chart: the arguments that name the chart.
        :param flags: more options of ``helm upgrade``.
        :raises FindingError: when Helm fails.
        :raises TimeoutError: when it was ended.
        """
        self._call(
            [
                *("upgrade", self.release, *chart),
                *("--reset-values", "--values", "-", "--description", description),
                *(WITHOUT_SCHEMAS, *flags),
            ],
            stdin=json_text.dump(values),
            redactor=redactor,
        )

    def rollback(self, revision: int, *, redactor: Redactor, flags: Sequence[str] = ()) -> None:
        """Makes a new revision with the chart and the values of an earlier one. It does not mend the pods.

        :raises FindingError: when Helm fails.
        """
        self._call(["rollback", self.release, str(revision), *flags], stdin="", redactor=redactor)

    def _written(self, deployed: Revision, folder: Path) -> Sequence[str]:
        """The folder, with the chart of the release record in it; and a flag, if its schema leads elsewhere."""
        with decodable(self.release, self.namespace):
            charts.write(deployed, folder)
            unchecked = charts.leads_elsewhere(folder)
        return [str(folder), *([WITHOUT_SCHEMA_OF_VALUES] if unchecked else [])]

    def _checked(self, deployed: Revision, source: str) -> tuple[str, ...]:
        """The arguments that name the chart at `source`, which is seen to be the deployed version."""
        local = Path(source).expanduser()
        if source.startswith("-") and not local.exists():
            raise FindingError(
                CATALOGUE.finding("chart-name-invalid", where="smtp_chart", source=source)
            )
        arguments = (
            (str(local.resolve()),)
            if local.exists()
            else (source, "--version", deployed.chart_version)
        )
        looking = replace(self, failure="chart-not-found")
        shown = looking._call(["show", "chart", *arguments], stdin="", redactor=Redactor(()))
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
            done = self.runner(argv, stdin, self.environment, self.seconds)
        except TimeoutError:
            raise
        except OSError as error:
            raise FindingError(
                CATALOGUE.finding(
                    "helm-missing", where="smtp_helm", command=self.command, problem=error.strerror
                )
            ) from error
        if done.returncode != 0:
            words = redactor.clean(done.stderr.strip() or done.stdout.strip())
            words = Redactor(self.hidden).clean(words)
            ended = f"it {ending.in_words(done.returncode)}"
            if ending.signal_of(done.returncode) is not None:
                words = f"{ended}. It said: {words}" if words else ended
            meanwhile = any(sign in words for sign in MEANWHILE)
            raise FindingError(
                CATALOGUE.finding(
                    "release-changed-meanwhile" if meanwhile else self.failure,
                    where=f"release {self.release}",
                    action=arguments[0],
                    release=self.release,
                    namespace=self.namespace,
                    text=words or f"it said nothing, and {ended.removeprefix('it ')}",
                )
            )
        return done.stdout


def _name_and_version(chart_yaml: str) -> tuple[str, str]:
    """What a Chart.yaml says of itself."""
    try:
        chart = parse.yaml_document(chart_yaml)
    except parse.UnreadableError:
        chart = None
    if not isinstance(chart, dict):
        return "no chart", "at all"
    return str(chart.get("name")), str(chart.get("version"))
