# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the NetworkPolicies around a release, and says which of them keep its pods from the relay."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe import egress
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.egress import Destination, Peer
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload

_SERVICE = re.compile(r"([a-z0-9-]+)(?:\.([a-z0-9-]+)(?:\.svc(?:\..+)?)?)?\.?")
"""The forms of a Service's name in the DNS of a cluster; a name of two parts can be another's too."""


@dataclass(frozen=True)
class Relay:
    """Where mail goes to.

    :param seen: its addresses, as far as a probe has found them.
    """

    host: str
    port: int
    seen: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def blocked(cluster: Cluster, workloads: Iterable[Workload], relay: Relay) -> list[Finding]:
    """What the policies of the namespace do to mail for a relay."""
    try:
        policies = cluster.network_policies()
        if not policies:
            return []
        destination = _destination(cluster, relay)
        found = [_of(cluster, each, policies, relay, destination) for each in workloads]
    except FindingError as error:
        return [CATALOGUE.finding("egress-unproven", where=str(relay), problem=str(error))]
    return [finding for finding in found if finding is not None]


def _of(
    cluster: Cluster,
    workload: Workload,
    policies: Sequence[Mapping[str, Any]],
    relay: Relay,
    destination: Destination,
) -> Finding | None:
    """What they do to the pods of one workload."""
    state = cluster.workload(workload.kind, workload.name)
    if state is None:
        return None
    labels = state["spec"]["template"]["metadata"].get("labels") or {}
    way = egress.blocking(policies, cluster.namespace, labels, destination)
    is_name = not egress.addresses([relay.host])
    names = egress.blocking_names(policies, labels) if is_name else ()
    if not way and not names:
        return None
    policy = egress.allowing(
        name=f"allow-smtp-{workload.name}",
        namespace=cluster.namespace,
        selector=state["spec"]["selector"],
        destination=destination,
        dns=bool(names),
    )
    return CATALOGUE.finding(
        "egress-not-allowed" if way else "egress-to-dns-not-allowed",
        where=f"{workload} in namespace {cluster.namespace}",
        workload=workload,
        relay=relay,
        policies=", ".join(way or names),
        policy=json.dumps(policy),
    )


def _destination(cluster: Cluster, relay: Relay) -> Destination:
    host, port = relay.host, relay.port
    addresses = egress.addresses([host, *relay.seen])
    match = _SERVICE.fullmatch(host)
    if match is None or egress.addresses([host]):
        return Destination(port, addresses=addresses)
    name, namespace = match[1], match[2] or cluster.namespace
    try:
        service = cluster.service(name, namespace)
        if service is None:
            return Destination(port, addresses=addresses)
        return _behind(cluster, service, namespace, port)
    except FindingError:
        # Another namespace often cannot be read; then nothing is claimed about its pods.
        return Destination(port, addresses=(), peers=None)


def _behind(cluster: Cluster, service: Mapping[str, Any], namespace: str, port: int) -> Destination:
    """The pods behind a Service: policies count for them, and not for its own address."""
    spec = service["spec"]
    selector = spec.get("selector")
    if not selector:
        return Destination(port, addresses=(), peers=None)
    pods = cluster.pods({"matchLabels": selector}, namespace)
    outside = cluster.namespace_labels(namespace)
    peers = tuple(
        Peer(namespace, pod["metadata"].get("labels") or {}, outside, _ports(pod)) for pod in pods
    )
    target = next(
        (entry.get("targetPort", port) for entry in spec["ports"] if entry["port"] == port), port
    )
    if isinstance(target, str):
        named = [peer.ports[target] for peer in peers if target in peer.ports]
        target = named[0] if named else port
    addresses = egress.addresses(pod["status"].get("podIP", "") for pod in pods)
    return Destination(target, addresses=addresses, peers=peers or None)


def _ports(pod: Mapping[str, Any]) -> dict[str, int]:
    return {
        port["name"]: port["containerPort"]
        for container in pod["spec"]["containers"]
        for port in container.get("ports") or []
        if "name" in port
    }
