# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names behind the mail are checked together, and each finding prints the record to add."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.check import check
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.client import Client
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.report import Question, Report
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.names.dns_server import (
    DnsServer,
    text,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.names.test_dkim_dmarc import (
    rsa_key,
)

RELAY = "relay.example.org"
# Public addresses, as data: nothing connects to them.
ADDRESS = "11.22.33.44"
REVERSE = "44.33.22.11.in-addr.arpa"
KEY = "s1._domainkey.example.org"

Records = dict[str, dict[str, list[str]]]


def world(changes: Mapping[str, dict[str, list[str]] | None] | None = None) -> Records:
    """A DNS in which all is well, with changes by name; None takes a name out."""
    records: Records = {
        "example.org": {
            "MX": ["10 mail.example.org."],
            "TXT": [text(f"v=spf1 ip4:{ADDRESS} -all")],
        },
        "mail.example.org": {"A": [ADDRESS]},
        RELAY: {"A": [ADDRESS]},
        REVERSE: {"PTR": [f"{RELAY}."]},
        KEY: {"TXT": [text(f"v=DKIM1; k=rsa; p={rsa_key(2048)}")]},
        "_dmarc.example.org": {"TXT": [text("v=DMARC1; p=reject")]},
    }
    for name, change in (changes or {}).items():
        if change is None:
            del records[name]
        else:
            records[name] = {**records.get(name, {}), **change}
    return records


def asked(records: Records, *, failing: Sequence[str] = (), **question: Any) -> Report:
    given = {"from_address": "app@example.org", "relay": RELAY, "dkim_selector": "s1", **question}
    with DnsServer(records, failing=failing) as server:
        return check(Question(**given), Client(["127.0.0.1"], port=server.port, seconds=1.0))


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.findings]


def the(report: Report, code: str) -> Finding:
    (finding,) = [finding for finding in report.findings if finding.code == code]
    return finding


def spf_record(*words: str) -> dict[str, list[str]]:
    return {"TXT": [text(" ".join(("v=spf1", *words)))]}


def test_a_domain_where_all_is_well_has_no_finding() -> None:
    report = asked(world())
    assert report.findings == []
    assert report.spf.results == {ADDRESS: "pass"}
    assert (report.spf.covers_relay, report.dkim.usable) == (True, True)
    assert (report.dmarc.policy, report.dmarc.spf_aligned, report.dmarc.dkim_aligned) == (
        "reject",
        True,
        True,
    )
    assert report.reverse_names == {ADDRESS: [RELAY]}
    assert report.exchangers == ["mail.example.org"]


def test_the_report_is_plain_data() -> None:
    report = asked(world({"_dmarc.example.org": None}))
    plain = json.loads(json.dumps(report.as_dict()))
    assert plain["spf"]["record"] == f"v=spf1 ip4:{ADDRESS} -all"
    assert plain["dkim"]["bits"] == 2048
    assert plain["findings"][0]["code"] == "dmarc-missing"


# -- the sender's domain ----------------------------------------------------------------------------


def test_a_domain_that_does_not_exist_is_all_there_is_to_say() -> None:
    report = asked(world(), from_address="app@no.example")
    assert codes(report) == ["sender-domain-missing"]


def test_a_domain_without_a_way_back_is_told_the_record() -> None:
    report = asked(world({"example.org": {"MX": []}}))
    assert "example.org. MX 10 mail.example.org." in the(report, "sender-without-mx").fix


def test_the_domains_own_address_takes_its_mail_without_an_mx() -> None:
    assert codes(asked(world({"example.org": {"MX": [], "A": [ADDRESS]}}))) == []


def test_a_domain_that_takes_no_mail_is_told() -> None:
    assert codes(asked(world({"example.org": {"MX": ["0 ."]}}))) == ["sender-null-mx"]


# -- SPF ------------------------------------------------------------------------------------------


def test_a_missing_policy_is_told_with_a_record_for_this_relay() -> None:
    report = asked(world({"example.org": {"TXT": []}}))
    fix = the(report, "spf-missing").fix
    assert fix == f'Add the record example.org. TXT "v=spf1 ip4:{ADDRESS} ~all"'


def test_a_relay_that_is_not_covered_is_added_to_the_record() -> None:
    report = asked(
        world(
            {
                "example.org": spf_record("ip4:11.22.33.1", "-all"),
                RELAY: {"AAAA": ["2600::25"]},
            }
        )
    )
    finding = the(report, "spf-relay-missing")
    assert f'"v=spf1 ip4:11.22.33.1 ip4:{ADDRESS} ip6:2600::25 -all"' in finding.fix
    assert report.spf.results == {ADDRESS: "fail", "2600::25": "fail"}
    assert report.spf.covers_relay is False


def test_a_policy_with_too_many_look_ups_is_told_how_many() -> None:
    words = [f"a:h{number}.example.org" for number in range(11)]
    hosts = {f"h{number}.example.org": {"A": ["11.0.0.1"]} for number in range(11)}
    report = asked(world({"example.org": spf_record(*words, f"ip4:{ADDRESS}", "-all"), **hosts}))
    finding = the(report, "spf-too-many-lookups")
    assert "needs 11 look-ups, and may need 10" in finding.message
    assert (report.spf.lookups, report.spf.covers_relay) == (11, False)


def test_a_broken_policy_is_told_with_what_stands_there() -> None:
    report = asked(world({"example.org": spf_record("ipv4:1", "-all")}))
    finding = the(report, "spf-broken")
    assert "unknown term 'ipv4:1'" in finding.message
    assert 'example.org. TXT "v=spf1 ipv4:1 -all"' in finding.fix


def test_two_policies_are_both_shown() -> None:
    two = [text("v=spf1 a -all"), text("v=spf1 mx -all")]
    report = asked(world({"example.org": {"TXT": two}}))
    fix = the(report, "spf-broken").fix
    assert '"v=spf1 a -all"' in fix
    assert '"v=spf1 mx -all"' in fix


def test_look_ups_that_find_nothing_break_a_policy() -> None:
    words = [f"a:gone{number}.example.org" for number in range(3)]
    report = asked(world({"example.org": spf_record(*words, f"ip4:{ADDRESS}", "-all")}))
    assert "3 of its look-ups find nothing" in the(report, "spf-broken").message


def test_a_policy_that_lets_everybody_send_is_closed() -> None:
    report = asked(world({"example.org": spf_record("mx", "+all")}))
    assert the(report, "spf-lets-everyone").fix.endswith('"v=spf1 mx ~all"')


def test_what_was_not_evaluated_is_named_and_leaves_the_relay_unproven() -> None:
    report = asked(world({"example.org": spf_record("exists:%{i}._spf.example.org", "-all")}))
    assert "exists:%{i}._spf.example.org" in the(report, "spf-not-evaluated").message
    assert the(report, "spf-unproven").severity == "info"
    assert report.spf.covers_relay is None


def test_a_relay_without_a_public_address_leaves_spf_unproven() -> None:
    report = asked(world({RELAY: {"A": ["10.0.0.25"]}}))
    assert "no public address" in the(report, "spf-unproven").message
    assert report.reverse_names == {}


def test_the_policy_is_that_of_the_envelope_sender() -> None:
    report = asked(
        world({"bounce.example.org": {"A": [ADDRESS], **spf_record("-all")}}),
        envelope_from="b@bounce.example.org",
    )
    assert report.spf.domain == "bounce.example.org"
    assert the(report, "spf-relay-missing").where == "SPF of bounce.example.org"


def test_a_relay_may_be_an_address() -> None:
    assert codes(asked(world(), relay=ADDRESS)) == []


# -- providers ------------------------------------------------------------------------------------

M365 = "smtp.office365.com"


def provided(*words: str) -> Records:
    return world(
        {
            "example.org": spf_record(*words),
            M365: {"A": ["11.99.0.1"]},
            "spf.protection.outlook.com": spf_record("ip4:11.98.0.0/16", "-all"),
        }
    )


def test_a_provider_is_covered_by_its_include_and_not_by_its_hosts_address() -> None:
    report = asked(provided("include:spf.protection.outlook.com", "-all"), relay=M365)
    assert codes(report) == []
    assert (report.provider, report.spf.covers_relay) == ("Microsoft 365", True)
    report = asked(provided("ip4:11.99.0.1", "-all"), relay=M365)
    fix = the(report, "spf-relay-missing").fix
    assert '"v=spf1 ip4:11.99.0.1 include:spf.protection.outlook.com -all"' in fix


def test_a_provider_behind_another_name_is_recognised_by_its_greeting() -> None:
    greeting = "AM0.outlook.office365.com Microsoft ESMTP MAIL Service ready"
    report = asked(provided("-all"), greeting=greeting)
    assert report.provider == "Microsoft 365"


def test_a_provider_with_an_envelope_sender_of_its_own_leaves_spf_unproven() -> None:
    host = "email-smtp.eu-west-1.amazonaws.com"
    report = asked(world({host: {"A": ["11.97.0.1"]}}), relay=host)
    assert codes(report) == ["spf-unproven"]
    # DKIM alone proves the author's domain.
    assert report.dmarc.dkim_aligned


# -- DKIM -----------------------------------------------------------------------------------------


def test_without_a_selector_dkim_is_unproven() -> None:
    report = asked(world(), dkim_selector="")
    assert codes(report) == ["dkim-unproven"]
    assert report.dkim.usable is None


def test_a_missing_key_is_told_the_record_to_add() -> None:
    report = asked(world(), dkim_selector="s2")
    assert codes(report) == ["dkim-key-missing"]
    assert 's2._domainkey.example.org. TXT "v=DKIM1; k=rsa; p=' in report.findings[0].fix


@pytest.mark.parametrize(
    ("record", "code", "usable"),
    [
        ("v=DKIM1; p=", "dkim-key-revoked", False),
        ("v=DKIM1; p=AAAA", "dkim-key-broken", False),
        ("v=DKIM1; t=y; p={key}", "dkim-key-testing", True),
    ],
)
def test_a_key_that_is_of_no_use_is_told(record: str, code: str, usable: bool) -> None:
    value = record.replace("{key}", rsa_key(2048))
    report = asked(world({KEY: {"TXT": [text(value)]}}))
    assert codes(report) == [code]
    assert report.dkim.usable is usable


def test_a_short_key_is_told_its_length() -> None:
    value = f"v=DKIM1; k=rsa; p={rsa_key(1024)}"
    report = asked(world({KEY: {"TXT": [text(value)]}}))
    assert "has 1024 bits" in the(report, "dkim-key-weak").message
    assert report.dkim.usable is True


def test_two_keys_for_one_selector_are_broken() -> None:
    value = text(f"p={rsa_key(2048)}")
    report = asked(world({KEY: {"TXT": [value, text("p=")]}}))
    assert codes(report) == ["dkim-key-broken"]


def test_the_key_may_be_that_of_the_organisational_domain() -> None:
    records = world({"app.example.org": {"A": [ADDRESS], **spf_record(f"ip4:{ADDRESS}", "-all")}})
    report = asked(records, from_address="a@app.example.org")
    assert codes(report) == []
    assert (report.dkim.domain, report.dmarc.dkim_aligned) == ("example.org", True)


# -- DMARC ----------------------------------------------------------------------------------------


def test_a_missing_policy_is_told_the_record_to_add() -> None:
    report = asked(world({"_dmarc.example.org": None}))
    record = '_dmarc.example.org. TXT "v=DMARC1; p=none; rua=mailto:postmaster@example.org"'
    assert the(report, "dmarc-missing").fix == f"Add the record {record}"


def test_a_broken_dmarc_policy_is_told() -> None:
    report = asked(world({"_dmarc.example.org": {"TXT": [text("v=DMARC1; p=block")]}}))
    assert codes(report) == ["dmarc-broken"]


def test_mail_that_neither_spf_nor_dkim_proves_would_be_refused() -> None:
    report = asked(world({"example.org": spf_record("-all")}), dkim_selector="s2")
    finding = the(report, "dmarc-would-fail")
    assert "receivers are told to reject it" in finding.message
    assert "SPF does not cover the relay; DKIM has no key" in finding.message


def test_an_envelope_sender_of_another_domain_proves_nothing() -> None:
    records = world({"bounces.example": {"A": [ADDRESS], **spf_record(f"ip4:{ADDRESS}", "-all")}})
    report = asked(records, envelope_from="b@bounces.example", dkim_selector="s2")
    finding = the(report, "dmarc-would-fail")
    assert "SPF is about bounces.example, which is not aligned" in finding.message


def test_a_strict_policy_wants_the_very_domain() -> None:
    records = world(
        {
            "app.example.org": {"A": [ADDRESS], **spf_record("-all")},
            "_dmarc.app.example.org": {"TXT": [text("v=DMARC1; p=quarantine; adkim=s")]},
        }
    )
    report = asked(records, from_address="a@app.example.org")
    message = the(report, "dmarc-would-fail").message
    assert "the DKIM key of example.org is not aligned" in message


def test_a_policy_of_none_refuses_nothing() -> None:
    records = world(
        {
            "example.org": spf_record("-all"),
            "_dmarc.example.org": {"TXT": [text("v=DMARC1; p=none")]},
        }
    )
    assert codes(asked(records, dkim_selector="s2")) == ["spf-relay-missing", "dkim-key-missing"]


def test_without_a_selector_and_without_spf_dmarc_is_unproven() -> None:
    report = asked(world({"example.org": spf_record("-all")}), dkim_selector="")
    assert codes(report) == ["spf-relay-missing", "dkim-unproven", "dmarc-unproven"]


# -- the relay's reverse name -----------------------------------------------------------------------


def test_an_address_without_a_reverse_name_is_told_the_record() -> None:
    report = asked(world({REVERSE: None}))
    assert f"{REVERSE}. PTR {RELAY}." in the(report, "relay-reverse-missing").fix


def test_a_reverse_name_that_leads_elsewhere_is_told() -> None:
    report = asked(
        world(
            {
                REVERSE: {"PTR": ["other.example.org."]},
                "other.example.org": {"A": ["11.0.0.1"]},
            }
        )
    )
    finding = the(report, "relay-reverse-differs")
    assert f"other.example.org. A {ADDRESS}" in finding.fix


def test_a_reverse_name_that_does_not_exist_is_told() -> None:
    report = asked(world({REVERSE: {"PTR": ["gone.example.org."]}}))
    assert codes(report) == ["relay-reverse-differs"]


# -- the DNS itself ---------------------------------------------------------------------------------


def test_a_part_that_the_dns_does_not_answer_is_unproven_and_the_others_are_checked() -> None:
    report = asked(world(), failing=["_dmarc.example.org", REVERSE])
    assert codes(report) == ["names-not-looked-up"] * 2
    assert report.findings[0].message.startswith("DMARC of example.org is unproven")
    assert report.spf.covers_relay


def test_a_relay_that_has_no_address_is_told() -> None:
    report = asked(world({RELAY: None}))
    assert codes(report) == ["names-not-looked-up", "spf-unproven"]
    assert "there is no name relay.example.org" in report.findings[0].message
