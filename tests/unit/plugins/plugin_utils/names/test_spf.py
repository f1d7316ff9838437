# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SPF policies are read and decided on as RFC 7208 says."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.plugin_utils.names import spf
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.client import Client
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.resolver import Address
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.names.dns_server import (
    DnsServer,
    Zone,
    text,
)

RELAY = "192.0.2.25"


def zone(record: str, **others: dict[str, list[str]]) -> Zone:
    """A zone in which example.org has a policy; ``_`` stands for a dot in other names."""
    named = {name.replace("_", "."): records for name, records in others.items()}
    return {"example.org": {"TXT": [text(record)]}, **named}


def read(records: Zone) -> tuple[spf.Policy | None, spf.Reading]:
    with DnsServer(records) as server:
        reading = spf.Reading(Client(["127.0.0.1"], port=server.port))
        return reading.policy("example.org"), reading


def result(records: Zone, address: str = RELAY) -> str:
    policy, _reading = read(records)
    assert policy is not None
    return policy.result(ip_address(address))


@pytest.mark.parametrize(
    ("record", "address", "expected"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", RELAY, "pass"),
        ("v=spf1 ip4:192.0.2.25 -all", "192.0.2.26", "fail"),
        ("v=spf1 ip4:192.0.2.25 ~all", "192.0.2.26", "softfail"),
        ("v=spf1 ip4:192.0.2.25 ?all", "192.0.2.26", "neutral"),
        ("v=spf1 ip4:192.0.2.25", "192.0.2.26", "neutral"),
        ("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::25", "pass"),
        ("v=spf1 ip6:2001:db8::/32 -all", RELAY, "fail"),
        ("v=spf1 -ip4:192.0.2.25 +all", RELAY, "fail"),
        ("V=SPF1 IP4:192.0.2.25 -ALL", RELAY, "pass"),
        ("v=spf1 unknown=x exp=why.example.org ip4:192.0.2.25 -all", RELAY, "pass"),
    ],
)
def test_a_policy_decides_on_an_address(record: str, address: str, expected: str) -> None:
    assert result(zone(record), address) == expected


HOST = {"A": [RELAY], "AAAA": ["2001:db8::25"]}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("v=spf1 a:mail.example.org -all", "pass"),
        ("v=spf1 a:mail.example.org/24 -all", "pass"),
        ("v=spf1 a -all", "fail"),
        ("v=spf1 mx:lists.example.org -all", "pass"),
        ("v=spf1 mx:lists.example.org//64 -all", "pass"),
        ("v=spf1 exists:mail.example.org -all", "pass"),
        ("v=spf1 exists:no.example.org -all", "fail"),
        ("v=spf1 include:other.example.org -all", "pass"),
        ("v=spf1 -include:other.example.org +all", "fail"),
        ("v=spf1 include:strict.example.org ~all", "softfail"),
        ("v=spf1 redirect=other.example.org", "pass"),
        ("v=spf1 redirect=strict.example.org", "fail"),
        ("v=spf1 ~all redirect=other.example.org", "softfail"),
    ],
)
def test_a_policy_may_lead_to_other_names(record: str, expected: str) -> None:
    records = zone(
        record,
        mail_example_org=HOST,
        lists_example_org={"MX": ["10 mail.example.org."]},
        other_example_org={"TXT": [text(f"v=spf1 ip4:{RELAY} -all")]},
        strict_example_org={"TXT": [text("v=spf1 -all")]},
    )
    assert result(records) == expected


@pytest.mark.parametrize("record", ["v=spf1 a:mail.example.org//64 -all", "v=spf1 a//64 -all"])
def test_a_length_for_ipv6_alone_does_not_touch_ipv4(record: str) -> None:
    records = dict(zone(record, mail_example_org=HOST))
    records["example.org"] = {**records["example.org"], **HOST}
    assert result(records, "2001:db8::ffff") == "pass"
    assert result(records, "192.0.2.26") == "fail"


def test_a_domain_without_a_record_has_no_policy() -> None:
    assert read({"example.org": {"TXT": [text("v=spf10 +all"), text("spf1")]}})[0] is None
    assert read({})[0] is None


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ("v=spf1 ipv4:192.0.2.25 -all", "unknown term 'ipv4:192.0.2.25'"),
        ("v=spf1 ip4:192.0.2.256 -all", "invalid address"),
        ("v=spf1 ip4:2001:db8::1 -all", "wrong family"),
        ("v=spf1 ip4: -all", "unknown term"),
        ("v=spf1 include -all", "unknown term"),
        ("v=spf1 a:mail.example.org/33 -all", "invalid length"),
        ("v=spf1 include:empty.example.org -all", "leads to empty.example.org, which has no SPF"),
        ("v=spf1 redirect=empty.example.org", "which has no SPF record"),
        ("v=spf1 include:example.org -all", "includes itself"),
    ],
)
def test_a_broken_policy_is_told(record: str, problem: str) -> None:
    with pytest.raises(spf.SpfError, match=problem):
        read(zone(record, mail_example_org=HOST, empty_example_org={}))


def test_two_records_are_one_too_many() -> None:
    two = [text("v=spf1 a -all"), text("v=spf1 mx -all")]
    with pytest.raises(spf.SpfError, match="has 2 SPF records"):
        read({"example.org": {"TXT": two}})


def test_an_mx_with_too_many_hosts_is_told() -> None:
    hosts = [f"{number} h{number}.example.org." for number in range(11)]
    with pytest.raises(spf.SpfError, match="more than 10 hosts"):
        read({"example.org": {"TXT": [text("v=spf1 mx -all")], "MX": hosts}})


def test_every_look_up_counts_also_inside_of_includes() -> None:
    record = "v=spf1 a mx:lists.example.org exists:mail.example.org include:other.example.org -all"
    records = zone(
        record,
        mail_example_org=HOST,
        lists_example_org={"MX": ["10 mail.example.org."]},
        other_example_org={"TXT": [text("v=spf1 a:mail.example.org redirect=last.example.org")]},
        last_example_org={"TXT": [text("v=spf1 ip4:192.0.2.0/24 ptr -all")]},
    )
    _policy, reading = read(records)
    assert reading.lookups == 7
    # "a" of example.org itself, which has no address.
    assert reading.void_lookups == 1


def test_reading_ends_however_much_is_included() -> None:
    records = {
        f"{name}.example.org": {"TXT": [text(f"v=spf1 include:{name + 1}.example.org -all")]}
        for name in range(100)
    }
    with pytest.raises(spf.SpfError, match="more than 40 look-ups"):
        read({"example.org": {"TXT": [text("v=spf1 include:0.example.org -all")]}, **records})


def test_macros_and_ptr_are_named_and_not_evaluated() -> None:
    policy, _reading = read(
        zone("v=spf1 exists:%{i}._spf.example.org ptr include:%{d}.example.org -all")
    )
    assert policy is not None
    assert list(policy.unevaluated) == [
        "exists:%{i}._spf.example.org (example.org)",
        "ptr (example.org)",
        "include:%{d}.example.org (example.org)",
    ]
    assert policy.result(ip_address(RELAY)) == "fail"


def test_a_redirect_with_a_macro_is_named() -> None:
    policy, _reading = read(zone("v=spf1 redirect=%{d}.example.net"))
    assert policy is not None
    assert list(policy.unevaluated) == ["redirect=%{d}.example.net (example.org)"]
    assert policy.result(ip_address(RELAY)) == "neutral"


@pytest.mark.parametrize(
    ("record", "open_to_all"),
    [
        ("v=spf1 +all", True),
        ("v=spf1 all", True),
        ("v=spf1 include:open.example.org -all", True),
        ("v=spf1 redirect=open.example.org", True),
        ("v=spf1 -include:open.example.org -all", False),
        ("v=spf1 ~all", False),
    ],
)
def test_a_policy_that_lets_everybody_send_is_told(record: str, open_to_all: bool) -> None:
    policy, _reading = read(zone(record, open_example_org={"TXT": [text("v=spf1 +all")]}))
    assert policy is not None
    assert policy.lets_everyone is open_to_all


@pytest.mark.parametrize(
    ("record", "changed"),
    [
        ("v=spf1 mx -all", "v=spf1 mx ip4:192.0.2.25 -all"),
        ("v=spf1 a redirect=x.example", "v=spf1 a ip4:192.0.2.25 redirect=x.example"),
        ("v=spf1 a", "v=spf1 a ip4:192.0.2.25"),
        ("v=spf1 ~all", "v=spf1 ip4:192.0.2.25 ~all"),
    ],
)
def test_a_term_is_added_where_it_counts(record: str, changed: str) -> None:
    assert spf.with_terms(record, [f"ip4:{RELAY}"]) == changed
    if "redirect" not in record:
        assert result(zone(changed)) == "pass"


def test_an_open_record_is_closed() -> None:
    assert spf.closed("v=spf1 a +all") == "v=spf1 a ~all"


@given(st.text(alphabet="aipmx4610:/.%{}=+-~? lde", max_size=40))
def test_whatever_a_record_says_it_is_a_policy_or_broken(words: str) -> None:
    class Records:
        def texts(self, name: str) -> tuple[str, ...]:
            return (f"v=spf1 {words}",) if name == "example.org" else ()

        def addresses(self, name: str) -> tuple[Address, ...]:
            return ()

        def exchangers(self, name: str) -> tuple[str, ...]:
            return ()

        def pointers(self, address: Address) -> tuple[str, ...]:
            return ()

    try:
        policy = spf.Reading(Records()).policy("example.org")
    except spf.SpfError:
        return
    assert policy is not None
    assert policy.result(ip_address(RELAY)) in ("pass", "fail", "softfail", "neutral")
