# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether NetworkPolicies let a pod out to the relay. Pure: API objects in, names and a policy out.

Policies of networking.k8s.io/v1 only; those of a network plugin's own kinds are not seen.
https://kubernetes.io/docs/concepts/services-networking/network-policies/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

NAMESPACE_LABEL = "kubernetes.io/metadata.name"
"""The label that the API server gives every namespace."""

Policy = Mapping[str, Any]
Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Peer:
    """A pod that the relay runs in.

    :param ports: its named ports.
    """

    namespace: str
    labels: Mapping[str, str]
    namespace_labels: Mapping[str, str]
    ports: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Destination:
    """Where the mail goes to.

    :param port: that the traffic arrives at; behind a Service the pods' own.
    :param addresses: empty when they are not known.
    :param peers: the pods of a relay in this cluster; `None` when it is not known whether there are.
    """

    port: int
    protocol: str = "TCP"
    addresses: tuple[Address, ...] = ()
    peers: tuple[Peer, ...] | None = ()


def addresses(texts: Iterable[str]) -> tuple[Address, ...]:
    """Addresses out of texts; what is none, such as a name, is left out."""
    found = []
    for text in texts:
        try:
            found.append(ip_address(text.strip("[]").partition("%")[0]))
        except ValueError:
            continue
    return tuple(dict.fromkeys(found))


def blocking(
    policies: Iterable[Policy],
    namespace: str,
    labels: Mapping[str, str],
    destination: Destination,
) -> tuple[str, ...]:
    """The policies that together keep the pod from a destination; none when it is let out.

    What cannot be told, such as an address that is not known, counts as let out.

    :param policies: those of the pod's namespace.
    :param labels: the pod's.
    """
    chosen = _isolating(policies, labels)
    rules = [rule for policy in chosen for rule in policy["spec"].get("egress") or []]
    if any(_lets(rule, namespace, destination) for rule in rules):
        return ()
    return _names(chosen)


def blocking_names(policies: Iterable[Policy], labels: Mapping[str, str]) -> tuple[str, ...]:
    """The policies that keep the pod from every DNS server; none when one may be reached."""
    chosen = _isolating(policies, labels)
    unknown = [Destination(53, protocol, (), None) for protocol in ("UDP", "TCP")]
    rules = [rule for policy in chosen for rule in policy["spec"].get("egress") or []]
    if any(_lets_port(rule, dns) for rule in rules for dns in unknown):
        return ()
    return _names(chosen)


def allowing(
    *,
    name: str,
    namespace: str,
    selector: Mapping[str, Any],
    destination: Destination,
    dns: bool,
) -> dict[str, Any]:
    """The policy that lets the pods out to a relay.

    A public relay is let through by its port alone, because its addresses change.

    :param selector: of the pods.
    :param dns: whether it has to let them out to the DNS too.
    """
    rule: dict[str, Any] = {"ports": [{"protocol": "TCP", "port": destination.port}]}
    private = [address for address in destination.addresses if not address.is_global]
    if destination.peers:
        rule["to"] = _selectors(destination.peers)
    elif private and len(private) == len(destination.addresses):
        rule["to"] = [
            {"ipBlock": {"cidr": f"{address}/{address.max_prefixlen}"}} for address in private
        ]
    rules = [rule]
    if dns:
        rules.append({"ports": [{"protocol": name, "port": 53} for name in ("UDP", "TCP")]})
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "podSelector": dict(selector),
            "policyTypes": ["Egress"],
            "egress": rules,
        },
    }


def matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Whether a label selector means something with these labels; an empty one means everything."""
    wanted = selector.get("matchLabels") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    return all(_expression(entry, labels) for entry in selector.get("matchExpressions") or [])


def _expression(entry: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = entry["key"], entry.get("values") or []
    return bool(
        {
            "In": labels.get(key) in values,
            "NotIn": labels.get(key) not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }[entry["operator"]]
    )


def _isolating(policies: Iterable[Policy], labels: Mapping[str, str]) -> list[Policy]:
    """The policies after which the pod may send only what some rule allows."""
    return [
        policy
        for policy in policies
        if "Egress" in _types(policy["spec"])
        and matches(policy["spec"].get("podSelector") or {}, labels)
    ]


def _types(spec: Mapping[str, Any]) -> Sequence[str]:
    return spec.get("policyTypes") or ("Ingress", *(["Egress"] if spec.get("egress") else []))


def _names(policies: Iterable[Policy]) -> tuple[str, ...]:
    return tuple(sorted(policy["metadata"]["name"] for policy in policies))


def _lets(rule: Mapping[str, Any], namespace: str, destination: Destination) -> bool:
    peers = rule.get("to") or []
    if not peers:
        return _lets_port(rule, destination)
    return any(_reaches(peer, rule, namespace, destination) for peer in peers)


def _reaches(
    peer: Mapping[str, Any], rule: Mapping[str, Any], namespace: str, destination: Destination
) -> bool:
    block = peer.get("ipBlock")
    if block is not None:
        known = destination.addresses
        inside = any(_in_block(address, block) for address in known) if known else True
        return inside and _lets_port(rule, destination)
    if destination.peers is None:
        return _lets_port(rule, destination)
    return any(
        _selected(peer, namespace, pod) and _lets_port(rule, destination, pod.ports)
        for pod in destination.peers
    )


def _selected(peer: Mapping[str, Any], namespace: str, pod: Peer) -> bool:
    inside = peer.get("namespaceSelector")
    there = pod.namespace == namespace if inside is None else matches(inside, pod.namespace_labels)
    return there and matches(peer.get("podSelector") or {}, pod.labels)


def _in_block(address: Address, block: Mapping[str, Any]) -> bool:
    if not _inside(address, block["cidr"]):
        return False
    return not any(_inside(address, cidr) for cidr in block.get("except") or [])


def _inside(address: Address, cidr: str) -> bool:
    network = ip_network(cidr, strict=False)
    return network.version == address.version and address in network


def _lets_port(
    rule: Mapping[str, Any], destination: Destination, named: Mapping[str, int] | None = None
) -> bool:
    ports = rule.get("ports") or []
    return not ports or any(_is_port(entry, destination, named or {}) for entry in ports)


def _is_port(entry: Mapping[str, Any], destination: Destination, named: Mapping[str, int]) -> bool:
    if entry.get("protocol", "TCP") != destination.protocol:
        return False
    port = entry.get("port")
    if port is None:
        return True
    if isinstance(port, str):
        # The name is one of the other pod's; what is no pod of the cluster has none.
        return named.get(port) == destination.port or destination.peers is None
    return bool(port <= destination.port <= entry.get("endPort", port))


def _selectors(peers: Sequence[Peer]) -> list[dict[str, Any]]:
    """One peer for each namespace, by the labels that all of its pods share."""
    found = []
    for namespace in dict.fromkeys(peer.namespace for peer in peers):
        pods = [peer.labels.items() for peer in peers if peer.namespace == namespace]
        shared = set(pods[0]).intersection(*pods)
        found.append(
            {
                "namespaceSelector": {"matchLabels": {NAMESPACE_LABEL: namespace}},
                "podSelector": {"matchLabels": dict(sorted(shared))},
            }
        )
    return found
