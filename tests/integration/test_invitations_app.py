# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sample application and the relay, together in the node, without the collection.

What fails here is no fault of the collection.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.apps.invitations.image import INVITATIONS
from tests.apps.invitations.release import Release
from tests.cluster.kubectl import Kubectl
from tests.cluster.node import Node
from tests.images.build import build
from tests.integration.awkward import AWKWARD_PASSWORDS
from tests.relays.postfix import Relay

pytestmark = pytest.mark.node

HOST = "relay.mail.svc.cluster.local"
SENDER = "hub@example.com"
PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def release(kubectl: Kubectl, kubeconfig: Path, node: Node, relay: Relay) -> Iterator[Release]:
    node.load(build(INVITATIONS))
    namespace = f"invitations-{uuid.uuid4().hex[:8]}"
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    kubectl.apply(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {"name": namespace, "labels": labels},
            }
        )
    )
    yield Release("hub", namespace, kubectl, kubeconfig, node.bin / "helm")
    kubectl.run("delete", "namespace", namespace)


@pytest.fixture(scope="module")
def user(relay: Relay) -> Iterator[str]:
    name = f"hub-{uuid.uuid4().hex[:8]}"
    relay.set_user(name, PASSWORD)
    yield name
    relay.remove_user(name)


@pytest.fixture
def recipient() -> str:
    return f"{uuid.uuid4().hex}@example.org"


def values(
    *, port: int, user: str = "", password: str = "", verify: bool = True, sender: str = SENDER
) -> dict[str, Any]:
    return {
        "controlplane": {
            "smtp": {"enabled": True, "server": HOST, "port": str(port), "sender": sender},
            "egress": {"verifyTLSCertificates": verify},
        },
        "secrets": {"smtp": {"smtp_sender_user": user, "smtp_sender_password": password}},
    }


def configure(release: Release, settings: dict[str, Any]) -> None:
    release.upgrade(settings)
    release.restart()
    release.wait()


def test_mail_that_is_off_is_said_to_be_off(release: Release, recipient: str) -> None:
    configure(release, {"controlplane": {"smtp": {"enabled": False}}})
    answer = release.invite(recipient)
    assert answer.status == 409
    assert "mail is off" in answer.body["error"]


def test_587_sends_over_starttls_with_the_password(
    release: Release, relay: Relay, user: str, recipient: str
) -> None:
    configure(release, values(port=587, user=user, password=PASSWORD))
    answer = release.invite(recipient)
    assert answer.status == 202
    message = relay.wait_for_message(recipient)
    assert message.tls_version == "TLSv1.3"
    assert message.sasl_user == user
    assert message.content["Message-ID"] == answer.body["message_id"]
    assert message.content["From"] == SENDER


@pytest.mark.parametrize("password", AWKWARD_PASSWORDS.values(), ids=AWKWARD_PASSWORDS.keys())
def test_an_awkward_password_logs_in_from_the_application(
    release: Release, relay: Relay, recipient: str, password: str
) -> None:
    relay.set_user("awkward", password)
    configure(release, values(port=587, user="awkward", password=password))
    assert release.invite(recipient).status == 202
    assert relay.wait_for_message(recipient).sasl_user == "awkward"


def test_465_refuses_a_certificate_of_an_unknown_authority(
    release: Release, user: str, recipient: str
) -> None:
    configure(release, values(port=465, user=user, password=PASSWORD))
    answer = release.invite(recipient)
    assert answer.status == 502
    assert "certificate verify failed" in answer.body["error"]


def test_465_sends_over_tls_when_verification_is_off(
    release: Release, relay: Relay, user: str, recipient: str
) -> None:
    configure(release, values(port=465, user=user, password=PASSWORD, verify=False))
    assert release.invite(recipient).status == 202
    message = relay.wait_for_message(recipient)
    assert message.tls_version == "TLSv1.3"
    assert message.sasl_user == user


def test_25_sends_plain_and_anonymous(release: Release, relay: Relay, recipient: str) -> None:
    configure(release, values(port=25))
    assert release.invite(recipient).status == 202
    message = relay.wait_for_message(recipient)
    assert message.tls_version is None
    assert message.sasl_user is None


def test_the_placeholder_credentials_of_the_chart_make_an_anonymous_relay_fail(
    release: Release, recipient: str
) -> None:
    settings = values(port=25)
    del settings["secrets"]
    configure(release, settings)
    answer = release.invite(recipient)
    assert answer.status == 502
    assert "no AUTH" in answer.body["error"]


def test_a_wrong_password_is_answered_with_the_words_of_the_relay(
    release: Release, user: str, recipient: str
) -> None:
    configure(release, values(port=587, user=user, password=f"not {PASSWORD}"))
    answer = release.invite(recipient)
    assert answer.status == 502
    assert answer.body["error"].startswith("535 5.7.8")


def test_a_refused_sender_is_answered_with_the_words_of_the_relay(
    release: Release, user: str, recipient: str
) -> None:
    settings = values(port=587, user=user, password=PASSWORD, sender="hub@refused.example")
    configure(release, settings)
    answer = release.invite(recipient)
    assert answer.status == 502
    assert answer.body["error"].startswith("554 5.7.1 <hub@refused.example>")


def test_the_password_is_in_no_log_of_the_application(
    release: Release, user: str, recipient: str, kubectl: Kubectl
) -> None:
    configure(release, values(port=587, user=user, password=f"not {PASSWORD}"))
    release.invite(recipient)
    log = kubectl.run("-n", release.namespace, "logs", "deployment/hub-api")
    assert "/api/invitations" in log
    assert PASSWORD not in log
