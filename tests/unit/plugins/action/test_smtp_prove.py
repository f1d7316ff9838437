# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""smtp_prove with a scripted cluster and a real relay: whose login it uses, and what it sends."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants

from ansible_collections.mailops.smtp.plugins.action.smtp_prove import ActionModule
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.logins import Known, Page
from ansible_collections.mailops.smtp.plugins.modules import smtp_prove as documentation
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Kept as Records
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import (
    CATALOGUE as CLUSTER,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import ExecError, Executed
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.book import Files
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import FOLDER
from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery import cause
from ansible_collections.mailops.smtp.tests.unit.plugins.action.test_smtp_probe import (
    codes,
    documented,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    Authority,
    Relay,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    Clock,
    ScriptedCluster,
    deployment,
    environ,
    pod,
    secret,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import (
    ARGUMENTS,
    perform,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.journals import entry
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.leases import (
    Kept,
    lease,
    left_in,
)

TO = "someone@example.org"
REJECTED = b"535 5.7.8 Authentication failed\r\n"

Prove = Callable[..., dict[str, Any]]


class Distroless(ScriptedCluster):
    """Nothing can be run in its containers but the application's own command; it keeps leases and journals."""

    store: Kept

    def set_fence(self, fence: Callable[[], None]) -> None:
        self.store.set_fence(fence)

    def kept(self, release: str) -> Records:
        return self.store.kept(release)

    def write_journal(self, journal: Mapping[str, Any]) -> dict[str, Any]:
        return self.store.write_journal(journal)

    def lease(self, name: str) -> tuple[dict[str, Any] | None, datetime]:
        return self.store.lease(name)

    def write_lease(self, lease: Mapping[str, Any]) -> dict[str, Any]:
        return self.store.write_lease(lease)

    sent: Sequence[str] = ()
    ends = Executed(0, b"sent\n", b"")

    def execute(self, pod: str, container: str, argv: Sequence[str], **_how: Any) -> Executed:
        if argv[0] == "cat" and pod in self.environments:
            return super().execute(pod, container, argv)
        if argv[0] != "send":
            raise ExecError(f'exec: "{argv[0]}": executable file not found in $PATH')
        self.sent = argv
        return self.ends


def container(name: str) -> dict[str, Any]:
    def entry(variable: str, key: str) -> dict[str, Any]:
        return {"name": variable, "valueFrom": {"secretKeyRef": {"name": "creds", "key": key}}}

    env = [entry("SMTP_SENDER_USER", "user"), entry("SMTP_SENDER_PASSWORD", "password")]
    return {"name": name, "env": env}


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Distroless:
    there = Distroless(secrets={"creds": secret(user="hub", password="of-the-pod")})
    monkeypatch.setattr(there, "revisions", lambda _release: [])
    there.store = Kept(Clock())
    for name in ("api", "cmd"):
        own = container(name)
        there.states[f"qua-{name}"] = deployment(f"qua-{name}", container=own)
        there.pods_of[f"qua-{name}"] = [pod(f"qua-{name}-1")]
        there.pods_of[f"qua-{name}"][0]["spec"]["containers"] = [own]
    return there


@pytest.fixture
def profile(tmp_path: Path) -> str:
    document = yaml.safe_load((FOLDER / "qualytics.yml").read_text(encoding="utf-8"))
    document["prove"] = {"command": ["send", "{{ recipient }}"]}
    document["supports"]["security"] = {"starttls": []}
    path = tmp_path / "own.yml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return str(path)


@pytest.fixture
def prove(
    authority: Authority,
    cluster: Distroless,
    profile: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Prove:
    """Runs the action on a relay of this machine, as in a run that has changed something."""
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.setattr(ActionModule, "cluster", lambda _self, _target: cluster)

    def run(relay: Relay, *, check: bool = False, **changes: Any) -> dict[str, Any]:
        given = {
            **ARGUMENTS,
            "application": profile,
            "host": "127.0.0.1",
            "port": relay.port,
            "security": relay.security,
            "username": relay.username,
            "password": relay.password,
            "ca_pem": authority.pem,
            "test_recipients": TO,
            "probe_retry_seconds": 0,
            "released": {"changed": True},
            **changes,
        }
        result = perform(ActionModule, given, folder=tmp_path, check=check)[1]
        for password in (relay.password, "of-the-pod"):
            assert password not in json.dumps(result)
        return result

    return run


def the_pods_have(cluster: Distroless, relay: Relay) -> None:
    cluster.secrets["creds"] = secret(user=relay.username, password=relay.password)


def test_with_the_login_of_the_pods_a_mail_is_sent_and_then_the_application_sends(
    run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
) -> None:
    relay = run_relay(Relay())
    the_pods_have(cluster, relay)
    result = prove(relay)
    assert "failed" not in result, result["msg"]
    assert [entry["login_from"] for entry in result["proofs"]] == ["pod"]
    assert len(relay.mails) == 1
    assert cluster.sent == ("send", TO)
    assert f"the application has sent a mail to {TO} itself" in result["msg"]
    assert result["manual_step"] == ""


def test_everything_that_is_returned_is_documented_with_its_type(
    run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
) -> None:
    relay = run_relay(Relay())
    the_pods_have(cluster, relay)
    cluster.ends = Executed(1, b"smtp: broken\n", b"")
    cluster.logs = {"qua-api-1": "smtp: broken\n"}
    result = prove(relay)
    assert result["failed"]
    returned = yaml.safe_load(documentation.RETURN)
    assert set(result) - {"changed", "failed", "warnings"} == set(returned)
    for key, described in returned.items():
        documented(described, result[key], key)
    assert set(codes(result)) >= {"application-cannot-send", "mail-log-quoted"}


def test_a_password_that_only_the_pods_have_is_tried_once_and_the_application_left_alone(
    run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
) -> None:
    relay = run_relay(Relay(replies={"AUTH": REJECTED}))
    result = prove(relay)
    again = prove(relay)
    assert "credentials-rejected" in codes(result)
    assert "login-stopped" in codes(again)
    assert sum(line.startswith("AUTH") for line in relay.seen) == 1
    assert cluster.sent == ()
    assert result["application_mails"] == []


def test_what_may_pass_is_tried_again_and_then_a_warning(
    run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
) -> None:
    relay = run_relay(Relay(replies={"RCPT": b"450 4.2.0 Greylisted\r\n"}))
    the_pods_have(cluster, relay)
    result = prove(relay)
    assert "failed" not in result, result["msg"]
    [proof] = result["proofs"]
    assert (proof["relay"]["transient"], proof["relay"]["tries"]) == (True, 3)
    assert cluster.sent == ()


def test_what_never_passes_is_not_taken_for_passing_whatever_the_relays_code_says(
    run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
) -> None:
    relay = run_relay(Relay(replies={"RCPT": b"454 4.7.1 Relay access denied\r\n"}))
    the_pods_have(cluster, relay)
    result = prove(relay)
    [proof] = result["proofs"]
    told = proof["relay"]
    assert (told["transient"], told["permanent"], told["tries"]) == (False, True, 2)
    assert told["unconfirmed"] == []


def test_what_the_deployment_has_seen_is_held_against_what_the_pods_have_now(
    run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
) -> None:
    relay = run_relay(Relay())
    the_pods_have(cluster, relay)
    result = prove(relay, released={"changed": True, "verified": {"msg": "verified"}})
    assert result["failed"]
    assert set(codes(result)) == {"environment-differs"}
    assert relay.mails == []


@pytest.mark.parametrize(
    ("changes", "check"),
    [({}, True), ({"released": {"changed": False}}, False), ({"test_mail": "never"}, False)],
)
def test_no_mail_is_sent_by_anybody_where_none_is_wanted(
    run_relay: Callable[[Relay], Relay],
    prove: Prove,
    cluster: Distroless,
    changes: dict[str, Any],
    check: bool,
) -> None:
    relay = run_relay(Relay())
    the_pods_have(cluster, relay)
    result = prove(relay, check=check, **changes)
    assert "failed" not in result, result["msg"]
    assert (relay.mails, cluster.sent) == ([], ())
    assert result["mail_not_sent"]
    assert "Invite a test user" in result["manual_step"]


def test_where_the_login_cannot_be_told_the_given_one_is_used_and_that_is_said(
    run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
) -> None:
    relay = run_relay(Relay())
    cluster.secrets.clear()
    result = prove(relay, test_mail="never")
    assert "login-of-pod-unseen" in codes(result)
    assert [entry["login_from"] for entry in result["proofs"]] == ["description"]


@pytest.mark.parametrize("restart", ["defer", "never"])
def test_pods_that_are_to_keep_former_settings_prove_nothing_of_the_new_ones(
    run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless, restart: str
) -> None:
    relay = run_relay(Relay())
    the_pods_have(cluster, relay)
    cluster.environments = {
        f"qua-{name}-1": environ(SMTP_SENDER_PASSWORD="of-the-pod") for name in ("api", "cmd")
    }
    result = prove(relay, restart=restart)
    assert "failed" not in result, result["msg"]
    assert codes(result) == ["proof-deferred"]
    assert (relay.seen, cluster.sent) == ([], ())


@contextmanager
def undecided(_book: Files, _digest: str) -> Iterator[Page]:
    """A book in which every login was sent, and never answered."""
    yield Page(Known(stopped="undecided"))


@pytest.mark.parametrize("until", ["connect", "tls"])
def test_where_the_probe_was_to_end_is_not_where_the_proof_ends(
    run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless, until: str
) -> None:
    relay = run_relay(Relay())
    the_pods_have(cluster, relay)
    result = prove(relay, probe_until=until, test_mail="never")
    assert "failed" not in result, result["msg"]
    assert result["proofs"][0]["relay"]["login"] == "accepted"
    relay = run_relay(Relay(replies={"AUTH": REJECTED}))
    result = prove(relay, probe_until=until, test_mail="never", password="wrong")
    assert "credentials-rejected" in codes(result)


class TestAProofThatIsOwed:
    """By a run that was killed before it; it is made up for, and that is written down."""

    OWED = entry("first", "proof", 5, 4)
    RELEASED: Mapping[str, Any] = {"changed": False, "proof_owed": True, "run": "first"}

    @pytest.fixture(autouse=True)
    def noted(self, cluster: Distroless) -> None:
        with lease(cluster.store, "first") as its:
            its.take()
            its.note(self.OWED)

    def phase(self, cluster: Distroless) -> str:
        journal = left_in(cluster.store)
        assert journal
        assert replace(journal, phase="arrived") == self.OWED
        return journal.phase

    def test_is_made_up_for_with_a_mail(
        self, run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
    ) -> None:
        relay = run_relay(Relay())
        the_pods_have(cluster, relay)
        result = prove(relay, released=self.RELEASED)
        assert "failed" not in result, result["msg"]
        assert len(relay.mails) == 1
        assert self.phase(cluster) == "closed"

    @pytest.mark.parametrize("test_mail", ["never", "always"])
    def test_is_proved_by_what_is_wanted_of_it(
        self, run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless, test_mail: str
    ) -> None:
        relay = run_relay(Relay())
        the_pods_have(cluster, relay)
        assert "failed" not in prove(relay, released=self.RELEASED, test_mail=test_mail)
        assert self.phase(cluster) == "closed"

    def test_is_owed_still_when_it_fails(
        self, run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
    ) -> None:
        relay = run_relay(Relay(replies={"AUTH": REJECTED}))
        assert prove(relay, released=self.RELEASED)["failed"]
        assert self.phase(cluster) == "arrived"

    def test_is_owed_still_when_it_may_pass_and_the_probe_has_failed_for_good(
        self, run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
    ) -> None:
        relay = run_relay(Relay(replies={"RCPT": b"450 4.2.0 Greylisted\r\n"}))
        the_pods_have(cluster, relay)
        refused = TestAfterAProbeThatHasFailed.REFUSED
        assert prove(relay, released=self.RELEASED, probed=refused)["failed"]
        assert self.phase(cluster) == "arrived"

    def test_is_owed_still_when_the_relay_takes_the_login_and_puts_the_mail_off(
        self, run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
    ) -> None:
        relay = run_relay(Relay(replies={"RCPT": b"450 4.2.0 Greylisted\r\n"}))
        the_pods_have(cluster, relay)
        result = prove(relay, released=self.RELEASED)
        assert "failed" not in result, result["msg"]
        assert "proof-still-owed" in codes(result)
        assert self.phase(cluster) == "arrived"

    def test_is_owed_still_when_the_login_was_left_undecided(
        self,
        run_relay: Callable[[Relay], Relay],
        prove: Prove,
        cluster: Distroless,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        relay = run_relay(Relay(username="hub", password="of-the-pod"))
        # A probe of this run has broken off in the login, so that nobody knows what became of it.
        monkeypatch.setattr(Files, "page", undecided)
        result = prove(relay, released=self.RELEASED)
        assert result["failed"]
        assert {"login-undecided", "login-not-proven"} <= set(codes(result))
        assert not cause.is_ours(codes(result))
        assert self.phase(cluster) == "arrived"

    def test_is_owed_still_when_it_waits_for_a_restart_or_in_check_mode(
        self, run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
    ) -> None:
        relay = run_relay(Relay())
        the_pods_have(cluster, relay)
        assert "failed" not in prove(relay, released=self.RELEASED, check=True)
        cluster.environments = {
            f"qua-{name}-1": environ(SMTP_SENDER_PASSWORD="former") for name in ("api", "cmd")
        }
        assert "failed" not in prove(relay, released=self.RELEASED, restart="defer")
        assert self.phase(cluster) == "arrived"

    def test_is_none_where_mail_is_switched_off(
        self, run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
    ) -> None:
        relay = run_relay(Relay())
        assert "failed" not in prove(relay, released=self.RELEASED, enabled=False)
        assert self.phase(cluster) == "closed"

    def test_that_cannot_be_written_down_is_told_and_fails_nothing(
        self, run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
    ) -> None:
        relay = run_relay(Relay())
        the_pods_have(cluster, relay)
        cluster.store.answers = False
        result = prove(relay, released=self.RELEASED)
        assert "failed" not in result, result["msg"]
        assert "proof-not-noted" in codes(result)
        assert any("could not be written down" in each for each in result["warnings"])


class TestAfterAProbeThatHasFailed:
    """The steps have gone on only so that what a killed run has brought in is proved or undone."""

    REFUSED: Mapping[str, Any] = {
        "failed": False,
        "findings": [
            Finding("sender-rejected", "error", "relay", "Not this sender.", "Mend it.").as_dict(),
            Finding("killed-run-waits", "warning", "release qua", "It waits.", "Go on.").as_dict(),
        ],
    }

    def test_the_proof_has_the_last_word(
        self, run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
    ) -> None:
        relay = run_relay(Relay())
        the_pods_have(cluster, relay)
        result = prove(relay, probed=self.REFUSED)
        assert "failed" not in result, result["msg"]

    def test_a_proof_that_fails_itself_says_why(
        self, run_relay: Callable[[Relay], Relay], prove: Prove
    ) -> None:
        result = prove(run_relay(Relay(replies={"AUTH": REJECTED})), probed=self.REFUSED)
        assert result["failed"]
        assert "credentials-rejected" in codes(result)
        assert "proof-left-open" not in codes(result)

    @pytest.mark.parametrize("reply", [b"450 4.2.0 Greylisted\r\n", b"550 5.7.1 Not from here\r\n"])
    def test_a_proof_that_may_pass_or_is_seen_from_elsewhere_leaves_the_question_open(
        self,
        run_relay: Callable[[Relay], Relay],
        prove: Prove,
        cluster: Distroless,
        reply: bytes,
    ) -> None:
        relay = run_relay(Relay(replies={"RCPT": reply}))
        the_pods_have(cluster, relay)
        assert "failed" not in prove(relay)
        result = prove(relay, probed=self.REFUSED)
        assert result["failed"]
        assert "Not this sender." in result["msg"]
        assert not cause.is_ours(codes(result))

    def test_so_does_one_that_waits_for_a_restart(
        self, run_relay: Callable[[Relay], Relay], prove: Prove, cluster: Distroless
    ) -> None:
        relay = run_relay(Relay())
        the_pods_have(cluster, relay)
        cluster.environments = {
            f"qua-{name}-1": environ(SMTP_SENDER_PASSWORD="former") for name in ("api", "cmd")
        }
        result = prove(relay, restart="defer", probed=self.REFUSED)
        assert result["failed"]
        assert codes(result) == ["proof-deferred", "proof-left-open"]


@pytest.mark.parametrize(
    ("released", "place"),
    [
        ({"changed": True, "revision": 7}, "The settings of this run are in place (revision 7)"),
        ({"changed": False, "revision": 7}, "The settings from before this run are in place"),
        ({}, "The settings from before this run are in place"),
    ],
)
def test_a_proof_that_is_cut_off_says_what_is_in_place_and_what_comes_next(
    run_relay: Callable[[Relay], Relay],
    prove: Prove,
    cluster: Distroless,
    released: dict[str, Any],
    place: str,
) -> None:
    away = CLUSTER.finding("cluster-unreachable", where="api", problem="reset")
    cluster.away = FindingError(away)
    result = prove(run_relay(Relay()), released=released)
    assert codes(result) == ["cluster-unreachable", "proof-cut-off"]
    assert place in result["msg"]
    assert "the next run proves what is in place" in result["msg"]
