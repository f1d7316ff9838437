# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes before the settings is found before a change, in check mode too, and in the pods."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import FOLDER
from ansible_collections.mailops.smtp.tests.unit.plugins.action.test_smtp_release import (
    WANTED,
    WORKLOADS,
    bringing,
    running,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.action.test_smtp_verify import verifying
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    environ,
    secret,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import (
    ARGUMENTS,
    perform,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.releases import (
    Release,
)

OVERRIDES = [
    {"env": "MAIL_RELAY", "decides": "the relay", "agrees": "{{ found == host }}",
     "login": "{{ auth == 'password' }}"},
    {"env": "MAIL_*", "decides": "a setting of mail"},
    {"env": "NEWS_RELAY", "decides": "the relay of the newsletter", "effect": "beside"},
    {"values": ["controlplane", "extraEnv", "MAIL_*"], "decides": "a setting of mail"},
]  # fmt: skip
OLD = "old-relay.example.net"


@pytest.fixture
def profile(tmp_path: Path) -> str:
    """A profile of somebody's own, with overrides."""
    document = yaml.safe_load((FOLDER / "qualytics.yml").read_text(encoding="utf-8"))
    path = tmp_path / "own.yml"
    path.write_text(yaml.safe_dump({**document, "overrides": OVERRIDES}, sort_keys=False))
    return str(path)


def deployed(
    release: Release, profile: str, *, check: bool = False, **changes: Any
) -> dict[str, Any]:
    arguments = {**ARGUMENTS, "application": profile, **changes}
    return perform(bringing(release), arguments, folder=Path(profile).parent, check=check)[1]


def verified(release: Release, profile: str) -> dict[str, Any]:
    arguments = {**ARGUMENTS, "application": profile}
    return perform(verifying(release), arguments, folder=Path(profile).parent)[1]


def given(release: Release, *entries: dict[str, Any]) -> None:
    """Gives every workload more variables in its specification."""
    for name in WORKLOADS:
        [container] = release.states[name]["spec"]["template"]["spec"]["containers"]
        container["env"] = [*container["env"], *entries]


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("host", ["mail.example.com", "new.example.com"])
def test_a_variable_of_a_workload_that_goes_before_the_settings_stops_the_run(
    profile: str, check: bool, host: str
) -> None:
    release = running()
    given(release, {"name": "MAIL_RELAY", "value": OLD})
    found = deployed(release, profile, check=check, host=host)
    assert found["failed"]
    told = [each for each in found["findings"] if each["code"] == "login-goes-elsewhere"]
    assert told[0]["where"] == "variable MAIL_RELAY of container api of Deployment qua-api"
    assert OLD not in str(found)
    assert release.numbers() == [4, 5]


def test_a_variable_out_of_a_whole_secret_is_found_and_never_shown(
    profile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = running()
    for name in WORKLOADS:
        [container] = release.states[name]["spec"]["template"]["spec"]["containers"]
        container["envFrom"] = [{"prefix": "MAIL_", "secretRef": {"name": "extra"}}]
    monkeypatch.setattr(release, "secret", {"extra": secret(PASSWORD="hidden-word")}.get)
    found = deployed(release, profile)
    assert {each["code"] for each in found["findings"]} == {"mail-decided-elsewhere"}
    assert "variable MAIL_PASSWORD of container api" in found["msg"]
    assert "hidden-word" not in str(found)


def test_a_place_in_the_values_is_named_as_it_stands_there(profile: str) -> None:
    release = running()
    values = {**release.held[-1].values}
    values["controlplane"] = {**values["controlplane"], "extraEnv": {"MAIL_FROM": "x"}}
    record = {**release.held[-1].record, "config": values}
    release.held[-1] = replace(release.held[-1], record=record)
    given(release, {"name": "MAIL_FROM", "value": "x"})
    found = deployed(release, profile)
    assert [each["where"] for each in found["findings"]] == ["controlplane.extraEnv.MAIL_FROM"]


def test_a_place_that_decides_by_itself_is_a_warning(profile: str) -> None:
    release = running()
    given(release, {"name": "NEWS_RELAY", "value": OLD})
    found = deployed(release, profile)
    assert "failed" not in found, found
    assert {each["code"] for each in found["findings"]} == {"mail-decided-beside"}
    assert any("the relay of the newsletter" in text for text in found["warnings"])


def test_a_variable_that_agrees_is_nothing(profile: str) -> None:
    release = running()
    given(release, {"name": "MAIL_RELAY", "value": "mail.example.com"})
    found = deployed(release, profile)
    assert ("failed" not in found, found["findings"]) == (True, [])


def test_a_variable_that_only_the_image_sets_is_found_in_the_pods(profile: str) -> None:
    release = running()
    for name in WORKLOADS:
        release.environments[f"{name}-1"] = environ(**WANTED, MAIL_RELAY=OLD)
    found = verified(release, profile)
    assert found["failed"]
    assert [each["where"] for each in found["findings"]] == [
        f"variable MAIL_RELAY of container {name} of pod qua-{name}-1" for name in ("api", "cmd")
    ]
    assert OLD not in str(found)


def test_pods_that_agree_are_verified(profile: str) -> None:
    release = running()
    for name in WORKLOADS:
        release.environments[f"{name}-1"] = environ(**WANTED, MAIL_RELAY="mail.example.com")
    assert verified(release, profile)["findings"] == []


@pytest.mark.parametrize(
    ("override", "problem"),
    [
        ({"decides": "x"}, "overrides.0: either env or values must be given"),
        ({"env": "A", "values": ["a"], "decides": "x"}, "overrides.0: either env or values"),
        (
            {"env": "A", "decides": "x", "agrees": "{{ fond }}"},
            "fond, which is not known; found was",
        ),
        ({"env": "A", "decides": "x", "login": "{{ found"}, "is no Jinja2 expression"),
    ],
)
def test_an_override_that_is_wrong_is_answered_with_its_place(
    profile: str, override: dict[str, Any], problem: str
) -> None:
    path = Path(profile)
    document = {**yaml.safe_load(path.read_text()), "overrides": [override]}
    other = path.with_name("other.yml")
    other.write_text(yaml.safe_dump(document, sort_keys=False))
    [finding] = deployed(running(), str(other))["findings"]
    assert finding["code"] == "profile-invalid"
    assert problem in finding["message"]
