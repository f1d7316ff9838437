# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What create.yml and destroy.yml do on the cluster that MAILOPS_TEST_KUBECONFIG names."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.cluster.environment import KUBECONFIG_VARIABLE
from tests.cluster.kubectl import Kubectl
from tests.harness.lab import WITHOUT_MAIL, Lab


def install(release_name: str, user: str, password: str, ca_path: Path, kubeconfig: Path) -> None:
    """The relay with a user who may log in, and the application without mail.

    :param ca_path: file to write the relay's CA into (PEM).
    :param kubeconfig: file for that of somebody who may configure the release, and no more.
    """
    with tempfile.TemporaryDirectory(prefix="mailops-molecule-") as folder:
        lab = Lab.open(Path(folder))
        lab.relay.set_user(user, password)
        ca_path.write_text(lab.relay.ca_pem, encoding="ascii")
        release = lab.release(release_name)
        release.upgrade(WITHOUT_MAIL)
        release.wait()
        shutil.copy(lab.user(release, "configure-ca").kubeconfig, kubeconfig)


def remove(release_name: str) -> None:
    """The application with its namespace, to the end; the relay stays for others."""
    kubectl = Kubectl(Path(os.environ[KUBECONFIG_VARIABLE]))
    kubectl.run("delete", "namespace", release_name, "--ignore-not-found")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    installing = commands.add_parser("install", help="the user's password is read from stdin")
    installing.add_argument("release")
    installing.add_argument("--user", required=True)
    installing.add_argument("--ca-path", type=Path, required=True)
    installing.add_argument("--kubeconfig", type=Path, required=True)
    removing = commands.add_parser("remove")
    removing.add_argument("release")
    options = parser.parse_args()
    if KUBECONFIG_VARIABLE not in os.environ:
        parser.error(
            f"{KUBECONFIG_VARIABLE} names no cluster: "
            "run 'python -m tests.cluster run -- molecule test'"
        )
    if options.command == "install":
        password = sys.stdin.read()
        install(options.release, options.user, password, options.ca_path, options.kubeconfig)
    else:
        remove(options.release)


if __name__ == "__main__":
    main()
