# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of the node: their configuration files and command lines.

Everything is written below one folder of the node's own /run. Configuration that the parts read
as YAML is written as JSON, which YAML includes, so that no name needs quoting.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.cluster import pki
from tests.cluster.layout import AUDIT
from tests.cluster.network import Addresses

NODE = "mailops-node"
API_PORT = 6443
PAUSE_IMAGE = "mailops.test/pause:1"
CONTAINERD = Path("/run/containerd/containerd.sock")
ETCD_PORT = 2379

# User and groups of each client of the API server; the names are those that the built-in RBAC
# roles are bound to (kubernetes.io/docs/reference/access-authn-authz/rbac).
_IDENTITIES: dict[str, tuple[str, str]] = {
    "admin": ("mailops-admin", "system:masters"),
    "kube-controller-manager": ("system:kube-controller-manager", ""),
    "kube-scheduler": ("system:kube-scheduler", ""),
    "kubelet": (f"system:node:{NODE}", "system:nodes"),
    "kube-proxy": ("system:kube-proxy", ""),
    "coredns": ("mailops-coredns", ""),
}

_AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [
        {"level": "None", "userGroups": ["system:serviceaccounts:kube-system"]},
        {"level": "Metadata", "userGroups": ["system:serviceaccounts"]},
        {"level": "None"},
    ],
}
"""Who and what, without what was sent (kubernetes.io/docs/tasks/debug/debug-cluster/audit)."""


@dataclass(frozen=True)
class Installation:
    """One node's files.

    :param bin: folder of the binaries.
    :param folder: where configuration goes; gone with the node.
    :param images: containerd's store.
    """

    bin: Path
    folder: Path
    images: Path
    addresses: Addresses
    tokens: dict[str, str] = field(
        default_factory=lambda: {name: secrets.token_hex(16) for name in _IDENTITIES}
    )

    @property
    def server(self) -> str:
        """The API server's URL, the same for node and host."""
        return f"https://{self.addresses.node}:{API_PORT}"

    @property
    def certificates(self) -> pki.Certificates:
        return pki.Certificates(self.folder / "pki")

    def kubeconfig(self, identity: str) -> str:
        """A kubeconfig's text for one of the identities."""
        name = "mailops-test"
        ca = self.certificates.ca
        return _json(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [
                    {
                        "name": name,
                        "cluster": {
                            "server": self.server,
                            "certificate-authority-data": _base64(ca.read_bytes()),
                        },
                    }
                ],
                "users": [{"name": name, "user": {"token": self.tokens[identity]}}],
                "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
                "current-context": name,
            }
        )

    def write(self) -> None:
        """Write all configuration files."""
        self.folder.mkdir(mode=0o700)
        addresses = self.addresses
        pki.create(
            self.folder / "pki",
            [
                f"IP:{addresses.node}",
                f"IP:{addresses.api}",
                "IP:127.0.0.1",
                "DNS:kubernetes.default.svc.cluster.local",
                "DNS:kubernetes.default.svc",
            ],
        )
        rows = (
            f'{self.tokens[name]},{user},{name},"{groups}"'
            for name, (user, groups) in _IDENTITIES.items()
        )
        files = {
            "tokens.csv": "\n".join(rows),
            "audit.json": _json(_AUDIT_POLICY),
            "containerd.toml": _containerd(self),
            "cni/mailops.conflist": _json(_cni(self)),
            "kubelet.yaml": _json(_kubelet(self)),
            "kube-proxy.yaml": _json(_kube_proxy(self)),
            "Corefile": _corefile(self),
            "resolv.conf": f"nameserver {addresses.dns}\n",
            **{f"{name}.kubeconfig": self.kubeconfig(name) for name in _IDENTITIES},
        }
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def command(self, name: str) -> list[str]:
        """The command line of a part."""
        return [str(self.bin / name), *_ARGUMENTS[name](self)]


def _etcd(it: Installation) -> list[str]:
    client = f"http://127.0.0.1:{ETCD_PORT}"
    return [
        f"--data-dir={it.folder}/etcd",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        "--listen-peer-urls=http://127.0.0.1:2380",
        # The data is worth nothing after a power failure.
        "--unsafe-no-fsync",
        "--log-level=warn",
    ]


def _kube_apiserver(it: Installation) -> list[str]:
    certificates = it.certificates
    client, server = certificates.kubelet_client, certificates.server
    return [
        f"--etcd-servers=http://127.0.0.1:{ETCD_PORT}",
        f"--advertise-address={it.addresses.node}",
        f"--secure-port={API_PORT}",
        f"--service-cluster-ip-range={it.addresses.services}",
        f"--tls-cert-file={server}",
        f"--tls-private-key-file={pki.key_of(server)}",
        f"--cert-dir={it.folder}/kube-apiserver",
        f"--token-auth-file={it.folder}/tokens.csv",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={certificates.service_accounts}",
        f"--service-account-signing-key-file={certificates.service_accounts}",
        f"--kubelet-client-certificate={client}",
        f"--kubelet-client-key={pki.key_of(client)}",
        # Else exec and logs try to resolve the node's name.
        "--kubelet-preferred-address-types=InternalIP",
        "--allow-privileged=true",
        f"--audit-policy-file={it.folder}/audit.json",
        f"--audit-log-path=/var/log/{AUDIT}",
    ]


def _kube_controller_manager(it: Installation) -> list[str]:
    return [
        f"--kubeconfig={it.folder}/kube-controller-manager.kubeconfig",
        # One static range of pod addresses: see _cni.
        "--controllers=*,-nodeipam",
        "--use-service-account-credentials=true",
        # How often it looks whether the node is ready and takes away the taint.
        "--node-monitor-period=500ms",
        # Each controller asks for a token of its own at the start.
        "--kube-api-qps=500",
        "--kube-api-burst=500",
        f"--service-account-private-key-file={it.certificates.service_accounts}",
        f"--root-ca-file={it.certificates.ca}",
        f"--cert-dir={it.folder}/kube-controller-manager",
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
    ]


def _kube_scheduler(it: Installation) -> list[str]:
    return [
        f"--kubeconfig={it.folder}/kube-scheduler.kubeconfig",
        f"--cert-dir={it.folder}/kube-scheduler",
        "--bind-address=127.0.0.1",
        "--leader-elect=false",
    ]


def _kubelet_arguments(it: Installation) -> list[str]:
    return [
        f"--config={it.folder}/kubelet.yaml",
        f"--kubeconfig={it.folder}/kubelet.kubeconfig",
        f"--hostname-override={NODE}",
        f"--node-ip={it.addresses.node}",
        f"--root-dir={it.folder}/kubelet",
        f"--cert-dir={it.folder}/kubelet-pki",
    ]


_ARGUMENTS: dict[str, Callable[[Installation], list[str]]] = {
    "etcd": _etcd,
    "containerd": lambda it: [f"--config={it.folder}/containerd.toml"],
    "kube-apiserver": _kube_apiserver,
    "kube-controller-manager": _kube_controller_manager,
    "kube-scheduler": _kube_scheduler,
    "kubelet": _kubelet_arguments,
    "kube-proxy": lambda it: [f"--config={it.folder}/kube-proxy.yaml"],
    "coredns": lambda it: [f"-conf={it.folder}/Corefile"],
}
NAMES = tuple(_ARGUMENTS)


def _containerd(it: Installation) -> str:
    # AppArmor profiles and the folders of the opt plugin belong to the host.
    # restrict_oom_score_adj: without CAP_SYS_RESOURCE runc fails on lowering the score.
    return f"""\
version = 3
root = "{it.images}"
state = "/run/containerd"
temp = "{it.folder}/tmp"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri"]

[grpc]
  address = "{CONTAINERD}"

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "{PAUSE_IMAGE}"

[plugins.'io.containerd.cri.v1.runtime']
  disable_apparmor = true
  restrict_oom_score_adj = true

[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ["{it.bin}"]
  conf_dir = "{it.folder}/cni"
"""


def _cni(it: Installation) -> object:
    # ptp routes each pod over a link of its own. With a bridge, pods would answer each other
    # behind kube-proxy's back unless the host has the module br_netfilter.
    plugin = {
        "type": "ptp",
        "ipam": {
            "type": "host-local",
            "ranges": [[{"subnet": str(it.addresses.pods)}]],
            "routes": [{"dst": "0.0.0.0/0"}],
            "dataDir": f"{it.folder}/ipam",
        },
    }
    return {"cniVersion": "1.0.0", "name": "mailops", "plugins": [plugin]}


def _kubelet(it: Installation) -> object:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "containerRuntimeEndpoint": f"unix://{CONTAINERD}",
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(it.certificates.ca)},
        },
        "authorization": {"mode": "Webhook"},
        "clusterDNS": [str(it.addresses.dns)],
        "clusterDomain": "cluster.local",
        "resolvConf": f"{it.folder}/resolv.conf",
        "volumePluginDir": f"{it.folder}/volume-plugins",
        # The host's memory and disk are not this node's to guard, and an image that was
        # collected could not be pulled again.
        "evictionHard": {
            "memory.available": "0%",
            "nodefs.available": "0%",
            "nodefs.inodesFree": "0%",
            "imagefs.available": "0%",
            "imagefs.inodesFree": "0%",
        },
        "imageGCHighThresholdPercent": 100,
        "localStorageCapacityIsolation": False,
        "failSwapOn": False,
        "failCgroupV1": False,
        "cgroupDriver": "cgroupfs",
        "cgroupsPerQOS": False,
        "enforceNodeAllocatable": [],
        "oomScoreAdj": 0,
    }


def _kube_proxy(it: Installation) -> object:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": f"{it.folder}/kube-proxy.kubeconfig"},
        "hostnameOverride": NODE,
        "mode": "iptables",
        # There are few Services: a new one need not wait to be handled together with others.
        "iptables": {"minSyncPeriod": "50ms"},
        # The host's address lies in the block too: like a pod's, it reaches a Service's pod
        # unchanged, so that a relay sees who the client is.
        "clusterCIDR": str(it.addresses.block),
        # Connection tracking has one size for all network namespaces, and it is the host's.
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
        "oomScoreAdj": 0,
    }


def _corefile(it: Installation) -> str:
    # Nothing is forwarded: a name outside the cluster does not exist.
    return f"""\
cluster.local:53 in-addr.arpa:53 {{
    bind {it.addresses.node}
    errors
    kubernetes {{
        kubeconfig {it.folder}/coredns.kubeconfig
        ttl 1
    }}
}}
.:53 {{
    bind {it.addresses.node}
    template ANY ANY {{
        rcode NXDOMAIN
    }}
}}
"""


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")
