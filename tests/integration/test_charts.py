# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every profile of a chart, rendered by real Helm: the pods get what the profile's evidence promises.

A true chart is taken where it lies beside the checkout, and the project's own small chart of the same
shape always: so the small ones are held against the true ones.
"""

from __future__ import annotations

import base64
import functools
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    PORT_OF,
    SECURITIES,
    Description,
    ExistingSecret,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.fit import fit
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load, shipped
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Application,
    Profile,
    Rendered,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render
from tests.apps.qualytics import stand_in_values
from tests.cluster.layout import CHECKOUT
from tests.harness.rendered import MAJORS, Manifests, differences, find, template
from tests.integration.awkward import AWKWARD_PASSWORDS

TRUE_CHARTS = CHECKOUT.parent / "shared" / "charts"
OWN_CHARTS = Path(__file__).parents[1] / "apps" / "charts"
OTHERWISE_NAMED = {"qualytics": OWN_CHARTS.parent / "invitations" / "chart"}
"""Profiles whose small chart is that of the sample application."""

BEFORE: Mapping[str, Mapping[str, Any]] = {"qualytics": stand_in_values()}
"""What else a chart has to be given before it can be rendered."""

RELEASE, NAMESPACE = "mail", "apps"
CA = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUTm90QUNlcnRpZmljYXRl\n-----END CERTIFICATE-----\n"

OPTIONAL: dict[str, Any] = {
    "from_name": 'Ops #1 "{{ Tür }}" \\ ; on-call',
    "reply_to": "help@example.com",
    "envelope_from": "bounces@example.com",
    "subject_prefix": "[test] ",
    "ehlo_name": "apps.example.com",
}

HOSTILE_PASSWORDS = {
    **AWKWARD_PASSWORDS,
    "null": "~",
    "template": "{{ x }}",
    "template_in_quotes": '"{{ x }}"\\ \'',
    "opening_braces": "{{{ {%",
    "template_and_tab": "{{\tx }}",
    "reference": "${y}",
    "comment": "#",
    "hash_inside": "a #b",
    "mapping": ": ",
    "url": "user:p@ss/word?#%41",
    "dollars": "a$$b$(HOME)",
    "json": "123456",
    "emoji": "pä\U0001f511\u2028",
    "anchor": "*&!|>%@`",
}


@dataclass(frozen=True)
class Chart:
    """A chart that a profile can be rendered with."""

    profile: str
    folder: Path

    def __str__(self) -> str:
        return f"{self.profile}-{'true' if self.folder.parent == TRUE_CHARTS else 'own'}"


def charts() -> Iterator[Chart]:
    for name in shipped():
        profile = load(name)
        if profile.target == "helm":
            own = OTHERWISE_NAMED.get(name, OWN_CHARTS / profile.charts[0])
            for folder in (TRUE_CHARTS / profile.charts[0], own):
                if folder.is_dir():
                    yield Chart(name, folder)


CHARTS = tuple(charts())


LOGIN = {"auth": "password", "username": "mailer@example.com", "password": Secret("correct-horse")}
LOGINS: dict[str, dict[str, Any]] = {
    "password": LOGIN,
    "anonymous": {"auth": "none"},
    # With the login beside the existing Secret, so that the evidence can tell the values.
    "existing_secret": {**LOGIN, "existing_secret": ExistingSecret("mail-login")},
}
CERTIFICATES: dict[str, dict[str, Any]] = {
    "public_ca": {},
    "private_ca": {"ca_pem": CA},
    "skip_verify": {"validate_certs": False},
}


def descriptions(profile: Profile) -> Iterator[tuple[str, Description]]:
    """The whole matrix; without TLS it makes no difference how a certificate would be verified."""
    yield "disabled", Description(enabled=False)
    for (login, who), security in itertools.product(LOGINS.items(), SECURITIES):
        for way, how in CERTIFICATES.items() if security != "none" else [("", {})]:
            port = next(iter(profile.supports.ports.get(security, ())), PORT_OF[security])
            yield (
                "-".join(filter(None, (login, security, way))),
                Description(
                    host="relay.example.com",
                    port=port,
                    security=security,
                    from_address="no-reply@example.com",
                    **who,
                    **how,
                ),
            )


def usual(profile: Profile) -> Description:
    """A login over STARTTLS, by an existing Secret only where there is no other way."""
    support = profile.supports.existing_secret
    login = "existing_secret" if support is not None and support.required else "password"
    return dict(descriptions(profile))[f"{login}-starttls-public_ca"]


def refusals(profile: Profile, description: Description, wanted: Rendered) -> list[Finding]:
    found = (*fit(profile, description), *wanted.findings)
    return [finding for finding in found if finding.severity == "error"]


def written(profile: Profile, description: Description) -> Rendered:
    return render(Application(profile), description, release=RELEASE, namespace=NAMESPACE)


def existing(profile: Profile, description: Description) -> dict[str, Any]:
    """The Secret that is there already, as the profile says that it must be."""
    assert description.existing_secret is not None
    support = profile.supports.existing_secret
    assert support is not None
    held = {
        "username": description.username,
        "password": description.password.reveal(),
        "host": description.host,
        "port": str(description.port),
        "url": f"smtp://{description.host}:{description.port}",
    }
    data = {
        key: base64.b64encode(held[what].encode()).decode() for what, key in support.keys.items()
    }
    return {"kind": "Secret", "metadata": {"name": description.existing_secret.name}, "data": data}


@functools.cache
def helm(program: str) -> str:
    found = find(program)
    if found is None:
        pytest.skip(f"{program} is neither in MAILOPS_TEST_BIN nor in PATH")
    return found


def installed(chart: Chart, wanted: Rendered, program: str) -> Manifests:
    """The chart with the values over those that it cannot be rendered without."""
    return template(
        helm(program),
        chart.folder,
        values.apply(BEFORE.get(chart.profile, {}), wanted.leaves),
        release=RELEASE,
        namespace=NAMESPACE,
        # What is particular (a deployment's identifier) goes over the template of values.
        files=sorted((chart.folder / "example").glob("*.yaml"), reverse=True),
    )


def assert_as_promised(chart: Chart, description: Description, program: str = MAJORS[0]) -> None:
    """Each workload gets what the evidence says, or the description is refused with a way out."""
    profile = load(chart.profile)
    wanted = written(profile, description)
    refused = refusals(profile, description, wanted)
    if refused:
        assert all(finding.fix for finding in refused)
        return
    manifests = installed(chart, wanted, program)
    if description.existing_secret is not None:
        manifests = manifests.beside(existing(profile, description))
    assert wanted.evidence
    for workload, evidence in wanted.evidence.items():
        assert differences(evidence, workload, manifests) == []


def cells() -> Iterator[Any]:
    for chart in CHARTS:
        for name, description in descriptions(load(chart.profile)):
            yield pytest.param(chart, description, id=f"{chart}-{name}")


@pytest.mark.parametrize(("chart", "description"), tuple(cells()))
def test_the_pods_get_what_the_evidence_promises(chart: Chart, description: Description) -> None:
    assert_as_promised(chart, description)


@pytest.mark.parametrize("chart", CHARTS, ids=str)
def test_helm_3_renders_the_same(chart: Chart) -> None:
    assert_as_promised(chart, usual(load(chart.profile)), program="helm3")


@pytest.mark.parametrize("chart", CHARTS, ids=str)
def test_every_optional_field_that_a_profile_supports_arrives(chart: Chart) -> None:
    profile = load(chart.profile)
    plain = usual(profile)
    given = {name: text for name, text in OPTIONAL.items() if name in profile.supports.fields}
    assert_as_promised(chart, replace(plain, **given))
    for mechanism in profile.supports.mechanisms:
        assert_as_promised(chart, replace(plain, mechanism=mechanism))


@pytest.mark.parametrize("chart", CHARTS, ids=str)
def test_a_hostile_password_arrives_byte_for_byte_or_is_refused(chart: Chart) -> None:
    plain = usual(load(chart.profile))
    for password in HOSTILE_PASSWORDS.values():
        assert_as_promised(chart, replace(plain, password=Secret(password)))


def test_every_profile_of_a_chart_has_a_chart_to_be_rendered_with() -> None:
    profiles = {name for name in shipped() if load(name).target == "helm"}
    assert profiles == {chart.profile for chart in CHARTS}
