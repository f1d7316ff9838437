# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resolver asks real servers, and tells what is not there from what could not be asked."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.names.client import Client
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.resolver import (
    LookupFailed,
    NameNotFound,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.names.dns_server import (
    DnsServer,
    text,
)

ZONE = {
    "example.org": {
        "MX": ["20 b.example.org.", "10 a.example.org."],
        "TXT": ['"v=spf1 " "-all"', '"other"'],
        "A": ["192.0.2.1"],
        "AAAA": ["2001:db8::1"],
    },
    "null.example.org": {"MX": ["0 ."]},
    "long.example.org": {"TXT": [text("x" * 900)]},
    "1.2.0.192.in-addr.arpa": {"PTR": ["a.example.org."]},
}


def client(server: DnsServer, seconds: float = 2.0) -> Client:
    return Client(["127.0.0.1"], port=server.port, seconds=seconds)


def test_records_are_read_in_their_form() -> None:
    with DnsServer(ZONE) as server:
        resolver = client(server)
        assert resolver.exchangers("example.org") == ("a.example.org", "b.example.org")
        assert resolver.exchangers("null.example.org") == (".",)
        assert set(resolver.texts("example.org")) == {"v=spf1 -all", "other"}
        assert resolver.addresses("example.org") == (
            ip_address("192.0.2.1"),
            ip_address("2001:db8::1"),
        )
        assert resolver.pointers(ip_address("192.0.2.1")) == ("a.example.org",)


def test_an_answer_that_is_too_long_for_udp_comes_by_tcp() -> None:
    with DnsServer(ZONE) as server:
        assert client(server).texts("long.example.org") == ("x" * 900,)
        assert server.by_tcp == 1


def test_a_name_without_such_a_record_has_an_empty_answer() -> None:
    with DnsServer(ZONE) as server:
        assert client(server).exchangers("long.example.org") == ()


def test_a_name_that_does_not_exist_is_told_apart() -> None:
    with DnsServer(ZONE) as server, pytest.raises(NameNotFound, match=r"no\.example\.org"):
        client(server).texts("no.example.org")


def test_a_failing_server_a_silent_one_and_an_impossible_name_are_failures() -> None:
    with DnsServer(ZONE, failing=["example.org"], silent=["null.example.org"]) as server:
        resolver = client(server, seconds=0.3)
        for name in ("example.org", "null.example.org", "a..b", "x" * 64 + ".org"):
            with pytest.raises(LookupFailed):
                resolver.texts(name)


def test_nothing_is_asked_twice() -> None:
    with DnsServer(ZONE) as server:
        resolver = client(server)
        assert resolver.texts("example.org") == resolver.texts("example.org")
        assert server.asked == [("example.org", "TXT")]
