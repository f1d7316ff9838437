# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proof on the real node: mail from the pods with what they have, and by the application itself."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import FOLDER
from tests.apps.invitations.release import Release
from tests.harness.lab import USER, Lab
from tests.harness.playbook import Played, play, write_inputs
from tests.system.conftest import Configure

pytestmark = pytest.mark.node

PASSWORD = "correct horse"
STALE = "stale battery"
INVITE = """\
import json, sys, urllib.error, urllib.request
body = json.dumps({"email": sys.argv[1]}).encode()
try:
    print(urllib.request.urlopen("http://127.0.0.1:8000/api/invitations", body).read().decode())
except urllib.error.HTTPError as error:
    sys.exit(error.read().decode())
"""
"""How the sample application is asked to invite somebody, from inside of its container."""

PROVE = [
    {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [
            {"mailops.smtp.smtp_prove": {}, "register": "proved", "ignore_errors": True},
            {
                "ansible.builtin.copy": {
                    "content": "{{ proved | to_json }}",
                    "dest": "{{ playbook_dir }}/result.json",
                    "mode": "0600",
                }
            },
        ],
    }
]

Prove = Callable[..., dict[str, Any]]
Run = Callable[..., Played]


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The shipped profile, and how the sample application itself sends."""
    document = yaml.safe_load((FOLDER / "qualytics.yml").read_text(encoding="utf-8"))
    document["prove"] = {
        "command": ["python3", "-c", INVITE, "{{ recipient }}"],
        "container": "api",
    }
    path = tmp_path_factory.mktemp("profiles") / "hub.yml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return str(path)


@pytest.fixture
def run(configure: Configure, release: Release, profile: str) -> Run:
    """Runs the whole playbook with that profile."""
    return partial(configure, release, smtp_application=profile)


@pytest.fixture
def prove(lab: Lab, release: Release, profile: str, tmp_path: Path) -> Prove:
    """Runs the proof alone, and returns the task's result."""

    def run(**changes: Any) -> dict[str, Any]:
        variables = lab.description(
            release, smtp_application=profile, smtp_test_mail="always", **changes
        )
        inventory, _ = write_inputs(tmp_path, {release.name: variables})
        playbook = tmp_path / "prove.yml"
        playbook.write_text(json.dumps(PROVE))
        played = play(str(playbook), inventory, lab.kubeconfig)
        result: dict[str, Any] = json.loads((tmp_path / "result.json").read_text())
        for secret in (PASSWORD, STALE):
            assert secret not in played.output
            assert secret not in json.dumps(result)
        return result

    return run


def codes(result: dict[str, Any], severity: str) -> set[str]:
    return {each["code"] for each in result["findings"] if each["severity"] == severity}


def address(domain: str = "example.org") -> str:
    return f"proof-{uuid.uuid4().hex[:8]}@{domain}"


@contextmanager
def set_by_hand(lab: Lab, release: Release, name: str, value: str) -> Iterator[None]:
    """A variable of the api's container has another value as long as this lasts."""
    deployment, place = f"deployment/{release.name}-api", ("-n", release.namespace)
    wait = (*place, "rollout", "status", deployment, "--timeout=60s")
    lab.kubectl.run(*place, "set", "env", deployment, f"{name}={value}")
    lab.kubectl.run(*wait, timeout=70)
    try:
        yield
    finally:
        lab.kubectl.run(*place, "rollout", "undo", deployment)
        lab.kubectl.run(*wait, timeout=70)


def test_a_change_that_the_relay_refuses_from_the_pod_is_undone(release: Release, run: Run) -> None:
    before = release.values()
    played = run(
        known=False,
        smtp_password="nobody knows it",
        smtp_probe_until="tls",
        smtp_test_recipients=address(),
    )
    assert played.failed == 1
    assert "rejected the credentials" in played.output
    assert "goes back to revision 1" in played.output
    assert release.values() == before


class TestOfOneRelease:
    """The tests build on each other: the first one configures the release."""

    def test_a_change_sends_a_mail_from_the_pod_and_one_by_the_application(
        self, lab: Lab, run: Run
    ) -> None:
        to = address()
        played = run(smtp_test_recipients=to)
        assert played.returncode == 0, played.output
        assert f"the application has sent a mail to {to} itself" in played.output
        invited = lab.relay.wait_for_message(to, lambda mail: "invited" in mail.subject)
        tested = lab.relay.wait_for_message(to, lambda mail: "Test mail" in mail.subject)
        assert {invited.sasl_user, tested.sasl_user} == {USER}

    def test_a_run_that_changes_nothing_sends_nothing(self, lab: Lab, run: Run) -> None:
        to = address()
        played = run(smtp_test_recipients=to)
        assert (played.returncode, played.changed) == (0, 0), played.output
        assert "no test mail: nothing has changed in this run" in played.output
        assert lab.relay.messages(to) == []

    def test_greylisting_is_tried_again_and_is_a_warning(self, prove: Prove) -> None:
        result = prove(
            smtp_test_recipients=address("greylisted.example"), smtp_probe_retry_seconds=0
        )
        assert not result["failed"], result["msg"]
        assert codes(result, "warning") == {"greylisted"}
        [proof] = result["proofs"]
        assert (proof["login_from"], proof["relay"]["tries"]) == ("pod", 3)
        assert result["application_mails"] == []

    def test_what_the_relay_says_to_the_application_is_told_as_the_probe_tells_it(
        self, lab: Lab, release: Release, prove: Prove
    ) -> None:
        # The pod keeps its login and loses its sender, which the relay refuses to the application alone.
        with set_by_hand(lab, release, "SMTP_SENDER_EMAIL", "hub@refused.example"):
            result = prove(smtp_test_recipients=address())
        assert result["failed"]
        assert codes(result, "error") == {"application-cannot-send", "sender-rejected"}
        [mail] = result["application_mails"]
        assert "does not send for its domain" in mail["output"][-1]
        [log] = result["mail_logs"]
        assert "POST '/api/invitations': 502" in log["lines"][-1]

    def test_a_password_of_the_pod_that_is_not_the_given_one_is_found_by_the_relay(
        self, lab: Lab, release: Release, prove: Prove
    ) -> None:
        with set_by_hand(lab, release, "SMTP_SENDER_PASSWORD", STALE):
            before = lab.relay.log().count("authentication failed")
            result = prove(smtp_test_recipients=address())
        assert result["failed"]
        assert codes(result, "error") == {"credentials-rejected"}
        assert lab.relay.log().count("authentication failed") == before + 1
        assert result["application_mails"] == []
        by_container = {proof["container"]: proof["relay"]["login"] for proof in result["proofs"]}
        assert by_container == {"api": "rejected", "cmd": "accepted"}
