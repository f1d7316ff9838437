# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host is a host and an address an address, in any script, or it is told why not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.plugin_utils.description.address import (
    address_problem,
    ascii_domain,
    ascii_host,
    host_problem,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.resolve import resolve
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import RAW


class TestAHost:
    @pytest.mark.parametrize(
        "host",
        [
            "mail",
            "mail.example.com",
            "mail.example.com.",
            "MAIL.example.com",
            "relay_1.mail.svc",
            "bücher.example",
            "xn--bcher-kva.example",
            "192.0.2.1",
            "2001:db8::1",
            "[2001:db8::1]",
        ],
    )
    def test_is_a_name_or_an_address(self, host: str) -> None:
        assert host_problem(host) is None

    @pytest.mark.parametrize(
        ("host", "problem"),
        [
            ("smtp://mail.example.com", ": it is a URL"),
            ("mail.example.com:587", ": it carries a port"),
            ("[2001:db8::1]:587", ": it carries a port"),
            ("me@example.com", ": it is a mail address"),
            ("192.0.2.256", ": an IPv4 address has four numbers from 0 to 255"),
            ("192.0.2", ": an IPv4 address has four numbers from 0 to 255"),
            ("-mail.example.com", ""),
            ("mail-.example.com", ""),
            ("mail..example.com", ""),
            ("mail example.com", ""),
            ("[mail.example.com]", ""),
            ("a" * 64, ""),
            ("a." * 127 + "aa", ""),
            ("mail/x", ""),
        ],
    )
    def test_that_is_none_is_told_why(self, host: str, problem: str) -> None:
        assert host_problem(host) == problem

    @given(st.text())
    def test_of_any_shape_is_judged(self, host: str) -> None:
        assert host_problem(host) in (None, "") or str(host_problem(host)).startswith(": ")


class TestAnAddress:
    @pytest.mark.parametrize(
        "address",
        ["a@b", "no-reply@example.com", "o'neil+x@example.com", "jürgen@bücher.example", "a@[::1]"],
    )
    def test_is_name_and_domain(self, address: str) -> None:
        assert address_problem(address) is None

    @pytest.mark.parametrize(
        ("address", "problem"),
        [
            ("Mail <a@b>", "a space, a bracket"),
            ("a@b,c@d", "a space, a bracket"),
            ("a b@c", "a space"),
            ("a\r\nb@c", "a space"),
            ("a\u2028b@c", "a space"),
            ("example.com", "it has no @"),
            ("@example.com", "nothing stands before the @"),
            ("a@b@c", "more than one @"),
            ("a@", "'' is no domain"),
            ("a@-b", "'-b' is no domain"),
            ("a" * 65 + "@b", "longer than 64 bytes"),
            ("ä" * 33 + "@b", "longer than 64 bytes"),
        ],
    )
    def test_that_is_none_is_told_why(self, address: str, problem: str) -> None:
        assert problem in str(address_problem(address))

    @given(st.text())
    def test_of_any_shape_is_judged_and_then_has_an_ascii_domain(self, address: str) -> None:
        if address_problem(address) is None:
            assert ascii_domain(address).rpartition("@")[2].isascii()


class TestAnInternationalisedName:
    @pytest.mark.parametrize(
        ("host", "in_dns"),
        [
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("bu\u0308cher.example", "xn--bcher-kva.example"),
            ("\u4f8b\u3048\u3002\u30c6\u30b9\u30c8", "xn--r8jz45g.xn--zckzah"),
            ("mail.ελλάδα.example", "mail.xn--hxakic4aa.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("Mail.Example.com", "Mail.Example.com"),
        ],
    )
    def test_becomes_what_dns_knows(self, host: str, in_dns: str) -> None:
        assert host_problem(host) is None
        assert ascii_host(host) == in_dns

    @pytest.mark.parametrize(
        ("host", "in_dns"),
        [
            ("straße.example", "xn--strae-oqa.example"),
            ("STRAẞE.example", "xn--strae-oqa.example"),
            ("βόλος.example", "xn--nxasmm1c.example"),
        ],
    )
    def test_is_not_mistaken_for_another_as_the_older_standard_does(
        self, host: str, in_dns: str
    ) -> None:
        # IDNA 2003 makes strasse.example of it, which is somebody else's.
        assert ascii_host(host) == in_dns

    @pytest.mark.parametrize("host", ["a\u200db.example", "ü" * 64, "-ü.example", "ü..example"])
    def test_that_is_none_is_refused(self, host: str) -> None:
        assert host_problem(host) == ""

    def test_is_in_ascii_wherever_a_description_has_it(self) -> None:
        found = resolve(
            {
                **RAW,
                "host": "bücher.example",
                "proxy": "socks5://straße.example:1080/",
                "ehlo_name": "pod.bücher.example",
                "server_name": "mx.bücher.example",
                "from_address": "info@bücher.example",
                "reply_to": "info@bücher.example",
                "envelope_from": "bounce@bücher.example",
                "test_recipients": "a@bücher.example, b@example.com",
            }
        )
        assert found.findings == ()
        wanted = found.description
        assert wanted.host == "xn--bcher-kva.example"
        assert wanted.proxy == "socks5://xn--strae-oqa.example:1080"
        assert wanted.ehlo_name == "pod.xn--bcher-kva.example"
        assert wanted.server_name == "mx.xn--bcher-kva.example"
        assert wanted.from_address == wanted.reply_to == "info@xn--bcher-kva.example"
        assert wanted.envelope_from == "bounce@xn--bcher-kva.example"
        assert wanted.test_recipients == ("a@xn--bcher-kva.example", "b@example.com")

    def test_before_the_at_stays_and_brings_a_warning(self) -> None:
        found = resolve({**RAW, "from_address": "jürgen@bücher.example"})
        assert found.description.from_address == "jürgen@xn--bcher-kva.example"
        assert [finding.code for finding in found.findings] == ["address-internationalised"]


@pytest.mark.parametrize(
    ("given_host", "host"),
    [
        ("[2001:db8::1]", "2001:db8::1"),
        ("[IPv6:2001:db8::1]", "2001:db8::1"),
        ("[192.0.2.1]", "192.0.2.1"),
    ],
)
def test_an_address_as_host_loses_its_brackets(given_host: str, host: str) -> None:
    assert resolve({**RAW, "host": given_host}).description.host == host
