# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The node's addresses, and the veth pair that joins it to the host.

One /16 block that no route of the host overlaps holds everything: pods, Services and the link.
The host needs one route for it, and that route is also the claim on the block: the kernel
refuses a second one, so that two nodes that start at the same moment get two blocks.
Link, route and claim vanish with the node's network namespace.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from tests.cluster.command import output
from tests.cluster.errors import ClusterError

NODE_INTERFACE = "eth0"

_CANDIDATES = [
    IPv4Network(f"{first}.{second}.0.0/16")
    for first, seconds in ((10, range(200, 250)), (172, range(16, 32)), (100, range(64, 128)))
    for second in seconds
]
"""Private blocks (RFC 1918) and, last, the shared address space (RFC 6598)."""


@dataclass(frozen=True)
class Addresses:
    """How one /16 block is divided."""

    block: IPv4Network

    @property
    def pods(self) -> IPv4Network:
        """The lower half of the block."""
        return next(self.block.subnets(new_prefix=17))

    @property
    def services(self) -> IPv4Network:
        """The third quarter of the block."""
        return list(self.block.subnets(new_prefix=18))[2]

    @property
    def api(self) -> IPv4Address:
        """The Service ``kubernetes``: Kubernetes gives it the range's first address."""
        return self.services[1]

    @property
    def dns(self) -> IPv4Address:
        """The Service ``kube-dns``."""
        return self.services[10]

    @property
    def link(self) -> IPv4Network:
        return list(self.block.subnets(new_prefix=30))[-1]

    @property
    def host(self) -> IPv4Address:
        """The host, as pods see it."""
        return self.link[1]

    @property
    def node(self) -> IPv4Address:
        """The node, as host and pods see it."""
        return self.link[2]


def free_blocks(routes: Iterable[IPv4Network]) -> Iterator[IPv4Network]:
    """The candidate blocks that overlap none of the routes."""
    taken = list(routes)
    return (block for block in _CANDIDATES if not any(map(block.overlaps, taken)))


def connect(interface: str, pid: int) -> Addresses:
    """Host side: join the network namespace of process ``pid`` to the host and claim a block."""
    _ip("link", "add", interface, "type", "veth", "peer", NODE_INTERFACE, "netns", str(pid))
    _ip("link", "set", interface, "up")
    for addresses in map(Addresses, free_blocks(host_routes())):
        address = f"{addresses.host}/{addresses.link.prefixlen}"
        _ip("address", "add", address, "dev", interface)
        try:
            _ip("route", "add", str(addresses.block), "via", str(addresses.node), "dev", interface)
        except ClusterError as error:
            if "File exists" not in str(error):
                raise
            _ip("address", "del", address, "dev", interface)
        else:
            return addresses
    raise ClusterError(
        "every block of addresses that the node could use overlaps a route of this host "
        "('ip route show table all'): free one /16, for example 10.200.0.0/16"
    )


def configure(addresses: Addresses) -> None:
    """Node side: bring up the loopback and the link.

    Whatever is neither pod, Service nor host goes into a black hole, as behind a firewall that
    drops: nothing that an application under test sends can leave this machine.
    """
    _ip("link", "set", "lo", "up")
    address = f"{addresses.node}/{addresses.link.prefixlen}"
    _ip("address", "add", address, "dev", NODE_INTERFACE)
    _ip("link", "set", NODE_INTERFACE, "up")
    _ip("route", "add", "blackhole", "default")
    # kube-proxy redirects what the node itself sends to a Service only after it has a route.
    _ip("route", "add", str(addresses.services), "dev", NODE_INTERFACE)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1", encoding="ascii")


def exists(interface: str) -> bool:
    return Path("/sys/class/net", interface).exists()


def host_routes() -> Iterator[IPv4Network]:
    """Every IPv4 route of this host but the default route, whatever its table."""
    routes = json.loads(_ip("-4", "-json", "route", "show", "table", "all"))
    destinations = (route["dst"] for route in routes)
    return (IPv4Network(dst) for dst in destinations if dst not in ("default", "0.0.0.0/0"))


def _ip(*arguments: str) -> str:
    return output(["ip", *arguments])
