# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change of the private CA that does not work is undone like any other: the bundle and the mount are as before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.apps.brittle.release import CRASHES, journal, wait
from tests.harness.brittle import App, installed
from tests.harness.lab import Lab
from tests.relays.authority import Authority
from tests.system.test_back_out import message

pytestmark = [pytest.mark.node, pytest.mark.faults]

FIRST, SECOND, DISLIKED = (Authority().certificate for _ in range(3))
MARK = DISLIKED.splitlines()[-3]
"""A line of the certificate with which the application does not come up."""
WRONG: dict[str, Any] = {"smtp_host": CRASHES, "smtp_rollout_timeout": "20"}
MANAGERS = {"mailops-smtp-ca", "mailops-smtp-hold"}


def deploy(app: App, ca: str | None, **changes: Any) -> str:
    """Brings mail in with a CA, or takes that out; what the run says at its end, empty when all is well."""
    mode = {"smtp_ca_pem": ca or FIRST, "smtp_ca_mode": None if ca else "none"}
    played = app.deploy(**mode, **changes)
    return message(played) if played.failed else ""


def config_maps(app: App) -> list[str]:
    items = app.release.kubectl.json("-n", app.release.namespace, "get", "configmaps")["items"]
    return [each["metadata"]["name"] for each in items if "mailops" in each["metadata"]["name"]]


def workload(app: App) -> dict[str, Any]:
    name = f"{app.release.name}-app"
    found: dict[str, Any] = app.release.kubectl.json(
        *("-n", app.release.namespace, "get", "deployment", name, "--show-managed-fields")
    )
    return found


def trusts(app: App) -> str:
    """The certificates that the running application is told of; empty when of none."""
    wait(app.release)
    script = '[ -z "$SSL_CERT_FILE" ] || cat "$SSL_CERT_FILE"'
    return app.kubectl("exec", f"deployment/{app.release.name}-app", "--", "sh", "-c", script)


def left(app: App) -> list[str]:
    """What there is of a CA in the cluster and in the pods."""
    found = workload(app)
    fields = {entry["manager"] for entry in found["metadata"]["managedFields"]}
    pods = ["pods"] if trusts(app) or "mailops-smtp" in str(found["spec"]["template"]) else []
    return [*config_maps(app), *(fields & MANAGERS), *pods]


@pytest.fixture(scope="class", params=["helm", "helm3"])
def app(
    lab: Lab, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("app")
    with installed(lab, folder, request.param, work="configure-ca", distrusts=MARK) as app:
        yield app


class TestAChangeWithAPrivateCa:
    """The tests build on each other."""

    def test_one_that_was_mounted_for_the_first_time_goes(self, app: App) -> None:
        said = deploy(app, FIRST, **WRONG)
        assert "settings of revision 1 again (as revision 3) and its private CA as before" in said
        assert left(app) == []

    def test_that_of_a_change_which_works_stays(self, app: App) -> None:
        assert deploy(app, FIRST) == ""
        assert FIRST in trusts(app)

    def test_one_that_was_replaced_together_with_other_settings_is_back(self, app: App) -> None:
        before = workload(app)["spec"]["template"]["spec"]
        said = deploy(app, SECOND, smtp_password="lost", **WRONG)
        assert "its private CA as before" in said
        assert FIRST in trusts(app)
        assert workload(app)["spec"]["template"]["spec"] == before
        assert len(config_maps(app)) == 1

    def test_one_that_was_replaced_alone_is_back_and_the_revision_stays(self, app: App) -> None:
        revision = app.release.revision()
        said = deploy(app, DISLIKED, smtp_rollout_timeout="20")
        assert "The change was undone" in said
        assert "its private CA as before" in said
        assert FIRST in trusts(app)
        assert app.release.revision() == revision
        assert len(config_maps(app)) == 1

    def test_one_that_was_taken_out_is_back(self, app: App) -> None:
        said = deploy(app, None, **WRONG)
        assert "its private CA as before" in said
        assert FIRST in trusts(app)

    def test_it_stays_when_that_is_wanted(self, app: App) -> None:
        said = deploy(app, DISLIKED, smtp_rollout_timeout="20", smtp_back_out="no")
        assert "was not undone, because the new settings are in place" in said
        assert deploy(app, FIRST) == ""
        assert FIRST in trusts(app)

    def test_what_is_taken_out_leaves_nothing(self, app: App) -> None:
        assert deploy(app, None) == ""
        assert left(app) == []

    def test_a_restart_alone_is_no_change_to_be_undone(self, app: App) -> None:
        assert deploy(app, None, smtp_password="next", smtp_restart="never") == ""
        revision = app.release.revision()
        assert deploy(app, None, smtp_password="next") == ""
        noted = journal(app.release)
        # To go back to the revision that is in use is to go nowhere.
        assert noted["makes"] == noted["good"]["number"] == revision
