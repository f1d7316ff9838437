# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes before the settings, and a chart that does not read them, stop a run before anything is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.apps.guard.release import CHART, PROFILE, install, wait
from tests.apps.invitations.release import Release
from tests.harness.lab import Lab
from tests.system.conftest import Configure
from tests.system.test_guard import MAJORS, App, told

pytestmark = pytest.mark.node

OVERRIDES = [
    {
        "env": "MAIL_RELAY",
        "decides": "the relay",
        "agrees": "{{ found == host }}",
        "login": "{{ auth == 'password' }}",
    }
]


@pytest.fixture
def installed(lab: Lab, configure: Configure) -> Iterator[Callable[..., App]]:
    releases: list[Release] = []

    def one(helm: str = "helm") -> App:
        release = replace(lab.release(helm=helm), chart=CHART)
        releases.append(release)
        install(release)
        return App(release, configure)

    yield one
    for release in releases:
        release.remove()


@pytest.fixture
def profile(tmp_path: Path) -> Callable[..., str]:
    """A profile like the application's, with changes."""

    def one(values: dict[str, Any] | None = None, **changes: Any) -> str:
        document = yaml.safe_load(PROFILE.read_text(encoding="utf-8"))
        document["values"]["mail"] |= values or {}
        path = tmp_path / "own.yml"
        path.write_text(yaml.safe_dump({**document, **changes}, sort_keys=False))
        return str(path)

    return one


@pytest.mark.parametrize("helm", MAJORS)
def test_a_key_that_the_chart_does_not_read_is_found_before_the_upgrade(
    installed: Callable[..., App], profile: Callable[..., str], helm: str
) -> None:
    app = installed(helm)
    before = app.state()
    own = profile({"sender_name": "{{ from_address }}"})
    for arguments in (("--check",), ()):
        played = app.deploy(*arguments, smtp_application=own)
        assert played.failed == 1, played.output
        assert told(app, played) == {("values-not-read", "release hub")}
        assert "does not read mail.sender_name." in played.output
        assert app.state() == before
        assert "correct horse" not in played.output


def test_a_variable_that_goes_before_the_settings_is_found_before_the_change_and_in_the_pods(
    installed: Callable[..., App], profile: Callable[..., str]
) -> None:
    app = installed()
    name = f"{app.release.name}-app"
    app.kubectl("set", "env", f"deployment/{name}", "MAIL_RELAY=old.example.net")
    wait(app.release)
    before = app.state()
    own = profile(overrides=OVERRIDES)
    for arguments in (("--check",), ()):
        played = app.deploy(*arguments, smtp_application=own)
        assert played.failed == 1, played.output
        where = "variable MAIL_RELAY of container app of Deployment hub-app"
        assert told(app, played) == {("login-goes-elsewhere", where)}
        assert "old.example.net" not in played.output
        assert app.state() == before
