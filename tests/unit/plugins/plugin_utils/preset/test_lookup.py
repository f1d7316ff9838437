# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A provider is found by its name, by a host, or by a user name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.lookup import (
    ALSO_CALLED,
    BY_NAME,
    named,
    of_host,
    sink_of,
    suggestion,
)


@pytest.mark.parametrize("name", ["amazon_ses", "Amazon SES", "amazon-ses", " AMAZON_SES "])
def test_a_name_is_good_in_every_spelling(name: str) -> None:
    assert named(name) is BY_NAME["amazon_ses"]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("amazon_sess", "amazon_ses"),
        ("ses", "amazon_ses"),
        ("office365", "microsoft_365"),
        ("Office 365", "microsoft_365"),
        ("gmial", "gmail"),
        ("outlook", "outlook_com"),
        ("mailhog", "mailpit"),
        ("exchange", "internal_exchange"),
        ("carrier_pigeon", None),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(name: str, near: str | None) -> None:
    assert named(name) is None
    assert suggestion(name) == near


def test_what_else_a_provider_is_called_leads_to_one() -> None:
    assert set(ALSO_CALLED.values()) <= set(BY_NAME)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("email-smtp.us-east-1.amazonaws.com", "amazon_ses"),
        ("EMAIL-SMTP.us-gov-west-1.amazonaws.com.", "amazon_ses"),
        ("email-smtp-fips.us-east-1.amazonaws.com", "amazon_ses"),
        ("vpce-0123-ab.email-smtp.us-west-2.vpce.amazonaws.com", "amazon_ses"),
        ("smtp-broadcasts.postmarkapp.com", "postmark"),
        ("smtp.mailgun.org", "mailgun"),
        ("mailpit", "mailpit"),
        ("mailpit.tools.svc.cluster.local", "mailpit"),
        ("dev-mailpit.tools", "mailpit"),
        ("smtp.gmail.com.example.com", None),
        ("mysmtp.gmail.com", None),
        ("smtpXgmail.com", None),
        ("email-smtp..amazonaws.com", None),
        ("mail.example.com", None),
        ("", None),
        ("2001:db8::1", None),
    ],
)
def test_a_host_belongs_to_the_provider_whose_it_is(host: str, name: str | None) -> None:
    found = of_host(host)
    assert (found and found.name) == name


@given(st.text())
def test_any_host_belongs_to_a_provider_or_to_none(host: str) -> None:
    found = of_host(host)
    assert found is None or found.name in BY_NAME


@pytest.mark.parametrize(
    ("provider", "host", "username", "sink"),
    [
        ("mailpit", "mail.example.com", "", "mailpit"),
        ("amazon_ses_simulator", "email-smtp.eu-west-1.amazonaws.com", "", "amazon_ses_simulator"),
        ("amazon_ses", "email-smtp.eu-west-1.amazonaws.com", "AKIAIOSFODNN7EXAMPLE", None),
        ("mailgun", "smtp.mailgun.org", "postmaster@sandbox0123.mailgun.org", "mailgun_sandbox"),
        ("mailgun", "smtp.mailgun.org", "postmaster@mg.example.com", None),
        (None, "mail.example.com", "postmaster@sandbox0123.mailgun.org", None),
    ],
)
def test_a_sink_is_known_by_its_provider_or_by_a_user_name_of_its_own(
    provider: str | None, host: str, username: str, sink: str | None
) -> None:
    found = sink_of(provider, host, username)
    assert (found and found.name) == sink
