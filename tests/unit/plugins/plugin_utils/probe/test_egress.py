# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether NetworkPolicies let a pod out to the relay, as the API's documentation defines it."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.egress import (
    Destination,
    Peer,
    addresses,
    allowing,
    blocking,
    blocking_names,
    matches,
)

POD = {"app": "hub", "tier": "web"}
OUTSIDE = Destination(587, addresses=(ip_address("192.0.2.25"),))
RELAY = Peer(
    "mail",
    {"app": "relay"},
    {"team": "mail", "kubernetes.io/metadata.name": "mail"},
    {"submission": 587},
)
INSIDE = Destination(587, addresses=(ip_address("10.8.0.4"),), peers=(RELAY,))
UNKNOWN = Destination(587, peers=None)


def policy(name: str = "p", *rules: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name},
        "spec": {
            "podSelector": {},
            "policyTypes": ["Ingress", "Egress"],
            "egress": list(rules),
            **spec,
        },
    }


def block(cidr: str, *other: str) -> dict[str, Any]:
    return {"to": [{"ipBlock": {"cidr": cidr, "except": list(other)}}]}


def port(number: int | str | None, **more: Any) -> dict[str, Any]:
    entry = {"protocol": "TCP", **more}
    return {"ports": [entry if number is None else {**entry, "port": number}]}


def let_out(destination: Destination, *rules: dict[str, Any]) -> bool:
    return not blocking([policy("p", *rules)], "apps", POD, destination)


class TestWhichPoliciesCount:
    def test_without_a_policy_everything_is_let_out(self) -> None:
        assert blocking([], "apps", POD, OUTSIDE) == ()

    def test_a_policy_without_rules_keeps_everything_in(self) -> None:
        assert blocking([policy("deny")], "apps", POD, OUTSIDE) == ("deny",)

    @pytest.mark.parametrize(
        ("selector", "counts"),
        [
            ({}, True),
            ({"matchLabels": {"app": "hub"}}, True),
            ({"matchLabels": {"app": "hub", "tier": "db"}}, False),
            ({"matchLabels": {"other": "hub"}}, False),
        ],
    )
    def test_only_a_policy_that_selects_the_pod_counts(
        self, selector: dict[str, Any], counts: bool
    ) -> None:
        found = blocking([policy("deny", podSelector=selector)], "apps", POD, OUTSIDE)
        assert bool(found) is counts

    @pytest.mark.parametrize(
        ("spec", "counts"),
        [
            ({"policyTypes": ["Egress"]}, True),
            ({"policyTypes": ["Ingress"]}, False),
            ({"policyTypes": []}, False),
            ({"policyTypes": [], "egress": [block("203.0.113.0/24")]}, True),
        ],
    )
    def test_a_policy_for_what_comes_in_does_not_count(
        self, spec: dict[str, Any], counts: bool
    ) -> None:
        assert bool(blocking([policy("p", **spec)], "apps", POD, OUTSIDE)) is counts

    def test_one_policy_that_lets_it_out_is_enough(self) -> None:
        found = [policy("deny"), policy("allow", port(587)), policy("other", port(443))]
        assert blocking(found, "apps", POD, OUTSIDE) == ()

    def test_all_that_keep_it_in_are_named_in_order(self) -> None:
        found = [policy("web", port(443)), policy("deny"), policy("not-ours", podSelector=NOT_OURS)]
        assert blocking(found, "apps", POD, OUTSIDE) == ("deny", "web")


NOT_OURS = {"matchLabels": {"app": "other"}}


class TestPorts:
    def test_a_rule_without_ports_lets_all_out(self) -> None:
        assert let_out(OUTSIDE, {})

    @pytest.mark.parametrize(
        ("rule", "out"),
        [
            (port(587), True),
            (port(465), False),
            (port(None), True),
            (port(500, endPort=600), True),
            (port(500, endPort=587), True),
            (port(500, endPort=586), False),
            (port(588, endPort=600), False),
            (port(587, protocol="UDP"), False),
            ({"ports": [{"port": 587}]}, True),
            ({"ports": [{"port": 25}, {"port": 587}]}, True),
            (port("submission"), False),
        ],
    )
    def test_the_port_and_its_protocol_must_fit(self, rule: dict[str, Any], out: bool) -> None:
        assert let_out(OUTSIDE, rule) is out

    @pytest.mark.parametrize(("name", "out"), [("submission", True), ("smtp", False)])
    def test_a_named_port_is_one_of_the_relays_pods(self, name: str, out: bool) -> None:
        rule = {"to": [{"namespaceSelector": {}}], **port(name)}
        assert let_out(INSIDE, rule) is out


class TestAddresses:
    @pytest.mark.parametrize(
        ("rule", "out"),
        [
            (block("0.0.0.0/0"), True),
            (block("192.0.2.0/24"), True),
            (block("192.0.2.25/32"), True),
            (block("198.51.100.0/24"), False),
            (block("0.0.0.0/0", "192.0.2.0/24"), False),
            (block("0.0.0.0/0", "10.0.0.0/8"), True),
            (block("::/0"), False),
            ({**block("192.0.2.0/24"), **port(587)}, True),
            ({**block("192.0.2.0/24"), **port(25)}, False),
        ],
    )
    def test_an_outside_relay_must_be_in_a_block_and_not_excepted(
        self, rule: dict[str, Any], out: bool
    ) -> None:
        assert let_out(OUTSIDE, rule) is out

    def test_one_address_of_several_is_enough(self) -> None:
        both = Destination(587, addresses=addresses(["2001:db8::25", "192.0.2.25"]))
        assert let_out(both, block("2001:db8::/32"))

    def test_selectors_mean_no_outside_relay(self) -> None:
        assert not let_out(OUTSIDE, {"to": [{"namespaceSelector": {}}, {"podSelector": {}}]})

    def test_what_is_not_known_is_never_called_kept_in(self) -> None:
        assert let_out(Destination(587), block("10.0.0.0/8"))
        assert let_out(UNKNOWN, {"to": [{"podSelector": {"matchLabels": {"app": "x"}}}]})
        assert let_out(UNKNOWN, {"to": [{"podSelector": {}}], **port("smtp")})
        assert not let_out(UNKNOWN, {"to": [{"podSelector": {}}], **port(25)})


class TestARelayInTheCluster:
    @pytest.mark.parametrize(
        ("peer", "out"),
        [
            ({"namespaceSelector": {"matchLabels": {"team": "mail"}}}, True),
            ({"namespaceSelector": {"matchLabels": {"team": "web"}}}, False),
            ({"namespaceSelector": {}}, True),
            ({"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "relay"}}}, True),
            ({"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "x"}}}, False),
            ({"podSelector": {"matchLabels": {"app": "relay"}}}, False),
            ({"podSelector": {}}, False),
        ],
    )
    def test_is_meant_by_its_pods_labels_and_its_namespaces(
        self, peer: dict[str, Any], out: bool
    ) -> None:
        assert let_out(INSIDE, {"to": [peer]}) is out

    def test_in_the_same_namespace_is_meant_by_a_pod_selector_alone(self) -> None:
        own = Destination(587, peers=(Peer("apps", {"app": "relay"}, {}),))
        assert let_out(own, {"to": [{"podSelector": {"matchLabels": {"app": "relay"}}}]})


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ({"key": "app", "operator": "In", "values": ["hub", "x"]}, True),
        ({"key": "app", "operator": "In", "values": ["x"]}, False),
        ({"key": "app", "operator": "NotIn", "values": ["x"]}, True),
        ({"key": "gone", "operator": "NotIn", "values": ["x"]}, True),
        ({"key": "app", "operator": "Exists"}, True),
        ({"key": "gone", "operator": "Exists"}, False),
        ({"key": "gone", "operator": "DoesNotExist"}, True),
        ({"key": "app", "operator": "DoesNotExist"}, False),
    ],
)
def test_a_selector_may_have_expressions(expression: dict[str, Any], fits: bool) -> None:
    assert matches({"matchExpressions": [expression]}, POD) is fits
    both = {"matchLabels": {"app": "hub"}, "matchExpressions": [expression]}
    assert matches(both, POD) is fits


class TestTheDns:
    @pytest.mark.parametrize(
        ("rules", "kept"),
        [
            ([], True),
            ([port(587)], True),
            ([{}], False),
            ([port(53, protocol="UDP")], False),
            ([port(53)], False),
            ([{**block("10.96.0.10/32"), **port(53, protocol="UDP")}], False),
            ([{"to": [{"namespaceSelector": {}}], **port(53, protocol="UDP")}], False),
        ],
    )
    def test_must_be_reached_at_port_53(self, rules: list[dict[str, Any]], kept: bool) -> None:
        assert bool(blocking_names([policy("p", *rules)], POD)) is kept

    def test_is_reached_without_a_policy(self) -> None:
        assert blocking_names([], POD) == ()


class TestThePolicyToAdd:
    @staticmethod
    def added(destination: Destination, *, dns: bool = False) -> dict[str, Any]:
        return allowing(
            name="allow-smtp",
            namespace="apps",
            selector={"matchLabels": {"app": "hub"}},
            destination=destination,
            dns=dns,
        )

    @pytest.mark.parametrize(
        "destination",
        [
            OUTSIDE,
            INSIDE,
            UNKNOWN,
            Destination(25, addresses=addresses(["10.1.2.3"])),
            Destination(465, addresses=addresses(["fd00::25", "10.1.2.3"])),
            Destination(465, addresses=addresses(["8.8.8.8"])),
        ],
    )
    def test_lets_the_pod_out(self, destination: Destination) -> None:
        deny = policy("deny")
        assert blocking([deny], "apps", POD, destination)
        assert not blocking([deny, self.added(destination)], "apps", POD, destination)

    def test_lets_it_out_to_the_dns_where_that_is_missing(self) -> None:
        assert blocking_names([self.added(OUTSIDE)], POD)
        assert not blocking_names([self.added(OUTSIDE, dns=True)], POD)

    def test_names_the_pods_of_a_relay_in_the_cluster(self) -> None:
        [rule] = self.added(INSIDE)["spec"]["egress"]
        assert rule["to"] == [
            {
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "mail"}},
                "podSelector": {"matchLabels": {"app": "relay"}},
            }
        ]

    def test_limits_a_private_relay_to_its_address_and_a_public_one_to_its_port(self) -> None:
        [private] = self.added(Destination(25, addresses=addresses(["10.1.2.3"])))["spec"]["egress"]
        assert private["to"] == [{"ipBlock": {"cidr": "10.1.2.3/32"}}]
        [public] = self.added(Destination(465, addresses=addresses(["8.8.8.8"])))["spec"]["egress"]
        assert "to" not in public


def test_addresses_are_taken_out_of_what_a_probe_has_seen() -> None:
    assert addresses(["mail.example.com", "[2001:db8::1]", "10.0.0.1", "10.0.0.1", ""]) == (
        ip_address("2001:db8::1"),
        ip_address("10.0.0.1"),
    )
