# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""kubectl against one cluster that is always named, never the caller's current context."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.cluster.build import bin_folder
from tests.cluster.errors import ClusterError


class KubectlError(ClusterError):
    """kubectl failed.

    :ivar stderr: what it said.
    :ivar code: its exit code, or None when it took too long.
    """

    def __init__(self, command: list[str], code: int | None, stderr: str) -> None:
        how = "took too long" if code is None else f"failed ({code})"
        super().__init__(f"'{shlex.join(command)}' {how}: {stderr.strip()}")
        self.code = code
        self.stderr = stderr


class Kubectl:
    """Runs the kubectl that was built here, else the one in PATH, with one kubeconfig.

    :param kubeconfig: the only cluster that this object talks to.
    :param environment: of the command; by default that of this process.
    """

    def __init__(self, kubeconfig: Path, environment: Mapping[str, str] | None = None) -> None:
        own = bin_folder() / "kubectl"
        self._binary = str(own if own.exists() else shutil.which("kubectl") or own)
        self._kubeconfig = kubeconfig
        self._environment = {**(os.environ if environment is None else environment)}
        self._environment.pop("KUBECONFIG", None)

    def run(self, *args: str, stdin: str | bytes | None = None, timeout: float = 60) -> str:
        """Run ``kubectl ARGS`` and return its standard output.

        :param timeout: seconds.
        :raises KubectlError: it failed or took too long.
        """
        command = ["kubectl", *args]
        try:
            done = subprocess.run(
                [self._binary, f"--kubeconfig={self._kubeconfig}", *args],
                input=stdin.encode() if isinstance(stdin, str) else stdin or b"",
                env=self._environment,
                capture_output=True,
                timeout=timeout,
                check=False,
            )
        except FileNotFoundError as error:
            raise ClusterError(
                f"there is no kubectl at {self._binary}: run 'python -m tests.cluster build'"
            ) from error
        except subprocess.TimeoutExpired as error:
            said = (error.stderr or b"").decode(errors="replace")
            raise KubectlError(command, None, said or f"no end after {timeout:.0f} s") from error
        if done.returncode != 0:
            raise KubectlError(command, done.returncode, done.stderr.decode(errors="replace"))
        return done.stdout.decode()

    def json(self, *args: str, timeout: float = 60) -> Any:
        """Run ``kubectl ARGS -o json`` and return what it printed as Python objects."""
        return json.loads(self.run(*args, "-o", "json", timeout=timeout))

    def apply(self, manifest: str, timeout: float = 60) -> str:
        """Create or update what a YAML or JSON text describes."""
        return self.run("apply", "-f", "-", stdin=manifest, timeout=timeout)
