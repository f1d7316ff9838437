# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read around a release to say which NetworkPolicies keep its pods in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.policies import Relay, blocked
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload

API = Workload("Deployment", "hub-api", "api")
DNS = {"ports": [{"protocol": "UDP", "port": 53}]}
OUTSIDE = Relay("mail.example.com", 587, ("192.0.2.25",))


def policy(*rules: dict[str, Any]) -> dict[str, Any]:
    spec = {"podSelector": {}, "policyTypes": ["Egress"], "egress": list(rules)}
    return {"metadata": {"name": "deny"}, "spec": spec}


@dataclass
class Namespaces:
    """A cluster with a release, and perhaps with the relay."""

    policies: list[dict[str, Any]] = field(default_factory=list)
    services: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    relays: list[dict[str, Any]] = field(default_factory=list)
    forbidden: str = ""
    namespace: str = "apps"

    def _ask(self, what: str) -> None:
        if what == self.forbidden:
            problem = f"{what} is forbidden"
            raise FindingError(
                CATALOGUE.finding("cluster-rights-missing", where="x", problem=problem)
            )

    def network_policies(self) -> list[dict[str, Any]]:
        self._ask("networkpolicies")
        return self.policies

    def workload(self, kind: str, name: str) -> dict[str, Any]:
        labels = {"app": name}
        template = {"metadata": {"labels": labels}}
        return {"spec": {"selector": {"matchLabels": labels}, "template": template}}

    def service(self, name: str, namespace: str) -> dict[str, Any] | None:
        self._ask("services")
        return self.services.get((name, namespace))

    def pods(self, selector: Mapping[str, Any], namespace: str) -> list[dict[str, Any]]:
        return self.relays if (selector, namespace) == (RELAY_SELECTOR, "mail") else []

    def namespace_labels(self, namespace: str) -> dict[str, str]:
        return {"kubernetes.io/metadata.name": namespace}


RELAY_SELECTOR = {"matchLabels": {"app": "relay"}}
RELAY_POD = {
    "metadata": {"labels": {"app": "relay"}},
    "spec": {"containers": [{"ports": [{"name": "smtp", "containerPort": 2525}]}]},
    "status": {"podIP": "10.8.0.4"},
}


def service(target: int | str) -> dict[tuple[str, str], dict[str, Any]]:
    spec = {"selector": {"app": "relay"}, "ports": [{"port": 587, "targetPort": target}]}
    return {("relay", "mail"): {"spec": spec}}


def found(cluster: Namespaces, relay: Relay = OUTSIDE) -> list[Finding]:
    return blocked(cast("Cluster", cluster), [API], relay)


def added(finding: Finding) -> dict[str, Any]:
    """The spec of the policy to add."""
    text = finding.fix.partition("<<< ")[2].strip("'")
    spec: dict[str, Any] = json.loads(text)["spec"]
    return spec


def test_without_policies_nothing_is_said() -> None:
    assert found(Namespaces()) == []


def test_a_policy_in_the_way_is_named_with_workload_relay_and_the_one_to_add() -> None:
    [finding] = found(Namespaces([policy(DNS)]))
    assert (finding.code, finding.severity) == ("egress-not-allowed", "warning")
    assert finding.where == "Deployment hub-api in namespace apps"
    assert "mail.example.com:587" in finding.message
    assert "deny" in finding.message
    assert added(finding)["podSelector"] == {"matchLabels": {"app": "hub-api"}}
    assert len(added(finding)["egress"]) == 1


def test_where_the_dns_is_shut_off_too_the_policy_to_add_opens_it() -> None:
    [finding] = found(Namespaces([policy()]))
    assert len(added(finding)["egress"]) == 2


def test_the_dns_alone_is_named_when_the_relay_would_be_let_out() -> None:
    port = {"ports": [{"protocol": "TCP", "port": 587}]}
    [finding] = found(Namespaces([policy(port)]))
    assert finding.code == "egress-to-dns-not-allowed"


def test_a_relay_by_address_needs_no_dns() -> None:
    port = {"ports": [{"protocol": "TCP", "port": 587}]}
    assert found(Namespaces([policy(port)]), Relay("192.0.2.25", 587)) == []


def test_a_relay_in_the_cluster_is_known_by_the_pods_behind_its_service() -> None:
    relay = Relay("relay.mail.svc.cluster.local", 587, ("10.96.0.9",))
    for target in (2525, "smtp"):
        cluster = Namespaces([policy(DNS)], service(target), [RELAY_POD])
        [rule] = added(found(cluster, relay)[0])["egress"]
        assert rule["ports"] == [{"protocol": "TCP", "port": 2525}]
        assert rule["to"][0]["podSelector"] == RELAY_SELECTOR
        let_out = {**rule, "to": [{"namespaceSelector": {}}]}
        assert found(Namespaces([policy(DNS, let_out)], service(target), [RELAY_POD]), relay) == []


def test_a_service_that_cannot_be_read_is_never_called_kept_in_by_a_selector() -> None:
    somewhere = {"to": [{"podSelector": {"matchLabels": {"app": "other"}}}]}
    cluster = Namespaces([policy(DNS, somewhere)], forbidden="services")
    assert found(cluster, Relay("relay.mail.svc", 587)) == []


def test_policies_that_cannot_be_read_leave_it_unproven() -> None:
    [finding] = found(Namespaces(forbidden="networkpolicies"))
    assert (finding.code, finding.severity) == ("egress-unproven", "info")
    assert "networkpolicies is forbidden" in finding.message
