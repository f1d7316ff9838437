# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the roots that an image trusts, out of a container that runs."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import runs
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import ExecError
from ansible_collections.mailops.smtp.plugins.plugin_utils.description import pem
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.patch import Object

FILES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Alpine, Wolfi, distroless
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # RHEL, UBI, Fedora
    "/etc/pki/tls/certs/ca-bundle.crt",  # older RHEL, Amazon Linux
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # Alpine without its bundle
)
"""Where images have them; the first that is there counts, as for https://pkg.go.dev/crypto/x509."""

_COMMAND = "cat"


def read(cluster: Cluster, state: Object, workload: Workload) -> str:
    """The certificates in the image of a workload's container; empty when it has none.

    :param state: the workload.
    :raises ExecError: when no container runs, or nothing can be run in it.
    :raises FindingError: when the pods cannot be listed.
    """
    pods = cluster.own_pods(state)
    names = [pod["metadata"]["name"] for pod in pods if runs(pod, workload.container)]
    if not names:
        raise ExecError("no container of it runs")
    for path in FILES:
        done = cluster.execute(names[0], workload.container, (_COMMAND, path))
        found = pem.certificates(done.stdout.decode("utf-8", "replace"))
        if done.returncode == 0 and found:
            return found
    return ""
