# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values lead back to the description that they mean, through the profile alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    PORT_OF,
    Description,
    ExistingSecret,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.resolve import errors
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.fit import fit
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import application, shipped
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Application
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading import report
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.read import Reading, read
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    HOSTILE,
    PASSWORD,
    PASSWORDS,
    codes,
)

LOGINS = ("none", "password", "secret")
ABOUT_VALUES = (
    "values-without-mail",
    "value-type-wrong",
    "value-missing",
    "value-left-over",
    "value-contradiction",
)
TEXTS = {
    "from_name": "Jo, the app",
    "reply_to": "answers@example.org",
    "envelope_from": "bounces@example.org",
    "subject_prefix": "[app]",
    "name": "main",
    "comment": "the relay",
    "ehlo_name": "app.example.org",
}


def described(app: Application, login: str, security: str, **changes: Any) -> Description:
    """A description with everything that the application can express."""
    supports = app.profile.supports
    ports = supports.ports[security]
    given: dict[str, Any] = {
        "host": "mail.example.com",
        "port": ports[0] if ports else PORT_OF[security],  # type: ignore[index]  # a text that is one of its keys
        "security": security,
        "from_address": "no.reply@example.org",
        "auth": "none" if login == "none" else "password",
    }
    if login != "none":
        given["username"] = "app@example.com"
    if login == "password":
        given["password"] = Secret(PASSWORD)
    if login == "secret":
        given["existing_secret"] = ExistingSecret("app-smtp")
    given |= {name: text for name, text in TEXTS.items() if name in supports.fields}
    return Description(**(given | changes))


def written(app: Application, description: Description) -> dict[str, Any]:
    """The values of a release that was configured so."""
    return values.apply({}, render(app, description, release="rel", namespace="ns").leaves)


def reading(
    app: Application, there: dict[str, Any], defaults: dict[str, Any] | None = None
) -> Reading:
    return read(app, there, defaults or {}, release="rel", namespace="ns")


def about_values(found: Reading) -> list[str]:
    return [code for code in codes(found.findings) if code in ABOUT_VALUES]


def cases() -> list[Any]:
    return [
        pytest.param(name, login, security, verify, id=f"{name}-{login}-{security}-{verify}")
        for name in shipped()
        for login, security, verify in product(
            LOGINS, application(name).profile.supports.ports, (True, False)
        )
        if fits(application(name), login, security, verify)
    ]


def fits(app: Application, login: str, security: str, verify: bool) -> bool:
    """Whether the application can honour such a description."""
    wanted = described(app, login, security, validate_certs=verify)
    return not errors(fit(app.profile, wanted))


@pytest.mark.parametrize(("name", "login", "security", "verify"), cases())
def test_what_a_profile_writes_is_read_back_as_what_writes_the_same(
    name: str, login: str, security: str, verify: bool
) -> None:
    app = application(name)
    wanted = described(app, login, security, validate_certs=verify)
    there = written(app, wanted)
    found = reading(app, there)
    assert about_values(found) == []
    assert written(app, found.resolved.description) == there
    assert not errors(fit(app.profile, found.resolved.description))


@pytest.mark.parametrize(
    "name", [name for name in shipped() if application(name).profile.supports.disabled]
)
def test_mail_that_is_switched_off_is_read_so(name: str) -> None:
    app = application(name)
    off = Description(enabled=False)
    assert not reading(app, written(app, off)).resolved.description.enabled


@pytest.mark.parametrize("password", HOSTILE)
@pytest.mark.parametrize("name", ["qualytics", "authentik", "rocketchat", "thand"])
def test_a_hostile_password_is_read_back_byte_for_byte(name: str, password: str) -> None:
    app = application(name)
    [security] = [each for each in ("tls", "none") if each in app.profile.supports.ports][:1]
    wanted = described(app, "password", security, password=Secret(password))
    found = reading(app, written(app, wanted))
    assert found.settings["password"] == Secret(password)


INLINE = [
    name
    for name in shipped()
    if not (secret := application(name).profile.supports.existing_secret) or not secret.required
]
"""The applications that take a password in their values."""


@given(st.sampled_from(INLINE), PASSWORDS)
@settings(max_examples=100)
def test_any_password_of_any_application_is_read_back_or_refused_before(
    name: str, password: str
) -> None:
    app = application(name)
    security = "tls" if "tls" in app.profile.supports.ports else "starttls"
    wanted = described(app, "password", security, password=Secret(password))
    made = render(app, wanted, release="rel", namespace="ns")
    if not errors(made.findings):
        there = values.apply({}, made.leaves)
        assert reading(app, there).settings["password"] == Secret(password)


@given(st.from_regex(r"[a-z]{1,9}(\.[a-z]{2,5}){1,3}", fullmatch=True), st.integers(1, 65535))
@settings(max_examples=30)
def test_any_host_and_port_are_read_back_where_they_stand_in_one_text(host: str, port: int) -> None:
    app = application("grafana")
    wanted = described(app, "none", "none", host=host, port=port)
    found = reading(app, written(app, wanted)).settings
    assert (found["host"], found["port"]) == (host, str(port))


def test_an_ipv6_address_is_read_without_its_brackets() -> None:
    app = application("grafana")
    wanted = described(app, "none", "starttls", host="2001:db8::25")
    assert reading(app, written(app, wanted)).resolved.description.host == "2001:db8::25"


# -- what is wrong with values -------------------------------------------------------------------


@pytest.fixture
def qualytics() -> dict[str, Any]:
    app = application("qualytics")
    return written(app, described(app, "password", "tls"))


def finding_at(found: Reading, where: str) -> str:
    [code] = [finding.code for finding in found.findings if finding.where == where]
    return code


def test_a_quoted_boolean_is_found_and_still_understood(qualytics: dict[str, Any]) -> None:
    qualytics["controlplane"]["smtp"]["enabled"] = "true"
    found = reading(application("qualytics"), qualytics)
    assert finding_at(found, "controlplane.smtp.enabled") == "value-type-wrong"
    assert found.resolved.description.enabled


def test_a_port_as_a_number_is_found_where_a_text_is_wanted(qualytics: dict[str, Any]) -> None:
    qualytics["controlplane"]["smtp"]["port"] = 465
    found = reading(application("qualytics"), qualytics)
    assert finding_at(found, "controlplane.smtp.port") == "value-type-wrong"
    assert found.resolved.description.port == 465


def test_one_credential_without_the_other_is_found(qualytics: dict[str, Any]) -> None:
    qualytics["secrets"]["smtp"]["smtp_sender_password"] = ""
    found = reading(application("qualytics"), qualytics)
    assert finding_at(found, "secrets.smtp.smtp_sender_password") == "value-contradiction"


def test_both_switches_of_a_pair_are_found() -> None:
    app = application("sentry")
    there = written(app, described(app, "password", "starttls"))
    there["mail"]["useSsl"] = True
    found = reading(app, there)
    assert {"mail.useTls", "mail.useSsl"} & {
        finding.where for finding in found.findings if finding.code == "value-contradiction"
    }


def test_the_default_of_the_chart_counts_where_nothing_is_given(qualytics: dict[str, Any]) -> None:
    server = qualytics["controlplane"]["smtp"].pop("server")
    defaults = {"controlplane": {"smtp": {"server": server}}}
    found = reading(application("qualytics"), qualytics, defaults)
    assert about_values(found) == []
    assert found.resolved.description.host == server


def test_values_without_mail_are_said_to_have_none() -> None:
    found = reading(application("qualytics"), {"image": "other"})
    assert codes(found.findings) == ["values-without-mail"]


def test_no_finding_shows_a_secret(qualytics: dict[str, Any]) -> None:
    smtp = qualytics["secrets"]["smtp"]
    smtp["smtp_sender_user"], smtp["smtp_sender_password"] = "", PASSWORD
    found = reading(application("qualytics"), qualytics)
    assert about_values(found)
    assert PASSWORD not in repr(found)


def test_a_subchart_is_read_below_its_key() -> None:
    below = application("vaultwarden@vault")
    there = written(below, described(below, "password", "starttls"))
    assert set(there) == {"vault"}
    assert reading(below, there).resolved.description.host == "mail.example.com"


def test_a_switch_says_whether_mail_is_on_however_little_stands_beside_it() -> None:
    smtp = {"enabled": True, "host": "mail.example.com:587", "user": "hub", "password": PASSWORD}
    found = reading(application("grafana"), {"grafana.ini": {"smtp": smtp}})
    assert found.resolved.description.enabled
    assert found.resolved.description.host == "mail.example.com"
    assert PASSWORD not in repr(found)


def test_mail_that_is_switched_off_is_off_whatever_is_left_beside_it(
    qualytics: dict[str, Any],
) -> None:
    qualytics["controlplane"]["smtp"]["enabled"] = False
    found = reading(application("qualytics"), qualytics)
    assert not found.resolved.description.enabled
    assert {finding.where for finding in found.findings} == {
        "secrets.smtp.smtp_sender_user",
        "secrets.smtp.smtp_sender_password",
    }


@pytest.mark.parametrize("name", ["palette", "vertex"])
def test_a_user_without_a_password_that_is_never_shown_is_no_anonymous_relay(name: str) -> None:
    app = application(name)
    there = written(app, described(app, "password", "starttls"))
    del there["password"]
    found = reading(app, there)
    assert found.resolved.description.auth == "password"
    assert finding_at(found, "password") == "value-missing"


@pytest.mark.parametrize("name", ["thand", "thand-file", "thand-file-email-smtp"])
def test_what_an_application_takes_for_something_else_is_found(name: str) -> None:
    app = application(name)
    wanted = replace(described(app, "password", "tls"), password=Secret("${SMTP_PASSWORD}"))
    found = reading(app, written(app, wanted))
    assert f"{name}-evaluated-password" in codes(found.findings)


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("grafana", {"grafana.ini": {"smtp": {"enabled": True, "host": "mail.example.com:587"}}}),
        ("qualytics", {"controlplane": {"smtp": {"enabled": True, "server": "mail.example.com"}}}),
        ("vaultwarden", {"smtp": {"host": "mail.example.com", "security": "starttls"}}),
    ],
)
def test_values_without_any_credentials_mean_no_login(name: str, there: dict[str, Any]) -> None:
    found = reading(application(name), there).resolved.description
    assert (found.host, found.auth, found.existing_secret) == ("mail.example.com", "none", None)


LEAK = "leak-unmistakable-Nm2"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("server", f"smtp://user:{LEAK}@relay.example.com"),
        ("server", f"user:{LEAK}@relay.example.com:587"),
        ("server", {"password": LEAK}),
        ("port", f"smtp://user:{LEAK}@relay.example.com:587"),
        ("port", [LEAK]),
        ("sender", f"smtp://user:{LEAK}@relay.example.com"),
        ("enabled", {"x": LEAK}),
        ("smtp_sender_user", {"name": "u", "password": LEAK}),
        ("smtp_sender_user", f"https://u:{LEAK}@x.example.com/a"),
        ("smtp_sender_password", {"value": LEAK}),
        ("smtp_sender_password", [LEAK, "x"]),
    ],
)
def test_a_login_in_a_value_is_never_shown(
    qualytics: dict[str, Any], place: str, value: Any
) -> None:
    user = place.startswith("smtp_")
    (qualytics["secrets"]["smtp"] if user else qualytics["controlplane"]["smtp"])[place] = value
    app = application("qualytics")
    found = reading(app, qualytics)
    shown = [report.told(app, found), [each.as_dict() for each in report.findings(found)]]
    assert LEAK not in repr(shown)


def test_a_user_name_that_is_a_token_is_not_shown(qualytics: dict[str, Any]) -> None:
    qualytics["controlplane"]["smtp"]["server"] = "smtp.postmarkapp.com"
    qualytics["secrets"]["smtp"] = {"smtp_sender_user": LEAK, "smtp_sender_password": "other"}
    app = application("qualytics")
    found = reading(app, qualytics)
    told = report.told(app, found)
    assert LEAK not in repr([told, report.findings(found)])
    assert "smtp_username" in {each["variable"] for each in told["secrets"]}
