# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every symptom of the vendors' pages, produced for real on Postfix, has its name."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.message import Message
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import ProbeResult
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.symptoms import (
    SYMPTOMS,
    Symptom,
)
from tests.integration.probing import PASSWORD, address, codes, login, request
from tests.relays.exim import Exim
from tests.relays.postfix import MessageNotDeliveredError, Relay, Wrong

pytestmark = pytest.mark.node

SOON = 1.0
"""Timeout where nobody answers."""


@dataclass(frozen=True)
class Site:
    """What an administrator has: a relay with a user, and a mistake in the settings.

    ``provider`` looks at the sender only when the mail is there, as Amazon SES does.
    """

    relay: Relay
    provider: Exim
    user: str

    @property
    def nowhere(self) -> str:
        """An address of the node's block that is neither pod nor Service: packets vanish."""
        return str(IPv4Network(f"{self.relay.address}/16", strict=False)[200 * 256])

    def ask(self, port: int = 587, **changes: Any) -> ProbeResult:
        """Probe without a login."""
        return probe(request(self.relay, port, **changes))

    def log_in(self, port: int = 587, password: str = PASSWORD, **changes: Any) -> ProbeResult:
        """Probe with a login."""
        return self.ask(port, **login(self.user, password), **changes)

    def send(self, **changes: Any) -> ProbeResult:
        """Send a test mail."""
        return self.log_in(until="data", **changes)


@pytest.fixture(scope="module")
def site(relay: Relay, exim: Exim) -> Iterator[Site]:
    name = f"user-{uuid.uuid4().hex}"
    relay.set_user(name, PASSWORD)
    yield Site(relay, exim, name)
    relay.remove_user(name)


def credentials_wrong(site: Site) -> ProbeResult:
    return site.log_in(password="wrong")


def sender_refused(site: Site) -> ProbeResult:
    return site.log_in(from_address="hub@refused.example")


def sender_unverified(site: Site) -> ProbeResult:
    sender = {"from_address": "hub@unverified.example", "until": "data"}
    return probe(request(site.provider, 25, security="none", **sender))


def ca_missing(site: Site) -> ProbeResult:
    return site.ask(ca_pem="")


def name_wrong(site: Site) -> ProbeResult:
    return site.ask(server_name="smtp.example.org")


def nobody_answers(site: Site) -> ProbeResult:
    return site.ask(host=site.nowhere, timeout=SOON)


def port_25_blocked(site: Site) -> ProbeResult:
    return site.ask(25, host=site.nowhere, timeout=SOON)


def host_misspelt(site: Site) -> ProbeResult:
    return site.ask(host="smtp..example.org")


def port_closed(site: Site) -> ProbeResult:
    return site.ask(Wrong.NOBODY)


def starttls_on_465(site: Site) -> ProbeResult:
    return site.ask(465, security="starttls", timeout=2 * SOON)


def tls_on_587(site: Site) -> ProbeResult:
    return site.ask(587, security="tls")


def logins_too_many(site: Site) -> ProbeResult:
    site.log_in(Wrong.ONE_LOGIN)
    return site.log_in(Wrong.ONE_LOGIN)


def mails_too_many(site: Site) -> ProbeResult:
    site.ask(Wrong.ONE_MAIL)
    return site.ask(Wrong.ONE_MAIL)


def mail_too_big(site: Site) -> ProbeResult:
    return site.ask(Wrong.SMALL, until="data", message=Message(text="x" * 2000))


def recipient_unknown(site: Site) -> ProbeResult:
    return site.log_in(recipients=(address("unknown.example"),))


PRODUCED: Mapping[tuple[str, str], Callable[[Site], ProbeResult]] = {
    ("Qualytics", "authentication error"): credentials_wrong,
    ("Qualytics", "sender refused"): sender_refused,
    ("Qualytics", "sender refused: not verified"): sender_unverified,
    ("Qualytics", "certificate verify failed"): ca_missing,
    ("Qualytics", "certificate verify failed: self-signed"): (
        lambda site: site.ask(Wrong.SELF_SIGNED, server_name="relay")
    ),
    ("Qualytics", "certificate verify failed: host name"): name_wrong,
    ("Qualytics", "connection timeout"): nobody_answers,
    ("Qualytics", "connection unexpectedly closed on 587"): lambda site: site.ask(Wrong.CLOSES),
    ("Qualytics", "connection unexpectedly closed on 587: the port speaks TLS"): starttls_on_465,
    ("Qualytics", "no mail and no error: the recipient is suppressed"): (
        lambda site: site.log_in(recipients=(address("suppressed.example"),))
    ),
    ("Qualytics", "no mail and no error: a filter"): (
        lambda site: site.send(message=Message(subject="You have won the lottery"))
    ),
    ("Qalyptus", "host name wrong"): host_misspelt,
    ("Qalyptus", "firewall drops"): nobody_answers,
    ("Qalyptus", "port closed"): port_closed,
    ("Qalyptus", "user name or password wrong"): credentials_wrong,
    ("Qalyptus", "account locked"): logins_too_many,
    ("Qalyptus", "SSL on, port without"): tls_on_587,
    ("Qalyptus", "SSL off, port with"): starttls_on_465,
    ("Qalyptus", "TLS version"): lambda site: site.ask(Wrong.TLS_OLD, tls_min_version="1.3"),
    ("Qalyptus", "cipher suites"): lambda site: site.ask(Wrong.TLS_CIPHERS),
    ("Qalyptus", "certificate"): ca_missing,
    ("Qalyptus", "sender rejected"): sender_refused,
    ("Qalyptus", "recipient rejected"): recipient_unknown,
    ("Qalyptus", "rate limit"): mails_too_many,
    ("Qalyptus", "message size"): mail_too_big,
    ("Rafay", "host wrong"): host_misspelt,
    ("Rafay", "port wrong"): port_closed,
    ("Rafay", "credentials wrong"): credentials_wrong,
    ("Rafay", "TLS setting wrong"): tls_on_587,
    ("Rafay", "outbound port blocked"): nobody_answers,
    ("Rafay", "port 25 blocked by the internet provider"): port_25_blocked,
    ("thand", "535 authentication failed"): credentials_wrong,
    ("thand", "connection refused"): port_closed,
    ("thand", "connection timeout"): nobody_answers,
    ("thand", "TLS handshake"): tls_on_587,
    ("thand", "TLS certificate"): name_wrong,
    ("thand", "sender rejected"): sender_refused,
    ("thand", "sender domain"): (lambda site: site.log_in(from_address="hub@nowhere.example")),
}


@pytest.mark.parametrize("symptom", SYMPTOMS, ids=lambda one: f"{one.vendor}: {one.words}")
def test_a_symptom_that_is_produced_for_real_has_its_name(site: Site, symptom: Symptom) -> None:
    result = PRODUCED[symptom.vendor, symptom.words](site)
    assert codes(result) == [symptom.code]


def test_a_mail_that_vanishes_without_an_error_was_sent_as_far_as_the_relay_says(
    site: Site,
) -> None:
    recipient = address("discarded.example")
    result = site.send(recipients=(recipient,))
    assert codes(result) == []
    assert result.recipients[0].result == "sent"
    with pytest.raises(MessageNotDeliveredError):
        site.relay.wait_for_message(recipient, timeout=0)
    assert f"to=<{recipient}>" in site.relay.log()
