# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A managed host: a pod of the test cluster with an SSH server and a Python, as any server has them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster.kubectl import Kubectl
from tests.images.build import Image, build
from tests.relays.workload import LoadsImages

MANAGED_HOST = Image(
    name="mailops.test/managed-host:1",
    packages=("busybox-static", "openssh-server", "python3"),
    setup=(
        "/bin/busybox --install -s",
        # What the maintainer scripts would do.
        "printf '%s\n' root:*:0:0::/root:/bin/sh sshd:x:101:65534::/run/sshd:/bin/false > /etc/passwd",
        "printf '%s\n' root:x:0: nogroup:x:65534: > /etc/group",
        "mkdir -m 0700 /root",
    ),
    env={"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
)

_SERVE = """\
mkdir -p /run/sshd
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/host_key
exec /usr/sbin/sshd -D -e -f /dev/null -h /etc/ssh/host_key -o UsePAM=no -o StrictModes=no \
  -o AuthorizedKeysFile=/etc/ssh/authorized/key
"""


@dataclass(frozen=True)
class ManagedHost:
    """A host that is up, and how to reach it."""

    name: str
    namespace: str
    address: str
    key: Path
    kubectl: Kubectl

    @property
    def variables(self) -> dict[str, Any]:
        """What an inventory says of it."""
        options = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
        return {
            "ansible_connection": "ssh",
            "ansible_host": self.address,
            "ansible_user": "root",
            "ansible_ssh_private_key_file": str(self.key),
            "ansible_ssh_common_args": options,
        }

    def files(self, since: str) -> list[str]:
        """The files that were written after another one was."""
        found = self.run("find", "/root", "/tmp", "/var", "-newer", since, "-type", "f")
        return found.splitlines()

    def run(self, *command: str) -> str:
        """What a command prints there."""
        return self.kubectl.run("-n", self.namespace, "exec", self.name, "--", *command)


def deploy(
    kubectl: Kubectl, node: LoadsImages, *, name: str, namespace: str, folder: Path
) -> ManagedHost:
    """A host in a namespace that is there already; it goes with it.

    :param folder: for the key of its user.
    """
    node.load(build(MANAGED_HOST))
    key = folder / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    public = key.with_suffix(".pub").read_text(encoding="ascii")
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": {"key": public},
    }
    container = {
        "name": "host",
        "image": MANAGED_HOST.name,
        "imagePullPolicy": "IfNotPresent",
        "command": ["sh", "-c", _SERVE],
        "readinessProbe": {"tcpSocket": {"port": 22}, "periodSeconds": 1},
        "volumeMounts": [{"name": "authorized", "mountPath": "/etc/ssh/authorized"}],
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "terminationGracePeriodSeconds": 1,
            "enableServiceLinks": False,
            "containers": [container],
            "volumes": [{"name": "authorized", "secret": {"secretName": name}}],
        },
    }
    for manifest in (secret, pod):
        kubectl.apply(json.dumps(manifest))
    kubectl.run("-n", namespace, "wait", "--for=condition=Ready", f"pod/{name}", "--timeout=60s")
    address = kubectl.json("-n", namespace, "get", "pod", name)["status"]["podIP"]
    return ManagedHost(name, namespace, address, key, kubectl)
