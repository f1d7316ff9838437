# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster's DNS: what makes CoreDNS the Service kube-dns, and a question to it."""

from __future__ import annotations

import secrets
import socket
from ipaddress import IPv4Address

from tests.cluster.network import Addresses

_HEADER_SIZE = 12
_ONE_QUESTION = bytes.fromhex("0100 0001 0000 0000 0000")
"""Flags (recursion desired) and counts."""
_TYPE_A_CLASS_IN = bytes.fromhex("0001 0001")


def objects(addresses: Addresses) -> list[tuple[str, object]]:
    """API paths and objects: CoreDNS runs beside the cluster, and is its Service kube-dns."""
    rbac = "/apis/rbac.authorization.k8s.io/v1"
    service = "/api/v1/namespaces/kube-system/services"
    slices = "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices"
    ports = [{"name": name, "port": 53, "protocol": name.upper()} for name in ("udp", "tcp")]
    read = ["list", "watch"]
    return [
        (
            f"{rbac}/clusterroles",
            {
                "metadata": {"name": "mailops-coredns"},
                "rules": [
                    {
                        "apiGroups": [""],
                        "resources": ["endpoints", "services", "pods", "namespaces"],
                        "verbs": read,
                    },
                    {
                        "apiGroups": ["discovery.k8s.io"],
                        "resources": ["endpointslices"],
                        "verbs": read,
                    },
                ],
            },
        ),
        (
            f"{rbac}/clusterrolebindings",
            {
                "metadata": {"name": "mailops-coredns"},
                "roleRef": {
                    "apiGroup": "rbac.authorization.k8s.io",
                    "kind": "ClusterRole",
                    "name": "mailops-coredns",
                },
                "subjects": [
                    {
                        "apiGroup": "rbac.authorization.k8s.io",
                        "kind": "User",
                        "name": "mailops-coredns",
                    }
                ],
            },
        ),
        (
            service,
            {
                "metadata": {"name": "kube-dns"},
                "spec": {"clusterIP": str(addresses.dns), "ports": ports},
            },
        ),
        (
            slices,
            {
                "metadata": {
                    "name": "kube-dns",
                    "labels": {"kubernetes.io/service-name": "kube-dns"},
                },
                "addressType": "IPv4",
                "endpoints": [{"addresses": [str(addresses.node)]}],
                "ports": ports,
            },
        ),
    ]


def answers(server: IPv4Address, name: str, address: IPv4Address, seconds: float = 0.5) -> bool:
    """Ask ``server`` (RFC 1035 §4), past the machine's own resolver, whether it knows ``name``.

    :param address: what must be among the IPv4 addresses of the answer.

    :raises OSError: no answer within ``seconds``.
    """
    question = b"".join(bytes([len(part)]) + part.encode("ascii") for part in name.split("."))
    identifier = secrets.token_bytes(2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.settimeout(seconds)
        connection.connect((str(server), 53))
        connection.send(identifier + _ONE_QUESTION + question + b"\0" + _TYPE_A_CLASS_IN)
        reply = connection.recv(512)
    return reply[:2] == identifier and address.packed in reply[_HEADER_SIZE:]
