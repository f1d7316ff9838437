# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A probe that fails says whether a killed run waits to be mended, which the deployment does all the same."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from ansible import constants

from ansible_collections.mailops.smtp.plugins.action.smtp_probe import ActionModule
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Target
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    Authority,
    Relay,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import (
    ARGUMENTS,
    perform,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.journals import entry
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.leases import lease
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.releases import (
    Release,
    made_by,
)

Probe = Callable[..., dict[str, Any]]
APPLICATION = "grafana"
"""Takes a relay on any port."""
Replies = dict[str, bytes | list[bytes] | None]
REFUSES: Replies = {"AUTH": b"535 5.7.8 Authentication failed\r\n"}


class WithoutPolicies(Release):
    """No NetworkPolicy is in the way of its pods, of which none is ready."""

    def network_policies(self) -> list[dict[str, Any]]:
        return []


def of(*revisions: Revision) -> Release:
    """A release of the application, with these revisions and without a pod."""
    return WithoutPolicies([of_application(each) for each in revisions])


def of_application(revision: Revision) -> Revision:
    """The same with the application's chart; what is decoded is shared, and must not be changed."""
    metadata = {**revision.chart["metadata"], "name": APPLICATION}
    chart = {**revision.chart, "metadata": metadata}
    return replace(revision, record={**revision.record, "chart": chart})


@pytest.fixture
def probe(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Probe:
    """Runs the action for a release on a relay of this machine."""
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))

    def run(release: Release, relay: Relay, **changes: Any) -> dict[str, Any]:
        class Probing(ActionModule):
            def cluster(self, target: Target) -> Cluster:
                return cast(Cluster, release)

        given = {
            **ARGUMENTS,
            "host": "127.0.0.1",
            "port": relay.port,
            "security": relay.security,
            "username": relay.username,
            "password": relay.password,
            "ca_pem": authority.pem,
            "ca_mode": "none",
            "application": APPLICATION,
            "timeout": 5,
            **changes,
        }
        return perform(Probing, given, folder=tmp_path)[1]

    return run


def severities(result: dict[str, Any]) -> dict[str, str]:
    return {finding["code"]: finding["severity"] for finding in result["findings"]}


def half_written() -> Release:
    """What a run has left that was killed while Helm was at work."""
    return of(revision(4, "superseded"), made_by("killed", 5, "pending-upgrade"))


def unseen() -> Release:
    """The same when Helm had come to its end."""
    return noted("upgrade")


def unproved() -> Release:
    """The same when its pods were seen to be right, and only the proof is owed."""
    return noted("proof")


def noted(doing: Any) -> Release:
    release = of(revision(4, "superseded"), made_by("killed", 5, "deployed"))
    with lease(release.store, "killed") as its:
        its.take()
        its.note(entry("killed", doing, 5, 4))
    return release


HALF_DONE = pytest.mark.parametrize("left", [half_written, unseen])
UNFINISHED = pytest.mark.parametrize("left", [half_written, unseen, unproved])
PLACES = pytest.mark.parametrize("place", ["pod", "ephemeral", "job"])


@UNFINISHED
@PLACES
def test_without_a_ready_pod_the_controller_asks_and_it_is_a_warning_while_a_killed_run_waits(
    run_relay: Callable[[Relay], Relay], probe: Probe, left: Callable[[], Release], place: str
) -> None:
    result = probe(left(), run_relay(Relay()), probe_from=place, probe_image="python:3")
    assert "failed" not in result, result["msg"]
    assert result["probed_from"] == "controller"
    assert severities(result)["probe-from-controller"] == "warning"
    assert "what a killed run has left is to be mended first" in result["warnings"][0]


@HALF_DONE
def test_without_a_ready_pod_it_fails_when_nothing_would_be_undone(
    run_relay: Callable[[Relay], Relay], probe: Probe, left: Callable[[], Release]
) -> None:
    result = probe(left(), run_relay(Relay()), probe_from="pod", back_out=False)
    assert result["failed"]
    assert severities(result) == {"probe-pod-unavailable": "error", "killed-run-waits": "warning"}


@PLACES
def test_without_a_ready_pod_it_fails_when_nothing_waits(
    run_relay: Callable[[Relay], Relay], probe: Probe, place: str
) -> None:
    release = of(revision(4))
    result = probe(release, run_relay(Relay()), probe_from=place, probe_image="python:3")
    assert result["failed"]
    assert severities(result) == {"probe-pod-unavailable": "error"}


@UNFINISHED
def test_a_relay_that_refuses_is_told_together_with_the_killed_run_that_waits(
    run_relay: Callable[[Relay], Relay], probe: Probe, left: Callable[[], Release]
) -> None:
    result = probe(left(), run_relay(Relay(replies=REFUSES)), probe_from="controller")
    assert result["failed"]
    assert severities(result)["credentials-rejected"] == "error"
    assert severities(result)["killed-run-waits"] == "warning"
    assert any("rejected the credentials" in warning for warning in result["warnings"])


@HALF_DONE
def test_so_is_what_keeps_it_from_being_asked(
    run_relay: Callable[[Relay], Relay], probe: Probe, left: Callable[[], Release]
) -> None:
    result = probe(left(), run_relay(Relay()), probe_from="ephemeral")
    assert result["failed"]
    assert severities(result) == {"probe-image-missing": "error", "killed-run-waits": "warning"}


@pytest.mark.parametrize(
    "replies",
    [
        pytest.param({"AUTH": b"454 4.7.0 Temporary authentication failure\r\n"}, id="login"),
        pytest.param({"RCPT": b"450 4.2.0 Greylisted\r\n"}, id="greylisted"),
        pytest.param({"banner": b"421 4.7.0 Too many connections\r\n"}, id="throttled"),
    ],
)
def test_a_proof_that_is_owed_waits_where_the_relay_asks_to_come_again(
    run_relay: Callable[[Relay], Relay], probe: Probe, replies: Replies
) -> None:
    asked = {"probe_until": "rcpt", "test_recipients": "ops@example.com"}
    relay = run_relay(Relay(replies=replies))
    result = probe(unproved(), relay, probe_from="controller", **asked)
    assert result["failed"]
    assert result["relay"]["transient"]
    assert "killed-run-waits" not in severities(result)


def test_a_proof_that_is_owed_waits_where_the_relays_dns_may_have_had_a_hiccup(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    asked = {"probe_until": "rcpt", "test_recipients": "ops@example.com"}
    relay = run_relay(Relay(replies={"MAIL": b"450 4.1.8 Sender domain not found\r\n"}))
    result = probe(unproved(), relay, probe_from="controller", **asked)
    assert severities(result)["sender-domain-unknown"] == "error"
    assert result["relay"]["unconfirmed"] == ["sender-domain-unknown"]
    assert "killed-run-waits" not in severities(result)


def test_a_proof_that_is_owed_waits_where_it_may_be_the_recipients_that_are_refused(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    asked = {"probe_until": "rcpt", "test_recipients": "ops@example.com"}
    relay = run_relay(Relay(replies={"RCPT": b"550 5.7.1 Relaying denied\r\n"}))
    result = probe(unproved(), relay, probe_from="controller", **asked)
    assert severities(result)["relay-denied"] == "error"
    assert "killed-run-waits" not in severities(result)


def test_a_proof_that_is_owed_waits_where_the_relay_is_away(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        result = probe(unproved(), run_relay(Relay()), probe_from="controller", port=port)
    assert result["failed"]
    assert severities(result) == {"relay-refused": "error"}


def unreadable() -> Release:
    """The same where the API server does not answer."""
    release = half_written()
    release.away = FindingError(CATALOGUE.finding("cluster-unreachable", where="api", problem="no"))
    return release


@pytest.mark.parametrize(
    "left",
    [
        pytest.param(lambda: of(revision(4)), id="no run at all"),
        pytest.param(lambda: noted("done"), id="a run that is done"),
        pytest.param(lambda: of(revision(4, "failed")), id="somebody else"),
        pytest.param(of, id="no release"),
        pytest.param(unreadable, id="nobody can tell"),
    ],
)
def test_nothing_is_said_of_a_killed_run_where_none_has_left_anything_to_be_mended(
    run_relay: Callable[[Relay], Relay], probe: Probe, left: Callable[[], Release]
) -> None:
    result = probe(left(), run_relay(Relay(replies=REFUSES)), probe_from="controller")
    assert result["failed"]
    assert "killed-run-waits" not in severities(result)
    assert "credentials-rejected" in severities(result)


def test_it_ends_the_play_unless_a_killed_run_waits_for_the_deployment_that_follows(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    given = {"probe_from": "controller", "deployment_follows": True}
    assert not probe(half_written(), run_relay(Relay(replies=REFUSES)), **given)["failed"]
    assert probe(of(revision(4)), run_relay(Relay(replies=REFUSES)), **given)["failed"]
