# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from tests.cluster.network import Addresses, free_blocks


@pytest.fixture
def addresses() -> Addresses:
    return Addresses(IPv4Network("10.200.0.0/16"))


def test_pods_services_and_link_share_a_block_and_nothing_else(addresses: Addresses) -> None:
    parts = [addresses.pods, addresses.services, addresses.link]

    assert all(part.subnet_of(addresses.block) for part in parts)
    assert not any(a.overlaps(b) for a in parts for b in parts if a is not b)


def test_the_dns_service_is_a_service_address_and_not_that_of_the_api(addresses: Addresses) -> None:
    assert addresses.dns in addresses.services
    assert addresses.dns != addresses.api


def test_host_and_node_are_the_two_ends_of_the_link(addresses: Addresses) -> None:
    assert list(addresses.link.hosts()) == [addresses.host, addresses.node]


@pytest.mark.parametrize("route", ["10.200.0.0/16", "10.200.7.0/24", "10.200.0.1/32", "10.0.0.0/8"])
def test_a_block_that_a_route_overlaps_is_not_free(route: str) -> None:
    free = set(free_blocks([IPv4Network(route)]))

    assert IPv4Network("10.200.0.0/16") not in free
    assert free


def test_without_routes_every_candidate_is_free_and_private() -> None:
    assert all(
        any(block.subnet_of(IPv4Network(space)) for space in ("10.0.0.0/8", "172.16.0.0/12"))
        or block.subnet_of(IPv4Network("100.64.0.0/10"))
        for block in free_blocks([])
    )


def test_a_host_that_routes_all_private_space_leaves_nothing() -> None:
    routes = [IPv4Network(space) for space in ("10.0.0.0/8", "172.16.0.0/12", "100.64.0.0/10")]

    assert list(free_blocks(routes)) == []
