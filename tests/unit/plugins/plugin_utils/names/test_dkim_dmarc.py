# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DKIM keys and DMARC policies are read as RFC 6376 and RFC 7489 say."""

from __future__ import annotations

from base64 import b64encode
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ansible_collections.mailops.smtp.plugins.plugin_utils.names import dkim, dmarc
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.client import Client
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.domain import (
    aligned,
    ascii_domain,
    organisational,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.names.dns_server import (
    DnsServer,
    text,
)


@cache
def rsa_key(bits: int) -> str:
    """A public key as a DKIM record has it."""
    public = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    return _base64(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


# -- DKIM -----------------------------------------------------------------------------------------


def test_a_key_tells_its_algorithm_and_length() -> None:
    key = dkim.parse_key(f"v=DKIM1; k=rsa; p={rsa_key(2048)}")
    assert key == dkim.Key("rsa", 2048, revoked=False, testing=False)
    assert dkim.parse_key(f"p={rsa_key(1024)}").bits == 1024
    assert dkim.parse_key(f"v=DKIM1; k=ed25519; p={_base64(bytes(32))}").algorithm == "ed25519"


def test_spaces_and_unknown_tags_do_no_harm() -> None:
    value = rsa_key(2048)
    record = f" v = DKIM1 ;x=y; n=a note; s=email; p={value[:40]} {value[40:]} ; "
    assert dkim.parse_key(record).bits == 2048


def test_a_key_may_be_revoked_or_a_test() -> None:
    assert dkim.parse_key("v=DKIM1; p=").revoked
    assert dkim.parse_key(f"v=DKIM1; t=y:s; p={rsa_key(2048)}").testing


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ("v=DKIM1; k=rsa", "no key"),
        ("v=DKIM2; p=AAAA", "version"),
        ("k=rsa; v=DKIM1; p=AAAA", "version"),
        ("v=DKIM1; p=A*A", "not base64"),
        ("v=DKIM1; p=AAAA", "cannot be read"),
        ("v=DKIM1; k=ed25519; p=AAAA", "no Ed25519 key"),
        ("v=DKIM1; k=dsa; p=AAAA", "unknown"),
        ("v=DKIM1; s=other; p=AAAA", "not for mail"),
        ("v=DKIM1; p=AAAA; p=BBBB", "twice"),
        ("hello", "no tag with a value"),
    ],
)
def test_a_record_that_is_no_key_is_told(record: str, problem: str) -> None:
    with pytest.raises(dkim.DkimError, match=problem):
        dkim.parse_key(record)


def test_a_key_that_was_cut_off_is_told() -> None:
    with pytest.raises(dkim.DkimError, match="cut off"):
        dkim.parse_key(f"v=DKIM1; k=rsa; p={rsa_key(2048)[:252]}")


def test_a_key_of_another_kind_is_told() -> None:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    other = _base64(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(dkim.DkimError, match="not of RSA"):
        dkim.parse_key(f"v=DKIM1; k=rsa; p={other}")


# -- DMARC ----------------------------------------------------------------------------------------


def policy(author: str, **records: str) -> dmarc.Policy | None:
    """The policy for an author's domain; ``_`` in a name stands for a dot."""
    zone = {
        f"_dmarc.{name.replace('_', '.')}": {"TXT": [text(part) for part in record.split("|")]}
        for name, record in records.items()
    }
    with DnsServer(zone) as server:
        return dmarc.read_policy(Client(["127.0.0.1"], port=server.port), author)


def test_a_domains_own_policy_counts() -> None:
    found = policy(
        "mail.example.org",
        mail_example_org="v=DMARC1; p=none; aspf=s",
        example_org="v=DMARC1; p=reject",
    )
    assert found is not None
    assert (found.domain, found.policy) == ("mail.example.org", "none")
    assert (found.strict_spf, found.strict_dkim) == (True, False)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("v=DMARC1; p=reject", "reject"),
        ("v=DMARC1; p=reject; sp=quarantine", "quarantine"),
        ("v=DMARC1; p=REJECT; sp=None; adkim=s", "none"),
    ],
)
def test_the_organisational_domain_speaks_for_those_below(record: str, expected: str) -> None:
    found = policy("mail.example.org", example_org=record)
    assert found is not None
    assert (found.domain, found.policy) == ("example.org", expected)


def test_the_policy_for_subdomains_is_not_for_the_domain_itself() -> None:
    found = policy("example.org", example_org="v=DMARC1; p=reject; sp=none")
    assert found is not None
    assert found.policy == "reject"


def test_no_record_is_no_policy() -> None:
    assert policy("example.org") is None
    assert policy("example.org", example_org="v=spf1 -all") is None


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ("v=DMARC1", "has no policy"),
        ("v=DMARC1; p=block", "has no policy"),
        ("v=DMARC1; p", "no tag with a value"),
        ("v=DMARC1; p=none|v=DMARC1; p=reject", "has 2 records"),
    ],
)
def test_a_broken_record_is_told(record: str, problem: str) -> None:
    with pytest.raises(dmarc.DmarcError, match=problem):
        policy("example.org", example_org=record)


# -- domains ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("example.org", "example.org"),
        ("a.b.example.org", "example.org"),
        ("mail.example.co.uk", "example.co.uk"),
        ("example.com.au", "example.com.au"),
        ("co.uk", "co.uk"),
        ("mail.example.de", "example.de"),
        ("localhost", "localhost"),
        ("mail.example.com.br", "example.com.br"),
        ("mail.example.k12.ca.us", "example.k12.ca.us"),
        ("mail.example.gov.uk", "example.gov.uk"),
        ("a.b.kobe.jp", "a.b.kobe.jp"),
        ("team.github.io", "team.github.io"),
        ("mail.example.me.uk", "example.me.uk"),
        ("mail.ne.at", "ne.at"),
        ("mail.xn--bcher-kva.xn--p1ai", "xn--bcher-kva.xn--p1ai"),
    ],
)
def test_the_organisational_domain_is_told_by_the_list_of_public_suffixes(
    domain: str, expected: str
) -> None:
    assert organisational(domain) == expected


def test_alignment_is_by_the_organisation_or_exact() -> None:
    assert aligned("bounce.example.org", "mail.example.org", strict=False)
    assert not aligned("bounce.example.org", "mail.example.org", strict=True)
    assert not aligned("amazonses.com", "example.org", strict=False)


def test_a_domain_is_had_as_the_dns_has_it() -> None:
    assert ascii_domain("App@Bücher.Example.") == "xn--bcher-kva.example"
    assert ascii_domain("app@straße.de") == "xn--strae-oqa.de"
