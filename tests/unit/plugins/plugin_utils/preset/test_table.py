# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of providers says what the vendors' pages say, and holds together."""

from __future__ import annotations

import re

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp import providers
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    AUTHS,
    SECURITIES,
    TLS_VERSIONS,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.lookup import BY_NAME, of_host
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.model import Preset
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.table import PRESETS

# As the vendors' pages list them: provider, region, host, and the ports of each security.
LISTED: tuple[tuple[str, str | None, str, set[int], set[int]], ...] = (
    ("amazon_ses", "eu-west-1", "email-smtp.eu-west-1.amazonaws.com", {25, 587, 2587}, {465, 2465}),
    ("gmail", None, "smtp.gmail.com", {587}, {465}),
    ("google_workspace_relay", None, "smtp-relay.gmail.com", {25, 587}, {465}),
    ("microsoft_365", None, "smtp.office365.com", {25, 587}, set()),
    ("outlook_com", None, "smtp-mail.outlook.com", {587}, set()),
    ("sendgrid", None, "smtp.sendgrid.net", {25, 587, 2525}, {465}),
    ("mailgun", None, "smtp.mailgun.org", {25, 587, 2525}, {465}),
    ("mailgun", "eu", "smtp.eu.mailgun.org", {25, 587, 2525}, {465}),
    ("yahoo", None, "smtp.mail.yahoo.com", {587}, {465}),
    ("postmark", None, "smtp.postmarkapp.com", {25, 587, 2525}, set()),
    ("mailjet", None, "in-v3.mailjet.com", {25, 587}, {465}),
    ("brevo", None, "smtp-relay.brevo.com", {587, 2525}, {465}),
    ("sparkpost", None, "smtp.sparkpostmail.com", {587, 2525}, set()),
    ("sparkpost", "eu", "smtp.eu.sparkpostmail.com", {587, 2525}, set()),
    ("zoho", None, "smtp.zoho.com", {587}, {465}),
    ("zoho", "in", "smtp.zoho.in", {587}, {465}),
    ("zoho", "ca", "smtp.zohocloud.ca", {587}, {465}),
    ("zoho_organization", "eu", "smtppro.zoho.eu", {587}, {465}),
    ("fastmail", None, "smtp.fastmail.com", set(), {465}),
    ("icloud", None, "smtp.mail.me.com", {587}, set()),
    (
        "oci_email_delivery",
        "eu-frankfurt-1",
        "smtp.email.eu-frankfurt-1.oci.oraclecloud.com",
        {25, 587},
        set(),
    ),
    ("azure_communication_services", None, "smtp.azurecomm.net", {25, 587}, set()),
    ("resend", None, "smtp.resend.com", {25, 587, 2587}, {465, 2465}),
    ("scaleway_tem", None, "smtp.tem.scaleway.com", {25, 587, 2587}, {465, 2465}),
    ("alibaba_directmail", None, "smtpdm.aliyun.com", {25, 80}, {465}),
    (
        "alibaba_directmail",
        "ap-southeast-1",
        "smtpdm-ap-southeast-1.aliyuncs.com",
        {25, 80},
        {465},
    ),
    ("smtp2go", None, "mail.smtp2go.com", {25, 80, 587, 2525, 8025}, {443, 465, 8465}),
    ("smtp2go", "eu", "mail-eu.smtp2go.com", {25, 80, 587, 2525, 8025}, {443, 465, 8465}),
    ("elastic_email", None, "smtp.elasticemail.com", {25, 587, 2525}, {465}),
    ("mailersend", None, "smtp.mailersend.net", {587, 2525}, set()),
    ("mandrill", None, "smtp.mandrillapp.com", {25, 587, 2525}, {465, 2465}),
    ("zeptomail", None, "smtp.zeptomail.com", {587}, {465}),
    ("alibaba_mail", None, "smtp.qiye.aliyun.com", {25, 80}, {465}),
    ("qq_mail", None, "smtp.qq.com", {587}, {465}),
    ("tencent_exmail", None, "smtp.exmail.qq.com", {587}, {465}),
    ("netease_163", None, "smtp.163.com", {25}, {465, 994}),
    ("yandex", None, "smtp.yandex.com", {587}, {465}),
    ("mail_ru", None, "smtp.mail.ru", {587, 2525}, {465}),
    ("ovh", None, "smtp.mail.ovh.net", {587}, {465}),
    ("ionos", None, "smtp.ionos.com", {587}, {465}),
    ("ionos", "uk", "smtp.ionos.co.uk", {587}, {465}),
    ("strato", None, "smtp.strato.de", {587}, {465}),
    ("hetzner", None, "mail.your-server.de", {587}, {465}),
    ("infomaniak", None, "mail.infomaniak.com", {587}, {465}),
    ("gandi", None, "mail.gandi.net", {587}, {465}),
    ("amazon_workmail", "eu-west-1", "smtp.mail.eu-west-1.awsapps.com", set(), {465}),
)
OWN = [preset for preset in PRESETS if preset.host]
EVERY = pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)


@pytest.mark.parametrize(("name", "region", "host", "starttls", "tls"), LISTED)
def test_a_provider_has_the_host_and_ports_of_its_vendors_page(
    name: str, region: str | None, host: str, starttls: set[int], tls: set[int]
) -> None:
    preset = BY_NAME[name]
    stands_for = preset.regions.get(region or next(iter(preset.regions), ""), region or "")
    assert preset.host.replace("{region}", stands_for) == host
    assert set(preset.ports.get("starttls", ())) == starttls
    assert set(preset.ports.get("tls", ())) == tls
    assert "none" not in preset.ports
    assert of_host(host) is preset


def test_every_provider_that_has_a_host_is_in_that_list() -> None:
    assert {name for name, *_rest in LISTED} == {preset.name for preset in OWN if not preset.sink}


def test_the_test_sinks_are_marked() -> None:
    sinks = {preset.name for preset in PRESETS if preset.sink}
    assert sinks == {"amazon_ses_simulator", "mailgun_sandbox", "mailpit"}


@pytest.mark.parametrize(
    "name", ["internal_relay", "internal_exchange", "mailpit", "postal", "mailcow"]
)
def test_what_everybody_has_their_own_of_has_no_host(name: str) -> None:
    assert BY_NAME[name].host == ""


@EVERY
def test_a_provider_is_written_in_the_words_of_a_description(preset: Preset) -> None:
    assert re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", preset.name)
    assert preset.ports
    assert set(preset.ports) <= set(SECURITIES)
    assert all(1 <= port <= 65535 for ports in preset.ports.values() for port in ports)
    assert preset.auth
    assert set(preset.auth) <= set(AUTHS)
    assert preset.tls_min_version in TLS_VERSIONS
    assert preset.source.startswith("https://")


@EVERY
def test_the_patterns_of_a_provider_fit_its_own_examples(preset: Preset) -> None:
    if preset.region_pattern:
        assert re.fullmatch(preset.region_pattern, preset.region_example)
    assert preset.has_regions == bool(preset.regions or preset.region_pattern)
    if preset.username and preset.username.literal and preset.username.pattern:
        assert re.fullmatch(preset.username.pattern, preset.username.literal)
    for mistake in preset.mistakes:
        assert re.compile(mistake.pattern)
        assert mistake.fix.endswith(".")


def test_no_name_leads_to_two_providers() -> None:
    others = [other for preset in PRESETS for other in preset.also_called]
    assert len(others) == len(set(others))
    assert not set(others) & set(BY_NAME)
    assert len(BY_NAME) == len(PRESETS)


@EVERY
def test_every_caveat_is_for_a_login_that_the_provider_takes(preset: Preset) -> None:
    for caveat in preset.caveats:
        assert set(caveat.auth) & set(preset.auth), caveat.entry.code
        assert caveat.entry.severity in ("info", "warning")
        assert caveat.entry.facts <= {"username"}


@pytest.mark.parametrize("preset", OWN, ids=lambda preset: preset.name)
def test_the_diagnosis_recognises_the_same_relays(preset: Preset) -> None:
    stands_for = next(iter(preset.regions.values()), preset.region_example)
    host = preset.host.replace("{region}", stands_for)
    assert providers.recognise({"host": host, "greeting": ""}) is not None
